"""Rows that tests of meetings begin with."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from coalitions.models import Attendance, Contact, Meeting, Partner
from phast.access.actor import Actor

NEW_YORK = ZoneInfo("America/New_York")


def make_meeting(by: Actor, *, days: float = 7, hour: int = 9, **values: Any) -> Meeting:
    """A meeting of an hour so many days from now, at that hour in New York."""
    day = by.coalition.today() + dt.timedelta(days=days)
    begins = dt.datetime.combine(day, dt.time(hour), NEW_YORK)
    values = {"title": "Steering meeting", "starts_at": begins, "ends_at": begins + dt.timedelta(hours=1)} | values
    return Meeting.objects.create(coalition=by.coalition, created_by=by.user, **values)


def make_contact(partner: Partner, name: str = "Ann Lee", email: str = "ann@example.org") -> Contact:
    return Contact.objects.create(partner=partner, name=name, email=email)


def came(meeting: Meeting, partner: Partner, *, present: bool = True) -> Attendance:
    """Somebody of a partner was asked to a meeting, and was there or not. The meeting took place."""
    Meeting.objects.filter(pk=meeting.pk).update(status="held")
    return Attendance.objects.create(meeting=meeting, partner=partner, present=present)
