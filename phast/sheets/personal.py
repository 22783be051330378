"""What in a spreadsheet is about persons, by the names of its columns and by its values. Which of it is refused, the app says."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from .cells import words_of

_NUMBER = r"(no|num|nbr|number|id|#)"
_HEADERS = {
    "names": r"(first|last|full|middle|maiden|client|patient|recipient|person|individual|participant|subject|victim"
    r"|suspect|offender|contact)s? ?names?|names?|surname|given name|family name|initials|alias",
    "dates of birth": r"dob|d o b|birth ?dates?|dates? of birth|birthday|year of birth|birth year",
    "ages": r"ages?|age group|age range|age at .*",
    "sex, gender, race or ethnicity": r"sex|gender|race|ethnicity|race ethnicity|hispanic",
    "case or incident numbers": rf"(case|incident|report|call|cad|cfs|event|run|complaint|docket|booking|arrest|warrant)s? ?{_NUMBER}"
    rf"|case|incident|cad|cfs|mrn|medical record.*|record {_NUMBER}|(client|patient|participant|person|inmate) ?{_NUMBER}",
    "Social Security or license numbers": rf"ssn|social security.*|(driver s? ?)?licen[cs]e( {_NUMBER})?",
    "phone numbers": rf"((cell|home|mobile) )?(tele)?phones?( {_NUMBER})?|cell|mobile",
    "addresses or positions": r"((home|street|mailing|incident) )?address(es)?( line)?( \d)?|street( name)?|house number|apt|apartment"
    r"|lat|long|lng|latitude|longitude|coordinates|geocode|[xy] coord.*",
    "e-mail addresses": r"e ?mails?( address(es)?)?",
    "what happened to a person": r"narrative|diagnosis|medical.*|(drug|substance)s? used?|charges?|arrested|warrants?"
    rf"|(kit )?serial ?{_NUMBER}",
}
HEADER = {what: re.compile(f"(?:{pattern})") for what, pattern in _HEADERS.items()}

VALUES = {
    "e-mail addresses": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "Social Security numbers": re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    "phone numbers": re.compile(r"(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)"),
    "street addresses": re.compile(
        r"(?<!\w)\d{1,5} +(?:[NSEW]\.? +)?[A-Z]\w+(?: [A-Z]\w+)? +(?:st|street|ave|avenue|rd|road|blvd|ln|lane|dr|drive|ct|court|way|pl)\b",
        re.IGNORECASE,
    ),
    "case numbers": re.compile(
        r"(?<![\w-])(?:(?:case|inc|cr|cfs|rpt)[ #:-]*)?(?:(?:19|20)\d\d|\d\d)-(?!(?:19|20)\d\d(?!\d))\d{4,8}(?![\w-])"
        r"|(?<!\w)[A-Z]{1,3}\d{2}-?\d{4,8}(?!\w)"
    ),
    "dates of birth": re.compile(r"\b(?:dob|born|birth)\b.{0,12}\d", re.IGNORECASE),
}


def personal_headers(labels: Sequence[str], kinds: Container[str] = HEADER) -> list[tuple[int, str]]:
    """The columns that are named for something about a person: index, and what it is. `kinds`: which keys of HEADER to look for."""
    return [
        (column, what)
        for column, label in enumerate(labels)
        for what, pattern in HEADER.items()
        if what in kinds and pattern.fullmatch(words_of(label))
    ]


def kind_of(text: str) -> str:
    """What about a person the text holds ("phone numbers"), or ""."""
    if len(text) > 5:
        for what, pattern in VALUES.items():
            if pattern.search(text):
                return what
    return ""
