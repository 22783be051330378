"""Turning calendars on and off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from phast.audit import record
from plans.models import CalendarFeed

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from plans.enums import FeedKind


@transaction.atomic
def turn_on_calendar(*, kind: FeedKind, by: Actor) -> CalendarFeed:
    """The person's calendar of that kind. Turning on twice changes nothing: its address stays."""
    feed, made = CalendarFeed.objects.get_or_create(coalition=by.coalition, user=by.user, kind=kind, revoked_at=None)
    if made:
        record("calendar.turned_on", by=by, target=feed, kind=kind)
    return feed


@transaction.atomic
def turn_off_calendar(*, kind: FeedKind, by: Actor) -> None:
    """Its address opens nothing from now on. Turned on again, it has another one."""
    feeds = CalendarFeed.objects.select_for_update().filter(
        coalition=by.coalition, user=by.user, kind=kind, revoked_at=None
    )
    for feed in feeds:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
        record("calendar.turned_off", by=by, target=feed, kind=kind)
