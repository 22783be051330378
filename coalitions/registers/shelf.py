"""The registers of what is at hand: policies, the library, and what people said when they were listened to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.urls import reverse

from coalitions import library
from coalitions.models import LibraryItem, ListeningSession, Policy
from phast.access.table import Action
from phast.history import history

from .base import Choice, Column, EntryForm, Part, Register

if TYPE_CHECKING:
    from phast.access.actor import Actor


def _web_address() -> forms.URLField:
    """An address that a browser opens: http or https, nothing else."""
    only = URLValidator(schemes=["http", "https"], message="Enter a web address that begins with https:// or http://.")
    return forms.URLField(required=False, assume_scheme="https", max_length=200, validators=[only])


class PolicyForm(EntryForm):
    PARTS = (
        Part("What and where", ("kind", "title", "jurisdiction", "status")),
        Part("The words and the figures", ("model_text", "data_brief", "link", "reviewed_on")),
    )

    link = _web_address()

    class Meta:
        model = Policy
        fields: ClassVar = [
            "kind", "title", "jurisdiction", "status", "model_text", "data_brief", "link", "reviewed_on"
        ]  # fmt: skip


class LibraryItemForm(EntryForm):
    FILE = True

    link = _web_address()

    class Meta:
        model = LibraryItem
        fields: ClassVar = ["title", "topic", "audience", "link", "about", "reviewed_on"]
        widgets: ClassVar = {"about": forms.Textarea(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kept = bool(self.instance.file) and not found.get("drop_file")
        if not found.get("link") and not found.get("upload") and not kept:
            self.add_error("link", "Enter a link, or add a file.")
        return found


class ListeningSessionForm(EntryForm):
    IMPERSONAL = ("title", "themes", "followed")

    class Meta:
        model = ListeningSession
        fields: ClassVar = ["kind", "title", "sector", "held_on", "people", "themes", "followed"]


def _where(item: LibraryItem) -> str:
    return "Website" if item.link else "File"


def _leads_to(item: LibraryItem) -> str:
    return item.link or reverse("coalitions:library_item_file", args=[item.coalition.slug, item.pk])


def _age(item: LibraryItem) -> str:
    today = item.coalition.today()
    return "More than a year ago" if library.is_stale(item, today) else ""


def _stale(rows: QuerySet, wanted: str, today: dt.date) -> QuerySet:
    return library.stale(rows, today)


def _about_item(actor: Actor, item: LibraryItem) -> dict[str, Any]:
    return {
        "is_stale": library.is_stale(item, actor.coalition.today()),
        "reviewed_url": reverse("coalitions:library_item_reviewed", args=[actor.coalition.slug, item.pk]),
    }


def _about_policy(actor: Actor, policy: Policy) -> dict[str, Any]:
    """The statuses it had, the latest first: the day, and what it became."""
    moments = history(policy)
    stages = [(moment.at, change) for moment in moments for change in moment.changes if change.label == "Status"]
    first = stages[-1][1].before if stages else policy.get_status_display()
    found = [(at, change.after) for at, change in stages]
    return {"stages": [*found, *((moment.at, first) for moment in moments[-1:])]}


POLICIES = Register(
    model=Policy,
    form=PolicyForm,
    segment="engagement/policies/",
    title="Policies",
    section="Engagement",
    section_page="coalitions:opportunity_list",
    lead="Laws and rules the coalition works on: where, how far, and with which words and figures.",
    empty="Begin with your state’s Good Samaritan law: what it says, and what people believe it says.",
    columns=(
        Column("Policy", str),
        Column("About", lambda one: one.get_kind_display()),
        Column("Where", lambda one: one.jurisdiction),
        Column("Status", lambda one: one.get_status_display(), as_tag=True),
        Column("Reviewed", lambda one: one.reviewed_on),
    ),
    facts=("kind", "jurisdiction", "status", "link", "reviewed_on"),
    filters=("kind", "status"),
    search=("title", "jurisdiction", "model_text"),
    about_entry=_about_policy,
    entry_template="coalitions/policy_entry.html",
)
LIBRARY = Register(
    model=LibraryItem,
    form=LibraryItemForm,
    segment="library/",
    title="Library",
    lead="Links and files, by topic and for whom.",
    empty="Put here what you are asked for most: where naloxone is free, what the law says, how to train.",
    columns=(
        Column("Title", str),
        Column("Topic", lambda one: one.get_topic_display()),
        Column("For", lambda one: one.get_audience_display()),
        Column("Open", _where, url=_leads_to),
        Column("Reviewed", lambda one: one.reviewed_on, note=_age),
    ),
    facts=("topic", "audience", "about", "link", "reviewed_on"),
    filters=("topic", "audience"),
    choices=(Choice("age", "Looked at", [("stale", "More than a year ago")], _stale),),
    search=("title", "about"),
    together=("coalition",),
    about_entry=_about_item,
    entry_template="coalitions/library_item_entry.html",
    see=Action.LIBRARY_SEE,
)
LISTENING = Register(
    model=ListeningSession,
    form=ListeningSessionForm,
    segment="engagement/listening/",
    title="Listening",
    section="Engagement",
    section_page="coalitions:opportunity_list",
    lead="Focus groups and interviews: how many people, what they said, what followed. No names.",
    empty="Write down the last focus group or interview: themes, not who said what.",
    columns=(
        Column("About", str),
        Column("Kind", lambda one: one.get_kind_display()),
        Column("Sector", lambda one: one.sector and one.sector.name),
        Column("Held", lambda one: one.held_on),
        Column("People", lambda one: one.people),
    ),
    facts=("kind", "sector", "held_on", "people", "themes", "followed"),
    filters=("kind",),
    search=("title", "themes", "followed"),
    together=("sector",),
)
