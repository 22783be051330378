"""An alert, and a partner's answer to it."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms

from coalitions.enums import PartnerStatus
from coalitions.models import Alert, Partner
from phast.access.actor import Actor
from phast.access.table import Action
from phast.personal import refuse_personal

LASTS = dt.timedelta(days=7)  # unless somebody says otherwise
LONGEST = dt.timedelta(days=90)  # what lasts longer is no alert


class AlertForm(forms.ModelForm):
    """What is to be told, and to whom. Its texts may hold nothing that looks personal."""

    everybody = forms.BooleanField(label="Tell every active partner", required=False, initial=True)
    chosen = forms.ModelMultipleChoiceField(
        Partner.objects.none(), label="Or only these", required=False, widget=forms.CheckboxSelectMultiple
    )

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
        self.today = actor.coalition.today()
        self.fields["from_on"].initial = self.today
        self.fields["lapses_on"].initial = self.today + LASTS
        self.fields["chosen"].queryset = Partner.objects.visible_to(actor, Action.ROSTER_SEE).filter(
            status=PartnerStatus.ACTIVE, merged_into=None
        )

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, for the action."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def partners(self) -> list[Partner]:
        """Who is to be told."""
        everybody = self.cleaned_data["everybody"]
        return list(self.fields["chosen"].queryset if everybody else self.cleaned_data["chosen"])

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
        if not found.get("everybody") and not found.get("chosen"):
            self.add_error("chosen", "Choose at least one partner, or tell every active one.")
        return found

    def _about_nobody(self, name: str) -> str:
        text = self.cleaned_data[name].strip()
        refuse_personal(text)
        return text


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
