"""Releases: what members and observers see of the counts. Nothing on these pages is live."""

from __future__ import annotations

import csv
import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from coalitions import releases
from coalitions.actions.releases import CannotRelease, publish_release
from coalitions.models import Coalition, Release
from phast import audit, charts, offers
from phast.access.actor import Actor
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.disclosure import Suppressed, explain
from phast.geo.map import ZipCell, zip_map


@require_GET
@requires(Action.RELEASES_SEE)
def release_list(request: ActorRequest) -> HttpResponse:
    """Every release, newest first, with the totals as a trend."""
    actor = request.actor
    published = list(Release.objects.visible_to(actor, Action.RELEASES_SEE).order_by("-from_on"))
    context = {
        "releases": [(release, releases.hidden_count(releases.table_of(release))) for release in published],
        "quarters": releases.quarters_to_release(actor.coalition) if actor.can(Action.SETTINGS_MANAGE) else [],
        "chart": trend_chart(published),
        "has_children": Coalition.objects.filter(parent=actor.coalition.pk).exists(),
    }
    return render(request, "coalitions/release_list.html", context)


@require_GET
@requires(Action.RELEASES_SEE)
def release_detail(request: ActorRequest, release_id: int) -> HttpResponse:
    """One release: total, map, table, and the totals of the quarters before it."""
    visible = Release.objects.visible_to(request.actor, Action.RELEASES_SEE)
    release = get_object_or_404(visible, pk=release_id)
    earlier = list(visible.filter(from_on__lte=release.from_on).order_by("-from_on")[:12])
    suppressed = releases.table_of(release)
    context = {
        "release": release,
        "chart": trend_chart(earlier),
        "trend": releases.trend(earlier),
        **shown(request.actor.coalition, suppressed, release.span),
    }
    return render(request, "coalitions/release_detail.html", context)


@require_GET
@requires(Action.RELEASES_SEE)
def release_file(request: ActorRequest, release_id: int) -> HttpResponse:
    """The release's table as CSV. A hidden cell is the word "hidden", never a number."""
    release = get_object_or_404(Release.objects.visible_to(request.actor, Action.RELEASES_SEE), pk=release_id)
    return as_csv(release, by=request.actor)


def as_csv(release: Release, *, by: Actor) -> HttpResponse:
    """A file for a spreadsheet; that it was taken along is kept."""
    suppressed = releases.table_of(release)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="release-{release.number}-{release.from_on:%Y-%m}.csv"'
    sheet = csv.writer(response)
    sheet.writerow(["ZIP code", "Kits", "Place"])
    sheet.writerows(
        (label, "hidden" if kits is None else kits, place) for label, kits, place in releases.rows(suppressed)
    )
    sheet.writerow(["Total", "hidden" if suppressed.total is None else suppressed.total, ""])
    sheet.writerow([])
    sheet.writerow([f"{release}. Data as of {release.data_as_of:%Y-%m-%d}. {explain(suppressed)}", "", ""])
    audit.record("release.downloaded", by=by, target=release, format="csv")
    return response


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def release_publish(request: ActorRequest, quarter: str) -> HttpResponse:
    """Shows what a quarter's release would hold; POST publishes just that."""
    wanted = _quarter(quarter)
    if wanted not in releases.quarters_to_release(request.actor.coalition):
        raise Http404
    status = 200
    if request.method == "POST":
        try:
            release = publish_release(quarter=wanted, seen=request.POST.get("seen", ""), by=request.actor)
        except CannotRelease as problem:
            messages.warning(request, str(problem))
            status = 422
        else:
            messages.success(request, f"Published. Members and observers now see {release.span}.")
            return redirect("coalitions:release_detail", slug=request.actor.coalition.slug, release_id=release.pk)
    ready = releases.preview(request.actor.coalition, wanted)
    context = {
        "quarter": wanted,
        "ready": ready,
        "hidden": releases.hidden_count(ready.suppressed),
        "warnings": [
            text for offer in offers.release_warnings for text in offer(request.actor, wanted.from_on, wanted.to_on)
        ],
        **shown(request.actor.coalition, ready.suppressed, str(wanted)),
    }
    return render(request, "coalitions/release_publish.html", context, status=status)


def shown(coalition: Coalition, suppressed: Suppressed, quarter: str) -> dict[str, object]:
    """What a page shows of a table: rows, total, map, the sentence about what is hidden."""
    counties = list(coalition.counties.values_list("pk", flat=True))
    drawing = None
    if counties:
        drawing = zip_map(
            counties=counties,
            cells=[ZipCell(label, kits) for label, kits in releases.zip_cells(suppressed)],
            title=f"Kits by ZIP code, {quarter}",
            description="A circle for each ZIP code, larger for more kits; hidden counts are hatched. The table has the same figures.",
        )
    return {
        "rows": releases.rows(suppressed),
        "total": suppressed.total,
        "map": drawing,
        "explanation": explain(suppressed),
    }


def trend_chart(published: list[Release]) -> str:
    """Totals by quarter as a chart; nothing for fewer than two releases."""
    points = releases.trend(published)
    if len(points) < 2:
        return ""
    return charts.trend(
        title="Kits left behind by quarter",
        description="The total of each release. A gap is a total that is hidden.",
        labels=[label for label, _ in points],
        values=[kits for _, kits in points],
        prefix="trend",
    )


def _quarter(text: str) -> releases.Quarter:
    """The quarter an address names by its first month, "2026-07". Raises Http404 for anything else."""
    try:
        first = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
    quarter = releases.Quarter.holding(first)
    if quarter.from_on != first:
        raise Http404
    return quarter
