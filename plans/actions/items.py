"""Barriers and recommendations, and what steps have in common with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from phast.audit import record
from plans.enums import Move
from plans.models import Barrier, Plan, PlanItem, Recommendation

from .plan import locked

if TYPE_CHECKING:
    from phast.access.actor import Actor


@transaction.atomic
def add_item(model: type[Barrier | Recommendation], *, plan: Plan, values: dict[str, Any], by: Actor) -> Any:
    """A barrier or a recommendation, after those there are."""
    locked(plan)
    plain, many = _split(model, values)
    item = model.objects.create(plan=plan, order=next_order(model.objects.filter(plan=plan)), **plain)
    _set_many(item, many)
    record(f"{model._meta.model_name}.added", by=by, target=item, plan=plan.pk)
    return item


@transaction.atomic
def edit_item(*, item: Barrier | Recommendation, values: dict[str, Any], version: int | None, by: Actor) -> None:
    """Changes what `values` names. Raises EditConflict when somebody saved it since `version`."""
    item.lock(version)
    plain, many = _split(type(item), values)
    for name, value in plain.items():
        setattr(item, name, value)
    item.save(update_fields=[*plain, "version"])
    _set_many(item, many)
    record(f"{item._meta.model_name}.edited", by=by, target=item, fields=sorted(values))


@transaction.atomic
def move_item(*, item: Barrier | Recommendation, to: Move, by: Actor) -> None:
    """One place up or down; nothing at the end of the list."""
    locked(item.plan)
    siblings = list(type(item).objects.present().filter(plan=item.plan_id))
    if swap(siblings, item, to):
        record(f"{item._meta.model_name}.moved", by=by, target=item, to=to)


@transaction.atomic
def remove_item(*, item: Barrier | Recommendation, by: Actor) -> None:
    """Takes it out of the plan; `restore_item` brings it back to its place."""
    if type(item).objects.filter(pk=item.pk, removed_at=None).update(removed_at=timezone.now(), removed_by=by.user):
        record(f"{item._meta.model_name}.removed", by=by, target=item)


@transaction.atomic
def restore_item(*, item: Barrier | Recommendation, by: Actor) -> None:
    """Undoes `remove_item`."""
    if type(item).objects.filter(pk=item.pk).exclude(removed_at=None).update(removed_at=None, removed_by=None):
        record(f"{item._meta.model_name}.restored", by=by, target=item)


def swap(siblings: list[Any], item: PlanItem, to: Move) -> bool:
    """Moves `item` one place among its ordered siblings and numbers them afresh. False when there is no such place.

    The caller holds the plan's lock.
    """
    at = next((n for n, other in enumerate(siblings) if other.pk == item.pk), None)
    if at is None:
        raise ValidationError("This was removed from the plan meanwhile. Reload the page to see what has changed.")
    new = at + (1 if to == Move.DOWN else -1)
    if not 0 <= new < len(siblings):
        return False
    siblings.insert(new, siblings.pop(at))
    renumber(siblings)
    return True


def renumber(siblings: list[Any]) -> None:
    """Writes 1, 2, 3… where it is not so yet."""
    changed = []
    for order, item in enumerate(siblings, 1):
        if item.order != order:
            item.order = order
            changed.append(item)
    if changed:
        type(changed[0]).objects.bulk_update(changed, ["order"])


def next_order(siblings: QuerySet) -> int:
    """The place after the last one, removed ones included."""
    return (siblings.order_by().aggregate(last=Max("order"))["last"] or 0) + 1


def _split(model: Any, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Plain values, and those that are rows of another table."""
    many = {name: value for name, value in values.items() if model._meta.get_field(name).many_to_many}
    return {name: value for name, value in values.items() if name not in many}, many


def _set_many(item: Any, many: dict[str, Any]) -> None:
    for name, found in many.items():
        getattr(item, name).set(found)
