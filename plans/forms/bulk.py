"""Changing several steps at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from plans.due import in_words, read_due
from plans.enums import Part, StepStatus

from .parties import Parties
from .steps import DueField

if TYPE_CHECKING:
    from phast.access.actor import Actor


class BulkForm(forms.Form):
    """What all the ticked steps get. What is left empty stays as it is on each of them."""

    due = DueField()
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "Leave as it is"), *StepStatus.choices])

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = actor.coalition.today()
        self.fields["due"].today = self.today
        self.fields["due"].help_text = "6/30, end of June, quarterly. Empty leaves each as it is."
        parties = Parties(actor)
        self.fields["add"] = parties.field("Add who is responsible", empty="Nobody new")
        self.fields["part"] = forms.ChoiceField(label="Who", choices=Part.choices, initial=Part.LEAD, required=False)
        self.fields["off"] = parties.field("Take off", empty="Nobody")

    def clean(self) -> dict[str, Any]:
        wanted = super().clean() or {}
        if not self.errors and not any(wanted.get(name) for name in ("due", "status", "add", "off")):
            raise ValidationError("Say what should change: a due date, a status, or who is responsible.")
        if wanted.get("add") and wanted.get("add") == wanted.get("off"):
            self.add_error("off", "This party cannot be added and taken off at once.")
        return wanted

    @property
    def changes(self) -> dict[str, Any]:
        """As `plans.actions.change_steps` takes them."""
        wanted = self.cleaned_data
        part = Part(wanted["part"] or Part.LEAD)
        return {
            "due": wanted["due"],
            "status": StepStatus(wanted["status"]) if wanted["status"] else None,
            "add": (wanted["add"], part) if wanted["add"] else None,
            "off": wanted["off"],
        }

    @property
    def said(self) -> str:
        """What was done, in words: “due June 30; status done”."""
        wanted = self.cleaned_data
        due = in_words(*read_due(wanted["due"], today=self.today)) if wanted["due"] else ""
        parts = [
            f"due {due}" if due else "",
            f"now {StepStatus(wanted['status']).label.lower()}" if wanted["status"] else "",
            f"{wanted['add']} {Part(wanted['part'] or Part.LEAD).label.lower()}" if wanted["add"] else "",
            f"{wanted['off']} taken off" if wanted["off"] else "",
        ]
        return "; ".join(filter(None, parts))
