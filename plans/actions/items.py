"""Barriers, recommendations, and what partners may adopt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from plans.enums import Move
from plans.models import Barrier, Intervention, Measure, Plan, Recommendation

from . import undo
from .change import changed
from .plan import locked
from .tree import insert_after

if TYPE_CHECKING:
    from phast.access.actor import Actor

Item = Barrier | Recommendation | Intervention | Measure
GONE = "This was removed from the plan meanwhile. Reload the page to see what has changed."


@transaction.atomic
def add_item(model: type[Item], *, plan: Plan, values: dict[str, Any], by: Actor) -> Any:
    """A barrier or a recommendation, after those there are."""
    locked(plan)
    plain, many = split(model, values)
    item = model.objects.create(plan=plan, order=next_order(model.objects.filter(plan=plan)), **plain)
    set_many(item, many)
    changed(f"{model._meta.model_name}.added", plan=plan, target=item, by=by, undo=undo.removing(item))
    return item


@transaction.atomic
def edit_item(*, item: Item, values: dict[str, Any], version: int | None, by: Actor) -> None:
    """Changes what `values` names. Raises EditConflict when somebody saved it since `version`."""
    item.lock(version)
    was = undo.snapshot(type(item).objects.get(pk=item.pk), values)
    plain, many = split(type(item), values)
    for name, value in plain.items():
        setattr(item, name, value)
    item.save(update_fields=[*plain, "version"])
    set_many(item, many)
    changed(
        f"{item._meta.model_name}.edited",
        plan=item.plan_id,
        target=item,
        by=by,
        undo=undo.values(item, was),
        fields=sorted(values),
    )


@transaction.atomic
def move_item(*, item: Item, to: Move, by: Actor) -> None:
    """One place up or down; nothing at the end of the list. Raises ValidationError when the item is gone."""
    locked(item.plan)
    keys = _present(item)
    at = keys.index(item.pk)
    if to == Move.UP and at > 0:
        _place(item, keys[at - 2] if at > 1 else None, by=by)
    elif to == Move.DOWN and at + 1 < len(keys):
        _place(item, keys[at + 1], by=by)


@transaction.atomic
def place_item(*, item: Item, after: int | None, by: Actor) -> None:
    """Puts the item behind the one with the key `after`, or first. Raises ValidationError when the item is gone."""
    locked(item.plan)
    _place(item, after, by=by)


def _place(item: Item, after: int | None, *, by: Actor) -> None:
    keys = _present(item)
    at = keys.index(item.pk)
    was = keys[at - 1] if at else None
    if after in (was, item.pk):
        return
    siblings = list(type(item).objects.present().filter(plan=item.plan_id).exclude(pk=item.pk))
    item.refresh_from_db(fields=["order"])
    insert_after(siblings, item, after)
    changed(
        f"{item._meta.model_name}.moved",
        plan=item.plan_id,
        target=item,
        by=by,
        undo=undo.placing(item, parent=None, after=was),
    )


def _present(item: Item) -> list[int]:
    """The keys of the item's siblings and itself, in their order."""
    keys = list(type(item).objects.present().filter(plan=item.plan_id).values_list("pk", flat=True))
    if item.pk not in keys:
        raise ValidationError(GONE)
    return keys


@transaction.atomic
def remove_item(*, item: Item, by: Actor) -> None:
    """Takes it out of the plan; `restore_item` brings it back to its place."""
    locked(item.plan)
    if type(item).objects.filter(pk=item.pk, removed_at=None).update(removed_at=timezone.now(), removed_by=by.user):
        name = item._meta.model_name
        changed(f"{name}.removed", plan=item.plan_id, target=item, by=by, undo=undo.restoring(item))


@transaction.atomic
def restore_item(*, item: Item, by: Actor) -> None:
    """Undoes `remove_item`."""
    locked(item.plan)
    if type(item).objects.filter(pk=item.pk).exclude(removed_at=None).update(removed_at=None, removed_by=None):
        name = item._meta.model_name
        changed(f"{name}.restored", plan=item.plan_id, target=item, by=by, undo=undo.removing(item))


def next_order(siblings: QuerySet) -> int:
    """The place after the last one, removed ones included."""
    return (siblings.order_by().aggregate(last=Max("order"))["last"] or 0) + 1


def split(model: Any, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Plain values, and those that are rows of another table."""
    many = {name: value for name, value in values.items() if model._meta.get_field(name).many_to_many}
    return {name: value for name, value in values.items() if name not in many}, many


def set_many(item: Any, many: dict[str, Any]) -> None:
    """Writes the rows of other tables that `split` set aside."""
    for name, found in many.items():
        getattr(item, name).set(found)
