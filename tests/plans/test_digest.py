"""Mail about steps: who gets it, when, once, and what it says."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from threading import Barrier as Meeting
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coalitions.models import Coalition, Contact, Partner, Position
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.models import JobState
from phast.mail.models import RefusedAddress
from plans.actions.mail import make_digests, set_rhythm
from plans.enums import Rhythm, StepStatus
from plans.models import DigestMail, Plan, Responsibility, Step, Subscription, Update
from plans.tasks import make_all_digests
from tests.factories import let_the_planner_look, make_coalition, make_partner, make_person
from tests.plans.digests import FRIDAY, MONDAY, NEW_YORK, addresses, at, contact_at, overdue, sent
from tests.plans.factories import make_actor, make_plan, make_step


@pytest.fixture
def by(db: None) -> Actor:
    return make_actor()


@pytest.fixture
def police(by: Actor) -> Partner:
    return make_partner(by.coalition)


@pytest.fixture
def plan(by: Actor) -> Plan:
    with time_machine.travel(FRIDAY, tick=False):
        return make_plan(by)


# ------------------------------------------------------------------ who
def test_a_contact_gets_what_is_theirs_by_name_and_by_position(plan: Plan, police: Partner, by: Actor) -> None:
    ann = contact_at(police)
    champion = Position.objects.create(coalition=by.coalition, title="Champion", contact=ann)
    overdue(plan, ann, "By name")
    overdue(plan, champion, "By position")
    overdue(plan, None, "Nobody's")
    at(FRIDAY)
    [made] = at(MONDAY)
    assert made.address == "ann@example.org"
    assert {step.title for step in made.steps.all()} == {"By name", "By position"}


def test_a_partners_step_goes_to_who_leads_or_takes_part_for_it(plan: Plan, police: Partner, by: Actor) -> None:
    for role in (Role.LEAD, Role.MEMBER, Role.REPORTER):
        make_person(f"{role}@example.org", coalition=by.coalition, role=role, partner=police)
    contact_at(police)
    overdue(plan, police)
    at(FRIDAY)
    assert addresses(at(MONDAY)) == ["lead@example.org", "member@example.org"]


def test_a_partner_without_an_account_is_told_through_its_contacts(plan: Plan, police: Partner, by: Actor) -> None:
    make_person("reporter@example.org", coalition=by.coalition, role=Role.REPORTER, partner=police)
    contact_at(police)
    contact_at(police, "bo@example.org")
    contact_at(police, "")
    overdue(plan, police)
    at(FRIDAY)
    assert addresses(at(MONDAY)) == ["ann@example.org", "bo@example.org"]


def test_a_contact_with_an_account_gets_one_mail_for_everything(plan: Plan, police: Partner, by: Actor) -> None:
    user = make_person("lead@example.org", coalition=by.coalition, role=Role.LEAD, partner=police)
    overdue(plan, contact_at(police, "lead@example.org", user=user), "By name")
    overdue(plan, police, "The agency's")
    at(FRIDAY)
    [made] = at(MONDAY)
    assert made.steps.count() == 2
    assert made.subscription.user == user


def test_what_a_contact_chose_stays_when_they_get_an_account(plan: Plan, police: Partner, by: Actor) -> None:
    ann = contact_at(police)
    overdue(plan, ann)
    at(FRIDAY)
    set_rhythm(subscription=Subscription.objects.get(), rhythm=Rhythm.NEVER, by=None)
    ann.user = make_person("ann@example.org", coalition=by.coalition, role=Role.MEMBER, partner=police)
    ann.save()
    assert at(MONDAY) == []
    assert [(each.user, each.rhythm) for each in Subscription.objects.all()] == [(ann.user, "never")]


@pytest.mark.parametrize("status", ["draft", "finished", "archived"])
def test_only_active_plans_are_written_about(by: Actor, police: Partner, status: str) -> None:
    overdue(make_plan(by, status=status), contact_at(police))
    overdue(make_plan(by, is_template=True), contact_at(police, "bo@example.org"))
    at(FRIDAY)
    assert at(MONDAY) == []


def test_an_account_that_was_closed_is_not_written_to(plan: Plan, police: Partner, by: Actor) -> None:
    user = make_person("lead@example.org", coalition=by.coalition, role=Role.LEAD, partner=police)
    user.is_active = False
    user.save()
    overdue(plan, police)
    at(FRIDAY)
    assert at(MONDAY) == []


# ------------------------------------------------------------------ when
def test_it_comes_once_on_monday_from_seven_in_the_coalitions_own_time(plan: Plan, police: Partner) -> None:
    overdue(plan, contact_at(police))
    assert at(FRIDAY) == []
    assert at(MONDAY.replace(hour=6, minute=59)) == []
    assert len(at(MONDAY)) == 1
    assert at(MONDAY + dt.timedelta(minutes=15)) == []
    assert at(MONDAY + dt.timedelta(days=3)) == []
    assert len(at(MONDAY + dt.timedelta(days=7))) == 1


def test_seven_comes_later_in_the_west(police: Partner, plan: Plan) -> None:
    coalition = make_coalition("west", time_zone="America/Los_Angeles")
    western = make_actor(coalition=coalition)
    overdue(make_plan(western), contact_at(make_partner(coalition), "west@example.org"))
    overdue(plan, contact_at(police))
    at(FRIDAY)
    assert addresses(at(MONDAY)) == ["ann@example.org"]
    assert at(MONDAY + dt.timedelta(hours=2)) == []
    assert addresses(at(MONDAY + dt.timedelta(hours=3))) == ["west@example.org"]


@pytest.mark.parametrize("sunday", [dt.date(2026, 3, 8), dt.date(2026, 11, 1)], ids=["spring", "autumn"])
def test_seven_stays_seven_when_the_clocks_change(plan: Plan, police: Partner, sunday: dt.date) -> None:
    overdue(plan, contact_at(police), due_on=dt.date(2026, 1, 5))
    at(dt.datetime.combine(sunday - dt.timedelta(days=2), dt.time(12), tzinfo=NEW_YORK))
    monday = dt.datetime.combine(sunday + dt.timedelta(days=1), dt.time(6, 59), tzinfo=NEW_YORK)
    assert at(monday) == []
    assert len(at(monday + dt.timedelta(minutes=1))) == 1


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        ("daily", ["2026-11-27", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"]),
        ("weekly", ["2026-11-30"]),
        ("monthly", ["2026-12-01"]),
        ("never", []),
    ],
)
def test_each_rhythm_has_its_days(plan: Plan, police: Partner, rhythm: str, days: list[str]) -> None:
    """From Thursday, 26 November over a weekend and a month's end to Saturday, 5 December."""
    overdue(plan, contact_at(police))
    start = dt.datetime(2026, 11, 26, 12, tzinfo=NEW_YORK)
    at(start)
    with time_machine.travel(start, tick=False):
        set_rhythm(subscription=Subscription.objects.get(), rhythm=Rhythm(rhythm), by=None)
    came = [
        str(day.date()) for n in range(1, 10) if at(day := (start + dt.timedelta(days=n)).replace(hour=7, minute=5))
    ]
    assert came == days


def test_a_first_of_the_month_on_a_weekend_is_still_the_first(plan: Plan, police: Partner) -> None:
    overdue(plan, contact_at(police))
    at(FRIDAY)
    with time_machine.travel(FRIDAY, tick=False):
        set_rhythm(subscription=Subscription.objects.get(), rhythm=Rhythm.MONTHLY, by=None)
    assert len(at(dt.datetime(2027, 5, 1, 7, 5, tzinfo=NEW_YORK))) == 1  # a Saturday


def test_a_morning_that_was_missed_is_made_up_for_once(plan: Plan, police: Partner) -> None:
    overdue(plan, contact_at(police))
    at(FRIDAY)
    wednesday = MONDAY + dt.timedelta(days=2)
    assert at(wednesday.replace(hour=3)) == []  # nobody is written to at night
    assert len(at(wednesday)) == 1
    assert at(wednesday + dt.timedelta(days=1)) == []


def test_what_was_missed_all_week_waits_for_monday(plan: Plan, police: Partner) -> None:
    overdue(plan, contact_at(police))
    at(FRIDAY)
    assert at(MONDAY + dt.timedelta(days=5)) == []  # Saturday
    assert len(at(MONDAY + dt.timedelta(days=7))) == 1
    assert at(MONDAY + dt.timedelta(days=8)) == []


def test_whoever_wants_mail_again_gets_it_on_the_next_day_of_the_rhythm(plan: Plan, police: Partner) -> None:
    overdue(plan, contact_at(police))
    at(FRIDAY)
    with time_machine.travel(MONDAY + dt.timedelta(days=1), tick=False):
        set_rhythm(subscription=Subscription.objects.get(), rhythm=Rhythm.WEEKLY, by=None)
    assert at(MONDAY + dt.timedelta(days=1, hours=1)) == []
    assert len(at(MONDAY + dt.timedelta(days=7))) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_mail() -> None:
    by = make_actor()
    partner = make_partner(by.coalition)
    plan = make_plan(by)
    for n in range(20):
        overdue(plan, contact_at(partner, f"ann{n}@example.org"), f"Step {n}")
    at(FRIDAY)
    together = Meeting(4)

    def work() -> None:
        together.wait()
        try:
            make_all_digests()
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    with time_machine.travel(MONDAY, tick=False):
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert DigestMail.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_meet_somebody_new_subscribe_them_once() -> None:
    by = make_actor()
    overdue(make_plan(by), contact_at(make_partner(by.coalition)))
    workers = [Thread(target=lambda: (make_all_digests(), connection.close())) for _ in range(4)]
    with time_machine.travel(FRIDAY, tick=False):
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert Subscription.objects.count() == 1


# ------------------------------------------------------------------ what
def test_nothing_due_and_nothing_new_makes_no_mail(plan: Plan, police: Partner) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        step = make_step(plan, "Later", owner=contact_at(police), due_on=dt.date(2027, 6, 30))
    at(FRIDAY)
    [made] = at(MONDAY)  # new for them
    assert list(made.steps.all()) == [step]
    assert at(MONDAY + dt.timedelta(days=7)) == []
    assert at(MONDAY + dt.timedelta(days=14)) == []


def test_what_was_found_to_say_nothing_is_not_asked_again_that_day(plan: Plan, police: Partner) -> None:
    """Somebody who gets a step on Monday at noon hears of it next Monday, not at a quarter past twelve."""
    ann = contact_at(police)
    with time_machine.travel(FRIDAY, tick=False):
        make_step(plan, "Later", owner=ann, due_on=dt.date(2027, 6, 30))
    at(FRIDAY)
    at(MONDAY)
    week = MONDAY + dt.timedelta(days=7)
    assert at(week) == []
    overdue(plan, ann)
    assert at(week + dt.timedelta(hours=5)) == []
    assert len(at(week + dt.timedelta(days=7))) == 1


def test_it_says_what_is_overdue_due_soon_silent_and_new_and_counts_the_rest(plan: Plan, police: Partner) -> None:
    ann = contact_at(police)
    long_ago, today = MONDAY - dt.timedelta(days=31), MONDAY.date()
    with time_machine.travel(FRIDAY, tick=False):
        make_step(plan, "Told before", owner=ann, due_on=dt.date(2027, 6, 30))
    at(FRIDAY)
    at(MONDAY - dt.timedelta(days=3))
    Subscription.objects.update(last_made_at=FRIDAY)
    with time_machine.travel(FRIDAY, tick=False):
        earlier = DigestMail.objects.create(
            coalition=plan.coalition, subscription=Subscription.objects.get(), address=ann.email
        )
        earlier.steps.set(Step.objects.all())
        overdue(plan, ann, "Late")
        make_step(plan, "Last day", owner=ann, due_on=today + dt.timedelta(days=14))
        make_step(plan, "New", owner=ann, due_on=today + dt.timedelta(days=15))
    with time_machine.travel(long_ago, tick=False):
        make_step(plan, "Silent", owner=ann)
        heard = make_step(plan, "Heard of", owner=ann)
    Update.objects.create(step=heard, status="in_progress", at=FRIDAY)
    earlier.steps.add(heard)
    [made] = at(MONDAY)
    message = sent(made)
    words = message.body
    assert [
        words.index(title) for title in ("OVERDUE", "Late", "DUE IN", "Last day", "NO NEWS", "Silent", "NEW FOR")
    ] == sorted(
        words.index(title) for title in ("OVERDUE", "Late", "DUE IN", "Last day", "NO NEWS", "Silent", "NEW FOR")
    )
    assert "2 more are yours and can wait." in words
    assert "Told before" not in words
    assert message.subject == "1 step overdue, 1 due soon, 1 without news, 1 new · Ours"


def test_a_long_list_is_cut_and_counted(plan: Plan, police: Partner) -> None:
    ann = contact_at(police)
    for n in range(30):
        overdue(plan, ann, f"Step {n}")
    at(FRIDAY)
    [made] = at(MONDAY)
    assert made.steps.count() == 25
    assert "5 more are yours and can wait." in sent(made).body


def test_the_mail_names_the_coalition_and_can_be_ended_in_one_click(plan: Plan, police: Partner, by: Actor) -> None:
    step = overdue(plan, contact_at(police), "Tell <b>the</b> chiefs & mayors")
    at(FRIDAY)
    [made] = at(MONDAY)
    message = sent(made)
    assert made.state == JobState.DONE
    raw: EmailMessage = message.message()
    assert raw["List-Unsubscribe"].startswith("<http://localhost/u/")
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Ours" in message.subject
    assert message.reply_to == [by.user.email]
    html = message.alternatives[0].content
    assert step.title in message.body
    assert "Tell &lt;b&gt;the&lt;/b&gt; chiefs &amp; mayors" in html
    assert "<img" not in html
    assert "UNDEFINED" not in html + message.body


def test_what_is_done_or_given_away_before_the_mail_leaves_is_not_in_it(plan: Plan, police: Partner) -> None:
    ann = contact_at(police)
    done, moved, stays = (overdue(plan, ann, title) for title in ("Done by now", "Given away", "Stays"))
    at(FRIDAY)
    [made] = at(MONDAY)
    Step.objects.filter(pk=done.pk).update(status=StepStatus.DROPPED)
    Responsibility.objects.filter(step=moved).update(contact=contact_at(police, "bo@example.org"))
    body = sent(made).body
    assert stays.title in body
    assert done.title not in body
    assert moved.title not in body


@pytest.mark.parametrize("meanwhile", ["stopped", "moved", "finished"])
def test_a_mail_nobody_wants_any_more_does_not_leave(plan: Plan, police: Partner, meanwhile: str) -> None:
    ann = contact_at(police)
    step = overdue(plan, ann)
    at(FRIDAY)
    [made] = at(MONDAY)
    if meanwhile == "stopped":
        with time_machine.travel(MONDAY + dt.timedelta(minutes=1), tick=False):
            set_rhythm(subscription=made.subscription, rhythm=Rhythm.NEVER, by=None)
    elif meanwhile == "moved":
        Contact.objects.filter(pk=ann.pk).update(email="elsewhere@example.org")
    else:
        Step.objects.filter(pk=step.pk).update(status=StepStatus.DONE, finished_at=timezone.now())
    assert sent(made) is None
    assert made.state == JobState.DONE


def test_nothing_is_sent_to_an_address_that_refuses_mail_until_it_is_mended(plan: Plan, police: Partner) -> None:
    overdue(plan, contact_at(police, "Ann@example.org"))
    at(FRIDAY)
    refused = RefusedAddress.objects.create(address="ann@example.org", reason="unknown", source="smtp")
    assert at(MONDAY) == []
    refused.cleared_at = timezone.now()
    refused.save()
    assert len(at(MONDAY + dt.timedelta(days=1))) == 1  # what was missed


def test_a_thousand_owners_take_no_more_queries_than_one(plan: Plan, police: Partner) -> None:
    def queries(moment: dt.datetime) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert at(moment)
        return len(caught)

    overdue(plan, contact_at(police, "first@example.org"))
    at(FRIDAY)
    one = queries(MONDAY)
    contacts = Contact.objects.bulk_create(
        Contact(partner=police, name=f"Ann {n}", email=f"ann{n}@example.org") for n in range(1000)
    )
    steps = Step.objects.bulk_create(
        Step(plan=plan, title=f"Step {n}", order=n, due_on=dt.date(2026, 11, 2)) for n in range(1000)
    )
    Responsibility.objects.bulk_create(
        Responsibility(step=step, contact=contact) for step, contact in zip(steps, contacts, strict=True)
    )
    let_the_planner_look(Contact, Step, Responsibility)
    at(MONDAY + dt.timedelta(days=1))
    many = queries(MONDAY + dt.timedelta(days=7))
    assert DigestMail.objects.count() == 1002
    assert many <= one + 5  # rows are written in batches


def test_a_coalition_without_plans_costs_little(by: Actor) -> None:
    with time_machine.travel(MONDAY, tick=False), CaptureQueriesContext(connection) as caught:
        make_digests(coalition=Coalition.objects.get())
    assert len(caught) <= 10


def test_beat_asks_for_a_task_that_workers_know(settings: Any) -> None:
    from phast.celery import app

    app.loader.import_default_modules()
    assert settings.CELERY_BEAT_SCHEDULE["make-digests"]["task"] in app.tasks
