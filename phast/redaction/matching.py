"""Finding a text whatever way it is written, and taking it out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any

REDACTED = "[redacted]"
SHORTEST = 3  # characters of a text that can be looked for
AROUND = 30  # characters of a preview, on each side
# Marks that sit on a letter, and signs without a width: the text is the same without them.
UNSEEN = {"Mn", "Me", "Cf"}
_UNSEEN_SQL = "[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]"


@dataclass(frozen=True)
class Preview:
    """A place where the text stands, with what is around it."""

    before: str
    found: str
    after: str


@dataclass(frozen=True)
class Needle:
    """What is looked for. `loose`: also with other capitals, accents, kinds of spaces and line breaks. `whole_words`: not as a part
    of a longer word.
    """

    text: str
    loose: bool = True
    whole_words: bool = False

    @cached_property
    def _sought(self) -> str:
        return _fold(self.text.strip())[0] if self.loose else self.text.strip()

    @cached_property
    def surely(self) -> str:
        """The longest run of plain letters or digits in it, in small letters: what a database can look for quickly."""
        return max(re.findall(r"[a-z0-9]+", self._sought.lower()), key=len, default="")

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it stands: first character, and the one after the last."""
        if not self._sought:
            return []
        if not self.loose:
            return [m.span() for m in re.finditer(re.escape(self._sought), text) if self._is_whole(text, *m.span())]
        plain, places = _fold(text)
        found, start = [], 0
        while (at := plain.find(self._sought, start)) >= 0:
            end = at + len(self._sought)
            if self._is_whole(plain, at, end):
                found.append((places[at], _past_marks(text, places[end - 1] + 1)))
                start = end
            else:
                start = at + 1
        return found

    def _is_whole(self, text: str, start: int, end: int) -> bool:
        if not self.whole_words:
            return True
        before, after = text[start - 1 : start], text[end : end + 1]
        return not (before.isalnum() or after.isalnum())

    def stands_in(self, value: Any) -> bool:
        """True when it is in a text, or in any text of a JSON value, keys included."""
        return next(iter(texts_of(value, self)), None) is not None

    def out_of(self, text: str) -> str:
        """The text without it."""
        for start, end in reversed(self.spans(text)):
            text = text[:start] + REDACTED + text[end:]
        return text

    def out_of_json(self, value: Any, *, keys: bool = False) -> Any:
        """A JSON value without it. `keys`: also out of keys that look like names of the program's own."""
        if isinstance(value, str):
            return self.out_of(value)
        if isinstance(value, list):
            return [self.out_of_json(item, keys=keys) for item in value]
        if isinstance(value, dict):
            cleaned: dict[str, Any] = {}
            for key, item in value.items():
                name = self.out_of(key) if keys or not is_code(key) else key
                while name in cleaned:
                    name += "'"
                cleaned[name] = self.out_of_json(item, keys=keys)
            return cleaned
        return value

    def preview(self, text: str) -> Preview | None:
        """The first place where it stands, on one line."""
        found = next(iter(self.spans(text)), None)
        if found is None:
            return None
        start, end = found
        before, after = " ".join(text[:start].split()), " ".join(text[end:].split())
        space_before = " " if text[:start].endswith((" ", "\n", "\t")) else ""
        space_after = " " if text[end:].startswith((" ", "\n", "\t")) else ""
        return Preview(
            ("…" if len(before) > AROUND else "") + before[-AROUND:] + space_before,
            " ".join(text[start:end].split()),
            space_after + after[:AROUND] + ("…" if len(after) > AROUND else ""),
        )

    def sql(self, table: str, column: str, *, is_json: bool) -> tuple[str, list[str]] | None:
        """A condition that holds at least for every row with the text; None when a database cannot look for it quickly.

        Rows of plain letters take the quick way. In others, letters are first freed of their marks.
        """
        if not self.surely:
            return None
        value = f'"{table}"."{column}"' + ("::text" if is_json else "")
        plain = f"regexp_replace(normalize({value}, NFKD), %s, '', 'g') ILIKE %s"
        like = f"%{self.surely}%"
        return (
            f"({value} ILIKE %s OR (octet_length({value}) <> char_length({value}) AND {plain}))",
            [like, _UNSEEN_SQL, like],
        )


def texts_of(value: Any, needle: Needle, *, keys: bool = True) -> list[str]:
    """The texts of a plain or JSON value in which it stands."""
    if isinstance(value, str):
        return [value] if needle.spans(value) else []
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item, needle, keys=keys)]
    if isinstance(value, dict):
        own = [key for key in value if (keys or not is_code(key)) and needle.spans(key)]
        return own + [text for item in value.values() for text in texts_of(item, needle, keys=keys)]
    return []


def is_code(key: str) -> bool:
    """True for a key as programs write them: "due_on"."""
    return re.fullmatch(r"[a-z][a-z0-9_]*", key) is not None


def _fold(text: str) -> tuple[str, list[int]]:
    """The text in small letters, without marks, with single spaces; and for each character where it stood."""
    plain: list[str] = []
    places: list[int] = []
    for n, char in enumerate(text):
        for part in unicodedata.normalize("NFKD", char):
            if unicodedata.category(part) in UNSEEN:
                continue
            small = " " if part.isspace() else part.lower()
            if small == " " and plain and plain[-1] == " ":
                continue
            plain.extend(small)
            places.extend([n] * len(small))
    return "".join(plain), places


def _past_marks(text: str, end: int) -> int:
    while end < len(text) and unicodedata.category(text[end]) in UNSEEN:
        end += 1
    return end
