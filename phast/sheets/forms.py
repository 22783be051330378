"""What a person says about a spreadsheet: which file it is, and what each of its columns holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from .cells import letter_of

ASKED_AT_ONCE = 150  # questions of a kind on one page; the others come when these are answered


class SheetUploadForm(forms.Form):
    """The file. `LIKE`: what it holds ("a roster")."""

    LIKE: ClassVar[str]

    file = forms.FileField(
        label="The spreadsheet",
        help_text="An .xlsx or .csv file of up to 2,000 rows.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.tsv,.txt"}),
    )
    sheet = forms.CharField(label="Name of the sheet", required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "sheet"
        ].help_text = f"Only if the file has several. Left empty, the one that looks most like {self.LIKE} is read."


class ColumnsForm(forms.Form):
    """What each column holds, beside the questions a kind of spreadsheet asks. A question left open stays open: nothing is guessed.

    `LABELS`: what a column may hold, in the order of the choice; `SEVERAL`: which of these several columns may hold.
    A kind adds its fields, `asks` (there are questions), `is_answered` (none of them is open), `answers` (what the sheet keeps),
    `moves_columns` (other cells are read now, so that the person has to look again before anything comes in) and `mark_open()` (says
    beside each open question what to do; False when there is none). `prefers_anew`: it is asked what counts where the file and we both
    have a value, and that was chosen anew; the reading then knows whether such a value `differs`.
    """

    LABELS: ClassVar[Mapping[str, str]]
    SEVERAL: ClassVar[frozenset[str]] = frozenset()
    prefers_anew = False

    def __init__(self, *args: Any, reading: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading = reading

    def add_columns(self) -> None:
        """A choice for each column that has a name or holds something."""
        choices = [("", "Leave out"), *self.LABELS.items()]
        for index, label in enumerate(self.reading.labels):
            if label or self.reading.examples(index):
                self.fields[f"column-{index}"] = forms.ChoiceField(
                    label=f"{letter_of(index)}{f' · {label[:60]}' if label else ''}",
                    choices=choices,
                    required=False,
                    initial=self.reading.columns.get(str(index), ""),
                )

    @property
    def columns(self) -> list[tuple[Any, list[str], forms.BoundField]]:
        """Each column: its letter and name, a few of its values, and the choice."""
        return [
            (self[name].label, self.reading.examples(index), self[name])
            for index in range(len(self.reading.labels))
            if (name := f"column-{index}") in self.fields
        ]

    @property
    def chosen_columns(self) -> dict[str, str]:
        """What was chosen, by the number of the column; those left out are not in it."""
        said = self.cleaned_data.items()
        return {name.removeprefix("column-"): key for name, key in said if name.startswith("column-") and key}

    def clean(self) -> dict[str, Any]:
        super().clean()
        single = [key for key in self.chosen_columns.values() if key not in self.SEVERAL]
        for key in {key for key in single if single.count(key) > 1}:
            self.add_error(None, f"Two columns are “{self.LABELS[key]}”. Choose one of them.")
        return self.cleaned_data
