"""Files of a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from phast import uploads
from plans.models import Step, StepFile

from .change import changed
from .tree import GONE

if TYPE_CHECKING:
    from django.core.files import File

    from phast.access.actor import Actor

MOST = 50


def add_file(*, step: Step, file: File, by: Actor) -> StepFile:
    """Keeps a file with the step. Raises ValidationError for a kind or size that is not taken, and when there is no room."""
    row = StepFile(step=step, name=uploads.short_name(file.name or "file"), size=file.size, added_by=by.user)
    row.file = uploads.keep(row, file)
    try:
        _keep(row, by=by)
    except BaseException:
        default_storage.delete(row.file.name)  # nothing points to it
        raise
    return row


@transaction.atomic
def _keep(row: StepFile, *, by: Actor) -> None:
    step = Step.objects.select_for_update(no_key=True).get(pk=row.step_id)
    if step.removed_at is not None:
        raise ValidationError(GONE)
    if StepFile.objects.filter(step=step, removed_at=None).count() >= MOST:
        raise ValidationError(f"A step keeps at most {MOST} files. Remove one first.")
    row.save()
    changed("file.added", plan=step.plan_id, target=row, by=by, step=step.pk, size=row.size)


@transaction.atomic
def remove_file(*, file: StepFile, by: Actor) -> None:
    """Deletes what is in it; that it was there stays known. Removing twice changes nothing."""
    row = StepFile.objects.select_for_update(of=("self",)).select_related("step").get(pk=file.pk)
    if row.removed_at is not None:
        return
    stored = row.file.name or ""
    row.file, row.removed_at, row.removed_by = "", timezone.now(), by.user
    row.save(update_fields=["file", "removed_at", "removed_by"])
    changed("file.removed", plan=row.step.plan_id, target=row, by=by, step=row.step_id)
    transaction.on_commit(lambda: default_storage.delete(stored))
