"""Forms of the path: the profile looked over, whom an agency calls at risk, and a request for one-to-one support."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from coalitions.enums import AgencyType
from coalitions.forms.requests import OneLine
from coalitions.forms.roster import ActorModelForm
from coalitions.models import Partner
from lbn.models import PathStep, Program, RiskGroup
from phast.access.table import Action
from phast.personal import refuse_personal
from phast.ui.forms import VersionedModelForm

LONGEST = 1000


class ProfileForm(ActorModelForm):
    """What the portal has of an agency. The type of agency is the coordinator's to change."""

    name = OneLine(label="Name of the agency", max_length=120)

    class Meta:
        model = Partner
        fields: ClassVar = ["name", "agency_type"]
        labels: ClassVar = {"agency_type": "Type of agency"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.actor.everywhere(Action.SETTINGS_MANAGE):
            self.fields["agency_type"].choices = AgencyType.choices
            self.fields["agency_type"].required = True
        else:
            del self.fields["agency_type"]


class AtRiskForm(VersionedModelForm):
    """To whom an agency offers kits. All six groups are ticked at first: the definition is meant to leave nobody out."""

    risk_groups = forms.ModelMultipleChoiceField(
        RiskGroup.objects.all(), label="To whom we offer kits", widget=forms.CheckboxSelectMultiple
    )
    risk_agreed_on = forms.DateField(label="Agreed on")

    class Meta:
        model = Program
        fields: ClassVar = ["risk_groups", "risk_words", "risk_agreed_on"]
        widgets: ClassVar = {"risk_words": forms.Textarea(attrs={"rows": 3})}
        labels: ClassVar = {"risk_words": "In our own words"}
        help_texts: ClassVar = {"risk_words": "If you like: what the groups do not say. Nothing about one person."}

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.risk_agreed_on:
            self.initial["risk_agreed_on"] = today
            self.initial["risk_groups"] = list(self.fields["risk_groups"].queryset)

    def clean_risk_words(self) -> str:
        return _impersonal(self.cleaned_data["risk_words"])

    @property
    def groups(self) -> list[tuple[Any, RiskGroup]]:
        """Each box with the group it stands for."""
        return [(box, box.data["value"].instance) for box in self["risk_groups"].subwidgets]


class SupportForm(forms.Form):
    """What an agency asks the coordinator for: a call, a visit, an answer."""

    step = forms.ModelChoiceField(
        PathStep.objects.all(), label="What is it about?", required=False, empty_label="Something else"
    )
    needs = forms.CharField(
        label="What would help?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Such as a call about our procedure, or somebody who speaks at roll call. Nothing about one person.",
    )
    phone = OneLine(label="Your phone", max_length=40, required=False, help_text="If a call is easier than an e-mail.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.input_type = "tel"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"

    def clean_needs(self) -> str:
        return _impersonal(self.cleaned_data["needs"])


def _impersonal(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    refuse_personal(text)
    return text
