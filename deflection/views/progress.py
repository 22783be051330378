"""How far a program is: by model, by section, by owner; what it waits for."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from coalitions.forms.parties import key_of
from deflection.checklist import OwnerTally
from deflection.rows import NOBODY, owner_said
from deflection.selectors import checklist_of
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .common import find_program, follows_closely, of_program


@require_GET
@requires(Action.DEFLECTION_SEE)
def program_progress(request: ActorRequest, program_id: int) -> HttpResponse:
    """Progress, what blocks the launch, and what is overdue."""
    program = find_program(request, program_id, Action.DEFLECTION_SEE)
    names, today = follows_closely(request), request.actor.coalition.today()
    found = checklist_of(program)
    context = of_program(request, program) | {
        "checklist": found,
        "progress": found.progress,
        "models": [(model, found.by_model[model.number]) for model in found.models],
        "sections": list(found.by_section.items()),
        "owners": [_owner(one, names=names) for one in found.by_owner],
        "blockers": [
            (one.line, one.whys, owner_said(one.line.row.owner, names=names))
            for one in found.blockers(starts_on=program.starts_on, today=today)
        ],
        "overdue": [(line, owner_said(line.row.owner, names=names)) for line in found.overdue(today)],
        "launched": program.has_begun(today),
    }
    return render(request, "deflection/program_progress.html", context)


def _owner(one: OwnerTally, *, names: bool) -> tuple[str, str, OwnerTally]:
    """What an owner is called, how the checklist is narrowed to what they own, and how much that is."""
    said = owner_said(one.owner, names=names)
    known = one.owner is None or said == str(one.owner)
    key = NOBODY if one.owner is None else key_of(one.owner)
    return said or "Nobody yet", f"?owner={key}" if known else "", one
