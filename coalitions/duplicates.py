"""Partners and contacts that may be on the roster twice, for the coordinator to decide about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalitions.models import Contact, Partner
from coalitions.names import groups, organization, page_of, words_of
from phast.access.table import Action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phast.access.actor import Actor

SHOWN = 20


def partners_twice(actor: Actor) -> list[tuple[Partner, Partner]]:
    """Pairs with the same name but for the way it is written, or with the same website. One query."""
    rows = list(Partner.objects.visible_to(actor, Action.SETTINGS_MANAGE).filter(merged_into=None).order_by("pk"))
    marks = [(f"name {organization(row.name)}", row.pk) for row in rows]
    marks += [(f"site {page}", row.pk) for row in rows if (page := page_of(row.website))]
    by_key = {row.pk: row for row in rows}
    return [(by_key[a], by_key[b]) for a, b in _pairs(groups(marks))]


def contacts_twice(actor: Actor) -> list[tuple[Contact, Contact]]:
    """Pairs with the same e-mail address, or of the same name at the same partner. One query."""
    rows = list(
        Contact.objects.visible_to(actor, Action.SETTINGS_MANAGE)
        .filter(partner__merged_into=None)
        .select_related("partner")
        .order_by("pk")
    )
    marks = [(row.email.casefold(), row.pk) for row in rows]
    marks += [(f"{row.partner_id} {words_of(row.name)}", row.pk) for row in rows]
    by_key = {row.pk: row for row in rows}
    return [(by_key[a], by_key[b]) for a, b in _pairs(groups(marks))]


def is_anybody_twice(actor: Actor) -> bool:
    """Whether there is anything to decide about. Two queries, of what is compared alone."""
    partners = Partner.objects.visible_to(actor, Action.SETTINGS_MANAGE).filter(merged_into=None)
    marks: list[tuple[str, int]] = []
    for key, name, website in partners.values_list("pk", "name", "website"):
        marks += [(f"name {organization(name)}", key), (page_of(website), key)]
    contacts = Contact.objects.visible_to(actor, Action.SETTINGS_MANAGE).filter(partner__merged_into=None)
    people: list[tuple[str, int]] = []
    for key, name, email, partner in contacts.values_list("pk", "name", "email", "partner"):
        people += [(email.casefold(), key), (f"{partner} {words_of(name)}", key)]
    return bool(groups(marks) or groups(people))


def _pairs(found: Iterable[list[int]]) -> list[tuple[int, int]]:
    """The first of each group with each of the others, none twice."""
    pairs = {(keys[0], other): None for keys in found for other in keys[1:]}
    return list(pairs)[:SHOWN]
