"""Taking back what one did last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from plans.enums import StepStatus
from plans.models import Plan, PlanChange, Recommendation, Responsibility, Step, Update

from .change import changed
from .plan import locked
from .tree import Place, Tree, bring_back, insert_after, take_out
from .undo import Way, parties_of, snapshot

if TYPE_CHECKING:
    from phast.access.actor import Actor

KEEP_FOR = dt.timedelta(days=1)


class Superseded(Exception):
    """The same was changed since, or voted on."""


def last_change(*, plan: Plan, by: Actor) -> PlanChange | None:
    """The person's latest change of the plan that can be taken back: not older than a day."""
    return (
        PlanChange.objects.filter(plan=plan, by=by.user, undone_at=None, at__gt=timezone.now() - KEEP_FOR)
        .exclude(undo={})
        .order_by("-pk")
        .first()
    )


@transaction.atomic
def undo_last(*, plan: Plan, by: Actor) -> PlanChange | None:
    """Takes back the person's own latest change of the plan; returns it, or None when there is nothing to take back.

    When somebody changed the same since, nothing happens but that it can no longer be undone: `undone_at` stays None.
    """
    plan = locked(plan)
    change = last_change(plan=plan, by=by)
    if change is None:
        return None
    way, change.undo = change.undo, {}
    try:
        with transaction.atomic():
            target = _take_back(way, change, plan, by)
    except (Superseded, ValidationError):
        change.save(update_fields=["undo"])
        return change
    change.undone_at = timezone.now()
    change.save(update_fields=["undo", "undone_at"])
    changed(f"{change.verb}.undone", plan=plan, target=target or plan, by=by)
    return change


def _take_back(way: Way, change: PlanChange, plan: Plan, by: Actor) -> Any:
    if way["kind"] == "all":
        return [_take_back(each, change, plan, by) for each in reversed(way["each"])][-1]
    if way["kind"] == "remove_steps":
        _remove_steps(way["ids"], change, plan, by)
        return plan
    model: Any = apps.get_model("plans", way["item"])
    rows = model.objects.select_for_update(no_key=True)
    item = (
        rows.filter(pk=way["id"]).first()
        if model is Plan
        else rows.filter(pk=way["id"], **_inside(model, plan)).first()
    )
    if item is None:
        raise Superseded
    KINDS[way["kind"]](item, way, change, by)
    return item


def _inside(model: Any, plan: Plan) -> Way:
    """Only what belongs to the plan, by the path on which it names its coalition."""
    return {model.coalition_path.removesuffix("__coalition"): plan}


def _remove(item: Any, way: Way, change: PlanChange, by: Actor) -> None:
    keys = [item.pk]
    if isinstance(item, Step):
        tree = Tree(item.plan)
        keys = tree.below(item.pk)
    _refuse_if_superseded(way["item"], keys, change, by)
    if isinstance(item, Step):
        take_out(tree, item.pk, by=by)
    elif hasattr(item, "removed_at"):
        if item.removed_at is not None or _has_votes(item):
            raise Superseded
        item.removed_at, item.removed_by = timezone.now(), by.user
        item.save(update_fields=["removed_at", "removed_by"])
    else:
        type(item).objects.filter(pk=item.pk).delete()  # the item keeps its key, for the record of it


def _has_votes(item: Any) -> bool:
    """Whoever voted on it would lose that: taking it out is then for "Remove", which can be taken back."""
    return isinstance(item, Recommendation) and item.votes.exists()


def _remove_steps(ids: list[int], change: PlanChange, plan: Plan, by: Actor) -> None:
    under: dict[int | None, list[int]] = {}
    steps = Tree(plan).steps
    for step in steps.values():
        under.setdefault(step.parent_id, []).append(step.pk)
    keys = [key for key in ids if key in steps]
    for key in keys:  # grows while it is read
        keys.extend(under.get(key, []))
    _refuse_if_superseded("step", keys, change, by)
    Step.objects.filter(pk__in=keys).update(removed_at=timezone.now(), removed_by=by.user)


def _refuse_if_superseded(item: str, keys: list[int], change: PlanChange, by: Actor) -> None:
    """What is to be removed has to be there, and nobody else may have changed it since."""
    theirs = PlanChange.objects.filter(
        plan=change.plan_id, item=item, item_id__in=keys, pk__gt=change.pk, undone_at=None
    )
    if not keys or theirs.exclude(by=by.user).exists():
        raise Superseded


def _restore(item: Any, way: Way, change: PlanChange, by: Actor) -> None:
    if item.removed_at is None:
        raise Superseded
    if isinstance(item, Step):
        bring_back(Tree(item.plan), item)
    else:
        item.removed_at, item.removed_by = None, None
        item.save(update_fields=["removed_at", "removed_by"])


def _values(item: Any, way: Way, change: PlanChange, by: Actor) -> None:
    if snapshot(item, way["new"]) != way["new"]:
        raise Superseded
    written = []
    for name, value in way["old"].items():
        field = item._meta.get_field(name)
        if field.many_to_many:
            getattr(item, name).set(field.related_model.objects.filter(pk__in=value))
            continue
        gone = field.is_relation and not field.related_model.objects.filter(pk=value).exists()
        setattr(item, field.attname, None if gone else field.to_python(value))
        written.append(name)
    if hasattr(item, "version"):
        item.version += 1  # whoever has it open is told
        written.append("version")
    item.save(update_fields=written)


def _place(item: Any, way: Way, change: PlanChange, by: Actor) -> None:
    later = PlanChange.objects.filter(
        plan=change.plan_id, verb=change.verb, item_id=item.pk, pk__gt=change.pk, undone_at=None
    )
    if later.exclude(by=by.user).exists() or getattr(item, "parent_id", None) != way["now"] or item.removed_at:
        raise Superseded
    if isinstance(item, Step):
        Tree(item.plan).put(item.pk, Place(way["parent"], way["after"]))
    else:
        siblings = list(type(item).objects.present().filter(plan=item.plan_id).exclude(pk=item.pk))
        insert_after(siblings, item, way["after"])


def _parties(step: Step, way: Way, change: PlanChange, by: Actor) -> None:
    if parties_of(step) != way["new"]:
        raise Superseded
    Responsibility.objects.filter(step=step).delete()
    for party in way["old"]:
        name, key = next((name, key) for name, key in party.items() if name.endswith("_id") and key)
        related: Any = Responsibility._meta.get_field(name.removesuffix("_id")).related_model
        if related.objects.filter(pk=key).exists():
            Responsibility.objects.create(step=step, **party)


def _status(step: Step, way: Way, change: PlanChange, by: Actor) -> None:
    if step.status != way["new"] or step.removed_at:
        raise Superseded
    step.status = StepStatus(way["old"])
    step.finished_at = dt.datetime.fromisoformat(way["finished_at"]) if way["finished_at"] else None
    step.finished_by_id = way["finished_by"]
    step.save(update_fields=["status", "finished_at", "finished_by"])
    Update.objects.create(step=step, status=step.status, at=timezone.now(), by=by.user)


KINDS: dict[str, Callable[[Any, Way, PlanChange, Actor], None]] = {
    "remove": _remove,
    "restore": _restore,
    "values": _values,
    "place": _place,
    "parties": _parties,
    "status": _status,
}
