"""The uploaded roster as rows of text. Only these are kept, and only until the roster is in."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from phast.sheets.cells import words_of
from phast.sheets.texts import personal, read_texts, refuse_persons

from .columns import LOOK_AT, guess, header_row

WHY = "A roster says how to reach somebody at work and nothing else about them"
NEVER = (
    "dates of birth",
    "ages",
    "sex, gender, race or ethnicity",
    "case or incident numbers",
    "Social Security or license numbers",
    "what happened to a person",
)
NEVER_VALUES = ("Social Security numbers", "dates of birth")
_AT_HOME = re.compile(r"(home|personal|private)( street| mailing)? (address|phone|number|cell|mobile|e ?mail).*")


def read_upload(file: BinaryIO, name: str, sheet: str = "") -> tuple[list[list[str]], dict[str, Any]]:
    """The rows, and the beginning of `RosterImport.answers`. Raises FileRefused with a sentence."""
    texts = read_texts(file, name, sheet, what="the roster", header_row=header_row, likeness=_likeness)
    header = texts.header
    for label in texts.rows[header - 1] if header else [cell for row in texts.rows[:LOOK_AT] for cell in row]:
        if _AT_HOME.fullmatch(words_of(label)):
            raise personal(label.strip()[:40], "what is private", WHY)
    refuse_persons(texts.rows, header, kinds=NEVER, values=NEVER_VALUES, why=WHY)
    told = [f"Row {row}, {sentence}" for row, sentences in texts.broken.items() for sentence in sentences]
    columns = guess(texts.rows, header)
    return texts.rows, {
        "header": header,
        "columns": columns,
        "since_1904": texts.since_1904,
        "left_out": [*texts.left_out, *told],
    }


def _likeness(rows: list[list[str]]) -> int:
    """How many columns of a roster the rows name."""
    return len(guess(rows, header_row(rows)))
