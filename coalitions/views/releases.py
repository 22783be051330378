"""Releases: what members and observers see of the counts. Nothing on these pages is live."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from tablib import Dataset

from coalitions import releases
from coalitions.actions import coalition as settings_actions
from coalitions.actions.releases import CannotRelease, CountsChanged, discard_draft, publish_release, request_draft
from coalitions.forms.releases import ReleaseSettingsForm
from coalitions.models import Coalition, Release, ReleaseDraft
from coalitions.parents import children_of
from phast import audit, charts, offers
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.disclosure import explain
from phast.exports import FORMATS, as_csv, as_xlsx
from phast.geo.map import ZipCell, zip_map

from .submit import status_of, submitted

TREND_QUARTERS = 12


# ------------------------------------------------------------------ reading
@require_GET
@requires(Action.RELEASES_SEE)
def release_list(request: ActorRequest) -> HttpResponse:
    """Every release, newest first, with the quarters' totals as a trend."""
    actor = request.actor
    published = list(Release.objects.visible_to(actor, Action.RELEASES_SEE).order_by("-from_on", "-number"))
    may_publish = actor.can(Action.SETTINGS_MANAGE)
    current = {one.pk for one in releases.by_span(published)}
    context = {
        "releases": [(one, releases.hidden_count(one), one.pk in current) for one in published],
        "quarters": releases.quarters_to_release(actor.coalition) if may_publish else [],
        "spans": releases.spans_over(actor.coalition) if may_publish else [],
        "draft": ReleaseDraft.objects.visible_to(actor, Action.SETTINGS_MANAGE).first(),
        "may_publish": may_publish,
        "chart": trend_chart(published),
        "trend": releases.trend(published),
        "has_children": children_of(actor).exists(),
    }
    return render(request, "coalitions/release_list.html", context)


@require_GET
@requires(Action.RELEASES_SEE)
def release_detail(request: ActorRequest, release_id: int) -> HttpResponse:
    """One release: total, map, tables, and the totals of the quarters before it."""
    visible = Release.objects.visible_to(request.actor, Action.RELEASES_SEE)
    release = get_object_or_404(visible, pk=release_id)
    context = {**about(release, visible), **shown(request.actor.coalition, release)}
    return render(request, "coalitions/release_detail.html", context)


@require_GET
@requires(Action.RELEASES_SEE)
def release_file(request: ActorRequest, release_id: int, table_format: str) -> HttpResponse:
    """The release's tables as a file. A hidden figure is the word "hidden", never a number."""
    release = get_object_or_404(Release.objects.visible_to(request.actor, Action.RELEASES_SEE), pk=release_id)
    return as_download(request, release, table_format)


def as_download(request: ActorRequest, release: Release, table_format: str) -> HttpResponse:
    """CSV with the table by ZIP, or a workbook with a sheet for each table."""
    if table_format not in FORMATS:
        raise Http404
    sheets = [_sheet(release, table) for table in releases.tables_of(release)]
    held = as_csv(sheets[0]) if table_format == "csv" else as_xlsx(*sheets)
    response = HttpResponse(held, content_type=FORMATS[table_format])
    name = f"release-{release.number}-{release.from_on:%Y-%m}.{table_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    audit.record("release.downloaded", by=request.actor, target=release, format=table_format)
    return response


def _sheet(release: Release, table: releases.Table) -> Dataset:
    def figures(parts: list[releases.Figure], total: releases.Figure) -> list[Any]:
        return ["hidden" if figure is None else figure for figure in (*parts, total)]

    unit = [*table.columns, "Total"] if table.columns else [table.kind.unit]
    data = Dataset(headers=[table.kind.head, *unit, "Place"], title=table.kind.title)
    for row in table.rows:
        data.append([row.label, *figures(row.figures, row.total), row.note])
    data.append(["Total", *figures(table.totals, table.total), ""])
    empty = [""] * (len(unit) + 1)
    data.append(["", *empty])
    said = explain(releases.linked(release))
    data.append([f"{release}. Data as of {release.data_as_of:%Y-%m-%d}. {said}", *empty])
    return data


# ------------------------------------------------------------------ publishing
@require_POST
@requires(Action.SETTINGS_MANAGE)
def release_prepare(request: ActorRequest) -> HttpResponse:
    """Has a release of the chosen span prepared."""
    span = releases.span_named(request.actor.coalition, request.POST.get("span", ""))
    if span is None:
        messages.warning(request, "Choose a quarter or a year that is over.")
        return redirect("coalitions:release_list", request.actor.coalition.slug)
    request_draft(span=span, by=request.actor)
    return redirect("coalitions:release_draft", request.actor.coalition.slug)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def release_draft(request: ActorRequest) -> HttpResponse:
    """How far the draft is, then what it holds; POST publishes just that. The page asks for the fragment while it waits."""
    actor = request.actor
    draft = ReleaseDraft.objects.visible_to(actor, Action.SETTINGS_MANAGE).first()
    if draft is None:
        return redirect("coalitions:release_list", actor.coalition.slug)
    if request.method == "POST":
        return _publish(request, draft)
    if request.htmx and not draft.is_over:
        return render(request, "coalitions/_release_progress.html", {"draft": draft})
    response = render(request, "coalitions/release_draft.html", _draft(request, draft))
    if request.htmx:
        response["HX-Refresh"] = "true"
    return response


def _publish(request: ActorRequest, draft: ReleaseDraft) -> HttpResponse:
    actor = request.actor
    try:
        release = publish_release(made=draft, seen=request.POST.get("seen", ""), by=actor)
    except CountsChanged as changed:
        messages.warning(request, str(changed))
        request_draft(span=releases.Span(draft.from_on, draft.to_on), by=actor)
        return redirect("coalitions:release_draft", actor.coalition.slug)
    except CannotRelease as problem:
        messages.warning(request, str(problem))
        return render(request, "coalitions/release_draft.html", _draft(request, draft), status=422)
    messages.success(request, f"Published. Members and observers now see {release.span}.")
    return redirect("coalitions:release_detail", slug=actor.coalition.slug, release_id=release.pk)


def _draft(request: ActorRequest, draft: ReleaseDraft) -> dict[str, Any]:
    if not draft.is_ready:
        return {"draft": draft}
    earlier = Release.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).filter(
        from_on=draft.from_on, to_on=draft.to_on
    )
    return {
        "draft": draft,
        "hidden": releases.hidden_count(draft),
        "earlier": earlier.order_by("-number").first(),
        "warnings": [
            text for offer in offers.release_warnings for text in offer(request.actor, draft.from_on, draft.to_on)
        ],
        **shown(request.actor.coalition, draft),
    }


@require_POST
@requires(Action.SETTINGS_MANAGE)
def release_discard(request: ActorRequest) -> HttpResponse:
    """Throws the draft away."""
    draft = ReleaseDraft.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).first()
    if draft is not None:
        discard_draft(draft=draft, by=request.actor)
        messages.success(request, "The draft is gone. Nothing was published.")
    return redirect("coalitions:release_list", request.actor.coalition.slug)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def release_settings(request: ActorRequest) -> HttpResponse:
    """Which tables releases hold from now on."""
    actor = request.actor
    coalition = Coalition.objects.get(pk=actor.coalition.pk)  # the form writes on it before it is saved
    form = ReleaseSettingsForm(request.POST or None, instance=coalition)
    if submitted(
        request,
        form,
        lambda: settings_actions.update_settings(by=actor, version=form.opened_version, values=form.values),
    ):
        messages.success(request, "Saved. Releases that are published stay as they are.")
        return redirect("coalitions:release_list", actor.coalition.slug)
    return render(request, "coalitions/release_settings.html", {"form": form}, status=status_of(form))


# ------------------------------------------------------------------ what pages show
def about(release: Release, visible: Any) -> dict[str, Any]:
    """What stands around a release's tables: the quarters before it, and the release that counts now, if that is a later one."""
    earlier = list(visible.filter(from_on__lte=release.from_on).order_by("-from_on", "-number")[: 2 * TREND_QUARTERS])
    later = visible.filter(from_on=release.from_on, to_on=release.to_on, number__gt=release.number)
    return {
        "release": release,
        "later": later.order_by("-number").first(),
        "chart": trend_chart(earlier),
        "trend": releases.trend(earlier),
    }


def shown(coalition: Coalition, release: Release | ReleaseDraft) -> dict[str, Any]:
    """What a page shows of a release's tables: the tables, the total, the map, the sentence about what is hidden."""
    by_zip = releases.table_of(release)
    counties = list(coalition.counties.values_list("pk", flat=True))
    drawing = None
    if counties:
        drawing = zip_map(
            counties=counties,
            cells=[ZipCell(label, kits) for label, kits in releases.zip_cells(by_zip)],
            title=f"Kits by ZIP code, {release.span}",
            description="A circle for each ZIP code, larger for more kits; hidden counts are hatched. The table has the same figures.",
        )
    return {
        "tables": releases.tables_of(release),
        "places": len(by_zip.cells),
        "total": by_zip.total,
        "map": drawing,
        "explanation": explain(releases.linked(release)),
        "notes": release.table.get("notes", []),
    }


def trend_chart(published: list[Release]) -> str:
    """Totals by quarter as a chart; nothing for fewer than two quarters."""
    points = releases.trend(published)
    if len(points) < 2:
        return ""
    return charts.trend(
        title="Kits left behind by quarter",
        description="The total of each quarter’s release. A gap is a total that is hidden.",
        labels=[label for label, _ in points],
        values=[kits for _, kits in points],
        prefix="trend",
    )
