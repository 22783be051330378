"""Where a file's header is, and what each column seems to be: by its name first, by its values where the name says nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from lbn.rules import BESIDES, NotReadable, parse_kits, parse_zip
from phast.sheets.cells import letter_of, shown, words_of

from .dates import months, span_of
from .spread import FEWEST, Period, is_header, month_names, period_of, spread_of
from .words import MENDING

Rows = Sequence[tuple[int, list[Any], str]]

LOOK_AT = 30  # rows in which the header is looked for
SAMPLE = 1_000  # rows by which a column is judged
MOSTLY = 0.7

FIELDS = {
    "zip": "ZIP code",
    "kits": "Number of kits",
    "date": "Day, month or other period",
    "last": "Last day (when another column has the first)",
    "year": "Year (when another column has the month or quarter)",
    "agency": "Agency",
    "setting": "Setting",
    "recipient": "Recipient",
    "kit_type": "Kit type",
    "declined": "Offered and declined",
    "none_available": "No kit available",
    "reversals": "Reversals reported",
    "removed": "Removed: rows that say yes are left out",
}
SPREAD = "spread"  # a column of a wide table: the kits of the period it is named for
KITS = re.compile(r"\bkits?\b")
# What a table with a column for each period cannot say besides.
WIDE_HAS_NOT = frozenset({"kits", "date", "last", *BESIDES})
_TOTAL_OF_OTHERS = "A total of other columns: left out, or kits would count twice."
# The best name first: when two columns would do, the earlier pattern wins.
_NAMES = {
    "zip": (r"zip ?codes?", r"zips?( ?5)?", r"zcta\d?", r"postal( code)?", r".*\bzip( ?codes?)?\b.*"),
    "kits": (
        r"(number|no|num|nbr|count|#|qty|quantity) (of )?(naloxone |narcan |nalox |lbn )?kits?.*",
        r"kits?( count| distributed| given| left| number| qty| quantity)?",
        r".*\bkits (distributed|given|left|dispensed|provided|handed out).*",
        r"(naloxone|nalox|narcan|lbn)( kits?| counts?| distributed)?",
        r"counts?|qty|quantity|number|distributed",
        r".*\bkits?\b.*",
    ),
    "date": (
        r"dates?|days?|when|(first|start|starting|from|begin|beginning) (day|date)|(day|date) from",
        r"months?|period|reporting (month|period)|report (month|period|date)",
        r".*\b(date|month|period)\b.*",
        r"qtr|.*\bquarter\b.*",
    ),
    "last": (r"(last|end|ending|to|through) (day|date)|(day|date) (to|through|until)",),
    "year": (r"(calendar )?years?|yr",),
    "agency": (
        r"(reporting |law enforcement )?agency( name)?",
        r"(department|organi[sz]ation|dept|partner)( name)?",
        r"reported by|name",
    ),
    "setting": (
        r"settings?",
        r"(encounter|location|setting|event|call) type",
        r"type of (encounter|location|setting|event|call)",
    ),
    "recipient": (r"recipients?( type| category)?", r"given to|left with|who received.*|provided to"),
    "kit_type": (r"kit type|type of kit", r"product( type)?|formulation", r"kit"),
    "declined": (r".*\b(declined?|refused|refusals?)\b.*",),
    "none_available": (
        r".*\b(no|none|not|without) (a )?(naloxone |narcan )?(kits? )?(available|to leave|in stock|on hand)\b.*",
        r".*\b(unavailable|out of (stock|kits))\b.*",
    ),
    "reversals": (r".*\b(reversals?|reversed|revived|saves)\b.*",),
    "removed": (r"removed|voided|deleted",),
}
_NAME = {field: [re.compile(pattern) for pattern in patterns] for field, patterns in _NAMES.items()}
_RUNNING = re.compile(r"\b(ytd|year to date|cumulative|running|to date|cum)\b")
_TOTAL = re.compile(r"\b(grand )?totals?\b|\bsum\b")
_OTHER_UNIT = re.compile(
    r"\b(doses?|rates?|per|percent|pct|%|average|avg|mean|deaths?|overdoses?|population|mg|boxes|units?|cost|price)\b|%"
)
_MARK = re.compile(r"<\s*\d+|\*+|n/?a|s|d|suppressed|-+|\.|\(.*\)", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column as the person sees it. `guess`: a key of FIELDS, SPREAD, or "". `why_not`: why it is best left out, or "". `period`:
    what the column of a wide table is named for."""

    index: int
    label: str
    examples: list[str]
    guess: str = ""
    why_not: str = ""
    period: Period | None = None

    @property
    def letter(self) -> str:
        return letter_of(self.index)


def header_row(rows: Rows) -> int:
    """The number of the row that names the columns; of two header rows, the lower. 0 when the first row is counts already."""
    best, best_score = 0, 0
    for at, (number, cells, _) in enumerate(rows[:LOOK_AT]):
        texts = [cell for cell in cells if type(cell) is str and cell.strip()]
        if not texts:
            continue
        named = {field for cell in texts for field in FIELDS if _rank(field, words_of(cell)) is not None}
        is_wide = is_header(cells)
        if is_wide:
            named.add(SPREAD)
        # A title such as "Kits by ZIP code and month" is one long cell that names everything: headers are several short ones.
        short = sum(len(cell) <= 40 for cell in texts)
        counted = _looks_counted(cells) and not is_wide
        score = 3 * min(len(named), short) + (len(texts) > 1) - 2 * counted + 4 * is_wide
        below = [next_cells for _, next_cells, mark in rows[at + 1 : at + 6] if not mark]
        if named and any(_looks_counted(next_cells) for next_cells in below):
            score += 2
        if named and score > best_score:
            best, best_score = number, score
    if not best:
        best = _header_of_any_name(rows)
    # Months below their years: the lower of two such rows has the columns.
    after = [cells for number, cells, mark in rows if number == best + 1 and not mark]
    return best + 1 if best and after and _has_bare_periods(after[0]) else best


def _header_of_any_name(rows: Rows) -> int:
    """The first row, when it is several short texts without a number and the next is counts: headers may say anything."""
    data = [(number, cells) for number, cells, mark in rows[:LOOK_AT] if not mark][:2]
    if len(data) < 2 or _looks_counted(data[0][1]) or not _looks_counted(data[1][1]):
        return 0
    texts = [cell for cell in data[0][1] if cell != ""]
    return data[0][0] if len(texts) > 1 and all(type(cell) is str and len(cell) <= 40 for cell in texts) else 0


def _has_bare_periods(cells: Sequence[Any]) -> bool:
    """A row of months or quarters without a year."""
    periods = [period_of(shown(cell)) for cell in cells if type(cell) is str and cell.strip()]
    return sum(period is not None and period.span is None for period in periods) >= FEWEST


def labels_of(rows: Rows, header: int, width: int) -> list[str]:
    """The columns' names. A first header row above, whose cells span several columns, is put before them."""
    by_number = {number: cells for number, cells, _ in rows}
    lower = _labels(by_number.get(header, []))
    lower += [""] * (width - len(lower))
    above = by_number.get(header - 1, [])
    upper = _labels(above)
    # Years above their months are numbers, and the only ones a header may hold.
    others = [cell for cell, label in zip(above, upper, strict=True) if not period_of(label)]
    enough = 1 if _has_bare_periods(lower) and len(others) < len(above) else 2
    if sum(map(bool, upper)) >= enough and not _looks_counted(others):
        group = ""
        for index, label in enumerate(lower):
            group = (upper[index] if index < len(upper) else "") or group
            lower[index] = f"{group} {label}".strip() if group != label else label
    return lower


def columns_of(rows: Rows, header: int) -> list[Column]:
    """What each column seems to be."""
    data = [cells for number, cells, mark in rows if number > header and not mark][:SAMPLE]
    width = max((len(cells) for _, cells, _ in rows), default=0)
    labels = labels_of(rows, header, width) if header else [""] * width
    values = [[cells[index] for cells in data if index < len(cells) and cells[index] != ""] for index in range(width)]
    spread, totals = spread_of(["" if _why_not(label) else label for label in labels])
    periods = {each.column: each.period for each in spread}
    guesses = _by_name(labels, values, periods)
    _by_values(guesses, values, labels)
    return [
        Column(
            index,
            labels[index],
            [shown(cell) for cell in values[index][:3]],
            guesses.get(index, ""),
            _TOTAL_OF_OTHERS if index in totals or (spread and _is_total(labels[index])) else _why_not(labels[index]),
            periods.get(index),
        )
        for index in range(width)
        if labels[index] or values[index]
    ]


def signature(labels: Sequence[str]) -> str:
    """The same for two files with the same columns, whatever their capitals, blanks and signs, for which months a wide one has columns,
    and whether it is the file of errors of the other."""
    spread, totals = spread_of(labels)
    periods = {each.column for each in spread}.union(totals)
    named = [words_of(label) for index, label in enumerate(labels) if index not in periods and label not in MENDING]
    if not any(named):
        named = [f"{len(labels)} columns without names"]
    return hashlib.sha256("\n".join([*named, "periods" * bool(periods)]).encode()).hexdigest()


def are_rates(values: Sequence[Any]) -> bool:
    """True when at least every second number is no whole one, or has a percent sign."""
    texts = [text for text in (shown(value).strip() for value in values) if text]
    odd = sum(bool(re.fullmatch(r"-?\d*\.\d*[1-9]\d*|.*%", text)) for text in texts)
    return bool(texts) and odd * 2 >= len(texts)


# ------------------------------------------------------------------ by name
def _rank(field: str, words: str) -> int | None:
    return next((rank for rank, pattern in enumerate(_NAME[field]) if pattern.fullmatch(words)), None)


def _why_not(label: str) -> str:
    words = words_of(label)
    if _RUNNING.search(words):
        return "A running total: left out, or kits would count twice."
    if _OTHER_UNIT.search(words):
        return "Another unit than kits: left out."
    return ""


def _is_total(label: str) -> bool:
    return bool(_TOTAL.search(words_of(label)))


def _by_name(labels: Sequence[str], values: Sequence[list[Any]], periods: Container[int]) -> dict[int, str]:
    """`periods`: the columns of a wide table, which then has no other column of kits."""
    ranked = []
    is_wide = any(index in periods for index in range(len(labels)))
    for index, label in enumerate(labels):
        words = words_of(label)
        if index in periods or label in MENDING:
            continue
        besides = any(_rank(field, words) is not None for field in BESIDES)
        for field in FIELDS:
            rank = _rank(field, words) if words else None
            if rank is None or (is_wide and field in WIDE_HAS_NOT):
                continue
            if field == "kits" and (besides or _why_not(label) or not _can_be_kits(values[index])):
                continue
            if field == "year" and "date" in (f for f in FIELDS if f != "year" and _rank(f, words) is not None):
                continue
            ranked.append((rank + 100 * bool(field == "kits" and _TOTAL.search(words)), index, field))
    guesses = {index: SPREAD for index in range(len(labels)) if index in periods}
    for _, index, field in sorted(ranked):
        if index not in guesses and field not in guesses.values():
            guesses[index] = field
    # A year by itself is the period; beside a month it completes it.
    year = next((index for index, field in guesses.items() if field == "year"), None)
    if year is not None and not is_wide and "date" not in guesses.values():
        guesses[year] = "date"
    return guesses


# ------------------------------------------------------------------ by values
def _by_values(guesses: dict[int, str], values: Sequence[list[Any]], labels: Sequence[str]) -> None:
    """A ZIP or date column may have any name. Of numbers there are many: a column is taken only when it is the only one."""
    for field, fits in (("zip", _is_zip), ("date", _is_date), ("kits", _is_kits)):
        if field in guesses.values() or (field in WIDE_HAS_NOT and SPREAD in guesses.values()):
            continue
        found = [
            index
            for index, cells in enumerate(values)
            if index not in guesses
            and cells
            and sum(map(fits, cells)) >= MOSTLY * len(cells)
            and not (
                field == "kits" and (_why_not(labels[index]) or labels[index] in MENDING or period_of(labels[index]))
            )
        ]
        if found and (field != "kits" or len(found) == 1):
            guesses[found[0]] = field


def _can_be_kits(cells: list[Any]) -> bool:
    return not cells or any(_is_kits(cell) or are_rates([cell]) or _MARK.fullmatch(shown(cell)) for cell in cells)


def _is_zip(cell: Any) -> bool:
    text = shown(cell)
    if len(text.strip()) < 4:
        return False
    try:
        parse_zip(text)
    except NotReadable as wrong:
        return wrong.proposal is not None
    return True


def _is_kits(cell: Any) -> bool:
    try:
        parse_kits(shown(cell))
    except NotReadable:
        return False
    return True


def _is_date(cell: Any) -> bool:
    try:
        (first, last), is_serial = span_of(cell, "mdy" if _first_part(cell) <= 12 else "dmy")
    except NotReadable:
        return False
    return not is_serial and (first, last) != months(first.year, 1, 12)


def _first_part(cell: Any) -> int:
    found = re.match(r"\s*(\d{1,2})[/.-]", cell) if type(cell) is str else None
    return int(found[1]) if found else 1


def _looks_counted(cells: Sequence[Any]) -> bool:
    """A row of data: it has a number, a ZIP or a day."""
    return any(
        type(cell) is not str or _is_zip(cell) or (cell.strip() and _is_kits(cell)) or _is_date(cell)
        for cell in cells
        if cell != ""
    )


def _labels(cells: Sequence[Any]) -> list[str]:
    months_meant = month_names(cells)
    return [months_meant.get(index) or " ".join(shown(cell).split())[:60] for index, cell in enumerate(cells)]
