"""A step can start after others, never in a circle."""

from __future__ import annotations

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from plans import actions
from plans.actions import set_waits_for
from plans.enums import StepStatus
from plans.models import Step
from plans.selectors import outline
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.plans.factories import make_actor, make_plan, make_step

pytestmark = pytest.mark.django_db


def test_a_step_waits_until_the_other_is_over() -> None:
    by = make_actor()
    plan = make_plan(by)
    first, second = make_step(plan, "First"), make_step(plan, "Second")
    set_waits_for(step=second, added=[first], by=by)
    top = outline(plan, by).top
    assert [node.step for node in top[1].waits_for] == [first]
    assert [node.step for node in top[0].holds_up] == [second]
    assert top[1].quiet == ["waits for 1 First"]
    actions.update_step(step=first, status=StepStatus.DONE, by=by)
    top = outline(plan, by).top
    assert (top[1].waits_for, top[0].holds_up) == ([], [])
    assert [node.step for node in top[1].before] == [first]


def test_a_circle_is_refused_in_a_sentence() -> None:
    by = make_actor()
    plan = make_plan(by)
    a, b, c = (make_step(plan, title) for title in "ABC")
    set_waits_for(step=b, added=[a], by=by)
    set_waits_for(step=c, added=[b], by=by)
    with pytest.raises(ValidationError, match="“C” waits for “A” already, perhaps by way of others"):
        set_waits_for(step=a, added=[c], by=by)
    actions.remove_step(step=b, by=by)
    with pytest.raises(ValidationError, match="waits for"):  # b may come back
        set_waits_for(step=a, added=[c], by=by)
    assert not a.waits_for.exists()


def test_a_step_waits_neither_for_itself_nor_for_its_own_sub_steps() -> None:
    by = make_actor()
    plan = make_plan(by)
    step = make_step(plan)
    below = make_step(plan, parent=make_step(plan, parent=step))
    for one, other in ((step, step), (step, below), (below, step)):
        with pytest.raises(ValidationError, match="they belong together"):
            set_waits_for(step=one, added=[other], by=by)


def test_steps_of_another_plan_and_removed_ones_are_out_of_reach() -> None:
    by = make_actor()
    plan = make_plan(by)
    step, gone = make_step(plan), make_step(plan)
    actions.remove_step(step=gone, by=by)
    for other in (gone, make_step(make_plan(by))):
        with pytest.raises(ValidationError, match="removed from the plan"):
            set_waits_for(step=step, added=[other], by=by)


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_no_circle() -> None:
    by = make_actor()
    plan = make_plan(by)
    pairs = [(make_step(plan), make_step(plan)) for _ in range(10)]
    start, refused, surprises = threading.Barrier(2), [], []

    def link(turn: int) -> None:
        try:
            for pair in pairs:
                start.wait(20)
                try:
                    set_waits_for(step=pair[turn], added=[pair[1 - turn]], by=by)
                except ValidationError:
                    refused.append(pair)
        except BaseException as error:
            surprises.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=link, args=(turn,)) for turn in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert surprises == []
    assert len(refused) == Step.waits_for.through.objects.count() == 10, "of each two one was kept and one refused"


def test_the_form_adds_and_takes_off_what_the_person_named(client: ReadingClient) -> None:
    by = make_actor()
    sign_in(client, by.user)
    plan = make_plan(by)
    first, second, step = (make_step(plan, title) for title in ("First", "Second", "Step"))
    set_waits_for(step=step, added=[first], by=by)
    url = reverse("plans:step_waits", args=[by.coalition.slug, step.pk])
    asked = client.get(url).content.decode()
    assert "1 First" in asked
    assert f'<option value="{second.pk}">2 Second' in asked
    assert f'<option value="{step.pk}"' not in asked
    name = f"step-{step.pk}"
    set_waits_for(step=second, added=[step], by=by)
    answer = client.post(url, {f"{name}-keep_{first.pk}": "on", f"{name}-step_1": second.pk})
    assert answer.status_code == 422
    assert "Each would wait for the other" in answer.content.decode()
    set_waits_for(step=second, removed=[step.pk], by=by)
    assert client.post(f"{url}?back=step", {f"{name}-step_1": second.pk}).status_code == 302
    assert list(step.waits_for.all()) == [second]
    page = client.get(reverse("plans:step", args=[by.coalition.slug, step.pk])).content.decode()
    assert "waits for it" in page
    other = client.get(reverse("plans:step", args=[by.coalition.slug, second.pk])).content.decode()
    assert "Holds up" in other
