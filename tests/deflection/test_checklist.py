"""What a program has to do: one row for shared work, each model credited by itself, nothing ticked that nobody ticked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coalitions.models import Contact, Position
from deflection import reference
from deflection.actions import add_own_activity, assign_activities, complete_programs, plan_activity, set_models
from deflection.checklist import Section, Tally, Why, following, merged, side_by_side
from deflection.enums import ActivityStatus
from deflection.models import ActivityOffer, DeflectionModel, ModelItem, ProgramActivity, Topic
from deflection.selectors import checklist_of, crosswalk, model_lists, standings_of
from phast.access.actor import Actor
from tests.factories import make_partner

from .factories import line, make_program, models, row, say

NOT_STARTED, IN_PROGRESS, DONE, NOT_APPLICABLE = ActivityStatus
DAY = dt.date(2026, 6, 1)


# ------------------------------------------------------------------ loading
def test_loading_twice_changes_nothing_and_puts_right_what_was_changed(by: Actor) -> None:
    def stored() -> list[list[dict[str, object]]]:
        pairs = (ModelItem.topics.through, ActivityOffer.richer.through)
        return [list(each.objects.order_by("pk").values()) for each in (DeflectionModel, ModelItem, Topic, *pairs)]

    first = reference.load()
    before = stored()
    DeflectionModel.objects.filter(number=1).update(name="Something else")
    ModelItem.objects.get(model__number=5, activity="coordinator").topics.add("intake--procedures")
    assert reference.load() == first
    assert stored() == before
    assert first.startswith("5 deflection models with 63 lines, 21 activities, 36 topics, 9 kinds of local help")


def test_a_topic_that_left_the_files_stays_where_a_program_ticked_it(by: Actor) -> None:
    program = make_program(by, 2)
    old, unused = (
        Topic.objects.create(key=f"insurance--{name}", activity_id="insurance", order=9, title=name)
        for name in ("old", "unused")
    )
    row(program, "insurance").topics_done.add(old)
    reference.load()
    assert Topic.objects.filter(pk=old.pk).exists()
    assert not Topic.objects.filter(pk=unused.pk).exists()


def test_an_activity_that_a_model_gets_later_is_on_the_checklists_that_are_there(by: Actor) -> None:
    program = make_program(by, 1)
    ProgramActivity.objects.filter(program=program, activity__in=["kits", "insurance"]).delete()
    assert complete_programs() == 2
    assert complete_programs() == 0
    assert line(program, "kits").status == NOT_STARTED


# ------------------------------------------------------------------ order and nesting
@pytest.mark.parametrize(("number", "top", "parts"), [(1, 7, 5), (2, 5, 7), (3, 5, 8), (4, 5, 8), (5, 5, 8)])
def test_a_program_has_its_checklist_at_once_with_every_line_of_its_model(
    by: Actor, number: int, top: int, parts: int
) -> None:
    found = checklist_of(make_program(by, number))
    assert len(found.lines) == top
    assert {line.row.activity_id: len(line.parts) for line in found.lines if line.parts} == {"protocols": parts}
    numbers = [item.number for item, _ in found.of_model(number)]
    assert numbers == [item.number for item in ModelItem.objects.filter(model__number=number).order_by("order")]


def test_each_model_keeps_its_own_order_in_a_program_that_follows_two(by: Actor) -> None:
    found = checklist_of(make_program(by, 1, 2))
    first = [item.work.key for item, _ in found.of_model(1) if not item.parent]
    second = [item.work.key for item, _ in found.of_model(2) if not item.parent]
    assert first.index("protocols") < first.index("treatment-agreements")
    assert second.index("treatment-agreements") < second.index("protocols")
    assert [line.row.activity_id for line in found.lines] == first


def test_shared_work_is_one_row(by: Actor) -> None:
    program = make_program(by, 1, 2, 3, 4, 5)
    keys = [line.row.activity_id for line in checklist_of(program)]
    assert len(keys) == len(set(keys)) == ProgramActivity.objects.filter(program=program).count() == 21
    assert set(line(program, "insurance").items or {}) == {1, 2, 3, 4, 5}


def test_what_a_second_model_adds_stands_behind_what_it_follows_there() -> None:
    assert merged([["a", "b", "c"], ["b", "x", "c"], ["y", "a"]]) == ["y", "a", "b", "x", "c"]


def test_what_several_models_add_at_one_place_keeps_their_order(by: Actor) -> None:
    models(1)
    keys = [work.key for work, _, _ in side_by_side(model_lists())]
    own = [key for key in keys if key in {"active-outreach", "community-calls", "officer-discretion"}]
    assert own == ["active-outreach", "community-calls", "officer-discretion"]
    assert keys.index("intake") < keys.index("active-outreach") < keys.index("aftercare")


def test_models_stand_side_by_side_for_comparing(by: Actor) -> None:
    models(1)
    rows = side_by_side(model_lists())
    assert len(rows) == 21
    cells = {work.key: [item.number if item else "" for item in items] for work, _, items in rows}
    assert cells["treatment-agreements"] == ["6", "3", "3", "3", "3"]
    assert cells["insurance"] == ["3.4", "5.2", "5.2", "5.2", "5.2"]
    assert cells["aftercare"] == ["", "5.7", "5.8", "5.8", "5.8"]
    assert cells["officer-discretion"] == ["", "", "", "", "5.7"]


def test_a_model_has_the_names_partners_may_know_it_by_the_nearest_first(by: Actor) -> None:
    models(1)
    names = crosswalk(DeflectionModel.objects.prefetch_related("pathways__pathway"))
    assert names["officer-intervention"] == ["Officer intervention", "First responder and officer referral"]
    assert names["self-referral"] == ["Self-referral"]


# ------------------------------------------------------------------ credit
@pytest.mark.parametrize("key", ["coordinator", "treatment-agreements", "insurance"])
def test_work_that_is_the_same_in_all_five_credits_all_five(by: Actor, key: str) -> None:
    program = make_program(by, 1, 2, 3, 4, 5)
    say(program, key, by, status=DONE)
    assert line(program, key).credited == dict.fromkeys(range(1, 6), DONE)


def test_a_model_is_credited_when_its_own_topics_are_done(by: Actor) -> None:
    program = make_program(by, 1, 2, 3)
    say(program, "staff-training", by, "disorders", "treatment", "program")
    found = line(program, "staff-training")
    assert found.credited == {1: IN_PROGRESS, 2: DONE, 3: IN_PROGRESS}
    assert found.status == IN_PROGRESS
    say(program, "staff-training", by, "disorders", "treatment", "program", "services")
    assert line(program, "staff-training").credited == {1: IN_PROGRESS, 2: DONE, 3: DONE}
    say(program, "staff-training", by, "disorders", "treatment", "program", "services", "naloxone")
    assert line(program, "staff-training").status == DONE


def test_intake_of_the_fifth_model_waits_for_case_management(by: Actor) -> None:
    program = make_program(by, 4, 5)
    say(program, "intake", by, "procedures", "documentation")
    assert line(program, "intake").credited == {4: DONE, 5: IN_PROGRESS}


def test_a_topic_says_which_models_ask_for_it(by: Actor) -> None:
    marks = {mark.title: mark.models for mark in line(make_program(by, 1, 2), "public-information").topics}
    assert marks == {
        "Substance use disorders": (1, 2),
        "Treatment options": (2,),
        "Naloxone": (1,),
        "The program itself": (1, 2),
    }


def test_adding_a_second_model_asks_nothing_again(by: Actor) -> None:
    program = make_program(by, 3)
    owner = make_partner(by.coalition, "Owner")
    say(program, "insurance", by, status=DONE, notes="Enrolled at the front desk")
    say(program, "public-information", by, "disorders", "treatment", "program", notes="Radio")
    plan_activity(activity=row(program, "insurance"), values={"owner": owner, "due_on": DAY}, version=None, by=by)
    set_models(program=program, models=models(3, 5), version=None, by=by)
    kept = line(program, "insurance").row
    assert (kept.status, kept.notes, kept.owner, kept.due_on) == (DONE, "Enrolled at the front desk", owner, DAY)
    information = line(program, "public-information")
    assert information.credited == {3: DONE, 5: IN_PROGRESS}
    assert information.row.status == IN_PROGRESS  # also where lists ask the database
    assert [mark.key for mark in information.topics if not mark.done] == ["public-information--services"]


def test_a_model_that_comes_back_is_as_it_was(by: Actor) -> None:
    program = make_program(by, 1, 2)
    say(program, "eligibility", by, status=DONE)
    say(program, "public-information", by, "disorders", "treatment", "program")
    set_models(program=program, models=models(1), version=None, by=by)
    assert "eligibility" not in [line.row.activity_id for line in checklist_of(program)]
    set_models(program=program, models=models(1, 2), version=None, by=by)
    assert line(program, "eligibility").status == DONE
    assert line(program, "public-information").credited == {1: IN_PROGRESS, 2: DONE}


# ------------------------------------------------------------------ the richer offers the narrower
def test_care_in_one_is_offered_when_both_halves_are_done_and_never_ticked(by: Actor) -> None:
    program = make_program(by, 1, 2)
    say(program, "level-of-care", by, "assess", "by-whom")
    assert not checklist_of(program).offers
    say(program, "connection", by, "connect", "transport")
    found = checklist_of(program)
    [offer] = found.offers
    assert offer.line.row.activity_id == "care-and-transport"
    assert line(found, "care-and-transport").credited == {1: NOT_STARTED}


def test_the_narrower_offers_nothing(by: Actor) -> None:
    program = make_program(by, 1, 2)
    say(program, "care-and-transport", by, "identify", "transport")
    say(program, "later-outreach", by, status=DONE)
    found = checklist_of(program)
    assert not found.offers
    assert line(found, "level-of-care").status == line(found, "rapid-outreach").status == NOT_STARTED


def test_work_of_a_model_that_was_left_still_offers(by: Actor) -> None:
    program = make_program(by, 2)
    say(program, "level-of-care", by, "assess", "by-whom")
    say(program, "connection", by, "connect", "transport")
    set_models(program=program, models=models(1), version=None, by=by)
    assert [offer.line.row.activity_id for offer in checklist_of(program).offers] == ["care-and-transport"]


# ------------------------------------------------------------------ protocols follow their parts
@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([NOT_STARTED, NOT_STARTED], NOT_STARTED),
        ([DONE, NOT_STARTED], IN_PROGRESS),
        ([IN_PROGRESS, NOT_STARTED], IN_PROGRESS),
        ([DONE, DONE], DONE),
        ([DONE, NOT_APPLICABLE], DONE),
        ([NOT_APPLICABLE, NOT_STARTED], NOT_STARTED),
        ([NOT_APPLICABLE, NOT_APPLICABLE], NOT_APPLICABLE),
    ],
)
def test_work_with_parts_stands_where_they_stand(parts: list[ActivityStatus], whole: ActivityStatus) -> None:
    assert following(parts) == whole


def test_protocols_are_done_for_each_model_with_its_own_parts(by: Actor) -> None:
    program = make_program(by, 1, 2)
    own = [item.work.key for item, _ in checklist_of(program).of_model(1) if item.parent]
    for key in own:
        say(program, key, by, status=DONE, topics=[mark.key for mark in line(program, key).topics])
    assert line(program, "protocols").credited == {1: DONE, 2: IN_PROGRESS}
    assert row(program, "protocols").status == IN_PROGRESS
    set_models(program=program, models=models(1), version=None, by=by)
    assert row(program, "protocols").status == DONE


# ------------------------------------------------------------------ progress
def test_progress_counts_work_once_and_leaves_out_what_does_not_apply(by: Actor) -> None:
    program = make_program(by, 1, 2)
    say(program, "coordinator", by, status=DONE)
    say(program, "kits", by, status=NOT_APPLICABLE, reason="The county does it")
    found = checklist_of(program)
    assert found.progress == Tally(done=1, open=15, not_applicable=1)
    assert found.by_model == {1: Tally(1, 9, 1), 2: Tally(1, 10, 0)}
    assert found.by_section[Section.STAFF] == Tally(1, 1, 0)
    assert Section.OWN not in found.by_section
    assert (found.progress.percent, Tally().percent) == (6, 100)


def test_an_activity_of_its_own_counts_for_the_program_and_for_no_model(by: Actor) -> None:
    program = make_program(by, 2)
    add_own_activity(program=program, title="Buy a van", by=by)
    found = checklist_of(program)
    assert [line.title for line in found.lines if line.is_own] == ["Buy a van"]
    assert found.progress.open == 12
    assert found.by_model[2].open == 11
    assert found.by_section[Section.OWN] == Tally(0, 1, 0)


def test_progress_by_owner_names_partners_people_positions_and_what_nobody_owns(by: Actor) -> None:
    program = make_program(by, 2)
    police = make_partner(by.coalition, "Police")
    person = Contact.objects.create(partner=police, name="Ann")
    post = Position.objects.create(coalition=by.coalition, title="Chair")
    for owner, keys in ((police, ["coordinator", "intake"]), (person, ["insurance"]), (post, ["eligibility"])):
        rows = [row(program, key) for key in keys]
        assert assign_activities(program=program, activities=rows, owner=owner, by=by) == len(keys)
    say(program, "insurance", by, status=DONE)
    found = [(one.owner, one.tally.done, one.tally.open) for one in checklist_of(program).by_owner]
    assert found == [(police, 0, 2), (post, 0, 1), (person, 1, 0), (None, 0, 7)]


# ------------------------------------------------------------------ launch
def test_what_blocks_the_launch_by_day_and_then_the_gravest_first(by: Actor) -> None:
    program = make_program(by, 2)
    police = make_partner(by.coalition, "Police")
    empty = Position.objects.create(coalition=by.coalition, title="Chair")

    def plan(key: str, **values: object) -> None:
        plan_activity(activity=row(program, key), values=values, version=None, by=by)

    day = dt.timedelta(days=1)
    plan("intake", owner=police, due_on=DAY - day)
    plan("insurance", owner=police, due_on=DAY + 60 * day)
    plan("eligibility", owner=empty)
    plan("aftercare", owner=police)
    plan("training", due_on=DAY + 40 * day)
    plan("staff-training", owner=police, due_on=DAY + 20 * day)
    plan("connection", needed_to_launch=False)
    say(program, "coordinator", by, status=DONE)
    found = checklist_of(program).blockers(starts_on=DAY + 30 * day, today=DAY)
    whys = {one.line.row.activity_id: one.whys for one in found}
    assert whys["intake"] == (Why.OVERDUE,)
    assert whys["insurance"] == (Why.AFTER_START,)
    assert whys["eligibility"] == (Why.VACANT,)
    assert whys["aftercare"] == (Why.OPEN,)
    assert whys["training"] == (Why.AFTER_START, Why.NOBODY)
    assert not {"connection", "coordinator", "protocols"} & set(whys)
    assert [one.line.row.activity_id for one in found][:4] == ["intake", "staff-training", "training", "insurance"]
    assert found[4].whys == (Why.NOBODY,)
    assert found[-1].line.row.activity_id == "aftercare"
    assert all(why.said for why in Why)


def test_what_is_overdue_the_longest_first(by: Actor) -> None:
    program = make_program(by, 2)
    for key, days in (("intake", 2), ("insurance", 9), ("eligibility", 0), ("coordinator", 5)):
        values = {"due_on": DAY - dt.timedelta(days=days)}
        plan_activity(activity=row(program, key), values=values, version=None, by=by)
    say(program, "coordinator", by, status=DONE)
    assert [line.row.activity_id for line in checklist_of(program).overdue(DAY)] == ["insurance", "intake"]


def test_how_far_a_program_is_is_the_same_in_a_list(by: Actor) -> None:
    one, two = make_program(by, 1, 2), make_program(by, 5, name="Two")
    say(one, "coordinator", by, status=DONE)
    say(one, "kits", by, status=NOT_APPLICABLE, reason="The county does it")
    plan_activity(activity=row(two, "intake"), values={"due_on": DAY - dt.timedelta(days=1)}, version=None, by=by)
    add_own_activity(program=two, title="Buy a van", by=by)
    set_models(program=one, models=models(2), version=None, by=by)
    for program, standing in zip((one, two), standings_of([one, two], today=DAY).values(), strict=True):
        found = checklist_of(program)
        assert (standing.progress, standing.overdue) == (found.progress, len(found.overdue(DAY)))


def test_a_checklist_takes_as_many_queries_for_five_models_as_for_one(by: Actor) -> None:
    one, five = make_program(by, 2), make_program(by, 1, 2, 3, 4, 5, name="Five")
    say(five, "intake", by, "procedures")
    with CaptureQueriesContext(connection) as few:
        checklist_of(one)
    with CaptureQueriesContext(connection) as many:
        checklist_of(five)
    assert len(few) == len(many) <= 10
