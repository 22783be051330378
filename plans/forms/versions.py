"""What people enter when they approve a plan, and choose when they compare two versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from plans.models import PlanVersion

NOW = "now"


class ApproveForm(forms.Form):
    note = forms.CharField(
        label="What is new",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A sentence for the people who read it. Such as: two steps are done, and training has a new date.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class CompareForm(forms.Form):
    """Two readings of one plan. `with_now`: one of them may be the plan as it is now, for who follows it."""

    before = forms.ChoiceField(label="From", required=False)
    after = forms.ChoiceField(label="To", required=False)

    def __init__(self, *args: Any, versions: Sequence[PlanVersion], with_now: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbered = [(str(version.number), f"Version {version.number}") for version in versions]
        now = [(NOW, "The plan as it is now")] if with_now else []
        self.fields["before"].choices = numbered
        self.fields["after"].choices = [*now, *numbered]
