"""A kind of report for the tests: everything a report can hold, from figures given in its parameters."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied

from phast import charts, offers
from phast.access.actor import Actor
from phast.access.table import Action
from phast.jobs.models import JobFailed
from phast.reports.kinds import Bundle, Choice, ReportKind, Request, whole_number

TEMPLATES = Path(__file__).parent / "templates"
AUDIENCES = {
    "exact": (Action.COUNTS_SEE, False, "Exact figures: for the coordinator only."),
    "agency": (Action.COUNTS_SEE, False, "Exact figures: for the agency and the coordinator only."),
    "released": (Action.RELEASES_SEE, True, "Release 3: small counts are hidden."),
    "members": (Action.ENGAGEMENT_SEE, False, "For coordinators, leads and members."),
}


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """`audience`, `rows`, and how to misbehave: `trouble` (an address, "undefined", "nothing") and `seconds` to take."""
    audience = str(fields.get("audience", "released"))
    action, is_released, words = AUDIENCES[audience]
    partner_id = whole_number(fields, "partner") if audience == "agency" else None
    if audience == "exact" and not actor.everywhere(action):
        raise PermissionDenied
    parameters = {
        name: fields[name] for name in ("audience", "partner", "rows", "trouble", "seconds") if name in fields
    }
    return Request(parameters, action, f"Sample report: kits & “partners”, {audience}", words, partner_id, is_released)


def collect(coalition: Any, request: Request) -> dict[str, Any]:
    time.sleep(float(request.parameters.get("seconds", 0)))
    trouble = str(request.parameters.get("trouble", ""))
    if trouble == "nothing":
        raise JobFailed("There are no figures for this quarter yet.")
    rows = [
        {"zip": f"{12000 + at:05}", "kits": None if at % 7 == 3 else at * 13 % 190, "place": f"Place {at}"}
        for at in range(int(request.parameters.get("rows", 60)))
    ]
    return {
        "rows": rows,
        "trouble": trouble,
        "quarters": [["Oct–Dec 2025", 812], ["Jan–Mar 2026", None], ["Apr–Jun 2026", 977]],
    }


def extras(data: dict[str, Any]) -> dict[str, Any]:
    quarters = data["quarters"]
    chart = charts.trend(
        title="Kits by quarter",
        description="The total of each release.",
        labels=[label for label, _ in quarters],
        values=[kits for _, kits in quarters],
    )
    return {"chart": chart, "is_undefined": data["trouble"] == "undefined", "shown": 60}


def choices(actor: Actor) -> list[Choice]:
    exact = [Choice("Everything exact", {"audience": "exact"})] if actor.everywhere(Action.COUNTS_SEE) else []
    return [
        Choice("April to June 2026", {"audience": "released"}, "Releases", each="The newest release"),
        Choice("January to March 2026", {"audience": "released", "rows": 7}, "Releases", each="The newest release"),
        *exact,
    ]


def bundles(actor: Actor) -> list[Bundle]:
    """Short ones, slow ones, and two of which one cannot be drawn."""
    if not actor.everywhere(Action.COUNTS_SEE):
        return []
    exact = {"audience": "exact"}
    return [
        Bundle("Three at once", [{**exact, "rows": rows} for rows in (3, 4, 5)]),
        Bundle("Six slow ones", [{**exact, "rows": rows, "seconds": 0.7} for rows in range(6)]),
        Bundle("One fails", [{**exact, "rows": 3}, {**exact, "trouble": "nothing"}]),
    ]


SAMPLE = ReportKind(
    "sample", "Sample", "sample/report.html", request, collect, choices, extras, bundles=bundles, topic="Samples"
)


def register() -> None:
    """Offers the kind, and lets its template be found."""
    from django.conf import settings

    offers.register_report(SAMPLE)
    folders = settings.TEMPLATES[0]["DIRS"]
    if TEMPLATES not in folders:
        folders.append(TEMPLATES)
