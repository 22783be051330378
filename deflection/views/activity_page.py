"""The page of one activity."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from coalitions.models import Agreement
from deflection.checklist import Line
from deflection.forms.activities import EvidenceForm
from deflection.models import Audience, Evidence, ProgramActivity
from deflection.rows import owner_said
from deflection.selectors import checklist_of, provider_agreements, trained
from phast.access.guards import ActorRequest
from phast.access.table import Action
from phast.history import history

from .common import follows_closely, of_program, sops_by_key, updates_of

AGREEMENTS, TRAINING, GUIDE = "treatment-agreements", "staff-training", "resource-document"
# What a reader of the history learns nothing from: what the row is, and what "done" already says.
SILENT = ("program", "activity", "done_at", "done_by", "removed_by")


def line_of(activity: ProgramActivity) -> Line | None:
    """The activity on its program's checklist; None when no model of the program asks for it any more."""
    return next((line for line in checklist_of(activity.program) if line.row.pk == activity.pk), None)


def activity_page(
    request: ActorRequest,
    activity: ProgramActivity,
    line: Line,
    *,
    evidence_form: EvidenceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Everything there is about an activity. `evidence_form`: one that came back."""
    actor, today = request.actor, request.actor.coalition.today()
    names = follows_closely(request)
    pages = of_program(request, activity.program)
    may_update = activity.pk in updates_of(request, activity.program)
    may_plan = actor.can(Action.DEFLECTION_EDIT) and (
        pages["may_edit"]
        or ProgramActivity.objects.visible_to(actor, Action.DEFLECTION_EDIT).filter(pk=activity.pk).exists()
    )
    if may_update and evidence_form is None:
        evidence_form = EvidenceForm(activity=activity, actor=actor)
    context = pages | {
        "activity": line.row,
        "line": line,
        "numbers": [(number, item.number) for number, item in (line.items or {}).items()],
        "credits": list((line.credited or {}).items()),
        "models": len(line.items or {}),
        "owner": owner_said(line.row.owner, names=names),
        "overdue": line.is_overdue(today),
        "may_update": may_update,
        "may_plan": may_plan,
        "inside": names,
        "about_guide": activity.activity_id == GUIDE and actor.can(Action.RESOURCES_SEE),
        "evidence": _evidence(request, activity) if names else [],
        "evidence_form": evidence_form,
        "moments": history(activity, without=SILENT) if names else [],
        **_known(request, activity),
    }
    return render(request, "deflection/activity_detail.html", context, status=status)


def _evidence(request: ActorRequest, activity: ProgramActivity) -> list[Evidence]:
    """What shows that it is done. An agreement or an SOP that the person may not look at is only called by its name."""
    rows = Evidence.objects.visible_to(request.actor, Action.DEFLECTION_FOLLOW).filter(program_activity=activity)
    found = list(rows.select_related("agreement", "training__audience", "added_by"))
    sops = sops_by_key(request.actor) if any(e.sop for e in found) else {}
    sees_agreements = Agreement.objects.visible_to(request.actor, Action.ENGAGEMENT_SEE)
    seen = set(
        sees_agreements.filter(pk__in=[e.agreement_id for e in found if e.agreement_id]).values_list("pk", flat=True)
    )
    today = request.actor.coalition.today()
    for one in found:
        one.opens = one.sop in sops if one.sop else one.agreement_id is None or one.agreement_id in seen
        one.missing = bool(one.sop) and one.sop not in sops
        one.expired = one.agreement is not None and one.opens and one.agreement.has_expired(today)
    return found


def _known(request: ActorRequest, activity: ProgramActivity) -> dict[str, Any]:
    """What the portal knows about this very work: agreements with treatment providers, people trained."""
    known: dict[str, Any] = {"providers": None, "topics": []}
    if activity.activity_id == AGREEMENTS and request.actor.can(Action.ENGAGEMENT_SEE):
        known["providers"] = provider_agreements(
            request.actor, program=activity.program, today=request.actor.coalition.today()
        )
    if activity.activity_id == TRAINING and activity.activity is not None:
        sums = trained(activity.program.trainings.prefetch_related("topics"))
        audiences = list(Audience.objects.all())
        known["topics"] = [
            (topic.title, [(one.name, sums.get((one.pk, topic.pk), 0)) for one in audiences])
            for topic in activity.activity.topics.all()
        ]
    return known
