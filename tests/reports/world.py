"""Reports for every audience, drawn or not."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.utils import timezone

from phast.access.table import Action, Role
from phast.accounts.models import User
from phast.jobs.models import JobState
from phast.reports import files
from phast.reports.models import Report, ReportBatch, ReportMail, ReportSchedule

AUDIENCES = [
    (Action.RELEASES_SEE, False, True),
    (Action.PLANS_SEE, False, False),
    (Action.COUNTS_SEE, True, False),
    (Action.COUNTS_SEE, False, False),
]


def populate(coalition: Any, users: dict[Role, User], text: str) -> None:
    """A finished report for observers, one for members, one agency's own and the coordinator's; a failed one."""
    agency = users[Role.LEAD].memberships.get(coalition=coalition).partner
    coordinator = users[Role.COORDINATOR]
    for action, is_agency, is_released in AUDIENCES:
        finished_report(
            coalition,
            coordinator,
            title=f"Report {text}",
            audience=f"For some {text}",
            action=action,
            partner=agency if is_agency else None,
            is_released=is_released,
            data={"rows": [{"zip": "12180", "kits": 12, "place": text}], "trouble": "", "quarters": [[text, 812]]},
        )
    batch = ReportBatch.objects.create(
        coalition=coalition,
        requested_by=coordinator,
        kind="sample",
        title=f"Many {text}",
        action=Action.COUNTS_SEE,
        wanted=[{"audience": "exact"}],
    )
    schedule = ReportSchedule.objects.create(
        coalition=coalition,
        kind="sample",
        choice=f"The newest {text}",
        next_on=coalition.today(),
        created_by=coordinator,
        why_stopped=f"Because {text}"[:200],
    )
    schedule.people.set(coordinator.memberships.filter(coalition=coalition))
    ReportMail.objects.create(schedule=schedule, report=Report.objects.of(coalition).latest("pk"), user=coordinator)
    Report.objects.create(
        coalition=coalition,
        requested_by=coordinator,
        batch=batch,
        place=0,
        kind="sample",
        title=f"Failed {text}",
        action=Action.PLANS_SEE,
        state=JobState.FAILED,
        message=f"It went wrong: {text}",
    )


def finished_report(coalition: Any, user: User, *, content: bytes = b"", **values: Any) -> Report:
    """A report as the worker leaves it."""
    content = content or f"%PDF-1.7 {values.get('title', '')}".encode()
    report = Report(
        coalition=coalition,
        requested_by=user,
        **{"kind": "sample", "title": "A report", "action": Action.RELEASES_SEE, "audience": "For all", **values},
    )
    report.state, report.claim, report.progress, report.pages = JobState.DONE, uuid.uuid4(), 100, 1
    report.data_as_of = report.drawn_at = report.finished_at = timezone.now()
    report.sha256, report.size = hashlib.sha256(content).hexdigest(), len(content)
    report.save()
    report.file = files.name_for(report)
    files.write(report.file.name, content)
    report.save(update_fields=["file"])
    return report
