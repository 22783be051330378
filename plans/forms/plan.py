"""What people enter about a plan itself."""

from __future__ import annotations

from typing import Any

from django import forms

from phast.ui.forms import VersionedModelForm
from plans.models import Plan


class PlanForm(VersionedModelForm):
    class Meta:
        model = Plan
        fields = ("title", "scenario", "challenge", "status")
        widgets = {"scenario": forms.Textarea(attrs={"rows": 5}), "challenge": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["status"]
