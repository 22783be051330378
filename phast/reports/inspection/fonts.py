"""What the codes of a PDF's text mean and how wide they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pikepdf

SINGLE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>")
SPAN = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*(<[0-9a-fA-F]*>|\[[^\]]*\])")
PARTS = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
BOLD = ("bold", "black", "heavy")
IS_BOLD = 600  # the weight from which letters are thick enough


class Font:
    """A font of a page."""

    def __init__(self, font: pikepdf.Object) -> None:
        self._font = font
        self.is_wide = str(font.get("/Subtype", "")) == "/Type0"
        self._inner = font.DescendantFonts[0] if self.is_wide else font

    @cached_property
    def is_bold(self) -> bool:
        about: Any = self._inner.get("/FontDescriptor", {})
        name = f"{self._font.get('/BaseFont', '')}".lower()
        return int(about.get("/FontWeight", 0)) >= IS_BOLD or any(word in name for word in BOLD)

    def read(self, codes: bytes) -> tuple[str, list[float]]:
        """The text, and how far each code moves on, in thousandths of the size."""
        step = 2 if self.is_wide else 1
        numbers = [int.from_bytes(codes[at : at + step], "big") for at in range(0, len(codes), step)]
        return "".join(self._meaning.get(one, "") for one in numbers), [self._width(one) for one in numbers]

    def _width(self, code: int) -> float:
        if self.is_wide:
            return self._widths.get(code, float(self._inner.get("/DW", 1000)))
        return self._widths.get(code, 500.0)

    @cached_property
    def _widths(self) -> dict[int, float]:
        if not self.is_wide:
            first = int(self._font.get("/FirstChar", 0))
            return {first + at: float(width) for at, width in enumerate(self._font.get("/Widths", []))}
        found: dict[int, float] = {}
        given = list(self._inner.get("/W", []))
        while given:
            first = int(given.pop(0))
            then = given.pop(0)
            if isinstance(then, pikepdf.Array):
                found.update((first + at, float(width)) for at, width in enumerate(then))
            else:
                width = float(given.pop(0))
                found.update(dict.fromkeys(range(first, int(then) + 1), width))
        return found

    @cached_property
    def _meaning(self) -> dict[int, str]:
        if "/ToUnicode" not in self._font:
            return {} if self.is_wide else {code: chr(code) for code in range(32, 127)}
        return dict(_pairs(self._font.ToUnicode.read_bytes()))


def _pairs(table: bytes) -> Iterator[tuple[int, str]]:
    """Each code and its letters, of a ToUnicode table."""
    for kind, body in PARTS.findall(table):
        if kind == b"bfchar":
            for code, letters in SINGLE.findall(body):
                yield int(code, 16), _letters(letters)
            continue
        for first, last, letters in SPAN.findall(body):
            codes = range(int(first, 16), int(last, 16) + 1)
            if letters.startswith(b"["):
                yield from zip(codes, map(_letters, re.findall(rb"<([0-9a-fA-F]*)>", letters)), strict=False)
            else:
                begin = _letters(letters.strip(b"<>"))
                yield from ((code, begin[:-1] + chr(ord(begin[-1]) + code - codes[0])) for code in codes)


def _letters(digits: bytes) -> Any:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")
