"""A block of cells out of a spreadsheet becomes rows of the month's page: a place and a number each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lbn.enums import Place
from lbn.rules import NotReadable, parse_kits, parse_zip

MOST = 200  # rows
_CODE_HEADS = re.compile(r"zip( ?code)?s?|postal code|place|where|area", re.I)
_KIT_HEADS = re.compile(r".*\b(kits?|total|count|number|quantity|qty|distributed)\b.*", re.I)
_UNKNOWN = re.compile(r"(zip )?(not known|unknown|none|not recorded|n/?a|\?)", re.I)
_OUTSIDE = re.compile(r"(out(side)?( of)?( the| our)?( service)?( area| county)?|other|elsewhere)", re.I)
_TOTAL = re.compile(r"(grand |sub)?-?totals?:?", re.I)


@dataclass(frozen=True)
class PastedRow:
    """`where`: a ZIP as it will stand in its box (five digits where it can be read, else as it was), "unknown" or "outside"."""

    where: str
    kits: str


@dataclass
class Pasted:
    """The rows of a block, and sentences about what was left out or read in a certain way."""

    rows: list[PastedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    zeros: int = 0  # ZIPs that have lost their first zero, still as they were pasted


def read_block(text: str) -> Pasted:
    """Reads lines of cells divided by tabs, semicolons or commas. Nothing is guessed that a person does not see afterwards: a ZIP
    without its first zero and a number that is none come out as they were, to be told beside their box."""
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    table = [_cells(line) for line in lines]
    pasted = Pasted()
    if not table:
        pasted.notes.append("Nothing was pasted. Copy the columns with the ZIP codes and the kits first.")
        return pasted
    where, kits, has_head = _columns(table)
    body = table[1:] if has_head else table
    totals = skipped = 0
    for line in body:
        cells = line + [""] * (max(where, kits) + 1 - len(line))
        if _TOTAL.fullmatch(cells[where]):
            totals += 1
        elif not cells[where] and not cells[kits]:
            skipped += 1
        elif len(pasted.rows) < MOST:
            place, lost = _place(cells[where])
            pasted.zeros += lost
            pasted.rows.append(PastedRow(place, _number(cells[kits])))
    if totals:
        pasted.notes.append("The line with the total is left out.")
    if len(body) - totals - skipped > MOST:
        pasted.notes.append(
            f"Only the first {MOST} lines are here. Save them, then paste the others; or import a file."
        )
    if has_head and len(table[0]) > 2:
        pasted.notes.append(f"Taken: “{table[0][where]}” and “{table[0][kits]}”. The other columns are left out.")
    elif max(map(len, body), default=0) > 2:
        pasted.notes.append(
            "Taken: the first column as ZIP code, the second as kits. Copy the heads too to choose others."
        )
    return pasted


def mend_zeros(where: str) -> str:
    """The ZIP with the zeros that a spreadsheet has dropped; anything else as it is."""
    try:
        return parse_zip(where) if where.strip() else where
    except NotReadable as error:
        return error.proposal or where


def _cells(line: str) -> list[str]:
    divider = next((each for each in ("\t", ";") if each in line), None)
    if divider:
        cells = line.split(divider)
    elif "," in line:
        place, rest = line.split(",", 1)
        cells = [place, rest] if _is_number(rest.strip().strip('"')) else line.split(",")  # 1,200 is one number
    else:
        cells = line.rsplit(None, 1)
    return [cell.strip().strip('"').strip() for cell in cells]


def _columns(table: list[list[str]]) -> tuple[int, int, bool]:
    """Where the places and the kits stand, and whether the first line is a head."""
    first = table[0]
    has_head = not any(_is_number(cell) for cell in first) and any(
        _CODE_HEADS.fullmatch(cell) or _KIT_HEADS.fullmatch(cell) for cell in first
    )
    if not has_head:
        return 0, 1, False
    where = next((n for n, cell in enumerate(first) if _CODE_HEADS.fullmatch(cell)), 0)
    kits = next((n for n, cell in enumerate(first) if n != where and _KIT_HEADS.fullmatch(cell)), where + 1)
    return where, kits, True


def _is_number(cell: str) -> bool:
    try:
        parse_kits(cell)
    except NotReadable:
        return False
    return True


def _place(cell: str) -> tuple[str, bool]:
    if _UNKNOWN.fullmatch(cell):
        return Place.UNKNOWN, False
    if _OUTSIDE.fullmatch(cell):
        return Place.OUTSIDE, False
    try:
        return parse_zip(cell), False
    except NotReadable as error:
        return cell[:20], error.proposal is not None


def _number(cell: str) -> str:
    """Without thousands separators where it is a whole number; else as it is, at most as long as its box takes."""
    try:
        return str(parse_kits(cell))
    except NotReadable:
        return cell[:20]
