"""Contacts: the people at the partners."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import selectors
from coalitions.actions import contacts as contact_actions
from coalitions.forms.roster import ContactFilter, ContactForm
from coalitions.models import Contact, Partner
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.history import history

from .submit import status_of, submitted

PAGE = 50


@require_GET
@requires(Action.CONTACTS_SEE)
def contact_list(request: ActorRequest) -> HttpResponse:
    """Everybody whose details the person may see, searched and narrowed by what the address says."""
    actor = request.actor
    form = ContactFilter(request.GET, actor=actor)
    asked = form.asked()
    page = Paginator(selectors.contacts_of(actor, **asked), PAGE).get_page(request.GET.get("page"))
    page.object_list = selectors.with_refusals(page.object_list)
    return render(
        request, "coalitions/contact_list.html", {"form": form, "page": page, "narrowed": any(asked.values())}
    )


@require_http_methods(["GET", "POST"])
@requires(Action.PARTNER_EDIT)
def contact_new(request: ActorRequest, partner_id: int) -> HttpResponse:
    """Adds a contact to a partner."""
    actor, partner = request.actor, _partner(request, partner_id)
    form = ContactForm(request.POST or None)
    if submitted(request, form, lambda: contact_actions.add_contact(partner=partner, by=actor, values=form.values)):
        messages.success(request, f"{form.cleaned_data['name']} is a contact of {partner}.")
        return redirect("coalitions:partner_detail", actor.coalition.slug, partner.pk)
    context = {"form": form, "partner": partner, "contact": None, "moments": [], "may_merge": False}
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
    context = {
        "form": form,
        "partner": partner,
        "contact": contact,
        "moments": history(contact),
        "may_merge": actor.everywhere(Action.SETTINGS_MANAGE),
    }
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


def _partner(request: ActorRequest, partner_id: int) -> Partner:
    partners = Partner.objects.visible_to(request.actor, Action.PARTNER_EDIT).filter(merged_into=None)
    return get_object_or_404(partners, pk=partner_id)


def _contact(request: ActorRequest, contact_id: int) -> Contact:
    visible = Contact.objects.visible_to(request.actor, Action.PARTNER_EDIT).select_related("partner")
    return get_object_or_404(visible, pk=contact_id)
