"""A list of local help that comes from a spreadsheet: the file, and what the person says about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from coalitions.forms.importing import RosterImportForm
from coalitions.importing.found import FIRST, NEW
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

    def __init__(self, *args: Any, reading: Any, **kwargs: Any) -> None:
        super().__init__(*args, reading=reading, **kwargs)
        if len(reading.place_questions) > 1:
            self.fields["for_all"] = forms.ChoiceField(
                label=f"All {len(reading.place_questions):,} of them",
                help_text="Where you choose something for a program of its own below, that counts.",
                choices=[
                    ("", "Ask for each one"),
                    (FIRST, "Each is the first one proposed for it"),
                    (NEW, "Each is an entry of its own"),
                ],
                initial=reading.for_all,
                required=False,
            )

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {"for_all": self.cleaned_data.get("for_all", self.reading.for_all)}

    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        same = "Are these the same?"
        found = self._grouped(
            self._about_dates,
            ("Which kind of help is this?", "", self.reading.kind_questions.values()),
            (same, "", self.reading.place_questions),
        )
        if "for_all" in self.fields:
            found = [
                (asked, hint, [self["for_all"], *fields] if asked == same else fields) for asked, hint, fields in found
            ]
        return found
