"""How far the coalition is with an opportunity, and how ready it is."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from coalitions.enums import EngagementStatus, PartnerStatus, Readiness
from coalitions.models import Contact, CriticalElement, Engagement, Partner
from phast.access.actor import Actor
from phast.access.table import Action
from phast.ui.forms import VersionedModelForm


class EngagementForm(VersionedModelForm):
    """Status, who leads, with whom, when last touched, notes."""

    class Meta:
        model = Engagement
        fields: ClassVar = ["status", "lead", "partner", "touched_on", "notes"]
        widgets: ClassVar = {"status": forms.RadioSelect, "notes": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar = {"touched_on": "Empty: today."}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = EngagementStatus.choices
        self.fields["lead"].queryset = Contact.objects.visible_to(actor, Action.CONTACTS_SEE).select_related("partner")
        self.fields["lead"].label_from_instance = lambda contact: f"{contact}, {contact.partner}"
        self.fields["partner"].queryset = Partner.objects.visible_to(actor, Action.ROSTER_SEE).exclude(
            status=PartnerStatus.INACTIVE
        )


class ReadinessForm(forms.Form):
    """All six elements at once: where each stands, and what shows it. What is left open is not rated."""

    on = forms.DateField(label="As of")

    def __init__(self, *args: Any, elements: list[CriticalElement], actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elements = elements
        self.fields["on"].initial = self.today = actor.coalition.today()
        for element in elements:
            self.fields[f"rating-{element.pk}"] = forms.TypedChoiceField(
                label=element.title,
                help_text=element.text,
                choices=Readiness.choices,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"evidence-{element.pk}"] = forms.CharField(
                label="What shows it", required=False, max_length=500
            )

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("This day is still to come. Rate as of today or earlier.")
        return on

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and not self.ratings:
            raise forms.ValidationError("Rate at least one of the elements.")
        return found

    @property
    def ratings(self) -> dict[CriticalElement, tuple[int, str]]:
        """What was rated, for the action."""
        return {
            element: (rating, self.cleaned_data.get(f"evidence-{element.pk}", ""))
            for element in self.elements
            if (rating := self.cleaned_data.get(f"rating-{element.pk}"))
        }

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        return [(self[f"rating-{element.pk}"], self[f"evidence-{element.pk}"]) for element in self.elements]
