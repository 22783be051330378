"""From a row of a file to its entries, or to the reasons why it has none.

A file says the same things over and over, so every text is read once and remembered: what costs is reading a million rows, not
knowing the rules.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import itemgetter, or_
from typing import Any, NamedTuple

from lbn.rules import BESIDES
from phast.sheets.cells import FORBIDDEN, INVISIBLE, words_of
from phast.sheets.personal import kind_of

from . import dates
from .personal import PersonalWatch
from .reading import Reading, part_of
from .values import Surroundings, Value, ValueReader, says_removed
from .words import FLAG

REMEMBERED = 20_000  # texts of one column; a column of rubbish must not fill the memory

_TOTAL = re.compile(
    r"\s*(?:grand |sub ?-?)?(?:totals?|sum|ytd|year[- ]to[- ]date)\s*(?:[:\d]|$|for\b|of\b|kits?\b|all\b)|.*\btotals?\s*:?\s*$",
    re.IGNORECASE,
)
_IS_FORBIDDEN, _IS_INVISIBLE, _IS_TOTAL, _IS_PERSONAL = 1, 2, 4, 8
_NOTHING: tuple[None, None, None] = (None, None, None)


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
    declined: int | None
    none_available: int | None
    reversals: int | None


class Found(NamedTuple):
    """What a row, or a cell of a wide one, is: an entry with the questions it raises (bits of FLAG), or `skipped` (a key of SKIPPED), or
    `problems`, each a field of FIELDS or a column's number, and a sentence. `asides`: question → what to show of it. `column` tells
    the entries of a wide row apart; it is 0 in a long one."""

    fields: Fields | None
    flags: int = 0
    skipped: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    asides: tuple[tuple[str, str], ...] = ()
    column: int = 0


class _Plain(NamedTuple):
    """What the cells besides place and kits say, the same in row after row. `most`: as many kits raise no question; none do where
    something in these cells is wrong or asked about."""

    most: int
    span: tuple[Any, ...] = ()
    chosen: tuple[Any, ...] = ()


_NOT_PLAIN = _Plain(-1)


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


class RowReader:
    """Reads rows as `reading` says. Raises PersonalFile when the rows turn out to be about persons."""

    def __init__(self, reading: Reading, around: Surroundings) -> None:
        self._reading, self._around = reading, around
        values = self._values = ValueReader(reading, around)
        columns = reading.columns
        self._zip, self._kits, self._date = columns.get("zip"), columns.get("kits", -1), columns.get("date")
        self._year, self._last = columns.get("year"), columns.get("last")
        self._agency, self._removed = columns.get("agency"), columns.get("removed")
        self._unusual_from = {partner: limits.unusual for partner, limits in around.limits.items()}
        choices = {"setting": values.setting, "recipient": values.recipient, "kit_type": values.kit_type}
        # What is given for all rows, and the optional columns that say it row by row.
        self._given: list[Any] = [reading.setting, reading.recipient, reading.kit_type]
        self._chosen = [
            (slot, columns[name], _Memory(read)) for slot, (name, read) in enumerate(choices.items()) if name in columns
        ]
        self._besides = [
            (slot, name, columns[name], _Memory(values.besides_of(name)))
            for slot, name in enumerate(BESIDES)
            if name in columns
        ]
        self._width = max(
            [len(reading.labels), *(index + 1 for index in columns.values()), *(each[0] + 1 for each in reading.spread)]
        )
        self._watch, self._note_of = PersonalWatch(reading.labels), _Memory(_note).__getitem__
        self._zips, self._numbers = _Memory(values.read_zip), _Memory(values.read_kits)
        self._spans, self._agencies = _Memory(values.read_span), _Memory(values.read_agency)
        self._given_place = Value((reading.place, ""))
        self._given_spans = [self._checked(part.span) for part in reading.parts]
        self._spread = [
            (index, self._checked((dt.date.fromisoformat(first), dt.date.fromisoformat(last))) if first else None, text)
            for index, first, last, text in reading.spread
        ]
        self._own = Value(around.partner_id)
        # Where these cells say the same, so do the rows, but for place and kits.
        others = [index for name, index in columns.items() if name not in ("zip", "kits")]
        span_is_said = self._date is not None or not reading.more
        self._others = itemgetter(*others) if others and span_is_said and not self._besides else None
        self._plain: dict[Any, _Plain] = {}
        self._headers = {words_of(label) for label in (reading.label("zip"), reading.label("kits")) if label}
        self._headers |= {words_of(reading.label(str(index))) for index, *_ in reading.spread}

    def read(self, number: int, cells: list[Any], mark: str) -> Iterable[Found]:
        """What the row is: one thing, or one for each period of a wide row. `mark`: why the table says it is none."""
        if mark:
            return (Found(None, skipped=mark),)
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        if any(map(self._note_of, cells)):
            noted = reduce(or_, map(self._note_of, cells))
            if noted & _IS_FORBIDDEN:
                return _wrong(
                    "This row has characters that cannot be seen, such as a mark that turns the writing round. Type the row again."
                )
            if noted & _IS_PERSONAL:
                self._watch.see(cells)
            if noted & _IS_TOTAL:
                return (Found(None, skipped="total"),)
            if noted & _IS_INVISIBLE:
                cells = [INVISIBLE.sub("", cell) if type(cell) is str else cell for cell in cells]
        if len(cells) > self._reading.width > 0 and any(str(cell).strip() for cell in cells[self._reading.width :]):
            return _wrong("This row has more cells than the header has columns. Look for a comma inside a value.")
        if self._removed is not None and says_removed(cells[self._removed]):
            return (Found(None, skipped="removed"),)
        if self._spread:
            return self._wide(cells)
        return (self._plain_entry(cells, number) or self._entry(cells, number),)

    def _checked(self, span: dates.Span | None) -> Value:
        if span is None:
            return Value()
        span = dates.so_far(span, self._values.today)
        return Value(span, problem=self._values.check_span(span))

    def _of_row(self, cells: list[Any]) -> tuple[Value, Value]:
        """Place and agency."""
        zip_code = self._given_place if self._zip is None else self._zips[cells[self._zip]]
        agency = self._own if self._agency is None else self._agencies[cells[self._agency]]
        return zip_code, agency

    def _plain_entry(self, cells: list[Any], number: int) -> Found | None:
        """The entry of a row with nothing to ask about or to mend, which is nearly every row; else None."""
        if self._others is None:
            return None
        others = self._others(cells)
        plain = self._plain.get(others)
        if plain is None:
            if len(self._plain) >= REMEMBERED:
                self._plain.clear()
            plain = self._plain[others] = self._plain_of(cells, number)
        kits = self._numbers[cells[self._kits]].value
        place, flag, *_ = self._given_place if self._zip is None else self._zips[cells[self._zip]]
        if kits is None or kits > plain.most or place is None or flag:
            return None
        return Found(Fields._make((*plain.span, *place, kits, *plain.chosen, None, None, None)))

    def _plain_of(self, cells: list[Any], number: int) -> _Plain:
        agency, span = self._of_row(cells)[1], self._span_of(cells, number)
        chosen, asked = list(self._given), span.flag
        for slot, index, memory in self._chosen:
            chosen[slot], flag, *_ = memory[cells[index]]
            asked = asked or flag
        if asked or agency.problem or span.problem:
            return _NOT_PLAIN
        return _Plain(self._unusual_from[agency.value], (agency.value, *span.value), tuple(chosen))

    def _span_of(self, cells: list[Any], number: int) -> Value:
        """What the columns of days say, or what was given where there are none."""
        if self._date is None:
            return self._given_spans[part_of(number)[0]]
        year = "" if self._year is None else cells[self._year]
        last = "" if self._last is None else cells[self._last]
        return self._spans[cells[self._date], year, last]

    def _entry(self, cells: list[Any], number: int) -> Found:
        kits = self._numbers[cells[self._kits]]
        zip_code, agency = self._of_row(cells)
        besides, said = self._said(cells) if self._besides else (_NOTHING, ())
        if kits.value is None and not said and (skipped := self._no_entry(cells, kits, zip_code)):
            return Found(None, skipped=skipped)
        span = self._span_of(cells, number)
        if kits.value is None and not kits.problem:
            kits = Value(problem="There is no number of kits beside the other numbers. For none, write 0.")
        if (
            kits.problem
            or zip_code.problem
            or agency.problem
            or span.problem
            or any(value.problem for _, value in said)
        ):
            named = (("kits", kits), ("zip", zip_code), ("agency", agency), ("date", span), *said)
            return Found(None, problems=tuple((name, value.problem) for name, value in named if value.problem))
        return self._made(cells, (kits, zip_code, agency, span, *(value for _, value in said)), besides)

    def _said(self, cells: list[Any]) -> tuple[Any, tuple[tuple[str, Value], ...]]:
        """What is said besides the kits, and the cells that say it or try to."""
        besides: list[Any] = [None, None, None]
        said = []
        for slot, name, index, memory in self._besides:
            value = memory[cells[index]]
            besides[slot] = value.value
            if value.value is not None or value.problem:
                said.append((name, value))
        return tuple(besides), tuple(said)

    def _wide(self, cells: list[Any]) -> Iterator[Found]:
        """One thing for each column of a period that holds anything; one for the row when what it says of itself is wrong."""
        numbers = [(index, self._numbers[cells[index]], span, text) for index, span, text in self._spread]
        filled = [each for each in numbers if each[1].value is not None or each[1].problem]
        zip_code, agency = self._of_row(cells)
        if len(filled) < len(numbers) and filled:
            for _ in range(len(numbers) - len(filled)):
                yield Found(None, skipped="no_number_cell")
        if not filled:
            yield Found(None, skipped="note" if self._zip is not None and zip_code.problem else "no_number")
            return
        if all(kits.problem and words_of(str(cells[index])) in self._headers for index, kits, _, _ in filled):
            yield Found(None, skipped="header")
            return
        wrong = [(name, value.problem) for name, value in (("zip", zip_code), ("agency", agency)) if value.problem]
        if wrong:
            yield Found(None, problems=tuple(wrong))
            return
        for index, kits, given, text in filled:
            span = given or self._spans[text, "" if self._year is None else cells[self._year], ""]
            problems = tuple((str(index), value.problem) for value in (kits, span) if value.problem)
            if problems:
                yield Found(None, problems=problems, column=index)
            else:
                yield self._made(cells, (kits, zip_code, agency, span), _NOTHING)._replace(column=index)

    def _made(self, cells: list[Any], values: tuple[Value, ...], besides: Any) -> Found:
        """The entry. `values` begins with kits, place, agency and span."""
        kits, zip_code, agency, span = values[:4]
        chosen = self._given
        if self._chosen:
            chosen = list(chosen)
            for slot, index, memory in self._chosen:
                value = memory[cells[index]]
                chosen[slot] = value.value
                if value.flag:
                    values += (value,)
        if kits.value > self._unusual_from[agency.value]:
            values += (self._values.unusual(kits.value, self._around.limits[agency.value]),)
        (first, last), (place, code) = span.value, zip_code.value
        fields = Fields(agency.value, first, last, place, code, kits.value, *chosen, *besides)
        flags = 0
        asides: tuple[tuple[str, str], ...] = ()
        for value in values:
            if value.flag:
                flags |= FLAG[value.flag]
                asides += ((value.flag, value.aside),)
        return Found(fields, flags, "", (), asides)

    def _no_entry(self, cells: list[Any], kits: Value, zip_code: Value) -> str:
        """Why a row without a number of kits is neither an entry nor a mistake; "" when it is a mistake."""
        if kits.problem:
            return "header" if words_of(str(cells[self._kits])) in self._headers else ""
        if self._zip is not None and zip_code.problem:
            return "note"
        return "no_number"


def _note(text: Any) -> int:
    """What a text is apart from a value, as bits; 0 for what is no text."""
    return type(text) is str and (
        _IS_FORBIDDEN * bool(FORBIDDEN.search(text))
        | _IS_INVISIBLE * bool(INVISIBLE.search(text))
        | _IS_TOTAL * bool(_TOTAL.match(text))
        | _IS_PERSONAL * bool(kind_of(text))
    )


def _wrong(sentence: str) -> tuple[Found]:
    """A mistake of the whole row."""
    return (Found(None, problems=(("", sentence),)),)
