"""A roster that comes from a spreadsheet: the file, and what the person says about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.paginator import Paginator

from coalitions.importing.columns import LABELS
from phast.sheets.forms import ASKED_AT_ONCE, ColumnsForm, SheetUploadForm


class RosterUploadForm(SheetUploadForm):
    """The file."""

    LIKE = "a roster"


class RosterImportForm(ColumnsForm):
    """Every question of a spreadsheet, and what each column holds. A question left open stays open: nothing is guessed."""

    LABELS: ClassVar[Mapping[str, str]] = LABELS
    PREFER: ClassVar[tuple[str, str, str]] = (
        "Where the roster and the file both have a value",
        "Keep what is on the roster",
        "Take what the file says",
    )

    def __init__(self, *args: Any, reading: Any, page: str | None = None, **kwargs: Any) -> None:
        """`page`: the number of the page of questions; those that are open come first."""
        super().__init__(*args, reading=reading, **kwargs)
        questions = sorted(reading.questions, key=lambda question: bool(question.answer))
        self.page = asked = Paginator(questions, ASKED_AT_ONCE).get_page(page)
        self.asked = {question.key: question for question in asked}
        for question in asked:
            self.fields[f"same-{question.key}"] = forms.ChoiceField(
                label=question.said,
                help_text=question.where,
                choices=[
                    ("", f"As for all: {question.answer_in_words}" if question.is_for_all else "Choose…"),
                    *question.choices,
                ],
                initial="" if question.is_for_all else question.answer,
                required=False,
            )
        self.fields["prefer"] = forms.ChoiceField(
            label=self.PREFER[0],
            choices=[("", self.PREFER[1]), ("file", self.PREFER[2])],
            initial="file" if reading.takes_files else "",
            required=False,
        )
        self.add_columns()

    # -------------------------------------------------------------- how it is laid out
    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The questions that belong together: what is asked, a sentence about it or "", and the fields."""
        cells = self.reading.cells
        return self._grouped(
            self._about_dates,
            ("Are these partners the same?", "", self.reading.partner_questions),
            ("Are these contacts the same?", "", self.reading.person_questions),
            ("Which sectors are these?", "", cells.sectors.values()),
            (
                "Is this about the organization, or about the person?",
                "What somebody has lived through never stands beside a name. Add a lived-experience seat for it.",
                cells.seats.values(),
            ),
            ("Since which day?", "", cells.days.values()),
        )

    @property
    def _about_dates(self) -> tuple[str, str, Iterable[Any]]:
        return "What comes first in the dates?", "", self.reading.order_questions

    @property
    def asks(self) -> bool:
        return bool(self.reading.questions)

    @property
    def is_answered(self) -> bool:
        return not self.reading.open

    # -------------------------------------------------------------- what was said
    @property
    def answers(self) -> dict[str, Any]:
        """What goes into `RosterImport.answers`."""
        said = self.cleaned_data
        return {
            # What was asked meanwhile, and was not on the page that was sent, keeps its answer.
            "same": self.reading.answers.get("same", {})
            | {key: said[f"same-{key}"] for key in self.asked if f"same-{key}" in self.data},
            "columns": self.chosen_columns,
            "prefer": said["prefer"],
        }

    @property
    def moves_columns(self) -> bool:
        """True when other cells are read now."""
        return bool(self.chosen_columns != self.reading.columns)

    @property
    def prefers_anew(self) -> bool:
        return bool((self.cleaned_data["prefer"] == "file") != self.reading.takes_files)

    def mark_open(self) -> bool:
        """Says beside each open question what to do; False when there is none."""
        unanswered = [question for question in self.reading.open if question.key in self.asked]
        for question in unanswered:
            self.add_error(f"same-{question.key}", "Choose one.")
        return bool(unanswered)

    def _grouped(self, *groups: tuple[str, str, Iterable[Any]]) -> list[tuple[str, str, list[forms.BoundField]]]:
        found = [
            (asked, hint, [self[f"same-{one.key}"] for one in questions if one.key in self.asked])
            for asked, hint, questions in groups
        ]
        return [group for group in found if group[2]]
