"""What a program counts: people trained, and its quarters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from deflection.days import refuse_unlikely
from deflection.models import Audience, Evidence, Program, QuarterCounts, Topic, TrainingCount
from deflection.models.indicator import FIGURES
from phast.audit import record
from phast.constraints import readable
from phast.ui.templatetags.ui import local_date

from .settling import locked

if TYPE_CHECKING:
    from coalitions.models import Partner
    from phast.access.actor import Actor

NO_TOPIC = "Choose what the training was about."
NOT_YET = "This day has not come yet. Count people once they were trained."
QUARTER_RUNS = "This quarter is not over yet. Enter its counts afterwards."


class LooksAlike(Exception):
    """The program has a training like this one: `existing`. Perhaps it is a second one, perhaps the same sent twice."""

    def __init__(self, existing: TrainingCount) -> None:
        super().__init__(f"{existing} is recorded already.")
        self.existing = existing


@transaction.atomic
def count_training(
    *,
    program: Program,
    held_on: dt.date,
    audience: Audience,
    people: int,
    topics: Iterable[Topic],
    partner: Partner | None = None,
    confirmed: bool = False,
    by: Actor,
) -> TrainingCount:
    """People of an audience trained on a day. Raises ValidationError without a topic, for a day to come and for an implausible count;
    LooksAlike when the program has one that is the same in all of it, unless `confirmed`."""
    chosen = list(topics)
    if not chosen:
        raise ValidationError({"topics": NO_TOPIC})
    if held_on > by.coalition.today():
        raise ValidationError({"held_on": NOT_YET})
    refuse_unlikely({"held_on": held_on}, by.coalition.today())
    locked(program)  # of two that were sent at the same moment, the second sees the first
    same = TrainingCount.objects.filter(
        program=program, held_on=held_on, audience=audience, people=people, partner=partner
    )
    alike = [one for one in same.prefetch_related("topics") if set(one.topics.all()) == set(chosen)]
    if alike and not confirmed:
        raise LooksAlike(alike[0])
    row = TrainingCount(
        program=program, held_on=held_on, audience=audience, people=people, partner=partner, created_by=by.user
    )
    with readable():
        row.save()
    row.topics.set(chosen)
    record("training.counted", by=by, target=row, program=program.pk, people=people)
    return row


@transaction.atomic
def delete_training(*, training: TrainingCount, by: Actor) -> int:
    """Takes out one that was entered by mistake, and with it where it stood as evidence: in how many places."""
    evidence = Evidence.objects.filter(training=training).count()
    record("training.deleted", by=by, target=training, program=training.program_id, people=training.people)
    training.delete()
    return evidence


@transaction.atomic
def save_quarter(
    *, program: Program, from_on: dt.date, values: Mapping[str, int | None], version: int | None, by: Actor
) -> QuarterCounts:
    """The program's counts of a quarter that is over; a figure that is None is not recorded, which is not zero.

    `version`: None when the form was opened for a quarter without counts. Raises EditConflict when somebody saved them since,
    ValidationError for a quarter that still runs or was over before the program began, for counts there are already, and for an
    implausible count.
    """
    if _next_quarter(from_on) > by.coalition.today():
        raise ValidationError(QUARTER_RUNS)
    row = QuarterCounts.objects.filter(program=program, from_on=from_on).first() if version is not None else None
    if row is None and program.starts_on and _next_quarter(from_on) <= program.starts_on:
        raise ValidationError(
            f"The program began on {local_date(program.starts_on)}, after this quarter. Look at its start."
        )
    if row is None:
        row = QuarterCounts(program=program, from_on=from_on)
    else:
        row.lock(version)
    for name in FIGURES:
        if name in values:
            setattr(row, name, values[name])
    row.saved_at, row.saved_by = timezone.now(), by.user
    with readable():
        row.save()
    record("quarter.saved", by=by, target=row, program=program.pk)
    return row


def _next_quarter(from_on: dt.date) -> dt.date:
    return (from_on.replace(day=1) + dt.timedelta(days=95)).replace(day=1)
