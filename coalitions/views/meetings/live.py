"""The meeting view: for the wall, with one key to record. Without scripts each form sends the page anew."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from coalitions import meetings as selectors
from coalitions.actions import meeting_people, minutes
from coalitions.forms.meetings import RecordForm
from coalitions.models import Attendance, Meeting
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .common import find, find_part, key_from
from .recorded import suggested

DUE_SHOWN = 6


@require_GET
@requires(Action.ENGAGEMENT_SEE)
def live_page(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """The whole view. An open page asks every few seconds with the state it shows: `?since=`. 204 while that is the meeting's."""
    meeting = find(request, meeting_id, Action.ENGAGEMENT_SEE)
    if request.htmx:
        board = _board(request, meeting)
        if request.GET.get("since") == board["state"]:
            return HttpResponse(status=204)
        return render(request, "coalitions/_meeting_board.html", board)
    return _whole(request, meeting)


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def live_record(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """A decision, an action or a note, under the item that was on the wall."""
    meeting = find(request, meeting_id)
    form = RecordForm(request.POST, meeting=meeting, actor=request.actor)
    if not form.is_valid():
        return _refused(request, meeting, " ".join(text for errors in form.errors.values() for text in errors))
    said, by = form.cleaned_data, request.actor
    where = {"meeting": meeting, "item": said["item"], "text": said["text"], "by": by}
    if said["kind"] == "decision":
        minutes.decide(**where)
    elif said["kind"] == "action":
        minutes.agree(**where, owner=said["who"], due=said["due"])
    else:
        minutes.note(**where)
    return _saved(request, meeting, said["kind"])


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def live_go(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """To an item of the agenda; `to=end` when all were dealt with. An item that somebody removed leads nowhere: the wall shows what is."""
    meeting, wanted = find(request, meeting_id), request.POST.get("to", "")
    item = meeting.agenda.filter(pk=key_from(wanted)).first()
    if item is not None or wanted == "end":
        minutes.go_to(meeting=meeting, item=item, by=request.actor)
    return _saved(request, meeting)


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def live_arrive(request: ActorRequest, meeting_id: int) -> HttpResponse:
    """Somebody is here, by name."""
    meeting = find(request, meeting_id)
    try:
        meeting_people.arrive(meeting=meeting, typed=request.POST.get("name", ""), by=request.actor)
    except ValidationError as refused:
        return _refused(request, meeting, " ".join(refused.messages))
    return _saved(request, meeting)


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def live_mark(request: ActorRequest, attendance_id: int) -> HttpResponse:
    """Somebody on the list is here, or is not after all."""
    row = find_part(request, Attendance, attendance_id)
    meeting_people.mark(row=row, present=request.POST.get("present") == "yes", by=request.actor)
    return _saved(request, row.meeting)


def _saved(request: ActorRequest, meeting: Meeting, kind: str = "") -> HttpResponse:
    if request.htmx:
        return render(request, "coalitions/_meeting_board.html", _board(request, meeting))
    address = reverse("coalitions:meeting_live", args=[request.actor.coalition.slug, meeting.pk])
    return HttpResponse(status=302, headers={"Location": f"{address}?kind={kind}#record" if kind else address})


def _refused(request: ActorRequest, meeting: Meeting, why: str) -> HttpResponse:
    """With scripts the words alone: what was typed is still on the page."""
    if request.htmx:
        return HttpResponse(why, status=422, content_type="text/plain; charset=utf-8")
    return _whole(request, meeting, why, status=422)


def _whole(request: ActorRequest, meeting: Meeting, why: str = "", status: int = 200) -> HttpResponse:
    may_edit = request.actor.can(Action.ENGAGEMENT_EDIT)
    typed = {name: request.POST.get(name, "") for name in ("text", "who", "due", "name")}
    asked = request.POST.get("kind") or request.GET.get("kind")
    board = _board(request, meeting)
    context = {
        **board,
        "why": why,
        "typed": typed,
        "kinds": RecordForm.KINDS,
        "kind": asked if asked in dict(RecordForm.KINDS) else "decision",
        "parties": suggested(request.actor, board["groups"]) if may_edit else [],
    }
    return render(request, "coalitions/meeting_live.html", context, status=status)


def _board(request: ActorRequest, meeting: Meeting) -> dict[str, Any]:
    """What is on the wall, and `state`: a word that changes with it. A dozen queries."""
    actor = request.actor
    course = selectors.course(meeting, actor)
    groups = selectors.people(meeting)
    due = selectors.due_steps(actor)
    shown = [
        [(i.key, i.row.version, i.row.order, i.row.done_at, [s.status for s in i.steps]) for i in course.items],
        [(one.pk, one.version) for one in course.decisions],
        [(one.key, one.row.version, [step.status for step in one.steps]) for one in course.actions],
        [(person.key, person.present) for group in groups for person in group.people],
        [(step.title, step.due, step.who) for step in due],
        [one.key for one in course.still_open],
        (meeting.version, meeting.status, meeting.notes),
    ]
    return {
        "meeting": meeting,
        "when": selectors.when(meeting),
        "course": course,
        "groups": groups,
        "listed": sum(len(group.people) for group in groups),
        "here": sum(len(group.present) for group in groups),
        "partners_here": sum(
            bool(group.present) for group in groups if group.name not in (selectors.SEATS, selectors.GUESTS)
        ),
        "due": due[:DUE_SHOWN],
        "due_more": max(0, len(due) - DUE_SHOWN),
        "may_edit": actor.can(Action.ENGAGEMENT_EDIT),
        "state": sha256(repr(shown).encode()).hexdigest()[:16],
    }
