"""The uploaded list as rows of text. Only these are kept, and only until the list is in."""

from __future__ import annotations

from typing import Any, BinaryIO

from phast.sheets.refused import FileRefused
from phast.sheets.texts import read_texts, refuse_persons

from .columns import LIST

WHY = "A list of local help is about places, not about persons"
NOTHING_BELOW = (
    "This list has headings, but no rows below them. Choose another file, or name the sheet that holds the rows."
)
NEVER = (
    "dates of birth",
    "sex, gender, race or ethnicity",
    "case or incident numbers",
    "Social Security or license numbers",
    "what happened to a person",
)
NEVER_VALUES = ("Social Security numbers", "dates of birth")


def read_upload(file: BinaryIO, name: str, sheet: str = "") -> tuple[list[list[str]], dict[str, Any]]:
    """The rows, and the beginning of `ResourceImport.answers`. Raises FileRefused with a sentence."""
    texts = read_texts(file, name, sheet, what="the list", header_row=LIST.header_row, likeness=_likeness)
    header = texts.header
    if header and not any(texts.rows[header:]):
        raise FileRefused(NOTHING_BELOW)
    refuse_persons(texts.rows, header, kinds=NEVER, values=NEVER_VALUES, why=WHY)
    told = [f"Row {row}, {sentence}" for row, sentences in texts.broken.items() for sentence in sentences]
    return texts.rows, {
        "header": header,
        "columns": LIST.guess(texts.rows, header),
        "since_1904": texts.since_1904,
        "left_out": [*texts.left_out, *told],
    }


def _likeness(rows: list[list[str]]) -> int:
    """How many columns of a list of local help the rows name."""
    return len(LIST.guess(rows, LIST.header_row(rows)))
