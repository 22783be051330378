"""Small words for the coalition's pages."""

from __future__ import annotations

from typing import Any

from django import template

from phast.access.actor import Actor
from phast.access.table import Action

register = template.Library()


@register.filter
def may(actor: Actor, action: str) -> bool:
    """Whether the policy gives the actor the action: `{% if portal.actor|may:"settings.manage" %}`."""
    return actor.can(Action(action))


@register.filter
def in_plain(detail: dict[str, Any]) -> str:
    """An event's detail in one line. A pair is what it was and what it became: "role: Member → Agency lead"."""
    return "; ".join(f"{name.replace('_', ' ')}: {_said(name, value)}" for name, value in detail.items())


def _said(name: str, value: Any) -> str:
    if isinstance(value, list):
        pair = len(value) == 2 and name not in {"changed", "added", "removed"}
        return (" → " if pair else ", ").join(str(part) for part in value)
    return str(value)
