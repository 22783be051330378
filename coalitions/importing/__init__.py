"""A roster that somebody keeps in a spreadsheet, on its way in.

`columns` says what each column holds; `upload` turns the file into rows of text and refuses what is dangerous or about persons' lives;
`reading` puts the rows together with the roster and with what the person has answered: everything the page shows, and what
`coalitions.actions.importing` writes.

Nothing is guessed silently: what may be the same is a question, and what is not understood is said beside the row.
"""
