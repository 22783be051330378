"""Training: who is trained, as counts; what was covered; and the sessions that were held."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.models import Partner
from coalitions.views.submit import status_of, submitted
from lbn.actions import training as actions
from lbn.enums import SessionKind
from lbn.forms.training import OwnSessionForm, PartForm, PersonnelForm, SessionForm, SharedSessionForm, numbers_in_words
from lbn.models import PersonnelCount, SessionPart, TrainingSession
from lbn.pictures import trained_over_time
from lbn.refusals import LooksAlike
from lbn.selectors import training as selectors
from lbn.selectors.agencies import agencies_for
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .agency import pick_agency
from .program import agency_of

A_PAGE = 50
LATEST = 10  # sessions shown below the agencies
CHANGED = "Somebody changed these numbers meanwhile. Now they say {}. Save again to put yours in their place."


@require_GET
@requires(Action.PROGRAM_SEE)
def training(request: ActorRequest) -> HttpResponse:
    """The agencies with how many are trained, and the latest sessions; who has one agency only goes to that one."""
    actor = request.actor
    agencies = selectors.agencies_in_training(actor)
    if not actor.everywhere(Action.PROGRAM_SEE):
        own = list(agencies[:2])
        if len(own) == 1:
            return redirect("lbn:training_list", actor.coalition.slug, own[0].pk)
    text, only = request.GET.get("q", "").strip()[:100], request.GET.get("show") == "untrained"
    found = agencies.filter(name__icontains=text) if text else agencies
    page = Paginator(found.filter(untrained=True) if only else found, A_PAGE).get_page(request.GET.get("page"))
    sessions = selectors.sessions_of(actor)
    context = {
        "page": page,
        "rows": [(agency, agency.personnel, _day(agency.personnel)) for agency in page],
        "totals": selectors.totals(actor),
        "text": text,
        "only": only,
        "sessions": selectors.held(sessions[:LATEST], actor),
        "is_everywhere": actor.everywhere(Action.SUPPLY_EDIT),
    }
    return render(request, "lbn/training.html", context)


@require_GET
@requires(Action.PROGRAM_SEE)
def training_list(request: ActorRequest, partner_id: int) -> HttpResponse:
    """An agency's training: its numbers, the eight elements, the sessions it held or took part in."""
    partner = agency_of(request, partner_id, Action.PROGRAM_SEE)
    began = selectors.begins_with(partner)
    told = {"taking_part": began.took_part, "trained": began.trained} if began else {}
    return _agency_page(
        request, partner, PersonnelForm(initial={"as_of": request.actor.coalition.today()} | told), began
    )


@require_POST
@requires(Action.SUPPLY_EDIT)
def personnel_add(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Enters how many take part, are trained and are due."""
    partner = agency_of(request, partner_id, Action.SUPPLY_EDIT)
    form = PersonnelForm(request.POST)
    if submitted(request, form, lambda: actions.record_personnel(partner=partner, **form.values, by=request.actor)):
        messages.success(request, "Saved.")
        return redirect("lbn:training_list", request.actor.coalition.slug, partner.pk)
    return _agency_page(request, partner, form, status=422)


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def personnel_edit(request: ActorRequest, personnel_count_id: int) -> HttpResponse:
    """Corrects the numbers of a day."""
    numbers = _numbers(request, personnel_count_id)
    before = numbers_in_words(numbers)
    form = PersonnelForm(request.POST or None, instance=numbers)

    def save() -> None:
        if form.cleaned_data["seen"] != before:
            form.data = form.data.copy()
            form.data["seen"] = before
            raise ValidationError(CHANGED.format(before.partition(": ")[2]))
        actions.edit_personnel(numbers=numbers, **form.values, by=request.actor)

    if submitted(request, form, save):
        messages.success(request, "Saved.")
        return redirect("lbn:training_list", request.actor.coalition.slug, numbers.partner_id)
    context = {"form": form, "numbers": numbers, "partner": numbers.partner}
    return render(request, "lbn/training_numbers.html", context, status=status_of(form))


@require_POST
@requires(Action.SUPPLY_EDIT)
def personnel_remove(request: ActorRequest, personnel_count_id: int) -> HttpResponse:
    """Takes the numbers of a day out."""
    numbers = _numbers(request, personnel_count_id)
    partner = numbers.partner_id
    actions.remove_personnel(numbers=numbers, by=request.actor)
    messages.success(request, "Removed.")
    return redirect("lbn:training_list", request.actor.coalition.slug, partner)


# ------------------------------------------------------------------ sessions
@require_GET
@requires(Action.PROGRAM_SEE)
def session_list(request: ActorRequest) -> HttpResponse:
    """Every session the person may read, by kind."""
    sessions = selectors.sessions_of(request.actor)
    kinds = selectors.by_kind(sessions)
    kind = request.GET.get("kind", "")
    found = sessions.filter(kind=kind) if kind in SessionKind.values else sessions
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "sessions": selectors.held(list(page), request.actor),
        "kinds": kinds,
        "kind": kind,
        "all": sum(number for _, _, number in kinds),
    }
    return render(request, "lbn/training_sessions.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def session_add(request: ActorRequest) -> HttpResponse:
    """Records a session: the coordinator of any agencies, an agency's people of their own, naming the others that came."""
    partner, agencies = pick_agency(request, Action.SUPPLY_EDIT)
    if partner is None and not request.actor.everywhere(Action.SUPPLY_EDIT):
        return redirect("lbn:training", request.actor.coalition.slug)
    today = request.actor.coalition.today()
    form = _session_form(request, partner, agencies, initial={"held_on": today})
    existing, saved = None, False
    try:
        saved = submitted(request, form, lambda: _record(request, form))
    except LooksAlike as alike:
        existing = alike.existing
    if saved:
        messages.success(request, "The session is recorded.")
        return _back(request, partner)
    context = {"form": form, "partner": partner, "existing": existing, "is_own": isinstance(form, OwnSessionForm)}
    return render(request, "lbn/training_session.html", context, status=409 if existing else status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def session_edit(request: ActorRequest, training_session_id: int) -> HttpResponse:
    """Changes a session, for who held it and for the coordinator."""
    session = _session(request, training_session_id)
    form = _session_form(request, session.partner, agencies_for(request.actor, Action.SUPPLY_EDIT), session=session)
    if submitted(request, form, lambda: _change(request, form, session)):
        messages.success(request, "Saved.")
        return _back(request, session.partner)
    context = {
        "form": form,
        "session": session,
        "partner": session.partner,
        "existing": None,
        "is_own": isinstance(form, OwnSessionForm),
    }
    return render(request, "lbn/training_session.html", context, status=status_of(form))


@require_POST
@requires(Action.SUPPLY_EDIT)
def session_remove(request: ActorRequest, training_session_id: int) -> HttpResponse:
    """Takes a session out, with the numbers of all who took part."""
    session = _session(request, training_session_id)
    try:
        actions.remove_session(session=session, by=request.actor)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "The session is removed.")
    return _back(request, session.partner)


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def part_edit(request: ActorRequest, session_part_id: int) -> HttpResponse:
    """An agency's own numbers for a session that somebody else held."""
    parts = SessionPart.objects.visible_to(request.actor, Action.SUPPLY_EDIT)
    part = get_object_or_404(parts.select_related("session__partner", "partner"), pk=session_part_id)
    before = {"took_part": part.took_part, "trained": part.trained} if part.took_part else {}
    form = PartForm(request.POST or None, initial=before)
    if submitted(request, form, lambda: actions.enter_part(part=part, **form.cleaned_data, by=request.actor)):
        messages.success(request, "Saved.")
        return redirect("lbn:training_list", request.actor.coalition.slug, part.partner_id)
    context = {"form": form, "part": part, "session": part.session, "partner": part.partner}
    return render(request, "lbn/training_part.html", context, status=status_of(form))


# ------------------------------------------------------------------ helpers
def _agency_page(
    request: ActorRequest, partner: Partner, form: PersonnelForm, began: SessionPart | None = None, *, status: int = 200
) -> HttpResponse:
    actor = request.actor
    sessions = selectors.sessions_of(actor, partner)
    kinds = selectors.by_kind(sessions)
    kind = request.GET.get("kind", "")
    found = sessions.filter(kind=kind) if kind in SessionKind.values else sessions
    page = Paginator(found, LATEST).get_page(request.GET.get("page"))
    personnel = list(PersonnelCount.objects.visible_to(actor, Action.PROGRAM_SEE).filter(partner=partner))
    elements = selectors.covered_by(partner)
    last = selectors.last_session_day(partner)
    context = {
        "partner": partner,
        "form": form,
        "began": began,
        "personnel": personnel,
        "latest": personnel[0] if personnel else None,
        "trend": trained_over_time(personnel),
        "is_behind": bool(personnel and last and last > personnel[0].as_of),
        "warns": selectors.warns_untrained(partner),
        "elements": elements,
        "covered": sum(element.last_covered is not None for element in elements),
        "page": page,
        "sessions": selectors.held(list(page), actor, partner),
        "kinds": kinds,
        "kind": kind,
        "all": sum(number for _, _, number in kinds),
        "is_own": partner.pk in actor.own_partner_ids,
        "is_everywhere": actor.everywhere(Action.PROGRAM_SEE),
    }
    return render(request, "lbn/training_list.html", context, status=status)


def _session_form(
    request: ActorRequest,
    partner: Partner | None,
    agencies: list[Partner],
    *,
    session: TrainingSession | None = None,
    initial: dict[str, Any] | None = None,
) -> OwnSessionForm | SharedSessionForm:
    """The coordinator's form, or that of the agency that held the session. Whoever writes for one agency may name any other."""
    parts = list(session.parts.select_related("partner").order_by("pk")) if session else []
    is_everywhere = request.actor.everywhere(Action.SUPPLY_EDIT)
    if not is_everywhere:
        agencies = agencies_for(request.actor, Action.ROSTER_SEE)
    # What took part or held it stands in the lists, though it may be active no more.
    there = {agency.pk: agency for agency in [*agencies, *(part.partner for part in parts), *filter(None, [partner])]}
    listed = sorted(there.values(), key=lambda agency: agency.name.casefold())
    shared: dict[str, Any] = {"instance": session, "parts": parts, "initial": initial, "agencies": listed}
    if is_everywhere:
        return SharedSessionForm(request.POST or None, host=partner, **shared)
    if partner is None:
        raise Http404
    return OwnSessionForm(request.POST or None, own=partner, **shared)


def _said(form: SessionForm) -> dict[str, Any]:
    named = {name: form.cleaned_data[name] for name in ("kind", "audience", "held_on", "elements")}
    return named | {"partner": form.host, "parts": form.parts}


def _record(request: ActorRequest, form: SessionForm) -> None:
    actions.record_session(**_said(form), confirmed=request.POST.get("confirmed") == "yes", by=request.actor)


def _change(request: ActorRequest, form: SessionForm, session: TrainingSession) -> None:
    actions.edit_session(session=session, **_said(form), version=form.opened_version, by=request.actor)


def _session(request: ActorRequest, key: int) -> TrainingSession:
    sessions = TrainingSession.objects.visible_to(request.actor, Action.SUPPLY_EDIT)
    return get_object_or_404(sessions.select_related("partner"), pk=key)


def _numbers(request: ActorRequest, key: int) -> PersonnelCount:
    numbers = PersonnelCount.objects.visible_to(request.actor, Action.SUPPLY_EDIT)
    return get_object_or_404(numbers.select_related("partner"), pk=key)


def _back(request: ActorRequest, partner: Partner | None) -> HttpResponse:
    """The page of the agency that held the session, or of the coalition."""
    slug = request.actor.coalition.slug
    if partner is None:
        return redirect("lbn:training", slug)
    return redirect("lbn:training_list", slug, partner.pk)


def _day(personnel: dict[str, Any] | None) -> dt.date | None:
    return dt.date.fromisoformat(personnel["as_of"]) if personnel else None
