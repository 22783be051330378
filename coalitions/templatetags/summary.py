"""For the template of summaries."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def is_narrow(table: dict[str, Any]) -> bool:
    """Whether a table has two columns, so that another fits beside it."""
    return len(table["heads"]) == 2
