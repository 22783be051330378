"""The eight practices: how far each agency is, what to do next, and rating them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.models import Partner
from coalitions.views.submit import status_of, submitted
from lbn.actions.assessments import begin_assessment, discard_assessment, finish_assessment, rate_elements
from lbn.enums import InPlace
from lbn.forms.assessing import FinishForm, RatingForm
from lbn.models import Assessment
from lbn.pictures import in_place_chart
from lbn.practice_pages import next_steps, page_for
from lbn.reference import SOURCE_TITLE
from lbn.refusals import NotPossible
from lbn.selectors.evidence import evidence_of
from lbn.selectors.practices import (
    Outline,
    Standing,
    agency_rows,
    assessed_agencies,
    history_of,
    outline,
    standing,
)
from lbn.selectors.span import Span
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .program import agency_of

AGENCIES_ON_A_PAGE = 25
NEXT_SHOWN = 3


@require_GET
@requires(Action.PROGRAM_SEE)
def practice_agencies(request: ActorRequest) -> HttpResponse:
    """Every agency by name, with how far it is on each practice; people of one agency go straight to theirs."""
    agencies = assessed_agencies(request.actor)
    if not request.actor.everywhere(Action.PROGRAM_SEE) and len(own := list(agencies[:2])) == 1:
        return redirect(_practices_url(request, own[0].pk))
    text = request.GET.get("find", "").strip()[:100]
    page = Paginator(assessed_agencies(request.actor, text), AGENCIES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": agency_rows(request.actor, list(page)),
        "practices": [practice for practice, _ in outline()],
        "find": text,
    }
    return render(request, "lbn/practice_agencies.html", context)


@require_GET
@requires(Action.PROGRAM_SEE)
def practice_list(request: ActorRequest, partner_id: int) -> HttpResponse:
    """One agency: what to do next, the eight practices with every element, and how that changed."""
    partner = agency_of(request, partner_id, Action.PROGRAM_SEE)
    practices = outline()
    history = history_of(partner, practices)
    known = evidence_of(partner, [one for _, elements in practices for one in elements])
    span = Span.year_to(request.actor.coalition.today())
    context = {
        "partner": partner,
        "several": request.actor.everywhere(Action.PROGRAM_SEE),
        "may_rate": _may_rate(request, partner),
        "history": history,
        "steps": next_steps(history.latest, known, practices, partner, request.actor)[:NEXT_SHOWN],
        "levels": _with_knowledge(request, history.latest, known, practices, partner),
        "chart": in_place_chart(history.course),
        "span": {"first": f"{span.from_on:%Y-%m}", "last": f"{span.to_on:%Y-%m}"},
        "ours": [practice.number for practice, _ in practices if practice.heading == practice.Heading.LOST],
        "source": SOURCE_TITLE,
    }
    return render(request, "lbn/practice_list.html", context)


@require_POST
@requires(Action.PRACTICE_EDIT)
def assessment_begin(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Begins an assessment, or goes on with the one that is begun."""
    partner = agency_of(request, partner_id, Action.PRACTICE_EDIT)
    assessment = begin_assessment(partner=partner, by=request.actor)
    return redirect(_go_on_url(request, _standing_of(assessment, outline())))


@require_GET
@requires(Action.PROGRAM_SEE)
def assessment_detail(request: ActorRequest, assessment_id: int) -> HttpResponse:
    """An assessment as it stands."""
    assessment = _find(request, assessment_id, Action.PROGRAM_SEE)
    seen = _standing_of(assessment, outline())
    context = {
        "assessment": assessment,
        "partner": assessment.partner,
        "standing": seen,
        "several": request.actor.everywhere(Action.PROGRAM_SEE),
        "may_rate": assessment.finished_at is None and _may_rate(request, assessment.partner),
        "go_on_url": _go_on_url(request, seen),
    }
    return render(request, "lbn/assessment_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def assessment_rate(request: ActorRequest, assessment_id: int, practice: int) -> HttpResponse:
    """One practice on one page: how far the agency is with each of its elements."""
    assessment = _find(request, assessment_id, Action.PRACTICE_EDIT)
    if assessment.finished_at:
        return redirect(_url(request, "assessment_detail", assessment.pk))
    practices = outline()
    numbers = [one.number for one, _ in practices]
    if practice not in numbers:
        raise Http404
    this, elements = practices[numbers.index(practice)]
    form = RatingForm(
        request.POST if request.method == "POST" else None,
        instance=assessment,
        elements=elements,
        known=evidence_of(assessment.partner, elements),
    )
    if submitted(
        request,
        form,
        lambda: _or_refused(
            lambda: rate_elements(
                assessment=assessment,
                ratings=form.ratings,
                version=form.opened_version,
                by=request.actor,
            )
        ),
    ):
        return redirect(_after(request, assessment, numbers, practice))
    context = {
        "assessment": assessment,
        "partner": assessment.partner,
        "practice": this,
        "at": numbers.index(practice) + 1,
        "of": len(numbers),
        "form": form,
    }
    return render(request, "lbn/assessment_rate.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def assessment_finish(request: ActorRequest, assessment_id: int) -> HttpResponse:
    """Looks over what was rated, and finishes it with a day."""
    assessment = _find(request, assessment_id, Action.PRACTICE_EDIT)
    if assessment.finished_at:
        return redirect(_url(request, "assessment_detail", assessment.pk))
    form = FinishForm(
        request.POST if request.method == "POST" else None, initial={"assessed_on": request.actor.coalition.today()}
    )
    if submitted(
        request,
        form,
        lambda: _or_refused(
            lambda: finish_assessment(assessment=assessment, on=form.cleaned_data["assessed_on"], by=request.actor)
        ),
    ):
        messages.success(request, "Finished. Here is what to do next.")
        return redirect(_practices_url(request, assessment.partner_id))
    context = {
        "assessment": assessment,
        "partner": assessment.partner,
        "standing": _standing_of(assessment, outline()),
        "form": form,
    }
    return render(request, "lbn/assessment_finish.html", context, status=status_of(form))


@require_POST
@requires(Action.PRACTICE_EDIT)
def assessment_remove(request: ActorRequest, assessment_id: int) -> HttpResponse:
    """Throws an assessment away that is only begun."""
    assessment = _find(request, assessment_id, Action.PRACTICE_EDIT)
    try:
        discard_assessment(assessment=assessment, by=request.actor)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The assessment is thrown away.")
    return redirect(_practices_url(request, assessment.partner_id))


# ------------------------------------------------------------------ what they share
def _find(request: ActorRequest, pk: int, action: Action) -> Assessment:
    visible = Assessment.objects.visible_to(request.actor, action).select_related("partner__coalition")
    return get_object_or_404(visible.prefetch_related("ratings"), pk=pk)


def _standing_of(assessment: Assessment, practices: Outline) -> Standing:
    return standing(assessment, assessment.ratings.all(), practices)


def _may_rate(request: ActorRequest, partner: Partner) -> bool:
    actor = request.actor
    return actor.everywhere(Action.PRACTICE_EDIT) or partner.pk in actor.partner_ids(Action.PRACTICE_EDIT)


def _or_refused(act: Any) -> None:
    """A refusal by the state of things, as an error of the form."""
    try:
        act()
    except NotPossible as refusal:
        raise ValidationError(str(refusal)) from refusal


def _after(request: ActorRequest, assessment: Assessment, numbers: list[int], practice: int) -> str:
    """Where the button leads: on, back, or out of the assessment for now."""
    at, do = numbers.index(practice), request.POST.get("do", "")
    if do == "later":
        messages.success(request, "Saved. Go on whenever you like.")
        return _practices_url(request, assessment.partner_id)
    to = at - 1 if do == "back" else at + 1
    if not 0 <= to < len(numbers):
        return _url(request, "assessment_finish", assessment.pk)
    return _url(request, "assessment_rate", assessment.pk, numbers[to])


def _go_on_url(request: ActorRequest, seen: Standing) -> str:
    """The first practice that is not rated whole; when all are, the end."""
    number = next((level.practice.number for level in seen.levels if level.rated < level.of), None)
    if number is None:
        return _url(request, "assessment_finish", seen.assessment.pk)
    return _url(request, "assessment_rate", seen.assessment.pk, number)


def _practices_url(request: ActorRequest, partner_id: int) -> str:
    return _url(request, "practice_list", partner_id)


def _url(request: ActorRequest, name: str, *key: int) -> str:
    return reverse(f"lbn:{name}", args=[request.actor.coalition.slug, *key])


def _with_knowledge(
    request: ActorRequest, latest: Standing | None, known: Any, practices: Outline, partner: Partner
) -> list[dict[str, Any]]:
    """The practices as the page lists them: each element with its rating, what the portal knows, and where to do something about it."""
    unrated = standing(Assessment(partner=partner), [], practices)
    return [
        {
            "level": level,
            "elements": [
                {
                    "rated": one,
                    "known": known[one.element.pk],
                    "page": page_for(one.element, partner, request.actor),
                    "is_open": (known[one.element.pk].suggests if one.in_place is None else one.in_place)
                    != InPlace.IN_PLACE,
                }
                for one in level.elements
            ],
        }
        for level in (latest or unrated).levels
    ]
