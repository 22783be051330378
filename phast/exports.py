"""Tables as files that people open in a spreadsheet. A text stays a text, whatever it begins with; numbers, days and money can be
counted with."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from textwrap import shorten
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from tablib import Dataset

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST_NAME = 31  # of a sheet, says Excel
SHORTEST_NAME = 8  # of one that ends with a phrase of its title
PHRASE_ENDS = re.compile(r"(?<! \d)(?<! \d\d)[,;] | \(| – ")  # no comma of a date
# What would end a title that was cut, though it only leads on to the rest.
LEADS_ON = re.compile(r"(?:[\s,;:–-]+(?:and|or|as|by|of|the|a|an|in|on|at|for|from|to|with|who|how))*[\s,;:–-]*$")
A_DAY = "mmm d, yyyy"
# What a spreadsheet takes for the beginning of a formula when it reads a text file.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Money(Decimal):
    """An amount of money: a number that a spreadsheet shows with its sign."""


def as_file(data: Dataset, name: str, kind: str) -> HttpResponse:
    """The table as a download, `kind` being a key of `FORMATS`."""
    write = {"csv": as_csv, "xlsx": as_xlsx}[kind]
    response = HttpResponse(write(data), content_type=FORMATS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def as_book(sheets: Sequence[Dataset], name: str) -> HttpResponse:
    """Several tables as one workbook, a sheet for each with its title, as a download."""
    response = HttpResponse(as_xlsx(*sheets), content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def as_one(tables: Sequence[Dataset], title: str = "") -> Dataset:
    """Several tables as one with the columns of all: the first says which table a row is of, the second what the row is about."""
    columns = list(dict.fromkeys(header for table in tables for header in table.headers[1:]))
    rows = []
    for table in tables:
        for first, *values in table:
            line = dict(zip(table.headers[1:], values, strict=True))
            rows.append([table.title, first, *(line.get(column, "") for column in columns)])
    return Dataset(*rows, headers=["Table", "Of", *columns], title=title or None)


def as_csv(data: Dataset) -> bytes:
    """CSV with a byte order mark, which makes Excel read it as UTF-8. A text that looks like a formula gets an apostrophe."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(data.headers)
    sheet.writerows([for_csv(value) for value in row] for row in data)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(*tables: Dataset) -> bytes:
    """A sheet for each table. Texts are marked as texts, so that none is a formula and a ZIP code keeps its zeros."""
    book = Workbook(write_only=True)
    for name, data in zip(sheet_names(tables), tables, strict=True):
        sheet = book.create_sheet(name)
        sheet.append([for_xlsx(sheet, header) for header in data.headers])
        for row in data:
            sheet.append([for_xlsx(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_names(tables: Sequence[Dataset]) -> list[str]:
    """What the sheets of a workbook are called: by the title of each table, as short as spreadsheets want it."""
    taken: set[str] = set()
    return [_sheet_name(data.title or f"Sheet {number}", taken) for number, data in enumerate(tables, start=1)]


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name for a sheet that spreadsheets take, once in a book: it is added to `taken`."""
    plain = " ".join(INVALID_TITLE_REGEX.sub(" ", title).split()).strip("'") or "Table"
    name, number = _cut(plain, LONGEST_NAME), 1
    while name.lower() in taken:
        number += 1
        end = f" {number}"
        name = _cut(plain, LONGEST_NAME - len(end)) + end
    taken.add(name.lower())
    return name


def _cut(title: str, room: int) -> str:
    """The phrases that fit whole; or else as many words as fit, and none at the end that only leads on to what is left out."""
    if len(title) <= room:
        return title
    phrases = [end.start() for end in PHRASE_ENDS.finditer(title) if SHORTEST_NAME <= end.start() <= room]
    if phrases:
        return title[: phrases[-1]].strip("'")
    words = shorten(title, room, placeholder="", break_on_hyphens=False) or title[:room]
    return LEADS_ON.sub("", words).strip("'")


def for_csv(value: Any) -> Any:
    """A value as a CSV file holds it: a text that looks like a formula gets an apostrophe."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def for_xlsx(sheet: Any, value: Any) -> Any:
    """A value as a cell of a sheet that is only written: a text is marked as text, so that it is no formula; a day and money are shown as
    the portal writes them."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
        cell.number_format = "@"
        return cell
    cell = WriteOnlyCell(sheet, value)
    if type(value) is dt.date:
        cell.number_format = A_DAY
    elif isinstance(value, Money):
        cell.number_format = '"$"#,##0' if value == value.to_integral_value() else '"$"#,##0.00'
    elif isinstance(value, Decimal):
        cell.number_format = f"#,##0.{'0' * len(str(value).partition('.')[2])}"
    return cell


def plain(value: Any) -> Any:
    """A value as a file holds it: numbers, money and dates as they are, nothing for None, everything else as text."""
    if value is None or value == "":
        return ""
    return value if isinstance(value, int | float | Money | dt.date) else str(value)
