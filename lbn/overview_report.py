"""The overview as frozen figures of a report: what the exact kit summary holds, and how it is drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from coalitions.models import Coalition, Partner
from lbn import pictures
from lbn.enums import AreaKind, Setting
from lbn.models import KitType
from lbn.selectors import areas, overview
from lbn.selectors.evaluation import learned
from lbn.selectors.periods import not_in
from lbn.selectors.places import Line, places
from lbn.selectors.span import Span
from phast.geo.models import County, Zip
from phast.ui.templatetags.ui import number

NOT_RECORDED = "Not recorded"


def limits(coalition: Coalition, parameters: Mapping[str, Any]) -> list[str]:
    """The setting and the kit type that the figures are limited to, in words."""
    found = []
    if setting := parameters.get("setting"):
        found.append(NOT_RECORDED if setting == overview.NOT_RECORDED else str(Setting(setting).label))
    if kit_type := parameters.get("kit_type"):
        kinds = KitType.objects.of(coalition)
        found.append(NOT_RECORDED if kit_type == overview.NOT_RECORDED else kinds.get(pk=int(kit_type)).name)
    return found


def collected(
    coalition: Coalition, span: Span, partner: Partner | None, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything the report shows, as JSON. Burden and residents stand only in the whole coalition's."""
    asked = {name: str(parameters.get(name, "")) for name in ("setting", "kit_type")}
    seen = overview.exact(coalition, span, partner, **asked)
    beside = (areas.where_people_live if partner else areas.exact_areas)(coalition, span)
    where = places(seen, beside, list(coalition.counties.all()))
    whole = not partner and not any(asked.values())
    kit_names = {str(pk): name for pk, name in KitType.objects.of(coalition).values_list("pk", "name")}
    burden = where.burden if any(line.burden is not None for line in where.zips) else None
    missing = not_in(coalition, span, [partner] if partner else None)
    change, missing = seen.against_before(missing, is_whole=partner is None)
    return {
        "span": str(span),
        "rows": [[line.code, line.kits, line.name] for line in where.zips]
        + [[label, kits, ""] for label, kits in where.without_zip],
        "lines": {line.code: [line.per_1000, line.burden] for line in where.zips},
        "has_rates": where.has_rates,
        "total": seen.total,
        "silent": seen.is_silent,
        "reached": seen.reached,
        "change": change,
        "so_far": span.so_far(coalition.today()),
        "not_in": missing,
        "besides": overview.said_besides(coalition, seen, partner, **asked),
        "not_reached": [line.code for line in where.not_reached],
        "look_next": [_next(line) for line in where.look_next],
        "burden": {
            "kind": burden.kind,
            "label": str(burden.kind.label),
            "words": areas.WORDS[burden.kind],
            "year": burden.year,
            "origin": burden.origin,
            "figures": dict(burden.figures),
        }
        if burden
        else None,
        "population": f"{where.population.origin}, {where.population.year}" if where.population else "",
        "trend": []
        if seen.months_unknown
        else [(month.isoformat(), kits) for month, kits in seen.kits_by_month.items()],
        "agencies": [] if partner else [(name, sums.kits) for name, sums in seen.agencies.items()],
        "settings": list(pictures.setting_names(seen.settings).items()),
        "kit_types": [(kit_names.get(key, NOT_RECORDED), kits) for key, kits in seen.kit_types.items()],
        "saturation": [_year(year) for year in areas.saturation(coalition)] if whole else [],
        "learned": {} if any(asked.values()) else learned(coalition, span, partner),
        "notes": _notes(seen),
    }


def drawn(data: dict[str, Any]) -> dict[str, Any]:
    """The drawings, from the frozen figures alone."""
    kits = {label: count for label, count, _ in data["rows"] if label not in overview.WITHOUT_ZIP.values()}
    on_map = {**dict.fromkeys(data["not_reached"], 0), **kits} if data["rows"] else {}
    burden = data["burden"]
    known = list(County.objects.filter(pk__in=data["counties"]))
    points = Zip.objects.in_bulk([*on_map, *(burden["figures"] if burden else ())])
    months = {dt.date.fromisoformat(first): count for first, count in data["trend"]}
    return {
        "map": pictures.kit_map(known, on_map, points, title=f"Kits by ZIP code, {data['span']}"),
        "burden_map": pictures.burden_map(
            AreaKind(burden["kind"]), known, burden["figures"], points, year=burden["year"]
        )
        if burden
        else "",
        "chart": pictures.months_chart(months, title="Kits by month"),
        "months": [(f"{first:%B %Y}", count) for first, count in months.items()],
        "settings_chart": pictures.kinds_chart(dict(data["settings"]), title="Kits by setting", prefix="settings"),
        "kits_chart": pictures.kinds_chart(dict(data["kit_types"]), title="Kits by type", prefix="kit-types"),
        "gauge": pictures.saturation_gauge([(year["year"], year["ratio"]) for year in data["saturation"]]),
        "table": [
            [label, count, place, *data["lines"].get(label, [None, None])] for label, count, place in data["rows"]
        ],
    }


def _next(line: Line) -> list[Any]:
    return [line.code, line.name, line.burden, line.kits, line.per_burden]


def _year(one: areas.Saturation) -> dict[str, Any]:
    return {
        "year": one.year,
        "kits": one.kits,
        "deaths": one.deaths,
        "ratio": one.ratio,
        "says": one.says,
        "origin": one.origin,
        "is_over": one.is_over,
    }


def _notes(seen: overview.Overview) -> list[str]:
    notes = []
    if seen.no_month:
        notes.append(
            f"{number(seen.no_month)} of the kits were counted for a quarter, a half or a year: they stand in no single month."
        )
    if seen.across:
        notes.append(
            f"{number(seen.across)} more kits were counted for a span that reaches beyond these months: they are in no figure here."
        )
    return notes
