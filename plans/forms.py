"""What people enter about plans. Forms check; `plans.actions` write. Choices come from the actor."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from coalitions.enums import PartnerStatus
from coalitions.models import Contact, Partner, Position
from phast.access.table import Action
from phast.ui.forms import VersionedModelForm
from plans.due import read_due
from plans.enums import Part, StepStatus
from plans.models import Barrier, Plan, Recommendation, Step

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from plans.selectors import Node

PARTIES = {"partner": Partner, "contact": Contact, "position": Position}


class PlanForm(VersionedModelForm):
    class Meta:
        model = Plan
        fields = ("title", "scenario", "challenge", "status")
        widgets = {"scenario": forms.Textarea(attrs={"rows": 5}), "challenge": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["status"]


class BarrierForm(VersionedModelForm):
    class Meta:
        model = Barrier
        fields = ("text", "standing", "how_learned", "detail")
        widgets = {"standing": forms.RadioSelect, "detail": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["autofocus"] = True
        self.fields["standing"].help_text = "Suspected: we thought of it. Confirmed: we found out."


class RecommendationForm(VersionedModelForm):
    class Meta:
        model = Recommendation
        fields = ("text", "detail", "barriers")
        widgets = {"detail": forms.Textarea(attrs={"rows": 2}), "barriers": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["autofocus"] = True
        self.fields["barriers"].queryset = Barrier.objects.present().filter(plan=plan)


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


class PartyField(forms.ChoiceField):
    """One responsible party among the partners, the people and the positions the actor may see; its value is that row or None."""

    def __init__(self, *, choices: list[Any], rows: dict[str, Any], label: str, help_text: str = "") -> None:
        super().__init__(choices=choices, label=label, required=False, help_text=help_text)
        self.rows = rows

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


class Parties:
    """The parties an actor can make responsible, read once for all the fields of a form. Three queries."""

    def __init__(self, actor: Actor) -> None:
        partners = Partner.objects.visible_to(actor, Action.ROSTER_SEE).exclude(status=PartnerStatus.INACTIVE)
        contacts = (
            Contact.objects.visible_to(actor, Action.CONTACTS_SEE)
            .exclude(partner__status=PartnerStatus.INACTIVE)
            .select_related("partner")
        )
        positions = Position.objects.visible_to(actor, Action.ROSTER_SEE).select_related("contact")
        groups = {
            "Positions": [(f"position-{p.pk}", p, f"{p} ({p.contact or 'nobody holds this yet'})") for p in positions],
            "Partners": [(f"partner-{p.pk}", p, str(p)) for p in partners],
            "People": [(f"contact-{c.pk}", c, f"{c}, {c.partner}") for c in contacts],
        }
        self.rows = {key: row for group in groups.values() for key, row, _ in group}
        self.groups = [(name, [(key, label) for key, _, label in group]) for name, group in groups.items() if group]

    def field(self, label: str, *, empty: str, help_text: str = "") -> PartyField:
        """`empty` is what the choice of none is called."""
        return PartyField(choices=[("", empty), *self.groups], rows=self.rows, label=label, help_text=help_text)


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


class ResponsibleForm(forms.Form):
    """Who is responsible for a step: each party there is with its part, and rows for more.

    `parts` and `added` hold what the person changed and nothing else, so what somebody else changes at the same time stays.
    """

    NEW = 3

    def __init__(self, *args: Any, step: Step, actor: Actor, names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.existing = list(step.responsibilities.all())
        for r in self.existing:
            self.fields[f"part_{r.pk}"] = forms.ChoiceField(
                label=names[r.pk],
                choices=[*Part.choices, ("off", "Take off this step")],
                initial=r.part,
                required=False,
                show_hidden_initial=True,
            )
        parties = Parties(actor)
        for n in range(1, self.NEW + 1):
            self.fields[f"party_{n}"] = parties.field("Add", empty="Choose a partner, a person or a position")
            self.fields[f"as_{n}"] = forms.ChoiceField(
                label="Part", choices=Part.choices, initial=Part.LEAD, required=False
            )
        self.fields["party_1"].widget.attrs["autofocus"] = True

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The pairs of fields for new parties."""
        return [(self[f"party_{n}"], self[f"as_{n}"]) for n in range(1, self.NEW + 1)]

    @property
    def old(self) -> list[Any]:
        return [self[f"part_{r.pk}"] for r in self.existing]

    @property
    def parts(self) -> dict[int, Part | None]:
        changed = {
            r.pk: self.cleaned_data[f"part_{r.pk}"] for r in self.existing if f"part_{r.pk}" in self.changed_data
        }
        return {key: None if part == "off" else Part(part) for key, part in changed.items() if part}

    @property
    def added(self) -> list[tuple[Any, Part]]:
        rows = ((self.cleaned_data[f"party_{n}"], self.cleaned_data[f"as_{n}"]) for n in range(1, self.NEW + 1))
        return [(party, Part(part or Part.LEAD)) for party, part in rows if party is not None]


class UpdateForm(forms.Form):
    """What became of a step. Each status is a button, so a note is optional and an update takes two taps."""

    status = forms.ChoiceField(
        choices=StepStatus.choices, error_messages={"required": "Choose what the status is now."}
    )
    note = forms.CharField(
        label="What happened", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
