"""Minutes of a meeting: who was there by partner, the agenda with what was said, decisions, and actions with who and by when.

Nobody's address is in them. Lived-experience seats stand by alias.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from django.utils import timezone

from coalitions import meetings as selectors
from coalitions.enums import MeetingStatus
from coalitions.models import Meeting
from phast.access.table import Action
from phast.reports.kinds import Choice, Missing, ReportKind, Request, whole_number
from phast.ui.templatetags.ui import local_date

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Fields: `meeting`, its key."""
    meeting = get_object_or_404(selectors.meetings(actor), pk=whole_number(fields, "meeting"))
    what = "minutes" if meeting.status == MeetingStatus.HELD else "agenda"
    return Request(
        parameters={"meeting": meeting.pk},
        action=Action.ENGAGEMENT_SEE,
        title=f"{meeting}: {what}",
        audience="For the coalition’s own people: it names people.",
    )


def collect(coalition: Coalition, request: Request) -> dict[str, Any]:
    """Everything the pages say, in words."""
    meeting = Meeting.objects.of(coalition).get(pk=request.parameters["meeting"])
    decisions = list(meeting.decisions.all())
    actions = list(selectors.owned(meeting.actions))
    items = list(meeting.agenda.all())
    with timezone.override(ZoneInfo(coalition.time_zone)):
        when = selectors.when(meeting)
    groups = selectors.people(meeting)
    return {
        "title": meeting.title,
        "when": when,
        "place": meeting.place,
        "purpose": meeting.purpose,
        "held": meeting.status == MeetingStatus.HELD,
        "cancelled": meeting.status == MeetingStatus.CANCELLED,
        "summary": _summary(sum(len(group.present) for group in groups), len(decisions), len(actions)),
        "came": [
            {"name": group.name, "people": [one.name for one in group.present]} for group in groups if group.present
        ],
        "missed": [group.name for group in groups if not group.present],
        "items": [
            {
                "title": item.title,
                "speakers": item.speakers,
                "minutes": item.minutes,
                "notes": item.notes.splitlines(),
                "decisions": [one.text for one in decisions if one.item_id == item.pk],
            }
            for item in items
        ],
        "other_decisions": [one.text for one in decisions if one.item_id is None],
        "actions": [
            {
                "text": one.text,
                "who": selectors.owner(one),
                "due": one.due_said,
                "item": one.item.title if one.item else "",
                "done": bool(one.done_at),
            }
            for one in actions
        ],
        "notes": meeting.notes.splitlines(),
    }


def _summary(came: int, decisions: int, actions: int) -> str:
    """ "20 people came. 2 decisions, 1 action." """
    counts = [
        f"{number} {word}{'' if number == 1 else 's'}"
        for number, word in ((decisions, "decision"), (actions, "action"))
        if number
    ]
    said = [
        f"{came} {'person' if came == 1 else 'people'} came." if came else "",
        f"{', '.join(counts)}." if counts else "",
    ]
    return " ".join(part for part in said if part)


def choices(actor: Actor) -> list[Choice]:
    """The last meetings that took place."""
    held = selectors.meetings(actor).filter(status=MeetingStatus.HELD)[:20]
    return [
        Choice(
            f"{meeting}, {local_date(meeting.starts_at)}",
            {"meeting": meeting.pk},
            each="The last meeting that was held",
        )
        for meeting in held
    ]


MINUTES = ReportKind(
    "minutes",
    "Minutes of a meeting",
    "coalitions/reports/minutes.html",
    request,
    collect,
    choices,
    right=Action.ENGAGEMENT_SEE,
    topic="Coalition",
    about="What a meeting decided, who was there, and who does what.",
    missing=Missing("No meeting was held yet.", "coalitions:meeting_list", "Meetings"),
    period="",
)
