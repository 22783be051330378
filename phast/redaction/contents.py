"""The words inside files that people added, as far as a program can read them."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import IO

import pypdf

LARGEST = 30 * 1024 * 1024  # bytes of one unpacked part of an office document; more is a trap, not a document
PDF_SECONDS = 5.0  # for one file
_TAGS = re.compile(rb"<[^>]*>")
_BREAKS = re.compile(
    rb"</(w:p|a:p|text:p|text:h|si|row|table:table-cell)>|<(w:br|w:tab|text:tab|text:line-break|text:s)\b[^>]*>"
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\xd0\xcf\x11\xe0")


class CannotRead(Exception):
    """A picture, an old or an encrypted document, or one that takes too long: only a person can look into it."""


def texts_in(file: IO[bytes]) -> Iterator[str]:
    """The words of the file, part by part. Raises CannotRead, possibly after some parts."""
    begins = file.read(8)
    file.seek(0)
    if begins.startswith(b"%PDF-"):
        yield from _pdf(file)
    elif begins.startswith(b"PK"):
        yield from _office(file)
    elif begins.startswith(_PICTURES):
        raise CannotRead
    else:
        yield _plain(file.read())


def _plain(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _office(file: IO[bytes]) -> Iterator[str]:
    """Word, Excel, PowerPoint and OpenDocument: XML in a zip. Words that the format cuts into pieces are joined again."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.read())) as archive:
            for entry in archive.infolist():
                if not entry.filename.endswith((".xml", ".rels")):
                    continue
                if entry.file_size > LARGEST:
                    raise CannotRead
                content = archive.read(entry)
                yield unescape(_TAGS.sub(b"", _BREAKS.sub(b"\n", content)).decode("utf-8", errors="replace"))
                # Addresses of links and what a document says about itself stand inside the tags.
                yield unescape(content.decode("utf-8", errors="replace"))
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise CannotRead from error


def _pdf(file: IO[bytes]) -> Iterator[str]:
    until = time.monotonic() + PDF_SECONDS
    words = 0
    try:
        document = pypdf.PdfReader(file)
        if document.is_encrypted and not document.decrypt(""):
            raise CannotRead
        yield " ".join(str(value) for value in (document.metadata or {}).values())
        for page in document.pages:
            if time.monotonic() > until:
                raise CannotRead
            text = page.extract_text()
            words += len(text.split())
            yield text
    except CannotRead:
        raise
    except Exception as error:  # whatever a damaged file makes the reader do, the answer is the same
        raise CannotRead from error
    if not words:
        raise CannotRead  # a scan: pictures of pages
