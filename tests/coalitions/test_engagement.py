"""Opportunities and takeaways are tracked and become steps; readiness is rated and compared."""

from __future__ import annotations

import datetime as dt
import re

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coalitions.actions.engagement import record_coverage
from coalitions.models import (
    CriticalElement,
    Engagement,
    Opportunity,
    ReadinessRating,
    SectorCoverage,
    TakeawayAction,
)
from phast.access.table import Role
from plans.models import Plan, Step, StepLink

from .conftest import Cast
from .test_roster import opened, text_of

OPPORTUNITY = ("opportunity", "reentry-needs")
ACTION = ("action", "start-a-team")


def test_every_opportunity_and_action_is_there_to_work_on(cast: Cast) -> None:
    assert text_of(cast, "member", "opportunity_list").count('class="work"') == Opportunity.objects.count() == 54
    assert text_of(cast, "member", "takeaway_list").count('class="work"') == TakeawayAction.objects.count() == 25


def test_where_an_opportunity_stands_is_tracked(cast: Cast) -> None:
    client = cast.client("coordinator")
    answer = client.post(
        cast.url("engagement_edit", *OPPORTUNITY),
        {"status": "contacted", "partner": cast.police.pk, "notes": "The warden likes it."},
    )
    assert answer.url.endswith("#reentry-needs")
    row = Engagement.objects.get()
    assert row.touched_on == cast.coalition.today()
    page = text_of(cast, "member", "opportunity_list", status="contacted")
    assert page.count('class="work"') == 1
    assert "The warden likes it." in page
    assert "Track it" not in page


def test_two_people_who_begin_to_track_the_same_thing_lose_nothing(cast: Cast) -> None:
    client, form = cast.client("coordinator"), opened(cast, "coordinator", "engagement_edit", *OPPORTUNITY)
    client.post(cast.url("engagement_edit", *OPPORTUNITY), form | {"status": "contacted", "notes": "First"})
    seen = opened(cast, "coordinator", "engagement_edit", *OPPORTUNITY)
    client.post(cast.url("engagement_edit", *OPPORTUNITY), seen | {"notes": "Second"})
    answer = client.post(cast.url("engagement_edit", *OPPORTUNITY), seen | {"notes": "Third"})
    assert answer.status_code == 422
    assert Engagement.objects.get().notes == "Second"


def test_one_click_makes_a_step_of_an_opportunity(cast: Cast) -> None:
    boss = cast.people[Role.COORDINATOR]
    plan = Plan.objects.create(coalition=cast.coalition, title="The plan", status="active", created_by=boss)
    cast.client("coordinator").post(cast.url("engagement_step", *OPPORTUNITY))
    step, opportunity = Step.objects.get(), Opportunity.objects.get(pk="reentry-needs")
    assert (step.plan, step.title, step.detail) == (plan, opportunity.title, opportunity.text)
    assert StepLink.objects.get().engagement == Engagement.objects.get()
    assert Engagement.objects.get().status == "in_progress"
    page = text_of(cast, "member", "opportunity_list", status="in_progress")
    assert f"/plans/steps/{step.pk}/" in page


def test_an_action_of_a_takeaway_begins_a_plan_where_there_is_none(cast: Cast) -> None:
    cast.client("coordinator").post(cast.url("engagement_step", *ACTION))
    action = TakeawayAction.objects.get(pk=ACTION[1])
    assert Step.objects.get().plan.title == action.title


def test_a_plan_of_another_coalition_takes_no_step(cast: Cast) -> None:
    from tests.factories import make_coalition

    boss = cast.people[Role.COORDINATOR]
    foreign = Plan.objects.create(
        coalition=make_coalition(slug="theirs"), title="Theirs", status="active", created_by=boss
    )
    answer = cast.client("coordinator").post(
        cast.url("engagement_step", *OPPORTUNITY), {"plan": foreign.pk}, follow=True
    )
    assert "Choose one of the plans in the list." in answer.content.decode()
    assert not Step.objects.exists()
    assert not Engagement.objects.exists()


def test_readiness_is_rated_and_the_last_ratings_stand_side_by_side(cast: Cast) -> None:
    client, elements = cast.client("coordinator"), list(CriticalElement.objects.all())
    assert len(elements) == 6
    for on, rating in (("2026-01-05", 1), ("2026-06-05", 3)):
        client.post(
            cast.url("readiness_rate"),
            {"on": on, f"rating-{elements[0].pk}": rating, f"evidence-{elements[0].pk}": "Two are named."},
        )
    page = text_of(cast, "member", "readiness")
    assert page.index("Jun 5, 2026") < page.index("Jan 5, 2026")
    assert "Mostly there" in page
    assert "Not yet" in page
    assert ReadinessRating.objects.count() == 2
    assert client.post(cast.url("readiness_rate"), {"on": "2026-06-05"}).status_code == 422
    assert client.post(cast.url("readiness_rate"), {"on": "2999-01-01"}).status_code == 422


def test_coverage_is_kept_once_a_month_and_shown_over_time(cast: Cast) -> None:
    cast.police.sectors.add("law-enforcement")
    for month in (1, 2, 3):
        with time_machine.travel(dt.datetime(2026, month, 9, 12, tzinfo=dt.UTC)):
            record_coverage(coalition=cast.coalition)
            cast.ems.sectors.add("professional-first-responders")  # too late for this month
            record_coverage(coalition=cast.coalition)
    assert [len(row.filled) for row in SectorCoverage.objects.order_by("on")] == [1, 2, 2]
    page = text_of(cast, "member", "sector_list")
    assert "Of 17 sectors, 1 were at the table in Jan 2026 and 2 are now." in page
    assert "Over time" not in text_of(cast, "observer", "sector_list")


def test_sectors_that_nobody_is_in_come_first_and_filters_narrow(cast: Cast) -> None:
    cast.police.sectors.add("criminal-justice")
    page = text_of(cast, "member", "opportunity_list")
    headings = re.findall(r"<summary>\s*<h2>\s*([^<]+?)\s*<", page)
    assert len(headings) == 17
    assert headings[-1] == "Criminal Justice"
    assert page.count("Nobody yet") == 16
    assert '<details class="group">' in page
    one = text_of(cast, "member", "opportunity_list", group="criminal-justice")
    assert one.count('class="work"') == 2
    assert one.count('<details class="group" open>') == 1
    assert text_of(cast, "member", "takeaway_list", group="policies").count('class="work"') == 4
    assert text_of(cast, "member", "opportunity_list", status="no such status").count('class="work"') == 54


def test_what_was_begun_and_not_touched_for_90_days_is_found(cast: Cast) -> None:
    today = cast.coalition.today()
    for key, status, days in (
        ("reentry-needs", "contacted", 91),
        ("ems-data", "in_progress", 90),
        ("student-data", "established", 400),
    ):
        Engagement.objects.create(
            coalition=cast.coalition, opportunity_id=key, status=status, touched_on=today - dt.timedelta(days=days)
        )
    page = text_of(cast, "member", "opportunity_list", status="quiet")
    assert page.count('class="work"') == 1
    assert 'id="reentry-needs"' in page


def test_the_status_alone_is_changed_where_it_stands(cast: Cast) -> None:
    client, address = cast.client("coordinator"), cast.url("engagement_status", *OPPORTUNITY)
    answer = client.post(address, {"status": "contacted"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.strip().startswith("<li")
    assert '<option value="contacted" selected>' in page
    assert "data-needs-script" not in page
    row = Engagement.objects.get()
    assert (row.status, row.touched_on) == ("contacted", cast.coalition.today())
    assert client.post(address, {"status": "established"}).url.endswith("#reentry-needs")  # without scripts
    client.post(address, {"status": "no such status"})
    row.refresh_from_db()
    assert row.status == "established"
    assert cast.client("member").post(address, {"status": "contacted"}).status_code == 403


def test_a_rating_is_compared_with_the_one_before_it(cast: Cast) -> None:
    elements = list(CriticalElement.objects.all())
    boss = cast.people[Role.COORDINATOR]
    for element, ratings in zip(elements, ((1, 3), (3, 1), (2, 2)), strict=False):
        for rating, on in zip(ratings, (dt.date(2025, 12, 5), dt.date(2026, 6, 5)), strict=True):
            ReadinessRating.objects.create(coalition=cast.coalition, element=element, rating=rating, on=on, by=boss)
    page = text_of(cast, "member", "readiness")
    for words in ("better than in December 2025", "less than in December 2025", "as in December 2025"):
        assert page.count(words) == 1
    assert "Last time, Jun 5, 2026: Mostly there." in text_of(cast, "coordinator", "readiness_rate")


def test_the_pages_of_work_ask_as_much_for_all_as_for_one(cast: Cast) -> None:
    client = cast.client("coordinator")

    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(cast.url(name), {"all": 1})
        return len(queries)

    Engagement.objects.create(coalition=cast.coalition, opportunity_id="reentry-needs", partner=cast.police)
    Engagement.objects.create(coalition=cast.coalition, action_id="start-a-team", partner=cast.police)
    asked("opportunity_list")
    few = {name: asked(name) for name in ("opportunity_list", "takeaway_list", "readiness")}
    for opportunity in Opportunity.objects.exclude(pk="reentry-needs"):
        Engagement.objects.create(coalition=cast.coalition, opportunity=opportunity, partner=cast.ems)
    for action in TakeawayAction.objects.exclude(pk="start-a-team"):
        Engagement.objects.create(coalition=cast.coalition, action=action, partner=cast.ems)
    assert {name: asked(name) for name in few} == few
    assert max(few.values()) <= 15
