"""A public list of local help on its way into the directory.

`columns` says what each column holds, `upload` turns the file into rows of text, `cells` what a cell means, `reading` puts the rows
together with the directory and with what the person has answered: everything the page shows, and what
`deflection.actions.importing` writes. Nothing is guessed silently.
"""
