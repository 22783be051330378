"""Why a file of counts is not taken, beside what is wrong with any spreadsheet."""

from phast.sheets.refused import FileRefused


class AlreadyImported(FileRefused):
    """The same content is in already."""
