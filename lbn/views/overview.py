"""Exact figures: the coalition's for its coordinator, an agency's for its own people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from coalitions.models import Partner
from lbn import pictures
from lbn.enums import AreaKind
from lbn.forms.overview import OverviewFilter
from lbn.models import KitType
from lbn.overview_files import sheets
from lbn.reports import exact_fields
from lbn.selectors import areas as of_areas
from lbn.selectors import overview as figures
from lbn.selectors.periods import expected_of, not_in
from lbn.selectors.places import Line, Places, places
from phast import audit
from phast.access.actor import Actor
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.exports import FORMATS, as_book, as_file, as_one

ROWS_SHOWN = 25  # of the table by ZIP; the others are a click away
_FIRST: dict[str, Callable[[Line], Any]] = {
    "zip": lambda line: line.code,
    "kits": lambda line: line.kits,
    "rate": lambda line: line.per_1000 or 0.0,
    "burden": lambda line: line.burden or 0,
}


@require_GET
@requires(Action.COUNTS_SEE)
def overview(request: ActorRequest) -> HttpResponse:
    """Big numbers, map, trend and tables of what the address asks for."""
    actor = request.actor
    form, seen, where = _asked(actor, request.GET)
    everybody = actor.everywhere(Action.COUNTS_SEE)
    lines = _sorted(where.zips, request.GET.get("sort", ""))
    title = ", ".join([str(seen.span), *form.limits])
    agencies = list(seen.agencies.items())
    if everybody and request.GET.get("sort") in {"agency_kits", "-agency_kits"}:
        agencies.sort(key=lambda each: each[1].kits, reverse=request.GET["sort"].startswith("-"))
    kit_names = {str(kit.pk): kit.name for kit in form.kits}
    kit_types = {kit_names.get(key, "Not recorded"): kits for key, kits in seen.kit_types.items()}
    settings = pictures.setting_names(seen.settings)
    years = of_areas.saturation(actor.coalition) if everybody and not form.limits else []
    change, missing = _compared(actor, form, seen)
    burden = where.burden if where.burden and any(line.burden is not None for line in where.zips) else None
    context = {
        "form": form,
        "seen": seen,
        "whose": form.chosen_agency.name if form.chosen_agency else _own_name(actor),
        "limits": form.limits,
        "change": change,
        "not_in": missing,
        "so_far": seen.span.so_far(actor.coalition.today()),
        "where": where,
        "lines": lines[:ROWS_SHOWN],
        "more_lines": lines[ROWS_SHOWN:],
        "map": pictures.kit_map(where.known, _on_map(seen, where), where.points, title=f"Kits by ZIP code, {title}"),
        "burden_map": pictures.burden_map(burden.kind, where.known, burden.figures, where.points, year=burden.year)
        if burden
        else "",
        "burden": burden,
        "burden_head": f"{burden.kind.label}, {burden.year}" if burden else "",
        "reached_note": f"{len(where.not_reached):,} of {where.of:,} in our counties not reached",
        "burden_words": of_areas.WORDS[where.burden_kind] if where.burden_kind else ("", ""),
        "other_burdens": [
            (kind.value, kind.label) for kind in of_areas.WORDS if kind in where.kinds and kind != where.burden_kind
        ],
        "trend": ""
        if seen.months_unknown
        else pictures.months_chart(
            seen.kits_by_month,
            title=f"Kits by month, {title}",
            no_month=seen.no_month,
        ),
        "agencies": agencies,
        "settings": settings,
        "settings_chart": pictures.kinds_chart(settings, title=f"Kits by setting, {title}", prefix="settings"),
        "kit_types": kit_types,
        "kits_chart": pictures.kinds_chart(kit_types, title=f"Kits by type, {title}", prefix="kit-types"),
        "years": years,
        "gauge": pictures.saturation_gauge([(year.year, year.ratio) for year in years]),
        "report": exact_fields(seen.span, form.chosen_agency, setting=form.chosen_setting, kit_type=form.chosen_kit),
        "everybody": everybody,
    }
    return render(request, "lbn/overview.html", context)


@require_POST
@requires(Action.COUNTS_SEE)
def overview_file(request: ActorRequest) -> HttpResponse:
    """What the page shows as CSV or XLSX. A POST, because the download is written into the audit log."""
    form, seen, where = _asked(request.actor, request.GET)
    kind = request.POST.get("format", "csv")
    kind = kind if kind in FORMATS else "csv"
    _, missing = _compared(request.actor, form, seen)
    tables = sheets(seen, where, {str(kit.pk): kit.name for kit in form.kits}, form.limits, missing)
    audit.record("counts.downloaded", by=request.actor, partner=form.chosen_agency, span=str(seen.span), format=kind)
    name = f"kits-{seen.span.from_on:%Y-%m}-to-{seen.span.to_on:%Y-%m}"
    return as_file(as_one(tables), name, "csv") if kind == "csv" else as_book(tables, name)


def _asked(actor: Actor, asked: QueryDict) -> tuple[OverviewFilter, figures.Overview, Places]:
    coalition = actor.coalition
    agencies = Partner.objects.visible_to(actor, Action.COUNTS_SEE).exclude(agency_type="")
    form = OverviewFilter(
        asked,
        coalition=coalition,
        agencies=list(agencies.only("pk", "name", "coalition_id", "counts_since", "status")),
        kit_types=list(KitType.objects.visible_to(actor, Action.COUNTS_SEE)),
    )
    seen = figures.overview(actor, form.span, form.chosen_agency, setting=form.chosen_setting, kit_type=form.chosen_kit)
    beside = of_areas.areas(actor, form.span)
    kind = asked.get("burden", "")
    where = places(seen, beside, list(coalition.counties.all()), AreaKind(kind) if kind in AreaKind.values else None)
    return form, seen, where


def _compared(actor: Actor, form: OverviewFilter, seen: figures.Overview) -> tuple[str, str]:
    """The change, and which reports are not in: of one agency, or of all that the person sees."""
    is_whole = actor.everywhere(Action.COUNTS_SEE) and not form.chosen_agency
    shown = [form.chosen_agency] if form.chosen_agency else expected_of(form.agencies.values())
    return seen.against_before(not_in(actor.coalition, seen.span, shown), is_whole=is_whole)


def _own_name(actor: Actor) -> str:
    if actor.everywhere(Action.COUNTS_SEE):
        return "All agencies"
    names = {s.partner_name for s in actor.standings if s.partner_id in actor.partner_ids(Action.COUNTS_SEE)}
    return ", ".join(sorted(names))


def _on_map(seen: figures.Overview, where: Places) -> dict[str, int]:
    """The ZIPs with kits, and in the coalition's counties those without."""
    return {**{line.code: 0 for line in where.not_reached}, **seen.zips} if seen.any else {}


def _sorted(lines: list[Line], by: str) -> list[Line]:
    """The most kits first, unless the address asks for another order."""
    key = _FIRST.get(by.removeprefix("-"))
    if key is None:
        return sorted(lines, key=lambda line: (-line.kits, line.code))
    return sorted(lines, key=lambda line: (key(line), line.code), reverse=by.startswith("-"))
