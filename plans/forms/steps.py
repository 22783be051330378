"""Steps and their updates."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from phast.ui.forms import VersionedModelForm
from phast.uploads import ACCEPT, KINDS
from plans.due import read_due
from plans.enums import Repeats, StepStatus
from plans.models import Recommendation, Step
from plans.repeating import WORDS

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
            widget=forms.TextInput(
                attrs={"list": "due-ideas", "autocomplete": "off", "data-comes-again": json.dumps(WORDS)}
            ),
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            read_due(text, today=self.today)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return text


COMES_AGAIN = "When it is done, the next one is made by itself, due a period later."


class StepAddForm(forms.Form):
    """A new step in one go: what, by when, who leads."""

    title = forms.CharField(label="Step", max_length=200, widget=forms.TextInput(attrs={"autofocus": True}))
    due = DueField()
    detail = forms.CharField(label="More about it", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    repeats = forms.ChoiceField(
        label="Comes again", required=False, choices=[("", "No, once"), *Repeats.choices], help_text=COMES_AGAIN
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due"].today = actor.coalition.today()
        self.fields["party"] = Parties(actor).field(
            "Who leads", empty="Nobody yet", help_text="More parties can be added afterwards."
        )


class StepForm(VersionedModelForm):
    """What a step says: its words, when it is due and comes again, what it takes, and what it carries out.

    `again`: how often it is proposed to come again, for a person who followed the proposal.
    """

    due_said = DueField()

    class Meta:
        model = Step
        fields = ("title", "due_said", "repeats", "detail", "resources", "funding", "recommendation")
        widgets = {"detail": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, actor: Actor, again: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_said"].today = actor.coalition.today()
        self.fields["title"].widget.attrs["autofocus"] = True
        self.fields["repeats"].choices = [("", "No, once"), *Repeats.choices]
        self.fields["repeats"].help_text = COMES_AGAIN
        if again in Repeats.values and not self.instance.repeats:
            self.initial["repeats"] = again
        own = Recommendation.objects.filter(plan=self.instance.plan_id)
        # One that was removed may come back: editing the step meanwhile does not cut it off.
        self.fields["recommendation"].queryset = own.filter(Q(removed_at=None) | Q(pk=self.instance.recommendation_id))
        self.fields["recommendation"].empty_label = "No recommendation in particular"

    @property
    def more(self) -> bool:
        """True when the quieter fields hold something, so that they stand open."""
        fields = (self[name] for name in ("resources", "funding", "recommendation"))
        return any(field.value() or field.errors or field.both for field in fields)


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


class WaitsForm(forms.Form):
    """After which steps one can start. `removed` and `added` hold what the person changed and nothing else."""

    NEW = 3

    def __init__(self, *args: Any, node: Node, nodes: list[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.existing = {f"keep_{each.step.pk}": each for each in node.before}
        for name, each in self.existing.items():
            self.fields[name] = forms.BooleanField(label=f"{each.number} {each.step}", required=False, initial=True)
        family = {each.step.pk for each in node.walk()} | {
            each.step.pk for each in nodes if any(below.step.pk == node.step.pk for below in each.walk())
        }
        taken = family | {each.step.pk for each in node.before}
        self.steps = {str(each.step.pk): each.step for each in nodes if each.step.pk not in taken}
        choices = [
            (str(each.step.pk), f"{each.number} {each.step}") for each in nodes if str(each.step.pk) in self.steps
        ]
        for n in range(1, self.NEW + 1):
            self.fields[f"step_{n}"] = forms.ChoiceField(
                label="Can start after", required=False, choices=[("", "Choose a step"), *choices]
            )
        self.fields["step_1"].widget.attrs["autofocus"] = True

    @property
    def kept(self) -> list[Any]:
        return [self[name] for name in self.existing]

    @property
    def rows(self) -> list[Any]:
        return [self[f"step_{n}"] for n in range(1, self.NEW + 1)]

    @property
    def removed(self) -> list[int]:
        return [each.step.pk for name, each in self.existing.items() if not self.cleaned_data[name]]

    @property
    def added(self) -> list[Step]:
        chosen = (self.cleaned_data[f"step_{n}"] for n in range(1, self.NEW + 1))
        return [self.steps[key] for key in dict.fromkeys(chosen) if key]


class FileForm(forms.Form):
    """A file for a step."""

    file = forms.FileField(
        label="File",
        help_text=f"{KINDS}; up to 10 MB. No personal information about people who receive care.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


class UpdateForm(forms.Form):
    """What became of a step. Each status is a button, so a note is optional and an update takes two taps.

    Its `status` is None for a comment, which says something and leaves the status as it is.
    """

    COMMENT = "comment"

    status = forms.ChoiceField(
        choices=[*StepStatus.choices, (COMMENT, "Only say something")],
        error_messages={"required": "Choose what the status is now."},
    )
    note = forms.CharField(
        label="What happened", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_status(self) -> StepStatus | None:
        said = self.cleaned_data["status"]
        return None if said == self.COMMENT else StepStatus(said)
