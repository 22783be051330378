"""Forms of referrals: an organization that a program refers people to, and how often it did in a month."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from coalitions.enums import PartnerStatus
from coalitions.forms.requests import OneLine
from coalitions.forms.roster import ActorModelForm
from coalitions.models import Partner
from lbn.models import ReferralPartner
from phast.access.table import Action
from phast.personal import in_words, looks_personal
from phast.ui.forms import MonthField, WholeNumberField

MOST = 9999  # referrals of one month
PUBLIC = {"phone numbers", "e-mail addresses", "street addresses"}  # an organization's own are no secret


class ReferralPartnerForm(ActorModelForm):
    """An organization on the roster, or one by its name."""

    name = OneLine(label="Or another organization", max_length=120, required=False)
    how = OneLine(
        label="How to reach it",
        max_length=200,
        required=False,
        help_text="The organization’s own line, mailbox or hours. No person’s name or number.",
    )

    class Meta:
        model = ReferralPartner
        fields: ClassVar = ["to", "name", "kind", "how", "is_active"]

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roster = Partner.objects.visible_to(self.actor, Action.ROSTER_SEE).exclude(pk=partner.pk)
        self.fields["to"].queryset = roster.exclude(status=PartnerStatus.INACTIVE)
        self.fields["to"].empty_label = "Not on the roster"
        self.fields["kind"].choices = [("", "Choose…"), *(each for each in self.fields["kind"].choices if each[0])]
        if not self.instance.pk:
            self.instance.partner = partner
            del self.fields["is_active"]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"partner"}  # that it is listed once is asked for each agency

    def clean_how(self) -> str:
        found = [kind for kind in looks_personal(self.cleaned_data["how"]) if kind not in PUBLIC]
        if found:
            raise forms.ValidationError(f"This looks as if it held {in_words(found)}. Take it out, then save again.")
        return self.cleaned_data["how"]


class ReferralCountForm(forms.Form):
    """The referrals of a month, a number for each organization, with what the page showed when it was opened."""

    month = MonthField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: list[tuple[ReferralPartner, int | None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for to, number in rows:
            self.fields[f"to_{to.pk}"] = WholeNumberField(
                label=f"Referrals to {to}", min_value=0, max_value=MOST, required=False, initial=number
            )
            self.fields[f"seen_{to.pk}"] = WholeNumberField(widget=forms.HiddenInput, required=False, initial=number)

    @property
    def lines(self) -> list[tuple[ReferralPartner, Any, Any]]:
        return [(to, self[f"to_{to.pk}"], self[f"seen_{to.pk}"]) for to, _ in self.rows]

    @property
    def numbers(self) -> dict[int, tuple[int | None, int | None]]:
        said = self.cleaned_data
        return {to.pk: (said[f"seen_{to.pk}"], said[f"to_{to.pk}"]) for to, _ in self.rows}

    def show_now(self) -> None:
        """After somebody else entered other numbers: counts as opened now, with what was typed."""
        self.data = self.data.copy()
        for to, number in self.rows:
            self.data[f"seen_{to.pk}"] = "" if number is None else str(number)
