"""A plan that somebody keeps in a spreadsheet comes in: the file, the questions and the preview, the steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.sheets.pages import SheetPage, taken
from plans.actions.importing import bring_in, read_import, start_import
from plans.forms.importing import ImportForm, UploadForm
from plans.forms.parties import Parties
from plans.models import PlanImport

from .common import to_plan


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def plan_import(request: ActorRequest) -> HttpResponse:
    """Upload. Below: imports that wait for somebody."""
    form = UploadForm(actor=request.actor, initial={"plan": request.GET.get("plan")})
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, actor=request.actor)
        if found := taken(form, start_import, by=request.actor):
            return redirect(PlanPage.url, request.actor.coalition.slug, found.pk)
    waiting = PlanImport.objects.visible_to(request.actor, Action.PLANS_EDIT).filter(finished_at=None)
    context = {
        "form": form,
        "look": PlanPage.url,
        "waiting": waiting.select_related("plan", "created_by").defer("rows", "answers")[:20],
    }
    return render(request, "plans/import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def plan_import_detail(request: ActorRequest, plan_import_id: int) -> HttpResponse:
    """Every row as it would come in, and what has to be said before. POST keeps the answers, brings the steps in, or gives up."""
    rows = PlanImport.objects.visible_to(request.actor, Action.PLANS_EDIT).select_related("plan")
    return PlanPage(request, get_object_or_404(rows, pk=plan_import_id)).response()


class PlanPage(SheetPage):
    """A plan that is looked at."""

    template = "plans/import_detail.html"
    uploads = "plans:import"
    url = "plans:import_detail"
    what = "steps"

    def form(self, data: Any = None) -> ImportForm:
        parties = Parties(self.request.actor)
        reading = read_import(self.sheet, parties.rows, self.request.actor)
        return ImportForm(data, plan_import=self.sheet, reading=reading, parties=parties)

    def context(self, form: ImportForm) -> dict[str, Any]:
        return {"found": form.reading.steps}

    def bring_in(self, form: ImportForm) -> HttpResponse:
        plan = bring_in(plan_import=self.sheet, by=self.request.actor)
        messages.success(self.request, f"{_steps(len(form.reading.steps))} from “{self.sheet.name}” came in.")
        return to_plan(plan, self.request, "steps")

    def over(self) -> HttpResponse:
        return render(self.request, "plans/import_over.html", {"plan_import": self.sheet})


def _steps(number: int) -> str:
    return "1 step" if number == 1 else f"{number:,} steps"
