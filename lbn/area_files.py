"""Reading a file of figures by area: residents, deaths or EMS runs by ZIP or county and year. Aggregate counts, and nothing else.

Everything that is not a whole number of an area and a year is listed and left out, never guessed: a suppressed mark is not a zero, a
rate is not a count. A file that is about persons, or of rates, is refused whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from lbn.enums import AreaKind
from phast.geo.zips import ZipError, normalise_zip
from phast.sheets.cells import shown, words_of
from phast.sheets.personal import HEADER, VALUES
from phast.sheets.refused import FileRefused
from phast.sheets.source import open_table
from phast.sheets.texts import LOOK_AT, refuse_persons

MOST_ROWS = 60_000  # all ZIP codes of the country, with a year to spare
LISTED = 200  # problems that are written down; more are counted
FIRST_YEAR, LAST_YEAR = 1990, 2100

_ZIP = re.compile(r"(?:(?:5 digit )?zip(?: ?codes?)?(?: 5)?|zcta\d*|postal codes?|zip code tabulation area)")
_COUNTY = re.compile(r"(?:county(?: name| fips)?|fips(?: code)?|county fips code|geoid\d*|area)")
_YEAR = re.compile(r"(?:(?:calendar |reporting )?year|yr|period)")
_RATE = re.compile(r"\b(?:rates?|per (?:1 ?0+|thousand|hundred|capita)|percent(?:age)?|pct|ratio|average|mean|per)\b|%")
_FIGURE = {
    AreaKind.POPULATION: re.compile(r"population|residents|people|persons|\bpop\b|inhabitants|b01003"),
    AreaKind.DEATHS: re.compile(r"deaths?|fatal|decedents|died|overdoses?|counts?|\bnumber\b|total"),
    AreaKind.EMS_RUNS: re.compile(
        r"runs?|incidents|calls|responses|encounters|ems|overdoses?|counts?|\bnumber\b|total"
    ),
}
_ABOUT_PERSONS = {what for what in HEADER if what != "ages"}
_TOTAL = re.compile(r"(?:grand |sub ?)?totals?|all|statewide|state|county total|united states")
_WHY = "Only totals by area and year may come here"


@dataclass
class Found:
    """`rows`: ZIP, county (one of them ""), year, figure. `problems`: row and sentence. `elsewhere`: rows of areas that are not ours."""

    rows: list[tuple[str, str, int, int]] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    more_problems: int = 0
    elsewhere: int = 0
    left_out: list[str] = field(default_factory=list)

    def tell(self, row: int, sentence: str) -> None:
        if len(self.problems) < LISTED:
            self.problems.append((row, sentence))
        else:
            self.more_problems += 1


@dataclass(frozen=True)
class _Columns:
    area: int
    by_zip: bool
    year: int | None
    figures: Mapping[int, int]  # column → the year it is of; 0 is what the year column or the form says


def read_areas(
    file: BinaryIO, name: str, *, kind: AreaKind, year: int | None, counties: Mapping[str, str], zips: set[str]
) -> Found:
    """What the file holds. `year`: for a file that does not say. `counties`: our counties' FIPS codes → names; `zips`: the ZIPs in them.

    Raises FileRefused, with what to do.
    """
    table = open_table(file, name)
    rows: list[tuple[int, list[str]]] = []
    for number, cells, mark in table.rows():
        if mark:
            continue
        if len(rows) >= MOST_ROWS:
            raise FileRefused(f"This sheet has more than {MOST_ROWS:,} rows. Keep those of our area, and try again.")
        rows.append((number, [shown(cell, 80).strip() for cell in cells]))
    if not rows:
        raise FileRefused("This sheet has no rows. Check that the figures are there, and try again.")
    texts = [cells for _, cells in rows]
    header = next((at for at, cells in enumerate(texts[:LOOK_AT]) if _area_column(cells) is not None), None)
    if header is None:
        refuse_persons(texts[:1000], 0, kinds=_ABOUT_PERSONS, values=VALUES, why=_WHY)
        raise FileRefused(
            "No column is called “ZIP code” or “County”. Name the columns: ZIP code (or county), year, and the figure."
        )
    refuse_persons(texts, header + 1, kinds=_ABOUT_PERSONS, values=VALUES, why=_WHY)
    columns = _columns(texts[header], kind, year)
    found = Found(left_out=list(table.left_out))
    if len(table.sheets) > 1:
        found.left_out.append(f"Only the sheet “{table.sheet}” is read.")
    _read(rows[header + 1 :], columns, year, counties, zips, found)
    if not found.rows:
        raise FileRefused(_nothing(found))
    return found


def _area_column(cells: Sequence[str]) -> tuple[int, bool] | None:
    """Which column names the area, and whether by ZIP."""
    for pattern, by_zip in ((_ZIP, True), (_COUNTY, False)):
        for at, label in enumerate(cells):
            if pattern.fullmatch(words_of(label)):
                return at, by_zip
    return None


def _columns(labels: Sequence[str], kind: AreaKind, year: int | None) -> _Columns:
    area, by_zip = _area_column(labels) or (0, True)
    words = [words_of(label) for label in labels]
    year_at = next((at for at, label in enumerate(words) if _YEAR.fullmatch(label)), None)
    others = [at for at, label in enumerate(words) if label and at not in {area, year_at}]
    by_year = {at: int(words[at]) for at in others if re.fullmatch(r"(?:19|20)\d\d", words[at])}
    if by_year:
        return _Columns(area, by_zip, None, by_year)
    rates = [at for at in others if _RATE.search(words[at]) or "%" in labels[at]]
    named = [at for at in others if at not in rates and _FIGURE[kind].search(words[at])]
    if not named and rates:
        raise FileRefused(
            f"The column “{labels[rates[0]][:40]}” holds rates. Bring in the counts they are made of: rates cannot be added."
        )
    if len(named) != 1:
        seen = "”, “".join(label[:40] for label in labels if label)
        raise FileRefused(
            f"Which column holds the figure? There are “{seen}”. Keep the area, the year and one column named for {kind.label}."
        )
    if year_at is None and year is None:
        raise FileRefused("No column says the year. Enter the year of the whole file, or add a column “Year”.")
    return _Columns(area, by_zip, year_at, {named[0]: 0})


def _read(
    rows: Sequence[tuple[int, list[str]]],
    columns: _Columns,
    year: int | None,
    counties: Mapping[str, str],
    zips: set[str],
    found: Found,
) -> None:
    names = {_plain(name): fips for fips, name in counties.items()}
    seen: dict[tuple[str, str, int], int] = {}
    twice = fractions = 0
    for number, cells in rows:
        text = _at(cells, columns.area)
        if not text or _TOTAL.fullmatch(words_of(text)):
            if any(_at(cells, at) for at in columns.figures):
                found.tell(number, "This row names no area, or is a total: left out.")
            continue
        try:
            code, county = _area(text, columns.by_zip, names, counties)
        except ValueError as error:
            found.tell(number, str(error))
            continue
        if (code and zips and code not in zips) or not (code or county):
            found.elsewhere += 1
            continue
        for at, of in columns.figures.items():
            when = of or (_year(_at(cells, columns.year)) if columns.year is not None else year)
            if when is None:
                found.tell(number, "This row says no year between 1990 and 2100: left out.")
                continue
            try:
                figure = _figure(_at(cells, at))
            except ValueError as error:
                fractions += "fraction" in str(error)
                found.tell(number, str(error))
                continue
            key = (code, county, when)
            if key in seen:
                twice += 1
                found.tell(number, f"{text} stands in row {seen[key]} for {when} already: left out.")
                continue
            seen[key] = number
            found.rows.append((code, county, when, figure))
    if fractions > max(2, len(found.rows) // 10):
        raise FileRefused("The figures have fractions, as rates and averages do. Bring in whole counts, and try again.")
    if twice > max(2, len(found.rows) // 5):
        raise FileRefused(
            "Many areas stand more than once for the same year, as in a list of cases or of groups. "
            "Add them up to one row for each area and year, and try again."
        )


def _area(text: str, by_zip: bool, names: Mapping[str, str], counties: Mapping[str, str]) -> tuple[str, str]:
    """ZIP or county; both "" for a county that is not ours. Raises ValueError with a sentence."""
    if by_zip:
        text = re.sub(r"^(?:ZCTA5?|86000US)\s*", "", text)
        try:
            return normalise_zip(text), ""
        except ZipError as error:
            if error.proposal:  # a spreadsheet dropped the zeros; whether it is one of ours is asked next
                return error.proposal, ""
            raise ValueError(f"{error} Left out.") from None
    digits = re.sub(r"^(?:0500000US)", "", text)
    if digits.isdigit():
        fips = digits.zfill(5)
        return "", fips if fips in counties else ""
    return "", names.get(_plain(text), "")


def _plain(name: str) -> str:
    """A county's name without its state and what it calls itself."""
    return re.sub(r" (?:county|parish|municipio)$", "", words_of(name.partition(",")[0]))


def _year(text: str) -> int | None:
    found = re.fullmatch(r"(\d{4})(?:\.0+)?(?:-\d\d-\d\d)?", text)
    return int(found[1]) if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR else None


def _figure(text: str) -> int:
    """A whole count. Raises ValueError with a sentence."""
    plain = text.replace(",", "").strip()
    if not plain:
        raise ValueError("No figure here: left out. An empty cell is not a zero.")
    if re.fullmatch(r"\d{1,9}(?:\.0+)?", plain):
        return int(float(plain))
    if re.fullmatch(r"\d*\.\d+", plain):
        raise ValueError("A fraction is no count: left out.")
    if plain.endswith("%"):
        raise ValueError("A fraction (percent) is no count: left out.")
    if re.fullmatch(r"-\d+(?:\.\d+)?", plain):
        raise ValueError("A figure below zero: left out.")
    raise ValueError(f"“{text[:20]}” is no number, perhaps a suppressed figure: left out. It is not a zero.")


def _at(cells: Sequence[Any], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""


def _nothing(found: Found) -> str:
    if found.elsewhere:
        return f"None of the {found.elsewhere:,} rows is of an area of ours. Check the counties in the coalition’s settings, or the file."
    if found.problems:
        row, sentence = found.problems[0]
        return f"No row could be read. Row {row}: {sentence}"
    return "There are no figures below the names of the columns. Check the file, and try again."
