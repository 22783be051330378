"""Invitations, roles, handing over, and a new person's own form."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms

from coalitions.enums import NEEDS_PARTNER, ROLE_HELP, RoleChoice
from coalitions.models import Membership, Partner
from coalitions.rules import memberships_handled, partners_to_give, roles_to_give
from phast.access.actor import Actor
from phast.access.table import Action, Role
from phast.accounts.models import User


class RoleForm(forms.Form):
    """A role, and the partner it is held for."""

    role = forms.ChoiceField(widget=forms.RadioSelect)
    partner = forms.ModelChoiceField(Partner.objects.none(), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = roles_to_give(actor)
        self.fields["role"].choices = [
            (choice.value, f"{choice.label}. {ROLE_HELP[Role(choice.value)]}")
            for choice in RoleChoice
            if choice.value in given
        ]
        field = self.fields["partner"]
        field.queryset = partners_to_give(actor)
        if actor.everywhere(Action.PEOPLE_MANAGE):
            field.empty_label = "None: for the whole coalition"
            field.help_text = "A lead and a reporter act for one agency."
        else:
            field.required, field.empty_label = True, None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role = data.get("role")
        if role and Role(role) in NEEDS_PARTNER and not data.get("partner") and "partner" not in self.errors:
            self.add_error("partner", "Choose the agency: a lead and a reporter act for one.")
        return data

    @property
    def wanted(self) -> Role:
        return Role(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    """Whom to invite, as what."""

    email = forms.EmailField(label="E-mail address", help_text="The invitation works for this address alone.")
    name = forms.CharField(max_length=120, required=False, help_text="They can change it.")

    field_order = ("email", "name", "role", "partner")


class PeopleSearch(forms.Form):
    """A name, an e-mail address or a partner to look for."""

    q = forms.CharField(label="Search", required=False, max_length=100)

    @property
    def text(self) -> str:
        """What to look for; empty when there is nothing, or nothing one could look for."""
        return self.cleaned_data.get("q", "") if self.is_valid() else ""


class HandOverForm(forms.Form):
    """Who coordinates from now on, and what becomes of the one who did."""

    LEAVE = "leave"

    to = forms.ModelChoiceField(Membership.objects.none(), label="New coordinator", empty_label="Choose a person")
    stay_as = forms.ChoiceField(
        label="And you?",
        widget=forms.RadioSelect,
        choices=[
            (Role.MEMBER, f"I stay as a member. {ROLE_HELP[Role.MEMBER]}"),
            (Role.OBSERVER, f"I stay as an observer. {ROLE_HELP[Role.OBSERVER]}"),
            (LEAVE, "I leave the coalition."),
        ],
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        field.queryset = memberships_handled(actor).exclude(user=actor.user).select_related("user", "partner")

    @property
    def role_after(self) -> Role | None:
        """The role to keep; None to leave."""
        chosen = self.cleaned_data["stay_as"]
        return None if chosen == self.LEAVE else Role(chosen)


class NewPersonForm(forms.Form):
    """How somebody invited opens their account. The address is the invitation's and cannot be chosen."""

    name = forms.CharField(label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three or four unrelated words make a good one.",
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password"):
            try:
                get_adapter().clean_password(data["password"], user=User(email=self.email, name=data.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data
