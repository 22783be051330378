"""What a register is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from coalitions.enums import PartnerStatus
from coalitions.forms.roster import ActorModelForm
from coalitions.models import Contact, Partner
from phast.access.table import Action

if TYPE_CHECKING:
    from phast.access.actor import Actor


class EntryForm(ActorModelForm):
    """A form over an entry. Choices of partners and contacts are the actor's; `FILE` adds a field for the entry's file."""

    FILE: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                field.queryset = self._choices(field.queryset)
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

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name not in {"upload", "drop_file"}}


@dataclass(frozen=True)
class Column:
    """A column of the list and of the spreadsheet. `text`: what an entry has there; a date is written as one, None as nothing.

    `as_tag` shows it as a status.
    """

    head: str
    text: Callable[[Any], Any]
    as_tag: bool = False


def _nothing(actor: Actor, entry: Any = None) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Register:
    """A list the coalition keeps, and the pages it has.

    `segment`: its address below `/c/<slug>/`. `title`: what the list is called; `lead`: what it is for, in a sentence; `empty`: what to do
    first. `facts`: the fields an entry's page shows. `filters`: fields with choices that narrow the list; `search`: fields a text is
    looked for in. `together`: relations read along with each entry. `about_list` and `about_entry` give the templates more to show; a
    register that shows more has templates of its own, which extend the common ones.
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
    together: Sequence[str] = ()
    see: Action = Action.ENGAGEMENT_SEE
    edit: Action = Action.ENGAGEMENT_EDIT
    about_list: Callable[[Actor], dict[str, Any]] = _nothing
    about_entry: Callable[[Actor, Any], dict[str, Any]] = _nothing
    list_template: str = "coalitions/register_list.html"
    entry_template: str = "coalitions/register_entry.html"
    order: Sequence[str] | None = None

    @property
    def noun(self) -> str:
        """What one entry is called: "funding source"."""
        return str(self.model._meta.verbose_name)

    @property
    def nouns(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def a_noun(self) -> str:
        return f"{'an' if self.noun[0] in 'aeio' else 'a'} {self.noun}"

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
