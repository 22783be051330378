"""From a row of a file to an entry, or to the reasons why it is none. The rules themselves are `lbn.rules`.

A file says the same things over and over, so every text is read once and remembered: what costs is reading a million rows, not
knowing the rules.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lbn import rules
from lbn.enums import Place, Recipient, Setting
from lbn.rules import Entry, Limits, NotReadable, Problem, Severity
from phast.sheets.cells import FORBIDDEN, INVISIBLE, words_of
from phast.sheets.personal import kind_of
from phast.sheets.workbook import Broken

from . import dates
from .personal import PersonalWatch
from .reading import Reading
from .words import FLAG, PLACES, RECIPIENTS, SETTINGS

REMEMBERED = 50_000  # texts of one column; a column of rubbish must not fill the memory

_TOTAL = re.compile(
    r"\s*(?:grand |sub ?-?)?(?:totals?|sum|ytd|year[- ]to[- ]date)\s*(?:[:\d]|$|for\b|of\b|kits?\b|all\b)|.*\btotals?\s*:?\s*$",
    re.IGNORECASE,
)
_IS_FORBIDDEN, _IS_INVISIBLE, _IS_TOTAL, _IS_PERSONAL = 1, 2, 4, 8
_MARK = re.compile(
    r"[<≤>]\s*=?\s*\d+|\*+|n\s*/?\s*a\.?|suppressed|masked|redacted|hidden|[sd]|-+|–|—|\.+|\(?[a-z]\)|#+", re.IGNORECASE
)


class Fields(NamedTuple):
    """An entry as it is written."""

    partner_id: int
    from_on: dt.date
    to_on: dt.date
    place: str
    zip_code: str
    kits: int
    setting: str
    recipient: str
    kit_type_id: int | None


class Found(NamedTuple):
    """What a row is: an entry with the questions it raises (bits of FLAG), or `skipped` (a key of SKIPPED), or `problems`, each a
    field of FIELDS and a sentence. `asides`: question → what to show of it."""

    fields: Fields | None
    flags: int = 0
    skipped: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    asides: tuple[tuple[str, str], ...] = ()


class _Value(NamedTuple):
    """A cell, read."""

    value: Any = None
    flag: str = ""
    aside: str = ""
    problem: str = ""


class _Memory(dict[Any, Any]):
    """Reads a value once."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, raw: Any) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[raw] = self._read(raw)
        return found


@dataclass(frozen=True)
class Surroundings:
    """What rows are compared with. `limits` by agency; `agencies` by name in plain words; `closed`: spans of closed periods with
    the sentence that says so; `since_1904` from the workbook."""

    limits: dict[int, Limits]
    agencies: dict[str, int]
    partner_id: int | None
    kit_types: dict[str, int]
    closed: list[tuple[dt.date, dt.date, str]] = field(default_factory=list)
    since_1904: bool = False


class RowReader:
    """Reads rows as `reading` says. Raises PersonalFile when the rows turn out to be about persons."""

    def __init__(self, reading: Reading, around: Surroundings) -> None:
        self._reading, self._around = reading, around
        self._any = next(iter(around.limits.values()))
        columns = reading.columns
        self._zip, self._kits, self._date = columns.get("zip"), columns["kits"], columns.get("date")
        self._year, self._agency = columns.get("year"), columns.get("agency")
        self._unusual_from = {partner: limits.unusual for partner, limits in around.limits.items()}
        choices = {"setting": self._setting, "recipient": self._recipient, "kit_type": self._kit_type}
        # What is given for all rows, and the optional columns that say it row by row.
        self._given: list[Any] = [reading.setting, reading.recipient, reading.kit_type]
        self._chosen = [
            (slot, columns[name], _Memory(read)) for slot, (name, read) in enumerate(choices.items()) if name in columns
        ]
        self._width = max([len(reading.labels), *(index + 1 for index in columns.values())])
        self._watch, self._texts = PersonalWatch(reading.labels), _Memory(self._note)
        self._zips, self._numbers = _Memory(self._read_zip), _Memory(self._read_kits)
        self._spans, self._agencies = _Memory(self._read_span), _Memory(self._read_agency)
        self._given_place = _Value((reading.place, ""))
        self._given_span = _Value(reading.span, problem=self._check_span(reading.span) if reading.span else "")
        self._own = _Value(around.partner_id)
        self._headers = {words_of(label) for label in (reading.label("zip"), reading.label("kits")) if label}

    def read(self, cells: list[Any], mark: str) -> Found:
        """What the row is. `mark`: why the table says it is none."""
        if mark:
            return Found(None, skipped=mark)
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        noted = 0
        for cell in cells:
            if type(cell) is str:
                noted |= self._texts[cell]
        if noted:
            if noted & _IS_FORBIDDEN:
                return _wrong(
                    "",
                    "This row has characters that cannot be seen, such as a mark that turns the writing round. Type the row again.",
                )
            if noted & _IS_PERSONAL:
                self._watch.see(cells)
            if noted & _IS_TOTAL:
                return Found(None, skipped="total")
            if noted & _IS_INVISIBLE:
                cells = [INVISIBLE.sub("", cell) if type(cell) is str else cell for cell in cells]
        if len(cells) > self._reading.width > 0 and any(str(cell).strip() for cell in cells[self._reading.width :]):
            return _wrong("", "This row has more cells than the header has columns. Look for a comma inside a value.")
        return self._entry(cells)

    def _note(self, text: str) -> int:
        """What a text is apart from a value, as bits."""
        return (
            _IS_FORBIDDEN * bool(FORBIDDEN.search(text))
            | _IS_INVISIBLE * bool(INVISIBLE.search(text))
            | _IS_TOTAL * bool(_TOTAL.match(text))
            | _IS_PERSONAL * bool(kind_of(text))
        )

    def _entry(self, cells: list[Any]) -> Found:
        kits = self._numbers[cells[self._kits]]
        zip_code = self._given_place if self._zip is None else self._zips[cells[self._zip]]
        agency = self._own if self._agency is None else self._agencies[cells[self._agency]]
        year = "" if self._year is None else cells[self._year]
        span = self._given_span if self._date is None else self._spans[cells[self._date], year]
        if kits.value is None and (skipped := self._no_entry(cells, kits, zip_code)):
            return Found(None, skipped=skipped)
        if kits.problem or zip_code.problem or agency.problem or span.problem:
            named = (("kits", kits), ("zip", zip_code), ("agency", agency), ("date", span))
            return Found(None, problems=tuple((name, value.problem) for name, value in named if value.problem))
        values = [kits, zip_code, agency, span]
        chosen = list(self._given)
        for slot, index, memory in self._chosen:
            value = memory[cells[index]]
            chosen[slot] = value.value
            values.append(value)
        if kits.value > self._unusual_from[agency.value]:
            values.append(self._unusual(kits.value, self._around.limits[agency.value]))
        flags = 0
        asides: tuple[tuple[str, str], ...] = ()
        for value in values:
            if value.flag:
                flags |= FLAG[value.flag]
                asides += ((value.flag, value.aside),)
        first, last = span.value
        place, code = zip_code.value
        fields = Fields(agency.value, first, last, place, code, kits.value, *chosen)
        return Found(fields, flags, asides=asides)

    def _no_entry(self, cells: list[Any], kits: _Value, zip_code: _Value) -> str:
        """Why a row without a number of kits is neither an entry nor a mistake; "" when it is a mistake."""
        if kits.problem:
            return "header" if words_of(str(cells[self._kits])) in self._headers else ""
        if self._zip is not None and zip_code.problem:
            return "note"
        return "no_number"

    # -------------------------------------------------------------- one cell
    def _read_kits(self, raw: Any) -> _Value:
        if isinstance(raw, Broken):
            return _Value(problem=raw.sentence)
        if isinstance(raw, float):
            if not raw.is_integer():
                return _Value(problem="Kits are whole numbers. This has decimals, as a rate or an average has.")
            raw = str(int(raw))
        elif isinstance(raw, (dt.date, dt.time, dt.timedelta)):
            return _Value(problem="This cell is formatted as a date or time. Format it as a number.")
        text = raw.strip()
        if not text:
            return _Value()
        if _MARK.fullmatch(text):
            return _Value(
                problem="This is a mark for a number that is hidden or missing, not a number. Ask for the number, or leave the row out."
            )
        if re.fullmatch(r"-?\d*\.\d*[1-9]\d*|.*%", text):
            return _Value(problem="Kits are whole numbers. This is a rate, an average or a percentage.")
        try:
            number = rules.parse_kits(text.removesuffix(".0"))
        except NotReadable as wrong:
            return _Value(problem=str(wrong))
        entry = Entry(self._any.today, self._any.today, Place.UNKNOWN, "", number)
        wrong_kits = [p for p in rules.check(entry, self._any)[1] if p.field == "kits" and p.severity == Severity.ERROR]
        return _Value(problem=wrong_kits[0].sentence) if wrong_kits else _Value(number)

    def _unusual(self, number: int, limits: Limits) -> _Value:
        entry = Entry(limits.today, limits.today, Place.UNKNOWN, "", number)
        problem = next(p for p in rules.check(entry, limits)[1] if p.code == "kits_unusual")
        return _Value(flag="kits_unusual", aside=problem.sentence)

    def _read_zip(self, raw: Any) -> _Value:
        if isinstance(raw, Broken):
            return _Value(problem=raw.sentence)
        text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
        words = words_of(text)
        if words in PLACES:
            return _Value((PLACES[words], ""))
        if not words:
            return _Value(problem="There is no ZIP code. Write it, or “unknown”.")
        flag = aside = ""
        try:
            code = rules.parse_zip(text)
        except NotReadable as wrong:
            if wrong.proposal is None:
                return _Value(problem=str(wrong))
            code, flag, aside = wrong.proposal, "padding", f"{text.strip()} → {wrong.proposal}"
        entry, problems = rules.check(Entry(self._any.today, self._any.today, Place.ZIP, code, 0), self._any)
        return self._asked((entry.place, entry.zip_code), [p for p in problems if p.field == "zip_code"], flag, aside)

    def _asked(self, value: Any, problems: list[Problem], flag: str, aside: str) -> _Value:
        for problem in problems:
            if problem.severity == Severity.ERROR:
                return _Value(problem=problem.sentence)
            # A lost zero is asked about with what the longer ZIP is; agreeing to it agrees to both.
            flag, aside = (flag, f"{aside}, {problem.sentence}") if flag else (problem.code, problem.sentence)
        return _Value(value, flag, aside)

    def _read_span(self, raw: tuple[Any, Any]) -> _Value:
        cell, year = raw
        if isinstance(cell, Broken):
            return _Value(problem=cell.sentence)
        if cell == "" or (type(cell) is str and not cell.strip()):
            return _Value(problem="There is no date or month.")
        if isinstance(year, float) and year.is_integer():
            year = int(year)
        try:
            span, is_serial = dates.span_of(
                cell, self._reading.date_order, since_1904=self._around.since_1904, year=str(year).strip()
            )
        except NotReadable as wrong:
            return _Value(problem=str(wrong))
        span = dates.so_far(span, self._any.today)
        if problem := self._check_span(span):
            return _Value(problem=problem)
        if is_serial:
            return _Value(span, "serial", f"{int(float(cell))} → {dates.in_words(*span)}")
        return _Value(span)

    def _check_span(self, span: tuple[dt.date, dt.date]) -> str:
        problems = [
            p for p in rules.check(Entry(*span, Place.UNKNOWN, "", 0), self._any)[1] if p.field in ("from_on", "to_on")
        ]
        if problems:
            return problems[0].sentence
        return next((says for first, last, says in self._around.closed if first <= span[0] and span[1] <= last), "")

    def _read_agency(self, raw: Any) -> _Value:
        words = words_of(str(raw))
        if not words:
            return (
                _Value(self._around.partner_id)
                if self._around.partner_id
                else _Value(problem="There is no agency in this row.")
            )
        partner_id = self._around.agencies.get(words)
        if partner_id in self._around.limits:
            return _Value(partner_id)
        return _Value(problem="This is not the name of an agency you can import for. Write it as in the roster.")

    def _setting(self, raw: Any) -> _Value:
        return _choice(raw, Setting, SETTINGS)

    def _recipient(self, raw: Any) -> _Value:
        return _choice(raw, Recipient, RECIPIENTS)

    def _kit_type(self, raw: Any) -> _Value:
        words = words_of(str(raw))
        if not words:
            return _Value(self._reading.kit_type)
        found = self._around.kit_types.get(words)
        return (
            _Value(found)
            if found
            else _Value(None, "choices", f"“{str(raw).strip()[:40]}” is no kit type here: saved as not recorded.")
        )


def _choice(raw: Any, choices: Any, others: dict[str, str]) -> _Value:
    words = words_of(str(raw))
    for value, label in choices.choices:
        if words in (words_of(label), words_of(value)):
            return _Value(value)
    if words in others:
        return _Value(others[words])
    return _Value(
        choices.OTHER, "choices", f"“{str(raw).strip()[:40]}” is not in the list: saved as “{choices.OTHER.label}”."
    )


def _wrong(name: str, sentence: str) -> Found:
    return Found(None, problems=((name, sentence),))
