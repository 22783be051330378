"""The queue of requests for help, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from tablib import Dataset

from coalitions import requests_for_help as selectors
from coalitions.actions import requests as actions
from coalitions.enums import HelpContactKind, HelpStatus
from coalitions.forms.requests import HelpContactForm, RequestFilter, StandingForm
from coalitions.models import HelpContact, HelpRequest, Partner
from coalitions.parents import children_of
from phast import offers
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.exports import FORMATS, as_file, plain
from phast.history import history

from .submit import status_of, submitted

PAGE = 50


@require_GET
@requires(Action.REQUESTS_HANDLE)
def request_list(request: ActorRequest) -> HttpResponse:
    """The queue: new ones first, then by when the next contact is due."""
    actor = request.actor
    context = {
        "address": selectors.form_address(actor.coalition) if actor.coalition.takes_requests else "",
        "has_children": children_of(actor).exists(),
        "may_open": actor.can(Action.SETTINGS_MANAGE),
    }
    return _queue(request, "coalitions/request_list.html", context)


@require_GET
@requires(Action.REQUESTS_HANDLE)
def child_request_list(request: ActorRequest) -> HttpResponse:
    """What agencies asked the children for, to read along: each child works through its own."""
    return _queue(request, "coalitions/child_request_list.html", {"of_children": True})


@require_GET
@requires(Action.REQUESTS_HANDLE)
def request_table(request: ActorRequest, table_format: str) -> HttpResponse:
    """What the queue shows, narrowed in the same way, as a file for a spreadsheet."""
    return _table(request, table_format, "requests", COLUMNS)


@require_GET
@requires(Action.REQUESTS_HANDLE)
def child_request_table(request: ActorRequest, table_format: str) -> HttpResponse:
    """The same of the children's queue, with the coalition each was sent to."""
    columns = {"Sent to": lambda each: each.coalition, **COLUMNS}
    return _table(request, table_format, "requests-to-coalitions-below", columns, of_children=True)


@require_GET
@requires(Action.REQUESTS_HANDLE)
def request_detail(request: ActorRequest, help_request_id: int) -> HttpResponse:
    """One request: what they wrote, what was done, and what to do next."""
    asked = _request(request, help_request_id)
    return _page(request, asked, StandingForm(instance=asked), HelpContactForm(request=asked, actor=request.actor))


@require_http_methods(["GET", "POST"])
@requires(Action.REQUESTS_HANDLE)
def request_contact(request: ActorRequest, help_request_id: int) -> HttpResponse:
    """Records a call, a mail, a visit or a linkage."""
    asked = _request(request, help_request_id)
    form = HelpContactForm(request.POST or None, request=asked, actor=request.actor)
    if submitted(request, form, lambda: _record(form, asked, request)):
        messages.success(request, "Recorded.")
        return redirect("coalitions:request_detail", request.actor.coalition.slug, asked.pk)
    return _page(request, asked, StandingForm(instance=asked), form)


@require_http_methods(["GET", "POST"])
@requires(Action.REQUESTS_HANDLE)
def request_standing(request: ActorRequest, help_request_id: int) -> HttpResponse:
    """Says how far it is and when to be in touch next."""
    asked = _request(request, help_request_id)
    form = StandingForm(request.POST or None, instance=_request(request, help_request_id))
    if submitted(
        request,
        form,
        lambda: actions.set_standing(
            request=asked,
            status=HelpStatus(form.cleaned_data["status"]),
            next_contact_on=form.cleaned_data["next_contact_on"],
            version=form.opened_version,
            by=request.actor,
        ),
    ):
        messages.success(request, "Saved.")
        return redirect("coalitions:request_detail", request.actor.coalition.slug, asked.pk)
    return _page(request, asked, form, HelpContactForm(request=asked, actor=request.actor))


@require_POST
@requires(Action.REQUESTS_HANDLE)
def request_contact_remove(request: ActorRequest, help_contact_id: int) -> HttpResponse:
    """Takes back a contact that was recorded by mistake."""
    visible = HelpContact.objects.visible_to(request.actor, Action.REQUESTS_HANDLE).select_related("request")
    contact = get_object_or_404(visible, pk=help_contact_id)
    back = contact.request_id
    actions.remove_contact(contact=contact, by=request.actor)
    messages.success(request, "Removed.")
    return redirect("coalitions:request_detail", request.actor.coalition.slug, back)


@require_POST
@requires(Action.REQUESTS_HANDLE)
def request_welcome(request: ActorRequest, help_request_id: int) -> HttpResponse:
    """Makes the agency a partner and invites its writer as lead; `partner` in the post: a partner that is there already."""
    actor, asked = request.actor, _request(request, help_request_id)
    chosen = request.POST.get("partner", "")
    partner = None
    if chosen:
        partners = Partner.objects.visible_to(actor, Action.PARTNER_EDIT)
        partner = get_object_or_404(partners, pk=chosen if chosen.isdecimal() and len(chosen) < 19 else None)
    try:
        made = actions.welcome(request=asked, partner=partner, by=actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        told = (
            f"{made.email} is invited as its lead."
            if made.invitation_id
            else f"{made.email} has a place there already."
        )
        messages.success(request, f"{made.partner} is a partner. {told}")
    return redirect("coalitions:request_detail", actor.coalition.slug, asked.pk)


def _record(form: HelpContactForm, asked: HelpRequest, request: ActorRequest) -> None:
    values = form.cleaned_data
    actions.record_contact(
        request=asked,
        kind=HelpContactKind(values["kind"]),
        on=values["on"],
        note=values["note"],
        linked_to=values["linked_to"],
        status=HelpStatus(values["status"]),
        next_contact_on=values["next_contact_on"],
        by=request.actor,
    )


def _queue(request: ActorRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form = RequestFilter(request.GET)
    asked = form.asked()
    found = selectors.queue(request.actor, of_children=context.get("of_children", False), **asked)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "form": form,
        "page": page,
        "narrowed": any(asked.values()),
        "overdue": selectors.overdue(list(page), request.actor.coalition.today()),
    }
    return render(request, template, {"of_children": False, **shown, **context})


def _table(
    request: ActorRequest, table_format: str, name: str, columns: Mapping[str, Any], *, of_children: bool = False
) -> HttpResponse:
    if table_format not in FORMATS:
        raise Http404
    data = Dataset(headers=list(columns), title="Requests")
    for each in selectors.queue(request.actor, of_children=of_children, **RequestFilter(request.GET).asked()):
        data.append([plain(value(each)) for value in columns.values()])
    return as_file(data, name, table_format)


def _page(request: ActorRequest, asked: HelpRequest, standing: Any, contact: Any) -> HttpResponse:
    wrong = standing if standing.is_bound else contact
    context = {
        "asked": asked,
        "contacts": asked.contacts.select_related("linked_to", "by"),
        "standing": standing,
        "contact_form": contact,
        "known": None if asked.partner_id else selectors.partner_called_so(asked),
        "overdue": bool(selectors.overdue([asked], request.actor.coalition.today())),
        "may_welcome": request.actor.everywhere(Action.PEOPLE_MANAGE),
        "moments": history(asked, without={"nonce", "sent_at"}),
        "pages": offers.pages_about(request.actor, asked.partner) if asked.partner else [],
    }
    status = status_of(wrong) if wrong.is_bound else 200
    return render(request, "coalitions/request_detail.html", context, status=status)


def _request(request: ActorRequest, help_request_id: int) -> HelpRequest:
    """A request in the queue; one that nobody confirmed is not in it."""
    visible = HelpRequest.objects.visible_to(request.actor, Action.REQUESTS_HANDLE).exclude(confirmed_at=None)
    return get_object_or_404(visible.select_related("partner", "invitation", "coalition"), pk=help_request_id)


# The columns of the file, and what stands in each.
COLUMNS = {
    "Agency": lambda each: each.agency,
    "Type of agency": lambda each: each.get_agency_type_display(),
    "County": lambda each: each.county,
    "Name": lambda each: each.name,
    "Role": lambda each: each.title,
    "E-mail": lambda each: each.email,
    "Phone": lambda each: each.phone,
    "Asks for help": lambda each: "yes" if each.wants_help else "no",
    "Registers a program": lambda each: each.get_program_display() if each.registers else "no",
    "Barriers": lambda each: each.barriers,
    "Needs": lambda each: each.needs,
    "Sent": lambda each: each.sent_at.date(),
    "Status": lambda each: each.get_status_display(),
    "Last contact": lambda each: each.last_contact_on,
    "Next contact": lambda each: each.next_contact_on,
    "Partner": lambda each: each.partner,
}
