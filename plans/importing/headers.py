"""Where the columns' names are, and what each column holds."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from plans.columns import COLUMNS, key_of
from plans.enums import Part

LOOK_AT = 30  # rows in which the names are looked for
LONGEST_LABEL = 60  # more is a title or a sentence

LABELS = {
    **{column.key: column.header for column in COLUMNS},
    "substep": "Sub-step",
    "parent": "Sub-step of",
    "detail": "More about it",
    "due": "Due",
    "due_on": "Due, as a day beside words",
    "measures": "Measure",
}
# These may be in several columns; of the others there is one.
SEVERAL = frozenset({"detail", "responsible"})

_LEVELS = re.compile(r"(indent|level|outline level|depth)s?")
# Where no name fits as a whole, a word in it may: the first that does.
_WORDS = (
    ("substep", r"sub ?(step|task|activit|action)"),
    ("parent", r"^parent|belongs to|part of"),
    (
        "responsible",
        r"responsib|owner|assigned|accountable|lead (agency|person|partner|organization)|supporting|collaborat",
    ),
    ("repeats", r"frequency|recurr|how often"),
    ("due", r"\bdue\b|deadline|target date|complet\w+ (date|by)|by when|time ?(line|frame)|(end|finish) date"),
    ("status", r"\bstatus\b|progress"),
    ("resources", r"resource"),
    ("funding", r"fund|budget"),
    ("measures", r"measure|indicator|metric"),
    ("latest", r"\b(note|comment|update)s?\b"),
    ("detail", r"descri|detail"),
    ("title", r"activit|\btask|\baction|\bstep"),
)
_PARTS = (
    (Part.COLLABORATE, re.compile(r"collaborat|\bsupport")),
    (Part.PARTNER, re.compile(r"^(community )?partners?\b")),
)


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """The number of the row that names the columns; title rows above it are passed over. 0 when there is none."""
    best, found = 0, 0
    for number, cells in enumerate(rows[:LOOK_AT], 1):
        keys = {key for cell in cells if (key := meaning(cell))}
        # A title such as "Action plan" has one word that means something; a single name has to be one exactly.
        if len(keys) > best and (len(keys) > 1 or any(map(key_of, cells))):
            best, found = len(keys), number
    return found


def guess(rows: Sequence[Sequence[str]], header: int) -> dict[str, str]:
    """What each column seems to hold: its index, as text, and the key. By name; where none is called a step, the longest texts are."""
    found: dict[str, str] = {}
    labels = rows[header - 1] if header else []
    exact = {index: key_of(label) for index, label in enumerate(labels)}
    for sure in (True, False):
        for index, label in enumerate(labels):
            key = exact[index] if sure else "" if exact[index] else meaning(label)
            if key and (key in SEVERAL or key not in found.values()):
                found[str(index)] = key
    if "due_on" in found.values() and "due" not in found.values():
        found = {index: "due" if key == "due_on" else key for index, key in found.items()}
    if "title" not in found.values() and (index := _longest(rows[header:], besides=found)):
        found[index] = "title"
    return found


def meaning(label: str) -> str:
    """What a column of this name holds; empty when the words mean nothing here."""
    words = " ".join(re.sub(r"[^a-z0-9#]+", " ", label.lower()).split())
    if not words or len(label) > LONGEST_LABEL:
        return ""
    return key_of(label) or next((key for key, pattern in _WORDS if re.search(pattern, words)), "")


def part_of(label: str, *, alone: bool) -> Part:
    """What the parties in a column of this name do. `alone`: no other column names parties, so "Partners" are who does it."""
    words = label.strip().lower()
    return next((part for part, pattern in _PARTS if not alone and pattern.search(words)), Part.LEAD)


def counts_levels(label: str) -> bool:
    """True for a column that says how deep a step is ("Level": 1, 2), not its number ("2.1")."""
    return bool(_LEVELS.fullmatch(label.strip().lower()))


def _longest(rows: Sequence[Sequence[str]], *, besides: Container[str]) -> str:
    """The column that holds the longest texts; empty when there is none."""
    lengths: dict[str, int] = {}
    for cells in rows:
        for index, cell in enumerate(cells):
            if str(index) not in besides:
                lengths[str(index)] = lengths.get(str(index), 0) + len(cell)
    return max(lengths, key=lambda index: lengths[index], default="")
