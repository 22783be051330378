"""Partners, contacts, positions, and the roster's filters."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from coalitions.enums import AgencyType, PartnerStatus
from coalitions.models import Contact, Partner, Position, Seat, Sector
from phast.access.actor import Actor
from phast.access.table import Action
from phast.ui.forms import VersionedModelForm


class ActorModelForm(VersionedModelForm):
    """A form over a row of the actor's coalition."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.instance.coalition = actor.coalition

    def _get_validation_exclusions(self) -> set[str]:
        # The coalition is no field of the form and part of what must be unique: Django would leave the constraint out.
        # A name that a merged partner had is free, which only `merged_into` tells.
        return super()._get_validation_exclusions() - {"coalition", "merged_into"}


class PartnerForm(ActorModelForm):
    """A partner. What the coalition decides about it (kind of agency, status, dates) is the coordinator's to say."""

    COORDINATORS: ClassVar = ("agency_type", "status", "joined_on", "counts_since")

    website = forms.URLField(required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = Partner
        fields: ClassVar = [
            "name", "sectors", "agency_type", "counts_since", "named_in_releases", "status", "joined_on", "website", "address"
        ]  # fmt: skip
        widgets: ClassVar = {"sectors": forms.CheckboxSelectMultiple}
        labels: ClassVar = {
            "name": "Name of the organization",
            "agency_type": "Type of agency",
            "counts_since": "Leaves kits behind since",
        }
        help_texts: ClassVar = {
            "sectors": "One or more.",
            "agency_type": "For public safety agencies only.",
            "named_in_releases": "Only if the agency agreed. Otherwise its kits are among those of “other agencies”.",
            "counts_since": "From this day on the agency is expected to report. Empty: it does not count kits.",
            "address": "The organization’s, so that people find it.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency_type"].choices = [("", "Not an agency"), *AgencyType.choices]
        if not self.actor.everywhere(Action.SETTINGS_MANAGE):
            for name in self.COORDINATORS:
                del self.fields[name]
            if not self.instance.agency_type:
                del self.fields["named_in_releases"]


class ContactForm(VersionedModelForm):
    """A contact's details."""

    class Meta:
        model = Contact
        fields: ClassVar = ["name", "title", "part", "email", "phone"]
        labels: ClassVar = {"title": "Job title"}
        widgets: ClassVar = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})}
        help_texts: ClassVar = {
            "email": "When somebody with this address signs in for the partner, this contact is them."
        }


class PositionForm(ActorModelForm):
    """A position and who holds it."""

    class Meta:
        model = Position
        fields: ClassVar = ["title", "contact", "since"]
        labels: ClassVar = {"contact": "Held by"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = Contact.objects.visible_to(self.actor, Action.CONTACTS_SEE).select_related("partner")
        self.fields["contact"].queryset = contacts.order_by("partner__name", "name")
        self.fields["contact"].empty_label = "Nobody: vacant"
        self.fields["contact"].label_from_instance = lambda contact: f"{contact.partner} · {contact.name}"


class SeatForm(ActorModelForm):
    """A lived-experience seat. Only sectors that are people, not organizations, can be filled by one."""

    class Meta:
        model = Seat
        fields: ClassVar = ["alias", "sector", "since"]
        help_texts: ClassVar = {
            "sector": "Only coordinators see this here. Everybody else sees that the sector is filled, not by whom."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alias"].widget.attrs["autocomplete"] = "off"
        self.fields["sector"].queryset = Sector.objects.filter(pk__in=Seat.SECTORS)
        self.fields["sector"].label = "Fills the sector"
        self.fields["sector"].empty_label = "None, or they would rather not say"


class RosterFilter(forms.Form):
    """What the roster is narrowed to. Lives in the address, so that a narrowed roster can be shared."""

    q = forms.CharField(label="Search", required=False, max_length=100)
    sector = forms.ModelChoiceField(Sector.objects.all(), required=False, empty_label="All sectors")
    type = forms.ChoiceField(
        label="Type of agency",
        required=False,
        choices=[("", "All partners"), ("any", "Any agency"), *AgencyType.choices],
    )
    status = forms.ChoiceField(
        required=False, choices=[("", "Active and invited"), *PartnerStatus.choices], label="Status"
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not actor.everywhere(Action.ROSTER_SEE):
            del self.fields["status"]  # only active partners are released

    def asked(self) -> dict[str, str]:
        """The selector's arguments. What the address holds beyond the choices is ignored."""
        self.is_valid()
        found = self.cleaned_data
        return {
            "text": found.get("q") or "",
            "sector": found["sector"].pk if found.get("sector") else "",
            "agency_type": found.get("type") or "",
            "status": found.get("status") or "",
        }


class ContactFilter(forms.Form):
    """What the list of contacts is narrowed to."""

    q = forms.CharField(label="Search", required=False, max_length=100)
    partner = forms.ModelChoiceField(Partner.objects.none(), required=False, empty_label="All partners")
    sector = forms.ModelChoiceField(Sector.objects.all(), required=False, empty_label="All sectors")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = Contact.objects.visible_to(actor, Action.CONTACTS_SEE).values("partner")
        self.fields["partner"].queryset = Partner.objects.visible_to(actor, Action.ROSTER_SEE).filter(pk__in=named)

    def asked(self) -> dict[str, Any]:
        """The selector's arguments. What the address holds beyond the choices is ignored."""
        self.is_valid()
        found = self.cleaned_data
        return {"text": found.get("q") or "", "partner": found.get("partner"), "sector": found.get("sector")}
