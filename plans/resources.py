"""Which columns a file of steps has: those of `plans.columns`, so that it can come in again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import Resource

from phast.exports import plain
from plans import selectors
from plans.columns import COLUMNS, SEPARATOR
from plans.enums import Part
from plans.models import Measure, Step, Update
from plans.selectors import Party

if TYPE_CHECKING:
    from tablib import Dataset

    from phast.access.actor import Actor

MOST = 10_000  # rows of a file; a coalition that has more downloads plan by plan


class StepResource(Resource):
    """Steps as rows, each with its number in its plan."""

    def get_export_fields(self, selected_fields: Any = None) -> list[Field]:
        return [Field(attribute=column.key, column_name=column.header) for column in COLUMNS]

    def export_field(self, field: Field, instance: Line, **kwargs: Any) -> Any:
        return plain(getattr(instance, field.attribute))


@dataclass(frozen=True)
class Line:
    """A step as a row of the file; the names are the keys of `plans.columns`."""

    step: Step
    number: str
    parties: list[Party]
    last: Update | None

    plan = property(lambda self: self.step.plan.title)
    title = property(lambda self: self.step.title)
    detail = property(lambda self: self.step.detail)
    resources = property(lambda self: self.step.resources)
    funding = property(lambda self: self.step.funding)
    responsible = property(lambda self: SEPARATOR.join(in_cell(party) for party in self.parties))
    due = property(lambda self: self.step.due_said)
    due_on = property(lambda self: self.step.due_on)
    repeats = property(lambda self: self.step.get_repeats_display())
    status = property(lambda self: self.step.get_status_display())
    measures = property(lambda self: SEPARATOR.join(str(measure) for measure in self.step.measures.all()))
    latest = property(lambda self: self.last and (self.last.note or self.last.get_status_display()))
    latest_on = property(lambda self: self.last and timezone.localdate(self.last.at))


def in_cell(party: Party) -> str:
    """ "Riverbend Police", or "Riverbend Police (collaborates)" for who does not lead."""
    return party.name if party.part == Part.LEAD else f"{party.name} ({party.part_label.lower()})"


def as_table(found: QuerySet, actor: Actor) -> Dataset:
    """The steps, plan by plan in reading order. Six queries for any number of them."""
    names = selectors.sees_names(actor)
    listed = list(
        found.select_related("plan").prefetch_related(
            selectors.responsibilities(), Prefetch("measures", Measure.objects.present())
        )
    )
    numbers = _numbers({step.plan_id for step in listed})
    places = {key: place for place, key in enumerate(numbers)}
    latest = Update.objects.filter(step__in=listed).order_by("step_id", "-at", "-pk").distinct("step_id")
    last = {update.step_id: update for update in latest}
    lines = [
        Line(step, numbers[step.pk], [Party.of(r, names=names) for r in step.responsibilities.all()], last.get(step.pk))
        for step in sorted(listed, key=lambda step: (step.plan.title.lower(), step.plan_id, places[step.pk]))
    ]
    table = StepResource().export(lines)
    table.title = "Steps"
    return table


def _numbers(plans: Iterable[int]) -> dict[int, str]:
    """The number of every present step of these plans, as 2.1, in reading order."""
    below: dict[tuple[int, int | None], list[int]] = {}
    rows = Step.objects.present().filter(plan__in=plans).order_by("order", "pk")
    for key, plan, parent in rows.values_list("pk", "plan", "parent"):
        below.setdefault((plan, parent), []).append(key)
    found: dict[int, str] = {}

    def count(plan: int, parent: int | None, before: str) -> None:
        for n, key in enumerate(below.get((plan, parent), []), 1):
            found[key] = f"{before}{n}"
            count(plan, key, f"{found[key]}.")

    for plan in plans:
        count(plan, None, "")
    return found
