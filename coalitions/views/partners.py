"""The roster: partners."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import duplicates, selectors
from coalitions.actions import partners as partner_actions
from coalitions.enums import PartnerStatus
from coalitions.forms.roster import PartnerForm, RosterFilter
from coalitions.models import Contact, Partner
from phast import offers
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.history import history

from .submit import status_of, submitted

PAGE = 50


@require_GET
@requires(Action.ROSTER_SEE)
def partner_list(request: ActorRequest) -> HttpResponse:
    """The roster, searched and narrowed by what the address says."""
    actor = request.actor
    form = RosterFilter(request.GET, actor=actor)
    asked = form.asked()
    page = Paginator(selectors.roster(actor, **asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "narrowed": any(asked.values()),
        "own": actor.own_partner_ids,
        "may_add": (coordinates := actor.everywhere(Action.SETTINGS_MANAGE)),
        "twice": coordinates and duplicates.is_anybody_twice(actor),
        "sees_contacts": actor.can(Action.CONTACTS_SEE),
        "observes": not actor.everywhere(Action.ROSTER_SEE),
        "query": request.GET.urlencode(),
    }
    return render(request, "coalitions/partner_list.html", context)


@require_GET
@requires(Action.ROSTER_SEE)
def partner_detail(request: ActorRequest, partner_id: int) -> HttpResponse:
    """One partner: what it is, whom to call, which positions its people hold."""
    actor = request.actor
    partner = _partner(request, partner_id, Action.ROSTER_SEE)
    if partner.merged_into_id:
        messages.info(request, f"{partner} was merged into this partner.")
        return redirect("coalitions:partner_detail", actor.coalition.slug, partner.merged_into_id)
    inside = actor.everywhere(Action.ROSTER_SEE)
    sees_counts = _reaches(request, Action.COUNTS_SEE, partner)
    may_edit = _reaches(request, Action.PARTNER_EDIT, partner)
    context = {
        "partner": partner,
        "sectors": partner.sectors.all(),
        "contacts": selectors.with_refusals(
            Contact.objects.visible_to(actor, Action.CONTACTS_SEE).filter(partner=partner)
        ),
        "sees_contacts": _reaches(request, Action.CONTACTS_SEE, partner),
        # When an agency began to count is a live figure of its counts: others read releases.
        "counts_since": partner.counts_since if sees_counts else None,
        "positions": [(held, by) for held, by in selectors.positions_of(actor) if by and by.partner_id == partner.pk],
        "people": partner.memberships.values("user").distinct().count() if inside else None,
        "may_edit": may_edit,
        "pages": offers.pages_about(actor, partner),
        # Whoever edits a partner sees its counts too or is a member, who does not: since when it counts is left out for them.
        "moments": history(partner, without=() if sees_counts else ("counts_since",)) if may_edit else [],
        "may_handle_people": _reaches(request, Action.PEOPLE_MANAGE, partner),
        "may_set_status": actor.everywhere(Action.SETTINGS_MANAGE),
    }
    return render(request, "coalitions/partner_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def partner_new(request: ActorRequest) -> HttpResponse:
    """Adds a partner: the coordinator decides who is in the coalition."""
    form = PartnerForm(request.POST or None, actor=request.actor)
    saved: list[Partner] = []
    if submitted(
        request, form, lambda: saved.append(partner_actions.add_partner(by=request.actor, values=form.values))
    ):
        messages.success(request, f"{saved[0]} is on the roster. Add a contact, or invite somebody.")
        return redirect("coalitions:partner_detail", request.actor.coalition.slug, saved[0].pk)
    return render(request, "coalitions/partner_form.html", {"form": form, "partner": None}, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.PARTNER_EDIT)
def partner_edit(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Edits a partner: the coordinator any, a lead and a member their own."""
    actor, partner = request.actor, _partner(request, partner_id, Action.PARTNER_EDIT)
    form = PartnerForm(request.POST or None, instance=partner, actor=actor)
    name = partner.name
    if submitted(
        request,
        form,
        lambda: partner_actions.update_partner(
            partner=partner, by=actor, version=form.opened_version, values=form.values
        ),
    ):
        messages.success(request, "Saved.")
        return redirect("coalitions:partner_detail", actor.coalition.slug, partner.pk)
    context = {"form": form, "partner": partner, "name": name}
    return render(request, "coalitions/partner_form.html", context, status=status_of(form))


@require_POST
@requires(Action.SETTINGS_MANAGE)
def partner_status(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Marks a partner inactive, or active again."""
    partner = _partner(request, partner_id, Action.SETTINGS_MANAGE)
    inactive = partner.status != PartnerStatus.INACTIVE
    status = PartnerStatus.INACTIVE if inactive else PartnerStatus.ACTIVE
    partner_actions.set_partner_status(partner=partner, status=status, by=request.actor)
    messages.success(request, f"{partner} is {status.label.lower()} now.")
    return redirect("coalitions:partner_detail", request.actor.coalition.slug, partner.pk)


def _partner(request: ActorRequest, partner_id: int, action: Action) -> Partner:
    """The partner; one that was merged is not changed any more, so it is found for looking only."""
    partners = Partner.objects.visible_to(request.actor, action)
    if action != Action.ROSTER_SEE:
        partners = partners.filter(merged_into=None)
    return get_object_or_404(partners, pk=partner_id)


def _reaches(request: ActorRequest, action: Action, partner: Partner) -> bool:
    return request.actor.everywhere(action) or partner.pk in request.actor.partner_ids(action)
