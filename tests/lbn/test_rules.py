"""The rules of a count (THREATS 1–9, 16), for every way in alike."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lbn.rules import Entry, Limits, NotReadable, Severity, check, month_span, parse_kits, parse_zip

TODAY = dt.date(2026, 11, 20)
ENTRY = Entry(TODAY, TODAY, "zip", "12207", 3)
LIMITS = Limits(
    today=TODAY,
    earliest=dt.date(2015, 1, 1),
    known={"12207", "43215"},
    area={"12207"},
    largest=60,
    agency="Riverbend Police",
    kit_types=frozenset({7}),
)


@pytest.mark.parametrize(
    ("text", "kits"),
    [
        ("3", 3),
        ("3 ", 3),
        (" 3", 3),
        ("0", 0),
        ("003", 3),
        ("1,200", 1200),
        ("5000", 5000),
        ("-0", 0),
        ("3.0", 3),
        ("3\u200b", 3),
    ],
)
def test_whole_numbers_are_read(text: str, kits: int) -> None:
    assert parse_kits(text) == kits


@pytest.mark.parametrize(
    "text",
    [
        "3.5",
        "1e3",
        "three",
        "",
        "  ",
        "3 4",
        "1_000",
        "+3",
        "½",
        "３",
        "3\x00",
        "\u202e3",
        "12,00",
        "<5",
        "*",
        "NA",
        "0x10",
        "--3",
    ],
)
def test_nothing_else_is_a_number_of_kits(text: str) -> None:
    with pytest.raises(NotReadable, match=r"whole number|how many"):
        parse_kits(text)


def test_fewer_than_none_and_far_too_many_say_what_is_wrong() -> None:
    with pytest.raises(NotReadable, match="less than 0"):
        parse_kits("-1")
    for text in ("1000000000000", "9" * 5000):
        with pytest.raises(NotReadable, match="5,000"):
            parse_kits(text)


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    for read in (parse_kits, parse_zip):
        with contextlib.suppress(NotReadable):
            read(text)


@pytest.mark.parametrize(
    ("text", "code"), [("12207", "12207"), ("12201-1234", "12201"), ("12201.0", "12201"), (" 01201 ", "01201")]
)
def test_zip_codes_are_five_digits(text: str, code: str) -> None:
    assert parse_zip(text) == code


@pytest.mark.parametrize("text", ["00000", "063HH", "K1A 0B1", "", "1220", "122011", "Albany", "1220\x007"])
def test_what_is_no_zip_code_is_an_error(text: str) -> None:
    with pytest.raises(NotReadable):
        parse_zip(text)


def test_a_lost_zero_is_proposed_and_not_assumed() -> None:
    with pytest.raises(NotReadable) as caught:
        parse_zip("1201")
    assert caught.value.proposal == "01201"


def found(**changes: object) -> list[tuple[str, str]]:
    _, problems = check(replace(ENTRY, **changes), LIMITS)
    return [(problem.code, problem.severity) for problem in problems]


def test_an_ordinary_entry_has_no_problem() -> None:
    assert check(ENTRY, LIMITS) == (ENTRY, [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kits": -1}, "negative"),
        ({"kits": 5001}, "too_many"),
        ({"from_on": TODAY + dt.timedelta(1), "to_on": TODAY + dt.timedelta(1)}, "future"),
        ({"to_on": TODAY + dt.timedelta(1)}, "future"),
        ({"from_on": dt.date(1925, 11, 20)}, "too_early"),
        ({"from_on": TODAY, "to_on": TODAY - dt.timedelta(1)}, "order"),
        ({"from_on": TODAY - dt.timedelta(366)}, "too_long"),
        ({"zip_code": "1220"}, "shape"),
        ({"place": "somewhere"}, "choice"),
        ({"setting": "jail"}, "choice"),
        ({"recipient": "nobody"}, "choice"),
        ({"kit_type_id": 8}, "choice"),
    ],
)
def test_what_breaks_a_rule_cannot_be_saved(changes: dict, code: str) -> None:
    assert (code, Severity.ERROR) in found(**changes)


def test_the_borders_are_inside() -> None:
    assert found(kits=0) == found(kits=500) == found(from_on=TODAY - dt.timedelta(365)) == found(kit_type_id=7) == []


def test_many_kits_are_asked_about_from_three_times_the_largest_and_500_on() -> None:
    assert found(kits=501) == [("kits_unusual", Severity.CONFIRM)]
    _, problems = check(replace(ENTRY, kits=900), replace(LIMITS, largest=300))
    assert problems == []
    _, problems = check(replace(ENTRY, kits=901), replace(LIMITS, largest=300))
    assert problems[0].sentence == "901 kits in one entry is unusual for Riverbend Police: the largest so far is 300."


def test_an_unknown_zip_is_asked_about_and_kept() -> None:
    entry, problems = check(replace(ENTRY, zip_code="12299"), LIMITS)
    assert (entry.zip_code, [p.token for p in problems]) == ("12299", ["zip_unknown:12299"])


def test_a_zip_outside_is_asked_about_and_not_kept() -> None:
    entry, problems = check(replace(ENTRY, zip_code="43215"), LIMITS)
    assert (entry.place, entry.zip_code) == ("outside", "")
    assert [(p.token, p.severity) for p in problems] == [("zip_outside:43215", Severity.CONFIRM)]


def test_a_coalition_without_counties_has_no_outside() -> None:
    entry, problems = check(replace(ENTRY, zip_code="43215"), replace(LIMITS, area=None))
    assert (entry.zip_code, problems) == ("43215", [])


def test_without_a_zip_none_is_kept() -> None:
    entry, problems = check(replace(ENTRY, place="unknown"), LIMITS)
    assert (entry.zip_code, problems) == ("", [])


def test_a_month_is_all_its_days_and_the_running_one_its_days_so_far() -> None:
    assert month_span(dt.date(2026, 2, 10), TODAY) == (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert month_span(dt.date(2026, 11, 1), TODAY) == (dt.date(2026, 11, 1), TODAY)
    assert month_span(dt.date(2026, 12, 1), TODAY) == (dt.date(2026, 12, 1), dt.date(2026, 12, 31))
