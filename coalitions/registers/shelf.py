"""The registers of what is at hand: policies, the library, and what people said when they were listened to."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from coalitions.models import LibraryItem, ListeningSession, Policy
from phast.access.table import Action

from .base import Column, EntryForm, Register


class PolicyForm(EntryForm):
    link = forms.URLField(required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = Policy
        fields: ClassVar = [
            "kind", "title", "jurisdiction", "status", "model_text", "data_brief", "link", "reviewed_on"
        ]  # fmt: skip


class LibraryItemForm(EntryForm):
    FILE = True

    link = forms.URLField(required=False, assume_scheme="https", max_length=200)

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
    class Meta:
        model = ListeningSession
        fields: ClassVar = ["kind", "title", "sector", "held_on", "people", "themes", "followed"]


POLICIES = Register(
    model=Policy,
    form=PolicyForm,
    segment="engagement/policies/",
    title="Policies",
    lead="Laws and rules the coalition works on: where, how far, and with which words and figures.",
    empty="Begin with your state’s Good Samaritan law: what it says, and what people believe it says.",
    columns=(
        Column("Policy", str),
        Column("About", lambda one: one.get_kind_display()),
        Column("Where", lambda one: one.jurisdiction),
        Column("Status", lambda one: one.get_status_display(), as_tag=True),
        Column("Reviewed", lambda one: one.reviewed_on),
    ),
    facts=("kind", "jurisdiction", "status", "model_text", "data_brief", "link", "reviewed_on"),
    filters=("kind", "status"),
    search=("title", "jurisdiction", "model_text"),
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
        Column("Reviewed", lambda one: one.reviewed_on),
    ),
    facts=("topic", "audience", "about", "link", "reviewed_on"),
    filters=("topic", "audience"),
    search=("title", "about"),
    see=Action.LIBRARY_SEE,
)
LISTENING = Register(
    model=ListeningSession,
    form=ListeningSessionForm,
    segment="engagement/listening/",
    title="Listening",
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
