"""Weighing recommendations: votes in a meeting or by a seat's own link, the field they make, and what is decided.

Everything works as plain forms. With scripts each vote is saved as it is given, and only the field is drawn anew: the focus stays
where it is.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.actions.seats import renew_link
from coalitions.models import Seat
from phast.access.guards import ActorRequest, bearer, requires
from phast.access.limits import limits_guesses
from phast.access.table import Action
from phast.charts import Point, field
from phast.ui.forms import tell
from plans import actions, prioritising, seat_links
from plans.changes import live, state_of
from plans.enums import Stage
from plans.forms.prioritise import DecisionForm, VoteForm
from plans.models import Plan, Recommendation
from plans.path import path_of
from plans.prioritising import Priorities, Voter

from .common import find_item, find_plan, form_page, kept_from_others


@require_GET
@requires(Action.PLANS_FOLLOW)
def prioritise(request: ActorRequest, plan_id: int) -> HttpResponse:
    """The votes of one voter (`?as=partner-3`), the field of all, and what is decided. An open page asks every few seconds with the
    state it shows (`?since=`): 204 while that is the plan's."""
    plan = find_plan(request, plan_id, Action.PLANS_FOLLOW)
    if request.htmx and request.GET.get("since") == state_of(plan):
        return HttpResponse(status=204)
    return _page(request, plan)


@require_POST
@requires(Action.RECOMMENDATION_VOTE)
def vote(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Saves one voter's votes."""
    plan = find_plan(request, plan_id, Action.RECOMMENDATION_VOTE)
    voter = _voter(request, request.POST.get("as", ""))
    if voter is None:
        messages.error(request, "Choose who votes.")
        return _to(request, plan)
    form = _vote_form(request, plan, voter, partial=bool(request.htmx))
    if not form.is_valid():
        return _page(request, plan, form=form)
    actions.cast_votes(plan=plan, voter=voter.row, votes=form.votes, by=request.actor)
    if not request.htmx:
        messages.success(request, f"Saved: the votes of {voter}.")
    return _to(request, plan, voter)


@require_POST
@requires(Action.RECOMMENDATION_VOTE)
def vote_take_back(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Takes back one voter's votes on the plan."""
    plan = find_plan(request, plan_id, Action.RECOMMENDATION_VOTE)
    voter = _voter(request, request.POST.get("as", ""))
    if voter is not None:
        actions.take_back_votes(plan=plan, voter=voter.row, by=request.actor)
        messages.success(request, f"The votes of {voter} are taken back.")
    return _to(request, plan, voter)


@require_POST
@requires(Action.PLANS_EDIT)
def order_by_votes(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Puts the recommendations in the order of the votes."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    if actions.order_by_votes(plan=plan, by=request.actor):
        messages.success(request, "The recommendations stand in this order now.")
    return _to(request, plan, anchor="field")


@require_http_methods(["GET", "POST"])
@requires(Action.PLANS_EDIT)
def decide(request: ActorRequest, recommendation_id: int) -> HttpResponse:
    """What the coalition decided about a recommendation, and why."""
    recommendation = find_item(Recommendation, request, recommendation_id, Action.PLANS_EDIT)
    plan, slot = recommendation.plan, f"decision-{recommendation.pk}"
    form = DecisionForm(request.POST if request.method == "POST" else None, recommendation=recommendation)
    if form.is_bound and form.is_valid():
        try:
            actions.decide(
                recommendation=recommendation,
                decision=form.decided,
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
                by=request.actor,
            )
            return _to(request, plan, anchor=slot)
        except ValidationError as refused:
            tell(form, refused)
            recommendation.refresh_from_db()
            form.show_meanwhile(recommendation)
    cancel = f"{_url(request, plan)}#{slot}"
    heading = f"Decide: {recommendation}"
    return form_page(request, form, plan, slot=slot, heading=heading, cancel=cancel)


@require_POST
@requires(Action.PLANS_EDIT)
def seat_link_renew(request: ActorRequest, plan_id: int, seat_id: int) -> HttpResponse:
    """Makes a new link for a seat; those it had are dead."""
    plan = find_plan(request, plan_id, Action.PLANS_EDIT)
    seat = get_object_or_404(Seat.objects.visible_to(request.actor, Action.PLANS_EDIT).filter(left_on=None), pk=seat_id)
    renew_link(seat=seat, by=request.actor)
    messages.success(request, f"{seat} has a new link. The old ones no longer work.")
    return _to(request, plan, Voter(seat), anchor="seat-link")


# ------------------------------------------------------------------ a seat's own link
def _by_link(request: HttpRequest, token: str) -> seat_links.SeatActor | None:
    return seat_links.actor_of(token)


@require_http_methods(["GET", "POST"])
@limits_guesses
@bearer(Action.RECOMMENDATION_VOTE, _by_link)
def seat_vote(request: ActorRequest, token: str) -> HttpResponse:
    """A seat votes on the plan that its link names. It reads the recommendations and its own votes, nothing else."""
    actor = request.actor
    if not isinstance(actor, seat_links.SeatActor):
        raise Http404
    plan = find_plan(request, actor.plan_id, Action.RECOMMENDATION_VOTE)
    voter = Voter(Seat.objects.of(actor.coalition).get(pk=actor.seat_id))
    form = _vote_form(request, plan, voter)
    if form.is_bound and form.is_valid():
        actions.cast_votes(plan=plan, voter=voter.row, votes=form.votes, by=actor)
        messages.success(request, "Saved. You can change it with the same link.")
        return kept_from_others(redirect("seat_vote", token))
    context = {"plan": plan, "alias": voter.row, "form": form, "coalition": actor.coalition}
    return kept_from_others(render(request, "plans/seat_vote.html", context, status=422 if form.errors else 200))


# ------------------------------------------------------------------ the page
def _page(request: ActorRequest, plan: Plan, *, form: VoteForm | None = None) -> HttpResponse:
    actor = request.actor
    weighed = prioritising.priorities(plan, actor)
    voters = prioritising.voters_for(actor, weighed.voters)
    asked = (request.POST if form else request.GET).get("as", "")
    voter = next((each for each in voters if each.key == asked), voters[0] if voters else None)
    own = weighed.votes_of(voter) if voter else {}
    if voter and form is None:
        form = VoteForm(recommendations=[each.recommendation for each in weighed.opinions], votes=own)
    chooses = len(voters) > 1
    can_edit, slug = actor.can(Action.PLANS_EDIT), actor.coalition.slug
    context = {
        "plan": plan,
        "plan_url": reverse("plans:detail", args=[slug, plan.pk]),
        "page_url": _url(request, plan),
        "stage": Stage.PRIORITISE.value,
        "path": path_of(plan, slug, Stage.PRIORITISE) if can_edit else None,
        "live": live(plan, actor, can_edit=can_edit, since=request.GET.get("since", "")),
        "weighed": weighed,
        "drawn": _drawn(weighed),
        "description": _description(weighed),
        "voter": voter,
        "voters": voters if chooses else [],
        "own": sorted(own.values(), key=lambda each: each.at, reverse=True),
        "by_others": [each for each in own.values() if each.by_id != actor.user.pk],
        "form": form,
        "sees_votes": actor.everywhere(Action.RECOMMENDATION_VOTE),
        "can_edit": can_edit,
        "sees_adoption": actor.can(Action.ADOPTION_SEE),
        "shown_from": prioritising.SHOWN_FROM,
    }
    if voter and voter.is_seat and can_edit:
        context["seat_link"] = seat_links.link(voter.row, plan)
        context["link_lasts_until"] = timezone.localdate() + seat_links.LASTS
    return render(request, "plans/prioritise.html", context, status=422 if form and form.errors else 200)


def _drawn(weighed: Priorities) -> SafeString:
    points = [
        Point(
            each.number, float(each.feasibility.mean), float(each.impact.mean), f"{each.number} {each.recommendation}"
        )
        for each in weighed.placed
        if each.impact and each.feasibility
    ]
    return field(
        title="Impact and feasibility of the recommendations",
        description=_description(weighed),
        right="Feasibility",
        up="Impact",
        quarters=prioritising.QUARTERS,
        points=points,
        empty="No votes to show yet",
    )


def _description(weighed: Priorities) -> str:
    """What is said in place of the picture; the numbers are in the table."""
    parts = [
        f"{name}: {', '.join(numbers)}"
        for name in prioritising.QUARTERS
        if (numbers := [str(each.number) for each in weighed.placed if each.quarter == name])
    ]
    return f"By their numbers: {'; '.join(parts)}." if parts else "No votes to show yet."


def _vote_form(request: ActorRequest, plan: Plan, voter: Voter, *, partial: bool = False) -> VoteForm:
    recommendations = Recommendation.objects.present().filter(plan=plan)
    data = request.POST if request.method == "POST" else None
    return VoteForm(data, recommendations=recommendations, votes=prioritising.votes_of(voter, plan), partial=partial)


def _voter(request: ActorRequest, key: str) -> Voter | None:
    voters = prioritising.voters_for(request.actor, prioritising.electorate(request.actor))
    return next((each for each in voters if each.key == key), None)


def _url(request: ActorRequest, plan: Plan) -> str:
    return reverse("plans:prioritise", args=[request.actor.coalition.slug, plan.pk])


def _to(request: ActorRequest, plan: Plan, voter: Voter | None = None, anchor: str = "") -> HttpResponse:
    query: dict[str, Any] = {"as": voter.key} if voter else {}
    return redirect(f"{_url(request, plan)}{'?' + urlencode(query) if query else ''}{'#' + anchor if anchor else ''}")
