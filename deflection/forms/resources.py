"""The directory: what is looked for, an entry with its sites, and what is printed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from coalitions.enums import PartnerStatus
from coalitions.forms.roster import ActorModelForm
from coalitions.models import Partner
from deflection import directory
from deflection.models import Resource, ResourceSite
from deflection.models.resource import FRESH_FOR
from deflection.phones import NO_PHONE, is_phone, written
from deflection.unverified import IN_WORDS
from phast.access.table import Action
from phast.ui.forms import ZipInput

MOST_SITES = 20
PHONE = {"type": "tel", "autocomplete": "off"}


class _Called(forms.BaseForm):
    """A number that somebody types has to be one that can be called; what was there before may stay."""

    def clean_phone(self) -> str:
        """Raises ValidationError for what is no phone number."""
        number = str(self.cleaned_data["phone"])
        if not number or "phone" not in self.changed_data:
            return number
        if not is_phone(number):
            raise forms.ValidationError(NO_PHONE)
        return written(number)


class ResourceFilter(forms.Form):
    """What the directory is narrowed to. Lives in the address, so that a search can be shared. `kind` is chosen by links."""

    q = forms.CharField(
        label="Search", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    town = forms.ChoiceField(required=False)
    language = forms.ChoiceField(required=False)
    cost = forms.ChoiceField(required=False, choices=[("", "Any cost"), *directory.COSTS.items()])
    open_now = forms.BooleanField(label="Open now", required=False)

    MORE = ("town", "language", "cost", "open_now")

    def __init__(self, *args: Any, towns: list[str], languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("town", "Any town", towns)
        self._offer("language", "Any language", languages)

    def asked(self) -> directory.Asked:
        """What is looked for. What the address holds beyond the choices is ignored."""
        self.is_valid()
        said = self.cleaned_data
        kind = said.get("kind") or ""
        return directory.Asked(
            text=said.get("q") or "",
            category=kind if kind in directory.SHORT else "",
            town=said.get("town") or "",
            language=said.get("language") or "",
            cost=said.get("cost") or "",
            open_now=bool(said.get("open_now")),
        )

    @property
    def more(self) -> list[forms.BoundField]:
        """The boxes that stand folded behind the search."""
        return [self[name] for name in self.MORE if name in self.fields]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a link to another kind of help keeps of the search."""
        asked = self.asked()
        said = {"q": asked.text, "town": asked.town, "language": asked.language, "cost": asked.cost}
        return [(name, value) for name, value in {**said, "open_now": "on" if asked.open_now else ""}.items() if value]

    def _offer(self, name: str, empty: str, values: list[str]) -> None:
        """A choice of one is none."""
        if values:
            self.fields[name].choices = [("", empty), *((value, value) for value in values)]
        else:
            del self.fields[name]


class ResourceForm(_Called, ActorModelForm):
    """An entry. A coordinator says who keeps it right; other people's entries are their own partner's."""

    website = forms.URLField(required=False, assume_scheme="https", max_length=200)
    verified = forms.BooleanField(
        label="I have just made sure that all of this is right",
        required=False,
        help_text=f"It then counts as verified for {FRESH_FOR.days} days, and may stand on the wallet card and the public page.",
    )

    class Meta:
        model = Resource
        fields: ClassVar = [
            "name", "categories", "text", "phone", "website", "languages", "eligibility", "cost", "partner"
        ]  # fmt: skip
        widgets: ClassVar = {
            "categories": forms.CheckboxSelectMultiple,
            "phone": forms.TextInput(attrs=PHONE),
        }
        labels: ClassVar = {"partner": "Kept right by"}
        help_texts: ClassVar = {
            "name": "What people call the program.",
            "text": "A sentence in plain words.",
            "phone": "The line to call first.",
            "languages": "Such as English, Spanish. Leave it empty if you do not know.",
            "eligibility": "Such as: adults; no insurance needed.",
            "cost": "Such as: free; sliding fee; Medicaid.",
            "partner": "Its people get a reminder when the entry was not verified for a while.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.verified_on:
            warning = f" Without it, the entry is no longer verified once you change {IN_WORDS}."
            self.fields["verified"].help_text += warning
        keeps_all = self.actor.everywhere(Action.RESOURCES_EDIT)
        partners = Partner.objects.of(self.actor.coalition).filter(merged_into=None)
        if keeps_all:
            partners = partners.exclude(status=PartnerStatus.INACTIVE)
        else:
            partners = partners.filter(pk__in=self.actor.partner_ids(Action.RESOURCES_EDIT))
        field = self.fields["partner"]
        field.queryset = partners.order_by("name")
        field.required = not keeps_all
        field.empty_label = "The coalition"
        if not keeps_all:
            own = list(partners)
            field.empty_label = None
            if len(own) == 1:
                field.initial, field.widget, field.help_text = own[0].pk, forms.HiddenInput(), ""

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "verified"}

    @property
    def is_verified(self) -> bool:
        return bool(self.cleaned_data.get("verified"))

    def _compared(self) -> list[str]:
        return [name for name in super()._compared() if name != "verified"]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"removed_at"}  # a name that a removed entry had is free


class SiteForm(_Called, forms.ModelForm):
    """A site. One that is left empty is none."""

    key = forms.IntegerField(widget=forms.HiddenInput, required=False)
    gone = forms.BooleanField(label="Take this site away", required=False)
    zip_code = forms.CharField(label="ZIP code", required=False, max_length=10, widget=ZipInput)

    class Meta:
        model = ResourceSite
        fields: ClassVar = ["name", "address", "town", "zip_code", "phone", "hours"]
        labels: ClassVar = {"name": "Name of the site, if it has one", "phone": "Its own phone, if it has one"}
        widgets: ClassVar = {"phone": forms.TextInput(attrs=PHONE)}
        help_texts: ClassVar = {"hours": "Such as: Mon–Fri 8 am–5 pm; Sat 9 am–noon. Or: 24 hours."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = False  # a site of the entry that stays as it is would count as left empty
        for name in self.Meta.fields:
            self.fields[name].show_hidden_initial = True  # what was there when the page was opened: see `kept_up`
        self.use_required_attribute = False

    def clean_zip_code(self) -> str:
        """A ZIP+4 is cut."""
        code = str(self.cleaned_data["zip_code"]).partition("-")[0].strip()
        if code and not (len(code) == 5 and code.isascii() and code.isdigit()):
            raise forms.ValidationError("A ZIP code has five digits.")
        return code

    def _post_clean(self) -> None:
        """A site that is taken away, or left empty, has to say nothing: the model is not asked about it."""
        if self.said:
            super()._post_clean()

    @property
    def said(self) -> dict[str, Any]:
        """What the site says; empty for one that is left empty or taken away."""
        values = {name: self.cleaned_data.get(name, "") for name in self.Meta.fields}
        if self.cleaned_data.get("gone") or not any(values.values()):
            return {}
        return {**values, "pk": self.cleaned_data.get("key")}


class _Sites(BaseFormSet):
    @property
    def said(self) -> list[dict[str, Any]]:
        """The sites, for the action."""
        return [form.said for form in self.forms if form.said]


SiteSet = formset_factory(SiteForm, formset=_Sites, extra=0, max_num=MOST_SITES, absolute_max=MOST_SITES)


def kept_up(posted: Any, saved: Sequence[Mapping[str, Any]]) -> Any:
    """What was sent of the sites, where somebody else saved the entry meanwhile: what this person did not touch is as it is `saved` now
    (as the boxes hold it), what they changed stays theirs. A site that was added is there, too; one taken away is marked so."""
    data, total = posted.copy(), int(posted["sites-TOTAL_FORMS"])
    names, there = SiteForm.Meta.fields, {str(site["key"]): site for site in saved if "key" in site}
    for n in range(total):
        site = there.pop(data.get(f"sites-{n}-key", ""), None)
        untouched = [name for name in names if data.get(f"sites-{n}-{name}") == data.get(f"initial-sites-{n}-{name}")]
        if site is None:
            if data.get(f"sites-{n}-key") and untouched == names:
                data[f"sites-{n}-gone"] = "on"
            continue
        for name in names:
            data[f"initial-sites-{n}-{name}"] = site[name]
            if name in untouched:
                data[f"sites-{n}-{name}"] = site[name]
    for n, site in enumerate(list(there.values())[: MOST_SITES - total], total):
        data[f"sites-{n}-key"] = str(site["key"])
        for name in names:
            data[f"sites-{n}-{name}"] = data[f"initial-sites-{n}-{name}"] = site[name]
    data["sites-TOTAL_FORMS"] = str(min(total + len(there), MOST_SITES))
    return data
