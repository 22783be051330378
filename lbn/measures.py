"""Kits left behind as a measure of a plan: exact for the coordinator, from releases for everybody else."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db.models import QuerySet, Sum

from coalitions.models import Coalition, Release
from coalitions.releases import Span, by_quarter
from lbn.models import ZipRollup
from phast.access.actor import Actor
from phast.access.table import Action
from phast.offers import MeasurePoint, MeasureSeries, MeasureSource

EXACT = "Exact figures, for you as the coordinator. Everybody else sees what is released."
RELEASED = "From releases: what every member may see. Small totals are not shown."


def values(actor: Actor) -> MeasureSeries:
    """Kits by quarter: exact where the actor sees exact counts of the whole coalition, else what is released. One query."""
    if actor.everywhere(Action.COUNTS_SEE):
        return MeasureSeries(EXACT, _exact(actor.coalition))
    return MeasureSeries(RELEASED, _of(Release.objects.visible_to(actor, Action.RELEASES_SEE)))


def released(coalition: Coalition) -> MeasureSeries:
    """What releases say, for what everybody reads."""
    return MeasureSeries(RELEASED, _of(Release.objects.of(coalition)))


def _of(releases: QuerySet[Release]) -> list[MeasurePoint]:
    """A point for each quarter from the first release to the last; without a value where the total is hidden or nothing was released."""
    totals = {release.from_on: release.table["total"] for release in by_quarter(releases)}
    points = []
    for quarter in _quarters(min(totals), max(totals)) if totals else ():
        total = totals.get(quarter.from_on)
        note = "" if total is not None else "Not shown" if quarter.from_on in totals else "Not released"
        points.append(MeasurePoint(quarter.to_on, str(quarter), total, note))
    return points


def _exact(coalition: Coalition) -> list[MeasurePoint]:
    """A point for each quarter that is over, from the first with a count. Kits counted for a longer span are in none of them."""
    rollups = (
        ZipRollup.objects.of(coalition).values_list("from_on", "to_on").annotate(sum=Sum("kits")).order_by("from_on")
    )
    kits: Counter[dt.date] = Counter()
    longer: Counter[dt.date] = Counter()
    for first, last, total in rollups:
        inside = Span.quarter_of(first) == Span.quarter_of(last)
        for quarter in _quarters(first, last):
            (kits if inside else longer)[quarter.from_on] += total
    known = kits.keys() | longer.keys()
    points = []
    for quarter in _quarters(min(known), max(known)) if known else ():
        if quarter.to_on >= coalition.today():
            break
        total = kits.get(quarter.from_on, 0)
        if longer[quarter.from_on]:
            note = "Without kits counted for more than a quarter"
            points.append(MeasurePoint(quarter.to_on, str(quarter), total or None, note))
        else:
            points.append(MeasurePoint(quarter.to_on, str(quarter), total))
    return points


def _quarters(first: dt.date, last: dt.date) -> list[Span]:
    """The quarters that hold any of these days."""
    found, quarter = [], Span.quarter_of(last)
    while quarter.to_on >= first:
        found.append(quarter)
        quarter = quarter.quarter_before
    return found[::-1]


KITS = MeasureSource("kits", "Kits left behind, by quarter", "kits", values, released)
