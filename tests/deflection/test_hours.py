"""Opening hours as people write them."""

from __future__ import annotations

import datetime as dt

import pytest

from deflection.hours import is_by_appointment, is_open, said, understood
from deflection.printing.card_words import SPANISH

MONDAY = dt.datetime(2026, 11, 16)  # noqa: DTZ001 (the hours of a place are in its own time)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of that week; Monday is 0."""
    return MONDAY + dt.timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("hours", "opened", "closed"),
    [
        ("Mon–Fri 8 am–5 pm; Sat 9-noon", [at(0, 8), at(5, 11, 59)], [at(0, 17), at(5, 12), at(6, 10)]),
        ("Mon-Fri: 9:00 a.m. - 5:00 p.m.\nSat: closed", [at(4, 16)], [at(5, 10)]),
        ("M-F 8:30a-4:30p", [at(2, 8, 30)], [at(2, 8, 29)]),
        ("Weekdays 9 to 5", [at(0, 16)], [at(6, 12)]),
        ("Tue & Thu, 6:30–8 pm", [at(1, 19), at(3, 18, 30)], [at(2, 19), at(1, 7)]),
        ("Mon-Fri 08:00-16:30", [at(0, 16)], [at(0, 17)]),
        ("Fri-Mon 10pm-2am", [at(5, 1), at(0, 1)], [at(4, 1), at(2, 1)]),
        ("Mon-Fri 9 am-12 pm, 1 pm-5 pm", [at(0, 11), at(0, 13)], [at(0, 12, 30)]),
        ("24 hours, every day", [at(6, 3)], []),
    ],
)
def test_hours_tell_whether_it_is_open(hours: str, opened: list[dt.datetime], closed: list[dt.datetime]) -> None:
    assert all(is_open(hours, moment) is True for moment in opened)
    assert all(is_open(hours, moment) is False for moment in closed)


@pytest.mark.parametrize(
    "hours",
    ["", "By appointment", "8 am–5 pm", "Mon–Fri", "1st Tuesday 7 pm", "Mon 9-5 by phone", "Mon 25-30", "Mon 9"],
)
def test_hours_that_are_not_understood_are_not_guessed_at(hours: str) -> None:
    assert is_open(hours, at(0, 10)) is None


@pytest.mark.parametrize(
    ("hours", "spanish"),
    [
        ("Mon–Fri 8 am–5 pm; Sat 9-noon", "lun a vie 8 am–5 pm; sáb 9 am–mediodía"),
        ("Mon, Wed 10:30-14:00", "lun, mié 10:30 am–2 pm"),
        ("24/7", "Las 24 horas"),
        ("Daily 8 am–9 pm", "Todos los días 8 am–9 pm"),
    ],
)
def test_hours_are_said_in_spanish(hours: str, spanish: str) -> None:
    assert said(understood(hours) or (), SPANISH.hours) == spanish


@pytest.mark.parametrize(
    ("hours", "is_so"),
    [
        ("By appointment", True),
        ("by appointment only.", True),
        ("Appointments only", True),
        ("Mon 9-5, or by appointment", False),
    ],
)
def test_a_place_that_is_open_by_appointment(hours: str, is_so: bool) -> None:
    assert is_by_appointment(hours) is is_so
