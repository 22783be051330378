"""Residents, deaths and EMS runs by area: load a file after looking at it, remove it, and enter the deaths of the saturation gauge."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count as CountOf
from django.db.models import Max, Min
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lbn.actions import areas as actions
from lbn.enums import AreaKind
from lbn.forms.areas import AreaFileForm, DeathsForm
from lbn.models import AnnualDeaths, AreaFile
from lbn.selectors.areas import loaded_before
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.sheets.refused import FileRefused

A_PAGE = 25
ROWS_SHOWN = 8
PROBLEMS_SHOWN = 25
DEATHS_IDS = "deaths_%s"  # the page has two forms with fields of the same name


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def area_list(request: ActorRequest) -> HttpResponse:
    """The upload, and what is loaded."""
    form = AreaFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            area_file = actions.take_area_file(
                file=asked["file"].file,
                name=asked["file"].name,
                kind=AreaKind(asked["kind"]),
                origin=asked["origin"],
                year=asked["year"],
                by=request.actor,
            )
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        except ValidationError as error:
            form.add_error("origin", error)
        else:
            return redirect("lbn:area_file", request.actor.coalition.slug, area_file.pk)
    return _list(request, form, DeathsForm(auto_id=DEATHS_IDS))


@require_POST
@requires(Action.SETTINGS_MANAGE)
def deaths_save(request: ActorRequest) -> HttpResponse:
    """Enters or changes a year's deaths."""
    form = DeathsForm(request.POST, auto_id=DEATHS_IDS)
    if form.is_valid():
        try:
            actions.save_annual_deaths(**form.cleaned_data, by=request.actor)
        except ValidationError as error:
            form.add_error("origin", error)
        else:
            messages.success(request, f"Saved: {form.cleaned_data['year']}.")
            return redirect("lbn:area_list", request.actor.coalition.slug)
    return _list(request, AreaFileForm(), form)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def deaths_remove(request: ActorRequest, annual_deaths_id: int) -> HttpResponse:
    """Takes a year out."""
    visible = AnnualDeaths.objects.visible_to(request.actor, Action.SETTINGS_MANAGE)
    actions.remove_annual_deaths(annual_deaths=get_object_or_404(visible, pk=annual_deaths_id), by=request.actor)
    messages.success(request, "Removed.")
    return redirect("lbn:area_list", request.actor.coalition.slug)


@require_GET
@requires(Action.SETTINGS_MANAGE)
def area_file(request: ActorRequest, area_file_id: int) -> HttpResponse:
    """What was read of a file: its years, its first rows, what is left out and what it replaces."""
    area_file = _find(request, area_file_id)
    findings = area_file.findings
    rows = findings.get("rows", [])
    years = Counter((year, bool(code)) for code, _, year, _ in rows)
    before = loaded_before(area_file) if not area_file.loaded_at else {}
    problems = findings.get("problems", [])
    context = {
        "area_file": area_file,
        "years": [
            (year, by_zip, count, before.get((year, by_zip), 0)) for (year, by_zip), count in sorted(years.items())
        ],
        "rows": rows[:ROWS_SHOWN],
        "row_count": len(rows),
        "problems": [each for each in problems if isinstance(each, list)][:PROBLEMS_SHOWN],
        "problem_count": len(problems) + findings.get("more_problems", 0),
        "elsewhere": findings.get("elsewhere", 0),
        "left_out": findings.get("left_out", []),
        "replaces": any(before.get(key) for key in years),
    }
    return render(request, "lbn/area_file.html", context)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def area_load(request: ActorRequest, area_file_id: int) -> HttpResponse:
    """Loads the figures that the preview showed."""
    try:
        count = actions.load_area_file(area_file=_find(request, area_file_id), by=request.actor)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"{count:,} figures loaded.")
    return redirect("lbn:area_list", request.actor.coalition.slug)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def area_remove(request: ActorRequest, area_file_id: int) -> HttpResponse:
    """Takes a file and its figures out, or gives up one that is not loaded."""
    actions.remove_area_file(area_file=_find(request, area_file_id), by=request.actor)
    messages.success(request, "Removed.")
    return redirect("lbn:area_list", request.actor.coalition.slug)


def _find(request: ActorRequest, pk: int) -> AreaFile:
    return get_object_or_404(AreaFile.objects.visible_to(request.actor, Action.SETTINGS_MANAGE), pk=pk)


def _list(request: ActorRequest, form: AreaFileForm, deaths: DeathsForm) -> HttpResponse:
    files = AreaFile.objects.visible_to(request.actor, Action.SETTINGS_MANAGE).defer("findings")
    files = files.annotate(held=CountOf("figures"), first=Min("figures__year"), last=Max("figures__year"))
    files = files.order_by("-created_at", "-pk")
    context = {
        "form": form,
        "deaths_form": deaths,
        "page": Paginator(files, A_PAGE).get_page(request.GET.get("page")),
        "years": AnnualDeaths.objects.visible_to(request.actor, Action.SETTINGS_MANAGE),
        "has_counties": request.actor.coalition.counties.exists(),
    }
    return render(request, "lbn/area_list.html", context, status=422 if request.method == "POST" else 200)
