"""The demo coalition's assessments: one agency rated itself twice, a year apart; another has begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from coalitions.demo_history import moment, telling
from coalitions.models import Partner
from coalitions.reference import rows
from lbn.actions.assessments import begin_assessment, finish_assessment, rate_elements
from lbn.enums import InPlace
from lbn.models import Assessment

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

BEGUN_AGO = 2  # days


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates them, once: a row of the file for each rating, each assessment so many days ago; empty is one that is only begun."""
    if Assessment.objects.of(coalition).exists():
        return
    names = {row["key"]: row["name"] for row in rows("demo/partners.csv")}
    partners = {partner.name: partner for partner in Partner.objects.of(coalition)}
    assessments: dict[tuple[str, str, str], dict[str, tuple[InPlace | None, str]]] = {}
    for row in rows("demo/practice_ratings.csv"):
        key = (row["partner"], row["by"], row["days_ago"])
        assessments.setdefault(key, {})[row["element"]] = (InPlace(int(row["in_place"])), row["evidence"])
    today = coalition.today()
    for (partner, email, days_ago), ratings in assessments.items():
        by, on = by_email[email], today - dt.timedelta(days=int(days_ago or BEGUN_AGO))
        with telling(coalition) as happened:
            begun = begin_assessment(partner=partners[names[partner]], by=by)
            rate_elements(assessment=begun, ratings=ratings, version=begun.version, by=by)
            for minute in (5, 40):
                happened(moment(coalition, on, 14, minute))
            if days_ago:
                finish_assessment(assessment=begun, on=on, by=by)
                happened(at := moment(coalition, on, 14, 45))
                Assessment.objects.filter(pk=begun.pk).update(finished_at=at)
        Assessment.objects.filter(pk=begun.pk).update(created_at=moment(coalition, on, 14, 5))
