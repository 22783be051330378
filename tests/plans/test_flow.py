"""The guided path, several people at one plan, and plans that are long."""

from __future__ import annotations

import random
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from phast.access.actor import Actor
from phast.access.table import Role
from phast.versions import EditConflict
from plans import actions
from plans.actions.tree import LEVELS
from plans.enums import Move, Stage, StepStatus
from plans.models import Barrier, Plan, Recommendation, Step
from tests.client import ReadingClient
from tests.factories import make_partner, make_person, sign_in
from tests.plans.factories import make_actor, make_plan, make_step, outline_of
from tests.world import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(client: ReadingClient) -> Actor:
    """The coordinator, signed in."""
    actor = make_actor()
    sign_in(client, actor.user)
    return actor


def url(by: Actor, name: str, *keys: object) -> str:
    return reverse(f"plans:{name}", args=[by.coalition.slug, *keys])


def stops(client: ReadingClient, by: Actor, plan: Plan) -> dict[str, str]:
    """The path as the page of the barriers shows it: stage → what it holds."""
    text = client.get(url(by, "stage", plan.pk, "barriers")).content.decode()
    found = re.findall(r'path__label">(.*?)</span>\s*<span class="path__holds">(.*?)</span>', text)
    return dict(found)


# ------------------------------------------------------------------ the guided path, without a script
def test_the_path_leads_from_a_scenario_to_a_plan_and_says_what_each_stage_holds(
    client: ReadingClient, by: Actor
) -> None:
    plan, partner = make_plan(by), make_partner(by.coalition)
    assert client.get(url(by, "work", plan.pk)).url == url(by, "stage", plan.pk, "scenario")
    assert list(stops(client, by, plan)) == [str(stage.label) for stage in Stage]
    assert {holds[-3:] for holds in stops(client, by, plan).values()} == {"yet"}

    answer = client.post(
        url(by, "stage", plan.pk, "scenario"), {"scenario": "A chief said no.", "version": plan.version}
    )
    assert answer.url == url(by, "stage", plan.pk, "challenge")
    plan.refresh_from_db()
    client.post(url(by, "stage", plan.pk, "challenge"), {"challenge": "Some have it.", "version": plan.version})
    at = "?stage=barriers"
    answer = client.post(
        url(by, "barrier_add", plan.pk) + at,
        {"barrier-text": "No time", "barrier-standing": ["suspected", "confirmed"]},
    )
    assert answer.url.startswith(url(by, "stage", plan.pk, "barriers"))
    barrier = Barrier.objects.get()
    assert barrier.standing == "confirmed"
    client.post(
        url(by, "recommendation_add", plan.pk) + "?stage=recommendations",
        {"recommendation-text": "Train at roll call", "recommendation-barriers": [barrier.pk]},
    )
    assert client.get(url(by, "work", plan.pk)).url == url(by, "stage", plan.pk, "prioritise")
    idea = Recommendation.objects.get()
    client.post(url(by, "recommendation_step", idea.pk) + "?stage=plan")
    client.post(
        url(by, "step_add", plan.pk) + "?stage=plan",
        {"step-title": "Print cards", "step-party": f"partner-{partner.pk}", "step-due": "end of June"},
    )
    assert [(s.title, s.recommendation) for s in plan.steps.all()] == [
        ("Train at roll call", idea),
        ("Print cards", None),
    ]
    assert stops(client, by, plan) == {
        "Scenario": "written",
        "Challenge": "written",
        "Barriers": "1 named",
        "Recommendations": "1 made",
        "Prioritize": "none decided yet",
        "Plan": "2 steps, 1 with nobody",
    }


def test_a_step_without_an_owner_is_named_on_the_page_that_makes_steps(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    make_step(plan, "Orphan")
    make_step(plan, "Owned", owner=make_partner(by.coalition))
    text = client.get(url(by, "stage", plan.pk, "plan")).content.decode()
    nobody = text[text.index("Nobody is responsible yet") : text.index('id="outline"')]
    assert "Orphan" in nobody
    assert "Owned" not in nobody


def test_what_was_decided_becomes_a_step_once(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    for text, decision in (("Now", "do"), ("Later", "later"), ("Never", "not")):
        Recommendation.objects.create(
            plan=plan, text=text, decision=decision, decided_at="2026-01-01T00:00Z", decided_by=by.user
        )
    page = url(by, "stage", plan.pk, "plan")
    assert re.findall(r"Make it a step<span[^>]*>: (.*?)</span>", client.get(page).content.decode()) == ["Now"]
    client.post(url(by, "recommendation_step", Recommendation.objects.get(text="Now").pk))
    assert "Make it a step" not in client.get(page).content.decode()


def test_a_barrier_is_confirmed_in_one_press_and_then_how_it_was_learned_is_asked(
    client: ReadingClient, by: Actor
) -> None:
    barrier = Barrier.objects.create(plan=make_plan(by), text="No time")
    standing = url(by, "barrier_standing", barrier.pk) + "?stage=barriers"
    assert "How did we learn it?" not in client.get(url(by, "stage", barrier.plan_id, "barriers")).content.decode()
    text = client.post(standing, {"standing": "confirmed"}, follow=True).content.decode()
    assert "How did we learn it?" in text
    client.post(standing, {"standing": "confirmed", "how_learned": "A chief told us"})
    client.post(standing, {"standing": "suspected"})
    barrier.refresh_from_db()
    assert (barrier.standing, barrier.how_learned) == ("suspected", "A chief told us")
    client.post(standing, {"standing": "nonsense"})
    barrier.refresh_from_db()
    assert barrier.standing == "suspected"


def test_two_people_who_write_the_scenario_see_both_and_lose_nothing(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by, scenario="As it was")
    page = url(by, "stage", plan.pk, "scenario")
    sent = {"version": plan.version, "initial-scenario": "As it was"}
    client.post(page, sent | {"scenario": "Hers"})
    answer = client.post(page, sent | {"scenario": "His"})
    assert answer.status_code == 422
    assert "Hers" in answer.content.decode()
    assert "His</textarea>" in answer.content.decode()


# ------------------------------------------------------------------ several people at one plan
def test_an_open_page_hears_nothing_until_somebody_changes_the_plan(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    text = client.get(url(by, "detail", plan.pk)).content.decode()
    state = re.search(r'data-state="([^"]*)"', text)[1]
    ask = url(by, "changes", plan.pk)
    assert client.get(ask, {"since": state}).status_code == 204
    dana = actor_of(
        make_person("dana@example.org", coalition=by.coalition, role=Role.COORDINATOR, name="Dana"), by.coalition
    )
    actions.add_step(plan=plan, title="Hold a meeting", by=dana)
    for page in ("", "plan"):
        fresh = client.get(ask, {"since": state, "stage": page}).content.decode()
        assert "Dana added “Hold a meeting” at" in fresh
        assert "Undo:" not in fresh, "it is not theirs to take back"
    state = re.search(r'data-state="([^"]*)"', fresh)[1]
    assert client.get(ask, {"since": state}).status_code == 204
    actions.add_step(plan=make_plan(by, title="Another"), title="Elsewhere", by=dana)
    assert client.get(ask, {"since": state}).status_code == 204


def test_an_open_page_may_ask_from_any_stage(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    sign_in(client, by.user)
    for stage in Stage.values:
        assert client.get(url(by, "changes", plan.pk), {"since": "0", "stage": stage}).status_code == 200


def test_a_drop_is_one_request_to_any_place(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    a, b, c = (make_step(plan, title) for title in "ABC")
    make_step(plan, "A1", parent=a)
    make_step(plan, "A2", parent=a)

    def drop(step: Step, parent: Step | None, after: Step | None) -> Any:
        values = {"parent": parent.pk if parent else "", "after": after.pk if after else ""}
        return client.post(url(by, "step_move", step.pk), values, follow=True).content.decode()

    drop(c, a, Step.objects.get(title="A1"))
    assert outline_of(plan) == {"A": {"A1": {}, "C": {}, "A2": {}}, "B": {}}
    assert list(outline_of(plan)["A"]) == ["A1", "C", "A2"]
    drop(b, None, None)
    assert list(outline_of(plan)) == ["B", "A"]
    assert "cannot be a sub-step of itself" in drop(a, c, None)
    actions.remove_step(step=b, by=by)
    assert "removed from the plan meanwhile" in drop(a, b, None)
    for model, name in ((Barrier, "barrier_move"), (Recommendation, "recommendation_move")):
        one, _two, three = (model.objects.create(plan=plan, text=text, order=n) for n, text in enumerate("123"))
        client.post(url(by, name, three.pk), {"after": ""})
        client.post(url(by, name, one.pk), {"after": three.pk})
        assert "".join(item.text for item in model.objects.filter(plan=plan)) == "312"


# ------------------------------------------------------------------ long plans
def fill(plan: Plan, owner: Any, tops: int, *below: int) -> None:
    """`tops` steps, each with so many sub-steps, each of those with so many."""

    def make(parent: Step | None, counts: tuple[int, ...]) -> None:
        for n in range(counts[0]):
            step = make_step(
                plan, f"Step {n}", parent=parent, owner=owner, due_said="quarterly", detail="More about it"
            )
            if counts[1:]:
                make(step, counts[1:])

    make(None, (tops, *below))


def test_a_plan_of_300_steps_takes_the_queries_of_one_of_ten(client: ReadingClient, by: Actor) -> None:
    owner = make_partner(by.coalition)
    short, long = make_plan(by, title="Short"), make_plan(by, title="Long")
    fill(short, owner, 2, 2, 1, 1)
    fill(long, owner, 10, 2, 2, 6)
    assert (short.steps.count(), long.steps.count()) == (14, 310)
    for name, more in (("detail", ()), ("stage", ("plan",))):
        counts, sizes = [], []
        for plan in (short, short, long):  # the first warms up
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(url(by, name, plan.pk, *more))
            counts.append(len(captured))
            sizes.append(len(answer.content))
        assert counts[1] == counts[2]
        assert counts[2] <= 24
        assert sizes[2] < 600_000, "bytes: what is used less often is fetched when asked for"


# ------------------------------------------------------------------ nothing is lost, whoever does what at once
class Crowd:
    """People who do something at random with one plan, each on a connection of their own."""

    PEOPLE, DEEDS = 3, 4

    def __init__(self) -> None:
        boss = make_actor()
        users = [
            make_person(f"person{n}@example.org", coalition=boss.coalition, role=Role.COORDINATOR, name=f"Person {n}")
            for n in range(self.PEOPLE)
        ]
        self.actors = [actor_of(user, boss.coalition) for user in users]
        self.plan = make_plan(boss)
        self.partners = [make_partner(boss.coalition, name=f"Partner {n}") for n in range(3)]
        top = [make_step(self.plan, f"Top {n}") for n in range(4)]
        for n, parent in enumerate(top[:2]):
            make_step(self.plan, f"Below {n}", parent=parent)
        self.surprises: list[BaseException] = []
        self.edits: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.steps = Step.objects.filter(plan=self.plan).count()
        self.lock = threading.Lock()

    def round(self, number: int) -> None:
        start = threading.Barrier(self.PEOPLE)
        threads = [
            threading.Thread(target=self.act, args=(n, random.Random(f"{number}/{n}"), start))
            for n in range(self.PEOPLE)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    def act(self, n: int, pick: random.Random, start: threading.Barrier) -> None:
        by = self.actors[n]
        try:
            start.wait(30)
            for _ in range(self.DEEDS):
                try:
                    self.deed(by, pick)
                except (ValidationError, EditConflict):
                    pass  # said no: too deep, a circle, removed, or somebody else was faster
        except BaseException as error:
            self.surprises.append(error)
        finally:
            connection.close()

    def deed(self, by: Actor, pick: random.Random) -> None:
        everything = list(Step.objects.filter(plan=self.plan))
        step = pick.choice(everything)
        match pick.choice(
            ["edit", "edit", "edit", "move", "place", "add", "remove", "restore", "undo", "who", "status"]
        ):
            case "edit":
                words = f"{by.user} {pick.random()}"
                saved = actions.edit_step(step=step, values={"title": words}, version=step.version, by=by)
                with self.lock:
                    self.edits[step.pk].append((saved.version, words))
            case "move":
                actions.move_step(step=step, to=pick.choice(list(Move)), by=by)
            case "place":
                after = pick.choice([None, pick.choice(everything).pk])
                actions.place_step(step=step, parent=pick.choice([None, *everything]), after=after, by=by)
            case "add":
                actions.add_step(plan=self.plan, title="New", parent=pick.choice([None, step]), by=by)
                with self.lock:
                    self.steps += 1
            case "remove":
                actions.remove_step(step=step, by=by)
            case "restore":
                actions.restore_step(step=step, by=by)
            case "undo":
                actions.undo_last(plan=self.plan, by=by)
            case "who":
                actions.set_responsible(step=step, added=[(pick.choice(self.partners), "lead")], by=by)
            case "status":
                actions.update_step(step=step, status=pick.choice(list(StepStatus)), by=by)

    def check(self, number: int) -> None:
        assert self.surprises == [], f"round {number}"
        steps = {step.pk: step for step in Step.objects.filter(plan=self.plan)}
        assert len(steps) == self.steps, f"round {number}: a step is lost"
        # The tree is walked from its top: a step in a circle, or below a removed one, would not be found.
        walked = {step.pk: step.tree_depth for step in Step.objects.in_tree(self.plan.pk)}
        assert set(walked) == {key for key, step in steps.items() if step.removed_at is None}, f"round {number}"
        assert max(walked.values(), default=0) < LEVELS, f"round {number}: too deep"
        history: Any = apps.get_model("plans", "StepEvent")
        for key, saved in self.edits.items():
            versions = [version for version, _ in saved]
            assert len(versions) == len(set(versions)), f"round {number}: two edits of one version"
            kept = set(history.objects.filter(pgh_obj=key).values_list("title", flat=True))
            assert {words for _, words in saved} <= kept, f"round {number}: an edit is lost"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_and_no_circle_appears_whoever_does_what_at_once(drill_size: Callable[[int], int]) -> None:
    crowd = Crowd()
    for number in range(drill_size(1000)):
        crowd.round(number)
        crowd.check(number)
        if number % 25 == 24:  # a plan of hundreds of removed steps would only be slow
            crowd = _another(crowd)


def _another(crowd: Crowd) -> Crowd:
    """The same people with a new plan."""
    fresh = Crowd.__new__(Crowd)
    fresh.__dict__ = dict(crowd.__dict__)
    fresh.plan = make_plan(crowd.actors[0])
    fresh.edits = defaultdict(list)
    parent = None
    for n in range(6):
        parent = make_step(fresh.plan, f"Step {n}", parent=parent if n % 2 else None)
    fresh.steps = 6
    return fresh
