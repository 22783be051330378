"""Spreadsheets as people keep them."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from openpyxl import Workbook


def text_file(*rows: tuple[Any, ...], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """The rows as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(*rows: tuple[Any, ...], change: Any = None) -> bytes:
    """The rows as XLSX; `change` gets the workbook and its sheet before it is saved."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, change: Any) -> bytes:
    """The workbook with one part of its zip changed by `change(bytes) -> bytes`, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == name else content)
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return out.getvalue()


@contextmanager
def no_more_memory_than(size: int) -> Iterator[None]:
    """Fails when what is done inside holds more bytes than `size` at any time: so much is not unpacked, however fast."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < size
    finally:
        tracemalloc.stop()
