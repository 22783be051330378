"""Which step of a spreadsheet stands under which. Parents are positions in the list of steps; None is the top."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_TOKENS = re.compile(r"\d+|[A-Za-z]+")
# Digits are taken as a whole (`++`): tried in every division, thirty of them would take minutes.
_NUMBER = re.compile(r"\s*(?:step\s*)?(?:[A-Za-z]|\d++)(?:[.\-) ]*(?:\d++|[A-Za-z]))*[.):]?\s*", re.IGNORECASE)
_MOST_PARTS = 20  # of a number; steps nest less deep
_LEADING = re.compile(r"\s*(\d+(?:\.\d+)*(?:\.?[a-z])?)[.):]?\s+(?=\S)")
_BULLET = re.compile(r"(\s*)((?:[-–—•*▪◦·>]|o(?=\s))\s+)?")
_TAB = 4


@dataclass
class Places:
    """`parents`: one for each step. `notes`: by step, what could not be placed as it said."""

    parents: list[int | None]
    notes: dict[int, str] = field(default_factory=dict)


def tokens_of(number: str) -> tuple[str, ...]:
    """ "2.1", "2a" and "Step 2.a)" as their parts; nothing for what is no number of a step."""
    if not _NUMBER.fullmatch(number):
        return ()
    text = re.sub(r"(?i)^\s*step\s*", "", number)
    tokens = tuple(token.casefold() for token in _TOKENS.findall(text))
    if len(tokens) > _MOST_PARTS:
        return ()
    return tokens[:-1] if len(tokens) > 1 and tokens[-1] == "0" else tokens  # Excel makes 2.0 of 2


def by_number(numbers: Sequence[str]) -> Places:
    """A step stands under the one whose number it continues; "a" stands under the last number before it."""
    places = Places([None] * len(numbers))
    everywhere = {tokens: at for at, number in enumerate(numbers) if (tokens := tokens_of(number))}
    before: dict[tuple[str, ...], int] = {}
    last: tuple[str, ...] = ()
    for at, number in enumerate(numbers):
        tokens = tokens_of(number)
        if len(tokens) == 1 and tokens[0].isalpha() and last:
            tokens = (*last, tokens[0])
        elif tokens and tokens[-1].isdigit():
            last = tokens
        if not tokens:
            said = f"“{number.strip()}” is no number of a step" if number.strip() else "It has no number"
            places.notes[at] = f"{said}: it stands at the top level."
            continue
        if tokens in before:
            places.notes[at] = f"The number {number.strip()} comes twice."
        before[tokens] = at
        above = next(
            (tokens[:n] for n in range(len(tokens) - 1, 0, -1) if tokens[:n] in before or tokens[:n] in everywhere), ()
        )
        parent = before.get(above, everywhere.get(above))
        if parent is not None and at not in _line(places.parents, parent):
            places.parents[at] = parent
        if len(above) < len(tokens) - 1:
            missing = ".".join(tokens[:-1])
            where = f"under {'.'.join(above)}" if above else "at the top level"
            places.notes[at] = f"{missing} is not in the file: it stands {where}."
    return places


def by_level(levels: Sequence[int | None]) -> Places:
    """A step stands under the nearest one before it that is less deep."""
    places = Places([None] * len(levels))
    above: list[tuple[int, int]] = []  # how deep, and which
    for at, level in enumerate(levels):
        if level is None:
            places.notes[at] = "Its level is not a number: it stands at the top level."
            above = []
            continue
        while above and above[-1][0] >= level:
            above.pop()
        places.parents[at] = above[-1][1] if above else None
        above.append((level, at))
    return places


def by_name(names: Sequence[str], said: Sequence[str], numbers: Sequence[str]) -> Places:
    """A step stands under the one it names, by its words or its number."""
    places = Places([None] * len(names))
    known = {_plain(name): at for at, name in reversed(list(enumerate(names)))}
    known |= {_plain(number): at for at, number in reversed(list(enumerate(numbers))) if number.strip()}
    for at, parent in enumerate(said):
        if not parent.strip():
            continue
        above = known.get(_plain(parent))
        if above is None or at in _line(places.parents, above):
            places.notes[at] = f"“{parent.strip()[:60]}” is not a step of the file: it stands at the top level."
        else:
            places.parents[at] = above
    return places


def indents(titles: Sequence[str]) -> list[int | None]:
    """How far each title is indented, by blanks or bullets."""
    found: list[int | None] = []
    for title in titles:
        match = _BULLET.match(title)
        blanks, bullet = (match[1], match[2]) if match else ("", None)
        found.append(len(blanks.expandtabs(_TAB)) + bool(bullet))
    return found


def bare(title: str) -> str:
    """The title without the blanks and the bullet before it."""
    return _BULLET.sub("", title, count=1).strip()


def leading_numbers(titles: Sequence[str]) -> list[str] | None:
    """The numbers that the titles begin with ("2.1 Train officers"), when most of them do; else None."""
    found = [match[1] if (match := _LEADING.match(title)) else "" for title in titles]
    return found if titles and sum(map(bool, found)) * 10 >= len(titles) * 6 else None


def without_number(title: str) -> str:
    return _LEADING.sub("", title, count=1).strip()


def flattened(places: Places, deepest: int) -> Places:
    """No step deeper than `deepest`: what is below stands beside."""
    for at in range(len(places.parents)):
        line = _line(places.parents, at)  # itself, its parent, and so on to the top
        if len(line) > deepest:
            places.parents[at] = line[len(line) - deepest + 1]
            places.notes[at] = f"Steps nest at most {deepest} levels deep: it stands one level higher."
    return places


def _line(parents: Sequence[int | None], at: int) -> list[int]:
    line = [at]
    while (above := parents[line[-1]]) is not None:
        line.append(above)
    return line


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")
