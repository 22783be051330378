"""A list of local help that comes from a spreadsheet: the file, and what the person says about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from coalitions.forms.importing import RosterImportForm
from deflection.importing.columns import LIST
from phast.sheets.forms import SheetUploadForm


class ListUploadForm(SheetUploadForm):
    """The file."""

    LIKE = "a list of help"


class ListImportForm(RosterImportForm):
    """Every question of a list, and what each column holds."""

    LABELS: ClassVar[Mapping[str, str]] = LIST.labels
    PREFER: ClassVar[tuple[str, str, str]] = (
        "Where the directory and the file both have a value",
        "Keep what is in the directory",
        "Take what the file says",
    )

    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return self._grouped(
            ("Which kind of help is this?", "", self.reading.kind_questions.values()),
            ("Are these the same?", "", self.reading.place_questions),
        )
