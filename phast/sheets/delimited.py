"""Text with separators: CSV and its relatives."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from .refused import FileRefused

BLOCK = 1 << 20
MOST_ROWS = 1_048_576  # as many as a sheet of a workbook can have
WIDEST = 1_000  # columns of any row; a line of nothing but commas would fill the memory
DELIMITERS = ",;\t|"
_SAMPLE = 20  # rows from which the separator is told
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class DelimitedTable:
    """A CSV file as rows, read as a stream. Encoding and separator are told from the content. Raises FileRefused."""

    since_1904 = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoding, self.size = _encoding_of(file)
        self._delimiter = self._sniff()
        self.sheets: list[str] = []
        self.hidden_sheets: list[str] = []
        self.sheet = ""
        self.left_out: list[str] = []

    def rows(self) -> Iterator[tuple[int, list[Any], str]]:
        """See `source.Table`."""
        number = 0
        try:
            for number, cells in enumerate(csv.reader(self._text(), delimiter=self._delimiter, strict=True), 1):
                if number > MOST_ROWS:
                    raise FileRefused(f"More than {MOST_ROWS:,} rows. Split the file and try again.")
                if len(cells) > WIDEST:
                    raise FileRefused(
                        f"Row {number:,} has {len(cells):,} columns. A table has a few: delete the others and try again."
                    )
                yield number, cells, "" if any(map(str.strip, cells)) else "blank"
        except csv.Error:
            raise FileRefused(
                f"Row {number + 1:,} cannot be read: its quotation marks do not match. Mend it and try again."
            ) from None

    def _text(self) -> Iterator[str]:
        self._file.seek(0)
        decoder = codecs.getincrementaldecoder(self._encoding)()
        return _lines(self._file, decoder)

    def _sniff(self) -> str:
        """The separator that splits the first rows into the same number of columns, the most of them."""
        lines = [line for line, _ in zip((line for line in self._text() if line.strip()), range(_SAMPLE), strict=False)]

        def splits(delimiter: str) -> tuple[int, int]:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
            usual = max(widths, key=widths.count, default=1)
            return (widths.count(usual) if usual > 1 else 0, usual)

        try:
            return max(DELIMITERS, key=splits)
        except csv.Error:
            return ","


def _lines(file: BinaryIO, decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    """Lines of text with their ends. Not TextIOWrapper: that would close the upload when it is dropped."""
    rest = ""
    while block := file.read(BLOCK):
        text = rest + decoder.decode(block)
        lines = io.StringIO(text, newline="").readlines()
        # The last line may go on in the next block, and a lone \r may be half of \r\n.
        rest = lines.pop() if lines else ""
        yield from lines
    rest += decoder.decode(b"", final=True)
    if rest:
        yield from io.StringIO(rest, newline="")


def _encoding_of(file: BinaryIO) -> tuple[str, int]:
    """The encoding, and how many lines there are. Raises FileRefused with the first line that is broken.

    Without a mark at the start it is UTF-8 if all of it is; else the Windows one, unless a part of it can only be UTF-8: then the
    file is damaged, and guessing would turn names into rubbish.
    """
    file.seek(0)
    head = file.read(4096)
    marked = next((name for mark, name in _BOMS.items() if head.startswith(mark)), "")
    if not marked and b"\x00" in head[:64]:
        evens, odds = head[0:4096:2].count(0), head[1:4096:2].count(0)
        marked = "utf-16-le" if odds > len(head) // 4 else "utf-16-be" if evens > len(head) // 4 else ""
    if marked:
        broken, lines, _ = _first_broken(file, marked)
        if broken:
            raise _broken(broken)
        return marked, lines
    broken, lines, is_utf8 = _first_broken(file, "utf-8")
    if not broken:
        return "utf-8", lines
    if is_utf8:
        raise _broken(broken)
    broken, lines, _ = _first_broken(file, "cp1252")
    if broken:
        raise _broken(broken)
    return "cp1252", lines


def _first_broken(file: BinaryIO, encoding: str) -> tuple[int, int, bool]:
    """The first line that does not decode (0: all do), the lines, and whether there was anything but ASCII before."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    lines, beyond = 1, False
    while True:
        block = file.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(encoding, "ignore")
            return lines + good.count("\n"), lines, beyond or not good.isascii()
        beyond = beyond or not text.isascii()
        lines += text.count("\n") or text.count("\r")
        if not block:
            return 0, lines, beyond


def _broken(line: int) -> FileRefused:
    return FileRefused(
        f"Line {line:,} holds bytes that are no text. Open the file, save it again as “CSV UTF-8” or .xlsx, and try again."
    )
