"""Taking back what one did last, and never what somebody else did since."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from plans import actions, changes
from plans.actions import (
    add_item,
    add_step,
    cast_votes,
    edit_item,
    edit_plan,
    edit_step,
    move_item,
    move_step,
    place_step,
    remove_item,
    remove_step,
    restore_step,
    set_responsible,
    undo_last,
    update_step,
)
from plans.actions.change import changed
from plans.enums import Move, Part, StepStatus
from plans.models import Barrier, Intervention, Plan, PlanChange, Recommendation, Responsibility, Stance, Step
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in
from tests.plans.factories import make_actor, make_contact, make_plan, make_step, outline_of
from tests.world import actor_of

pytestmark = pytest.mark.django_db


def another(by: Actor, name: str = "Dana") -> Actor:
    """A second coordinator of the same coalition."""
    from tests.factories import make_person

    user = make_person(f"{name}@example.org".lower(), coalition=by.coalition, role=Role.COORDINATOR, name=name)
    return actor_of(user, by.coalition)


def everything(plan: Plan) -> Any:
    """What the plan says, in plain values."""
    plan.refresh_from_db()
    barriers = Barrier.objects.present().filter(plan=plan)
    ideas = Recommendation.objects.present().filter(plan=plan)
    return (
        (plan.title, plan.scenario, plan.challenge, plan.status),
        [(b.text, b.standing, b.how_learned) for b in barriers],
        [(r.text, sorted(r.barriers.values_list("text", flat=True))) for r in ideas],
        json.dumps(outline_of(plan)),
        sorted(
            (s.title, s.due_said, s.due_on, s.status, s.finished_at, s.finished_by_id)
            for s in Step.objects.present().filter(plan=plan)
        ),
        sorted(
            (r.step.title, str(r.party), r.part, r.order)
            for r in Responsibility.objects.filter(step__plan=plan, step__removed_at=None)
        ),
    )


def build(by: Actor) -> Plan:
    """Two barriers, a recommendation, and A (with A1), B done, C."""
    plan = make_plan(by, scenario="S")
    partner = make_partner(by.coalition, name="Riverbend")
    barriers = [add_item(Barrier, plan=plan, values={"text": text}, by=by) for text in ("One", "Two")]
    add_item(Recommendation, plan=plan, values={"text": "Idea", "barriers": barriers[:1]}, by=by)
    a = add_step(plan=plan, title="A", party=partner, due="quarterly", by=by)
    add_step(plan=plan, title="A1", parent=a, by=by)
    update_step(step=add_step(plan=plan, title="B", by=by), status=StepStatus.DONE, by=by)
    add_step(plan=plan, title="C", by=by)
    PlanChange.objects.update(undo={})  # what follows is what there is to undo
    return plan


def step(title: str) -> Step:
    return Step.objects.get(title=title)


CHANGES: dict[str, Callable[[Plan, Actor], Any]] = {
    "a barrier added": lambda plan, by: add_item(Barrier, plan=plan, values={"text": "Three"}, by=by),
    "a barrier edited": lambda plan, by: edit_item(
        item=Barrier.objects.get(text="One"), values={"text": "Uno", "standing": "confirmed"}, version=None, by=by
    ),
    "a barrier moved": lambda plan, by: move_item(item=Barrier.objects.get(text="Two"), to=Move.UP, by=by),
    "a barrier removed": lambda plan, by: remove_item(item=Barrier.objects.get(text="One"), by=by),
    "what a recommendation answers": lambda plan, by: edit_item(
        item=Recommendation.objects.get(), values={"barriers": Barrier.objects.filter(text="Two")}, version=None, by=by
    ),
    "the plan's words": lambda plan, by: edit_plan(
        plan=plan, values={"challenge": "New", "status": "draft"}, version=None, by=by
    ),
    "a step added with its owner": lambda plan, by: add_step(
        plan=plan, title="D", party=make_partner(by.coalition), by=by
    ),
    "a step's words and date": lambda plan, by: edit_step(
        step=step("A"), values={"title": "Anew", "due_said": "end of June"}, version=None, by=by
    ),
    "a step moved up": lambda plan, by: move_step(step=step("C"), to=Move.UP, by=by),
    "a step moved below another": lambda plan, by: place_step(step=step("C"), parent=step("A"), after=None, by=by),
    "a step with sub-steps removed": lambda plan, by: remove_step(step=step("A"), by=by),
    "who is responsible": lambda plan, by: set_responsible(
        step=step("A"),
        parts={step("A").responsibilities.get().pk: None},
        added=[(make_contact(make_partner(by.coalition, name="Other")), Part.COLLABORATE)],
        by=by,
    ),
    "a status": lambda plan, by: update_step(step=step("C"), status=StepStatus.DONE, note="Done it", by=by),
    "a status that was done before": lambda plan, by: update_step(step=step("B"), status=StepStatus.BLOCKED, by=by),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_one_did_last_is_taken_back_and_all_is_as_before(change: Callable[[Plan, Actor], Any]) -> None:
    by = make_actor()
    plan = build(by)
    before = everything(plan)
    change(plan, by)
    assert everything(plan) != before
    taken_back = undo_last(plan=plan, by=by)
    assert taken_back is not None
    assert taken_back.undone_at is not None
    assert everything(plan) == before
    assert undo_last(plan=plan, by=by) is None


def test_undo_goes_back_step_by_step_and_is_told_and_recorded() -> None:
    by = make_actor()
    plan = make_plan(by)
    first = add_step(plan=plan, title="First", by=by)
    edit_step(step=first, values={"title": "Second thought"}, version=None, by=by)
    undo_last(plan=plan, by=by)
    assert list(outline_of(plan)) == ["First"]
    undo_last(plan=plan, by=by)
    assert outline_of(plan) == {}
    verbs = list(Event.objects.filter(coalition=by.coalition).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["step.added", "step.edited", "step.edited.undone", "step.added.undone"]
    dana = another(by)
    said = changes.live(plan, dana, can_edit=True, since="0-0").said
    assert said.startswith(f"{by.user} took back that they added “Second thought” at") or "“First”" in said
    assert said.endswith("and 3 more changes.")


def test_nobody_takes_back_what_somebody_else_did() -> None:
    by = make_actor()
    plan, dana = make_plan(by), another(by)
    add_step(plan=plan, title="Hers", by=dana)
    assert undo_last(plan=plan, by=by) is None
    assert list(outline_of(plan)) == ["Hers"]


OVERTAKEN: dict[str, tuple[Callable[[Plan, Actor], Any], Callable[[Plan, Actor], Any]]] = {
    "the same field": (
        lambda plan, by: edit_step(step=step("A"), values={"title": "Mine"}, version=None, by=by),
        lambda plan, dana: edit_step(step=step("Mine"), values={"title": "Hers"}, version=None, by=dana),
    ),
    "the same parties": (
        lambda plan, by: set_responsible(
            step=step("C"), added=[(make_partner(by.coalition, name="Mine"), Part.LEAD)], by=by
        ),
        lambda plan, dana: set_responsible(
            step=step("C"), added=[(make_partner(dana.coalition, name="Hers"), Part.PARTNER)], by=dana
        ),
    ),
    "the same status": (
        lambda plan, by: update_step(step=step("C"), status=StepStatus.DONE, by=by),
        lambda plan, dana: update_step(step=step("C"), status=StepStatus.BLOCKED, by=dana),
    ),
    "the same place": (
        lambda plan, by: move_step(step=step("C"), to=Move.UP, by=by),
        lambda plan, dana: move_step(step=step("C"), to=Move.UP, by=dana),
    ),
    "a sub-step under what was added": (
        lambda plan, by: add_step(plan=plan, title="D", by=by),
        lambda plan, dana: add_step(plan=plan, title="D1", parent=step("D"), by=dana),
    ),
    "what was removed is back": (
        lambda plan, by: remove_step(step=step("C"), by=by),
        lambda plan, dana: restore_step(step=step("C"), by=dana),
    ),
    "where it stood is gone": (
        lambda plan, by: move_step(step=step("A1"), to=Move.OUT, by=by),
        lambda plan, dana: remove_step(step=step("A"), by=dana),
    ),
}


@pytest.mark.parametrize(("mine", "hers"), OVERTAKEN.values(), ids=OVERTAKEN)
def test_what_somebody_changed_since_stays_as_they_left_it(
    mine: Callable[[Plan, Actor], Any], hers: Callable[[Plan, Actor], Any]
) -> None:
    by = make_actor()
    plan, dana = build(by), another(by)
    mine(plan, by)
    hers(plan, dana)
    as_she_left_it = everything(plan)
    refused = undo_last(plan=plan, by=by)
    assert refused is not None
    assert refused.undone_at is None
    assert everything(plan) == as_she_left_it
    assert undo_last(plan=plan, by=by) is None, "and the next undo goes further back, not to the same again"


def test_a_recommendation_somebody_voted_on_stays_with_its_votes() -> None:
    by = make_actor()
    plan = make_plan(by)
    idea = add_item(Recommendation, plan=plan, values={"text": "Idea"}, by=by)
    cast_votes(plan=plan, voter=make_partner(by.coalition), votes={idea.pk: (4, 4)}, by=another(by))
    refused = undo_last(plan=plan, by=by)
    assert refused is not None
    assert refused.undone_at is None
    assert Recommendation.objects.present().get(plan=plan).votes.count() == 1


def test_somebody_elses_change_of_another_field_stays_beside_the_undo() -> None:
    by = make_actor()
    plan, dana = build(by), another(by)
    edit_step(step=step("A"), values={"title": "Mine"}, version=None, by=by)
    edit_step(step=step("Mine"), values={"detail": "Hers"}, version=None, by=dana)
    undo_last(plan=plan, by=by)
    assert (step("A").title, step("A").detail) == ("A", "Hers")


def test_an_undo_tells_whoever_has_the_step_open() -> None:
    by = make_actor()
    plan = build(by)
    edit_step(step=step("A"), values={"title": "Anew"}, version=None, by=by)
    opened = step("Anew").version
    undo_last(plan=plan, by=by)
    with pytest.raises(Exception, match="Somebody else saved"):
        edit_step(step=step("A"), values={"title": "Old view"}, version=opened, by=another(by))


def test_a_day_later_it_stays_done() -> None:
    by = make_actor()
    plan = make_plan(by)
    with time_machine.travel(dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC), tick=False):
        add_step(plan=plan, title="Kept", by=by)
    with time_machine.travel(dt.datetime(2026, 5, 2, 10, tzinfo=dt.UTC), tick=False):
        assert undo_last(plan=plan, by=by) is None
    assert list(outline_of(plan)) == ["Kept"]


def test_a_finished_step_that_comes_again_is_undone_with_its_next_occurrence() -> None:
    by = make_actor()
    plan = make_plan(by)
    again = make_step(plan, "Report", repeats="monthly", due_said="monthly")
    update_step(step=again, status=StepStatus.DONE, by=by)
    assert Step.objects.present().filter(plan=plan).count() == 2
    undo_last(plan=plan, by=by)
    assert [(s.title, s.status) for s in Step.objects.present().filter(plan=plan)] == [("Report", "not_started")]


def test_the_page_says_what_undo_would_take_back_and_does_it(client: ReadingClient) -> None:
    by = make_actor()
    plan = make_plan(by)
    sign_in(client, by.user)
    page = reverse("plans:detail", args=[by.coalition.slug, plan.pk])
    undo = reverse("plans:undo", args=[by.coalition.slug, plan.pk])
    assert "Undo:" not in client.get(page).content.decode()
    add_step(plan=plan, title="Hold a meeting", by=by)
    assert "added “Hold a meeting”" in client.get(page).content.decode()
    assert "Undone:" in client.post(undo, follow=True).content.decode()
    assert outline_of(plan) == {}
    assert "nothing of yours to undo" in client.post(undo, follow=True).content.decode()


@pytest.mark.parametrize(("role", "told"), [(Role.LEAD, True), (Role.MEMBER, False), (Role.REPORTER, False)])
def test_where_a_partner_stands_is_told_to_nobody_but_coordinator_and_leads(role: Role, told: bool) -> None:
    by = make_actor()
    plan, partner = make_plan(by), make_partner(by.coalition, name="Riverbend Police")
    intervention = Intervention.objects.create(plan=plan, text="Naloxone program")
    stance = Stance.objects.create(
        intervention=intervention, partner=partner, adoption="opposed", since=by.coalition.today(), by=by.user
    )
    changed("stance.set", plan=plan, target=stance, by=by)
    reader = make_actor(role, coalition=by.coalition)
    assert ("Riverbend Police" in changes.live(plan, reader, can_edit=False, since="0-0").said) == told


def test_every_change_has_words_of_its_own() -> None:
    """A new verb in `plans.actions` needs a line in `plans.changes`."""
    verbs = set()
    for module in vars(actions).values():
        if not inspect.ismodule(module) or not module.__name__.startswith("plans.actions."):
            continue
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "changed":
                verbs |= {
                    word.value
                    for word in ast.walk(node.args[0])
                    if isinstance(word, ast.Constant) and isinstance(word.value, str) and "." in word.value[1:]
                }
    assert len(verbs) > 5
    assert verbs <= set(changes.WORDS), sorted(verbs - set(changes.WORDS))
