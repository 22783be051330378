"""Days that people enter: a year that can only be a slip of the finger is asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

EARLIEST = 1990  # deflection as it is meant here is younger
YEARS_AHEAD = 20
DAYS = ("starts_on", "ended_on", "due_on", "held_on")


def is_likely(day: dt.date, today: dt.date) -> bool:
    """Whether the day is of a time in which a program can be."""
    return EARLIEST <= day.year <= today.year + YEARS_AHEAD


def refuse_unlikely(values: Mapping[str, Any], today: dt.date, *, held: Any = None) -> None:
    """Raises ValidationError, by field, for days among the values whose year is a slip of the finger. `held`: the record that has them
    now; what stays as it is may stay."""
    found = {
        name: f"This day is in the year {day.year}. Check the year."
        for name in DAYS
        if (day := values.get(name)) and not is_likely(day, today) and day != getattr(held, name, None)
    }
    if found:
        raise ValidationError(found)
