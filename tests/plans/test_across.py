"""The steps of all plans: what is due, the filters of the address, and what each partner carries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalitions.models import Position
from phast.access.actor import Actor
from phast.access.table import Role
from plans import across, partners
from plans.across import Wanted
from plans.enums import Part
from plans.models import Responsibility, Step
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, sign_in
from tests.plans.factories import days_ago, make_actor, make_contact, make_plan, make_step

pytestmark = pytest.mark.django_db
PAGES = ("steps", "board", "timeline", "by_partner")


@pytest.fixture
def by(client: ReadingClient) -> Actor:
    """The coordinator, signed in."""
    actor = make_actor()
    sign_in(client, actor.user)
    return actor


def url(by: Actor, name: str, *keys: object) -> str:
    return reverse(f"plans:{name}", args=[by.coalition.slug, *keys])


def titles(actor: Actor, **wanted: object) -> set[str]:
    return set(across.steps(actor, Wanted(**wanted)).values_list("title", flat=True))


def in_days(by: Actor, days: int) -> dt.date:
    return days_ago(by, -days)


# ------------------------------------------------------------------ which steps
def test_archived_plans_and_templates_are_left_out(by: Actor) -> None:
    make_step(make_plan(by, title="Now"), "Kept")
    make_step(make_plan(by, title="Old", status="archived"), "Archived")
    make_step(make_plan(by, title="To copy", is_template=True), "Of a template")
    step = make_step(make_plan(by, title="Other"), "Removed")
    Step.objects.filter(pk=step.pk).update(removed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert titles(by) == {"Kept"}


def test_each_filter_finds_its_steps(by: Actor) -> None:
    plan = make_plan(by)
    first = make_step(plan, "Late", due_on=days_ago(by, 1), detail="Bring NALOXONE")
    waiting = make_step(plan, "Next week", due_on=in_days(by, 7), status="blocked")
    waiting.waits_for.add(first)
    make_step(plan, "Next year", due_on=in_days(by, 400))
    make_step(plan, "Someday", due_said="TBD")
    done = make_step(plan, "Done late", due_on=days_ago(by, 1), status="done", finished_at=dt.datetime.now(dt.UTC))
    make_step(plan, "After what is done").waits_for.add(done)
    make_step(make_plan(by, title="Draft", status="draft"), "Late in a draft", due_on=days_ago(by, 1))
    assert titles(by, due="overdue") == {"Late"}
    assert titles(by, due="soon") == {"Next week"}
    assert titles(by, due="none") == {"Someday", "After what is done"}
    assert titles(by, status="blocked") == {"Next week"}
    assert "Done late" not in titles(by, status="open")
    assert titles(by, waiting=True) == {"Next week"}
    assert titles(by, q="naloxone") == {"Late"}
    assert titles(by, plan=plan.pk, due="overdue") == {"Late"}


def test_this_month_and_this_quarter_hold_their_first_and_last_day() -> None:
    found = across.spans(dt.date(2026, 11, 20))
    assert found["month"] == (dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    assert found["quarter"] == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert across.spans(dt.date(2028, 2, 29))["quarter"] == (dt.date(2028, 1, 1), dt.date(2028, 3, 31))


def test_a_partner_has_its_own_steps_those_of_its_people_and_of_their_positions(by: Actor) -> None:
    plan, agency = make_plan(by), make_partner(by.coalition, name="Riverbend Police")
    person = make_contact(agency)
    held = Position.objects.create(coalition=by.coalition, title="Champion", contact=person)
    for title, owner in (("Own", agency), ("A person's", person), ("A position's", held)):
        make_step(plan, title, owner=owner)
    make_step(plan, "Another's", owner=make_partner(by.coalition, name="Other"))
    assert titles(by, partner=agency.pk) == {"Own", "A person's", "A position's"}


def test_mine_and_nobodys(by: Actor) -> None:
    plan, reporter = make_plan(by), make_actor(Role.REPORTER, coalition=by.coalition)
    agency = next(iter(reporter.own_partner_ids))
    step = make_step(plan, "Ours")
    Responsibility.objects.create(step=step, partner_id=agency)
    make_step(plan, "Orphan")
    make_step(plan, "Orphan that is done", status="done", finished_at=dt.datetime.now(dt.UTC))
    assert titles(reporter, who="mine") == {"Ours"}
    assert titles(reporter, who="nobody") == {"Orphan"}


# ------------------------------------------------------------------ the list
def test_the_list_is_sorted_and_grouped_by_when_steps_are_due(by: Actor) -> None:
    plan, today = make_plan(by), dt.date(2026, 11, 11)  # a Wednesday
    for title, due in (
        ("Later", dt.date(2026, 12, 1)),
        ("Sunday", dt.date(2026, 11, 15)),
        ("Monday", dt.date(2026, 11, 16)),
        ("Yesterday", dt.date(2026, 11, 10)),
        ("Undated", None),
    ):
        make_step(plan, title, due_on=due)
    make_step(plan, "Finished", due_on=dt.date(2026, 11, 1), status="dropped")
    make_step(make_plan(by, status="draft"), "Of a draft", due_on=dt.date(2026, 11, 1))
    rows = across.rows(across.by_due(across.steps(by, Wanted()), today), by)
    assert [(band, [row.step.title for row in found]) for band, found in across.banded(rows)] == [
        ("Overdue", ["Yesterday"]),
        ("Past, in a plan that is not active", ["Of a draft"]),
        ("This week", ["Sunday"]),
        ("This month", ["Monday"]),
        ("Later", ["Later"]),
        ("No date", ["Undated"]),
        ("Done or dropped", ["Finished"]),
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_view_keeps_the_filters_and_says_them(client: ReadingClient, by: Actor, page: str) -> None:
    plan = make_plan(by, title="Naloxone everywhere")
    make_step(plan, "Blocked step", status="blocked", due_on=in_days(by, 3))
    make_step(plan, "Free step", due_on=in_days(by, 3))
    text = client.get(url(by, page), {"status": "blocked", "plan": plan.pk}).content.decode()
    for other in PAGES:
        assert f'href="{url(by, other)}?plan={plan.pk}&amp;status=blocked"' in text
    assert "Status: blocked" in text
    assert "Plan: Naloxone everywhere" in text
    assert "Free step" not in text


@pytest.mark.parametrize("page", [*PAGES, "steps_bulk"])
@pytest.mark.parametrize(
    "asked",
    ["plan=zzz", "plan=999999999999999999999", "status=\x00", "due=never", "partner=-1", "q=%00", "who=x", "page=zz"],
)
def test_a_filter_that_means_nothing_is_left_out(client: ReadingClient, by: Actor, page: str, asked: str) -> None:
    make_step(make_plan(by), "Still here", owner=make_partner(by.coalition))
    response = client.get(f"{url(by, page)}?{asked}")
    assert response.status_code == 200
    assert "Still here" in response.content.decode()
    assert ("means nothing here" in response.content.decode()) is not asked.startswith("page")


def test_a_plan_of_another_coalition_is_no_filter(client: ReadingClient, by: Actor) -> None:
    stranger = make_actor(coalition=make_coalition(slug="elsewhere"))
    theirs = make_plan(stranger, title="Their secret plan")
    make_step(theirs, "Their secret step")
    for page in PAGES:
        text = client.get(url(by, page), {"plan": theirs.pk}).content.decode()
        assert "Their secret" not in text
        assert "means nothing here" in text


@pytest.mark.parametrize("page", [*PAGES, "steps_bulk", "mine"])
def test_an_empty_coalition_says_what_comes_here(client: ReadingClient, by: Actor, page: str) -> None:
    text = client.get(url(by, page)).content.decode()
    assert 'class="nothing"' in text
    assert "<svg xmlns" not in text


def test_observers_see_none_of_these(by: Actor) -> None:
    reader, observer = ReadingClient(), make_actor(Role.OBSERVER, coalition=by.coalition)
    sign_in(reader, observer.user)
    assert {reader.get(url(by, page)).status_code for page in (*PAGES, "steps_export", "steps_bulk")} == {403}


@pytest.mark.parametrize("page", [*PAGES, "steps_bulk"])
def test_many_steps_take_as_many_queries_as_one(client: ReadingClient, by: Actor, page: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url(by, page)).status_code == 200
        return len(seen)

    _fill(by, 1)
    few = queries()
    _fill(by, 12)
    assert queries() == few <= 15


def _fill(by: Actor, number: int) -> None:
    plan = make_plan(by, title=f"Plan of {number}")
    for n in range(number):
        agency = make_partner(by.coalition, name=f"Agency {number}-{n}")
        person = make_contact(agency, name=f"Person {n}")
        vacant = Position.objects.create(coalition=by.coalition, title=f"Position {number}-{n}")
        for owner, due in ((agency, in_days(by, n)), (person, days_ago(by, n)), (vacant, None)):
            make_step(plan, f"Step {n}", owner=owner, due_on=due)
        make_step(plan, "Nobody's", due_on=in_days(by, n))


def test_the_list_goes_on_on_further_pages(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    for n in range(51):
        make_step(plan, f"Step {n:02}", due_on=in_days(by, n))
    first, second = (client.get(url(by, "steps"), {"page": n, "status": "open"}).content.decode() for n in (1, 2))
    assert "Step 50" not in first
    assert "Step 50" in second
    assert "status=open&amp;page=1" in second


# ------------------------------------------------------------------ by partner
def test_a_step_of_several_partners_stands_under_each_and_counts_once_for_one(by: Actor) -> None:
    plan, one, two = make_plan(by), make_partner(by.coalition, name="One"), make_partner(by.coalition, name="Two")
    step = make_step(plan, "Shared", owner=one, due_on=days_ago(by, 1))
    for party in ({"partner": two}, {"contact": make_contact(one)}):
        Responsibility.objects.create(step=step, part=Part.COLLABORATE, **party)
    make_step(plan, "Done", owner=one, status="done", finished_at=dt.datetime.now(dt.UTC))
    found = partners.shares(by, Wanted())
    assert [(s.name, s.open, s.overdue, s.done, [r.step.title for r in s.rows]) for s in found.partners] == [
        ("One", 1, 1, 1, ["Shared"]),
        ("Two", 1, 1, 0, ["Shared"]),
    ]


def test_who_carries_nothing_vacant_positions_and_unowned_steps_come_last(client: ReadingClient, by: Actor) -> None:
    plan, busy = make_plan(by), make_partner(by.coalition, name="Busy agency")
    make_partner(by.coalition, name="Idle agency")
    make_step(plan, "Carried", owner=busy)
    make_step(plan, "Waits for a person", owner=Position.objects.create(coalition=by.coalition, title="Peer trainer"))
    make_step(plan, "Orphan")
    text = client.get(url(by, "by_partner")).content.decode().split("</form>")[-1]
    order = [
        "Busy agency",
        "Carried",
        "Peer trainer",
        "Waits for a person",
        "Nobody is responsible",
        "Orphan",
        "Idle agency",
    ]
    at = [text.index(said) for said in order]
    assert at == sorted(at)


def test_a_partner_with_many_steps_shows_the_next_due_and_leads_to_the_rest(client: ReadingClient, by: Actor) -> None:
    plan, agency = make_plan(by), make_partner(by.coalition, name="Riverbend")
    for n in reversed(range(8)):
        make_step(plan, f"Step {n}", owner=agency, due_on=in_days(by, n))
    (share,) = partners.shares(by, Wanted()).partners
    assert [row.step.title for row in share.rows] == [f"Step {n}" for n in range(5)]
    text = client.get(url(by, "by_partner")).content.decode()
    assert f'<a href="{url(by, "steps")}?partner={agency.pk}">and 3 more</a>' in text


def test_asking_for_one_partner_leaves_the_others_out(by: Actor) -> None:
    plan = make_plan(by)
    one, two = make_partner(by.coalition, name="One"), make_partner(by.coalition, name="Two")
    step = make_step(plan, owner=one)
    Responsibility.objects.create(step=step, partner=two)
    make_step(plan, "Orphan")
    found = partners.shares(by, Wanted(partner=one.pk))
    assert ([share.name for share in found.partners], found.idle, found.unowned) == (["One"], [], [])


def test_three_hundred_partners_are_turned_over_page_by_page(
    by: Actor, django_assert_max_num_queries: Callable
) -> None:
    plan = make_plan(by)
    for n in range(45):
        make_step(plan, owner=make_partner(by.coalition, name=f"Agency {n:03}"))
    with django_assert_max_num_queries(8):
        last = partners.shares(by, Wanted(), page="3")
    assert [share.name for share in last.partners] == [f"Agency {n:03}" for n in range(40, 45)]
