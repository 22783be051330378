"""The files of reports: written whole or not at all, and checked before they are handed out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.text import slugify

from phast.access.table import TABLE, Action, Role, Scope
from phast.jobs.models import JobFailed

from .models import Report, ReportBatch

FOLDER = "reports"


class FileChanged(Exception):
    """The file on disk is not the one that was drawn, or is gone."""


def name_for(report: Report) -> str:
    """The name in the storage: the row and the run that drew it. It tells nothing about what is inside."""
    return f"{FOLDER}/{report.pk}-{report.claim.hex}.pdf"


def write(name: str, content: bytes) -> None:
    """Writes the whole file or nothing. Raises JobFailed when there is no room."""
    with whole(Path(default_storage.path(name))) as file:
        file.write(content)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which is there once all of it is: it has another name first, and is renamed. Raises JobFailed when there is no
    room."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise JobFailed(
            "Failed: storage. The portal could not save the file, mostly because the disk is full. "
            "Please tell whoever runs the portal, and ask again afterwards."
        ) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def remove(name: str) -> None:
    """Deletes a file that no report points to."""
    default_storage.delete(name)


def remove_others(report: Report) -> None:
    """Deletes what earlier runs of the same report left behind."""
    kept = Path(default_storage.path(report.file.name))
    for file in kept.parent.glob(f"{report.pk}-*"):
        if file != kept:
            file.unlink(missing_ok=True)


def opened(report: Report | ReportBatch) -> BinaryIO:
    """The file, ready to send, after its hash was compared. Raises FileChanged."""
    try:
        file = report.file.open("rb")
    except FileNotFoundError:
        raise FileChanged from None
    if hashlib.file_digest(file, "sha256").hexdigest() != report.sha256:
        file.close()
        raise FileChanged
    file.seek(0)
    return file


def download_name(report: Report) -> str:
    """What the file is called on the person's disk."""
    return f"{stem(report)}.pdf"


def archive_name(batch: ReportBatch) -> str:
    """The same for the zip file of many reports."""
    return f"{_named(batch, for_whom(batch.action))}.zip"


def stem(report: Report) -> str:
    """A file's name without its ending: plain ASCII, from the title, for whom it is, and the date of the data where the coalition is."""
    whom = "" if report.is_released else for_whom(report.action)
    return f"{_named(report, whom)}-{timezone.localdate(report.data_as_of):%Y-%m-%d}"


def for_whom(action: str) -> str:
    """A word for a file's name, so that what is exact, or the coalition's own, is not taken for what everybody reads: "exact" where
    reading takes the right to exact counts, "internal" where every member may read it and observers may not."""
    if action == Action.COUNTS_SEE:
        return "exact"
    reach = TABLE[Action(action)]
    is_internal = reach[Role.MEMBER] == Scope.COALITION and reach[Role.OBSERVER] != Scope.COALITION
    return "internal" if is_internal else ""


def _named(what: Report | ReportBatch, whom: str) -> str:
    return "-".join(filter(None, [words(what.title) or what.kind, whom]))


def words(title: str) -> str:
    """A title as a file's name may hold it."""
    return slugify(title)[:80].strip("-")
