"""The roster: partners and their contacts."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import selectors
from coalitions.actions import contacts as contact_actions
from coalitions.actions import partners as partner_actions
from coalitions.enums import PartnerStatus
from coalitions.forms.roster import ContactForm, PartnerForm, RosterFilter
from coalitions.models import Contact, Partner
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

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
        "may_add": actor.everywhere(Action.SETTINGS_MANAGE),
    }
    return render(request, "coalitions/partner_list.html", context)


@require_GET
@requires(Action.ROSTER_SEE)
def partner_detail(request: ActorRequest, partner_id: int) -> HttpResponse:
    """One partner: what it is, whom to call, which positions its people hold."""
    actor = request.actor
    partner = _partner(request, partner_id, Action.ROSTER_SEE)
    inside = actor.everywhere(Action.ROSTER_SEE)
    context = {
        "partner": partner,
        "sectors": partner.sectors.all(),
        "contacts": selectors.with_refusals(
            Contact.objects.visible_to(actor, Action.CONTACTS_SEE).filter(partner=partner)
        ),
        "sees_contacts": _reaches(request, Action.CONTACTS_SEE, partner),
        # When an agency began to count is a live figure of its counts: others read releases.
        "counts_since": partner.counts_since if _reaches(request, Action.COUNTS_SEE, partner) else None,
        "positions": [(held, by) for held, by in selectors.positions_of(actor) if by and by.partner_id == partner.pk],
        "people": partner.memberships.values("user").distinct().count() if inside else None,
        "may_edit": _reaches(request, Action.PARTNER_EDIT, partner),
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


@require_http_methods(["GET", "POST"])
@requires(Action.PARTNER_EDIT)
def contact_new(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Adds a contact to a partner."""
    actor, partner = request.actor, _partner(request, partner_id, Action.PARTNER_EDIT)
    form = ContactForm(request.POST or None)
    if submitted(request, form, lambda: contact_actions.add_contact(partner=partner, by=actor, values=form.values)):
        messages.success(request, f"{form.cleaned_data['name']} is a contact of {partner}.")
        return redirect("coalitions:partner_detail", actor.coalition.slug, partner.pk)
    context = {"form": form, "partner": partner, "contact": None}
    return render(request, "coalitions/contact_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.PARTNER_EDIT)
def contact_edit(request: ActorRequest, contact_id: int) -> HttpResponse:
    """Edits a contact."""
    actor, contact = request.actor, _contact(request, contact_id)
    partner = contact.partner
    form = ContactForm(request.POST or None, instance=contact)
    if submitted(
        request,
        form,
        lambda: contact_actions.update_contact(
            contact=contact, by=actor, version=form.opened_version, values=form.values
        ),
    ):
        messages.success(request, "Saved.")
        return redirect("coalitions:partner_detail", actor.coalition.slug, partner.pk)
    context = {"form": form, "partner": partner, "contact": contact}
    return render(request, "coalitions/contact_form.html", context, status=status_of(form))


@require_POST
@requires(Action.PARTNER_EDIT)
def contact_mended(request: ActorRequest, contact_id: int) -> HttpResponse:
    """Somebody says that the contact's address takes mail again."""
    contact = _contact(request, contact_id)
    contact_actions.say_address_works(address=contact.email, contact=contact, by=request.actor)
    messages.success(request, f"Mail goes to {contact} again.")
    return redirect("coalitions:partner_detail", request.actor.coalition.slug, contact.partner_id)


@require_POST
@requires(Action.PARTNER_EDIT)
def contact_remove(request: ActorRequest, contact_id: int) -> HttpResponse:
    """Takes a contact off the roster."""
    contact = _contact(request, contact_id)
    try:
        contact_actions.remove_contact(contact=contact, by=request.actor)
        messages.success(request, f"{contact.name} is no longer a contact of {contact.partner}.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("coalitions:partner_detail", request.actor.coalition.slug, contact.partner_id)


def _partner(request: ActorRequest, partner_id: int, action: Action) -> Partner:
    return get_object_or_404(Partner.objects.visible_to(request.actor, action), pk=partner_id)


def _contact(request: ActorRequest, contact_id: int) -> Contact:
    visible = Contact.objects.visible_to(request.actor, Action.PARTNER_EDIT).select_related("partner")
    return get_object_or_404(visible, pk=contact_id)


def _reaches(request: ActorRequest, action: Action, partner: Partner) -> bool:
    return request.actor.everywhere(action) or partner.pk in request.actor.partner_ids(action)
