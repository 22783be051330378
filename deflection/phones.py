"""What may stand where a phone number is asked for, and how it is written."""

from __future__ import annotations

import re

NO_PHONE = "Write a phone number with its area code, such as 518-555-0142, or a short one such as 988."
_NUMBER = r"(?:\+?1[\s.-]*)?(?:\((\d{3})\)|(\d{3}))[\s./-]*(\d{3})[\s.-]*(\d{4})"
_SHORT = "[235678]11|911|988"
_CALLED = re.compile(rf"(?<!\d)(?:{_NUMBER}|{_SHORT})(?!\d)")
_EXTENSION = re.compile(r"(?:\bext(?:ension)?\.?|\bx|(?<=\d)x)\s*#?\s*\d{1,6}\b", re.IGNORECASE)
_LONG = re.compile(r"\d{7,}")  # more than an extension or the hours beside it
DIGITS = range(3, 21)  # of a number that is partly said in letters, such as 1-800-NEVERUSE or "Text HOME to 741741"


def is_phone(text: str) -> bool:
    """Whether somebody can call this: one or more numbers of the United States of ten digits, or a short one of a public service,
    perhaps with extensions or words beside them. Of a number in letters only the digits are counted."""
    said = _EXTENSION.sub(" ", text)
    rest, found = _CALLED.subn(" ", said)
    if found:
        return not _LONG.search(rest)
    letters = re.search(r"[^\W\d_]", said)
    return bool(letters) and len(re.sub(r"\D", "", said)) in DIGITS


def written(text: str) -> str:
    """A number of ten digits as all are written, 518-555-0142; anything else, such as one with an extension, as it is."""
    match = re.fullmatch(_NUMBER, text.strip())
    return "-".join(filter(None, match.groups())) if match else text
