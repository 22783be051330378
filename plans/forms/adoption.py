"""Interventions, and where a partner stands on one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

from phast.ui.forms import VersionedModelForm
from plans.enums import Adoption
from plans.models import Intervention, Stance


class InterventionForm(VersionedModelForm):
    class Meta:
        model = Intervention
        fields = ("text",)
        help_texts = {"text": "Such as: every officer carries naloxone."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["autofocus"] = True


class StanceForm(forms.Form):
    """Where a partner stands now, why, and since when."""

    adoption = forms.ChoiceField(
        label="Where they stand",
        choices=Adoption.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where they stand."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=300,
        required=False,
        help_text="The reason as they gave it. It may become a barrier, so name nobody in it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    since = forms.DateField(label="Since")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, history: list[Stance], today: dt.date, **kwargs: Any) -> None:
        now = history[0] if history else None
        initial = {
            "adoption": now.adoption if now else "",
            "reason": now.reason if now else "",
            "since": today,
            "seen": self.last_saved(history),
        }
        super().__init__(*args, initial=initial, **kwargs)

    @staticmethod
    def last_saved(history: list[Stance]) -> str:
        return max(stance.at for stance in history).isoformat() if history else ""

    def clean_seen(self) -> Any:
        try:
            return parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None

    def show_meanwhile(self, history: list[Stance]) -> None:
        """After somebody else saved: counts as opened now, so that saving again records this one."""
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = self.last_saved(history)
