"""What is different between two readings of a document, word by word, and in which order its parts stand.

What the parts are, the app knows whose document it is; `templates/ui/_differences.html` shows what it found.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

# Comparing two texts word by word takes time that grows with the product of their lengths; beyond this both are shown whole.
MOST_WORDS = 4_000
SHORT = 40  # characters


class Piece(NamedTuple):
    """A run of text that is the same on both sides (`kind` ""), was taken out ("del") or put in ("ins")."""

    kind: str
    text: str


@dataclass(frozen=True)
class FieldChange:
    """One field, before and after, and the two woven together. `is_list`: each piece is a whole entry."""

    label: str
    before: str
    after: str
    pieces: list[Piece]
    is_list: bool = False


@dataclass(frozen=True)
class Change:
    """What happened to one item. `kind`: added, removed, moved or changed; a moved item may have changed fields too."""

    kind: str
    title: str
    number: str = ""
    moved: str = ""
    fields: list[FieldChange] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """The changes in one part of the document."""

    heading: str
    changes: list[Change]


@dataclass(frozen=True)
class Differences:
    """Every change, by part of the document, in the document's own order."""

    groups: list[Group]

    @property
    def count(self) -> int:
        return sum(len(group.changes) for group in self.groups)

    def __bool__(self) -> bool:
        return bool(self.groups)


def in_order(keys: Sequence[Any], place: Callable[[Any], int]) -> set[Any]:
    """As many of the keys as stand in ascending order: the longest increasing subsequence."""
    ends: list[int] = []
    last: list[Any] = []
    before: dict[Any, Any] = {}
    for key in keys:
        at = bisect_left(ends, place(key))
        ends[at:] = [place(key), *ends[at + 1 :]]
        last[at:] = [key, *last[at + 1 :]]
        before[key] = last[at - 1] if at else None
    kept, key = set(), last[-1] if last else None
    while key is not None:
        kept.add(key)
        key = before[key]
    return kept


def word_by_word(before: str, after: str) -> list[Piece]:
    """Two texts woven together; one after the other where that reads better: short ones, very different ones, and very long ones."""
    olds, news = _split(before), _split(after)
    whole = [Piece(kind, text) for kind, text in (("del", before), ("ins", after)) if text]
    if max(len(before), len(after)) <= SHORT or max(len(olds), len(news)) > MOST_WORDS:
        return whole
    pieces = woven(olds, news)
    if sum(len(piece.text) for piece in pieces if not piece.kind) * 2 < min(len(before), len(after)):
        return whole
    return [
        Piece(kind, "".join(piece.text for piece in run)) for kind, run in groupby(pieces, lambda piece: piece.kind)
    ]


def _split(text: str) -> list[str]:
    """Words with the white space after them."""
    return re.findall(r"\S+\s*|\s+", text)


def woven(olds: Sequence[str], news: Sequence[str]) -> list[Piece]:
    """A piece for each word or entry."""
    # In a long text its commonest words are no anchors (`autojunk`): with all of them, a text that repeats itself takes minutes.
    match = difflib.SequenceMatcher(None, [old.strip() for old in olds], [new.strip() for new in news], autojunk=True)
    pieces = []
    for kind, a, b, c, d in match.get_opcodes():
        if kind == "equal":
            pieces += [Piece("", text) for text in news[c:d]]
        else:
            pieces += [Piece("del", text) for text in olds[a:b]] + [Piece("ins", text) for text in news[c:d]]
    return pieces
