"""The columns of a plan as a spreadsheet: what they are called, and what else people call them.

The export writes `COLUMNS` in this order. The import finds a column by `key_of`, so a file that was exported comes in as it is, and
one that somebody keeps by hand comes in by the words that coalitions use. Cells follow the same words on both sides:

- `number`: as people say it, "2.1"; the sub-step's parent is the row whose number it continues;
- `responsible`: several in one cell, separated by `SEPARATOR`, each as "name" for who leads or "name (collaborates)", `Part`'s labels;
- `due`: as it was said; `due_on`: the day it means, as YYYY-MM-DD or a date cell;
- `status`, `repeats`: the labels of `StepStatus` and `Repeats`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SEPARATOR = "; "


@dataclass(frozen=True)
class Column:
    """`key` names what the column holds; `header` is what the export writes; `also` are other headers that mean the same."""

    key: str
    header: str
    also: tuple[str, ...] = ()


COLUMNS = (
    Column("plan", "Plan", ("plan name", "plan title", "project")),
    Column("number", "Number", ("no", "#", "nr", "id", "step number", "step no", "item", "indent", "level", "outline")),
    Column(
        "title",
        "Step",
        ("activity", "activities", "action", "action step", "action item", "task", "title", "what", "strategy"),
    ),
    Column("detail", "Detail", ("details", "description", "more about it", "notes on the step")),
    Column("resources", "Resources needed", ("resources", "resource", "needs", "inputs")),
    Column("funding", "Funding", ("funding source", "budget", "cost", "money")),
    Column(
        "responsible",
        "Responsible",
        (
            "responsible party",
            "responsible parties",
            "responsible agency",
            "responsible person",
            "responsible agency or person",
            "owner",
            "owners",
            "lead",
            "who",
            "assigned to",
            "person responsible",
            "partner",
            "partners",
        ),
    ),
    Column(
        "due",
        "Due",
        ("due by", "date", "target date", "deadline", "by when", "when", "timeline", "timeframe", "completion date"),
    ),
    Column("due_on", "Due date", ("due day", "day due")),
    Column("repeats", "Comes again", ("repeats", "recurs", "recurring", "recurrence", "frequency", "how often")),
    Column("status", "Status", ("state", "progress", "stage")),
    Column("measures", "Measures", ("measure", "indicator", "metric", "measure of success")),
    Column("latest", "Latest update", ("update", "updates", "comment", "comments", "notes", "note")),
    Column("latest_on", "Updated on", ("last updated", "date of update", "updated")),
)


def key_of(header: str) -> str:
    """What a column with this header holds, whatever its capitals and punctuation; empty when the words mean nothing here."""
    return _KEYS.get(_plain(header), "")


def _plain(header: str) -> str:
    text = re.sub(r"\([^)]*\)", " ", header.lower()).strip()
    return text if text == "#" else " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


_KEYS = {_plain(name): column.key for column in COLUMNS for name in (column.header, column.key, *column.also)}
