"""Spreadsheets that people upload, read safely: CSV and XLSX as rows of cells.

`source.open_table` says what a file is by its content and refuses what is dangerous; `delimited` and `workbook` read the two kinds.
`cells` has what is told of a cell or a label, `days` what is told of days, `personal` which columns and values are about persons.
What the rows mean is the business of the app that asked.
"""
