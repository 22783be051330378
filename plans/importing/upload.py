"""The uploaded file as rows of text. Only these are kept, and only until the plan is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from phast.sheets.texts import read_texts, refuse_persons

from . import headers

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


@dataclass(frozen=True)
class Upload:
    """`rows`: the cells as text; the first is row 1, a row without a step is empty. `facts`: the beginning of `PlanImport.answers`."""

    rows: list[list[str]]
    facts: dict[str, Any]


def read_upload(file: BinaryIO, name: str, sheet: str = "") -> Upload:
    """The named sheet, or the one that looks most like a plan. Raises FileRefused with a sentence."""
    texts = read_texts(file, name, sheet, what="the plan", header_row=headers.header_row, likeness=_likeness)
    header = texts.header
    refuse_persons(texts.rows, header, kinds=NEVER, values=NEVER_VALUES, why="A plan is about steps, not about persons")
    return Upload(
        texts.rows,
        {
            "header": header,
            "columns": headers.guess(texts.rows, header),
            "since_1904": texts.since_1904,
            "left_out": texts.left_out,
            "broken": texts.broken,
        },
    )


def _likeness(rows: list[list[str]]) -> int:
    """How many columns of a plan the rows name."""
    return len(headers.guess(rows, headers.header_row(rows)))
