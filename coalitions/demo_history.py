"""The past of the demo coalition: what its people did, told on the days on which they would have done it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pgtrigger
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from phast import offers
from phast.audit.models import Event

from . import demo_work
from .actions.releases import publish_release
from .models import Coalition, Partner, Release
from .reference import rows
from .releases import make, quarters_to_release

if TYPE_CHECKING:
    from phast.access.actor import Actor

# A quarter is released this many days after its end: its last month is closed by then.
RELEASED_AFTER = 19


def moment(coalition: Coalition, day: dt.date, hour: int = 9, minute: int = 0) -> dt.datetime:
    """That time of that day where the coalition is; now, when that is still to come."""
    there = dt.datetime.combine(day, dt.time(hour, minute), ZoneInfo(coalition.time_zone))
    return min(there, timezone.now())


@contextmanager
def telling(coalition: Coalition) -> Iterator[Callable[[dt.datetime], None]]:
    """Dates the audit events recorded inside back: after each, call what this gives with the date of it."""
    before = Event.objects.aggregate(last=Max("id"))["last"] or 0
    dates: list[dt.datetime] = []
    yield dates.append
    events = list(Event.objects.of(coalition).filter(pk__gt=before).order_by("pk"))
    for event, at in zip(events, dates, strict=True):
        event.at = at
    with pgtrigger.ignore("audit.Event:append_only"):
        Event.objects.bulk_update(events, ["at"])


def finish(coalition: Coalition, coordinator: Actor) -> None:
    """Publishes every quarter that is over but the latest, which is left for the coordinator. Runs when the counts are there."""
    demo_work.pay(coalition, coordinator)
    if coalition.releases.exists():
        return
    _choose_tables(coalition)
    with telling(coalition) as happened, pgtrigger.ignore("coalitions.Release:frozen"):
        for quarter in reversed(quarters_to_release(coalition)[1:]):
            at = moment(coalition, quarter.to_on + dt.timedelta(days=RELEASED_AFTER), 10, 20)
            made = make(coalition, quarter)
            release = publish_release(made=made, seen=made.sha256, by=coordinator)
            happened(at)
            Release.objects.filter(pk=release.pk).update(published_at=at, data_as_of=at)
    _in_order(coalition)


def _choose_tables(coalition: Coalition) -> None:
    """Releases hold every table of quarters: kits and what programs counted. Half of the agencies agreed to be named."""
    names = {row["key"]: row["name"] for row in rows("demo/partners.csv")}
    agreed = [names[row["partner"]] for row in rows("demo/agency_counts.csv") if row["named_in_releases"]]
    Partner.objects.of(coalition).filter(name__in=agreed).update(named_in_releases=True)
    coalition.release_tables = [key for key, kind in offers.release_kinds.items() if not kind.yearly]
    coalition.save()


def _in_order(coalition: Coalition) -> None:
    """Numbers the coalition's audit events in the order of their dates, in which they are read."""
    columns = ", ".join(str(field.column) for field in Event._meta.concrete_fields if not field.primary_key)
    statement = f"""
        WITH taken AS (DELETE FROM audit_event WHERE coalition_id = %s RETURNING *)
        INSERT INTO audit_event ({columns}) SELECT {columns} FROM taken ORDER BY at, id
    """  # noqa: S608 -- the model's own columns
    with pgtrigger.ignore("audit.Event:append_only"), connection.cursor() as cursor:
        cursor.execute(statement, [coalition.pk])
