"""The sites of a program: which are one, and what each is given by another row of the same file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from coalitions.importing.values import alike
from deflection.models import ResourceSite

Site = TypeVar("Site", bound=Mapping[str, Any])

SITE = ("name", "address", "town", "zip_code", "phone", "hours")
_SHORT = {
    "street": "st",
    "avenue": "ave",
    "av": "ave",
    "road": "rd",
    "drive": "dr",
    "lane": "ln",
    "boulevard": "blvd",
    "court": "ct",
    "place": "pl",
    "square": "sq",
    "highway": "hwy",
    "parkway": "pkwy",
    "route": "rte",
    "rt": "rte",
    "suite": "ste",
    "floor": "fl",
    "building": "bldg",
    "apartment": "apt",
    "room": "rm",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
}


def is_same(one: Mapping[str, Any], other: Mapping[str, str]) -> bool:
    """Whether two sites are one: the same address, or the same name and town where an address is missing."""
    if one["address"] and other["address"]:
        return _spelt(one["address"]) == _spelt(other["address"]) and (
            not (one["town"] and other["town"]) or alike("", one["town"], other["town"])
        )
    return all(alike("", one[name], other[name]) for name in ("name", "town"))


def same_among(sites: Iterable[Site], wanted: Mapping[str, str]) -> Site | None:
    """The site that this is; None for one more, and where it may be several."""
    found = [site for site in sites if is_same(site, wanted)]
    sure = [site for site in found if bool(site["address"]) == bool(wanted["address"])]
    named = [site for site in sure if alike("", site["name"], wanted["name"])]
    return next(iter(named or sure), found[0] if len(found) == 1 else None)


def merge(sites: list[dict[str, str]], more: Sequence[Mapping[str, str]], notes: list[str]) -> None:
    """Adds the sites of another row. One that is there already gets what it lacks; where both say something, what came first counts,
    and that is noted. Two that are named otherwise are two."""
    for site in more:
        there = same_among([one for one in sites if not _is_named_otherwise(one, site)], site)
        if there is None:
            sites.append(dict(site))
            continue
        for name in SITE:
            give(there, name, site[name], notes)


def give(site: dict[str, str], name: str, value: str, notes: list[str]) -> None:
    """Says it of a site that says nothing about it yet."""
    if not site[name]:
        site[name] = value
    elif value and name != "address" and not alike("phone" if name == "phone" else "", site[name], value):
        label = name.replace("_", " ").capitalize()
        notes.append(f"{label} of the same site: “{site[name][:60]}” is taken, not “{value[:60]}”.")


def merged(
    sites: Sequence[dict[str, str]], there: Iterable[ResourceSite], notes: list[str], *, takes_files: bool
) -> list[dict[str, Any]] | None:
    """An entry's sites with those of the file; None where they are the same. `takes_files`: where both have a value, the file's counts."""
    kept: list[dict[str, Any]] = [{"pk": site.pk, **_said(site)} for site in there]
    changed = False
    for site in sites:
        same = same_among(kept, site)
        if same is None:
            kept.append(dict(site))
            changed = True
            continue
        for name, value in site.items():
            if value and not alike("phone" if name == "phone" else "", same[name], value):
                if same[name]:
                    label = name.replace("_", " ").capitalize()
                    notes.append(both(label, same[name], value, takes_files=takes_files))
                if not same[name] or takes_files:
                    same[name] = value
                    changed = True
    return kept if changed else None


def both(label: str, held: Any, said: Any, *, takes_files: bool) -> str:
    """What becomes of a value where the file says another."""
    return f"{label} “{held}” becomes “{said}”." if takes_files else f"{label} stays “{held}”; the file says “{said}”."


def place_hours(
    only_hours: Iterable[tuple[str, list[str]]], sites: list[dict[str, str]], there: Iterable[ResourceSite]
) -> None:
    """Gives hours that stand alone in a row to the program's only site: one of the file's `sites`, or of the entry's, `there`. A program
    without a site may have just them; with several they are left out, and that is noted. `only_hours`: each with the notes of its row."""
    held = list(map(_said, there))
    for hours, notes in only_hours:
        known = [*sites, *(site for site in held if same_among(sites, site) is None)]
        if len(known) > 1:
            notes.append(f"Hours “{hours[:60]}” are left out: the program has several sites.")
            continue
        if not sites:
            # What the entry itself says of it is compared with this later.
            sites.append({**(known[0] if known else dict.fromkeys(SITE, "")), "hours": ""})
        give(sites[0], "hours", hours, notes)


def says_only_hours(site: Mapping[str, str]) -> bool:
    """True for what is no place to go to."""
    return bool(site["hours"]) and not any(site[name] for name in SITE if name != "hours")


def is_another(site: Mapping[str, str], there: Sequence[Mapping[str, str]]) -> bool:
    """Whether this is one more site, whose own number nobody said yet."""
    return not site["phone"] and not any(is_same(held, site) for held in there)


def in_words(site: Mapping[str, str]) -> str:
    """Where it is, its number and its hours."""
    where = ", ".join(
        filter(None, [site["name"], site["address"], " ".join(filter(None, [site["town"], site["zip_code"]]))])
    )
    return " · ".join(filter(None, [where, site["phone"], site["hours"]]))


def _said(site: ResourceSite) -> dict[str, str]:
    return {name: getattr(site, name) for name in SITE}


def _is_named_otherwise(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return bool(one["name"] and other["name"]) and not alike("", one["name"], other["name"])


def _spelt(address: str) -> list[str]:
    """The words of an address, as they are compared: "12 Mill Street, Suite 4" is "12 Mill St. #4"."""
    words = re.findall(r"\w+", re.sub(r"#\s*(?=\w)", " suite ", address.casefold()))
    return [_SHORT.get(word, word) for word in words]
