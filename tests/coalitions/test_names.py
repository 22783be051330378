"""Names that may be meant for each other: all of them are found, however many there are."""

from __future__ import annotations

import difflib
import itertools

from hypothesis import given
from hypothesis import strategies as st

from coalitions.names import NEAR, Names, near, organization

TOWNS = ("troy", "albany", "malta", "hudson")
WORDS = (
    "recovery center",
    "recovry center",
    "food pantry",
    "health clinic",
    "outpatient clinic 1",
    "outpatient clinic 12",
)


def one_by_one(text: str, names: dict[str, str]) -> set[str]:
    """The names that are near the text, each compared on its own."""
    return {key for key, words in names.items() if difflib.SequenceMatcher(None, words, text).ratio() >= NEAR}


@given(
    st.lists(st.text("aeinrst é1", min_size=1, max_size=12), max_size=30), st.text("aeinrst é", min_size=1, max_size=12)
)
def test_no_name_that_is_near_is_passed_over(words: list[str], text: str) -> None:
    names = {str(n): each for n, each in enumerate(words)}
    assert set(Names(names).near(text, most=len(names))) == one_by_one(text, names)


def test_names_of_a_long_list_are_found_as_in_a_short_one() -> None:
    pairs = itertools.product(TOWNS, WORDS, ("north", "south", "east", "west", "downtown", "annex", "county"))
    names = {" ".join(pair): organization(" ".join(pair)) for pair in pairs}
    many = Names()
    for key, words in names.items():
        many.add(key, words)
    assert len(names) > 150
    for words in itertools.islice(names.values(), 0, None, 20):
        assert many.near(words) == near(words, names)


def test_numbers_are_never_a_slip_of_the_pen() -> None:
    names = {number: f"engine company {number}" for number in ("1", "2", "12")}
    assert near("engin company 2", names) == ["2"]


def test_without_names_or_words_nothing_is_near() -> None:
    assert Names().near("troy") == []
    assert near("", {"a": "troy", "b": ""}) == []
