"""What in a text looks as if it were about a person. A guess, for asking somebody to look again; what it misses is still their duty."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from django.core.exceptions import ValidationError

from phast.sheets.personal import VALUES

# Common first names of adults in the United States, less those that are also places or words which stand in such texts (Troy,
# Austin, Jordan, Madison, Virginia, Grant). One a line.
FIRST_NAMES = frozenset((Path(__file__).parent / "data" / "first_names.txt").read_text().split())
# Looked for from every word on: in "Ask John Miller" the pair that counts is the second.
_NAME = re.compile(r"\b(?=([A-Z][a-z]+)\s+(?:[A-Z]\.?\s+)?([A-Z][a-z]+(?:[-’'][A-Z][a-z]+)?)\b)")
# "Rose Street" and "Carol County" are places.
_PLACE = re.compile(
    r"street|avenue|road|lane|drive|court|way|place|square|park|county|city|town|village|hill|river|lake|falls|heights|island|bridge"
    r"|hospital|clinic|center|college|university|police|fire|department|day|law",
    re.IGNORECASE,
)


_PHONE = re.compile(r"(?<!\d)(?:\+?1[\s.-]?)?\(?(\d{3})\)?[\s.-]{0,2}(\d{3})[\s.-]?(\d{4})(?!\d)")
_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})


def looks_personal(text: str, *, names: bool = True, public_lines: Collection[str] = ()) -> list[str]:
    """What about a person the text seems to hold: "phone numbers", "dates of birth"… Empty when it seems to hold nothing.

    `names`: look for persons' names, too. Leave it out where people write about their own organization. `public_lines`: the last ten
    digits of phone numbers that are nobody's own; toll-free ones never are.
    """
    text = _PHONE.sub(
        lambda line: " " if line[1] in _TOLL_FREE or "".join(line.groups()) in public_lines else line[0], text
    )
    found = [what for what, pattern in VALUES.items() if pattern.search(text)]
    return ["names", *found] if names and _names_somebody(text) else found


def refuse_personal(text: str, *, names: bool = True, public_lines: Collection[str] = ()) -> None:
    """Raises ValidationError, which asks for an edit, when the text looks as if it were about a person."""
    found = looks_personal(text, names=names, public_lines=public_lines)
    if found:
        raise ValidationError(
            f"This looks as if it held {in_words(found)}. Nothing about a person may stand here: take it out, then send it again.",
            code="personal",
        )


def in_words(found: Sequence[str]) -> str:
    """What was found, as a sentence names it: "names, phone numbers and case numbers"."""
    return " and ".join(filter(None, [", ".join(found[:-1]), found[-1]]))


def _names_somebody(text: str) -> bool:
    return any(first.casefold() in FIRST_NAMES and not _PLACE.fullmatch(last) for first, last in _NAME.findall(text))
