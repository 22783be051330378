"""Many entries of the directory at once, as a list brings them in and takes them back: few statements for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from deflection.models import Resource, ResourceSite
from deflection.unverified import NO_LONGER, loses_verified
from phast.audit import record_each
from phast.constraints import readable

from .resources import NO_CATEGORY, refuse_about_a_person

if TYPE_CHECKING:
    from phast.access.actor import Actor

AT_ONCE = 100  # rows of an update; with more, looking each one up takes longer than another statement


@dataclass
class Entry:
    """What an entry says from now on. `resource`: it, not saved yet where it is new; `values`: what of it changes; `kinds`: the keys of
    all its kinds of help; `sites`: all its sites, as `edit_resource` takes them, None where they stay; `verified_on`: the day somebody
    made sure of it, None where nobody did: then that stays, or goes as `loses_verified` says."""

    resource: Resource
    values: Mapping[str, Any] = field(default_factory=dict)
    kinds: frozenset[str] | None = None
    sites: Sequence[Mapping[str, Any]] | None = None
    verified_on: dt.date | None = None

    @property
    def loses_verified(self) -> bool:
        """Whether it is verified no longer once it is written."""
        is_said = self.verified_on is not None or "verified_on" in self.values
        return not is_said and loses_verified(self.resource, self.values, self.sites)


@transaction.atomic
def write_resources(*, entries: Sequence[Entry], by: Actor) -> None:
    """Adds the new ones and changes the others. The caller holds the rows of these, and has read in them what they say now.

    Raises ValidationError without a category, when a name is taken, or for a text that looks as if it were about a person: then nothing
    is written.
    """
    for entry in entries:
        refuse_about_a_person(entry.values)
        if entry.kinds is not None and not entry.kinds:
            raise ValidationError({"categories": NO_CATEGORY})
    new = [entry for entry in entries if entry.resource.pk is None]
    there = [entry for entry in entries if entry.resource.pk is not None]
    for entry in entries:
        _say(entry, by)
    with readable():
        Resource.objects.bulk_create([entry.resource for entry in new])
        for entry in there:
            entry.resource.version += 1
        changed = {"version"}.union(*map(_said, there))
        Resource.objects.bulk_update([entry.resource for entry in there], sorted(changed), batch_size=AT_ONCE)
        _write_kinds([entry for entry in entries if entry.kinds is not None])
        _write_sites([entry for entry in entries if entry.sites is not None])
    record_each("resource.added", by=by, of=[(entry.resource, {"sites": len(entry.sites or ())}) for entry in new])
    edited = [entry for entry in there if entry.values or entry.kinds is not None or entry.sites is not None]
    record_each("resource.edited", by=by, of=[(entry.resource, {"fields": _fields(entry)}) for entry in edited])
    verified = [entry for entry in entries if entry.verified_on]
    record_each("resource.verified", by=by, of=[(entry.resource, {"on": entry.verified_on}) for entry in verified])


@transaction.atomic
def remove_resources(*, resources: Iterable[Resource], by: Actor) -> None:
    """Takes them out of the directory. The caller holds the rows."""
    rows = list(resources)
    now = timezone.now()
    for row in rows:
        row.removed_at, row.removed_by, row.version = now, by.user, row.version + 1
    Resource.objects.bulk_update(rows, ["removed_at", "removed_by", "version"], batch_size=AT_ONCE)
    record_each("resource.removed", by=by, of=[(row, {}) for row in rows])


def _say(entry: Entry, by: Actor) -> None:
    if entry.loses_verified:
        entry.values = {**entry.values, **NO_LONGER}
    for name, value in entry.values.items():
        setattr(entry.resource, name, value)
    if entry.verified_on is not None:
        entry.resource.verified_on, entry.resource.verified_by = entry.verified_on, by.user


def _said(entry: Entry) -> list[str]:
    return [*entry.values, *(["verified_on", "verified_by"] if entry.verified_on is not None else [])]


def _fields(entry: Entry) -> list[str]:
    more = {"categories": entry.kinds, "sites": entry.sites}
    return sorted([*entry.values, *(name for name, said in more.items() if said is not None)])


def _write_kinds(entries: Sequence[Entry]) -> None:
    through = Resource.categories.through
    rows = through.objects.filter(resource__in=[entry.resource.pk for entry in entries])
    there = {(row.resource_id, row.resourcecategory_id): row.pk for row in rows}
    wanted = {(entry.resource.pk, key) for entry in entries for key in entry.kinds or ()}
    rows.filter(pk__in=[pk for pair, pk in there.items() if pair not in wanted]).delete()
    through.objects.bulk_create(
        [through(resource_id=pk, resourcecategory_id=key) for pk, key in sorted(wanted - there.keys())]
    )


def _write_sites(entries: Sequence[Entry]) -> None:
    rows = ResourceSite.objects.filter(resource__in=[entry.resource.pk for entry in entries])
    there = {row.pk: row for row in rows}
    new: list[ResourceSite] = []
    kept: set[int] = set()
    for entry in entries:
        for order, given in enumerate(entry.sites or (), 1):
            values = dict(given)
            site = there.get(values.pop("pk", None))
            if site is None:
                new.append(ResourceSite(resource=entry.resource, order=order, **values))
                continue
            kept.add(site.pk)
            changed = {
                name: value for name, value in (values | {"order": order}).items() if getattr(site, name) != value
            }
            for name, value in changed.items():
                setattr(site, name, value)
            if changed:
                site.save(update_fields=list(changed))
    rows.exclude(pk__in=kept).delete()
    ResourceSite.objects.bulk_create(new)
