"""What the worker does with a report: check, collect, freeze, draw, keep."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404
from django.utils import timezone
from django.utils.module_loading import import_string

from phast.jobs.lease import LeaseLost
from phast.jobs.models import JobFailed
from phast.snapshot import one_moment

from . import files
from .kinds import ReportKind, Request, kind_of
from .markup import document
from .models import Report

ATTEMPTS = 11  # to fit what must fit on a page


@dataclass(frozen=True)
class Frozen:
    """What is drawn: plain data as it was at one moment."""

    data: dict[str, Any]
    as_of: dt.datetime


def draw(report: Report) -> None:
    """Draws the report and keeps it. Raises JobFailed with a sentence when it cannot be drawn, LeaseLost when another worker does."""
    kind = kind_of(report.kind)
    if kind is None:
        raise JobFailed("The portal no longer makes reports of this kind.")
    with timezone.override(zoneinfo.ZoneInfo(report.coalition.time_zone)):
        request = _ask_again(kind, report)
        report.progress_to(10, "Collecting the figures")
        frozen = collect(kind, report.coalition, request)
        report.write(data=frozen.data, data_as_of=frozen.as_of, drawn_at=timezone.now())
        report.progress_to(40, "Drawing the pages")
        drawn = pdf(kind, report, lambda share: report.progress_to(40 + round(55 * share), "Drawing the pages"))
    name = files.name_for(report)
    files.write(name, drawn.content)
    try:
        report.write(
            file=name, sha256=hashlib.sha256(drawn.content).hexdigest(), size=len(drawn.content), pages=drawn.pages
        )
    except LeaseLost:
        files.remove(name)
        raise
    files.remove_others(report)


def collect(kind: ReportKind, coalition: Any, request: Request) -> Frozen:
    """The data for the request's audience, all of it as it was at one moment, and after JSON: what is drawn is what is kept."""
    with one_moment():
        as_of = request.data_as_of or timezone.now()
        data = kind.collect(coalition, request)
    return Frozen(json.loads(json.dumps(data, cls=DjangoJSONEncoder)), as_of)


def pdf(kind: ReportKind, report: Report, tell: Callable[[float], None] = lambda share: None) -> Any:
    """The pages, as a `typeset.Drawn`; needs the report's frozen data. `tell` hears how far a long one is, from 0 to 1."""
    from .pdf import draw_pdf  # loads WeasyPrint, which web processes never do

    if kind.pages is None:
        return draw_pdf(document(kind, report), whole=kind.whole, tell=tell)
    for attempt in range(ATTEMPTS):
        drawn = draw_pdf(document(kind, report, kind.fitted(report.data, attempt)), whole=True)
        if drawn.pages <= kind.pages:
            return drawn
    raise JobFailed("The report does not fit on its page. Please tell the coordinator.")


def _ask_again(kind: ReportKind, report: Report) -> Request:
    """Whoever asked may have lost the right since. Raises JobFailed."""
    actor = import_string(settings.ACTOR_SOURCE)(user=report.requested_by, slug=report.coalition.slug)
    if actor is None or not report.requested_by.is_active:
        raise JobFailed("The person who asked for this is no longer in the coalition.")
    try:
        request = kind.request(actor, report.parameters)
    except PermissionDenied:
        raise JobFailed("The person who asked for this may no longer read it.") from None
    except (Http404, ValidationError):
        raise JobFailed("What this report is about is no longer there.") from None
    now = (str(request.action), request.partner_id, request.is_released)
    if now != (report.action, report.partner_id, report.is_released):
        raise JobFailed("Who may read this has changed since it was asked for. Please ask again.")
    return request
