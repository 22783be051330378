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

    def __init__(self, *args: Any, only: str = "", **kwargs: Any) -> None:
        """`only`: the one field to ask for."""
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            if only not in ("", name) or (name == "status" and not self.instance.pk):
                del self.fields[name]
