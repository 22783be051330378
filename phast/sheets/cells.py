"""Cells and column labels as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")  # carried along by copying from web pages: read over


def shown(cell: Any, longest: int = 40) -> str:
    """A cell as text on a page, without signs that cannot be seen."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return FORBIDDEN.sub("", INVISIBLE.sub("", str(getattr(cell, "sentence", cell))))[:longest]


def words_of(label: str) -> str:
    """A header in plain words: "Date_Of-Birth (Client)" is "date of birth client"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)
    return " ".join(re.sub(r"[^0-9a-z#]+", " ", spaced.casefold().replace("#", " # ")).split())


_TOTAL = re.compile(
    r"(\d+ )?(grand |sub ?)?totals?( (number|count))?( of)?"
    r"( (organizations|agencies|partners|members|contacts|people|steps|tasks|actions))?( \d+)?"
)
_NUMBER = re.compile(r"[\s$€£%.,()+-]*\d[\d\s$€£%.,()+-]*")


def is_total(cells: Sequence[str]) -> bool:
    """True for a row below a table that adds it up: a cell says "Total", and the others hold numbers or nothing."""
    said = [cell.strip() for cell in cells if cell.strip()]
    totals = [cell for cell in said if _TOTAL.fullmatch(words_of(cell))]
    return bool(totals) and all(cell in totals or _NUMBER.fullmatch(cell) for cell in said)


def letter_of(index: int) -> str:
    """A column as the spreadsheet calls it: A, B … Z, AA."""
    name, rest = "", index + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(65 + digit) + name
    return name
