"""What can be worked on: opportunities with the sectors, the six takeaways, and how ready the coalition is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import engagement as selectors
from coalitions.actions import engagement as actions
from coalitions.enums import EngagementStatus
from coalitions.forms.engagement import EngagementForm, ReadinessForm, WorkFilter
from coalitions.models import CriticalElement, Engagement, Opportunity, Position, Takeaway, TakeawayAction
from coalitions.selectors import sectors_filled
from phast import offers
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .submit import status_of, submitted

MODELS: dict[str, Any] = {"opportunity": Opportunity, "action": TakeawayAction}
# The two whom the element "Two champions" asks for.
CHAMPIONS = ("public-health-champion", "public-safety-champion")


@dataclass(frozen=True)
class Group:
    """What is worked on under one heading: a sector, which may be a gap, or a takeaway."""

    heading: str
    url: str
    works: list[selectors.Work]
    is_gap: bool = False

    @property
    def standing(self) -> str:
        """How far they are: "2 not started, 1 established"."""
        return ", ".join(f"{number} {label.lower()}" for label, number in selectors.counted(self.works) if number)


@require_GET
@requires(Action.ENGAGEMENT_SEE)
def opportunity_list(request: ActorRequest) -> HttpResponse:
    """The 54 opportunities by sector, sectors that nobody is in first, with where each stands."""
    actor, today = request.actor, request.actor.coalition.today()
    every = selectors.work(actor, Opportunity.objects.select_related("sector"))
    sectors = {one.thing.sector.pk: one.thing.sector.name for one in every}
    form = WorkFilter(request.GET, groups=list(sectors.items()), label="Sector")
    filled = dict(sectors_filled(actor))
    shown = [one for one in every if form.keeps(one, one.thing.sector_id, today)]
    groups = [(sector, list(rows)) for sector, rows in groupby(shown, key=lambda one: one.thing.sector)]
    context = {
        "groups": [
            Group(sector.name, _sector_url(request, sector.pk), rows, is_gap=not filled[sector.name])
            for sector, rows in sorted(groups, key=lambda group: filled[group[0].name])
        ],
        "counted": selectors.counted(every),
        "form": form,
        "open_all": form.narrows or "all" in request.GET,
        **may_work(request),
    }
    return render(request, "coalitions/opportunity_list.html", context)


@require_GET
@requires(Action.ENGAGEMENT_SEE)
def takeaway_list(request: ActorRequest) -> HttpResponse:
    """The six takeaways with their 25 actions."""
    today = request.actor.coalition.today()
    every = selectors.work(request.actor, TakeawayAction.objects.select_related("takeaway"))
    takeaways = {one.thing.takeaway.pk: str(one.thing.takeaway) for one in every}
    form = WorkFilter(request.GET, groups=list(takeaways.items()), label="Takeaway")
    shown = [one for one in every if form.keeps(one, one.thing.takeaway_id, today)]
    context = {
        "groups": [
            Group(f"{takeaway.number}. {takeaway.title}", "", list(rows))
            for takeaway, rows in groupby(shown, key=lambda one: one.thing.takeaway)
        ],
        "counted": selectors.counted(every),
        "form": form,
        "open_all": form.narrows or "all" in request.GET,
        "source": Takeaway.objects.values_list("source", flat=True).first(),
        **may_work(request),
    }
    return render(request, "coalitions/takeaway_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def engagement_edit(request: ActorRequest, work_kind: str, work_key: str) -> HttpResponse:
    """Where one stands: status, who leads, with whom, notes."""
    actor, found = request.actor, _thing(work_kind, work_key)
    row = _row(request, found)
    form = EngagementForm(request.POST or None, instance=row, actor=actor)
    if submitted(
        request, form, lambda: actions.track(of=found, values=form.values, version=form.opened_version, by=actor)
    ):
        messages.success(request, f"Saved: {found.title}.")
        return redirect(_back(request, found))
    context = {"form": form, "thing": found, "back": _back(request, found)}
    return render(request, "coalitions/engagement_form.html", context, status=status_of(form))


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def engagement_status(request: ActorRequest, work_kind: str, work_key: str) -> HttpResponse:
    """Changes the status alone. The list's script gets the entry back as it is now, everybody else the list."""
    found, status = _thing(work_kind, work_key), request.POST.get("status", "")
    if status in EngagementStatus.values:
        actions.set_status(of=found, status=status, by=request.actor)
    if not request.htmx:
        return redirect(_back(request, found))
    [one] = selectors.work(request.actor, [found])
    return render(request, "coalitions/_work.html", {"one": one, "scripted": True, **may_work(request)})


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def engagement_step(request: ActorRequest, work_kind: str, work_key: str) -> HttpResponse:
    """Turns it into a step of the plan that was chosen; without a choice, of the only plan there is, or of a new one."""
    found, chosen = _thing(work_kind, work_key), request.POST.get("plan", "")
    if chosen.isdecimal() and len(chosen) < 19:
        plan = int(chosen)
    else:
        plans = offers.steps[0].plans(request.actor) if offers.steps else []
        plan = plans[0][0] if len(plans) == 1 else None
    try:
        step = actions.make_step(of=found, plan=plan, by=request.actor)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, format_html('It is a step now: <a href="{}">{}</a>.', step.url, step.title))
    return redirect(_back(request, found))


@require_GET
@requires(Action.ENGAGEMENT_SEE)
def readiness(request: ActorRequest) -> HttpResponse:
    """The six critical elements with their last ratings side by side."""
    actor = request.actor
    days, rated = selectors.readiness(actor)
    vacant = Position.objects.visible_to(actor, Action.ROSTER_SEE).filter(contact=None, kind__in=CHAMPIONS)
    context = {
        "days": days,
        "rated": rated,
        "vacant_champions": list(vacant),
        "may_edit": actor.can(Action.ENGAGEMENT_EDIT),
    }
    return render(request, "coalitions/readiness.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def readiness_rate(request: ActorRequest) -> HttpResponse:
    """Rates the elements, all on one page."""
    elements = list(CriticalElement.objects.all())
    last = {one.element.pk: one.latest for one in selectors.readiness(request.actor)[1] if one.latest}
    form = ReadinessForm(request.POST or None, elements=elements, last=last, actor=request.actor)
    if submitted(
        request, form, lambda: actions.rate(ratings=form.ratings, on=form.cleaned_data["on"], by=request.actor)
    ):
        messages.success(request, "The ratings are kept.")
        return redirect("coalitions:readiness", request.actor.coalition.slug)
    return render(request, "coalitions/readiness_form.html", {"form": form}, status=status_of(form))


def may_work(request: ActorRequest) -> dict[str, Any]:
    """Whether the person may track what is worked on, and the plans it can become a step of."""
    may_edit = request.actor.can(Action.ENGAGEMENT_EDIT)
    plans = offers.steps[0].plans(request.actor) if may_edit and offers.steps else []
    return {"may_edit": may_edit, "plans": plans, "statuses": EngagementStatus.choices}


def _sector_url(request: ActorRequest, sector: str) -> str:
    return reverse("coalitions:sector_detail", args=[request.actor.coalition.slug, sector])


def _thing(kind: str, key: str) -> Any:
    if kind not in MODELS:
        raise Http404
    return get_object_or_404(MODELS[kind], pk=key)


def _row(request: ActorRequest, thing: Any) -> Engagement | None:
    kind = "opportunity" if isinstance(thing, Opportunity) else "action"
    return Engagement.objects.visible_to(request.actor, Action.ENGAGEMENT_EDIT).filter(**{kind: thing}).first()


def _back(request: ActorRequest, thing: Any) -> str:
    """To the list it stands in, where it stands."""
    name = "opportunity_list" if isinstance(thing, Opportunity) else "takeaway_list"
    return f"{reverse(f'coalitions:{name}', args=[request.actor.coalition.slug])}#{thing.pk}"
