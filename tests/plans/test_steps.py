"""Who is responsible for a step, and what became of it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from coalitions.models import Position
from phast.access.table import TABLE, Action, Role, Scope
from phast.audit.models import Event
from phast.versions import EditConflict
from plans.actions import add_step, edit_step, remove_step, set_responsible, update_step
from plans.enums import Part, StepStatus
from plans.models import Responsibility, Step, Update
from plans.selectors import my_steps, outline, overdue_steps, unowned_steps, vacant_positions
from tests.factories import make_partner
from tests.plans.factories import days_ago, make_actor, make_contact, make_plan, make_step
from tests.world import actor_of

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ responsible parties
def test_a_responsible_party_is_exactly_one_of_three() -> None:
    by = make_actor()
    step, partner = make_step(make_plan(by)), make_partner(by.coalition)
    for wrong in ({}, {"partner": partner, "contact": make_contact(partner)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Responsibility.objects.create(step=step, **wrong)


def test_parties_each_with_a_part_and_each_only_once() -> None:
    by = make_actor()
    step, partner = make_step(make_plan(by)), make_partner(by.coalition)
    person = make_contact(partner)
    set_responsible(step=step, added=[(partner, Part.LEAD), (person, Part.COLLABORATE), (partner, Part.PARTNER)], by=by)
    assert [(r.party, r.part) for r in step.responsibilities.all()] == [
        (partner, Part.PARTNER),
        (person, Part.COLLABORATE),
    ]


def test_two_people_who_change_the_parties_at_once_both_succeed() -> None:
    """What a person left alone in the form stays as somebody else set it meanwhile."""
    by = make_actor()
    step = make_step(make_plan(by), owner=make_partner(by.coalition, name="One"))
    first = step.responsibilities.get()
    second = make_partner(by.coalition, name="Two")
    third = make_partner(by.coalition, name="Three")
    set_responsible(step=step, parts={first.pk: Part.COLLABORATE}, added=[(second, Part.LEAD)], by=by)
    set_responsible(step=step, added=[(third, Part.PARTNER)], by=by)
    assert {(str(r.party), r.part) for r in step.responsibilities.all()} == {
        ("One", Part.COLLABORATE),
        ("Two", Part.LEAD),
        ("Three", Part.PARTNER),
    }
    set_responsible(step=step, parts={first.pk: None}, by=by)
    assert not Responsibility.objects.filter(pk=first.pk).exists()


def test_the_parts_of_another_step_are_out_of_reach() -> None:
    by = make_actor()
    plan, partner = make_plan(by), make_partner(by.coalition)
    mine, other = make_step(plan), make_step(plan, owner=partner)
    set_responsible(step=mine, parts={other.responsibilities.get().pk: None}, by=by)
    assert other.responsibilities.count() == 1


def test_a_step_whose_contact_is_deleted_counts_as_nobodys() -> None:
    by = make_actor()
    person = make_contact(make_partner(by.coalition))
    step = make_step(make_plan(by), owner=person)
    assert not unowned_steps(by).exists()
    person.delete()
    assert list(unowned_steps(by)) == [step]


def test_a_position_nobody_holds_is_flagged_while_a_step_needs_it() -> None:
    by = make_actor()
    plan = make_plan(by)
    vacant = Position.objects.create(coalition=by.coalition, title="Champion")
    Position.objects.create(coalition=by.coalition, title="Carries no step")
    step = make_step(plan, owner=vacant)
    assert list(vacant_positions(by)) == [vacant]
    assert [node.step for node in outline(plan, by).vacant] == [step]
    update_step(step=step, status=StepStatus.DROPPED, by=by)
    assert not vacant_positions(by).exists()
    assert outline(plan, by).vacant == []


# ------------------------------------------------------------------ whose steps are whose
@pytest.mark.parametrize("role", [role for role in Role if TABLE[Action.STEP_UPDATE][role] == Scope.ASSIGNED])
def test_assigned_means_the_person_their_partner_or_a_position_they_hold(role: Role) -> None:
    boss = make_actor()
    agency = make_partner(boss.coalition, name="Own agency", agency_type="other")
    elsewhere = make_partner(boss.coalition, name="Elsewhere")
    user = make_actor(role, coalition=boss.coalition, partner=agency).user
    me = make_contact(elsewhere, user, name="Me")
    someone = make_contact(agency, name="Somebody else at my agency")
    held = Position.objects.create(coalition=boss.coalition, title="Mine", contact=me)
    not_held = Position.objects.create(coalition=boss.coalition, title="Theirs", contact=someone)
    plan = make_plan(boss)
    mine = [make_step(plan, str(owner), owner=owner) for owner in (agency, me, held)]
    for owner in (elsewhere, someone, not_held):
        make_step(plan, str(owner), owner=owner)
    make_step(plan, "Nobody's")
    gone = make_step(plan, "Removed", owner=agency)
    remove_step(step=gone, by=boss)
    actor = actor_of(user, boss.coalition)
    for step in mine:
        update_step(step=step, status=StepStatus.IN_PROGRESS, by=boss)
    assert set(Step.objects.visible_to(actor, Action.STEP_UPDATE)) == set(mine)
    assert set(Update.objects.visible_to(actor, Action.STEP_UPDATE).values_list("step", flat=True)) == {
        s.pk for s in mine
    }
    assert set(my_steps(actor)) == set(mine)


def test_what_is_due_first_comes_first_and_what_is_over_goes() -> None:
    by = make_actor(Role.MEMBER)
    agency = next(iter(by.own_partner_ids))
    owner = by.coalition.partners.get(pk=agency)
    plan, draft = make_plan(by), make_plan(by, title="Draft", status="draft")
    undated = make_step(plan, "Quarterly", owner=owner, due_said="quarterly")
    late = make_step(plan, "Late", owner=owner, due_on=days_ago(by, 3))
    soon = make_step(plan, "Soon", owner=owner, due_on=days_ago(by, -3))
    done = make_step(plan, "Done", owner=owner, due_on=days_ago(by, 9))
    update_step(step=done, status=StepStatus.DONE, by=by)
    make_step(draft, "In a draft", owner=owner, due_on=days_ago(by, 9))
    assert list(my_steps(by)) == [late, soon, undated]
    assert list(overdue_steps(by)) == [late]


def test_a_step_is_late_the_day_after_it_was_due_where_the_coalition_is() -> None:
    by = make_actor()
    with time_machine.travel(dt.datetime(2026, 7, 2, 3, 30, tzinfo=dt.UTC), tick=False):  # July 1, 11:30 pm in New York
        make_step(make_plan(by), due_on=dt.date(2026, 7, 1))
        assert not overdue_steps(by).exists()
    with time_machine.travel(dt.datetime(2026, 7, 2, 4, 30, tzinfo=dt.UTC), tick=False):
        assert overdue_steps(by).count() == 1


# ------------------------------------------------------------------ updates
def test_an_update_sets_the_status_and_stays_in_the_record() -> None:
    by = make_actor()
    step = make_step(make_plan(by))
    update_step(step=step, status=StepStatus.IN_PROGRESS, note="Called both chiefs.", by=by)
    update_step(step=step, status=StepStatus.DONE, by=by)
    step.refresh_from_db()
    assert (step.status, step.finished_by) == (StepStatus.DONE, by.user)
    assert [u.status for u in step.updates.all()] == [StepStatus.DONE, StepStatus.IN_PROGRESS]
    finished = step.finished_at
    update_step(step=step, status=StepStatus.DONE, note="Minutes are out.", by=by)
    step.refresh_from_db()
    assert step.finished_at == finished
    update_step(step=step, status=StepStatus.BLOCKED, by=by)
    step.refresh_from_db()
    assert (step.finished_at, step.finished_by) == (None, None)


def test_updates_are_never_changed() -> None:
    by = make_actor()
    update = update_step(step=make_step(make_plan(by)), status=StepStatus.BLOCKED, note="As it was", by=by)
    for change in (lambda: Update.objects.update(note="Nicer"), lambda: Update.objects.all().delete()):
        with pytest.raises(ProgrammingError, match=r"Cannot (update|delete)"), transaction.atomic():
            change()
    update.refresh_from_db()
    assert update.note == "As it was"


def test_done_without_a_day_is_refused_by_the_database() -> None:
    by = make_actor()
    step = make_step(make_plan(by))
    with pytest.raises(IntegrityError, match="step_done_on_a_day"), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(status=StepStatus.DONE)
    with pytest.raises(IntegrityError, match="step_done_on_a_day"), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(finished_at=timezone.now(), finished_by=by.user)


def test_a_removed_step_takes_no_update() -> None:
    by = make_actor()
    step = make_step(make_plan(by))
    remove_step(step=step, by=by)
    with pytest.raises(ValidationError, match="removed from the plan"):
        update_step(step=step, status=StepStatus.DONE, by=by)


# ------------------------------------------------------------------ words and dates
def test_a_due_date_is_read_once_and_keeps_its_year() -> None:
    by = make_actor()
    with time_machine.travel("2026-05-01", tick=False):
        step = add_step(plan=make_plan(by), title="T", due="end of June", by=by)
        assert step.due_on == dt.date(2026, 6, 30)
    with time_machine.travel("2026-08-01", tick=False):
        edit_step(step=step, values={"title": "New words", "due_said": "end of June"}, version=step.version, by=by)
        step.refresh_from_db()
        assert (step.title, step.due_on) == ("New words", dt.date(2026, 6, 30))
        edit_step(step=step, values={"due_said": "end of August"}, version=step.version, by=by)
        step.refresh_from_db()
        assert step.due_on == dt.date(2026, 8, 31)


def test_an_edit_of_an_older_version_is_refused_and_a_status_is_no_edit() -> None:
    by = make_actor()
    step = make_step(make_plan(by))
    opened = step.version
    update_step(step=step, status=StepStatus.DONE, by=by)
    edit_step(step=Step.objects.get(pk=step.pk), values={"title": "First"}, version=opened, by=by)
    with pytest.raises(EditConflict) as conflict:
        edit_step(step=Step.objects.get(pk=step.pk), values={"title": "Second"}, version=opened, by=by)
    assert conflict.value.current.title == "First"
    step.refresh_from_db()
    assert (step.title, step.status) == ("First", StepStatus.DONE)


def test_the_audit_log_says_what_was_done_but_not_what_was_noted() -> None:
    by = make_actor()
    step = add_step(plan=make_plan(by), title="Call the chiefs", party=make_partner(by.coalition), by=by)
    update_step(step=step, status=StepStatus.DONE, note="a private word", by=by)
    events = list(Event.objects.filter(coalition=by.coalition).order_by("pk"))
    assert [event.verb for event in events] == ["step.added", "step.updated"]
    assert "private word" not in str([(event.target, event.detail) for event in events])
