"""The uploaded file as rows of text. Only these are kept, and only until the plan is in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, BinaryIO

from phast.exports import FORMULA
from phast.sheets.cells import letter_of, shown
from phast.sheets.personal import kind_of, personal_headers
from phast.sheets.refused import FileRefused, PersonalFile
from phast.sheets.source import Table, open_table
from phast.sheets.workbook import Broken, WorkbookTable

from . import headers

MOST_ROWS = 2_000
LAST_ROW = 10_000  # with the blank rows between them
MOST_COLUMNS = 60
LONGEST = 4_000  # characters of a cell
# Plans name people by right, with their addresses and phones; these say something about a person that has no place in one.
NEVER = (
    "dates of birth",
    "ages",
    "sex, gender, race or ethnicity",
    "case or incident numbers",
    "Social Security or license numbers",
    "what happened to a person",
)
NEVER_VALUES = ("Social Security numbers", "dates of birth")
ENOUGH = 2  # rows with such a value; one alone may be a footnote


@dataclass(frozen=True)
class Upload:
    """`rows`: the cells as text; the first is row 1, a row without a step is empty. `facts`: the beginning of `PlanImport.answers`."""

    rows: list[list[str]]
    facts: dict[str, Any]


def read_upload(file: BinaryIO, name: str, sheet: str = "") -> Upload:
    """The named sheet, or the one that looks most like a plan. Raises FileRefused with a sentence."""
    table = _choose(open_table(file, name, sheet), sheet)
    rows: list[list[str]] = []
    broken: dict[str, list[str]] = {}
    filled = hidden = 0
    for number, cells, mark in table.rows():
        hidden += mark == "hidden"
        if number > LAST_ROW:
            raise FileRefused(f"This sheet goes on below row {LAST_ROW:,}. Delete what is not the plan, and try again.")
        if mark:
            rows.append([])
            continue
        filled += 1
        if filled > MOST_ROWS:
            raise FileRefused(
                f"This sheet has more than {MOST_ROWS:,} rows. Bring in a plan of up to {MOST_ROWS:,}, or split it."
            )
        if told := [f"{letter_of(n)}: {cell.sentence}" for n, cell in enumerate(cells) if isinstance(cell, Broken)]:
            broken[str(number)] = told
        rows.append(_without_end([_text(cell) for cell in cells]))
    if not filled:
        raise FileRefused("This sheet has no rows. Check that the plan is there, and try again.")
    if max(map(len, rows)) > MOST_COLUMNS:
        raise FileRefused(f"This sheet has more than {MOST_COLUMNS} columns. Keep those of the plan, and try again.")
    header = headers.header_row(rows)
    _refuse_persons(rows, header)
    others = [other for other in table.sheets if other != table.sheet]
    left_out = [f"{hidden} hidden row{'' if hidden == 1 else 's'} left out."] if hidden else []
    if others:
        left_out.append(f"Only the sheet “{table.sheet}” is read; not “{'”, “'.join(others)}”.")
    return Upload(
        rows,
        {
            "header": header,
            "columns": headers.guess(rows, header),
            "since_1904": table.since_1904,
            "left_out": [*left_out, *table.left_out],
            "broken": broken,
        },
    )


def _choose(table: Table, sheet: str) -> Table:
    if not isinstance(table, WorkbookTable):
        return table
    if sheet:
        named = next((name for name in table.sheets if name.casefold() == sheet.strip().casefold()), None)
        if named is None:
            raise FileRefused(f"There is no sheet “{sheet}”. The file has “{'”, “'.join(table.sheets)}”.")
        return table.another(named)
    tables = [table, *(table.another(name) for name in table.sheets if name != table.sheet)]
    return max(tables, key=_likeness)


def _likeness(table: Table) -> int:
    """How many columns of a plan the sheet names."""
    rows = [
        [_text(cell) for cell in cells] if not mark else []
        for _, (_, cells, mark) in zip(range(headers.LOOK_AT), table.rows(), strict=False)
    ]
    return len(headers.guess(rows, headers.header_row(rows)))


def _text(cell: Any) -> str:
    """A cell as text: days as YYYY-MM-DD; the blanks that indent a step stay, those at the end go."""
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


def _refuse_persons(rows: list[list[str]], header: int) -> None:
    labels = rows[header - 1] if header else []
    for named in [labels] if header else rows[: headers.LOOK_AT]:
        for column, what in personal_headers(named, NEVER):
            raise PersonalFile(_about(named[column].strip()[:40], what))
    seen: dict[tuple[int, str], int] = {}
    for cells in rows[header:]:
        for column, cell in enumerate(cells):
            what = kind_of(cell)
            if what in NEVER_VALUES:
                seen[column, what] = seen.get((column, what), 0) + 1
                if seen[column, what] >= ENOUGH:
                    label = labels[column].strip()[:40] if column < len(labels) else ""
                    raise PersonalFile(_about(label or letter_of(column), what))


def _about(column: str, what: str) -> str:
    return (
        f"The column “{column}” holds {what}. A plan is about steps, not about persons, so nothing of the file was kept. "
        "Delete the column and try again."
    )
