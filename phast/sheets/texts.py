"""A sheet as rows of text, for files small enough to be kept whole while somebody answers questions about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, BinaryIO

from phast.exports import FORMULA

from .cells import letter_of, shown
from .personal import kind_of, personal_headers
from .refused import FileRefused, PersonalFile
from .source import Table, open_table
from .workbook import Broken, WorkbookTable

MOST_ROWS = 2_000  # below the one that names the columns
LAST_ROW = 10_000  # with the blank rows between them
MOST_COLUMNS = 60
LONGEST = 4_000  # characters of a cell
LOOK_AT = 30  # rows from which it is told what a sheet holds
TOO_MANY = f"This sheet has more than {MOST_ROWS:,} rows. Bring in up to {MOST_ROWS:,}, or split it."
ENOUGH = 2  # rows with a value about a person; one alone may be a footnote


@dataclass(frozen=True)
class Texts:
    """`rows`: the cells as text; the first is row 1, a row without a value is empty. `header`: the number of the row that names the
    columns, 0 for none. `broken`: by row, cells that cannot be read.
    `left_out`: sentences."""

    rows: list[list[str]]
    header: int
    broken: dict[str, list[str]]
    left_out: list[str]
    since_1904: bool


def read_texts(
    file: BinaryIO,
    name: str,
    sheet: str,
    *,
    what: str,
    header_row: Callable[[list[list[str]]], int],
    likeness: Callable[[list[list[str]]], int],
) -> Texts:
    """The named sheet, or the one that `likeness` of its first rows says is most like `what` ("the plan"). Raises FileRefused."""
    table = _choose(open_table(file, name, sheet), sheet, likeness)
    rows: list[list[str]] = []
    broken: dict[str, list[str]] = {}
    filled = hidden = 0
    for number, cells, mark in table.rows():
        hidden += mark == "hidden"
        if number > LAST_ROW:
            raise FileRefused(f"This sheet goes on below row {LAST_ROW:,}. Delete what is not {what}, and try again.")
        if mark:
            rows.append([])
            continue
        filled += 1
        if filled > MOST_ROWS + LOOK_AT:  # so many that it does not matter which of them is the heading
            raise FileRefused(TOO_MANY)
        if told := [f"{letter_of(n)}: {cell.sentence}" for n, cell in enumerate(cells) if isinstance(cell, Broken)]:
            broken[str(number)] = told
        rows.append(_without_end([_text(cell) for cell in cells]))
    if not filled:
        raise FileRefused(f"This sheet has no rows. Check that {what} is there, and try again.")
    header = header_row(rows)
    if sum(map(bool, rows[header:])) > MOST_ROWS:
        raise FileRefused(TOO_MANY)
    if max(map(len, rows)) > MOST_COLUMNS:
        raise FileRefused(f"This sheet has more than {MOST_COLUMNS} columns. Keep those of {what}, and try again.")
    others = [other for other in table.sheets if other != table.sheet]
    left_out = [f"{hidden} hidden row{'' if hidden == 1 else 's'} left out."] if hidden else []
    if others:
        left_out.append(f"Only the sheet “{table.sheet}” is read; not “{'”, “'.join(others)}”.")
    return Texts(rows, header, broken, [*left_out, *table.left_out], table.since_1904)


def refuse_persons(
    rows: list[list[str]], header: int, *, kinds: Container[str], values: Container[str], why: str
) -> None:
    """Raises PersonalFile when a column is named for one of `kinds` or holds `values` (keys of `phast.sheets.personal`)."""
    labels = rows[header - 1] if header else []
    for named in [labels] if header else rows[:LOOK_AT]:
        for column, what in personal_headers(named, kinds):
            raise personal(named[column].strip()[:40], what, why)
    seen: dict[tuple[int, str], int] = {}
    for cells in rows[header:]:
        for column, cell in enumerate(cells):
            what = kind_of(cell)
            if what in values:
                seen[column, what] = seen.get((column, what), 0) + 1
                if seen[column, what] >= ENOUGH:
                    label = labels[column].strip()[:40] if column < len(labels) else ""
                    raise personal(label or letter_of(column), what, why)


def personal(column: str, what: str, why: str) -> PersonalFile:
    """The refusal of a column. `why`: a clause such as "A plan is about steps, not about persons"."""
    return PersonalFile(
        f"The column “{column}” holds {what}. {why}, so nothing of the file was kept. Delete the column and try again."
    )


def _choose(table: Table, sheet: str, likeness: Callable[[list[list[str]]], int]) -> Table:
    if not isinstance(table, WorkbookTable):
        return table
    if sheet:
        named = next((name for name in table.sheets if name.casefold() == sheet.strip().casefold()), None)
        if named is None:
            raise FileRefused(f"There is no sheet “{sheet}”. The file has “{'”, “'.join(table.sheets)}”.")
        return table.another(named)
    tables = [table, *(table.another(name) for name in table.sheets if name != table.sheet)]
    return max(tables, key=lambda each: likeness(_first(each)))


def _first(table: Table) -> list[list[str]]:
    rows = zip(range(LOOK_AT), table.rows(), strict=False)
    return [[_text(cell) for cell in cells] if not mark else [] for _, (_, cells, mark) in rows]


def _text(cell: Any) -> str:
    """A cell as text: days as YYYY-MM-DD; the blanks at its beginning stay, those at the end go."""
    if isinstance(cell, Broken):
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    text = shown(cell, LONGEST).rstrip()
    # Our own export puts an apostrophe before what a spreadsheet would take for a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text


def _without_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells
