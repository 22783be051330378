"""What a register is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.db.models.fields import BLANK_CHOICE_DASH

from coalitions.enums import PartnerStatus
from coalitions.forms.roster import ActorModelForm
from coalitions.models import Contact, Partner
from phast.access.table import Action
from phast.personal import in_words, looks_personal

if TYPE_CHECKING:
    from phast.access.actor import Actor


@dataclass(frozen=True)
class Part:
    """A part of a form under a heading. One that is `folded` opens when somebody wants it, and by itself when something is in it."""

    heading: str
    fields: Sequence[str]
    folded: bool = False


@dataclass(frozen=True)
class ShownPart:
    """A part with its fields as the page shows them."""

    heading: str
    fields: Sequence[forms.BoundField]
    folded: bool
    is_open: bool


class EntryForm(ActorModelForm):
    """A form over an entry. Choices of partners and contacts are the actor's; `FILE` adds a field for the entry's file.

    `PARTS` divides a long form; what no part names stands in the last one. `IMPERSONAL`: texts that may hold nothing about a person.
    When one looks as if it did, the form asks to change it, or to say that it is nobody's.
    """

    FILE: ClassVar[bool] = False
    PARTS: ClassVar[Sequence[Part]] = ()
    IMPERSONAL: ClassVar[Sequence[str]] = ()
    OWN: ClassVar = frozenset({"upload", "drop_file", "nobodys"})  # fields of the form that are none of the entry

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and "nobodys" in self.data:
            self._ask_whose()
        for one in self.fields.values():
            if isinstance(one, forms.ModelChoiceField) and one.queryset is not None:
                one.queryset = self._choices(one.queryset)
            nothing = "Choose…" if one.required else "Not said"
            if getattr(one, "empty_label", None):
                one.empty_label = nothing
            elif isinstance(one, forms.ChoiceField) and one.choices[:1] == BLANK_CHOICE_DASH:
                one.choices = [("", nothing), *one.choices[1:]]
        if self.FILE:
            held = self.instance.file_name if self.instance.pk else ""
            self.fields["upload"] = forms.FileField(
                label="Another file in its place" if held else "File", required=False
            )
            if held:
                self.fields["drop_file"] = forms.BooleanField(label=f"Remove {held}", required=False)

    def _choices(self, queryset: Any) -> Any:
        if queryset.model is Partner:
            return Partner.objects.visible_to(self.actor, Action.ROSTER_SEE).exclude(status=PartnerStatus.INACTIVE)
        if queryset.model is Contact:
            return Contact.objects.visible_to(self.actor, Action.CONTACTS_SEE).select_related("partner")
        if hasattr(queryset, "visible_to"):
            return queryset.visible_to(self.actor, Action.ENGAGEMENT_SEE)
        return queryset

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not found.get("nobodys"):
            held = {name: looks_personal(found.get(name) or "") for name in self.IMPERSONAL}
            for name, kinds in held.items():
                if kinds:
                    self.add_error(
                        name,
                        f"This looks as if it held {in_words(kinds)}. Take it out, or say below that it is nobody’s.",
                    )
            if any(held.values()):
                self._ask_whose()
        return found

    def _ask_whose(self) -> None:
        self.fields["nobodys"] = forms.BooleanField(label="It is no person’s data", required=False)

    @property
    def parts(self) -> list[ShownPart]:
        """The visible fields, divided as `PARTS` says; one part without a heading when it says nothing."""
        shown: dict[str, Any] = {field.name: field for field in self.visible_fields()}
        parts = [Part("", ())] if not self.PARTS else list(self.PARTS)
        named = {name for part in parts for name in part.fields}
        parts[-1] = replace(parts[-1], fields=[*parts[-1].fields, *(name for name in shown if name not in named)])
        return [
            ShownPart(
                part.heading, fields, part.folded, any(field.errors or field.both or field.value() for field in fields)
            )
            for part in parts
            if (fields := [shown[name] for name in part.fields if name in shown])
        ]

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name not in self.OWN}


@dataclass(frozen=True)
class Column:
    """A column of the list and of the spreadsheet. `text`: what an entry has there; a date is written as one, None as nothing.

    `as_tag` shows it as a status. `note`: a few words more, on the page only, such as how long from today. `url`: where the text leads.
    `figure`: what the spreadsheet has instead of the text, to be counted with.
    """

    head: str
    text: Callable[[Any], Any]
    as_tag: bool = False
    figure: Callable[[Any], Any] | None = None
    note: Callable[[Any], str] | None = None
    url: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Choice:
    """A filter that is no field: what it is called, what can be chosen, and what is left of the entries then (`today` where the
    coalition is)."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    narrow: Callable[[QuerySet, str, dt.date], QuerySet]


def _nothing(actor: Actor, entry: Any = None) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Register:
    """A list the coalition keeps, and the pages it has.

    `segment`: its address below `/c/<slug>/`. `title`: what the list is called; `lead`: what it is for, in a sentence; `empty`: what to do
    first. `facts`: the fields an entry's page shows, `notes` what it says behind some of them. `filters`: fields with choices that narrow
    the list, `choices` those that are no field; `search`: fields a text is looked for in. `together`: relations read along with each
    entry. `about_list` and `about_entry` give the templates more to show; a register that shows more has templates of its own, which
    extend the common ones. `section`: the part of the portal it stands in, where it is
    not one of its own, and `section_page` that part's first page. `one`: an entry with its article,
    where the model's name does not make one ("a story").
    """

    model: type[Any]
    form: type[EntryForm]
    segment: str
    title: str
    lead: str
    empty: str
    columns: Sequence[Column]
    facts: Sequence[str]
    filters: Sequence[str] = ()
    search: Sequence[str] = ("title",)
    choices: Sequence[Choice] = ()
    together: Sequence[str] = ()
    notes: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    see: Action = Action.ENGAGEMENT_SEE
    edit: Action = Action.ENGAGEMENT_EDIT
    about_list: Callable[[Actor], dict[str, Any]] = _nothing
    about_entry: Callable[[Actor, Any], dict[str, Any]] = _nothing
    list_template: str = "coalitions/register_list.html"
    entry_template: str = "coalitions/register_entry.html"
    order: Sequence[str] | None = None
    section: str = ""
    section_page: str = ""
    one: str = ""

    @property
    def noun(self) -> str:
        """What one entry is called: "funding source"."""
        return str(self.model._meta.verbose_name)

    @property
    def nouns(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def a_noun(self) -> str:
        return self.one or f"{'an' if self.noun[0] in 'aeio' else 'a'} {self.noun}"

    @property
    def none(self) -> str:
        """What an empty list says."""
        return f"No {self.nouns} yet"

    @property
    def name(self) -> str:
        """The beginning of its URL names: `funding_source_list`, `funding_source_new`…"""
        return self.noun.replace(" ", "_")

    @property
    def key(self) -> str:
        """What its addresses call the key of an entry: `funding_source_id`."""
        return f"{self.name}_id"

    @property
    def keeps_files(self) -> bool:
        return self.form.FILE
