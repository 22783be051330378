"""Two records side by side, and which of the two values stays."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from coalitions.models import Contact, Partner
from phast.access.actor import Actor
from phast.access.table import Action
from phast.ui.templatetags.ui import local_date

KEPT, GONE, BOTH = "kept", "gone", "both"


class MergeForm(forms.Form):
    """A choice for every field in which the two differ. What only one of them has is proposed, else what the kept one has."""

    FIELDS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, kept: Any, gone: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept, self.gone = kept, gone
        for name in self.FIELDS:
            mine, theirs = self._said(kept, name), self._said(gone, name)
            if mine != theirs:
                label = str(type(kept)._meta.get_field(name).verbose_name)
                self.fields[name] = forms.ChoiceField(
                    label=label[:1].upper() + label[1:],
                    choices=self.choices(name, mine or "nothing", theirs or "nothing"),
                    initial=self.proposed(name, mine, theirs),
                    widget=forms.RadioSelect,
                    required=False,
                )

    def choices(self, name: str, mine: str, theirs: str) -> list[tuple[str, str]]:
        return [(KEPT, mine), (GONE, theirs)]

    def proposed(self, name: str, mine: str, theirs: str) -> str:
        return KEPT if mine else GONE

    @property
    def values(self) -> dict[str, Any]:
        """What the kept record gets, for the fields in which the two differ."""
        return {
            name: self.value(name, choice or str(self.fields[name].initial))
            for name, choice in self.cleaned_data.items()
        }

    def value(self, name: str, choice: str) -> Any:
        return getattr(self.kept if choice == KEPT else self.gone, name)

    @staticmethod
    def _said(row: Any, name: str) -> str:
        if name == "sectors":
            return ", ".join(str(sector) for sector in row.sectors.all())
        if name == "joined_on":
            return local_date(row.joined_on)
        display = getattr(row, f"get_{name}_display", None)
        return str(display() if display else getattr(row, name))


class PartnerMergeForm(MergeForm):
    """Two partners. Since when kits are counted is no choice: reports are due from that day on."""

    FIELDS = ("name", "agency_type", "sectors", "joined_on", "website", "address")

    def choices(self, name: str, mine: str, theirs: str) -> list[tuple[str, str]]:
        found = super().choices(name, mine, theirs)
        return [*found, (BOTH, "Both together")] if name == "sectors" else found

    def proposed(self, name: str, mine: str, theirs: str) -> str:
        return BOTH if name == "sectors" and mine and theirs else super().proposed(name, mine, theirs)

    def value(self, name: str, choice: str) -> Any:
        if name != "sectors":
            return super().value(name, choice)
        rows = {KEPT: (self.kept,), GONE: (self.gone,), BOTH: (self.kept, self.gone)}[choice]
        return {sector for row in rows for sector in row.sectors.all()}


class ContactMergeForm(MergeForm):
    """Two contacts."""

    FIELDS = ("name", "title", "part", "email", "phone")


class OtherForm(forms.Form):
    """Which other record it is."""

    into = forms.ModelChoiceField(Partner.objects.none(), label="It is the same as", empty_label="Choose…")

    def __init__(self, *args: Any, one: Partner | Contact, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(one, Partner):
            rows = Partner.objects.visible_to(actor, Action.SETTINGS_MANAGE).filter(merged_into=None)
        else:
            rows = (
                Contact.objects.visible_to(actor, Action.SETTINGS_MANAGE)
                .filter(partner__merged_into=None)
                .select_related("partner")
            )
            self.fields["into"].label_from_instance = lambda row: f"{row.name}, {row.partner}"
        self.fields["into"].queryset = rows.exclude(pk=one.pk)
