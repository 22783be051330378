"""Which files a step takes: documents, pictures, tables and plain text, told by their content as well as by their name."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath
from typing import BinaryIO

from django.core.exceptions import ValidationError

LARGEST = 10 * 1024 * 1024
KINDS = "PDF, Word, Excel, PowerPoint, OpenDocument, pictures (PNG, JPEG, GIF, WebP), text and CSV"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What a file of that name begins with; zip archives and text are looked at more closely.
_BEGINS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
    "doc": (_OLD_OFFICE,),
    "xls": (_OLD_OFFICE,),
    "ppt": (_OLD_OFFICE,),
}
# What an office document of that name holds inside its zip archive.
_INSIDE = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/", "odt": "mimetype", "ods": "mimetype", "odp": "mimetype"}
_TEXT = ("txt", "csv", "tsv")
ACCEPT = ",".join(f".{ending}" for ending in (*_BEGINS, *_INSIDE, *_TEXT))


def check(name: str, size: int, file: BinaryIO) -> None:
    """Raises ValidationError with a sentence for a file that a step does not take. Leaves the file at its start."""
    if size > LARGEST:
        raise ValidationError("This file is larger than 10 MB. Make it smaller, or put a link to it in the step.")
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending not in (*_BEGINS, *_INSIDE, *_TEXT):
        raise ValidationError(f"A step takes {KINDS}. Save this file as one of them and try again.")
    file.seek(0)
    content = file.read(LARGEST + 1)
    file.seek(0)
    if not _is(ending, content):
        raise ValidationError(
            f"The name ends in .{ending}, but what is inside is something else. Open the file, save it again as .{ending}, and try again."
        )


def _is(ending: str, content: bytes) -> bool:
    if ending in _TEXT:
        return b"\0" not in content or content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if ending in _INSIDE:
        return _holds(content, _INSIDE[ending])
    return content.startswith(_BEGINS[ending]) and (ending != "webp" or content[8:12] == b"WEBP")


def _holds(content: bytes, wanted: str) -> bool:
    """Only the list of names is read: nothing is unpacked. A document with macros is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError):
        return False
    return any(name.startswith(wanted) for name in names) and not any(name.endswith("vbaProject.bin") for name in names)
