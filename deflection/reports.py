"""A program on paper: how far it is, what it waits for, its checklist, people trained.

Observers get it of shared programs, without the names of people; nobody gets its notes or its counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404

from phast.access.table import Action
from phast.reports.kinds import Choice, Missing, ReportKind, Request, whole_number
from phast.ui.templatetags.ui import local_date

from .checklist import Checklist, Line, Tally
from .enums import REPORT
from .forms.figures import STAFF_TRAINING
from .models import Audience, Program, Topic
from .rows import coordinator_said, owner_said
from .selectors import checklist_of, trained

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

NAMED = "For the coalition’s own people: it names people."
SHARED = "Shared with observers; people are not named."


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Field `program`, its key."""
    names = actor.can(Action.DEFLECTION_FOLLOW)
    programs = Program.objects.visible_to(actor, Action.DEFLECTION_SEE)
    program = get_object_or_404(programs, pk=whole_number(fields, "program"))
    return Request(
        parameters={"program": program.pk},
        action=Action.DEFLECTION_FOLLOW if names else Action.DEFLECTION_SEE,
        title=f"{program}: deflection program",
        audience=NAMED if names else SHARED,
        is_released=not names,
    )


def collect(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """Everything the pages say, in words."""
    names, today = not asked.is_released, coalition.today()
    programs = Program.objects.of(coalition).select_related("lead", "contact", "position", "assessed_by")
    program = programs.get(pk=asked.parameters["program"])
    found = checklist_of(program)
    return {
        "facts": _facts(program, names=names),
        "progress": _tally(found.progress),
        "shares": [
            ["By model", "Model", [[f"{m.number}. {m.name}", _tally(found.by_model[m.number])] for m in found.models]],
            ["By section", "Section", [[section.label, _tally(one)] for section, one in found.by_section.items()]],
            ["By owner", "Owner", _by_owner(found, names=names)],
        ],
        "launched": program.has_begun(today),
        "blockers": [
            [
                one.line.title,
                "; ".join(why.said for why in one.whys),
                owner_said(one.line.row.owner, names=names),
                local_date(one.line.row.due_on),
            ]
            for one in found.blockers(starts_on=program.starts_on, today=today)
        ],
        "models": [[model.number, model.name] for model in found.models],
        "lines": [
            _line(line, found, today, names=names, is_part=line is not top)
            for top in found.lines
            for line in (top, *top.parts)
        ],
        **_training(program),
    }


def _facts(program: Program, *, names: bool) -> list[list[str]]:
    said = [
        ["Lead partner", str(program.lead)],
        ["Agencies that take part", ", ".join(str(agency) for agency in program.agencies.all())],
        ["Program coordinator", coordinator_said(program, names=names)],
        ["Starts on", local_date(program.starts_on)],
        ["Over since", local_date(program.ended_on)],
        ["Who assesses the level of care", str(program.assessed_by or program.assessed_by_said)],
    ]
    return [fact for fact in said if fact[1]]


def _tally(tally: Tally) -> str:
    return f"{tally.done} of {tally.of}" if tally.of else "Not applicable"


def _by_owner(found: Checklist, *, names: bool) -> list[list[str]]:
    return [[owner_said(one.owner, names=names) or "Nobody yet", _tally(one.tally)] for one in found.by_owner]


def _line(line: Line, found: Checklist, today: Any, *, names: bool, is_part: bool) -> dict[str, Any]:
    items = line.items or {}
    open_topics = [mark.title for mark in line.topics if not mark.done]
    return {
        "title": line.title,
        "part": is_part,
        "numbers": [items[model.number].number if model.number in items else "" for model in found.models],
        "status": line.status.label,
        "open": ", ".join(open_topics) if line.topics and len(open_topics) < len(line.topics) else "",
        "reason": line.row.reason if not line.follows_parts else "",
        "owner": owner_said(line.row.owner, names=names),
        "due": local_date(line.row.due_on),
        "overdue": line.is_overdue(today),
    }


def _training(program: Program) -> dict[str, Any]:
    sums = trained(program.trainings.prefetch_related("topics"))
    audiences = list(Audience.objects.all())
    topics = Topic.objects.filter(activity=STAFF_TRAINING)
    rows = [[topic.title, [sums.get((one.pk, topic.pk), 0) for one in audiences]] for topic in topics]
    return {"audiences": [one.name for one in audiences], "trained": rows if sums else []}


def choices(actor: Actor) -> list[Choice]:
    """The programs that go on, of those the actor may read."""
    if not actor.can(Action.DEFLECTION_SEE):
        return []
    programs = Program.objects.visible_to(actor, Action.DEFLECTION_SEE).filter(ended_on=None)
    return [Choice(str(program), {"program": program.pk}, group="Deflection") for program in programs]


PROGRAM = ReportKind(
    REPORT,
    "Deflection program",
    "deflection/reports/program.html",
    request,
    collect,
    choices,
    right=Action.DEFLECTION_SEE,
    topic="Deflection",
    about="How far a program is: by model, by section, and what blocks its launch.",
    missing=Missing("No deflection program is under way.", "deflection:program_list", "Programs"),
)
