"""Programs, and the models they follow."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from coalitions.enums import PartnerStatus
from coalitions.forms.parties import Parties
from coalitions.forms.roster import ActorModelForm
from coalitions.models import Contact, Partner
from deflection.models import DeflectionModel, Program
from phast.access.table import Action
from phast.ui.forms import VersionedModelForm


class ModelsField(forms.ModelMultipleChoiceField):
    """One or more of the five models, each with what it is."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, model: Any) -> str:
        return f"{model.number}. {model.name}"


class ProgramForm(ActorModelForm):
    """A program, without the models it follows."""

    class Meta:
        model = Program
        fields: ClassVar = ["name", "lead", "agencies", "starts_on", "assessed_by", "assessed_by_said"]
        widgets: ClassVar = {"agencies": forms.CheckboxSelectMultiple}
        labels: ClassVar = {
            "name": "Name of the program",
            "starts_on": "Starts on",
            "assessed_by": "Who assesses the level of care a person needs",
            "assessed_by_said": "Or in words",
        }
        help_texts: ClassVar = {
            "starts_on": "Planned or past. Empty: not known yet.",
            "assessed_by_said": "A role or a service, never a person’s name.",
        }

    field_order: ClassVar = ["name", "lead", "models", "agencies", "coordinator", "starts_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Partner.objects.visible_to(self.actor, Action.ROSTER_SEE).exclude(status=PartnerStatus.INACTIVE)
        program = self.instance
        for name, now in (("lead", Q(pk=program.lead_id)), ("assessed_by", Q(pk=program.assessed_by_id))):
            self.fields[name].queryset = Partner.objects.of(self.actor.coalition).filter(
                now | Q(pk__in=self._leads(there) if name == "lead" else there)
            )
        taking_part = program.agencies.values("pk") if program.pk else []
        self.fields["agencies"].queryset = Partner.objects.of(self.actor.coalition).filter(
            Q(pk__in=there) | Q(pk__in=taking_part)
        )
        self.fields["lead"].empty_label = "Choose a partner"
        self.fields["assessed_by"].empty_label = "Not known yet, or in words"
        self.fields["coordinator"] = Parties(self.actor).field(
            "Program coordinator",
            empty="Nobody yet",
            help_text="A person, or a position whoever holds it.",
            without=("Partners",),
            now=program.coordinator,
        )
        self.fields["coordinator"].initial = program.coordinator
        self.fields["coordinator"].show_hidden_initial = bool(program.pk)
        self.order_fields(self.field_order)

    def _leads(self, there: Any) -> Any:
        """Who plans programs for an agency makes it the lead; a coordinator chooses among all."""
        if self.actor.everywhere(Action.DEFLECTION_EDIT):
            return there
        return there.filter(pk__in=self.actor.own_partner_ids)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("assessed_by") and found.get("assessed_by_said"):
            self.add_error("assessed_by_said", "Choose a partner or say it in words, not both.")
        return found

    @property
    def values(self) -> dict[str, Any]:
        """As `edit_program` takes them."""
        values = super().values
        coordinator = values.pop("coordinator")
        return values | {
            "contact": coordinator if isinstance(coordinator, Contact) else None,
            "position": None if isinstance(coordinator, Contact) else coordinator,
        }

    def saved(self, current: Any) -> dict[str, Any]:
        held = forms.model_to_dict(current, fields=self._meta.fields)
        return held | {"coordinator": current.coordinator}


class NewProgramForm(ProgramForm):
    """A program with the models it follows, whose checklist it gets at once."""

    models = ModelsField(
        queryset=DeflectionModel.objects.all(),
        label="Models it follows",
        help_text="One or more; you can add another one later.",
        error_messages={"required": "Choose at least one model."},
    )

    def values_for_new(self) -> dict[str, Any]:
        """As `create_program` takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ModelsForm(forms.Form):
    """Which models a program follows from now on."""

    models = ModelsField(
        queryset=DeflectionModel.objects.all(),
        label="Models the program follows",
        error_messages={"required": "Choose at least one model."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class EndForm(VersionedModelForm):
    """Since when a program is over."""

    class Meta:
        model = Program
        fields: ClassVar = ["ended_on"]
        labels: ClassVar = {"ended_on": "Over since"}
        help_texts: ClassVar = {"ended_on": "Its checklist can still be read and put right. Empty: it goes on."}
