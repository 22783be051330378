"""Making mails about steps at a moment, and sending them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail

from coalitions.models import Contact, Partner
from phast.jobs.tasks import run_job
from plans.models import DigestMail, Plan, Step
from plans.tasks import make_all_digests
from tests.plans.factories import make_step

NEW_YORK = ZoneInfo("America/New_York")
FRIDAY = dt.datetime(2026, 11, 6, 12, 0, tzinfo=NEW_YORK)
MONDAY = dt.datetime(2026, 11, 9, 7, 5, tzinfo=NEW_YORK)


def contact_at(partner: Partner, email: str = "ann@example.org", **values: Any) -> Contact:
    return Contact.objects.create(partner=partner, name=email.partition("@")[0].title(), email=email, **values)


def overdue(plan: Plan, owner: Any, title: str = "Call the chiefs", **values: Any) -> Step:
    values = {"due_on": dt.date(2026, 11, 2), "due_said": "11/2"} | values
    return make_step(plan, title, owner=owner, **values)


def at(moment: dt.datetime) -> list[DigestMail]:
    """What beat makes at that moment."""
    with time_machine.travel(moment, tick=False):
        before = set(DigestMail.objects.values_list("pk", flat=True))
        make_all_digests()
        return list(DigestMail.objects.exclude(pk__in=before).order_by("address"))


def sent(made: DigestMail, moment: dt.datetime = MONDAY) -> Any:
    """Has a worker send it; the message that left."""
    mail.outbox.clear()
    with time_machine.travel(moment, tick=False):
        run_job("plans.DigestMail", made.pk)
    made.refresh_from_db()
    return mail.outbox[0] if mail.outbox else None


def addresses(made: list[DigestMail]) -> list[str]:
    return [each.address for each in made]
