"""What a person may type as a ZIP code, and which ZIP codes there are. A ZIP code is text: leading zeros matter."""

import re
from collections.abc import Iterable

from .models import Zip

_PLAIN = re.compile(r"([0-9]{3,5})(?:\.0+)?")  # a spreadsheet that took the code for a number writes 12201.0
_PLUS_FOUR = re.compile(r"([0-9]{3,5})[-– ][0-9]{4}|([0-9]{5})[0-9]{4}")
_CANADIAN = re.compile(r"[A-Za-z][0-9][A-Za-z][ -]?[0-9][A-Za-z][0-9]")


class ZipError(ValueError):
    """Why a text is not a ZIP code, as a sentence. It never repeats the text. `proposal` is what may have been meant when a
    program dropped leading zeros, for a person to confirm; else None."""

    def __init__(self, message: str, proposal: str | None = None) -> None:
        super().__init__(message)
        self.proposal = proposal


def normalise_zip(text: str) -> str:
    """The five digits of a ZIP code. The four after a hyphen are dropped; they are kept nowhere.

    Raises `ZipError` with a sentence that says what to do. Whether such a ZIP code exists is another question: `known_among`.
    """
    text = text.strip()
    found = _PLAIN.fullmatch(text) or _PLUS_FOUR.fullmatch(text)
    if not found:
        if _CANADIAN.fullmatch(text):
            raise ZipError("This is a Canadian postal code. Use “outside the area” for kits left there.")
        raise ZipError("A ZIP code has five digits, such as 12203.")
    digits = next(group for group in found.groups() if group)
    code = digits.zfill(5)
    if code == "00000":
        raise ZipError("00000 is not a ZIP code. Use “unknown” when the ZIP code is not known.")
    if len(digits) < 5:
        raise ZipError(f"A ZIP code has five digits. Is this {code}?", proposal=code)
    return code


def known_among(codes: Iterable[str]) -> set[str]:
    """Those ZIP codes that the reference data has, in one query. A few live ones are missing: ask the person, never refuse."""
    return set(Zip.objects.filter(pk__in=set(codes)).values_list("code", flat=True))


def places_of(codes: Iterable[str]) -> dict[str, str]:
    """What the places of these ZIP codes are called, "Troy" of 12180, in one query. Without those that are not known."""
    return dict(Zip.objects.filter(pk__in=set(codes)).exclude(place="").values_list("code", "place"))
