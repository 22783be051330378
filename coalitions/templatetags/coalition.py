"""Small words for the coalition's pages."""

from __future__ import annotations

import re
from typing import Any

from django import template

from phast.access.actor import Actor
from phast.access.table import Action

register = template.Library()

KEYS = {"plan", "parent", "replaces"}  # of rows: they tell people nothing
LISTS = {"added", "changed", "fields", "parties", "periods", "removed"}  # whose two values are no pair
CODE = re.compile(r"[a-z]+(_[a-z]+)+")


@register.filter
def may(actor: Actor, action: str) -> bool:
    """Whether the policy gives the actor the action: `{% if portal.actor|may:"settings.manage" %}`."""
    return actor.can(Action(action))


@register.filter
def in_plain(detail: dict[str, Any]) -> str:
    """An event's detail in one line, without what is empty or not so. A pair is what it was and what it became:
    "role: Member → Agency lead"; a number counts what it is called: "8 reports".
    """
    told = {name: value for name, value in detail.items() if name not in KEYS}
    return "; ".join(
        _said(name.replace("_", " "), value)
        for name, value in told.items()
        if value is not False and value not in (None, "", [])
    )


def _said(name: str, value: Any) -> str:
    if value is True:
        return name
    if isinstance(value, int) and name.endswith("s"):
        return f"{value:,} {name.removesuffix('s') if value == 1 else name}"
    if name == "replaced":  # the keys of earlier entries
        return f"replaced {len(value)} {'entry' if len(value) == 1 else 'entries'}"
    if isinstance(value, list):
        pair = len(value) == 2 and name not in LISTS
        return f"{name}: " + (" → " if pair else ", ").join(_word(part) for part in value)
    return f"{name}: {_word(value)}"


def _word(value: Any) -> str:
    """What a choice is stored as, read as words: "in_progress" is "in progress"."""
    text = str(value)
    return text.replace("_", " ") if CODE.fullmatch(text) else text
