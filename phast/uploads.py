"""Files that people add: documents, pictures, tables and plain text, told by their content as well as by their name.

They are kept under random names and answered as downloads; what a file was called stays in its row.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from django.core.files import File

NO_ROOM = (
    "The portal could not save the file, mostly because the disk is full. Nothing was changed. "
    "Please tell whoever runs the portal, and try again afterwards."
)
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


def check(name: str, size: int, file: IO[bytes]) -> None:
    """Raises ValidationError with a sentence for a file that the portal does not take. Leaves the file at its start."""
    if size > LARGEST:
        raise ValidationError("This file is larger than 10 MB. Make it smaller, or put a link to it here.")
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending not in (*_BEGINS, *_INSIDE, *_TEXT):
        raise ValidationError(f"The portal takes {KINDS}. Save this file as one of them and try again.")
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


def keep(row: Any, file: File, field: str = "file") -> str:
    """Checks the file, writes it where the row's file field puts it, and returns its name in the storage. The row is not saved.

    Raises ValidationError for a kind or size that is not taken, and when there is no room.
    """
    check(file.name or "file", file.size, file.file or file)  # type: ignore[arg-type]  # Django's File is a wrapper around one
    holder = row._meta.get_field(field)
    name = holder.generate_filename(row, file.name or "file")
    try:
        return holder.storage.save(name, file)
    except OSError as error:
        holder.storage.delete(name)  # half of it may be there
        raise ValidationError(NO_ROOM) from error


def short_name(name: str) -> str:
    """The last part of the name without control characters, at most 120 long, its ending kept."""
    plain = "".join(char for char in PurePath(name.replace("\\", "/")).name if char.isprintable()).strip() or "file"
    path = PurePath(plain)
    return plain if len(plain) <= 120 else path.stem[: 120 - len(path.suffix)] + path.suffix[:20]
