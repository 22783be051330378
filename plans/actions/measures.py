"""What was measured: values with their day. The measure itself is added, edited, removed and brought back as any item of a plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from phast.charts import figure
from plans.models import Measure, MeasureValue

from . import undo
from .change import changed

if TYPE_CHECKING:
    from phast.access.actor import Actor

NOT_BY_HAND = "The values of this measure come from the portal itself."


@transaction.atomic
def add_value(*, measure: Measure, on: dt.date, value: Decimal, note: str = "", by: Actor) -> MeasureValue:
    """What the measure was on a day. Raises ValidationError when that day has a value, when the day is still to come, or when nobody
    enters values of this measure."""
    measure = _locked(measure)
    _check(measure, on, by)
    made = MeasureValue.objects.create(measure=measure, on=on, value=value, note=note, by=by.user)
    changed("measurevalue.added", plan=measure.plan_id, target=made, by=by, undo=undo.removing(made))
    return made


@transaction.atomic
def correct_value(
    *, value: MeasureValue, on: dt.date, number: Decimal, note: str, was: Decimal | None = None, by: Actor
) -> None:
    """Changes a value, its day or its note. `was`: the number that the person corrects.

    Raises ValidationError as `add_value` does, and when somebody corrected it to another number meanwhile.
    """
    measure = _locked(value.measure)
    current = MeasureValue.objects.filter(pk=value.pk).first()
    if current is None:
        raise ValidationError("Somebody deleted this value meanwhile. Add it again if it should be there.")
    if was is not None and current.value not in (was, number):
        raise ValidationError(
            {"value": f"Somebody changed this to {figure(current.value)} meanwhile. Save again to keep yours."}
        )
    _check(measure, on, by, but=current)
    before = undo.snapshot(current, ("on", "value", "note"))
    current.on, current.value, current.note, current.by = on, number, note, by.user
    current.save(update_fields=["on", "value", "note", "by"])
    changed("measurevalue.corrected", plan=measure.plan_id, target=current, by=by, undo=undo.values(current, before))


@transaction.atomic
def delete_value(*, value: MeasureValue, by: Actor) -> None:
    """Takes a value away that should not be there; its history keeps it. Again changes nothing."""
    measure = _locked(value.measure)
    current = MeasureValue.objects.filter(pk=value.pk).first()
    if current is not None:
        changed("measurevalue.deleted", plan=measure.plan_id, target=current, by=by)
        current.delete()


def _locked(measure: Measure) -> Measure:
    """Values of one measure come one after the other, so that a day has one."""
    return Measure.objects.select_for_update(no_key=True).get(pk=measure.pk)


def _check(measure: Measure, on: dt.date, by: Actor, but: MeasureValue | None = None) -> None:
    if measure.source:
        raise ValidationError(NOT_BY_HAND)
    if on > by.coalition.today():
        raise ValidationError({"on": "This day is still to come. Enter a value once it is measured."})
    there = measure.values.filter(on=on).exclude(pk=but.pk) if but else measure.values.filter(on=on)
    if there.exists():
        raise ValidationError({"on": "There is a value for this day. Correct that one, or choose another day."})
