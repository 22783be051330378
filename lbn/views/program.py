"""An agency's program: the path to its first count, and what else it has."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count as CountOf
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from coalitions.actions.requests import ask_for_support
from coalitions.models import Partner
from coalitions.requests_for_help import asked_lately
from coalitions.views.submit import status_of, submitted
from lbn.actions import program as actions
from lbn.forms.program import AtRiskForm, ProfileForm, SupportForm
from lbn.models import Program, Site
from lbn.selectors.kits import in_use
from lbn.selectors.path import STEPS, Step, agencies_on_the_path, path_of, steps_done
from lbn.selectors.program import parts_of, who_counts
from phast.access.actor import Actor
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

A_PAGE = 50
# A step of the path → what its button says, its page, and the right it takes.
DOORS = {
    "profile": ("Look it over", "lbn:program_profile", Action.PRACTICE_EDIT),
    "at-risk": ("Choose the groups", "lbn:program_at_risk", Action.PRACTICE_EDIT),
    "sop": ("Make the procedure", "lbn:sop_list", Action.PRACTICE_EDIT),
    "training": ("Train your people", "lbn:training_list", Action.SUPPLY_EDIT),
    "kits": ("Choose what is in a kit", "lbn:kit_list", Action.PRACTICE_EDIT),
    "first-count": ("Count the first kit", "lbn:count_log", Action.COUNTS_WRITE),
}
# Pages that take the agency in their query.
CHOOSING = {"lbn:count_log", "lbn:supply", "lbn:stock_receive", "lbn:site_add"}
FOR_ALL = {"lbn:phrase_card"}  # the same for every agency


@dataclass(frozen=True)
class Shown:
    """A step as the page shows it: its number, its page, and whether it is the one to take now, by this person."""

    number: int
    step: Step
    url: str
    button: str
    is_next: bool
    is_mine: bool


@require_GET
@requires(Action.PROGRAM_SEE)
def program(request: ActorRequest) -> HttpResponse:
    """The agencies and how far each is; who has one only goes to that one."""
    actor = request.actor
    agencies = agencies_on_the_path(actor)
    if not actor.everywhere(Action.PROGRAM_SEE):
        own = list(agencies[:2])
        if len(own) == 1:
            return redirect("lbn:program_detail", actor.coalition.slug, own[0].pk)
    waiting = dict(agencies.order_by().values_list("next_step").annotate(CountOf("pk")))
    asked, text = request.GET.get("next", ""), request.GET.get("q", "").strip()[:100]
    found = agencies.filter(name__icontains=text) if text else agencies
    if asked in STEPS:
        found = found.filter(next_step=asked)
    elif asked == "done":
        found = found.filter(next_step="")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(agency, done := steps_done(agency), sum(done), STEPS.get(agency.next_step, "")) for agency in page],
        "text": text,
        "asked": asked,
        "choices": [(key, title, waiting.get(key, 0)) for key, title in STEPS.items()],
        "whole": waiting.get("", 0),
        "is_everywhere": actor.everywhere(Action.PROGRAM_SEE),
    }
    return render(request, "lbn/program_list.html", context)


@require_GET
@requires(Action.PROGRAM_SEE)
def program_detail(request: ActorRequest, partner_id: int) -> HttpResponse:
    """The path of one agency with what to do next, and what else its program has."""
    partner = agency_of(request, partner_id, Action.PROGRAM_SEE)
    path = path_of(partner)
    context = {
        "partner": partner,
        "steps": _shown(request, partner, path),
        "done": sum(step.is_done for step in path),
        "has_counted": path[-1].is_done if path else False,
        "asked": asked_lately(request.actor, partner, Action.PROGRAM_SEE),
        "parts": [(part, _address(request, part.url_name, partner)) for part in parts_of(partner, path)],
        "is_own": partner.pk in request.actor.own_partner_ids,
        "may_choose": request.actor.everywhere(Action.PROGRAM_SEE),
    }
    return render(request, "lbn/program_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def program_profile(request: ActorRequest, partner_id: int) -> HttpResponse:
    """What the portal has of the agency: looked over, corrected where it is wrong, and confirmed."""
    partner = agency_of(request, partner_id, Action.PRACTICE_EDIT)
    form = ProfileForm(request.POST or None, instance=partner, actor=request.actor)
    name = partner.name
    if submitted(
        request,
        form,
        lambda: actions.check_profile(
            partner=partner, values=form.values, version=form.opened_version, by=request.actor
        ),
    ):
        messages.success(request, "Looked over.")
        return redirect("lbn:program_detail", request.actor.coalition.slug, partner.pk)
    context = {
        "form": form,
        "partner": partner,
        "name": name,
        "people": who_counts(partner),
        "may_invite": request.actor.everywhere(Action.PEOPLE_MANAGE)
        or partner.pk in request.actor.partner_ids(Action.PEOPLE_MANAGE),
    }
    return render(request, "lbn/program_profile.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def program_at_risk(request: ActorRequest, partner_id: int) -> HttpResponse:
    """To whom the agency offers kits."""
    partner = agency_of(request, partner_id, Action.PRACTICE_EDIT)
    there = Program.objects.visible_to(request.actor, Action.PRACTICE_EDIT).filter(partner=partner).first()
    form = AtRiskForm(request.POST or None, instance=there, today=request.actor.coalition.today())
    if submitted(
        request,
        form,
        lambda: actions.agree_at_risk(
            partner=partner,
            groups=form.cleaned_data["risk_groups"],
            words=form.cleaned_data["risk_words"],
            agreed_on=form.cleaned_data["risk_agreed_on"],
            version=form.opened_version,
            by=request.actor,
        ),
    ):
        messages.success(request, "Saved.")
        return redirect("lbn:program_detail", request.actor.coalition.slug, partner.pk)
    return render(request, "lbn/program_at_risk.html", {"form": form, "partner": partner}, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def program_help(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Asks the coordinator for one-to-one support, about the step that the person came from."""
    partner = agency_of(request, partner_id, Action.SUPPLY_EDIT)
    form = SupportForm(request.POST or None, initial={"step": request.GET.get("step", "")})
    if submitted(request, form, lambda: _ask(form, partner, request)):
        messages.success(request, "Sent. The coordinator sees it now and gets in touch with you.")
        return redirect("lbn:program_detail", request.actor.coalition.slug, partner.pk)
    context = {"form": form, "partner": partner, "asked": asked_lately(request.actor, partner, Action.SUPPLY_EDIT)}
    return render(request, "lbn/program_help.html", context, status=status_of(form))


def agency_of(request: ActorRequest, partner_id: int, action: Action) -> Partner:
    """The agency of the address; an organization that is no agency has no program."""
    agencies = Partner.objects.visible_to(request.actor, action).filter(merged_into=None).exclude(agency_type="")
    return get_object_or_404(agencies.select_related("coalition"), pk=partner_id)


def _ask(form: SupportForm, partner: Partner, request: ActorRequest) -> None:
    said = form.cleaned_data
    about = f"{said['step'].title}:\n" if said["step"] else ""
    ask_for_support(partner=partner, needs=f"{about}{said['needs']}", phone=said["phone"], by=request.actor)


def _shown(request: ActorRequest, partner: Partner, path: list[Step]) -> list[Shown]:
    first = next((step.step.key for step in path if not step.is_done), "")
    found = []
    for number, step in enumerate(path, start=1):
        button, name, action = _door(request.actor, partner, step, is_next=step.step.key == first)
        url = _address(request, name, partner)
        mine = request.actor.everywhere(action) or partner.pk in request.actor.partner_ids(action)
        found.append(Shown(number, step, url, button, step.step.key == first, mine))
    return found


def _door(actor: Actor, partner: Partner, step: Step, *, is_next: bool) -> tuple[str, str, Action]:
    """Kits are three things, one after the other: what is in one, a place for them, and some on the shelf."""
    if step.step.key == "kits" and is_next and in_use(partner):
        if Site.objects.visible_to(actor, Action.PROGRAM_SEE).filter(partner=partner, is_active=True).exists():
            return "Enter what you received", "lbn:stock_receive", Action.SUPPLY_EDIT
        return "Say where you keep them", "lbn:site_add", Action.SUPPLY_EDIT
    return DOORS[step.step.key]


def _address(request: ActorRequest, name: str, partner: Partner) -> str:
    """The agency's page of that name."""
    slug = request.actor.coalition.slug
    if name in FOR_ALL:
        return reverse(name, args=[slug])
    if name in CHOOSING:
        return f"{reverse(name, args=[slug])}?agency={partner.pk}"
    return reverse(name, args=[slug, partner.pk])
