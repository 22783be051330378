"""How far the coalition is with an opportunity, and how ready it is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from coalitions.enums import EngagementStatus, PartnerStatus, Readiness
from coalitions.models import Contact, CriticalElement, Engagement, Partner, ReadinessRating
from phast.access.actor import Actor
from phast.access.table import Action
from phast.ui.forms import VersionedModelForm
from phast.ui.templatetags.ui import local_date

if TYPE_CHECKING:
    from coalitions.engagement import Work


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


class WorkFilter(forms.Form):
    """Which of the things to work on are shown. What is no choice narrows nothing."""

    QUIET = "quiet"

    status = forms.ChoiceField(
        label="Status",
        choices=[("", "All"), *EngagementStatus.choices, (QUIET, "Begun, not touched for 90 days")],
        required=False,
    )

    def __init__(self, *args: Any, groups: list[tuple[str, str]], label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"] = forms.ChoiceField(label=label, choices=[("", "All"), *groups], required=False)
        self.is_valid()

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.values())

    def keeps(self, one: Work, group: str, today: dt.date) -> bool:
        """Whether it is shown: `group` is the key of what it stands under."""
        status = self.cleaned_data.get("status")
        if self.cleaned_data.get("group") not in ("", None, group):
            return False
        return not status or (one.is_quiet(today) if status == self.QUIET else one.status == status)


class ReadinessForm(forms.Form):
    """All six elements at once: where each stands, and what shows it. What is left open is not rated."""

    on = forms.DateField(label="As of")

    def __init__(
        self, *args: Any, elements: list[CriticalElement], last: dict[Any, ReadinessRating], actor: Actor, **kwargs: Any
    ) -> None:
        """`last`: what each element, by key, was rated last."""
        super().__init__(*args, **kwargs)
        self.elements = elements
        self.fields["on"].initial = self.today = actor.coalition.today()
        for element in elements:
            self.fields[f"rating-{element.pk}"] = forms.TypedChoiceField(
                label=element.title,
                help_text=f"{element.text} {_last(last.get(element.pk))}".strip(),
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


def _last(rating: ReadinessRating | None) -> str:
    return f"Last time, {local_date(rating.on)}: {rating.get_rating_display()}." if rating else ""
