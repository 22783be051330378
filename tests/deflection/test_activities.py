"""Activities of a program as people change them."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from coalitions.models import Contact
from deflection.actions import (
    add_own_activity,
    assign_activities,
    plan_activity,
    remove_own_activity,
    restore_own_activity,
    set_models,
    take_offer,
    update_activity,
)
from deflection.enums import ActivityStatus
from deflection.models import ProgramActivity
from deflection.selectors import checklist_of
from phast.access.actor import Actor
from phast.versions import EditConflict

from .factories import line, make_actor, make_program, models, row, say

DONE, NOT_APPLICABLE = ActivityStatus.DONE, ActivityStatus.NOT_APPLICABLE


def refused(found: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(found.value.messages)


# ------------------------------------------------------------------ where an activity stands
def test_done_keeps_the_day_and_the_person_until_it_is_not(by: Actor) -> None:
    program = make_program(by, 2)
    done = say(program, "coordinator", by, status=DONE)
    assert (done.done_by, done.done_at is not None) == (by.user, True)
    again = say(program, "coordinator", by, notes="Hired in May")
    assert (again.done_at, again.notes, again.status) == (done.done_at, "Hired in May", DONE)
    undone = say(program, "coordinator", by, status=ActivityStatus.IN_PROGRESS)
    assert (undone.done_at, undone.done_by) == (None, None)


def test_not_applicable_needs_a_reason_and_forgets_it_afterwards(by: Actor) -> None:
    program = make_program(by, 2)
    with pytest.raises(ValidationError) as found:
        say(program, "insurance", by, status=NOT_APPLICABLE, reason=" ")
    assert found.value.message_dict == {"reason": ["Say why it does not apply."]}
    assert say(program, "insurance", by, status=NOT_APPLICABLE, reason="The state does it").reason
    assert say(program, "insurance", by, status=ActivityStatus.NOT_STARTED).reason == ""


def test_done_with_a_topic_open_is_asked_about(by: Actor) -> None:
    program = make_program(by, 2)
    with pytest.raises(ValidationError) as found:
        say(program, "intake", by, "procedures", status=DONE)
    assert found.value.message_dict == {"topics_done": ["Still open: Documentation. Tick what is done."]}
    assert not row(program, "intake").topics_done.exists()


def test_topics_make_an_activity_begun_then_done_and_begun_again(by: Actor) -> None:
    program = make_program(by, 2)
    assert say(program, "intake", by, "procedures").status == ActivityStatus.IN_PROGRESS
    done = say(program, "intake", by, "procedures", "documentation")
    assert done.status == DONE
    assert say(program, "intake", by, "procedures", "documentation").done_at == done.done_at
    assert say(program, "intake", by, "documentation").status == ActivityStatus.IN_PROGRESS
    assert say(program, "intake", by, topics=[]).status == ActivityStatus.NOT_STARTED


def test_a_topic_no_model_asks_for_is_not_taken(by: Actor) -> None:
    program = make_program(by, 2)
    with pytest.raises(ValidationError):
        say(program, "intake", by, "case-management")


def test_a_model_that_was_left_keeps_its_ticks_when_others_are_changed(by: Actor) -> None:
    program = make_program(by, 5)
    say(program, "intake", by, "procedures", "documentation", "case-management")
    set_models(program=program, models=models(2), version=None, by=by)
    say(program, "intake", by, "procedures")
    set_models(program=program, models=models(5), version=None, by=by)
    assert {mark.key for mark in line(program, "intake").topics if mark.done} == {
        "intake--procedures",
        "intake--case-management",
    }


def test_nobody_sets_protocols_but_their_parts(by: Actor) -> None:
    program = make_program(by, 1)
    with pytest.raises(ValidationError) as found:
        say(program, "protocols", by, status=DONE)
    assert found.value.message_dict == {"status": ["This follows its parts: say of each of them where it stands."]}
    assert say(program, "protocols", by, notes="Binder on the shelf").notes
    for part in line(program, "protocols").parts:
        said = {"status": NOT_APPLICABLE, "reason": "Elsewhere"}
        update_activity(activity=part.row, version=None, by=by, **said)  # type: ignore[arg-type]  # two kinds of values
    assert (row(program, "protocols").status, row(program, "protocols").reason) == (
        NOT_APPLICABLE,
        "None of its parts applies.",
    )


def test_an_activity_no_model_asks_for_any_more_is_left_alone(by: Actor) -> None:
    program = make_program(by, 1, 2)
    set_models(program=program, models=models(2), version=None, by=by)
    with pytest.raises(ValidationError) as found:
        say(program, "kits", by, status=DONE)
    assert refused(found) == "None of the program’s models asks for this. Choose the model first."


@pytest.mark.parametrize("field", ["notes", "reason"])
def test_a_text_about_a_person_is_asked_to_be_edited(by: Actor, field: str) -> None:
    program = make_program(by, 2)
    said: dict[str, Any] = {"status": NOT_APPLICABLE, "reason": "Elsewhere", field: "Call her at 518-555-0123"}
    with pytest.raises(ValidationError) as found:
        say(program, "insurance", by, **said)
    assert list(found.value.message_dict) == [field]
    assert "phone numbers" in refused(found)


def test_two_people_who_save_one_activity_do_not_overwrite_each_other(by: Actor) -> None:
    activity = row(make_program(by, 2), "insurance")
    opened = activity.version
    update_activity(activity=activity, notes="First", version=opened, by=by)
    with pytest.raises(EditConflict):
        update_activity(activity=activity, notes="Second", version=opened, by=by)
    with pytest.raises(EditConflict):
        plan_activity(activity=activity, values={"owner": None}, version=opened, by=by)
    activity.refresh_from_db()
    assert activity.notes == "First"


@pytest.mark.django_db(transaction=True)
def test_two_parts_finished_at_once_finish_the_whole() -> None:
    """Each would otherwise not see that the other is done."""
    by = make_actor()
    program = make_program(by, 1)
    *rest, one, two = line(program, "protocols").parts
    for part in rest:
        say(program, str(part.row.activity_id), by, status=DONE, topics=[mark.key for mark in part.topics])

    def finish(part: Any) -> None:
        say(program, part.row.activity_id, by, status=DONE, topics=[mark.key for mark in part.topics])

    def finish_elsewhere() -> None:
        try:
            finish(two)
        finally:
            connection.close()

    other = threading.Thread(target=finish_elsewhere)
    with transaction.atomic():
        finish(one)
        other.start()
        other.join(0.5)  # it waits for this transaction
        assert other.is_alive()
    other.join()
    assert row(program, "protocols").status == DONE


# ------------------------------------------------------------------ owners, offers, own activities
def test_an_owner_is_one_partner_person_or_position(by: Actor) -> None:
    program = make_program(by, 2)
    person = Contact.objects.create(partner=program.lead, name="Ann")
    activity = row(program, "insurance")
    for owner in (program.lead, person, None):
        plan_activity(activity=activity, values={"owner": owner}, version=None, by=by)
        activity.refresh_from_db()
        assert activity.owner == owner


def test_ten_activities_are_assigned_in_one_go_and_only_of_this_program(by: Actor) -> None:
    program, other = make_program(by, 2), make_program(by, 2, name="Other")
    own = ProgramActivity.objects.filter(program=program).exclude(activity="protocols")
    rows = [*own[:10], row(other, "insurance")]
    day = dt.date(2026, 9, 1)
    assert assign_activities(program=program, activities=rows, owner=program.lead, due_on=day, by=by) == 10
    assert ProgramActivity.objects.filter(partner=program.lead, due_on=day, version=2).count() == 10


def test_yes_to_an_offer_ticks_all_of_it_and_only_while_it_is_offered(by: Actor) -> None:
    program = make_program(by, 1, 2)
    narrower = row(program, "care-and-transport")
    with pytest.raises(ValidationError):
        take_offer(activity=narrower, by=by)
    say(program, "level-of-care", by, "assess", "by-whom")
    say(program, "connection", by, "connect", "transport")
    assert take_offer(activity=narrower, by=by).status == DONE
    assert line(program, "care-and-transport").credited == {1: DONE}
    assert not checklist_of(program).offers


def test_an_own_activity_is_added_once(by: Actor) -> None:
    program = make_program(by, 2)
    add_own_activity(program=program, title="Find a van", by=by)
    with pytest.raises(ValidationError, match="on the checklist already"):
        add_own_activity(program=program, title="find a van", by=by)
    of_a_model, other = line(program, "insurance").title, add_own_activity(program=program, title="Other", by=by)
    with pytest.raises(ValidationError, match="on the checklist already"):
        add_own_activity(program=program, title=of_a_model, by=by)
    with pytest.raises(ValidationError, match="on the checklist already"):
        plan_activity(activity=other, values={"title": of_a_model}, version=None, by=by)
    plan_activity(activity=other, values={"title": "OTHER"}, version=None, by=by)


def test_an_own_activity_comes_goes_and_comes_back(by: Actor) -> None:
    program = make_program(by, 2)
    own = add_own_activity(program=program, title="Buy a van", owner=program.lead, by=by)
    update_activity(activity=own, status=DONE, version=None, by=by)
    remove_own_activity(activity=own, by=by)
    assert not [line for line in checklist_of(program) if line.is_own]
    with pytest.raises(ValidationError):
        update_activity(activity=own, notes="x", version=None, by=by)
    restore_own_activity(activity=own, by=by)
    [back] = [line for line in checklist_of(program) if line.is_own]
    assert (back.title, back.status) == ("Buy a van", DONE)
    with pytest.raises(ValidationError):
        remove_own_activity(activity=row(program, "insurance"), by=by)
