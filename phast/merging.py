"""When a record turns out to be another one: which rows that point to it follow, and which stay where they are.

Every app says so for its own relations, through `offers.register_merging`; a test walks the models, so that none is left undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from phast import offers

if TYPE_CHECKING:
    from phast.access.actor import Actor


@dataclass(frozen=True)
class Follows:
    """Rows that point to the record that is gone point to the one that is kept from now on.

    `field`: "app.Model.field". Where both records have a row and only one may be, `fill(kept_row, gone_row)` takes from the second
    what the first lacks, and the second is deleted; with `or_stays` it stays as it is. `tell(keys, by)`: called before rows move.
    """

    field: str
    fill: Callable[[Any, Any], None] | None = None
    or_stays: bool = False
    tell: Callable[[list[int], Actor], None] | None = None


@dataclass(frozen=True)
class Stays:
    """Rows that go on pointing to the record that is gone, and why."""

    field: str
    why: str


def rules_for(model: type[models.Model]) -> list[Follows]:
    """What follows a record of this model."""
    found = [rule for rule in offers.merging.values() if isinstance(rule, Follows)]
    return [rule for rule in found if _field(rule.field).related_model is model]


def move(*, gone: models.Model, kept: models.Model, by: Actor) -> dict[str, list[int]]:
    """Lets follow what follows; answers which rows did, as `move_back` takes them. In the caller's transaction."""
    moved = {rule.field: _move(rule, gone, kept, by) for rule in rules_for(type(gone))}
    return {field: keys for field, keys in moved.items() if keys}


def move_back(moved: Mapping[str, list[int]], *, gone: models.Model, kept: models.Model, by: Actor) -> None:
    """Lets rows that followed go back, as far as they still point to the kept record. What was put together stays together."""
    for rule in rules_for(type(gone)):
        if keys := moved.get(rule.field):
            rows, name = _rows(rule.field)
            still = list(rows.filter(pk__in=keys, **{name: kept.pk}).values_list("pk", flat=True))
            if rule.tell and still:
                rule.tell(still, by)
            rows.filter(pk__in=still).update(**{name: gone.pk})


def fill_empty(*names: str) -> Callable[[Any, Any], None]:
    """For `Follows.fill`: takes over the values that the kept row does not have."""

    def fill(kept: Any, gone: Any) -> None:
        lacks = [name for name in names if getattr(kept, name) in (None, "")]
        for name in lacks:
            setattr(kept, name, getattr(gone, name))
        if lacks:
            kept.save(update_fields=lacks)

    return fill


def _move(rule: Follows, gone: models.Model, kept: models.Model, by: Actor) -> list[int]:
    rows, name = _rows(rule.field)
    theirs = list(rows.select_for_update(of=("self",)).filter(**{name: gone.pk}).order_by("pk"))
    if rule.tell and theirs:
        rule.tell([row.pk for row in theirs], by)
    moved = []
    for row in theirs:
        twin = _twin(row, name, kept)
        if twin is None:
            moved.append(row.pk)
        elif not rule.or_stays:
            if rule.fill:
                rule.fill(twin, row)
            row.delete()
    rows.filter(pk__in=moved).update(**{name: kept.pk})
    return moved


def _twin(row: models.Model, name: str, kept: models.Model) -> models.Model | None:
    """The kept record's row beside which this one may not be."""
    for others in _unique_with(type(row), name):
        same = {other: getattr(row, other) for other in others}
        if None not in same.values():
            twin = type(row)._base_manager.filter(**same, **{name: kept.pk}).first()
            if twin is not None:
                return twin
    return None


def _unique_with(model: type[models.Model], name: str) -> Iterable[list[str]]:
    """The fields that are unique together with this one: of each constraint the others."""
    together: list[Iterable[str]] = [*model._meta.unique_together]
    together += [one.fields for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    field = model._meta.get_field(name)
    if getattr(field, "unique", False):
        together.append([name])
    for names in together:
        if name in names:
            yield [model._meta.get_field(other).attname for other in names if other != name]


def _rows(path: str) -> tuple[models.QuerySet, str]:
    """The rows that hold the relation, and the name of the field there; of a many-to-many relation those of its table."""
    field = _field(path)
    if not field.many_to_many:
        return field.model._base_manager.all(), field.name
    return field.remote_field.through._base_manager.all(), field.m2m_reverse_field_name()


def _field(path: str) -> Any:
    label, _, name = path.rpartition(".")
    return apps.get_model(label)._meta.get_field(name)
