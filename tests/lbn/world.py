"""This app's part of the world of the tests, and the rows its own tests begin with."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.core.files.base import ContentFile

from coalitions.models import Coalition, Partner
from lbn.enums import AreaKind, FeedbackKind
from lbn.models import (
    AnnualDeaths,
    ApiToken,
    AreaFigure,
    AreaFile,
    ColumnMapping,
    Count,
    CountImport,
    Feedback,
    Improvement,
    KitType,
    Period,
    PeriodReminder,
    PeriodReport,
    ReminderMail,
    ReminderStop,
)
from phast.access.table import Role
from phast.accounts.models import User

from .world_program import populate_program

ARGUMENTS = {"practice": 1, "section": "own-1"}


def populate(coalition: Coalition, users: dict[Role, User], text: str) -> None:
    """A kit type, two months with counts of two agencies, one of them reported and one closed, and what stands beside them."""
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
        ColumnMapping.objects.create(coalition=coalition, partner=partner, headers="0" * 64, reading={"sheet": text})
        reminder = PeriodReminder.objects.create(
            period=last, partner=partner, kind=PeriodReminder.Kind.DUE, sent_on=today
        )
        ReminderMail.objects.create(reminder=reminder, user=users[Role.LEAD])
        make_token(partner, users[Role.LEAD], name=f"Records {text}")
        feedback = Feedback.objects.create(
            coalition=coalition,
            partner=partner,
            kind=FeedbackKind.SUCCESS,
            month=last_month,
            text=f"People came back for another kit. {text}",
            created_by=users[Role.REPORTER],
        )
        Improvement.objects.create(
            coalition=coalition,
            partner=partner,
            made_on=last_month,
            text=f"Kits are in every car. {text}",
            shared_with=text,
        ).because.add(feedback)
    ReminderStop.objects.create(coalition=coalition, user=users[Role.LEAD])
    file = AreaFile.objects.create(
        coalition=coalition,
        kind=AreaKind.DEATHS,
        origin=f"Health department {text}",
        file_label=f"{text}.csv",
        sha256="0" * 64,
        findings={"problems": [text]},
        created_by=coordinator,
        loaded_at=coalition.created_at,
    )
    AreaFigure.objects.create(
        coalition=coalition, file=file, kind=AreaKind.DEATHS, year=today.year - 1, zip_code="12207", figure=3
    )
    AnnualDeaths.objects.create(coalition=coalition, year=today.year - 1, deaths=40, origin=f"Vital records {text}")
    Period.objects.filter(pk=closed.pk).update(closed_at=coalition.created_at, closed_by=coordinator)
    populate_program(coalition, users, text)


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


def make_token(partner: Partner, user: User, **values: Any) -> ApiToken:
    """A token that nobody holds: its digest is of nothing that was ever shown."""
    values = {"digest": uuid.uuid4().hex * 2, "begins": "phast_test"} | values
    return ApiToken.objects.create(coalition_id=partner.coalition_id, partner=partner, created_by=user, **values)
