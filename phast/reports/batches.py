"""Many reports at once: asked for, drawn by whatever workers there are, and packed into one zip file."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404
from django.utils.module_loading import import_string

from phast import audit, offers
from phast.jobs.lease import LeaseLost, restart
from phast.jobs.models import JobFailed, JobState, JobWaits
from phast.jobs.queue import enqueue, nudge

from . import files
from .actions import one_press_at_a_time
from .kinds import Bundle, kind_of
from .models import Report, ReportBatch

if TYPE_CHECKING:
    from phast.access.actor import Actor

AT_ONCE = 25  # reports asked for in one transaction


@transaction.atomic
def request_batch(*, kind: str, label: str, by: Actor) -> ReportBatch:
    """Asks for every report of the bundle of that label; a second click while they are made gives the same batch.

    Raises ValidationError when there is no such bundle, and as `request_report` for its first report.
    """
    registered = kind_of(kind)
    bundles: list[Bundle] = [one for one in registered.bundles(by) if one.label == label] if registered else []
    if registered is None or not bundles or not bundles[0].reports:
        raise ValidationError("Choose what to make, and ask again.")
    wanted = [dict(fields) for fields in bundles[0].reports]
    request = registered.request(by, wanted[0])
    if not by.everywhere(request.action):
        raise PermissionDenied
    one_press_at_a_time(by)
    mine = ReportBatch.objects.of(by.coalition).filter(requested_by=by.user, kind=kind, title=label[:200])
    under_way = mine.filter(state__in=[JobState.WAITING, JobState.RUNNING]).first()
    if under_way is not None:
        return under_way
    batch = ReportBatch.objects.create(
        coalition=by.coalition,
        kind=kind,
        title=label[:200],
        action=request.action,
        wanted=wanted,
        requested_by=by.user,
    )
    enqueue(batch)
    audit.record("report.batch_requested", by=by, target=batch, kind=kind, reports=len(wanted))
    return batch


@transaction.atomic
def retry_batch(*, batch: ReportBatch, by: Actor) -> None:
    """Draws what failed once more, and packs again. Does nothing while it is under way."""
    batch = ReportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not batch.is_over:
        return
    for report in batch.reports.select_for_update(of=("self",)).filter(state=JobState.FAILED):
        restart(report, requested_by=by.user)
    restart(batch, requested_by=by.user)
    audit.record("report.batch_retried", by=by, target=batch, kind=batch.kind)


def download_batch(*, batch: ReportBatch, by: Actor) -> BinaryIO:
    """The zip file, open for reading. Raises `files.FileChanged`."""
    file = files.opened(batch)
    audit.record("report.batch_downloaded", by=by, target=batch, kind=batch.kind)
    return file


def progress(batch: ReportBatch) -> dict[str, int]:
    """How many reports there are to be (`of`), are `done`, and `failed`. One query."""
    found = batch.reports.aggregate(
        done=Count("pk", filter=Q(state=JobState.DONE)), failed=Count("pk", filter=Q(state=JobState.FAILED))
    )
    return {"of": len(batch.wanted), **found}


def go_on(batch_id: int) -> None:
    """Wakes a batch none of whose reports is under way any more."""
    if ReportBatch.objects.filter(ReportBatch.waiting(), pk=batch_id).exists():
        nudge(ReportBatch._meta.label, batch_id, ReportBatch.QUEUE)


# ------------------------------------------------------------------ in the worker
def work(batch: ReportBatch) -> None:
    """Asks for what was not asked for yet; once all of it is over, packs what was drawn. Raises JobFailed when nothing was."""
    asked = set(batch.reports.values_list("place", flat=True))
    missing = [place for place in range(len(batch.wanted)) if place not in asked]
    if missing:
        _ask(batch, missing)
    if batch.reports.filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists():
        raise JobWaits
    _pack(batch)


def _ask(batch: ReportBatch, missing: list[int]) -> None:
    """On the right of who asked for the batch, some in each transaction; a worker that dies leaves whole ones."""
    actor = import_string(settings.ACTOR_SOURCE)(user=batch.requested_by, slug=batch.coalition.slug)
    kind = kind_of(batch.kind)
    if actor is None or kind is None:
        raise JobFailed("The person who asked for this is no longer in the coalition.")
    for start in range(0, len(missing), AT_ONCE):
        with transaction.atomic():
            for place in missing[start : start + AT_ONCE]:
                enqueue(_report(batch, kind.key, place, actor))
        batch.progress_to(99 * (start + AT_ONCE) // (10 * len(missing) + 1), "Asking for the reports")


def _report(batch: ReportBatch, kind: str, place: int, actor: Actor) -> Report:
    fields = batch.wanted[place]
    try:
        request = offers.report_kinds[kind].request(actor, fields)
    except (PermissionDenied, Http404, ValidationError):
        raise JobFailed("What these reports are about is no longer there. Please ask again.") from None
    return Report.objects.create(
        coalition=batch.coalition,
        kind=kind,
        title=request.title[:200],
        parameters=request.parameters,
        action=request.action,
        partner_id=request.partner_id,
        is_released=request.is_released,
        audience=request.audience[:200],
        requested_by=batch.requested_by,
        batch=batch,
        place=place,
    )


def _pack(batch: ReportBatch) -> None:
    batch.progress_to(95, "Packing the files")
    name = f"{files.FOLDER}/batch-{batch.pk}-{batch.claim.hex}.zip"
    path = Path(default_storage.path(name))
    drawn = batch.reports.filter(state=JobState.DONE).defer("data").order_by("place")
    if not drawn.exists():
        raise JobFailed("None of the reports could be drawn. Each says why.")
    with files.whole(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as packed:
        for report in drawn.iterator():
            packed.writestr(f"{report.place + 1:04} {files.download_name(report)}", _content(report))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        batch.write(file=name, sha256=digest, size=path.stat().st_size)
    except LeaseLost:
        files.remove(name)
        raise
    for file in path.parent.glob(f"batch-{batch.pk}-*"):
        if file != path:
            file.unlink(missing_ok=True)


def _content(report: Any) -> bytes:
    try:
        with files.opened(report) as file:
            return file.read()
    except files.FileChanged:
        raise JobFailed(f"The file of “{report}” is not the one that was drawn. Please ask again.") from None
