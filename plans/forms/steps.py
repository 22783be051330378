"""Steps and their updates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from phast.ui.forms import VersionedModelForm
from plans.due import read_due
from plans.enums import StepStatus
from plans.models import Step

from .parties import Parties

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from plans.selectors import Node


class DueField(forms.CharField):
    """A due date as people say it; refuses only a day that does not exist. The form sets `today`, the coalition's."""

    today: dt.date

    def __init__(self) -> None:
        super().__init__(
            label="Due",
            max_length=60,
            required=False,
            help_text="As you would say it: 6/30, end of June, in two weeks, quarterly, ongoing, TBD.",
            widget=forms.TextInput(attrs={"list": "due-ideas", "autocomplete": "off"}),
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            read_due(text, today=self.today)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return text


class StepAddForm(forms.Form):
    """A new step in one go: what, by when, who leads."""

    title = forms.CharField(label="Step", max_length=200, widget=forms.TextInput(attrs={"autofocus": True}))
    due = DueField()
    detail = forms.CharField(label="More about it", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due"].today = actor.coalition.today()
        self.fields["party"] = Parties(actor).field(
            "Who leads", empty="Nobody yet", help_text="More parties can be added afterwards."
        )


class StepForm(VersionedModelForm):
    """The words and the due date of a step."""

    due_said = DueField()

    class Meta:
        model = Step
        fields = ("title", "due_said", "detail")
        widgets = {"detail": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_said"].today = actor.coalition.today()
        self.fields["title"].widget.attrs["autofocus"] = True


class PlaceForm(forms.Form):
    """Where a step belongs: under which other step, or at the top."""

    parent = forms.ChoiceField(label="Sub-step of", required=False)

    def __init__(self, *args: Any, step: Step, nodes: list[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = next((node for node in nodes if node.step.pk == step.pk), None)
        below = {node.step.pk for node in own.walk()} if own else set()
        self.steps = {str(node.step.pk): node.step for node in nodes if node.step.pk not in below}
        self.fields["parent"].choices = [
            ("", "Nothing: it is a step of its own"),
            *((str(node.step.pk), f"{node.number} {node.step}") for node in nodes if node.step.pk not in below),
        ]
        self.fields["parent"].initial = step.parent_id or ""

    def clean_parent(self) -> Step | None:
        return self.steps.get(self.cleaned_data["parent"])


class UpdateForm(forms.Form):
    """What became of a step. Each status is a button, so a note is optional and an update takes two taps."""

    status = forms.ChoiceField(
        choices=StepStatus.choices, error_messages={"required": "Choose what the status is now."}
    )
    note = forms.CharField(
        label="What happened", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
