from __future__ import annotations

from dataclasses import dataclass

LONGEST = 50  # letters of a text that is named


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a PDF. `rule`: which check found it; `page` counts from 1, 0 is the document as a whole."""

    rule: str
    page: int
    sentence: str

    def __str__(self) -> str:
        return f"Page {self.page}: {self.sentence}" if self.page else self.sentence


def short(text: str) -> str:
    """A text in quotes, cut to what is enough to find it."""
    plain = " ".join(text.split())
    return f"“{plain if len(plain) <= LONGEST else plain[: LONGEST - 1].rstrip() + '…'}”"
