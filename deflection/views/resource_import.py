"""A public list of local help comes in: the file, the questions and the preview, the directory; and it is taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from tablib import Dataset

from deflection.actions.importing import (
    UNDO_FOR,
    bring_in_list,
    can_take_back,
    read_list,
    start_list,
    take_back_list,
)
from deflection.forms.importing import ListImportForm, ListUploadForm
from deflection.importing.reading import ListReading
from deflection.models import ResourceImport
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.exports import as_file
from phast.sheets.pages import SheetPage, taken


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def list_import(request: ActorRequest) -> HttpResponse:
    """Upload. Below: imports that wait for somebody, and those that can be taken back."""
    form = ListUploadForm()
    if request.method == "POST":
        form = ListUploadForm(request.POST, request.FILES)
        if found := taken(form, start_list, by=request.actor):
            return _to(request, "import_detail", found.pk)
    rows = ResourceImport.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).select_related("created_by")
    context = {
        "form": form,
        "look": ListPage.url,
        "waiting": rows.filter(finished_at=None).defer("rows", "answers")[:20],
        "done": [one for one in rows.exclude(finished_at=None).defer("rows")[:20] if can_take_back(one)],
        "days": UNDO_FOR.days,
    }
    return render(request, "deflection/resource_import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def list_import_detail(request: ActorRequest, resource_import_id: int) -> HttpResponse:
    """Every row as it would come in, and what has to be said before. POST keeps the answers, brings it in, or gives up."""
    return ListPage(request, _import(request, resource_import_id)).response()


@require_GET
@requires(Action.SETTINGS_MANAGE)
def list_import_refused(request: ActorRequest, resource_import_id: int) -> HttpResponse:
    """The rows that do not come in, as they stand in the file, each with the reason: to be mended and brought in again."""
    found = _import(request, resource_import_id)
    reading = read_list(found, request.actor)
    table = Dataset(headers=["Row", "Why it does not come in", *reading.labels], title="Left out")
    for line in reading.refused:
        cells = list(found.rows[line.row - 1])
        table.append([line.row, line.refused, *cells, *[""] * (len(reading.labels) - len(cells))])
    return as_file(table, "left-out", "csv")


@require_POST
@requires(Action.SETTINGS_MANAGE)
def list_import_undo(request: ActorRequest, resource_import_id: int) -> HttpResponse:
    """Takes back what came in."""
    try:
        back, stay = take_back_list(resource_import=_import(request, resource_import_id), by=request.actor)
    except ValidationError as refused:
        messages.warning(request, refused.messages[0])
    else:
        messages.success(request, f"{back:,} {'entry is' if back == 1 else 'entries are'} as before.")
        if stay:
            messages.info(request, f"Somebody changed these since, so they stay: {', '.join(stay[:10])}.")
    return _to(request, "import")


class ListPage(SheetPage):
    """A list of local help that is looked at."""

    template = "deflection/resource_import_detail.html"
    uploads = "resources:import"
    url = "resources:import_detail"

    def form(self, data: Any = None) -> ListImportForm:
        return ListImportForm(data, reading=read_list(self.sheet, self.request.actor), page=self.page)

    def context(self, form: ListImportForm) -> dict[str, Any]:
        return {"found": form.reading.lines, "told": _told(form.reading)}

    def bring_in(self, form: ListImportForm) -> HttpResponse:
        reading = bring_in_list(resource_import=self.sheet, by=self.request.actor)
        messages.success(self.request, f"“{self.sheet.name}” is in the directory: {_told(reading)}.")
        return _to(self.request, "list")


def _import(request: ActorRequest, resource_import_id: int) -> ResourceImport:
    rows = ResourceImport.objects.visible_to(request.actor, Action.SETTINGS_MANAGE)
    return get_object_or_404(rows, pk=resource_import_id)


def _to(request: ActorRequest, name: str, *args: int) -> HttpResponse:
    return redirect(f"resources:{name}", request.actor.coalition.slug, *args)


def _told(reading: ListReading) -> str:
    """ "12 new, 3 changed, 1 no longer verified, 2 rows left out"; "nothing new"."""
    unverified = sum(place.loses_verified for place in reading.changed)
    new, changed, refused = len(reading.new), len(reading.changed), len(reading.refused)
    parts = [
        f"{new:,} new" if new else "",
        f"{changed:,} changed" if changed else "",
        f"{unverified:,} no longer verified" if unverified else "",
        f"{refused:,} row{'' if refused == 1 else 's'} left out" if refused else "",
    ]
    return ", ".join(filter(None, parts)) or "nothing new"
