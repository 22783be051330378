"""A roster that comes from a spreadsheet: the file, and what the person says about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from coalitions.importing.columns import LABELS
from phast.sheets.cells import letter_of

ASKED_AT_ONCE = 150  # questions on one page; the others come when these are answered


class RosterUploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label="The spreadsheet",
        help_text="An .xlsx or .csv file of up to 2,000 rows.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.tsv,.txt"}),
    )
    sheet = forms.CharField(
        label="Name of the sheet",
        required=False,
        max_length=60,
        help_text="Only if the file has several. Left empty, the one that looks most like a roster is read.",
    )


class RosterImportForm(forms.Form):
    """Every question of a spreadsheet, and what each column holds. A question left open stays open: nothing is guessed."""

    LABELS: ClassVar[Mapping[str, str]] = LABELS
    PREFER: ClassVar[tuple[str, str, str]] = (
        "Where the roster and the file both have a value",
        "Keep what is on the roster",
        "Take what the file says",
    )

    def __init__(self, *args: Any, reading: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading = reading
        asked = sorted(reading.questions, key=lambda question: bool(question.answer))[:ASKED_AT_ONCE]
        self.asked = {question.key: question for question in asked}
        for question in asked:
            self.fields[f"same-{question.key}"] = forms.ChoiceField(
                label=question.said,
                help_text=question.where,
                choices=[("", "Choose…"), *question.choices],
                initial=question.answer,
                required=False,
            )
        self.fields["prefer"] = forms.ChoiceField(
            label=self.PREFER[0],
            choices=[("", self.PREFER[1]), ("file", self.PREFER[2])],
            initial="file" if reading.takes_files else "",
            required=False,
        )
        if reading.order_matters:
            self.fields["order"] = forms.ChoiceField(
                label="In dates such as 03/04/25, what comes first?",
                choices=[("mdy", "The month"), ("dmy", "The day")],
                initial=reading.order,
                required=False,
            )
        self._add_columns()

    # -------------------------------------------------------------- how it is laid out
    @property
    def partner_fields(self) -> list[forms.BoundField]:
        return self._fields_of(self.reading.partner_questions)

    @property
    def person_fields(self) -> list[forms.BoundField]:
        return self._fields_of(self.reading.person_questions)

    @property
    def sector_fields(self) -> list[forms.BoundField]:
        return self._fields_of(self.reading.cells.sectors.values())

    @property
    def seat_fields(self) -> list[forms.BoundField]:
        return self._fields_of(self.reading.cells.seats.values())

    @property
    def day_fields(self) -> list[forms.BoundField]:
        return self._fields_of(self.reading.cells.days.values())

    @property
    def columns(self) -> list[tuple[str, list[str], forms.BoundField]]:
        """Each column: its letter and name, a few of its values, and the choice."""
        return [
            (self[name].label, self.reading.examples(index), self[name])
            for index in range(len(self.reading.labels))
            if (name := f"column-{index}") in self.fields
        ]

    # -------------------------------------------------------------- what was said
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [key for name, key in cleaned.items() if name.startswith("column-") and key]
        for key in {key for key in chosen if chosen.count(key) > 1}:
            self.add_error(None, f"Two columns are “{self.LABELS[key]}”. Choose one of them.")
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """What goes into `RosterImport.answers`."""
        said = self.cleaned_data
        same = {**self.reading.answers.get("same", {}), **{key: said[f"same-{key}"] for key in self.asked}}
        columns = {
            name.removeprefix("column-"): key for name, key in said.items() if name.startswith("column-") and key
        }
        return {
            "same": same,
            "columns": columns,
            "prefer": said["prefer"],
            "order": said.get("order") or self.reading.order,
        }

    @property
    def moves_columns(self) -> bool:
        """True when other cells are read now: the person has to look again before anything comes in."""
        return bool(self.answers["columns"] != self.reading.columns)

    def _fields_of(self, questions: Any) -> list[forms.BoundField]:
        return [self[f"same-{one.key}"] for one in questions if one.key in self.asked]

    def _add_columns(self) -> None:
        choices = [("", "Leave out"), *self.LABELS.items()]
        for index, label in enumerate(self.reading.labels):
            if label or self.reading.examples(index):
                self.fields[f"column-{index}"] = forms.ChoiceField(
                    label=f"{letter_of(index)}{f' · {label[:60]}' if label else ''}",
                    choices=choices,
                    required=False,
                    initial=self.reading.columns.get(str(index), ""),
                )
