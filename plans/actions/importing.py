"""A plan that somebody keeps in a spreadsheet: upload it, read it, bring it in."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.actions.partners import add_partner
from coalitions.actions.positions import add_position
from coalitions.models import Contact, Partner, Position
from phast.audit import record
from phast.sheets.actions import name_of
from phast.sheets.refused import FileRefused
from phast.sheets.waiting import NAME_LENGTH
from plans.enums import StepStatus
from plans.forms.parties import Parties
from plans.importing.found import NEW_PARTNER, NEW_POSITION, ImportStep, Owner
from plans.importing.owners import words_of
from plans.importing.reading import ROOM, PlanReading
from plans.importing.upload import read_upload
from plans.models import Plan, PlanImport, Responsibility, Step, Update

from . import undo
from .change import changed
from .items import next_order
from .plan import create_plan, locked
from .tree import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.uploadedfile import UploadedFile

    from phast.access.actor import Actor


def start_import(*, file: UploadedFile, sheet: str = "", plan: Plan | None, by: Actor) -> PlanImport:
    """Keeps the cells, not the file. `plan`: where the steps go; None for a new plan, called like the file.

    Raises FileRefused: the file is no spreadsheet, is dangerous, too long, or about persons. Then nothing is kept.
    """
    try:
        name = name_of(file)
        upload = read_upload(cast("BinaryIO", file.file), name, sheet)
    except FileRefused:
        record("plan_import.refused", by=by)
        raise
    title = PurePath(name).stem.replace("_", " ").strip() or "Plan"
    with transaction.atomic():
        plan_import = PlanImport.objects.create(
            coalition=by.coalition,
            plan=plan,
            name=name,
            rows=upload.rows,
            answers={**upload.facts, "title": title},
            created_by=by.user,
        )
        record("plan_import.uploaded", by=by, target=plan_import)
    return plan_import


@transaction.atomic
def bring_in(*, plan_import: PlanImport, by: Actor) -> Plan:
    """Puts the steps into the plan, all or none; afterwards nothing of the spreadsheet is kept but them.

    Raises ValidationError when the import is over, has no step, or somebody responsible is still unknown.
    """
    plan_import = PlanImport.waiting(plan_import.pk)
    parties = Parties(by).rows
    reading = read_import(plan_import, parties, by)
    if not reading.steps:
        raise ValidationError("There is no step to bring in. Say below which column holds the steps.")
    if reading.open_owners:
        names = "”, “".join(question.said for question in reading.open_owners[:3])
        raise ValidationError(f"Say first who “{names}” is, or leave the name out.")
    plan = plan_import.plan
    if plan is None:
        plan = create_plan(title=plan_import.answers.get("title") or plan_import.name, by=by)
    plan = locked(plan)
    parties |= _new_parties(reading.steps, by)
    steps = _write_steps(reading.steps, plan, by)
    _write_around(reading.steps, steps, parties, by)
    tops = [step for step in steps if step.parent_id is None]
    changed("plan.imported", plan=plan, target=plan, by=by, undo=undo.removing_steps(tops), steps=len(steps))
    plan_import.finish(plan=plan)
    return plan


def read_import(plan_import: PlanImport, parties: Mapping[str, Any], by: Actor) -> PlanReading:
    """The spreadsheet as the person has said it is read. `parties`: those of `plans.forms.parties.Parties`."""
    return PlanReading(plan_import, parties, today=by.coalition.today(), deepest=LEVELS)


def _new_parties(found: list[ImportStep], by: Actor) -> dict[str, Any]:
    """The partners and positions that the person wants added, each once."""
    made: dict[str, Any] = {}
    for step in found:
        for owner in step.parties:
            identity = _identity(owner)
            if identity in made:
                continue
            if owner.key == NEW_PARTNER:
                made[identity] = add_partner(by=by, values={"name": owner.name[:NAME_LENGTH]})
            elif owner.key == NEW_POSITION:
                made[identity] = add_position(by=by, values={"title": owner.name[:NAME_LENGTH]})
    return made


def _write_steps(found: list[ImportStep], plan: Plan, by: Actor) -> list[Step]:
    """One statement for each level. Answers the steps in the order of `found`."""
    now = timezone.now()
    steps: list[Step] = []
    orders: dict[int | None, int] = {None: next_order(Step.objects.filter(plan=plan, parent=None))}
    for each in found:
        order = orders.get(each.parent, 0)
        orders[each.parent] = order + 1
        is_done = each.status == StepStatus.DONE
        steps.append(
            Step(
                plan=plan,
                order=order,
                title=each.title,
                detail=each.full_detail,
                due_said=each.due.said,
                due_on=each.due.on,
                resources=each.text("resources")[: ROOM["resources"]],
                funding=each.text("funding")[: ROOM["funding"]],
                repeats=each.repeats,
                status=each.status,
                finished_at=now if is_done else None,
                finished_by=by.user if is_done else None,
            )
        )
    for level in range(1, LEVELS + 1):
        here = [at for at, each in enumerate(found) if each.level == level]
        for at in here:
            parent = found[at].parent
            steps[at].parent_id = steps[parent].pk if parent is not None else None
        Step.objects.bulk_create(steps[at] for at in here)
    return steps


def _write_around(found: list[ImportStep], steps: list[Step], parties: dict[str, Any], by: Actor) -> None:
    """Who is responsible, and what was said of a step so far: as an update of today, since the file does not tell by whom."""
    now, responsibilities, updates = timezone.now(), [], []
    for each, step in zip(found, steps, strict=True):
        taken: set[Any] = set()
        for owner in each.parties:
            party = parties.get(owner.key) or parties.get(_identity(owner))
            if party is None or party in taken:
                continue
            order = len(taken)
            taken.add(party)
            responsibilities.append(Responsibility(step=step, part=owner.part, order=order, **_as_field(party)))
        status = each.status if each.status != StepStatus.NOT_STARTED else ""
        if status or each.latest:
            updates.append(Update(step=step, status=status, note=each.latest, at=now, by=by.user))
    Responsibility.objects.bulk_create(responsibilities)
    Update.objects.bulk_create(updates)


def _identity(owner: Owner) -> str:
    return f"{owner.key} {words_of(owner.name)}"


def _as_field(party: Partner | Contact | Position) -> dict[str, Any]:
    return {str(party._meta.model_name): party}
