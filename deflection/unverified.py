"""When a verified entry counts as verified no longer: it says something new that a caller relies on, and nobody made sure of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .models import Resource
from .phones import written

# What somebody asks who verifies, and what sends a caller to the wrong place or with the wrong money. How an entry is called, what it
# offers, who can come, its languages and its kinds of help may be put into better words without a call.
RELIED_ON = ("phone", "website", "cost")
OF_A_SITE = ("address", "town", "zip_code", "phone", "hours")
IN_WORDS = "a phone number, an address, hours, the cost or the website"
NO_LONGER = {"verified_on": None, "verified_by": None}


def loses_verified(held: Resource, values: Mapping[str, Any], sites: Sequence[Mapping[str, Any]] | None) -> bool:
    """Whether a verified entry that gets these `values` and `sites` (as `edit_resource` takes them) says something new that a caller
    relies on. What is only taken away, or written in other capitals or signs, is nothing new."""
    if held.verified_on is None:
        return False
    if any(_is_new(getattr(held, name), values.get(name)) for name in RELIED_ON):
        return True
    there = {site.pk: site for site in held.sites.all()} if sites is not None else {}
    return any(
        _is_new(getattr(there.get(site.get("pk", 0)), name, ""), site.get(name))
        for site in sites or ()
        for name in OF_A_SITE
    )


def _is_new(before: str, after: str | None) -> bool:
    return bool(after) and _plain(before) != _plain(after or "")


def _plain(text: str) -> str:
    return " ".join(written(text).casefold().split())
