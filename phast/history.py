"""What became of a record: the rows that django-pghistory kept of it, as sentences people can read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from phast.ui.templatetags.ui import local_date, local_time

LONGEST = 200  # changes


@dataclass(frozen=True)
class Change:
    """A field that somebody changed: what it is called, what it held before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Moment:
    """A save: when, by whom (empty: the portal itself), and what changed; the first one has no changes, it is the beginning."""

    at: dt.datetime
    who: str
    changes: list[Change]


@dataclass(frozen=True)
class Parts:
    """Rows that belong to a record and are saved with it: what one is called, their tracked model, its field that names the record, and
    what one says, in words."""

    label: str
    model: Any
    of: str
    words: Callable[[Any], str]


def history(row: models.Model, *, without: Collection[str] = (), parts: Parts | None = None) -> list[Moment]:
    """The saves of a tracked row, the latest first, at most `LONGEST`. `without`: fields that tell the reader nothing, or too much;
    `parts`: rows that belong to it, each told as a whole beside what was saved with it.

    Values that are rows of other tables are called by their present names. Three queries, one for each table referred to, and one for
    the parts.
    """
    events = list(row.events.select_related("pgh_context").order_by("pk"))[-LONGEST:]  # type: ignore[attr-defined]  # made by pghistory
    fields = [
        field
        for field in row._meta.concrete_fields
        if field.name not in {"id", "version", "coalition", *without}
        and hasattr(events[-1] if events else row, field.attname)
    ]
    names = _names(fields, events)
    saves = [
        (event, list(_changes(fields, events[n - 1], event, names)) if n else []) for n, event in enumerate(events)
    ]
    if parts:
        saves = _with_parts(saves, row, parts)
    people = _people([event for event, _ in saves])
    moments = [
        Moment(event.pgh_created_at, people.get(_user_of(event), ""), changes)
        for n, (event, changes) in enumerate(saves)
        if n == 0 or changes
    ]
    return moments[::-1]


def _with_parts(saves: list[Any], row: models.Model, parts: Parts) -> list[Any]:
    """The saves with those of the parts, each where it was saved together with the row. What the row began with is no change."""
    of_row = parts.model.pgh_event_model.objects.filter(**{parts.of: row.pk})
    events = list(of_row.select_related("pgh_context").order_by("pk"))[-LONGEST:]
    together = {_occasion(event): changes for event, changes in saves if event.pgh_context_id}
    begun = _occasion(saves[0][0]) if saves else None
    said: dict[Any, str] = {}
    alone = []
    for event in events:
        before, after = said.get(event.pgh_obj_id, ""), "" if event.pgh_label == "delete" else parts.words(event)
        said[event.pgh_obj_id] = after
        if before == after or (not before and _occasion(event) == begun):
            continue
        change = Change(parts.label, before or "nothing", after or "nothing")
        if _occasion(event) in together:
            together[_occasion(event)].append(change)
        else:
            alone.append((event, [change]))
    first, *others = saves or [None]
    return [first, *sorted([*others, *alone], key=lambda save: save[0].pgh_created_at)] if first else []


def _occasion(event: Any) -> tuple[Any, dt.datetime]:
    """The same for what was saved together."""
    return event.pgh_context_id, event.pgh_created_at


def _changes(fields: list[Any], before: Any, after: Any, names: dict[Any, dict[Any, str]]) -> Any:
    for field in fields:
        was, now = getattr(before, field.attname), getattr(after, field.attname)
        if was != now:
            label = str(field.verbose_name)
            yield Change(label[:1].upper() + label[1:], _words(field, was, names), _words(field, now, names))


def _words(field: Any, value: Any, names: dict[Any, dict[Any, str]]) -> str:
    if value is None or value == "":
        return "nothing"
    if field.is_relation:
        return names.get(field, {}).get(value, "something that is gone")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return local_time(value)
    if isinstance(value, dt.date):
        return local_date(value)
    return "a file" if isinstance(field, models.FileField) else str(value)


def _names(fields: list[Any], events: list[Any]) -> dict[Any, dict[Any, str]]:
    """For each field that refers to another table: what the rows are called that it ever referred to."""
    found = {}
    for field in fields:
        if field.is_relation and (keys := {getattr(event, field.attname) for event in events} - {None}):
            rows = field.related_model._base_manager.filter(pk__in=keys)
            found[field] = {row.pk: str(row) for row in rows}
    return found


def _user_of(event: Any) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def _people(events: list[Any]) -> dict[int | None, str]:
    keys = {_user_of(event) for event in events} - {None}
    return {user.pk: str(user) for user in get_user_model()._default_manager.filter(pk__in=keys)} if keys else {}
