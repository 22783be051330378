"""Steps within steps: moving, nesting, removing and bringing back."""

from __future__ import annotations

import random
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from plans.actions import add_step, move_step, place_step, remove_step, restore_step
from plans.actions.tree import LEVELS
from plans.enums import Move
from plans.models import Step
from tests.plans.factories import make_actor, make_plan, make_step, outline_of

pytestmark = pytest.mark.django_db


def test_moving_up_and_down_swaps_neighbours_and_stops_at_the_ends() -> None:
    by = make_actor()
    plan = make_plan(by)
    a, _b, c = (make_step(plan, title) for title in "ABC")
    move_step(step=c, to=Move.UP, by=by)
    assert list(outline_of(plan)) == ["A", "C", "B"]
    move_step(step=a, to=Move.UP, by=by)
    assert list(outline_of(plan)) == ["A", "C", "B"]
    move_step(step=a, to=Move.DOWN, by=by)
    assert list(outline_of(plan)) == ["C", "A", "B"]


def test_in_makes_a_sub_step_of_the_one_above_and_out_puts_it_behind_its_parent() -> None:
    by = make_actor()
    plan = make_plan(by)
    _a, b, _c = (make_step(plan, title) for title in "ABC")
    make_step(plan, "B1", parent=b)
    move_step(step=b, to=Move.IN, by=by)
    assert outline_of(plan) == {"A": {"B": {"B1": {}}}, "C": {}}
    move_step(step=b, to=Move.OUT, by=by)
    assert outline_of(plan) == {"A": {}, "B": {"B1": {}}, "C": {}}


def test_a_step_cannot_stand_below_itself() -> None:
    by = make_actor()
    plan = make_plan(by)
    a = make_step(plan, "A")
    b = make_step(plan, "B", parent=a)
    c = make_step(plan, "C", parent=b)
    for parent in (a, b, c):
        with pytest.raises(ValidationError, match="cannot be a sub-step of itself"):
            place_step(step=a, parent=parent, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.filter(pk=a.pk).update(parent=a.pk)
    assert outline_of(plan) == {"A": {"B": {"C": {}}}}


def test_steps_nest_no_deeper_than_a_phone_can_show() -> None:
    by = make_actor()
    plan = make_plan(by)
    deepest = None
    for level in range(LEVELS):
        deepest = add_step(plan=plan, title=f"Level {level}", parent=deepest, by=by)
    with pytest.raises(ValidationError, match="levels deep"):
        add_step(plan=plan, title="Too deep", parent=deepest, by=by)
    branch = add_step(plan=plan, title="Branch", by=by)
    add_step(plan=plan, title="Leaf", parent=branch, by=by)
    with pytest.raises(ValidationError, match="levels deep"):
        place_step(step=branch, parent=Step.objects.get(title=f"Level {LEVELS - 2}"), by=by)


def test_a_step_of_another_plan_is_no_place() -> None:
    by = make_actor()
    mine, other = make_plan(by), make_plan(by, title="Other")
    with pytest.raises(ValidationError, match="removed from the plan"):
        place_step(step=make_step(mine), parent=make_step(other), by=by)


def test_removing_takes_what_is_below_and_undo_brings_exactly_that_back() -> None:
    by = make_actor()
    plan = make_plan(by)
    a = make_step(plan, "A")
    make_step(plan, "A1", parent=a)
    earlier = make_step(plan, "A2", parent=a)
    make_step(plan, "B")
    remove_step(step=earlier, by=by)
    assert remove_step(step=a, by=by) == 2
    assert outline_of(plan) == {"B": {}}
    assert remove_step(step=a, by=by) == 0
    with pytest.raises(ValidationError, match="removed from the plan"):
        add_step(plan=plan, title="Below nothing", parent=a, by=by)
    restore_step(step=a, by=by)
    assert outline_of(plan) == {"A": {"A1": {}}, "B": {}}
    restore_step(step=earlier, by=by)
    assert list(outline_of(plan)["A"]) == ["A1", "A2"]


def test_a_sub_step_comes_back_to_the_top_when_its_parent_is_gone() -> None:
    by = make_actor()
    plan = make_plan(by)
    a = make_step(plan, "A")
    sub = make_step(plan, "A1", parent=a)
    remove_step(step=sub, by=by)
    remove_step(step=a, by=by)
    restore_step(step=sub, by=by)
    assert outline_of(plan) == {"A1": {}}


@pytest.mark.django_db(transaction=True)
def test_people_who_move_steps_at_once_make_no_circle() -> None:
    by = make_actor()
    plan = make_plan(by)
    steps = [make_step(plan, title) for title in "ABCDEF"]
    surprises: list[BaseException] = []

    def shuffle(seed: int) -> None:
        pick = random.Random(seed)
        try:
            for _ in range(25):
                try:
                    if pick.random() < 0.5:
                        place_step(step=pick.choice(steps), parent=pick.choice([None, *steps]), by=by)
                    else:
                        move_step(step=pick.choice(steps), to=pick.choice(list(Move)), by=by)
                except ValidationError:
                    pass  # said no: too deep, or a circle
        except BaseException as error:
            surprises.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=shuffle, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert surprises == []
    # The tree is walked from its top: a step in a circle would not be found.
    assert sorted(step.title for step in Step.objects.in_tree(plan.pk)) == list("ABCDEF")
