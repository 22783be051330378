"""Reports drawn as the worker draws them."""

from __future__ import annotations

from pathlib import Path

from phast.access.actor import Actor
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.reports.actions import request_report
from phast.reports.models import Report


def drawn(kind: str, by: Actor, **fields: int) -> bytes:
    """The finished PDF."""
    report = request_report(kind=kind, fields=fields, by=by)
    run_job(report._meta.label, report.pk)
    report = Report.objects.get(pk=report.pk)
    assert report.state == JobState.DONE, report.message
    return Path(report.file.path).read_bytes()
