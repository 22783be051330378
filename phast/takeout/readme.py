"""The first thing somebody reads who opens an export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from .tables import Entry

_TEXT = """{name}
{line}

Everything this coalition keeps in the PHAST portal, as it was on {at} UTC.
Asked for by {by}.

THIS FILE HOLDS PERSONAL DATA AND EXACT COUNTS. Keep it as you would keep the portal itself, and delete it when you are done.

What is in it
  columns.csv   every table and every column: what it holds, its type, and which column of which table it refers to
  manifest.csv  every file with its rows, bytes and SHA-256
  tables/       a CSV file for each table, {tables:,} of them, with {rows:,} rows together
  files/        {files:,} files that people added, under the number of their row and the name they had
{history}
How to read the tables
  - UTF-8 with a byte order mark, commas, double quotes, a heading in the first line; a text can hold line breaks.
  - A column that ends in _id holds the key of a row of another table; columns.csv says which. `people` are accounts.
  - A choice stands twice: as the portal keeps it, and in words in the column beside it (…_words).
  - Dates and times are ISO 8601; times are UTC. Empty: nothing is recorded.
  - Some columns hold JSON.
  - Spreadsheets take a text for a formula when it begins with = + - @, a tab or a line end. Such a text, and one that begins with
    an apostrophe, has an apostrophe in front. A program that wants the text as it was takes one leading apostrophe away from
    columns of the types text and JSON.

What is not in it
  - Passwords, keys of links that open something without a sign-in, and what the portal's own machines note for themselves.
  - Which sector a lived-experience seat fills: beside its alias it would say what somebody has lived through.
  - Who counted: counts, their reports and their imports are the agency's doing, here as everywhere.
  - Anything of another coalition. A parent coalition is a number without a row.
  - Reports as PDF: what they show is in the tables, and they can be drawn again.
  - Accounts of people who are in no table of this coalition, and e-mail addresses of people who are no longer members.
{missing}
Rows
{list}
"""


def readme(
    coalition: Any, *, by: Any, at: dt.datetime, with_history: bool, entries: Sequence[Entry], missing: int
) -> str:
    """README.txt."""
    tables = [entry for entry in entries if entry.name.startswith("tables/")]
    files = sum(entry.name.startswith("files/") for entry in entries)
    width = max(len(_name(entry)) for entry in tables)
    return _TEXT.format(
        name=coalition,
        line="=" * len(str(coalition)),
        at=at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S"),
        by=by,
        tables=len(tables),
        rows=sum(entry.rows or 0 for entry in tables),
        files=files,
        history=(
            "\nWith history: tables that end in “event” hold what rows were after each change, also of rows that are deleted.\n"
            if with_history
            else "\nWithout history: what rows were before is in the portal and not in this file.\n"
        ),
        missing=f"  - {missing:,} files that are gone from the portal's disk.\n" if missing else "",
        list="\n".join(f"  {_name(entry):<{width}}  {entry.rows or 0:>10,}" for entry in tables),
    )


def _name(entry: Entry) -> str:
    return entry.name.removeprefix("tables/").removesuffix(".csv")
