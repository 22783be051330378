"""What pays for a step."""

from __future__ import annotations

from typing import Any

from django import forms

from coalitions.models import FundingSource
from phast.access.actor import Actor
from phast.access.table import Action


class MoneyForm(forms.Form):
    """The coalition's sources of funding, to tick."""

    sources = forms.ModelMultipleChoiceField(
        FundingSource.objects.none(), label="What pays for it", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sources"].queryset = FundingSource.objects.visible_to(actor, Action.ENGAGEMENT_SEE)
