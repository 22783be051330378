"""Partners and contacts that may be on the roster twice, for the coordinator to decide about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coalitions.models import Contact, Partner, ToldApart
from coalitions.names import organization, page_of, words_of
from phast.access.table import Action

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from phast.access.actor import Actor

NAME = "The same name, written otherwise"
SITE = "The same website"
MAIL = "The same e-mail address"
PERSON = "The same name at the same partner"
Mark = tuple[str, str, int]  # why, what is the same, whose


@dataclass
class Pair:
    """Two records that look like one, and why."""

    kind: str
    one: Any
    other: Any
    why: list[str]


def kind_of(row: Partner | Contact) -> str:
    return ToldApart.CONTACT if isinstance(row, Contact) else ToldApart.PARTNER


def twice(actor: Actor) -> list[Pair]:
    """Everything to decide about, partners first. Three queries."""
    partners, contacts = _partners(actor), _contacts(actor).select_related("partner")
    apart = _told_apart(actor)
    found = []
    for kind, rows, marks_of in (
        (ToldApart.PARTNER, partners, _partner_marks),
        (ToldApart.CONTACT, contacts, _contact_marks),
    ):
        by_key = {row.pk: row for row in rows}
        marks = (mark for row in by_key.values() for mark in marks_of(row))
        for (one, other), why in _pairs(marks, apart[kind]).items():
            found.append(Pair(kind, by_key[one], by_key[other], why))
    return found


def is_anybody_twice(actor: Actor) -> bool:
    """Whether there is anything to decide about. Three queries, of what is compared alone."""
    partners = _partners(actor).only("pk", "name", "website")
    contacts = _contacts(actor).only("pk", "name", "email", "partner")
    apart = _told_apart(actor)
    return bool(
        _pairs((mark for row in partners for mark in _partner_marks(row)), apart[ToldApart.PARTNER])
        or _pairs((mark for row in contacts for mark in _contact_marks(row)), apart[ToldApart.CONTACT])
    )


def told_apart(actor: Actor) -> list[tuple[ToldApart, str, str]]:
    """What was told apart, with the names of the two, as long as both are there. Three queries."""
    told = list(ToldApart.objects.visible_to(actor, Action.SETTINGS_MANAGE))
    names = {
        ToldApart.PARTNER: dict(_partners(actor).values_list("pk", "name")),
        ToldApart.CONTACT: dict(_contacts(actor).values_list("pk", "name")),
    }
    return [
        (each, names[each.kind][each.one], names[each.kind][each.other])
        for each in told
        if each.one in names[each.kind] and each.other in names[each.kind]
    ]


def _partners(actor: Actor) -> QuerySet[Partner]:
    return Partner.objects.visible_to(actor, Action.SETTINGS_MANAGE).filter(merged_into=None).order_by("pk")


def _contacts(actor: Actor) -> QuerySet[Contact]:
    visible = Contact.objects.visible_to(actor, Action.SETTINGS_MANAGE)
    return visible.filter(partner__merged_into=None).order_by("pk")


def _told_apart(actor: Actor) -> dict[str, set[tuple[int, int]]]:
    found: dict[str, set[tuple[int, int]]] = {ToldApart.PARTNER: set(), ToldApart.CONTACT: set()}
    told = ToldApart.objects.visible_to(actor, Action.SETTINGS_MANAGE)
    for kind, one, other in told.values_list("kind", "one", "other"):
        found[kind].add((one, other))
    return found


def _partner_marks(row: Any) -> list[Mark]:
    return [(NAME, organization(row.name), row.pk), (SITE, page_of(row.website), row.pk)]


def _contact_marks(row: Any) -> list[Mark]:
    return [(MAIL, row.email.casefold(), row.pk), (PERSON, f"{row.partner_id} {words_of(row.name)}", row.pk)]


def _pairs(marks: Iterable[Mark], apart: set[tuple[int, int]]) -> dict[tuple[int, int], list[str]]:
    """Each record with the first before it that shares a mark and was not told apart from it; and why."""
    sharing: dict[tuple[str, str], list[int]] = {}
    found: dict[tuple[int, int], list[str]] = {}
    for why, mark, key in marks:
        if not mark:
            continue
        before = sharing.setdefault((why, mark), [])
        first = next((each for each in before if (each, key) not in apart), None)
        if first is not None:
            found.setdefault((first, key), []).append(why)
        before.append(key)
    return dict(sorted(found.items()))
