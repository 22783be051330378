"""Barriers and recommendations."""

from __future__ import annotations

from typing import Any

from django import forms

from phast.ui.forms import VersionedModelForm
from plans.models import Barrier, Plan, Recommendation


class BarrierForm(VersionedModelForm):
    class Meta:
        model = Barrier
        fields = ("text", "standing", "how_learned", "detail")
        widgets = {"standing": forms.RadioSelect, "detail": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["autofocus"] = True
        self.fields["standing"].help_text = "Suspected: we thought of it. Confirmed: we found out."


class StandingForm(forms.ModelForm):
    """Whether a barrier is suspected or confirmed, and how that was learned."""

    class Meta:
        model = Barrier
        fields = ("standing", "how_learned")


class RecommendationForm(VersionedModelForm):
    class Meta:
        model = Recommendation
        fields = ("text", "detail", "barriers")
        widgets = {"detail": forms.Textarea(attrs={"rows": 2}), "barriers": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["autofocus"] = True
        self.fields["barriers"].queryset = Barrier.objects.present().filter(plan=plan)
