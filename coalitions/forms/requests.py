"""The public form, and the coordinator's forms over what it brought."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

from coalitions.enums import AgencyType, HelpContactKind, HelpStatus, PartnerStatus
from coalitions.models import HelpRequest, Partner
from phast.access.actor import Actor
from phast.access.table import Action
from phast.personal import refuse_personal
from phast.ui.forms import VersionedModelForm

LONGEST = 2000
# Nobody reads and fills in the form in less; a script does.
QUICKEST = dt.timedelta(seconds=3)
OPEN_FOR = dt.timedelta(hours=24)
OPENED = TimestampSigner(salt="coalitions.ask.opened")


class OneLine(forms.CharField):
    """A line of text: line breaks and runs of spaces become one space, so that it fits in a heading, a file and a mail."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class AskForm(forms.ModelForm):
    """What an agency without an account writes. Everything about who may take part is left out: nobody learns it here.

    `opened` says, signed, when the page was made; `homepage` is a box no person sees, which scripts fill in.
    """

    agency = OneLine(label="Your agency or organization", max_length=120)
    county = OneLine(max_length=80, required=False)
    name = OneLine(label="Your name", max_length=120)
    title = OneLine(label="Your role", max_length=120, required=False)
    phone = OneLine(label="Your phone", max_length=40, required=False)
    barriers = forms.CharField(required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    needs = forms.CharField(required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    homepage = forms.CharField(label="Leave this empty", required=False)
    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = HelpRequest
        fields: ClassVar = [
            "wants_help", "registers", "program", "barriers", "needs",
            "agency", "agency_type", "county", "name", "title", "email", "phone",
        ]  # fmt: skip
        widgets: ClassVar = {"program": forms.RadioSelect}
        labels: ClassVar = {
            "wants_help": "We would like help",
            "registers": "We register a leave-behind naloxone program",
            "email": "Your e-mail address",
        }

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slug = slug
        self.fields["program"].choices = HelpRequest._meta.get_field("program").flatchoices
        self.fields["program"].label = "Our program"
        self.fields["agency_type"].choices = [("", "Choose, if one fits"), *AgencyType.choices]
        self.fields["agency_type"].label = "Type of agency"
        self.fields["barriers"].label = "What stands in your way?"
        self.fields["needs"].label = "What would help?"
        self.fields["opened"].initial = OPENED.sign(slug)
        for name, filled in (
            ("agency", "organization"),
            ("name", "name"),
            ("title", "organization-title"),
            ("phone", "tel"),
        ):
            self.fields[name].widget.attrs["autocomplete"] = filled
        self.fields["phone"].widget.input_type = "tel"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["homepage"].widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}

    @property
    def is_a_trap(self) -> bool:
        """True when the box was filled in that no person sees."""
        return bool(self.data.get("homepage"))

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, for the action."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def clean_barriers(self) -> str:
        return self._about_nobody("barriers")

    def clean_needs(self) -> str:
        return self._about_nobody("needs")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not (found.get("wants_help") or found.get("registers")):
            self.add_error("wants_help", "Tick what you came for: help, a program to register, or both.")
        if found.get("registers") and not found.get("program"):
            self.add_error("program", "Say whether you have the program or plan it.")
        if not found.get("registers"):
            found["program"] = ""
        self._check_opened()
        return found

    def _about_nobody(self, name: str) -> str:
        text = self.cleaned_data[name].replace("\r\n", "\n").strip()
        refuse_personal(text, names=False)
        return text

    def _check_opened(self) -> None:
        opened = self.data.get("opened", "")
        try:
            fits = OPENED.unsign(opened, max_age=OPEN_FOR) == self.slug
        except BadSignature:
            fits = False
        if not fits:
            self.data = self.data.copy()
            self.data["opened"] = OPENED.sign(self.slug)
            raise forms.ValidationError(
                "This page was open for too long. Nothing you wrote is lost: please send it again."
            )
        try:
            OPENED.unsign(opened, max_age=QUICKEST)
        except SignatureExpired:
            return
        raise forms.ValidationError(
            "That was faster than anybody reads. Nothing you wrote is lost: please send it again."
        )


class RequestFilter(forms.Form):
    """What the queue is narrowed to. Lives in the address."""

    q = forms.CharField(label="Find", required=False, max_length=100)
    status = forms.ChoiceField(
        required=False, choices=[("", "Not closed"), *HelpStatus.choices, ("all", "All, closed ones too")]
    )
    about = forms.ChoiceField(
        label="About",
        required=False,
        choices=[("", "Everything"), ("help", "Asks for help"), ("program", "Registers a program")],
    )
    type = forms.ChoiceField(label="Type of agency", required=False, choices=[("", "All"), *AgencyType.choices])

    def asked(self) -> dict[str, str]:
        """The selector's arguments. What the address holds beyond the choices is ignored."""
        self.is_valid()
        found = self.cleaned_data
        return {
            "text": found.get("q") or "",
            "status": found.get("status") or "",
            "about": found.get("about") or "",
            "agency_type": found.get("type") or "",
        }


class StandingForm(VersionedModelForm):
    """How far a request is, and when to be in touch next."""

    status = forms.ChoiceField(choices=HelpStatus.choices)

    class Meta:
        model = HelpRequest
        fields: ClassVar = ["next_contact_on"]

    field_order = ("status", "next_contact_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].initial = self.instance.status

    def saved(self, current: Any) -> dict[str, Any]:
        return {**super().saved(current), "status": current.status}


class HelpContactForm(forms.Form):
    """A call, a mail, a visit or a linkage, and where the request stands after it."""

    kind = forms.ChoiceField(label="What was it?", choices=HelpContactKind.choices, widget=forms.RadioSelect)
    on = forms.DateField(label="When")
    linked_to = forms.ModelChoiceField(
        Partner.objects.none(),
        label="Linked to",
        required=False,
        empty_label="Nobody",
        help_text="The partner that can help them.",
    )
    note = forms.CharField(
        label="What was said",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Nothing about any person who received help.",
    )
    status = forms.ChoiceField(label="Where it stands now", choices=HelpStatus.choices)
    next_contact_on = forms.DateField(label="Next contact", required=False)

    def __init__(self, *args: Any, request: HelpRequest, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, prefix="contact", **kwargs)
        self.today = actor.coalition.today()
        partners = Partner.objects.visible_to(actor, Action.ROSTER_SEE).exclude(status=PartnerStatus.INACTIVE)
        self.fields["linked_to"].queryset = partners
        self.fields["on"].initial = self.today
        self.fields["status"].initial = HelpStatus.OPEN if request.status == HelpStatus.NEW else request.status

    def clean_on(self) -> dt.date:
        on = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("This day is still to come. Note it as the next contact.")
        return on

    def clean_note(self) -> str:
        note = self.cleaned_data["note"].strip()
        refuse_personal(note, names=False)
        return note

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("kind") == HelpContactKind.LINKAGE and not found.get("linked_to"):
            self.add_error("linked_to", "Choose whom you linked them to.")
        return found


class ParentForm(forms.Form):
    """The address of the coalition that is asked to be the parent."""

    slug = forms.SlugField(
        label="The parent’s address",
        required=False,
        max_length=60,
        help_text="The word after /c/ in the address its people see; ask them for it. Leave it empty for no parent.",
    )
