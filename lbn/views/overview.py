"""Exact figures: the coalition's for its coordinator, an agency's for its own people."""

from __future__ import annotations

import calendar
import csv
import datetime as dt

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.formats import number_format
from django.views.decorators.http import require_GET

from coalitions.models import Partner
from coalitions.releases import Row
from lbn.reports import exact_fields
from lbn.selectors import overview as figures
from phast import audit, charts
from phast.access.actor import Actor
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.geo.map import ZipCell, zip_map
from phast.ui.forms import MonthField

ROWS_SHOWN = 25  # of the table by ZIP; the others are a click away


class SpanForm(forms.Form):
    """Which months, and whose kits. What the address leaves out is the last twelve months of everybody."""

    first = MonthField(label="From", required=False)
    last = MonthField(label="To", required=False)
    agency = forms.ModelChoiceField(Partner.objects.none(), required=False, empty_label="All agencies")

    def __init__(self, actor: Actor, asked: QueryDict) -> None:
        usual = figures.Span.year_to(actor.coalition.today())
        data = {"first": f"{usual.from_on:%Y-%m}", "last": f"{usual.to_on:%Y-%m}"}
        super().__init__({**data, **{name: value for name, value in asked.items() if value}})
        self.usual = usual
        if actor.everywhere(Action.COUNTS_SEE):
            self.fields["agency"].queryset = Partner.objects.visible_to(actor, Action.COUNTS_SEE).exclude(
                agency_type=""
            )
        else:
            del self.fields["agency"]

    def span(self) -> figures.Span:
        """The months asked for; the last twelve where what was asked makes no sense."""
        first = self.cleaned_data.get("first") or self.usual.from_on
        asked = figures.Span.of_months(first, self.cleaned_data.get("last") or self.usual.to_on)
        return asked if asked.length <= figures.MOST_MONTHS else self.usual


@require_GET
@requires(Action.COUNTS_SEE)
def overview(request: ActorRequest) -> HttpResponse:
    """Total, map, trend and tables of a span that the address names."""
    actor = request.actor
    form, seen, agency = _asked(request)
    whose = agency.name if agency else _own_name(actor)
    rows = figures.rows(seen)
    by_zip = sorted((row for row in rows if row.label in seen.zips), key=lambda row: (-row.kits, row.label))
    counties = list(actor.coalition.counties.values_list("pk", flat=True))
    context = {
        "form": form,
        "seen": seen,
        "agency": agency,
        "whose": whose,
        "by_zip": by_zip[:ROWS_SHOWN],
        "more_zips": by_zip[ROWS_SHOWN:],
        "without_zip": rows[len(by_zip) :],
        "map": _map(counties, by_zip, str(seen.span), whose) if counties and by_zip else None,
        "trend": _trend(seen, whose),
        "years": [(year, dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in figures.years(actor)[:6]],
        "report": exact_fields(seen.span, agency),
        "everybody": actor.everywhere(Action.COUNTS_SEE),
    }
    return render(request, "lbn/overview.html", context)


@require_GET
@requires(Action.COUNTS_SEE)
def overview_file(request: ActorRequest) -> HttpResponse:
    """The table by ZIP of the same span, as CSV."""
    _, seen, agency = _asked(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="kits-{seen.span.from_on:%Y-%m}-to-{seen.span.to_on:%Y-%m}.csv"'
    )
    sheet = csv.writer(response)
    sheet.writerow(["ZIP code", "Kits", "Place"])
    sheet.writerows(figures.rows(seen))
    audit.record("counts.downloaded", by=request.actor, partner=agency, span=str(seen.span), format="csv")
    return response


def _asked(request: ActorRequest) -> tuple[SpanForm, figures.Overview, Partner | None]:
    form = SpanForm(request.actor, request.GET)
    form.is_valid()  # a month that makes no sense is as if it were not there
    agency = form.cleaned_data.get("agency")
    return form, figures.overview(request.actor, form.span(), agency), agency


def _own_name(actor: Actor) -> str:
    if actor.everywhere(Action.COUNTS_SEE):
        return ""
    names = {s.partner_name for s in actor.standings if s.partner_id in actor.partner_ids(Action.COUNTS_SEE)}
    return ", ".join(sorted(names))


def _map(counties: list[str], by_zip: list[Row], span: str, whose: str) -> object:
    return zip_map(
        counties=counties,
        cells=[ZipCell(row.label, row.kits) for row in by_zip],
        title=f"Kits by ZIP code, {span}" + (f", {whose}" if whose else ""),
        description="A circle for each ZIP code, larger for more kits. The table below has the same numbers.",
    )


def _trend(seen: figures.Overview, whose: str) -> str:
    """Kits by month; nothing when there is a single month, or nothing is known of any."""
    months = list(seen.by_month.items())[-24:]
    if len(months) < 2 or seen.months_unknown:
        return ""
    note = (
        f"{number_format(seen.no_month, force_grouping=True)} more kits stand in no single month."
        if seen.no_month
        else ""
    )
    return charts.columns(
        title="Kits by month" + (f", {whose}" if whose else ""),
        description=f"Kits left behind in each month, {seen.span}. The table below has the same numbers.",
        labels=[f"{calendar.month_abbr[month.month]} {month.year}" for month, _ in months],
        series=[charts.Series("Kits", [kits for _, kits in months])],
        note=note,
        prefix="months",
    )
