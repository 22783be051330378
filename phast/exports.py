"""Tables as files that people open in a spreadsheet. A text stays a text, whatever it begins with; a number stays a number."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

if TYPE_CHECKING:
    from tablib import Dataset

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What a spreadsheet takes for the beginning of a formula when it reads a text file.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_file(data: Dataset, name: str, kind: str) -> HttpResponse:
    """The table as a download, `kind` being a key of `FORMATS`."""
    write = {"csv": as_csv, "xlsx": as_xlsx}[kind]
    response = HttpResponse(write(data), content_type=FORMATS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def as_csv(data: Dataset) -> bytes:
    """CSV with a byte order mark, which makes Excel read it as UTF-8. A text that looks like a formula gets an apostrophe."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(data.headers)
    sheet.writerows([for_csv(value) for value in row] for row in data)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(data: Dataset) -> bytes:
    """One sheet. Texts are marked as texts, so that none is a formula and a ZIP code keeps its zeros."""
    return as_workbook([data])


def as_workbook(sheets: Sequence[Dataset]) -> bytes:
    """A sheet for each table, as `as_xlsx` writes one."""
    book = Workbook(write_only=True)
    for data in sheets:
        sheet = book.create_sheet(data.title or "Sheet 1")
        for row in (data.headers, *data):
            sheet.append([_for_xlsx(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def for_csv(value: Any) -> Any:
    """A value as a CSV file holds it: a text that looks like a formula gets an apostrophe."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _for_xlsx(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def plain(value: Any) -> Any:
    """A value as a file holds it: numbers and dates as they are, nothing for None, everything else as text."""
    if value is None or value == "":
        return ""
    return value if isinstance(value, int | float | dt.date) else str(value)
