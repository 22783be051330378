"""A plan that somebody keeps in a spreadsheet, on its way into the portal.

`upload` turns the file into rows of text and refuses what is dangerous or about persons; `headers` says what each column holds;
`levels` which step stands under which; `owners` who is responsible; `days` when it is due; `words` what a status or a rhythm means.
`reading` puts them together with what the person has answered: everything the page shows, and what `plans.actions.importing` writes.

Nothing is guessed silently: what is not understood is a question or a note beside the step, and the spreadsheet's own words are kept.
"""
