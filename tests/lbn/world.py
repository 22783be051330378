"""This app's part of the world of the tests, and the rows its own tests begin with."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.core.files.base import ContentFile

from coalitions.models import Coalition, Partner
from lbn.models import Count, CountImport, KitType, Period, PeriodReport
from phast.access.table import Role
from phast.accounts.models import User


def populate(coalition: Coalition, users: dict[Role, User], text: str) -> None:
    """A kit type, two months with counts of two agencies, one of them reported and one closed, and an import."""
    first, second = list(coalition.partners.order_by("pk")[:2])
    today = coalition.today()
    this_month = today.replace(day=1)
    last_month = (this_month - dt.timedelta(days=1)).replace(day=1)
    before = (last_month - dt.timedelta(days=1)).replace(day=1)
    coalition.partners.filter(pk__in=[first.pk, second.pk]).update(counts_since=before)
    kit_type = KitType.objects.create(coalition=coalition, name=f"Standard kit {text}")
    coordinator = users[Role.COORDINATOR]

    closed, last, _ = (make_period(coalition, month) for month in (before, last_month, this_month))
    for partner in (first, second):
        make_count(partner, users[Role.REPORTER], before, kits=3, kit_type=kit_type)
        make_count(partner, users[Role.REPORTER], last_month, kits=2, zip_code="12203")
        make_count(partner, users[Role.REPORTER], last_month, kits=1, voided_by=users[Role.REPORTER])
        for period in (closed, last):
            PeriodReport.objects.create(period=period, partner=partner, submitted_by=users[Role.REPORTER])
        CountImport.objects.create(
            coalition=coalition,
            partner=partner,
            file=ContentFile(b"ZIP,Kits\n12203,2\n", name="counts.csv"),
            file_label=f"{text}.csv",
            sha256="0" * 64,
            reading={"sheet": text},
            findings={"problems": [text]},
            created_by=users[Role.REPORTER],
        )
    Period.objects.filter(pk=closed.pk).update(closed_at=coalition.created_at, closed_by=coordinator)


def make_period(coalition: Coalition, month: dt.date, **values: Any) -> Period:
    """The month's reporting period."""
    last = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return Period.objects.create(
        coalition=coalition, from_on=month, to_on=last, due_on=last + dt.timedelta(days=coalition.due_days), **values
    )


def make_count(partner: Partner, user: User, day: dt.date, **values: Any) -> Count:
    """A count as the database takes it, past the actions and their questions."""
    values = {"to_on": day, "zip_code": "12207", "kits": 1, "client_key": uuid.uuid4()} | values
    if "voided_by" in values:
        values["voided_at"] = partner.coalition.created_at
    return Count.objects.create(
        coalition_id=partner.coalition_id, partner=partner, from_on=day, created_by=user, **values
    )
