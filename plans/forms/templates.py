"""What people enter about copies."""

from __future__ import annotations

from typing import Any

from django import forms

from plans.models import Plan

PLAN, TEMPLATE = "plan", "template"


class CopyForm(forms.Form):
    """What the copy is called, and whether it is carried out or kept to start from."""

    title = forms.CharField(
        label="Title of the copy", max_length=160, widget=forms.TextInput(attrs={"autofocus": True})
    )
    kind = forms.ChoiceField(
        label="What to make",
        choices=[(PLAN, "A plan, to carry out"), (TEMPLATE, "A template, to start plans from")],
        widget=forms.RadioSelect,
        initial=PLAN,
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].initial = plan.title if plan.is_template else f"{plan.title} (copy)"[:160]

    @property
    def values(self) -> dict[str, Any]:
        return {"title": self.cleaned_data["title"], "as_template": self.cleaned_data["kind"] == TEMPLATE}
