"""Who is on a meeting's list, and who is told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coalitions import meetings as selectors
from coalitions.actions import meeting_people as actions
from coalitions.enums import MeetingStatus
from coalitions.forms.meetings import GuestForm, PartnersForm
from coalitions.models import Attendance, Contact, Meeting
from coalitions.typed_names import contacts
from coalitions.views.submit import submitted
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .common import find, find_part, key_from, to

FOUND_SHOWN = 20


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def people_page(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """The list, and three ways onto it. POST puts the contacts of partners, and seats, on it."""
    meeting = find(request, meeting_id)
    form = _partners_form(request, request.POST if request.method == "POST" else None)
    if submitted(request, form, lambda: _add(request, meeting, form.cleaned_data)):
        return to(request, meeting, "people")
    return _page(request, meeting, form, GuestForm(), status=422 if form.errors else 200)


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def person_add(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """One contact, found by name."""
    meeting, wanted = find(request, meeting_id), request.POST.get("contact", "")
    found = contacts(request.actor).filter(pk=key_from(wanted))
    for contact in found:
        actions.add_contacts(meeting=meeting, found=[contact], by=request.actor)
        messages.success(request, f"{contact} is on the list.")
    return to(request, meeting, "people")


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def guest_add(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """A guest, by name and e-mail."""
    meeting = find(request, meeting_id)
    guest = GuestForm(request.POST)
    if submitted(request, guest, lambda: actions.add_guest(meeting=meeting, **guest.cleaned_data, by=request.actor)):
        messages.success(request, f"{guest.cleaned_data['name']} is on the list as a guest.")
        return to(request, meeting, "people")
    return _page(request, meeting, _partners_form(request, None), guest, status=422)


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def people_invite(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """Mails everybody on the list who was not invited yet."""
    meeting = find(request, meeting_id)
    try:
        number = actions.invite(meeting=meeting, by=request.actor)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, f"{number} invitation{'' if number == 1 else 's'} on the way, each to one person.")
    return to(request, meeting, "people")


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def person_remove(request: ActorRequest, attendance_id: int) -> HttpResponse:
    """Off the list; who was invited is told."""
    row = find_part(request, Attendance, attendance_id)
    name = str(row)
    told = actions.take_off(row=row, by=request.actor)
    messages.success(request, f"{name} is off the list{' and is told by mail' if told else ''}.")
    return to(request, row.meeting, "people")


def _partners_form(request: ActorRequest, data: Any) -> PartnersForm:
    numbers = dict(
        contacts(request.actor).order_by().values("partner").annotate(n=Count("pk")).values_list("partner", "n")
    )
    return PartnersForm(data, actor=request.actor, numbers=numbers)


def _add(request: ActorRequest, meeting: Meeting, chosen: dict[str, Any]) -> None:
    found = contacts(request.actor).filter(partner__in=chosen["partners"])
    number = actions.add_contacts(meeting=meeting, found=found, by=request.actor)
    if chosen.get("seats"):
        number += actions.add_seats(meeting=meeting, found=chosen["seats"], by=request.actor)
    words = {0: "They were all on the list.", 1: "One more is on the list."}
    messages.success(request, words.get(number, f"{number} more are on the list."))


def _page(request: ActorRequest, meeting: Meeting, form: PartnersForm, guest: GuestForm, status: int) -> HttpResponse:
    actor, wanted = request.actor, request.GET.get("q", "").strip()[:100]
    groups = selectors.people(meeting, with_mail=True)
    listed = [one for group in groups for one in group.people]
    open_to = meeting.status == MeetingStatus.PLANNED and meeting.ends_at > timezone.now()
    matches: list[Contact] = []
    if wanted:
        on_list = [one.row.contact_id for one in listed if one.row.contact_id]
        by_name = contacts(actor).filter(Q(name__icontains=wanted) | Q(partner__name__icontains=wanted))
        matches = list(by_name.exclude(pk__in=on_list)[:FOUND_SHOWN])
    context = {
        "meeting": meeting,
        "when": selectors.when(meeting),
        "groups": groups,
        "listed": len(listed),
        "to_invite": sum(one.row.invited_at is None and bool(selectors.address_of(one.row)) for one in listed)
        if open_to
        else 0,
        "form": form,
        "guest": guest,
        "wanted": wanted,
        "matches": matches,
    }
    return render(request, "coalitions/meeting_people.html", context, status=status)
