"""What an uploaded file is, told by its content; its name only has to agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

from .delimited import DelimitedTable
from .refused import FileRefused
from .workbook import WorkbookTable

LARGEST = 50_000_000  # bytes; 500,000 short rows are about 20 MB
BLOCK = 1 << 20

_PARTS = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = {
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "a text document",
    b"PK\x05\x06": "an empty zip file",
}
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


Row = tuple[int, list[Any], str]


class Table(Protocol):
    """Rows of a sheet. `size`: how many rows, about. `sheets`: the visible sheets, and `hidden_sheets`; `sheet`: which this is. `left_out`:
    sentences about what is not read. `since_1904`: numbers in date columns are days since 1904, not 1900."""

    size: int
    sheets: list[str]
    hidden_sheets: list[str]
    sheet: str
    left_out: list[str]
    since_1904: bool

    def rows(self) -> Iterator[Row]:
        """Row number as the spreadsheet shows it, cells, and why the row is no row ("blank", "merged", "hidden") or ""."""
        ...


def fingerprint(file: BinaryIO) -> str:
    """SHA-256 of the content."""
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def open_table(file: BinaryIO, name: str, sheet: str = "") -> Table:
    """The rows of the file, or of one of its sheets. Raises FileRefused."""
    file.seek(0, 2)
    size = file.tell()
    if size > LARGEST:
        raise FileRefused(
            f"This file has {size / 1e6:.0f} MB. The largest that is read has {LARGEST / 1e6:.0f} MB. Split it and try again."
        )
    file.seek(0)
    head = file.read(4096)
    if not head.strip(b"\x00 \t\r\n" + b"".join(_BOMS)):
        raise FileRefused("This file is empty.")
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if head.startswith(_PARTS):
        if ending not in ("xlsx", "xlsm"):
            raise FileRefused(
                f"This file is called .{ending or '?'} but is an Excel workbook. Save it as .xlsx or .csv, and try again."
            )
        return WorkbookTable(file, sheet)
    if head.startswith(_OLD_OFFICE):
        raise FileRefused(
            "This is an old Excel file, or one with a password. Open it, save it as .xlsx without a password, and try again."
        )
    for start, what in _OTHERS.items():
        if head.startswith(start):
            raise FileRefused(f"This is {what}, not a spreadsheet. Save the table as .xlsx or .csv and try again.")
    if _is_markup(head):
        raise FileRefused(
            "This is a web page or XML, whatever its name says. Open it in a spreadsheet program, save it as .xlsx, and try again."
        )
    if ending in ("xlsx", "xlsm", "xls"):
        raise FileRefused(
            f"This file is called .{ending} but is no Excel workbook. If it is text, name it .csv and try again."
        )
    if ending not in ("csv", "tsv", "txt", ""):
        raise FileRefused("Only .xlsx and .csv are read. Save the table as one of them and try again.")
    return DelimitedTable(file)


def _is_markup(head: bytes) -> bool:
    """HTML or XML, in any of the encodings it comes in: tables do not begin with an angle bracket and a letter."""
    for bom in _BOMS:
        head = head.removeprefix(bom)
    text = head.replace(b"\x00", b"").lstrip().lower()
    return (text[:1] == b"<" and text[1:2].isalpha()) or text.startswith((b"<!", b"<?xml"))
