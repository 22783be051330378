"""The kit summary as PDF: from a release for those who read releases, exact for those who see exact counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404

from coalitions import releases
from coalitions.models import Coalition, Partner, Release
from lbn import overview_report
from lbn.enums import Setting
from lbn.models import KitType
from lbn.selectors import overview as figures
from lbn.training_report import CARD, PACK
from phast import charts, offers
from phast.access.actor import Actor
from phast.access.table import Action
from phast.disclosure import explain
from phast.geo.map import ZipCell, zip_map
from phast.reports.kinds import Choice, Missing, ReportKind, Request, whole_number

TREND_QUARTERS = 12
BY_ZIP = "kits_by_zip"


def exact_fields(
    span: figures.Span, agency: Partner | None, *, setting: str = "", kit_type: str = ""
) -> dict[str, str | int]:
    """The fields that ask for the exact summary of a span, perhaps of one setting or kit type."""
    months = {"first": f"{span.from_on:%Y-%m}", "last": f"{span.to_on:%Y-%m}"}
    return {**months, "partner": agency.pk if agency else "", "setting": setting, "kit_type": kit_type}


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Fields `release` (its key), or `first` and `last` (months, "2026-01") and perhaps `partner`, `kit_type` (keys) and `setting`."""
    if fields.get("release"):
        return _of_release(actor, fields)
    return exact_request(actor, fields)


def _of_release(actor: Actor, fields: Mapping[str, Any]) -> Request:
    if not actor.can(Action.RELEASES_SEE):
        raise PermissionDenied
    visible = Release.objects.visible_to(actor, Action.RELEASES_SEE)
    release = get_object_or_404(visible, pk=whole_number(fields, "release"))
    return Request(
        parameters={"release": release.pk},
        action=Action.RELEASES_SEE,
        title=f"Kits left behind, {release.span}",
        audience=f"Release {release.number}. Small counts are hidden. For everybody in the coalition.",
        is_released=True,
        data_as_of=release.data_as_of,
    )


def exact_request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """For who sees exact counts. Raises as `request`."""
    if not actor.can(Action.COUNTS_SEE):
        raise PermissionDenied
    span = figures.Span.of_months(month_of(fields, "first"), month_of(fields, "last"))
    if span.length > figures.MOST_MONTHS:
        raise ValidationError(f"Choose {figures.MOST_MONTHS // 12} years or less, and ask again.")
    partner = _partner(actor, fields)
    limits = _limits(actor, fields)
    only = overview_report.limits(actor.coalition, limits)
    return Request(
        parameters=dict(exact_fields(span, partner, **limits)),
        action=Action.COUNTS_SEE,
        title=", ".join([f"Kits left behind, {span}", *([str(partner)] if partner else []), *only]),
        audience=f"Exact figures: for {f'{partner} and ' if partner else ''}the coordinator only. Do not pass on.",
        partner_id=partner.pk if partner else None,
    )


def _limits(actor: Actor, fields: Mapping[str, Any]) -> dict[str, str]:
    """The setting and kit type asked for. Raises ValidationError for one that the coalition does not have."""
    setting, kit_type = (str(fields.get(name, "")) for name in ("setting", "kit_type"))
    if setting not in {"", figures.NOT_RECORDED, *Setting.values}:
        raise ValidationError("Choose a setting from the list, and ask again.")
    if kit_type not in {"", figures.NOT_RECORDED}:
        get_object_or_404(KitType.objects.visible_to(actor, Action.COUNTS_SEE), pk=whole_number(fields, "kit_type"))
    return {"setting": setting, "kit_type": kit_type}


def _partner(actor: Actor, fields: Mapping[str, Any]) -> Partner | None:
    """The agency asked for; an agency's own people get their own when they ask for none."""
    agencies = Partner.objects.visible_to(actor, Action.COUNTS_SEE)
    if fields.get("partner"):
        return get_object_or_404(agencies, pk=whole_number(fields, "partner"))
    if actor.everywhere(Action.COUNTS_SEE):
        return None
    return agencies.order_by("pk")[0]


def _own(actor: Actor) -> Partner | None:
    """Whose figures a person sees who does not see the whole coalition's."""
    return None if actor.everywhere(Action.COUNTS_SEE) else _partner(actor, {})


def month_of(fields: Mapping[str, Any], name: str) -> dt.date:
    """A month among the fields of a request, as its first day. Raises ValidationError when it is missing or none."""
    try:
        return dt.date.fromisoformat(f"{fields.get(name, '')}-01")
    except ValueError:
        raise ValidationError("Choose the months the report is about, and ask again.") from None


def collect(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """The figures, already suppressed when they come from a release."""
    counties = sorted(coalition.counties.values_list("pk", flat=True))
    if asked.is_released:
        return {"counties": counties, "released": True, **_release_figures(coalition, asked.parameters["release"])}
    return {"counties": counties, "released": False, **_exact_figures(coalition, asked)}


def _release_figures(coalition: Coalition, pk: int) -> dict[str, Any]:
    release = Release.objects.of(coalition).get(pk=pk)
    table = releases.table_of(release)
    earlier = releases.by_quarter(Release.objects.of(coalition).filter(from_on__lte=release.from_on))
    return {
        "span": release.span,
        "rows": releases.rows(table),
        "total": table.total,
        "reached": None,
        "trend": releases.trend(earlier[-TREND_QUARTERS:]),
        "trend_of": "quarter",
        "tables": [
            _as_told(table) for table in releases.tables_of(release) if table.kind.key != BY_ZIP or table.columns
        ],
        "notes": [
            explain(releases.linked(release)),
            *release.table.get("notes", []),
            *(["Kits counted for a longer time are not included."] if release.table["left_out"] else []),
            f"Fingerprint of the release (SHA-256): {release.sha256}",
        ],
    }


def _as_told(table: releases.Table) -> dict[str, Any]:
    return {
        "title": table.kind.title + (f", {table.span}" if table.kind.yearly else ""),
        "head": table.kind.head,
        "columns": [*table.columns, "Total"] if table.columns else [table.kind.unit],
        "rows": [[f"{row.label} {row.note}".strip(), [*row.figures, row.total]] for row in table.rows],
        "total": [*table.totals, table.total],
    }


def _exact_figures(coalition: Coalition, asked: Request) -> dict[str, Any]:
    span = figures.Span.of_months(month_of(asked.parameters, "first"), month_of(asked.parameters, "last"))
    partner = Partner.objects.of(coalition).get(pk=asked.partner_id) if asked.partner_id else None
    return overview_report.collected(coalition, span, partner, asked.parameters)


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """Maps and charts, drawn from the frozen figures."""
    if not data["released"]:
        return overview_report.drawn(data)
    hatched = " Hidden counts are hatched." if any(kits is None for _, kits, _ in data["rows"]) else ""
    return {
        "map": _map(data),
        "map_note": f"Circles stand near each ZIP code’s centre.{hatched}",
        "chart": _chart(data),
    }


def _map(data: dict[str, Any]) -> str:
    cells = [ZipCell(label, kits) for label, kits, _ in data["rows"] if label not in releases.WITHOUT_ZIP.values()]
    if not data["counties"] or not cells:
        return ""
    title = f"Kits by ZIP code, {data['span']}"
    return zip_map(counties=data["counties"], cells=cells, title=title, description="A circle for each ZIP code.").svg


def _chart(data: dict[str, Any]) -> str:
    points = data["trend"][-24:]
    if len(points) < 2:
        return ""
    labels, values = [label for label, _ in points], [kits for _, kits in points]
    return charts.trend(title="Kits by quarter", description="The total of each release.", labels=labels, values=values)


def choices(actor: Actor) -> list[Choice]:
    """The newest releases, and for those who see exact figures the times since counting began: on purpose, so they stand last."""
    newest = Release.objects.visible_to(actor, Action.RELEASES_SEE).order_by("-from_on")[:4]
    offered = [
        Choice(
            f"Release {release.number}, {release.span}",
            {"release": release.pk},
            group="Releases",
            each="The newest release",
        )
        for release in newest
    ]
    return [*offered, *(_exact_choices(actor) if actor.can(Action.COUNTS_SEE) else [])]


def _exact_choices(actor: Actor) -> list[Choice]:
    """The exact figures of the coalition, or of one's own agency: the last twelve months, years, then quarters and months that are over."""
    own, began = _own(actor), figures.began(actor)
    return [
        Choice(
            f"{time.label}, {own}" if own else time.label,
            exact_fields(time.span, own),
            group=f"Exact figures, {time.kind}",
            each=f"Exact figures of {time.each}",
            is_exact=True,
        )
        for time in figures.times(actor.coalition.today())
        if time.span.to_on >= began
    ]


KITS = ReportKind(
    "kits",
    "Kit summary",
    "lbn/reports/kits.html",
    request,
    collect,
    choices,
    extras,
    topic="Naloxone",
    about="Kits left behind: exact for whoever counts them, from a release for everybody.",
    missing=Missing("Nothing is published yet.", "coalitions:release_list", "Releases"),
    period="",
)


def register() -> None:
    """Called once, by the app's configuration."""
    for kind in (KITS, PACK, CARD):
        offers.register_report(kind)
