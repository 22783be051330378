"""A list of local help that comes from a spreadsheet: the file, and what the person says about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from coalitions.forms.importing import RosterImportForm, RosterUploadForm
from deflection.importing.columns import LIST


class ListUploadForm(RosterUploadForm):
    """The file."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "sheet"
        ].help_text = "Only if the file has several. Left empty, the one that looks most like a list of help is read."


class ListImportForm(RosterImportForm):
    """Every question of a list, and what each column holds."""

    LABELS: ClassVar[Mapping[str, str]] = LIST.labels
    PREFER: ClassVar[tuple[str, str, str]] = (
        "Where the directory and the file both have a value",
        "Keep what is in the directory",
        "Take what the file says",
    )

    @property
    def place_fields(self) -> list[forms.BoundField]:
        return self._fields_of(self.reading.place_questions)

    @property
    def kind_fields(self) -> list[forms.BoundField]:
        return self._fields_of(self.reading.kind_questions.values())
