"""Rows and pages that tests of measures begin with; the day is November 20, 2026."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.test import Client

from phast.access.actor import Actor
from plans.models import Measure, MeasureValue, Plan
from tests.client import body
from tests.factories import sign_in

NOW = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)


def make_measure(plan: Plan, *values: tuple[dt.date, float], **fields: Any) -> Measure:
    measure = Measure.objects.create(
        plan=plan, **({"text": "Departments that take part", "unit": "departments"} | fields)
    )
    for on, value in values:
        MeasureValue.objects.create(measure=measure, on=on, value=Decimal(str(value)), by=plan.created_by)
    return measure


def day(month: int, number: int = 1, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


def page(actor: Actor, path: str) -> str:
    client = Client()
    sign_in(client, actor.user)
    return body(client.get(f"/c/{actor.coalition.slug}/plans/{path}")).decode()


def posted(actor: Actor, path: str, **fields: Any) -> Any:
    client = Client()
    sign_in(client, actor.user)
    return client.post(f"/c/{actor.coalition.slug}/plans/{path}", fields)
