"""An alert, and a partner's answer to it."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms

from coalitions.alerts import public_lines
from coalitions.enums import AgencyType, PartnerStatus
from coalitions.models import Alert, Partner
from phast.access.actor import Actor
from phast.access.table import Action
from phast.personal import refuse_personal
from phast.ui.forms import VersionedModelForm

OTHER = "other-organizations"
LASTS = dt.timedelta(days=7)  # unless somebody says otherwise
LONGEST = dt.timedelta(days=90)  # what lasts longer is no alert


class AlertTextForm(VersionedModelForm):
    """What is to be told. Its texts may hold nothing that looks personal; a public line to call is fine."""

    class Meta:
        model = Alert
        fields: ClassVar = ["title", "area", "from_on", "to_on", "advice", "lapses_on"]
        labels: ClassVar = {
            "title": "What is going on",
            "area": "Where",
            "to_on": "Seen until",
            "lapses_on": "The alert lapses on",
        }
        help_texts: ClassVar = {
            "title": "Such as: five times the usual overdoses since Friday.",
            "area": "A county, a city or a ZIP code, no address.",
            "to_on": "Empty: it goes on.",
            "lapses_on": "The last day on which it is shown.",
        }
        widgets: ClassVar = {"advice": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.today = actor, actor.coalition.today()
        if not self.instance.pk:
            self.fields["from_on"].initial = self.today
            self.fields["lapses_on"].initial = self.today + LASTS

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, for the action."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}

    def clean_title(self) -> str:
        return self._about_nobody("title")

    def clean_area(self) -> str:
        return self._about_nobody("area")

    def clean_advice(self) -> str:
        return self._about_nobody("advice")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        begins, ends, lapses = (found.get(name) for name in ("from_on", "to_on", "lapses_on"))
        if begins and begins > self.today:
            self.add_error("from_on", "This day is still to come. Say since when it was seen.")
        if begins and ends and ends < begins:
            self.add_error("to_on", "It ends before it begins. Check the two days.")
        if lapses and not self.today <= lapses <= self.today + LONGEST:
            self.add_error("lapses_on", f"Choose a day from today on, at most {LONGEST.days} days ahead.")
        return found

    def _about_nobody(self, name: str) -> str:
        text = self.cleaned_data[name].strip()
        refuse_personal(text, public_lines=public_lines(self.actor))
        return text


class AlertForm(AlertTextForm):
    """A new alert: also to whom."""

    everybody = forms.BooleanField(label="Tell every active partner", required=False, initial=True)
    kinds = forms.MultipleChoiceField(
        label="Or all of a kind", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    chosen = forms.ModelMultipleChoiceField(
        Partner.objects.none(), label="Single partners", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = Partner.objects.visible_to(self.actor, Action.ROSTER_SEE)
        active = active.filter(status=PartnerStatus.ACTIVE, merged_into=None)
        self.by_kind: dict[str, list[Partner]] = {}
        for partner in active:
            self.by_kind.setdefault(partner.agency_type or OTHER, []).append(partner)
        kinds = [
            (kind, label)
            for kind, label in [*AgencyType.choices, (OTHER, "Other organizations")]
            if kind in self.by_kind
        ]
        self.fields["kinds"].choices = [(kind, f"{label} ({len(self.by_kind[kind])})") for kind, label in kinds]
        self.fields["chosen"].queryset = active
        self.fields["chosen"].choices = [
            (str(label), [(partner.pk, partner.name) for partner in self.by_kind[kind]]) for kind, label in kinds
        ]

    @property
    def partners(self) -> list[Partner]:
        """Who is to be told: everybody, or whoever is of a chosen kind or chosen alone."""
        said = self.cleaned_data
        kinds = self.by_kind if said["everybody"] else said["kinds"]
        found = {partner.pk: partner for kind in kinds for partner in self.by_kind[kind]}
        if not said["everybody"]:
            found |= {partner.pk: partner for partner in said["chosen"]}
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if not any(found.get(name) for name in ("everybody", "kinds", "chosen")):
            self.add_error("kinds", "Choose at least one partner, or tell every active one.")
        return found


class CorrectionForm(AlertTextForm):
    """What turned out wrong in an alert that is out."""

    again = forms.BooleanField(
        label="Mail the corrected alert",
        required=False,
        help_text="To everybody who was told, and all are asked to acknowledge again. Without it, only the page changes.",
    )


class AnswerForm(forms.Form):
    """What a partner did about an alert. Empty: it has read it."""

    response = forms.CharField(
        label="What you did",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as: told all shifts, took 40 more kits along. Nothing about any person.",
    )

    def clean_response(self) -> str:
        response = self.cleaned_data["response"].strip()
        refuse_personal(response)
        return response
