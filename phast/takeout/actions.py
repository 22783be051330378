"""What people do with exports: ask, download, delete."""

from __future__ import annotations

import hashlib
from typing import IO, TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from phast import audit
from phast.access.table import Action
from phast.jobs.models import JobState
from phast.jobs.queue import enqueue

from .models import KEPT, Takeout

if TYPE_CHECKING:
    from phast.access.actor import Actor


class FileGone(Exception):
    """The file was deleted, or is not the one that was made."""


@transaction.atomic
def request_takeout(*, with_history: bool, by: Actor) -> Takeout:
    """Asks for an export of everything; a second click while the first is being made gives the same one."""
    type(by.coalition)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=by.coalition.pk)
    under_way = Takeout.objects.visible_to(by, Action.SETTINGS_MANAGE).filter(
        with_history=with_history, state__in=[JobState.WAITING, JobState.RUNNING]
    )
    if (found := under_way.first()) is not None:
        return found
    takeout = Takeout.objects.create(coalition=by.coalition, with_history=with_history, requested_by=by.user)
    enqueue(takeout)
    audit.record("takeout.requested", by=by, target=takeout, with_history=with_history)
    return takeout


def open_takeout(*, takeout: Takeout, by: Actor) -> IO[bytes]:
    """The file, open for reading, after its hash was compared. Raises FileGone."""
    try:
        file = default_storage.open(takeout.file.name or "", "rb")
    except (FileNotFoundError, IsADirectoryError):  # deleted by hand; or kept long enough a moment ago
        raise FileGone from None
    if hashlib.file_digest(file, "sha256").hexdigest() != takeout.sha256:
        file.close()
        raise FileGone
    file.seek(0)
    audit.record("takeout.downloaded", by=by, target=takeout)
    return file


@transaction.atomic
def delete_takeout(*, takeout: Takeout, by: Actor) -> None:
    """Deletes the file before its time. That it was made stays in the list."""
    if _drop(takeout.pk):
        audit.record("takeout.deleted", by=by, target=takeout)


def forget_old() -> int:
    """Deletes files that were kept for `KEPT`; answers how many."""
    old = Takeout.objects.exclude(file="").filter(finished_at__lt=timezone.now() - KEPT)
    gone = 0
    for key in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            gone += _drop(key)
    return gone


def _drop(key: int) -> bool:
    takeout = Takeout.objects.select_for_update(of=("self",)).get(pk=key)
    if not takeout.file:
        return False
    name = str(takeout.file.name)
    takeout.file, takeout.size = "", 0
    takeout.save(update_fields=["file", "size"])
    transaction.on_commit(lambda: default_storage.delete(name))
    return True
