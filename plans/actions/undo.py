"""How a change can be taken back (`plans.actions.undoing` does it).

What an action hands to `changed(undo=…)` is one of these plain values, each naming an `item` (`step`) and its `id`:
- `remove`: take it out of the plan; it was added. `restore`: bring it back; it was removed.
- `remove_steps`: the same for steps that came in together (`ids`), with what stands below them.
- `values`: fields get their `old` values, if they still are as `new` says.
- `place`: back under `parent`, behind `after`, if it still is under `now`.
- `parties`: a step's responsibilities as in `old`, if they still are as `new` says.
- `status`: a step's `old` status, as a new update, if it still is `new`.
- `all`: every one of `each`, or none of them.
What somebody else changed since stays as they left it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from plans.models import Responsibility, Step

if TYPE_CHECKING:
    from django.db.models import Model

Way = dict[str, Any]


def removing(item: Model) -> Way:
    return _way("remove", item)


def removing_steps(steps: Iterable[Step]) -> Way:
    """At once, however many they are. `steps`: the topmost."""
    return {"kind": "remove_steps", "ids": [step.pk for step in steps]}


def restoring(item: Model) -> Way:
    return _way("restore", item)


def values(item: Model, was: Way) -> Way | None:
    """`was`: a `snapshot` from before. None when nothing changed."""
    now = snapshot(item, was)
    new = {name: value for name, value in now.items() if value != was[name]}
    return _way("values", item, old={name: was[name] for name in new}, new=new) if new else None


def placing(item: Model, *, parent: int | None, after: int | None) -> Way:
    """`parent` and `after`: where it stood. A barrier or recommendation has no parent."""
    return _way("place", item, parent=parent, after=after, now=getattr(item, "parent_id", None))


def parties(step: Step, was: list[Way]) -> Way | None:
    """`was`: `parties_of` the step from before. None when nothing changed."""
    now = parties_of(step)
    return _way("parties", step, old=was, new=now) if now != was else None


def status(step: Step, was: Step) -> Way | None:
    """`was`: the step from before. None when the status stayed."""
    if step.status == was.status:
        return None
    finished = was.finished_at.isoformat() if was.finished_at else None
    return _way("status", step, old=was.status, new=step.status, finished_at=finished, finished_by=was.finished_by_id)


def all_of(ways: Iterable[Way | None]) -> Way | None:
    """For changes that belong together. None when none of them can be undone."""
    each = [way for way in ways if way]
    return {"kind": "all", "each": each} if each else None


def snapshot(item: Any, names: Iterable[str]) -> Way:
    """The fields' values as JSON has them; rows of other tables as their sorted keys."""
    found: Way = {}
    for name in names:
        field = item._meta.get_field(name)
        if field.many_to_many:
            found[name] = sorted(getattr(item, name).values_list("pk", flat=True)) if item.pk else []
        else:
            value = field.value_from_object(item)
            found[name] = str(value) if isinstance(value, dt.date | Decimal) else value
    return found


def parties_of(step: Step) -> list[Way]:
    """A step's responsibilities, in their order."""
    names = ("partner_id", "contact_id", "position_id", "part", "order")
    return list(Responsibility.objects.filter(step=step).order_by("order", "pk").values(*names))


def _way(kind: str, item: Model, **more: Any) -> Way:
    return {"kind": kind, "item": item._meta.model_name, "id": item.pk} | more
