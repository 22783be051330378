"""What the portal fills in: names in braces become the agency's own words; what it does not know stays a gap that everybody sees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lbn.reference import SOP_NAMES

from .sections import Section, numbered

NAME = re.compile(r"\{([a-z_]+)\}")
# What only the approval tells.
BY_APPROVAL = ("version", "approved_role", "in_force_from")
BULLET = "• "
_BULLET = re.compile(r"^[•*–-]\s+")
# Around what was filled in, while a text is taken apart: characters of the private use area, which nobody types.
_FILLED, _GAP, _END = "\ue000", "\ue001", "\ue002"
PRIVATE = re.compile("[\ue000-\ue002]")
_MARKED = re.compile(f"([{_FILLED}{_GAP}])(.*?){_END}")


class Piece(NamedTuple):
    """A run of a line. `kind`: "" as it was written, "filled" by the portal, or a "gap"."""

    kind: str
    text: str


class Block(NamedTuple):
    """A paragraph ("text") or a list ("list"), by its lines or entries."""

    kind: str
    lines: list[list[Piece]]


class Gap(NamedTuple):
    """Something that nobody has filled in yet: its name, what it is, and the titles of the sections that need it."""

    name: str
    label: str
    sections: list[str]


class Drift(NamedTuple):
    """Something that is not what it was when a version was approved: what it is, and the titles of the sections that say it."""

    label: str
    sections: list[str]


def names_in(text: str) -> list[str]:
    """The names the portal knows, in the order in which the text has them first."""
    return [name for name in dict.fromkeys(NAME.findall(text)) if name in SOP_NAMES]


def unknown_names(text: str) -> list[str]:
    """Names in braces that mean nothing to the portal."""
    return [name for name in dict.fromkeys(NAME.findall(text)) if name not in SOP_NAMES]


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with what is known. A list takes lines of its own where its name stands alone on a line; in a sentence it is a series."""
    return PRIVATE.sub("", _fill(text, facts))


def blocks(text: str, facts: Mapping[str, str]) -> list[Block]:
    """The text filled in, as paragraphs and lists, each run marked by where it comes from."""
    found: list[Block] = []
    current = ""
    for line in map(str.strip, _fill(text, facts).split("\n")):
        if not line:
            current = ""
            continue
        kind = "list" if _BULLET.match(line) else "text"
        if kind != current:
            found.append(Block(kind, []))
        current = kind
        found[-1].lines.append(_pieces(_BULLET.sub("", line) if kind == "list" else line))
    return found


def gaps(sections: Iterable[Section], facts: Mapping[str, str]) -> list[Gap]:
    """What a draft still asks for."""
    asked: dict[str, list[str]] = {}
    for section in sections:
        for name in names_in(section.wording):
            if name not in BY_APPROVAL and not facts.get(name):
                asked.setdefault(name, []).append(section.title)
    return [Gap(name, SOP_NAMES[name], asked[name]) for name in SOP_NAMES if name in asked]


def drifts(sections: Iterable[Section], facts: Mapping[str, str]) -> list[Drift]:
    """What an approved version says otherwise than it would be filled in today."""
    told: dict[str, list[str]] = {}
    for section in sections:
        for name, words in section.filled.items():
            if name not in BY_APPROVAL and words != facts.get(name, ""):
                told.setdefault(name, []).append(section.title)
    return [Drift(SOP_NAMES.get(name, name), titles) for name, titles in told.items()]


def frozen(sections: Iterable[Section], facts: Mapping[str, str]) -> list[Section]:
    """The sections as an approved version keeps them: filled in, with what was put in for each name."""
    return [
        Section(
            section.key,
            section.title,
            fill(section.wording, facts),
            section.wording,
            {name: facts[name] for name in names_in(section.wording) if name in facts},
        )
        for section in sections
    ]


def read(sections: Iterable[Section], facts: Mapping[str, str]) -> list[tuple[int | None, Section, list[Block]]]:
    """Number, section and what it says. A section that was filled in when it was approved says that, whatever `facts` say now."""
    return [
        (number, section, blocks(section.text, {} if section.filled else facts))
        for number, section in numbered(sections)
    ]


def bullets(lines: Iterable[str]) -> str:
    """A list as texts write it."""
    return "\n".join(f"{BULLET}{line}" for line in lines)


def series(words: Iterable[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    listed = list(words)
    return " and ".join(filter(None, [", ".join(listed[:-1]), *listed[-1:]]))


def _fill(text: str, facts: Mapping[str, str]) -> str:
    """Filled in, each run between marks that say whether it was known."""

    def known(line: str) -> str:
        alone = NAME.fullmatch(line.strip()) is not None
        return NAME.sub(lambda found: _marked(found[1], facts, alone=alone) or found[0], line)

    return "\n".join(known(line) for line in text.split("\n"))


def _marked(name: str, facts: Mapping[str, str], *, alone: bool) -> str:
    if name not in SOP_NAMES:
        return ""
    words = facts.get(name, "")
    if not words:
        return f"{_GAP}[{SOP_NAMES[name].removeprefix('the ')}]{_END}"
    if not alone:
        return f"{_FILLED}{'; '.join(_BULLET.sub('', line) for line in words.splitlines() if line)}{_END}"
    lines = []
    for line in words.split("\n"):
        bullet = _BULLET.match(line)
        lines.append(f"{bullet[0] if bullet else ''}{_FILLED}{_BULLET.sub('', line)}{_END}" if line else "")
    return "\n".join(lines)


def _pieces(line: str) -> list[Piece]:
    found, at = [], 0
    for mark in _MARKED.finditer(line):
        found += [Piece("", line[at : mark.start()]), Piece("filled" if mark[1] == _FILLED else "gap", mark[2])]
        at = mark.end()
    found.append(Piece("", line[at:]))
    return [piece for piece in found if piece.text]
