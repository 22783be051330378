"""A calendar as calendar programs read it (RFC 5545). What stands in it comes from `phast.offers.calendars`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import cast

from django.conf import settings
from icalendar import Calendar, Event, vDuration

from phast.offers import CalendarEntry

AGAIN = dt.timedelta(hours=4)  # how often a calendar program is asked to look
A_DAY = dt.timedelta(days=1)


def as_ics(name: str, found: Iterable[CalendarEntry]) -> bytes:
    """The calendar as a file (RFC 5545)."""
    calendar = Calendar()
    calendar.add("prodid", "-//PHAST portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(AGAIN))
    host = settings.SITE_URL.rpartition("/")[2]
    for entry in found:
        calendar.add_component(_event(entry, host))
    return cast("bytes", calendar.to_ical())


def _event(entry: CalendarEntry, host: str) -> Event:
    """Free of alarms, and nobody is busy because of it."""
    event, url = Event(), f"{settings.SITE_URL}{entry.url}"
    event.add("uid", f"{entry.uid}@{host}")
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    event.add("dtstart", entry.starts)
    if not isinstance(entry.starts, dt.datetime):
        event.add("dtend", entry.starts + A_DAY)
    elif entry.ends is not None:
        event.add("dtend", entry.ends)
    event.add("summary", " ".join(entry.title.split()))
    event.add("description", "\n".join([*entry.text.splitlines(), url]))
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    return event
