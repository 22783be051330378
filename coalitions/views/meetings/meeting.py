"""The list of meetings, one meeting, and who comes over time."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import attendance
from coalitions import meetings as selectors
from coalitions.actions import meetings as actions
from coalitions.forms.meetings import ItemForm, MeetingForm, NotesForm
from coalitions.views.engagement import may_work
from coalitions.views.submit import submitted
from phast import charts
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.charts import Series
from phast.history import history
from phast.ics import as_ics

from .common import find, form_page, to

PER_PAGE = 25


@require_GET
@requires(Action.ENGAGEMENT_SEE)
def meeting_list(request: ActorRequest) -> HttpResponse:
    """Those to come, then those that are over."""
    actor = request.actor
    page = Paginator(selectors.past(actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "coming": [(one, selectors.when(one), selectors.url_of(one, actor)) for one in selectors.coming(actor)],
        "page": page,
        "past": [(one, selectors.url_of(one, actor)) for one in page],
        "may_edit": actor.can(Action.ENGAGEMENT_EDIT),
    }
    return render(request, "coalitions/meeting_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def meeting_new(request: ActorRequest) -> HttpResponse:
    """Plans a meeting."""
    form, made = MeetingForm(request.POST or None, actor=request.actor), []
    if submitted(
        request, form, lambda: made.append(actions.plan_meeting(values=form.fields_of_meeting, by=request.actor))
    ):
        messages.success(request, "The meeting is planned. Next: its agenda, and who is invited.")
        return to(request, made[0])
    return form_page(request, form, None, "Plan a meeting")


@require_GET
@requires(Action.ENGAGEMENT_SEE)
def meeting_detail(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """Everything about one meeting."""
    actor = request.actor
    meeting = find(request, meeting_id, Action.ENGAGEMENT_SEE)
    course = selectors.course(meeting, actor)
    earlier, groups = course.earlier_meeting, selectors.people(meeting)
    context = {
        "meeting": meeting,
        "when": selectors.when(meeting),
        "is_over": meeting.ends_at < timezone.now(),
        "course": course,
        "groups": groups,
        "listed": sum(len(group.people) for group in groups),
        "here": sum(len(group.present) for group in groups),
        "not_invited": sum(
            one.row.invited_at is None and bool(selectors.address_of(one.row)) for g in groups for one in g.people
        ),
        "earlier_url": selectors.url_of(earlier, actor) if earlier else "",
        "item_form": ItemForm(),
        **may_work(request),
    }
    return render(request, "coalitions/meeting_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def meeting_edit(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """When, where, what for. A change that calendars show is mailed to everybody invited."""
    actor, meeting = request.actor, find(request, meeting_id)
    form, told = MeetingForm(request.POST or None, instance=meeting, actor=actor), []
    if submitted(
        request,
        form,
        lambda: told.append(
            actions.change_meeting(
                meeting=meeting, values=form.fields_of_meeting, version=form.opened_version, by=actor
            )
        ),
    ):
        messages.success(request, f"Saved. {_mails(told[0])} of the change." if told[0] else "Saved.")
        return to(request, meeting)
    return form_page(
        request, form, meeting, "Change the meeting", moments=history(meeting, without=("sequence", "uid"))
    )


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def meeting_notes(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """What was said in the meeting as a whole."""
    meeting = find(request, meeting_id)
    form = NotesForm(request.POST or None, instance=meeting)
    if submitted(
        request,
        form,
        lambda: actions.change_meeting(
            meeting=meeting, values=form.values, version=form.opened_version, by=request.actor
        ),
    ):
        messages.success(request, "Saved.")
        return to(request, meeting, at="notes")
    return form_page(request, form, meeting, "Notes")


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def meeting_cancel(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """It does not take place."""
    meeting = find(request, meeting_id)
    try:
        number = actions.cancel_meeting(meeting=meeting, by=request.actor)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(
            request, f"The meeting is cancelled. {_mails(number)}." if number else "The meeting is cancelled."
        )
    return to(request, meeting)


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def meeting_again(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """The same frame four weeks later."""
    copy = actions.hold_again(meeting=find(request, meeting_id), by=request.actor)
    messages.success(request, f"Planned for {selectors.when(copy)}. Nobody is invited yet.")
    return to(request, copy)


@require_GET
@requires(Action.ENGAGEMENT_SEE)
def meeting_file(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """The meeting as a file for a calendar."""
    found = selectors.dated(selectors.meetings(request.actor))
    meeting = get_object_or_404(found, pk=meeting_id)
    file = as_ics(meeting.title, [selectors.entry(meeting, request.actor)])
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@requires(Action.ENGAGEMENT_SEE)
def meeting_attendance(request: ActorRequest) -> HttpResponse:
    """Which sectors came to the last meetings, and which partners have not come lately."""
    actor = request.actor
    found = attendance.attended(actor)
    days = [timezone.localtime(meeting.starts_at) for meeting in found.meetings]
    labels = [f"{day:%b} {day.year}" for day in days]
    came = found.sectors
    chart = charts.columns(
        title="Sectors at each meeting",
        description=", ".join(f"{label}: {number}" for label, number in zip(labels, came, strict=True)),
        labels=labels,
        series=[Series("Sectors", came)],
    )
    context = {
        "found": found,
        "heads": [
            (meeting, selectors.url_of(meeting, actor), day) for meeting, day in zip(found.meetings, days, strict=True)
        ],
        "chart": chart if found.meetings else None,
        "missing": attendance.missing_lately(actor) if actor.can(Action.ENGAGEMENT_EDIT) else [],
        "missed": attendance.MISSED,
    }
    return render(request, "coalitions/meeting_attendance.html", context)


def _mails(number: int) -> str:
    return "One person is told" if number == 1 else f"{number} people are told"
