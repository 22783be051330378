"""Programs: who leads them, which models they follow, who reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from deflection.days import refuse_unlikely
from deflection.enums import REPORT
from deflection.models import Activity, DeflectionModel, Program, ProgramActivity
from deflection.selectors import seen_of
from phast.audit import record
from phast.constraints import readable
from phast.personal import refuse_personal
from phast.reports.actions import take_back_released, take_back_summaries
from phast.versions import EditConflict

from .settling import locked, settle

if TYPE_CHECKING:
    from coalitions.models import Contact, Partner, Position
    from phast.access.actor import Actor

NO_MODEL = "Choose at least one model."
NOT_OVER = "This day has not come yet. End the program once it is over."
MANY = ("agencies",)


@transaction.atomic
def create_program(
    *,
    name: str,
    lead: Partner,
    models: Iterable[DeflectionModel],
    agencies: Iterable[Partner] = (),
    starts_on: dt.date | None = None,
    coordinator: Contact | Position | None = None,
    assessed_by: Partner | None = None,
    assessed_by_said: str = "",
    by: Actor,
) -> Program:
    """A program with the checklist of its models. Raises ValidationError without a model, when the name is taken, or for a day that
    cannot be right."""
    _refuse_personal({"name": name, "assessed_by_said": assessed_by_said})
    refuse_unlikely({"starts_on": starts_on}, by.coalition.today())
    program = Program(
        coalition=by.coalition,
        name=name,
        lead=lead,
        starts_on=starts_on,
        assessed_by=assessed_by,
        assessed_by_said=assessed_by_said,
        created_by=by.user,
    )
    if coordinator is not None:
        setattr(program, str(coordinator._meta.model_name), coordinator)
    with readable():
        program.save()
    program.agencies.set(agencies)
    chosen = _follow(program, models, by=by)
    record("program.created", by=by, target=program, models=chosen)
    return program


@transaction.atomic
def edit_program(*, program: Program, values: Mapping[str, Any], version: int | None, by: Actor) -> Program:
    """Changes what `values` names, `agencies` among them; its models with `set_models`. Raises EditConflict when somebody saved it since
    `version`, ValidationError when the name is taken or what it says does not fit together."""
    _refuse_personal(values)
    refuse_unlikely(values, by.coalition.today(), held=program)
    if values.get("ended_on") and values["ended_on"] > by.coalition.today():
        raise ValidationError({"ended_on": NOT_OVER})
    program.lock(version)
    plain = {name: value for name, value in values.items() if name not in MANY}
    for name, value in plain.items():
        setattr(program, name, value)
    with readable():
        program.save(update_fields=[*plain, "version"])
    for name in set(values) & set(MANY):
        getattr(program, name).set(values[name])
    record("program.edited", by=by, target=program, fields=sorted(values))
    return program


@transaction.atomic
def set_models(
    *, program: Program, models: Iterable[DeflectionModel], version: int | None, seen: str | None = None, by: Actor
) -> Program:
    """The program follows these models from now on. What it said stays: of work it has already nothing is asked again.

    `seen`: what `seen_of` told when the person was shown what would change; None for somebody who was shown nothing. Raises
    ValidationError without a model, EditConflict when somebody saved the program since `version`, or an activity stands elsewhere than
    was seen.
    """
    now = locked(program)
    if seen is not None and seen != seen_of(now):
        raise EditConflict(now)
    program.lock(version)
    program.save(update_fields=["version"])
    chosen = _follow(program, models, by=by)
    record("program.models_set", by=by, target=program, models=chosen)
    return program


@transaction.atomic
def share_program(*, program: Program, shared: bool, by: Actor) -> Program:
    """Lets observers read it, or no longer, nor the PDFs that were drawn for them. Doing so twice changes nothing."""
    program = locked(program)
    since = program.shared_at
    if (since is not None) != shared:
        program.shared_at, program.shared_by = (timezone.now(), by.user) if shared else (None, None)
        program.save(update_fields=["shared_at", "shared_by"])
        if since is not None:
            take_back_released(kind=REPORT, parameters={"program": program.pk}, coalition=by.coalition)
            take_back_summaries(since=since, coalition=by.coalition)
        record("program.shared" if shared else "program.unshared", by=by, target=program)
    return program


@transaction.atomic
def complete_programs() -> int:
    """Gives every program the activities that its models got since. Answers how many were missing."""
    programs = Program.objects.order_by("pk").select_for_update(no_key=True, of=("self",))
    return sum(_add_missing(program) for program in programs)


def _refuse_personal(values: Mapping[str, Any]) -> None:
    """A program may bear somebody's name; nothing else about a person stands in what is said of it."""
    for name in ("name", "assessed_by_said"):
        try:
            refuse_personal(values.get(name) or "", names=name != "name")
        except ValidationError as found:
            raise ValidationError({name: found.messages}) from found


def _follow(program: Program, models: Iterable[DeflectionModel], *, by: Actor) -> list[str]:
    chosen = sorted({model.pk for model in models})
    if not chosen:
        raise ValidationError({"models": NO_MODEL})
    locked(program)
    program.follows.set(DeflectionModel.objects.filter(pk__in=chosen))
    _add_missing(program)
    settle(program, by=by)
    return chosen


def _add_missing(program: Program) -> int:
    asked = Activity.objects.filter(items__model__in=program.follows.all()).distinct()
    there = ProgramActivity.objects.filter(program=program, activity__isnull=False).values("activity")
    made = [ProgramActivity(program=program, activity=activity) for activity in asked.exclude(pk__in=there)]
    return len(ProgramActivity.objects.bulk_create(made))
