"""What a program counts: people trained, and its quarters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from coalitions.enums import PartnerStatus
from coalitions.models import Partner
from deflection.models import Audience, QuarterCounts, Topic
from deflection.models.indicator import CONTACT_AFTER, FIGURES
from phast.access.table import Action
from phast.ui.forms import VersionedModelForm, WholeNumberField

if TYPE_CHECKING:
    from deflection.models import Program
    from phast.access.actor import Actor

STAFF_TRAINING = "staff-training"


class TrainingForm(forms.Form):
    """People of an audience trained on a day, as a count."""

    held_on = forms.DateField(label="Held on")
    audience = forms.ModelChoiceField(
        queryset=Audience.objects.all(), label="Who was trained", widget=forms.RadioSelect, empty_label=None
    )
    people = WholeNumberField(label="How many people", min_value=1, max_value=10_000)
    topics = forms.ModelMultipleChoiceField(
        queryset=Topic.objects.none(), label="What it was about", widget=forms.CheckboxSelectMultiple
    )
    partner = forms.ModelChoiceField(
        queryset=Partner.objects.none(), label="Whose staff", required=False, empty_label="Several, or not said"
    )

    def __init__(self, *args: Any, program: Program, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].queryset = Topic.objects.filter(activity=STAFF_TRAINING)
        self.fields["topics"].error_messages["required"] = "Choose what the training was about."
        roster = Partner.objects.visible_to(actor, Action.ROSTER_SEE)
        self.fields["partner"].queryset = roster.exclude(status=PartnerStatus.INACTIVE)
        self.fields["held_on"].initial = actor.coalition.today


class QuarterForm(VersionedModelForm):
    """A quarter's counts. What is left empty is not recorded, which is not zero."""

    class Meta:
        model = QuarterCounts
        fields: ClassVar = FIGURES
        labels: ClassVar = {
            "encounters": "Encounters",
            "referrals": "Referrals",
            **CONTACT_AFTER,
            "engaged_at_30_days": "Engaged at 30 days",
        }
        help_texts: ClassVar = {
            "encounters": "How often the program met somebody.",
            "referrals": "How often somebody was referred to treatment or services.",
            "engaged_at_30_days": "People who were still in touch with a service 30 days after the referral.",
        }
        field_classes: ClassVar = dict.fromkeys(FIGURES, WholeNumberField)

    @property
    def about_contact(self) -> list[Any]:
        """The fields about the time to the first contact."""
        return [self[name] for name in CONTACT_AFTER]
