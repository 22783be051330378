"""Who a cell makes responsible: names apart, each matched to the coalition's partners, people and positions, or asked about."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from plans.enums import Part

_BLANKS = re.compile(r"[^\S\n]+")
_HARD = re.compile(r"\s*[;\n|]\s*")  # never part of a name
_SOFT = re.compile(r"\s*(?:,|/|&|\+|\band\b|\bwith\b)\s*", re.IGNORECASE)  # may be part of one
_PART = {
    Part.LEAD: "lead|leads|leader|leading|primary|owner|responsible",
    Part.COLLABORATE: "collaborate|collaborates|collaborator|collaborating|support|supports|supporting|co lead|secondary",
    Part.PARTNER: "partner|partners|partnering",
}
_PARTS = {word: part for part, words in _PART.items() for word in words.split("|")}
_BEHIND = re.compile(r"\s*\(([^()]*)\)\s*$")
_BEFORE = re.compile(r"^\s*([A-Za-z -]+?)\s*:\s*")
NOBODY = {
    "",
    "tbd",
    "to be determined",
    "n a",
    "na",
    "none",
    "nobody",
    "unassigned",
    "open",
    "not assigned",
    "tba",
    "x",
}
# Words that say nothing about who it is, and what people write short.
_EMPTY = {"the", "of", "and", "for", "inc", "llc"}
_SHORT = {
    "dept": "department",
    "pd": "police department",
    "fd": "fire department",
    "so": "sheriffs office",
    "hd": "health department",
    "co": "county",
    "univ": "university",
    "hosp": "hospital",
    "svcs": "services",
    "coord": "coordinator",
    "ph": "public health",
}
# What many are called: two that share nothing else are not alike.
_COMMON = {
    "police",
    "depart",
    "office",
    "fire",
    "distri",
    "servic",
    "progra",
    "center",
    "agency",
    "sherif",
}  # six letters tell
NEAR = 0.72  # how alike two names must be to be proposed
PROPOSED = 3
MOST = 50  # names told apart in a cell; the rest of it is asked about as one


@dataclass(frozen=True)
class Named:
    """A name in a cell. `key`: the party it is ("partner-12"), empty when that has to be asked. `words`: the name as it is compared."""

    said: str
    words: str
    key: str
    part: Part


class Names:
    """The coalition's parties by name. `rows`: key → partner, contact or position."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self._exact: dict[str, list[str]] = {}
        self._words: dict[str, list[str]] = {}
        self.names = {key: str(row) for key, row in rows.items()}
        for key, name in self.names.items():
            self._exact.setdefault(" ".join(name.casefold().split()), []).append(key)
            self._words.setdefault(words_of(name), []).append(key)
        self._spelled = {key: _spelled_out(words_of(name)) for key, name in self.names.items()}
        self._own = {key: _own_words(spelled) for key, spelled in self._spelled.items()}
        # Into how many pieces a name may fall at its commas and "and"s, and one more for how people write it.
        self.most_pieces = 2 + max((len(_SOFT.findall(name)) for name in self.names.values()), default=0)

    def key_of(self, text: str) -> str:
        """The one party of this name, whatever its capitals and signs; empty when there is none, or more than one."""
        found = self._exact.get(" ".join(text.casefold().split())) or self._words.get(words_of(text), [])
        return found[0] if len(found) == 1 else ""

    def near(self, text: str) -> list[str]:
        """Parties that may be meant, the likeliest first: for a person to confirm."""
        words = words_of(_BEHIND.sub("", text)) or words_of(text)
        same = self._words.get(words, [])
        spelled = _spelled_out(words)
        matcher = difflib.SequenceMatcher(b=_own_words(spelled))
        likeness = {
            key: 1.0 if spelled == name else max(_alike(matcher, self._own[key]), _initials(words, name))
            for key, name in self._spelled.items()
        }
        close = sorted((key for key in likeness if likeness[key] >= NEAR), key=lambda key: (-likeness[key], key))
        return [*same, *(key for key in close if key not in same)][: max(PROPOSED, len(same))]


def words_of(name: str) -> str:
    """A name as it is compared: small letters, no signs, "&" as "and"."""
    spaced = name.casefold().replace("&", " and ").replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[^\w]+", " ", spaced).split())


def names_in(cell: str, known: Names, part: Part) -> list[Named]:
    """The names of a cell, in their order, none twice. A party's own name may hold a comma or an "and": whole names come first."""
    found: dict[str, Named] = {}
    for piece in _HARD.split(_BLANKS.sub(" ", cell.strip()), maxsplit=MOST):
        named = _one(piece, known, part)
        for each in [named] if named.key else _apart(piece, known, part):
            if words_of(each.said) not in NOBODY:
                found.setdefault(each.key or each.words, each)
    return list(found.values())


def nobody(cell: str) -> bool:
    """True for a cell that says that nobody is responsible yet."""
    return bool(cell.strip()) and words_of(cell) in NOBODY


def _one(piece: str, known: Names, part: Part) -> Named:
    """The piece as one name, with the part it says in parentheses or before a colon."""
    name = piece.strip()
    if key := known.key_of(name):
        return Named(name, words_of(name), key, part)
    if (behind := _BEHIND.search(name)) and (said := _PARTS.get(words_of(behind[1]))):
        name, part = name[: behind.start()].strip(), said
    elif (before := _BEFORE.match(name)) and (said := _PARTS.get(words_of(before[1]))):
        name, part = name[before.end() :].strip(), said
    return Named(name, words_of(name), known.key_of(name), part)


def _apart(piece: str, known: Names, part: Part) -> list[Named]:
    """The longest known names first; what is between them stays as it was written."""
    cuts = list(islice(_SOFT.finditer(_masked(piece)), MOST))
    starts, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(piece)]
    found, at = [], 0
    while at < len(starts):
        for last in range(min(len(ends), at + known.most_pieces) - 1, at - 1, -1):
            named = _one(piece[starts[at] : ends[last]], known, part)
            if named.key or last == at:
                found.append(named)
                at = last + 1
                break
    return [named for named in found if named.words]


def _masked(piece: str) -> str:
    """Commas and the like inside parentheses separate nobody."""
    return re.sub(r"\([^()]*\)", lambda found: "_" * len(found[0]), piece)


def _spelled_out(words: str) -> str:
    return " ".join(_SHORT.get(word, word) for word in words.split() if word not in _EMPTY)


def _own_words(spelled: str) -> str:
    """A name without what many are called, unless nothing else is in it."""
    return " ".join(word for word in spelled.split() if word[:6] not in _COMMON) or spelled


def _alike(matcher: difflib.SequenceMatcher[str], name: str) -> float:
    """How alike a name is to the one the matcher holds, from 0 to 1; one that holds all words of the other is close."""
    a, b = set(str(matcher.b).split()), set(name.split())
    if (a <= b or b <= a) and max(map(len, min(a, b, key=len)), default=0) > 2:
        return 0.95
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR:  # cheap, and never too low
        return 0.0
    return matcher.ratio()


def _initials(words: str, name: str) -> float:
    """ "DPH" is the Department of Public Health."""
    short = words.replace(" ", "")
    return 0.9 if len(short) > 1 and short == "".join(word[0] for word in name.split()) else 0.0
