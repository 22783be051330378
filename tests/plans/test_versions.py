"""Approved versions: numbered, frozen, and all that observers read."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coalitions.models import Position
from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from phast.reports.actions import request_report
from phast.reports.models import Report
from plans import versions
from plans.actions import approve_plan, edit_plan, remove_item, remove_step, update_step, withdraw_version
from plans.enums import StepStatus
from plans.home import figures
from plans.models import (
    Barrier,
    Intervention,
    Measure,
    MeasureValue,
    Plan,
    PlanVersion,
    Recommendation,
    Stance,
    Step,
    StepFile,
)
from plans.reports import PLAN, SUMMARY_REPORT
from tests.access.test_matrix import TENANT_PAGES, Visitor, rows_for
from tests.access.test_matrix import address as address_of
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in
from tests.plans.factories import make_actor, make_contact, make_plan, make_step
from tests.world import World, actor_of

pytestmark = pytest.mark.django_db

LIVE = "zz-live-canary"
FROZEN = "as approved"


def full_plan(by: Actor, word: str) -> Plan:
    """A plan with something of everything a version holds, all of it saying `word`."""
    plan = make_plan(by, title=f"Plan {word}", scenario=word, challenge=word)
    Barrier.objects.create(plan=plan, text=f"Barrier {word}", detail=word, how_learned=word)
    recommendation = Recommendation.objects.create(
        plan=plan,
        text=f"Recommendation {word}",
        decision="do",
        decision_reason=word,
        decided_by=by.user,
        decided_at=timezone.now(),
    )
    person = make_contact(make_partner(by.coalition, name="Riverbend"), name="Dana Reyes")
    step = make_step(
        plan, f"Step {word}", owner=person, resources=word, funding=word, recommendation=recommendation, due_said=word
    )
    make_step(plan, f"Sub {word}", parent=step, owner=Position.objects.create(coalition=by.coalition, title="Champion"))
    StepFile.objects.create(step=step, name=f"file {word}.txt", size=1, added_by=by.user)
    measure = Measure.objects.create(plan=plan, text=f"Measure {word}", unit="kits", baseline=1, target=9, story=word)
    MeasureValue.objects.create(measure=measure, on=dt.date(2026, 3, 1), value=3, note=word, by=by.user)
    return plan


def change_everything(plan: Plan, by: Actor) -> None:
    """The plan goes on: each of its words is another one, steps are done, and there is more of everything."""
    edit_plan(plan=plan, values={"title": LIVE, "scenario": LIVE, "challenge": LIVE}, version=None, by=by)
    Barrier.objects.filter(plan=plan).update(text=LIVE, detail=LIVE, how_learned=LIVE)
    Recommendation.objects.filter(plan=plan).update(text=LIVE, decision="not", decision_reason=LIVE)
    Step.objects.filter(plan=plan).update(title=LIVE, detail=LIVE, resources=LIVE, funding=LIVE, due_said=LIVE)
    Measure.objects.filter(plan=plan).update(text=LIVE, story=LIVE, unit=LIVE)
    MeasureValue.objects.update(note=LIVE)
    StepFile.objects.update(name=LIVE)
    for step in Step.objects.filter(plan=plan):
        update_step(step=step, status=StepStatus.DONE, note=LIVE, by=by)
    remove_item(item=Barrier.objects.create(plan=plan, text=f"Removed {LIVE}"), by=by)
    remove_step(step=make_step(plan, f"Removed {LIVE}"), by=by)
    make_step(plan, f"New {LIVE}")


@pytest.fixture
def boss() -> Actor:
    return make_actor()


@pytest.fixture
def observer(boss: Actor) -> Actor:
    return make_actor(Role.OBSERVER, coalition=boss.coalition)


def page(client: ReadingClient, who: Actor, address: str) -> str:
    sign_in(client, who.user)
    response = client.get(f"/c/{who.coalition.slug}/{address}")
    assert response.status_code == 200, address
    return response.content.decode()


# ------------------------------------------------------------------ what observers read
def test_whatever_happens_to_a_plan_observers_read_the_words_that_were_approved(
    boss: Actor, observer: Actor, client: ReadingClient
) -> None:
    plan = full_plan(boss, FROZEN)
    version = approve_plan(plan=plan, by=boss)
    before = [(figure.number, figure.of) for figure in figures(observer)]
    change_everything(plan, boss)
    addresses = [
        "",
        "plans/",
        f"plans/{plan.pk}/",
        f"plans/{plan.pk}/versions/",
        f"plans/{plan.pk}/versions/compare/",
        f"plans/versions/{version.pk}/",
        "reports/",
    ]
    for address in addresses:
        shown = page(client, observer, address)
        assert LIVE not in shown, address
        assert "Dana Reyes" not in shown, address
        assert f"file {FROZEN}" not in shown, address
    for address in ("plans/", f"plans/{plan.pk}/", f"plans/versions/{version.pk}/"):
        assert f"Plan {FROZEN}" in page(client, observer, address)
    reading = page(client, observer, f"plans/{plan.pk}/")
    for part in ("Barrier", "Recommendation", "Step", "Sub", "Measure"):
        assert f"{part} {FROZEN}" in reading
    assert "Somebody at Riverbend" in reading
    assert "0 of 2 steps done" in reading
    assert before == [(figure.number, figure.of) for figure in figures(observer)] == [("0", "2")]
    for kind in (PLAN, SUMMARY_REPORT):
        request = kind.request(observer, {"plan": plan.pk})
        words = json.dumps(kind.collect(boss.coalition, request)) + request.title
        assert LIVE not in words
        assert "Dana Reyes" not in words
        assert FROZEN in words
        assert [choice.label for choice in kind.choices(observer)] == [f"Plan {FROZEN}"]


def live_on(world: World, role: Role) -> list[str]:
    """The pages on which a person in this role meets a word of a plan as it is now."""
    coalition = world.ours.coalition
    Plan.objects.of(coalition).update(title=LIVE, scenario=LIVE, challenge=LIVE)
    for model in (Barrier, Recommendation, Measure, Intervention):
        model.objects.of(coalition).update(text=LIVE)
    Step.objects.of(coalition).update(title=LIVE, detail=LIVE, resources=LIVE, funding=LIVE, due_said=LIVE)
    MeasureValue.objects.of(coalition).update(note=LIVE)
    Stance.objects.of(coalition).update(reason=LIVE)
    StepFile.objects.of(coalition).update(name=LIVE)
    user = world.ours.users[role]
    visitor, actor = Visitor(user), actor_of(user, coalition)
    found = []
    for end in TENANT_PAGES:
        rows = rows_for(end, actor) if actor.can(end.access) else None
        if rows is not None and LIVE.encode() in visitor.ask("GET", address_of(end, world, coalition.slug, rows)).whole:
            found.append(end.name)
    return found


def test_no_page_of_the_portal_shows_observers_a_live_word(world: World) -> None:
    assert live_on(world, Role.OBSERVER) == []


def test_the_live_words_are_all_over_the_pages_of_members(world: World) -> None:
    """The test above can fail."""
    assert {"plans:list", "plans:detail", "plans:version_compare"} & set(live_on(world, Role.MEMBER))


def test_the_canary_sings_for_those_who_follow_the_plan(boss: Actor, client: ReadingClient) -> None:
    """The test above can fail: the live words are on the pages of everybody else."""
    plan = full_plan(boss, FROZEN)
    change_everything(plan, boss)
    assert LIVE in page(client, boss, f"plans/{plan.pk}/")
    assert LIVE in page(client, boss, "plans/")


def test_the_coalitions_own_people_read_a_version_with_the_names(boss: Actor, client: ReadingClient) -> None:
    member = make_actor(Role.MEMBER, coalition=boss.coalition)
    version = approve_plan(plan=full_plan(boss, FROZEN), note="All of it", by=boss)
    shown = page(client, member, f"plans/versions/{version.pk}/")
    for words in ("Dana Reyes", f"file {FROZEN}.txt", "What is new: All of it", version.sha256):
        assert words in shown
    assert "data-confirm" not in shown


def test_a_version_that_knew_less_is_still_a_page(boss: Actor, observer: Actor, client: ReadingClient) -> None:
    plan = make_plan(boss)
    version = approve_plan(plan=plan, by=boss)
    old = {"status": "Active", "scenario": "S", "challenge": "C", "barriers": [{"text": "B"}], "done": 0, "counted": 1}
    old |= {"recommendations": [{"text": "R"}], "steps": [{"number": "1", "title": "T", "parties": [], "steps": []}]}
    other = PlanVersion.objects.create(
        plan=plan,
        number=2,
        content={"named": old, "public": old},
        sha256="0" * 64,
        approved_at=timezone.now(),
        approved_by=boss.user,
    )
    compare = f"plans/{plan.pk}/versions/compare/?before={version.number}&after={other.number}"
    for address in (f"plans/versions/{other.pk}/", compare, f"plans/{plan.pk}/", "plans/"):
        assert page(client, observer, address)


# ------------------------------------------------------------------ approving
def test_each_approval_is_the_next_number_and_is_what_observers_read(boss: Actor, observer: Actor) -> None:
    plan = make_plan(boss)
    first = approve_plan(plan=plan, by=boss)
    make_step(plan)
    second = approve_plan(plan=plan, note="A step", by=boss)
    plan.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert (plan.approved_at, plan.approved_by) == (second.approved_at, boss.user)
    assert [one.number for one in versions.shelf(observer)] == [2]
    assert all(versions.is_intact(version) for version in PlanVersion.objects.all())
    assert Event.objects.filter(verb="plan.approved").count() == 2


def test_approving_what_has_not_changed_says_so(boss: Actor, client: ReadingClient) -> None:
    plan = full_plan(boss, FROZEN)
    approve_plan(plan=plan, by=boss)
    with pytest.raises(ValidationError, match="Nothing has changed since version 1"):
        approve_plan(plan=plan, by=boss)
    shown = page(client, boss, f"plans/{plan.pk}/approve/")
    assert "Nothing new to approve" in shown
    assert PlanVersion.objects.count() == 1


def test_a_day_that_passes_changes_no_plan(boss: Actor) -> None:
    plan = make_plan(boss)
    make_step(plan, due_on=boss.coalition.today())
    now = versions.content_of(plan, today=boss.coalition.today())
    later = versions.content_of(plan, today=boss.coalition.today() + dt.timedelta(days=9))
    assert later["named"]["overdue"] == 1
    assert versions.same(now, later)


def test_what_is_approved_is_what_was_looked_at(boss: Actor, client: ReadingClient) -> None:
    plan = make_plan(boss)
    sign_in(client, boss.user)
    address = f"/c/{boss.coalition.slug}/plans/{plan.pk}/approve/"
    seen = client.get(address).context["seen"]
    make_step(plan, "Came meanwhile")
    response = client.post(address, {"note": "Words that took time", "seen": seen})
    assert response.status_code == 422
    shown = response.content.decode()
    assert "Somebody changed the plan while you read it" in shown
    assert "Words that took time" in shown
    assert "Came meanwhile" in shown
    assert client.post(address, {"note": "N", "seen": response.context["seen"]}).status_code == 302
    assert PlanVersion.objects.get().note == "N"


def test_a_template_is_not_approved(boss: Actor) -> None:
    with pytest.raises(ValidationError, match="template"):
        approve_plan(plan=make_plan(boss, is_template=True), by=boss)


def test_a_version_is_never_rewritten(boss: Actor) -> None:
    version = approve_plan(plan=make_plan(boss), by=boss)
    for change in ({"content": {}}, {"note": "x"}, {"number": 9}, {"sha256": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PlanVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        version.delete()


def test_the_plans_page_says_which_version_stands_and_what_came_since(boss: Actor, client: ReadingClient) -> None:
    plan = make_plan(boss)
    step = make_step(plan)
    assert "Not approved yet" in page(client, boss, f"plans/{plan.pk}/")
    approve_plan(plan=plan, by=boss)
    assert "since</a>" not in page(client, boss, f"plans/{plan.pk}/")
    update_step(step=step, status=StepStatus.IN_PROGRESS, by=boss)
    update_step(step=step, status=StepStatus.DONE, by=boss)
    edit_plan(plan=plan, values={"scenario": "New"}, version=None, by=boss)
    assert "2 changes since</a>" in page(client, boss, f"plans/{plan.pk}/")


# ------------------------------------------------------------------ withdrawing
def test_when_a_version_is_withdrawn_observers_read_the_one_before(
    boss: Actor, observer: Actor, client: ReadingClient
) -> None:
    plan = make_plan(boss, scenario="First words")
    first = approve_plan(plan=plan, by=boss)
    Plan.objects.filter(pk=plan.pk).update(scenario="Second words")
    second = approve_plan(plan=plan, by=boss)
    request_report(kind="plan", fields={"plan": plan.pk}, by=observer)
    request_report(kind="plan-summary", fields={"plan": plan.pk}, by=observer)
    request_report(kind="plan", fields={"version": first.pk}, by=observer)
    withdraw_version(version=second, by=boss)
    plan.refresh_from_db()
    assert plan.approved_at == first.approved_at
    assert "First words" in page(client, observer, f"plans/{plan.pk}/")
    assert client.get(f"/c/{boss.coalition.slug}/plans/versions/{second.pk}/").status_code == 404
    assert [report.parameters for report in Report.objects.readable_by(observer)] == [{"version": first.pk}]
    assert "Withdrawn" in page(client, boss, f"plans/versions/{second.pk}/")
    withdraw_version(version=first, by=boss)
    withdraw_version(version=first, by=boss)
    plan.refresh_from_db()
    assert (plan.approved_at, plan.approved_by) == (None, None)
    sign_in(client, observer.user)
    assert client.get(f"/c/{boss.coalition.slug}/plans/{plan.pk}/").status_code == 404
    assert Event.objects.filter(verb="plan.version_withdrawn").count() == 2


def test_after_a_withdrawal_the_same_words_can_be_approved_again(boss: Actor) -> None:
    plan = make_plan(boss)
    withdraw_version(version=approve_plan(plan=plan, by=boss), by=boss)
    assert approve_plan(plan=plan, by=boss).number == 2


# ------------------------------------------------------------------ upgrading
def test_an_approval_from_before_there_were_versions_becomes_version_one(boss: Actor, observer: Actor) -> None:
    then = timezone.now() - dt.timedelta(days=200)
    plan = make_plan(boss, approved_at=then, approved_by=boss.user, scenario="Kept")
    make_plan(boss, title="A draft")
    for _ in range(2):
        call_command("load_reference", verbosity=0)
    version = PlanVersion.objects.get()
    assert (version.plan, version.number, version.approved_at) == (plan, 1, then)
    assert version.approved_by == boss.user
    assert versions.words_for(version, names=False)["scenario"] == "Kept"
    plan.refresh_from_db()
    assert (plan.approved_at, plan.approved_by) == (then, boss.user)
    assert [one.title for one in versions.shelf(observer)] == ["A plan"]


# ------------------------------------------------------------------ comparing
def test_two_versions_are_compared_item_by_item(boss: Actor, observer: Actor, client: ReadingClient) -> None:
    plan = make_plan(boss, scenario="Five departments have no program.")
    step = make_step(plan, "Call the chiefs")
    approve_plan(plan=plan, by=boss)
    Step.objects.filter(pk=step.pk).update(due_said="June 30")
    make_step(plan, "Train the officers")
    approve_plan(plan=plan, by=boss)
    Step.objects.filter(pk=step.pk).update(title="Later still")
    address = f"plans/{plan.pk}/versions/compare/?before=1&after="
    shown = page(client, observer, f"{address}2")
    assert "2 changes" in shown
    assert "Train the officers" in shown
    assert "Put in: </span>June 30" in shown
    assert "Later still" not in shown
    sign_in(client, observer.user)
    for refused in ("now", "3"):
        assert client.get(f"/c/{boss.coalition.slug}/{address}{refused}").status_code == 404
    assert "Later still" in page(client, boss, f"{address}now")
    assert "No difference" in page(client, boss, address.replace("before=1", "before=2") + "2")


# ------------------------------------------------------------------ size
def test_pages_of_versions_ask_as_much_for_many_steps_as_for_one(
    boss: Actor, observer: Actor, client: ReadingClient
) -> None:
    counts = []
    for steps in (1, 60):
        plan = make_plan(boss)
        for n in range(steps):
            make_step(plan, f"Step {n}", owner=boss.coalition.partners.first() or make_partner(boss.coalition))
        version = approve_plan(plan=plan, by=boss)
        make_step(plan)
        approve_plan(plan=plan, by=boss)
        addresses = [
            (observer, f"plans/versions/{version.pk}/"),
            (observer, f"plans/{plan.pk}/versions/"),
            (observer, f"plans/{plan.pk}/versions/compare/?before=1&after=2"),
            (boss, f"plans/{plan.pk}/versions/compare/?before=1&after=now"),
            (boss, f"plans/{plan.pk}/approve/"),
            (observer, "plans/"),
        ]
        counts.append([])
        for who, address in addresses:
            sign_in(client, who.user)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(f"/c/{who.coalition.slug}/{address}").status_code == 200
            counts[-1].append((address.split("/")[-2], len(asked)))
    assert [n for _, n in counts[0]] == [n for _, n in counts[1]], counts
    assert max(n for _, n in counts[0]) <= 30
