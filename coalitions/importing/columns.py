"""The columns of a roster: what they are called here, and what people call them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phast.sheets.cells import words_of

SEPARATOR = "; "
LOOK_AT = 30  # rows in which the names are looked for
LONGEST_LABEL = 60  # more is a title or a sentence


@dataclass(frozen=True)
class Column:
    """`header`: what our own files call it; `others`: what it is called elsewhere, in small letters without signs, parted by |."""

    header: str
    others: str


COLUMNS: dict[str, Column] = {
    "organization": Column(
        "Partner",
        "organization|organisation|organization name|agency|agency name|partner name|partners|company|"
        "partner agency|partner organization|agency organization|organization agency|member organization|"
        "department|name of organization|name of agency|affiliation|entity|account",
    ),
    "agency_type": Column("Type of agency", "type|agency type|organization type|type of organization|kind|category"),
    "sectors": Column("Sectors", "sector|sector s|sectors represented|sector represented|discipline"),
    "status": Column("Status", "active|membership status|partner status"),
    "joined": Column("Joined", "joined on|date joined|join date|member since|since|start date"),
    "website": Column("Website", "web site|web|url|homepage|web address|web page|site"),
    "address": Column(
        "Address",
        "address of the organization|organization address|agency address|street address|mailing address|"
        "location|office address|business address",
    ),
    "name": Column(
        "Contact",
        "contact name|name|full name|contact person|primary contact|representative|member|member name|"
        "point of contact|poc|person|designee|key contact",
    ),
    "first": Column("First name", "first|given name|contact first name|fname"),
    "last": Column("Last name", "last|surname|family name|contact last name|lname"),
    "title": Column("Job title", "title|role|position|position title|role title|title role|job|rank|title position"),
    "part": Column("Part they play", "part|coalition role|role in the coalition|responsibility"),
    "email": Column("E-mail", "email|e mail address|email address|mail|work email|contact email"),
    "phone": Column(
        "Phone",
        "phone number|telephone|tel|office phone|work phone|contact phone|telephone number|cell|mobile|"
        "cell phone|mobile phone|phone no|phone #|telephone #",
    ),
}
_KEYS = {
    words_of(called): key for key, column in COLUMNS.items() for called in (column.header, *column.others.split("|"))
}


def key_of(label: str) -> str:
    """What a column of this name holds; empty when the words mean nothing here."""
    words = words_of(label)
    return _KEYS.get(words, "") if len(label) <= LONGEST_LABEL else ""


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """The number of the row that names the columns; title rows above it are passed over. 0 when there is none."""
    best, found = 0, 0
    for number, cells in enumerate(rows[:LOOK_AT], 1):
        keys = {key for cell in cells if (key := key_of(cell))}
        if len(keys) > best:
            best, found = len(keys), number
    return found


def guess(rows: Sequence[Sequence[str]], header: int) -> dict[str, str]:
    """What each column seems to hold: its index, as text, and the key. The first of two with the same meaning counts."""
    found: dict[str, str] = {}
    for index, label in enumerate(rows[header - 1] if header else []):
        key = key_of(label)
        if key and key not in found.values():
            found[str(index)] = key
    return found
