"""A roster that somebody keeps in a spreadsheet comes in: the file, the questions and the preview, the roster."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coalitions.actions.importing import bring_in, read_import, start_import
from coalitions.forms.importing import RosterImportForm, RosterUploadForm
from coalitions.importing.reading import RosterReading
from coalitions.models import RosterImport
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.sheets.pages import SheetPage, taken


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def roster_import(request: ActorRequest) -> HttpResponse:
    """Upload. Below: imports that wait for somebody."""
    form = RosterUploadForm()
    if request.method == "POST":
        form = RosterUploadForm(request.POST, request.FILES)
        if found := taken(form, start_import, by=request.actor):
            return redirect(RosterPage.url, request.actor.coalition.slug, found.pk)
    waiting = RosterImport.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).filter(finished_at=None)
    context = {
        "form": form,
        "look": RosterPage.url,
        "waiting": waiting.select_related("created_by").defer("rows", "answers")[:20],
    }
    return render(request, "coalitions/roster_import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def roster_import_detail(request: ActorRequest, roster_import_id: int) -> HttpResponse:
    """Every row as it would come in, and what has to be said before. POST keeps the answers, brings it in, or gives up."""
    rows = RosterImport.objects.visible_to(request.actor, Action.SETTINGS_MANAGE)
    return RosterPage(request, get_object_or_404(rows, pk=roster_import_id)).response()


class RosterPage(SheetPage):
    """A roster that is looked at."""

    template = "coalitions/roster_import_detail.html"
    uploads = "coalitions:roster_import"
    url = "coalitions:roster_import_detail"

    def form(self, data: Any = None) -> RosterImportForm:
        return RosterImportForm(data, reading=read_import(self.sheet, self.request.actor), page=self.page)

    def context(self, form: RosterImportForm) -> dict[str, Any]:
        return {"found": form.reading.lines, "told": _told(form.reading)}

    def bring_in(self, form: RosterImportForm) -> HttpResponse:
        reading = bring_in(roster_import=self.sheet, by=self.request.actor)
        messages.success(self.request, f"“{self.sheet.name}” is on the roster: {_told(reading)}.")
        return redirect("coalitions:partner_list", self.request.actor.coalition.slug)


def _told(reading: RosterReading) -> str:
    """ "12 new partners, 20 new contacts, 3 changed"; "nothing new"."""
    partners, people, changed = len(reading.new_organizations), len(reading.new_people), len(reading.changed)
    parts = [
        f"{partners} new partner{'' if partners == 1 else 's'}" if partners else "",
        f"{people} new contact{'' if people == 1 else 's'}" if people else "",
        f"{changed} changed" if changed else "",
    ]
    return ", ".join(filter(None, parts)) or "nothing new"
