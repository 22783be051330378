"""One cell of a file, read as the value of its field. The rules themselves are `lbn.rules`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lbn import rules
from lbn.enums import Place, Recipient, Setting
from lbn.rules import Entry, Limits, NotReadable, Problem, Severity
from phast.exports import FORMULA
from phast.sheets.cells import words_of
from phast.sheets.workbook import Broken

from . import dates
from .reading import Reading
from .words import PLACES, RECIPIENTS, REMOVED, SETTINGS

_MARK = re.compile(
    r"[<≤>]\s*=?\s*\d+|\*+|n\s*/?\s*a\.?|suppressed|masked|redacted|hidden|[sd]|-+|–|—|\.+|\(?[a-z]\)|#+", re.IGNORECASE
)
_HIDDEN_NUMBER = (
    "This is a mark for a number that is hidden or missing, not a number. Ask for the number, or leave the row out."
)


class Value(NamedTuple):
    """A cell, read. `flag`: a key of ASKED with what to show of it (`aside`); `problem`: why it cannot be read."""

    value: Any = None
    flag: str = ""
    aside: str = ""
    problem: str = ""


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


class ValueReader:
    """Reads cells as `reading` says, comparing them with what is around."""

    def __init__(self, reading: Reading, around: Surroundings) -> None:
        self._reading, self._around = reading, around
        self._any = next(iter(around.limits.values()))
        self.today = self._any.today

    def read_kits(self, raw: Any) -> Value:
        """A whole number of kits; no value for a blank cell."""
        if isinstance(raw, Broken):
            return Value(problem=raw.sentence)
        if isinstance(raw, float):
            if not raw.is_integer():
                return Value(problem="Kits are whole numbers. This has decimals, as a rate or an average has.")
            raw = str(int(raw))
        elif isinstance(raw, (dt.date, dt.time, dt.timedelta)):
            return Value(problem="This cell is formatted as a date or time. Format it as a number.")
        text = raw.strip()
        if not text:
            return Value()
        if _MARK.fullmatch(text):
            return Value(problem=_HIDDEN_NUMBER)
        if re.fullmatch(r"-?\d*\.\d*[1-9]\d*|.*%", text):
            return Value(problem="Kits are whole numbers. This is a rate, an average or a percentage.")
        try:
            number = rules.parse_kits(text)
        except NotReadable as wrong:
            return Value(problem=str(wrong))
        entry = Entry(self._any.today, self._any.today, Place.UNKNOWN, "", number)
        wrong_kits = [p for p in rules.check(entry, self._any)[1] if p.field == "kits" and p.severity == Severity.ERROR]
        return Value(problem=wrong_kits[0].sentence) if wrong_kits else Value(number)

    def unusual(self, number: int, limits: Limits) -> Value:
        """What is asked about a number this large."""
        entry = Entry(limits.today, limits.today, Place.UNKNOWN, "", number)
        problem = next(p for p in rules.check(entry, limits)[1] if p.code == "kits_unusual")
        return Value(flag="kits_unusual", aside=problem.sentence)

    def read_zip(self, raw: Any) -> Value:
        """A place and, where the place is a ZIP, its code."""
        if isinstance(raw, Broken):
            return Value(problem=raw.sentence)
        text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
        words = words_of(text)
        if words in PLACES:
            return Value((PLACES[words], ""))
        if not words:
            return Value(problem="There is no ZIP code. Write it, or “unknown”.")
        flag = aside = ""
        try:
            code = rules.parse_zip(text)
        except NotReadable as wrong:
            if wrong.proposal is None:
                return Value(problem=str(wrong))
            code, flag, aside = wrong.proposal, "padding", f"{text.strip()} → {wrong.proposal}"
        entry, problems = rules.check(Entry(self._any.today, self._any.today, Place.ZIP, code, 0), self._any)
        return self._asked((entry.place, entry.zip_code), [p for p in problems if p.field == "zip_code"], flag, aside)

    def _asked(self, value: Any, problems: list[Problem], flag: str, aside: str) -> Value:
        for problem in problems:
            if problem.severity == Severity.ERROR:
                return Value(problem=problem.sentence)
            # A lost zero is asked about with what the longer ZIP is; agreeing to it agrees to both.
            flag, aside = (flag, f"{aside}, {problem.sentence}") if flag else (problem.code, problem.sentence)
        return Value(value, flag, aside)

    def read_besides(self, raw: Any) -> Value:
        """How often something was declined, missing or reported; None where the cell is blank, which is "not said"."""
        if isinstance(raw, Broken):
            return Value(problem=raw.sentence)
        if isinstance(raw, float) and raw.is_integer():
            raw = str(int(raw))
        text = str(raw).strip()
        if text and _MARK.fullmatch(text):
            return Value(problem=_HIDDEN_NUMBER)
        try:
            return Value(rules.parse_besides(text))
        except NotReadable as wrong:
            return Value(problem=str(wrong))

    def besides_of(self, name: str) -> Callable[[Any], Value]:
        """Reads the cells of one of `rules.BESIDES`."""

        def read(raw: Any) -> Value:
            value = self.read_besides(raw)
            if value.value is None:
                return value
            entry = Entry(self._any.today, self._any.today, Place.UNKNOWN, "", 0, **{name: value.value})
            told = [problem for problem in rules.check(entry, self._any)[1] if problem.field == name]
            if told and told[0].severity == Severity.CONFIRM:
                return value._replace(flag="besides_unusual", aside=told[0].sentence)
            return Value(problem=told[0].sentence) if told else value

        return read

    def read_span(self, raw: tuple[Any, Any, Any]) -> Value:
        """The first cell and, where the file has them, the year and the last day."""
        cell, year, last = raw
        if isinstance(cell, Broken) or isinstance(last, Broken):
            return Value(problem=(cell if isinstance(cell, Broken) else last).sentence)
        if cell == "" or (type(cell) is str and not cell.strip()):
            return Value(problem="There is no date or month.")
        if isinstance(year, float) and year.is_integer():
            year = int(year)
        try:
            span, is_serial = self._span_of(cell, str(year).strip())
            if str(last).strip():
                (_, last_day), last_is_serial = self._span_of(last, "")
                span, is_serial = (span[0], last_day), is_serial or last_is_serial
        except NotReadable as wrong:
            return Value(problem=str(wrong))
        span = dates.so_far(span, self._any.today)
        if problem := self.check_span(span):
            return Value(problem=problem)
        if is_serial:
            return Value(span, "serial", f"{int(float(cell))} → {dates.in_words(*span)}")
        return Value(span)

    def _span_of(self, cell: Any, year: str) -> tuple[dates.Span, bool]:
        return dates.span_of(cell, self._reading.date_order, since_1904=self._around.since_1904, year=year)

    def check_span(self, span: tuple[dt.date, dt.date]) -> str:
        """What is wrong with the span, or "": it lies in the future, before the start, or in a closed period."""
        problems = [
            p for p in rules.check(Entry(*span, Place.UNKNOWN, "", 0), self._any)[1] if p.field in ("from_on", "to_on")
        ]
        if problems:
            return problems[0].sentence
        return next((says for first, last, says in self._around.closed if first <= span[0] and span[1] <= last), "")

    def read_agency(self, raw: Any) -> Value:
        """The agency of that name, as far as the person may import for it."""
        words = words_of(unescaped(str(raw)))
        if not words:
            return (
                Value(self._around.partner_id)
                if self._around.partner_id
                else Value(problem="There is no agency in this row.")
            )
        partner_id = self._around.agencies.get(words)
        if partner_id in self._around.limits:
            return Value(partner_id)
        return Value(problem="This is not the name of an agency you can import for. Write it as in the roster.")

    def setting(self, raw: Any) -> Value:
        """A setting, or what is asked about the word."""
        return _choice(raw, Setting, SETTINGS)

    def recipient(self, raw: Any) -> Value:
        """A recipient, or what is asked about the word."""
        return _choice(raw, Recipient, RECIPIENTS)

    def kit_type(self, raw: Any) -> Value:
        """A kit of the coalition, or what is asked about the word."""
        words = words_of(unescaped(str(raw)))
        if not words:
            return Value(self._reading.kit_type)
        found = self._around.kit_types.get(words)
        return (
            Value(found)
            if found
            else Value(None, "choices", f"“{str(raw).strip()[:40]}” is no kit type here: saved as not recorded.")
        )


def says_removed(raw: Any) -> bool:
    """True when the cell says that the row no longer counts."""
    return words_of(str(raw)) in REMOVED


def unescaped(text: str) -> str:
    """A text as it was before an export put an apostrophe before what looks like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _choice(raw: Any, choices: Any, others: dict[str, str]) -> Value:
    words = words_of(str(raw))
    for value, label in choices.choices:
        if words in (words_of(label), words_of(value)):
            return Value(value)
    if words in others:
        return Value(others[words])
    return Value(
        choices.OTHER, "choices", f"“{str(raw).strip()[:40]}” is not in the list: saved as “{choices.OTHER.label}”."
    )
