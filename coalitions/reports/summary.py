"""The coalition on a few pages, for a quarter or a year: each app's own section, for who reads it.

What a section may hold is decided by the policy table, through the audience (`phast.reports.summary`): everybody reads what observers
may, the coalition's own people what every member may, the coordinator everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError

from coalitions.models import Release
from coalitions.releases import span_named, spans_over
from phast import charts, offers
from phast.access.table import Action
from phast.reports.kinds import Choice, Missing, ReportKind, Request
from phast.reports.summary import ANNUAL, AUDIENCES, EXACT, QUARTERLY, Audience

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

OFFERED = 8  # quarters, or years


def may_read(actor: Actor, audience: Audience) -> bool:
    """Whether this person is among those it is for."""
    return actor.can(audience.action) if audience.is_released else actor.everywhere(audience.action)


def _request(kind: str, title: str, wanted: str, actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Fields `time`, as an address names a span ("2026-07", "2026"), and `for`, the key of an audience."""
    audience = AUDIENCES.get(str(fields.get("for", "")))
    span = span_named(actor.coalition, str(fields.get("time", "")))
    if audience is None or span is None or span.is_quarter != (kind == QUARTERLY):
        raise ValidationError(f"Choose {wanted} that is over, and for whom it is, and ask again.")
    if not may_read(actor, audience):
        raise PermissionDenied
    return Request(
        parameters={"time": span.slug, "for": audience.key},
        action=audience.action,
        title=f"{title}, {span}",
        audience=audience.says,
        is_released=audience.is_released,
    )


def collect(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """The sections in their order, and their figures together at the head."""
    span = span_named(coalition, asked.parameters["time"])
    audience = AUDIENCES[asked.parameters["for"]]
    found = [section for source in offers.summaries for section in source(coalition, span, audience)]
    sections = sorted(found, key=lambda section: section.order)
    return {
        "span": str(span),
        "counties": [str(county) for county in coalition.counties.all()],
        "figures": [asdict(figure) for section in sections for figure in section.figures],
        "sections": [asdict(section) for section in sections],
        "notes": list(dict.fromkeys(note for section in sections for note in section.notes)),
    }


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """The sections, each with its chart drawn from the frozen figures, and its tables in rows: two narrow ones stand side by side."""
    return {
        "sections": [
            section | {"drawing": _drawing(section["chart"]), "rows": _in_rows(section["tables"])}
            for section in data["sections"]
        ]
    }


def _in_rows(tables: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = []
    for table in ({**table, "amounts": _amounts(table)} for table in tables):
        if _is_narrow(table) and rows and len(rows[-1]) == 1 and _is_narrow(rows[-1][0]):
            rows[-1].append(table)
        else:
            rows.append([table])
    return rows


def _amounts(table: dict[str, Any]) -> list[int]:
    """The columns of words that hold money, which stands as figures do."""
    return [at for at in range(1, table["words"]) if any(str(row[at]).startswith("$") for row in table["rows"])]


def _is_narrow(table: dict[str, Any]) -> bool:
    """Whether it is a word and a figure."""
    return len(table["heads"]) == 2 and table["words"] == 1


def _drawing(chart: dict[str, Any] | None) -> str:
    if chart is None:
        return ""
    return charts.columns(
        title=chart["title"],
        description=chart["says"],
        labels=chart["labels"],
        series=[charts.Series(chart["title"], chart["values"])],
        missing=chart.get("missing", "hidden"),  # summaries that were frozen before had no other
    )


def _choices(kind: str, actor: Actor) -> list[Choice]:
    """Each quarter, or year, and each audience the person is among. Those that show published counts wait until the time is published,
    where the coalition publishes any, so that a report that is made regularly comes with them. They stand first: exact figures are
    chosen on purpose."""
    spans = [span for span in spans_over(actor.coalition) if span.is_quarter == (kind == QUARTERLY)][:OFFERED]
    published = (
        Release.objects.visible_to(actor, Action.RELEASES_SEE).order_by("-to_on").values_list("to_on", flat=True)
    )
    newest = published.first()
    safe = [audience for audience in AUDIENCES.values() if audience is not EXACT and may_read(actor, audience)]
    told = [span for span in spans if newest is None or span.to_on <= newest]
    exact = [(span, EXACT) for span in spans if may_read(actor, EXACT)]
    return [
        Choice(
            f"{span}: {audience.label}",
            {"time": span.slug, "for": audience.key},
            group=EXACT.label if audience is EXACT else str(span),
            each=audience.label,
            is_exact=audience is EXACT,
        )
        for span, audience in [*((span, audience) for span in told for audience in safe), *exact]
    ]


def _kind(key: str, label: str, title: str, wanted: str, about: str, period: str) -> ReportKind:
    request: Callable[..., Request] = partial(_request, key, title, wanted)
    return ReportKind(
        key,
        label,
        "coalitions/reports/summary.html",
        request,
        collect,
        partial(_choices, key),
        extras,
        topic="Coalition",
        about=about,
        missing=Missing("Nothing is published yet.", "coalitions:release_list", "Releases"),
        period=period,
        for_anybody=True,
    )


SUMMARY = _kind(
    QUARTERLY,
    "Quarterly summary",
    "Quarterly summary",
    "a quarter",
    "Partners and gaps, plans, kits, deflection and more on a few pages, for whoever reads it.",
    "The newest quarter that is over; unless exact, the newest that is published",
)
ANNUAL_REPORT = _kind(
    ANNUAL,
    "Annual report",
    "Annual report",
    "a year",
    "The same for a whole year.",
    "The newest year that is over; unless exact, the newest that is published",
)
