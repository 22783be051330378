"""A folding wallet card of local help for kits, in English or Spanish, and one in large print. It shows only what was verified.

A sheet of wallet cards holds three, each of three panels the size of a bank card. A card in large print is a sheet of two sides, folded
once like a greeting card: it begins in front, goes on inside, and ends on the back. As many places are on it as fit; the kinds of help
take turns, so that each is there before one of them is there twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from tablib import Dataset

from deflection import directory, hours
from deflection.directory import FREE, SHORT, Asked, Entry, guide_address
from deflection.forms.printing import LANGUAGES, LARGE, SPANISH, WALLET
from deflection.models import Guide, Resource
from phast.access.table import Action
from phast.jobs.models import JobFailed
from phast.qr import qr_svg
from phast.reports.kinds import Choice, Elsewhere, Missing, ReportKind, Request
from phast.reports.sheets import SAYS, SECTION, TEXT

from .card_words import WORDS, CardWords
from .folding import Sheet, folded

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

SHEETS = {
    WALLET: Sheet(panels=3, across=3, letters=57, head=5.4, end=4.6, heading=1.3),
    LARGE: Sheet(panels=4, across=2, letters=35, head=7, end=9, heading=1.6, room=22),
}
# How many places are tried, until all of them fit.
TRIED = {WALLET: (10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), LARGE: (16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 5)}
COPIES = {WALLET: 3, LARGE: 1}
VERIFY_FIRST = "Verify entries of the directory first, then ask again."
NONE_VERIFIED = Missing(f"No local help was verified within 90 days. {VERIFY_FIRST}", "resources:list", "Local help")
COLUMNS = ["Place", "Kind of help", "Phone", "Where", "Hours", "Free", "Spanish is spoken"]
LONGEST_HOURS = 60  # characters; more would fill the card with one place


def _request(size: str) -> Callable[[Actor, Mapping[str, Any]], Request]:
    def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
        """Fields: `language` ("en", "es"), and perhaps `town`."""
        language = str(fields.get("language") or "en")
        if language not in dict(LANGUAGES):
            raise ValidationError("Choose a language from the list, and ask again.")
        town = town_of(actor, fields)
        said = [dict(LANGUAGES)[language], "large print" if size == LARGE else "", town]
        return Request(
            parameters={"language": language, "town": town, "size": size},
            action=Action.RESOURCES_SEE,
            title=", ".join(filter(None, ["Wallet card", *said])),
            audience="For anybody.",
            is_released=True,
        )

    return request


def town_of(actor: Actor, fields: Mapping[str, Any]) -> str:
    """The town asked for; empty for all. Raises ValidationError for one that the directory does not have."""
    asked = str(fields.get("town") or "")
    towns = {town.casefold(): town for town in directory.towns(directory.resources_of(actor))}
    if asked and asked.casefold() not in towns:
        raise ValidationError("Choose a town from the list, and ask again.")
    return towns[asked.casefold()] if asked else ""


def collect(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """Every place that may stand on the card, the first first. Raises JobFailed where there is none."""
    said = asked.parameters
    now = directory.now_in(coalition)
    rows = Resource.objects.of(coalition).verified(now.date())
    words = WORDS[said["language"]]
    found = [one for one in directory.entries(directory.found(rows, Asked(), now), now) if _fits(one, said["town"])]
    if not found:
        where = f" in {said['town']}" if said["town"] else ""
        raise JobFailed(
            f"Nothing with a phone number{where} was verified within 90 days, so the card would be empty. {VERIFY_FIRST}"
        )
    free = set(directory.found(rows, Asked(cost=FREE), now).values_list("pk", flat=True))
    places = [
        _place(one, kind, said["town"], words, is_free=one.resource.pk in free)
        for one, kind in _in_turns(found, spanish_first=said["language"] == SPANISH)
    ]
    is_public = Guide.objects.of(coalition).exclude(opened_at=None).exists()
    return {
        "language": said["language"],
        "size": said["size"],
        "town": said["town"],
        "places": places,
        "today": now.date().isoformat(),
        "address": guide_address(coalition) if is_public else "",
    }


def _fits(entry: Entry, town: str) -> bool:
    """Whether it can be called; and is in the town, or in none: a line or a service by mail."""
    towns = [place.site.town.casefold() for place in entry.sites if place.site.town]
    return bool(entry.phone) and (not town or not towns or town.casefold() in towns)


def _in_turns(found: Sequence[Entry], *, spanish_first: bool) -> list[tuple[Entry, str]]:
    """Each place once, with its kind of help: the first of every kind, then the second of every kind. Within a kind the one that was
    verified last goes first."""
    ordered = sorted(found, key=lambda one: one.resource.verified_on or dt.date.min, reverse=True)
    if spanish_first:
        ordered.sort(key=lambda one: not _speaks_spanish(one))
    by_kind: dict[str, list[Entry]] = {key: [] for key in SHORT}
    # A place of two kinds stands with the one that fewer have.
    kinds_of = {one.resource.pk: [each.pk for each in one.resource.categories.all()] for one in ordered}
    having = {key: sum(key in kinds for kinds in kinds_of.values()) for key in SHORT}
    for one in ordered:
        by_kind[min(kinds_of[one.resource.pk], key=lambda key: having[key])].append(one)
    turns = zip_longest(*by_kind.values())
    return [(one, kind) for turn in turns for kind, one in zip(by_kind, turn, strict=True) if one is not None]


def _place(entry: Entry, kind: str, town: str, words: CardWords, *, is_free: bool) -> dict[str, Any]:
    sites = [place.site for place in (entry.in_town(town) if town else entry.sites)]
    one = sites[0] if len(sites) == 1 else None
    where = one.town if one else entry.towns if len(sites) > 1 else ""
    when, in_language = _hours(one.hours, words) if one else ("", True)
    return {
        "kind": kind,
        "name": entry.resource.name,
        "phone": entry.phone_in(town),
        "where": where,
        "hours": when,
        "hours_translated": in_language,
        "free": is_free,
        "spanish": _speaks_spanish(entry),
    }


def _hours(text: str, words: CardWords) -> tuple[str, bool]:
    """The hours in the card's language, and True; as they were written, and False, where they are not understood."""
    if hours.is_by_appointment(text):
        return words.by_appointment, True
    spans = hours.understood(text)
    said = hours.said(spans, words.hours) if spans else text
    return (said if len(said) <= LONGEST_HOURS else "", spans is not None)


def _speaks_spanish(entry: Entry) -> bool:
    return "spanish" in entry.resource.languages.casefold()


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """The words, and the QR code of the public page."""
    words = WORDS[data["language"]]
    return {
        "words": words,
        "checked": words.checked.format(day=words.day_said(dt.date.fromisoformat(data["today"]))),
        "code": qr_svg(data["address"], title=words.scan) if data["address"] else "",
        "copies": range(COPIES[data["size"]]),
    }


def fitted(data: dict[str, Any], attempt: int) -> dict[str, Any]:
    """So many places in the card's panels, by kind of help in the directory's order; fewer with each attempt.

    `starred`: a star stands behind the name of each place where Spanish is spoken, and the head says so: more would take a line of each.

    `sides`: the panels of each printed side, from left to right. Of a sheet that is folded once, the outer side has the back on the left
    and the front on the right.
    """
    places = data["places"][: TRIED[data["size"]][attempt]]
    kinds = WORDS[data["language"]].kinds
    ordered = [{**place, "heading": kinds[key]} for key in SHORT for place in places if place["kind"] == key]
    starred = data["language"] == SPANISH and any(place["spanish"] for place in places)
    sheet = SHEETS[data["size"]]
    first, *inner, last = folded(ordered, replace(sheet, head=sheet.head + starred))
    front, back = {"places": first, "begins": True}, {"places": last, "ends": True}
    between = [{"places": places} for places in inner]
    if data["size"] == WALLET:
        return {"sides": [[front, *between, back]], "starred": starred}
    return {"sides": [side for side in ([back, front], between) if side], "starred": starred}


def tables(data: dict[str, Any]) -> list[Dataset]:
    """The places in the order in which they are tried, each once, however many cards the sheet has and however many places fit them."""
    kinds = WORDS[data["language"]].kinds
    rows = [
        [
            one["name"],
            kinds[one["kind"]],
            one["phone"],
            one["where"],
            one["hours"],
            *map(_yes, (one["free"], one["spanish"])),
        ]
        for one in data["places"]
    ]
    said = [["On the card", "As many of these places as fit, each kind of help in turn."]]
    if data["address"]:
        said.append(["More help", data["address"]])
    return [Dataset(*rows, headers=COLUMNS, title="Places"), Dataset(*said, headers=[SECTION, SAYS], title=TEXT)]


def _yes(is_so: bool) -> str:
    return "Yes" if is_so else "No"


def choices(actor: Actor) -> list[Choice]:
    """English and Spanish, once something is verified."""
    if not actor.can(Action.RESOURCES_SEE):
        return []
    rows = directory.resources_of(actor).verified(actor.coalition.today())
    return [Choice(label, {"language": language}) for language, label in LANGUAGES] if rows.exists() else []


def _kind(key: str, label: str, size: str, pages: int) -> ReportKind:
    template = "deflection/reports/wallet_card.html"
    return ReportKind(
        key,
        label,
        template,
        _request(size),
        collect,
        choices,
        extras,
        pages=pages,
        fitted=fitted,
        right=Action.RESOURCES_SEE,
        topic="Deflection",
        about="Folds into a kit; shows only what is verified.",
        for_anybody=True,
        missing=NONE_VERIFIED,
        tables=tables,
        elsewhere=Elsewhere("resources:share", "Choose a town"),
    )


CARD = _kind(WALLET, "Wallet card of local help", WALLET, 1)
LARGE_CARD = _kind(LARGE, "Wallet card in large print", LARGE, 2)
