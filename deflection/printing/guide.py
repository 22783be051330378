"""The guide to local help: every verified place by kind of help and town, and at the end where to find each town.

Who asks for it may have the others in it, too, marked "call first".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from deflection import directory
from deflection.directory import SHORT, Asked, Entry
from deflection.models import Guide, Resource, ResourceCategory
from phast.access.table import Action
from phast.jobs.models import JobFailed
from phast.reports.kinds import Choice, Elsewhere, ReportKind, Request
from phast.ui.templatetags.ui import local_date

from .wallet import NONE_VERIFIED, VERIFY_FIRST, town_of

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

ELSEWHERE = "No town"


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Fields, all of them optional: `category` (its key), `town`, `stale` ("on": also what was not verified lately)."""
    category = str(fields.get("category") or "")
    if category and category not in SHORT:
        raise ValidationError("Choose a kind of help from the list, and ask again.")
    town, stale = town_of(actor, fields), "on" if fields.get("stale") else ""
    kind = ResourceCategory.objects.get(pk=category).name if category else ""
    return Request(
        parameters={"category": category, "town": town, "stale": stale},
        action=Action.RESOURCES_SEE,
        title=", ".join(filter(None, ["Guide to local help", kind, town])),
        audience="For anybody." if not stale else "For people who refer others: call first where it says so.",
        is_released=True,
    )


def collect(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """The places by kind of help, each whole where it stands first. Raises JobFailed where there is none."""
    said, now = asked.parameters, directory.now_in(coalition)
    rows = Resource.objects.of(coalition)
    listed = rows.listed() if said["stale"] else rows.verified(now.date())
    wanted = Asked(category=said["category"], town=said["town"])
    found = directory.entries(directory.found(listed, wanted, now), now)
    if not found:
        raise JobFailed(_nothing(wanted, stale=bool(said["stale"])))
    found.sort(key=lambda one: (one.towns.casefold() or "~", one.resource.name.casefold()))
    is_public = Guide.objects.of(coalition).exclude(opened_at=None).exists()
    return {
        "places": len(found),
        "kinds": _by_kind(found, said["category"]),
        "towns": _by_town(found) if not said["town"] else [],
        "left_out": directory.found(rows.stale(now.date()), wanted, now).count() if not said["stale"] else 0,
        "address": directory.guide_address(coalition) if is_public else "",
    }


def _nothing(wanted: Asked, *, stale: bool) -> str:
    kind = f" for “{ResourceCategory.objects.get(pk=wanted.category).name}”" if wanted.category else ""
    what = f"{kind}{f' in {wanted.town}' if wanted.town else ''}"
    if stale:
        return f"The directory of local help has nothing{what}, so the guide would be empty. Add entries first."
    return f"Nothing{what} was verified within 90 days, so the guide would be empty. {VERIFY_FIRST}"


def _by_kind(found: Sequence[Entry], only: str) -> list[dict[str, Any]]:
    kinds, first_at = [], dict[int, str]()
    for kind in ResourceCategory.objects.filter(pk=only) if only else ResourceCategory.objects.all():
        here = [one for one in found if kind in one.resource.categories.all()]
        if here:
            told, others = [], []
            for one in here:
                if one.resource.pk in first_at:
                    others.append({"name": one.resource.name, "phone": one.phone, "under": first_at[one.resource.pk]})
                else:
                    first_at[one.resource.pk] = kind.name
                    told.append(_place(one))
            kinds.append({"name": kind.name, "text": kind.text, "places": told, "others": others})
    return kinds


def _place(entry: Entry) -> dict[str, Any]:
    one = entry.resource
    return {
        "name": one.name,
        "text": one.text,
        "phone": entry.phone,
        "sites": [
            {
                "name": place.site.name,
                "where": place.where,
                "hours": place.site.hours,
                "phone": place.site.phone if place.site.phone != entry.phone else "",
            }
            for place in entry.sites
        ],
        "facts": [
            f"{label}: {value.rstrip('.')}."
            for label, value in (("For", one.eligibility), ("Cost", one.cost), ("Languages", one.languages))
            if value
        ],
        "website": one.website,
        "verified": local_date(one.verified_on),
        "fresh": entry.is_fresh,
    }


def _by_town(found: Sequence[Entry]) -> list[dict[str, Any]]:
    towns: dict[str, list[Entry]] = {}
    for one in found:
        for town in dict.fromkeys(place.site.town for place in one.sites if place.site.town) or [ELSEWHERE]:
            towns.setdefault(town, []).append(one)
    ordered = sorted(towns, key=lambda town: (town == ELSEWHERE, town.casefold()))
    return [
        {
            "town": town,
            "places": [
                {
                    "name": one.resource.name,
                    "kinds": ", ".join(kind.name for kind in one.resource.categories.all()),
                    "phone": one.phone_in(town),
                }
                for one in sorted(towns[town], key=lambda one: one.resource.name.casefold())
            ],
        }
        for town in ordered
    ]


def choices(actor: Actor) -> list[Choice]:
    """The whole guide, and each kind of help that has a verified place."""
    if not actor.can(Action.RESOURCES_SEE):
        return []
    verified = directory.resources_of(actor).verified(actor.coalition.today())
    kinds = [(kind, n) for kind, _, n in directory.kinds(verified) if n]
    if not kinds:
        return []
    return [Choice("All local help", {}), *(Choice(kind.name, {"category": kind.pk}) for kind, _ in kinds)]


GUIDE = ReportKind(
    "resource_guide",
    "Guide to local help",
    "deflection/reports/resource_guide.html",
    request,
    collect,
    choices,
    right=Action.RESOURCES_SEE,
    topic="Deflection",
    about="Where people find help, by category and town.",
    for_anybody=True,
    missing=NONE_VERIFIED,
    elsewhere=Elsewhere("resources:share", "Choose a town, or what is not verified too"),
)
