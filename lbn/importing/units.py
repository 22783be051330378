"""What else than kits a file may hold: rates, money, doses. Such a file is refused whole, with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from phast.sheets.cells import shown, words_of
from phast.sheets.refused import FileRefused

from .headers import KITS, Column, are_rates

# What it is → how it is named. The first that fits is told.
_NAMED = {
    "doses": re.compile(r"\b(doses?|vials?|sprays?|mg|milligrams?|boxes|cartons)\b"),
    "rates": re.compile(
        r"\b(rates?|percent(age)?s?|pct|average|avg|mean|median|per (capita|person|1000|10000|100000|100|1 000|100 000|10 000))\b|%"
    ),
    "money": re.compile(r"\b(costs?|prices?|dollars?|usd|spend(ing)?|spent|amount paid|invoice)\b|\$"),
    "other": re.compile(r"\b(deaths?|overdoses?|population|residents|ems runs?|fatalit(y|ies))\b"),
}
_MONEY = re.compile(r"-?\s*\$\s*[\d,.]+|[\d,.]+\s*\$")
SAID = {
    "doses": "doses, not kits. A kit can hold one dose, two or more, so doses are never turned into kits here",
    "rates": "rates, averages or percentages, not counts of kits",
    "money": "money, not counts of kits",
    "other": "something else than kits",
}
MENDED = "Ask for the number of kits by ZIP code and day or month, and import that."


def unit_of(label: str, values: Sequence[Any]) -> str:
    """A key of SAID for a column that is no count of kits; "" for one that may be."""
    words = words_of(label)
    texts = [text for text in (shown(value).strip() for value in values) if text]
    if texts and 2 * sum(bool(_MONEY.fullmatch(text)) for text in texts) >= len(texts):
        return "money"
    named = next((unit for unit, pattern in _NAMED.items() if pattern.search(words) or pattern.search(label)), "")
    if named and not (named == "other" and KITS.search(words)):
        return named
    return "rates" if are_rates(values) else ""


def refuse_other_units(columns: Sequence[Column], values: Sequence[Sequence[Any]], titles: str) -> None:
    """Raises FileRefused when no column can be kits and one is known to be something else, or when the title says so of all.

    `values` of each column; `titles`: what stands above the header.
    """
    units = {column.index: unit_of(column.label, cells) for column, cells in zip(columns, values, strict=True)}
    kits = [column for column in columns if column.guess in ("kits", "spread")]
    if any(not units[column.index] for column in kits):
        words = words_of(titles)
        title = next((unit for unit, pattern in _NAMED.items() if unit != "other" and pattern.search(words)), "")
        if title and not KITS.search(words) and not any(KITS.search(words_of(column.label)) for column in columns):
            raise FileRefused(
                f"This file holds {SAID[title]}, as its title says. {MENDED} Nothing of the file was kept."
            )
        return
    for column, cells in zip(columns, values, strict=True):
        if units[column.index] and _has_numbers(cells):
            named = f"“{column.label}”" if column.label else column.letter
            raise FileRefused(
                f"Column {named} of this file holds {SAID[units[column.index]]}. {MENDED} Nothing of the file was kept."
            )


def _has_numbers(values: Sequence[Any]) -> bool:
    return any(re.search(r"\d", shown(value)) for value in values)
