"""What the pages of a program share."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from deflection.models import Program, ProgramActivity
from phast import offers
from phast.access.actor import Actor
from phast.access.guards import ActorRequest
from phast.access.table import Action


def find_program(request: ActorRequest, program_id: int, action: Action) -> Program:
    """The program, for who may do that; 404 for anybody else."""
    rows = Program.objects.visible_to(request.actor, action)
    return get_object_or_404(rows.select_related("lead", "contact", "position", "assessed_by"), pk=program_id)


def find_activity(request: ActorRequest, key: int, action: Action) -> ProgramActivity:
    """An activity that is not removed."""
    rows = ProgramActivity.objects.visible_to(request.actor, action).filter(removed_at=None)
    found = rows.select_related("program__lead", "activity", "partner", "contact", "position")
    return get_object_or_404(found, pk=key)


def may_edit(request: ActorRequest, program: Program) -> bool:
    """Whether the person may plan this program."""
    if request.actor.everywhere(Action.DEFLECTION_EDIT):
        return True
    if not request.actor.can(Action.DEFLECTION_EDIT):
        return False
    return Program.objects.visible_to(request.actor, Action.DEFLECTION_EDIT).filter(pk=program.pk).exists()


def updates_of(request: ActorRequest, program: Program) -> frozenset[int]:
    """Keys of the program's activities that the person may update."""
    if not request.actor.can(Action.ACTIVITY_UPDATE):
        return frozenset()
    rows = ProgramActivity.objects.visible_to(request.actor, Action.ACTIVITY_UPDATE).filter(program=program)
    return frozenset(rows.values_list("pk", flat=True))


def follows_closely(request: ActorRequest) -> bool:
    """Whether the person reads notes, evidence and who owns what by name; observers do not."""
    return request.actor.can(Action.DEFLECTION_FOLLOW)


def sops_by_key(actor: Actor) -> dict[str, offers.Sop]:
    """The SOPs that the person may open, of all apps that keep some."""
    return {one.key: one for source in offers.sops for one in source(actor)}


def url_of(request: ActorRequest, name: str, *keys: Any) -> str:
    return reverse(f"deflection:{name}", args=[request.actor.coalition.slug, *keys])


def of_program(request: ActorRequest, program: Program) -> dict[str, Any]:
    """What every page of a program says about it: where its other pages are, and what this person may do."""
    counts = Program.objects.visible_to(request.actor, Action.COUNTS_SEE).filter(pk=program.pk)
    sees_counts = request.actor.can(Action.COUNTS_SEE) and counts.exists()
    return {
        "program": program,
        "may_edit": may_edit(request, program),
        "pages": {
            "list": url_of(request, "program_list"),
            "checklist": url_of(request, "program_detail", program.pk),
            "progress": url_of(request, "program_progress", program.pk),
            "training": url_of(request, "training_list", program.pk),
            "quarters": url_of(request, "quarter_list", program.pk) if sees_counts else "",
        },
    }


def key_from(text: str) -> int:
    """A row's key as a form names it; 404 for what cannot be one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return int(text)
