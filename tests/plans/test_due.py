"""A due date as people say it."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.due import in_words, read_due

TODAY = dt.date(2026, 11, 20)  # a Friday

DAYS = {
    "2026-12-01": "2026-12-01",
    "12/1/26": "2026-12-01",
    "11/30.2018": "2018-11-30",
    "11/20": "2026-11-20",
    "11/19": "2027-11-19",
    "6/30": "2027-06-30",
    "June 30, 2027": "2027-06-30",
    "by Jun 30": "2027-06-30",
    "30 June": "2027-06-30",
    "May 5th": "2027-05-05",
    "2/29": "2028-02-29",
    "end of June": "2027-06-30",
    "End of  November": "2026-11-30",
    "June": "2027-06-30",
    "mid-January": "2027-01-15",
    "Q3": "2027-09-30",
    "4th quarter 2027": "2027-12-31",
    "end of the month": "2026-11-30",
    "end of year": "2026-12-31",
    "2027": "2027-12-31",
    "tomorrow": "2026-11-21",
    "in two weeks": "2026-12-04",
    "in 3 months": "2027-02-20",
    "Friday": "2026-11-27",
    "next Monday": "2026-11-23",
}
WORDS = [
    "quarterly",
    "monthly",
    "ongoing",
    "TBD",
    "tbd.",
    "as soon as we can",
    "after the June meeting",
    "the 5th",
    "week of June 5",
]


@pytest.mark.parametrize(("said", "day"), DAYS.items())
def test_words_that_name_a_day(said: str, day: str) -> None:
    assert read_due(said, today=TODAY).on == dt.date.fromisoformat(day)


@pytest.mark.parametrize("said", WORDS)
def test_other_words_stay_as_they_were_said(said: str) -> None:
    due = read_due(said, today=TODAY)
    assert due == (said, None)
    assert in_words(*due) == said


@pytest.mark.parametrize("said", ["2/30", "13/13", "June 31", "9999-12-31", "1/1/1800", "in 999 months"])
def test_a_day_that_does_not_exist_is_refused_in_a_sentence(said: str) -> None:
    with pytest.raises(ValueError, match="is not a day in the calendar"):
        read_due(said, today=TODAY)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("6/30", "Jun 30, 2027"),
        ("end of June", "end of June (Jun 30, 2027)"),
        ("in two weeks", "Dec 4, 2026"),  # "in two weeks" would mean another day tomorrow
        ("quarterly", "quarterly"),
        ("", ""),
    ],
)
def test_the_page_shows_the_words_and_the_day_they_mean(said: str, shown: str) -> None:
    assert in_words(*read_due(said, today=TODAY)) == shown


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(said: str) -> None:
    with contextlib.suppress(ValueError):  # a refusal is an answer
        due = read_due(said, today=TODAY)
        assert due.on is None or 2000 <= due.on.year <= 2100
        assert in_words(*due) or not said.strip()
