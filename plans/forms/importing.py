"""A plan that comes from a spreadsheet: the file, and what the person says about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from phast.access.table import Action
from phast.sheets.forms import ASKED_AT_ONCE, ColumnsForm, SheetUploadForm
from plans.enums import StepStatus
from plans.importing.found import LEAVE_OUT, NEW_PARTNER, NEW_POSITION, Question
from plans.importing.headers import LABELS, SEVERAL, guess
from plans.importing.reading import PlanReading
from plans.models import Plan, PlanImport

from .parties import Parties

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phast.access.actor import Actor


class UploadForm(SheetUploadForm):
    """The file, and where its steps go."""

    LIKE = "a plan"
    field_order: ClassVar = ["file", "plan", "sheet"]

    plan = forms.ModelChoiceField(label="Where the steps go", queryset=Plan.objects.none(), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = Plan.objects.visible_to(actor, Action.PLANS_EDIT).carried_out().exclude(status="archived")
        self.fields["plan"].queryset = plans
        self.fields["plan"].empty_label = "A new plan"


class ImportForm(ColumnsForm):
    """Every question of a spreadsheet, and what each column holds. A question left open stays open: nothing is guessed."""

    # As they stand in the choice: what every plan has first.
    LABELS: ClassVar = {key: LABELS[key] for key in ("title", "substep", "parent", "number")} | LABELS
    SEVERAL = SEVERAL

    def __init__(
        self, *args: Any, plan_import: PlanImport, reading: PlanReading, parties: Parties, **kwargs: Any
    ) -> None:
        super().__init__(*args, reading=reading, **kwargs)
        self._answers = plan_import.answers
        self.owners = self._some(reading.owners.values())
        self.days = self._some(reading.days.values())
        self.statuses = self._some(reading.statuses.values())
        if plan_import.plan_id is None:
            self.fields["title"] = forms.CharField(
                label="Name of the new plan", max_length=160, initial=reading.answers.get("title", "")
            )
        if len(reading.plan_names) > 1:
            self._choose(
                "plan_name",
                "The file holds several plans. Bring in",
                [("", "All of them, as one"), *((name, name[:80]) for name in reading.plan_names)],
                reading.plan_name,
            )
        if reading.order_matters:
            self._choose(
                "order",
                "In dates such as 03/04/25, what comes first?",
                [("mdy", "The month: March 4"), ("dmy", "The day: April 3")],
                reading.order,
            )
        for question in self.owners:
            question.proposals = reading.names.near(question.said)
            self._choose(f"owner-{question.key}", question.said, _who(question, reading, parties), question.answer)
        for question in self.days:
            self._add_day(question)
        for question in self.statuses:
            first = ("", "Not started, and keep the words in the detail")
            self._choose(f"status-{question.key}", question.said, [first, *StepStatus.choices], question.answer)
        for question in reading.rhythms.values():
            self.fields[f"rhythm-{question.key}"] = forms.BooleanField(
                label=f"“{question.said}”: make it come again when it is done",
                help_text=question.where,
                required=False,
                initial=question.answer == "yes",
            )
        self._add_header()

    # -------------------------------------------------------------- for the page
    @property
    def general(self) -> list[forms.BoundField]:
        """What is asked once for the file."""
        return [self[name] for name in ("title", "plan_name", "order") if name in self.fields]

    @property
    def asks(self) -> bool:
        return bool(self.owners or self.days or self.statuses or self.reading.rhythms)

    @property
    def is_answered(self) -> bool:
        """What may be left as it is is answered, too, once the person has said so."""
        optional = {"days": self.days, _KINDS["status"]: self.statuses, "rhythms": self.reading.rhythms.values()}
        return not self.reading.open_owners and all(
            question.key in self._answers.get(name, {}) for name, asked in optional.items() for question in asked
        )

    @property
    def owner_fields(self) -> list[forms.BoundField]:
        return [self[f"owner-{question.key}"] for question in self.owners]

    @property
    def day_fields(self) -> list[tuple[forms.BoundField, forms.BoundField | None]]:
        """The text to mend, and the box that takes what is proposed."""
        return [
            (self[f"day-{question.key}"], self[f"use-{question.key}"] if question.proposals else None)
            for question in self.days
        ]

    @property
    def status_fields(self) -> list[forms.BoundField]:
        return [self[f"status-{question.key}"] for question in self.statuses]

    @property
    def rhythm_fields(self) -> list[forms.BoundField]:
        return [self[f"rhythm-{key}"] for key in self.reading.rhythms]

    @property
    def unread(self) -> list[tuple[str, list[str]]]:
        """Columns that hold something and would not come in: name and a few values."""
        return [(label, examples) for label, examples, box in self.columns if examples and not box.initial]

    @property
    def asks_for_columns(self) -> bool:
        """True while what each column holds is only guessed, and something would not come in."""
        reading = self.reading
        return bool(self.unread) and reading.columns == guess(reading.rows, reading.header)

    # -------------------------------------------------------------- what was said
    @property
    def answers(self) -> dict[str, Any]:
        """What goes into `PlanImport.answers`."""
        said = self.cleaned_data
        found: dict[str, Any] = {name: said[name] for name in ("title", "plan_name", "order") if name in said}
        for name, questions in (("owner", self.owners), ("status", self.statuses)):
            kept = self._answers.get(_KINDS[name], {})
            found[_KINDS[name]] = {**kept, **{q.key: said[f"{name}-{q.key}"] for q in questions}}
        found["rhythms"] = {key: "yes" if said[f"rhythm-{key}"] else "" for key in self.reading.rhythms}
        found["days"] = {**self._answers.get("days", {}), **self._mended()}
        if said["header"] != self.reading.header:
            return {**found, "header": said["header"], "columns": None}  # the columns are told anew
        return {**found, "columns": self.chosen_columns}

    @property
    def moves_columns(self) -> bool:
        """True when other cells are read now."""
        answers = self.answers
        moved = answers.get("header", self.reading.header) != self.reading.header
        plan = answers.get("plan_name", self.reading.plan_name) != self.reading.plan_name
        return moved or plan or answers["columns"] != self.reading.columns

    def mark_open(self) -> bool:
        """Says beside each open question what to do; False when there is none."""
        unknown = [question for question in self.owners if not question.answer]
        for question in unknown:
            self.add_error(f"owner-{question.key}", "Choose who this is, or leave the name out.")
        return bool(unknown)

    def _mended(self) -> dict[str, str | None]:
        """Days the person has set right. The words as they were are no answer."""
        found: dict[str, str | None] = {}
        for question in self.days:
            text = self.cleaned_data[f"day-{question.key}"].strip()
            was = self.fields[f"day-{question.key}"].initial
            takes = question.proposals and self.cleaned_data[f"use-{question.key}"]
            if text != was:  # what was typed last counts
                found[question.key] = text
            elif takes:
                found[question.key] = question.proposals[0]
            else:
                found[question.key] = None if text in (question.said, *question.proposals) else text
        return found

    def _choose(self, name: str, label: str, choices: list[Any], initial: str) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, initial=initial, required=False)
        question = next((q for q in [*self.owners, *self.statuses] if name.endswith(f"-{q.key}")), None)
        if question is not None:
            self.fields[name].help_text = question.where

    def _add_day(self, question: Question) -> None:
        shown = question.answer if question.answer or question.key in self._answers.get("days", {}) else question.said
        self.fields[f"day-{question.key}"] = forms.CharField(
            label=f"Row {question.key}: {question.wrong or f'“{question.said}”'}",
            required=False,
            max_length=60,
            initial=question.said if self._answers.get("days", {}).get(question.key) is None else shown,
        )
        if question.proposals:
            self.fields[f"use-{question.key}"] = forms.BooleanField(
                label=f"It means {question.proposals[0]}",
                required=False,
                initial=question.answer == question.proposals[0],
            )

    def _add_header(self) -> None:
        self.fields["header"] = forms.IntegerField(
            label="Row with the names of the columns",
            min_value=0,
            max_value=min(len(self.reading.rows), 100),
            initial=self.reading.header,
            help_text="0 when the columns have no names.",
        )
        self.add_columns()

    @staticmethod
    def _some(questions: Iterable[Question]) -> list[Question]:
        """Open ones first, as many as a page holds."""
        return sorted(questions, key=lambda question: bool(question.answer) and not question.wrong)[:ASKED_AT_ONCE]


_KINDS = {"owner": "owners", "status": "statuses"}


def _who(question: Question, reading: PlanReading, parties: Parties) -> list[Any]:
    """Who an unknown name may be: near ones first, then what to do with a stranger, then everybody."""
    labels = {key: label for _, group in parties.groups for key, label in group}
    near = [(key, labels[key]) for key in question.proposals]
    return [
        ("", f"Perhaps {reading.names.names[near[0][0]]}? Choose…" if near else "Choose…"),
        *([("Perhaps", near)] if near else []),
        (
            "None of these",
            [
                (LEAVE_OUT, "Leave out, and keep the name in the detail"),
                (NEW_POSITION, "Add as a position that nobody holds yet"),
                (NEW_PARTNER, "Add as a partner"),
            ],
        ),
        *(
            (name, [(key, label) for key, label in group if key not in question.proposals])
            for name, group in parties.groups
        ),
    ]
