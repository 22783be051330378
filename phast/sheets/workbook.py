"""Excel workbooks. calamine reads the cells; what it does not tell (hidden rows, formulas without a value) is read beside it.

Nothing is opened before the container is known to be harmless: sizes, real sizes, entities, and cells so far apart that a table
of them would not fit.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.parsers import expat

import defusedxml.ElementTree as SafeXml
from defusedxml.common import DefusedXmlException
from python_calamine import CalamineError, CalamineWorkbook

from .delimited import WIDEST
from .refused import FileRefused

MOST_BYTES = 400_000_000  # of all parts unzipped
MOST_PARTS = 2_000
BOMB_RATIO = 100  # sheets of real figures shrink to a tenth, repeated ones to a fortieth
RATIO_FROM = 10_000_000  # bytes; below, a ratio does no harm
MOST_CELLS = 20_000_000  # of the rectangle that holds all values
BELOW = 1_000  # rows a merge may go on after the last value; more is a merge of whole columns
BLOCK = 1 << 16

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

DAMAGED = FileRefused("This workbook is damaged. Open it in your spreadsheet program, save it again, and try again.")


@dataclass(frozen=True)
class Broken:
    """A cell that shows a number or an error in Excel but holds no value that can be read."""

    sentence: str


NO_VALUE = Broken(
    "This cell holds a formula without a value. Open the file in Excel, save it, and try again, or type the number."
)
IN_ERROR = Broken("This cell shows an Excel error such as #REF!. Mend the formula, or type the number.")


@dataclass
class Beside:
    """What a sheet holds beside its values. Rows and columns count from 1."""

    hidden: set[int] = field(default_factory=set)
    broken: dict[int, dict[int, Broken]] = field(default_factory=dict)
    hidden_columns: list[int] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0


class WorkbookTable:
    """One sheet of a workbook as rows: the named one, or the first that can be seen. Raises FileRefused."""

    def __init__(self, file: BinaryIO, sheet: str = "", *, book: CalamineWorkbook | None = None) -> None:
        """`book`: the workbook, where it was opened already and so is known to be harmless."""
        self._file = file
        try:
            with zipfile.ZipFile(file) as archive:
                if book is None:
                    _check_container(archive, file)
                parts, hidden, self.since_1904 = _sheets(archive)
                if not parts:
                    raise FileRefused(
                        "This workbook has no sheet that can be seen. Unhide the one you mean and try again."
                    )
                self.sheets, self.hidden_sheets = list(parts), list(hidden)
                parts |= hidden
                self.sheet = sheet if sheet in parts else self.sheets[0]
                self._beside = _look_beside(archive, parts[self.sheet])
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            KeyError,
            SafeXml.ParseError,
            expat.ExpatError,
            NotImplementedError,
        ):
            raise DAMAGED from None
        except DefusedXmlException:
            raise FileRefused(
                "This workbook holds XML entities, which no spreadsheet program writes. It is not opened."
            ) from None
        self._book, self._values = self._read(file, book)
        self.size = self._beside.last_row
        self.left_out = _told(self.hidden_sheets, self._beside)

    def another(self, sheet: str) -> WorkbookTable:
        """Another sheet of the same workbook, which is unpacked and checked only once."""
        return WorkbookTable(self._file, sheet, book=self._book)

    def _read(self, file: BinaryIO, book: CalamineWorkbook | None) -> tuple[CalamineWorkbook, Any]:
        far_right = self._beside.last_column > WIDEST
        if far_right or self._beside.last_row * self._beside.last_column > MOST_CELLS:
            raise FileRefused(
                "This sheet has cells very far apart. Delete what is far right of or below the table and try again."
            )
        file.seek(0)
        try:
            book = book or CalamineWorkbook.from_filelike(file)
            return book, book.get_sheet_by_name(self.sheet)
        except CalamineError:
            raise DAMAGED from None

    def rows(self) -> Iterator[tuple[int, list[Any], str]]:
        """See `source.Table`. A merged cell's value stands in every row it spans, but a row with nothing of its own stays blank."""
        beside = self._beside
        offset = self._values.start[1] if self._values.start else 0
        spans, covered = self._merged()
        above: dict[int, Any] = {}
        number = 0
        for number, values in enumerate(self._values.iter_rows(), 1):
            cells = [""] * offset + values  # calamine leaves out the columns before the first value
            for column, broken in beside.broken.get(number, {}).items():
                cells.extend([""] * (column - len(cells)))
                cells[column - 1] = broken
            if number in beside.hidden:
                yield number, cells, "hidden"
            elif all(_is_blank(cell) for cell in cells):
                yield number, cells, "merged" if number in covered else "blank"
            else:
                for first, last, column in spans.get(number, ()):
                    if first == number:
                        above[column] = (last, cells[column - 1])
                for column, (last, value) in above.items():
                    if number <= last and _is_blank(cells[column - 1]):
                        cells[column - 1] = value
                yield (
                    number,
                    [("TRUE" if cell else "FALSE") if cell is True or cell is False else cell for cell in cells],
                    "",
                )
        for below in sorted(row for row in covered if row > number):
            yield below, [], "merged"

    def _merged(self) -> tuple[dict[int, list[tuple[int, int, int]]], set[int]]:
        """By first row, the (first row, last row, column) of merges over several rows; and the rows below a merge's first."""
        spans: dict[int, list[tuple[int, int, int]]] = {}
        covered: set[int] = set()
        for (top, left), (bottom, _) in self._values.merged_cell_ranges or []:
            if top < bottom <= self._beside.last_row + BELOW:
                spans.setdefault(top + 1, []).append((top + 1, bottom + 1, left + 1))
                covered.update(range(top + 2, bottom + 2))
        return spans, covered


def _is_blank(cell: Any) -> bool:
    return cell == "" or (type(cell) is str and not cell.strip())


def _told(hidden_sheets: list[str], beside: Beside) -> list[str]:
    told = []
    if hidden_sheets:
        told.append(f"{len(hidden_sheets)} hidden sheet{'' if len(hidden_sheets) == 1 else 's'} left out.")
    if beside.hidden_columns:
        told.append("Hidden columns are read like the others: look at them below.")
    return told


# ------------------------------------------------------------------ the container
def _check_container(archive: zipfile.ZipFile, file: BinaryIO) -> None:
    """Declared sizes first, which takes no time; then the real ones, and the start of every XML part, where entities would be."""
    infos = archive.infolist()
    declared = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if (
        declared > MOST_BYTES
        or len(infos) > MOST_PARTS
        or (declared > RATIO_FROM and declared > BOMB_RATIO * max(packed, 1))
    ):
        raise FileRefused(
            f"Unpacked, this file would take {declared / 1e6:,.0f} MB, more than any table needs. It is not opened. Save the table alone."
        )
    names = {info.filename for info in infos}
    if "xl/workbook.xml" not in names:
        if "xl/workbook.bin" in names or "mimetype" in names:
            raise FileRefused("This spreadsheet is not an .xlsx. Open it, save it as .xlsx or .csv, and try again.")
        raise FileRefused("This zip file holds no Excel workbook. Upload the .xlsx or .csv itself.")
    for info in infos:
        if info.flag_bits & 1:
            raise FileRefused("This workbook has a password. Save it without one and try again.")
        _check_size(file, info)
        if info.filename.endswith((".xml", ".rels")) and info.file_size:
            with archive.open(info) as part:
                next(iter(SafeXml.iterparse(part, events=("start",), forbid_dtd=True)), None)


def _check_size(file: BinaryIO, info: zipfile.ZipInfo) -> None:
    """A part that unpacks to more than it says is made to deceive: other programs would go on reading."""
    if info.compress_type == zipfile.ZIP_STORED:
        if info.compress_size != info.file_size:
            raise DAMAGED
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise DAMAGED
    file.seek(info.header_offset + 26)
    lengths = file.read(4)
    file.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    left, real, pending = info.compress_size, 0, b""
    while not unpacker.eof and (left or pending):
        if not pending:
            pending = file.read(min(BLOCK, left))
            if not pending:
                raise DAMAGED
            left -= len(pending)
        real += len(unpacker.decompress(pending, 1 << 20))
        pending = unpacker.unconsumed_tail
        if real > info.file_size:
            raise FileRefused("This file unpacks to more than it says. It is not opened.")


# ------------------------------------------------------------------ what stands beside the values
def _sheets(archive: zipfile.ZipFile) -> tuple[dict[str, str], dict[str, str], bool]:
    """The visible sheets (name → part) in order, the hidden ones, and whether days count from 1904."""
    book = SafeXml.fromstring(archive.read("xl/workbook.xml"))
    targets = {
        rel.get("Id"): rel.get("Target", "")
        for rel in SafeXml.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        if rel.get("Type", "").endswith("/worksheet")
    }
    visible: dict[str, str] = {}
    hidden: dict[str, str] = {}
    properties = next((e for e in book if e.tag in (f"{_MAIN}workbookPr", f"{_STRICT}workbookPr")), None)
    for sheet in book.iter():
        if sheet.tag not in (f"{_MAIN}sheet", f"{_STRICT}sheet"):
            continue
        target = targets.get(sheet.get(_REL) or sheet.get(_STRICT_REL))
        if target is None:
            continue  # a chart sheet
        shown = visible if sheet.get("state", "visible") == "visible" else hidden
        shown[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return visible, hidden, properties is not None and properties.get("date1904") in ("1", "true")


def _look_beside(archive: zipfile.ZipFile, part: str) -> Beside:
    """Reads the sheet's XML as a stream."""
    parser = expat.ParserCreate(namespace_separator=" ")
    watcher = _Watcher(parser)
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    return watcher.found


class _Watcher:
    """Notes hidden rows and columns, formulas without a value, errors, and how far the values reach."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.found = Beside()
        self._parser = parser
        self._row = self._column = 0
        self._is_formula = self._is_error = self._has_value = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            place = attributes.get("r")
            self._column = _column_of(place) if place else self._column + 1
            self._is_formula, self._has_value = False, False
            self._is_error = attributes.get("t") == "e"
        elif name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.found.hidden.add(self._row)
        elif name == "f":
            self._is_formula = True
        elif name == "v":
            if self._is_formula:  # only then may it be empty
                self._parser.CharacterDataHandler = self._text
            else:
                self._has_value = True
        elif name == "is":
            self._has_value = True
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self.found.hidden_columns.append(int(attributes.get("min", "0")))

    def _text(self, text: str) -> None:
        self._has_value = self._has_value or bool(text.strip())

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "v" and self._is_formula:
            self._parser.CharacterDataHandler = None
        if name != "c":
            return
        found = self.found
        if self._is_error:
            found.broken.setdefault(self._row, {})[self._column] = IN_ERROR
        elif self._is_formula and not self._has_value:
            found.broken.setdefault(self._row, {})[self._column] = NO_VALUE
        elif not self._has_value:
            return
        found.last_row = max(found.last_row, self._row)
        found.last_column = max(found.last_column, self._column)


def _column_of(place: str) -> int:
    """ "AB12" is column 28."""
    column = 0
    for letter in place:
        if not letter.isalpha():
            break
        column = column * 26 + ord(letter.upper()) - 64
    return column
