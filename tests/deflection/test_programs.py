"""Programs and their activities as people change them."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from coalitions.actions.merging import merge_partner
from coalitions.models import Agreement, Contact, Position, Sector
from deflection.actions import (
    add_evidence,
    add_evidence_file,
    add_own_activity,
    assign_activities,
    count_training,
    create_program,
    delete_training,
    edit_program,
    plan_activity,
    remove_evidence,
    remove_own_activity,
    restore_own_activity,
    save_quarter,
    set_models,
    share_program,
    take_offer,
    update_activity,
)
from deflection.enums import ActivityStatus
from deflection.models import Audience, Evidence, Program, ProgramActivity, QuarterCounts, Topic, TrainingCount
from deflection.selectors import checklist_of, provider_agreements, trained
from phast import offers
from phast.access.actor import Actor
from phast.access.table import Action, Role
from phast.audit.models import Event
from phast.versions import EditConflict
from tests.factories import make_coalition, make_partner

from .factories import line, make_actor, make_program, models, row, say

DONE, NOT_APPLICABLE = ActivityStatus.DONE, ActivityStatus.NOT_APPLICABLE


def refused(found: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(found.value.messages)


def verbs(by: Actor) -> list[str]:
    return list(Event.objects.of(by.coalition).order_by("pk").values_list("verb", flat=True))


# ------------------------------------------------------------------ programs
def test_a_program_says_who_leads_it_who_takes_part_and_who_assesses_care(by: Actor) -> None:
    police, ems = make_partner(by.coalition, "Police"), make_partner(by.coalition, "EMS")
    chair = Position.objects.create(coalition=by.coalition, title="Chair")
    program = make_program(
        by, 2, 5, lead=police, agencies=[ems], coordinator=chair, assessed_by=ems, starts_on=dt.date(2026, 9, 1)
    )
    program.refresh_from_db()
    assert (program.lead, program.coordinator, program.assessed_by) == (police, chair, ems)
    assert list(program.agencies.all()) == [ems]
    assert [model.number for model in program.follows.all()] == [2, 5]
    assert verbs(by) == ["program.created"]


def test_a_program_follows_at_least_one_model(by: Actor) -> None:
    program = make_program(by, 2)
    for attempt in (
        lambda: make_program(by, name="Other"),
        lambda: set_models(program=program, models=models(), version=None, by=by),
    ):
        with pytest.raises(ValidationError) as found:
            attempt()
        assert refused(found) == "Choose at least one model."
    assert Program.objects.count() == 1


def test_two_programs_of_one_name_are_refused_in_a_sentence(by: Actor) -> None:
    make_program(by, 2)
    with pytest.raises(ValidationError) as found:
        make_program(by, 3)
    assert refused(found) == "There is a program with this name. Choose another one."


def test_a_program_has_one_coordinator(by: Actor) -> None:
    program = make_program(by, 2)
    person = Contact.objects.create(partner=program.lead, name="Ann")
    chair = Position.objects.create(coalition=by.coalition, title="Chair")
    with pytest.raises(ValidationError) as found:
        edit_program(program=program, values={"contact": person, "position": chair}, version=None, by=by)
    assert "not both" in refused(found)


def test_what_somebody_else_saved_first_is_not_overwritten(by: Actor) -> None:
    program = make_program(by, 2)
    opened = program.version
    edit_program(program=program, values={"name": "New name"}, version=opened, by=by)
    with pytest.raises(EditConflict):
        edit_program(program=Program.objects.get(), values={"name": "Mine"}, version=opened, by=by)
    with pytest.raises(EditConflict):
        set_models(program=Program.objects.get(), models=models(3), version=opened, by=by)
    assert Program.objects.get().name == "New name"


def test_observers_read_a_program_once_it_is_shared(by: Actor) -> None:
    program, observer = make_program(by, 2), make_actor(Role.OBSERVER)

    def seen() -> list[int]:
        found = Program.objects, ProgramActivity.objects
        return [each.visible_to(observer, Action.DEFLECTION_SEE).count() for each in found]

    assert seen() == [0, 0]
    for _ in range(2):
        share_program(program=program, shared=True, by=by)
    assert seen() == [1, 12]
    share_program(program=program, shared=False, by=by)
    assert seen() == [0, 0]
    assert verbs(by) == ["program.created", "program.shared", "program.unshared"]


# ------------------------------------------------------------------ who may change what
def test_people_change_the_programs_their_partner_leads_or_they_coordinate(by: Actor) -> None:
    lead, member = make_actor(Role.LEAD), make_actor(Role.MEMBER)
    led = make_program(by, 2, name="Led", lead=lead.coalition.partners.get(name="lead agency"))
    person = Contact.objects.create(partner=led.lead, name="Ann", user=member.user)
    member = make_actor_again(member)
    coordinated = make_program(by, 2, name="Coordinated", lead=make_partner(by.coalition, "Other"), coordinator=person)
    make_program(by, 2, name="Neither", lead=make_partner(by.coalition, "Third"))

    def mine(actor: Actor) -> set[str]:
        return {program.name for program in Program.objects.visible_to(actor, Action.DEFLECTION_EDIT)}

    assert mine(lead) == {led.name}
    assert mine(member) == {coordinated.name}
    assert mine(make_actor(Role.REPORTER)) == mine(make_actor(Role.OBSERVER)) == set()
    assert len(mine(by)) == 3


def test_people_update_the_activities_they_own(by: Actor) -> None:
    reporter = make_actor(Role.REPORTER)
    program = make_program(by, 2, lead=make_partner(by.coalition, "Other"))
    agency = by.coalition.partners.get(name="reporter agency")
    person = Contact.objects.create(partner=agency, name="Rae", user=reporter.user)
    chair = Position.objects.create(coalition=by.coalition, title="Chair", contact=person)
    for key, owner in (("insurance", agency), ("intake", person), ("eligibility", chair)):
        assign_activities(program=program, activities=[row(program, key)], owner=owner, by=by)
    own = add_own_activity(program=program, title="Van", owner=agency, by=by)
    remove_own_activity(activity=own, by=by)
    found = ProgramActivity.objects.visible_to(make_actor_again(reporter), Action.ACTIVITY_UPDATE)
    assert {one.activity_id for one in found} == {"insurance", "intake", "eligibility"}


def make_actor_again(actor: Actor) -> Actor:
    """The same person as the guard makes them now."""
    from tests.world import actor_of

    return actor_of(actor.user, actor.coalition)


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
    assert found.value.message_dict == {"topics": ["Still open: Documentation. Tick what is done."]}
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
    ready = threading.Barrier(2)

    def finish(part: Any) -> None:
        try:
            ready.wait()
            say(program, part.row.activity_id, by, status=DONE, topics=[mark.key for mark in part.topics])
        finally:
            connection.close()

    both = [threading.Thread(target=finish, args=[part]) for part in (one, two)]
    for each in both:
        each.start()
    for each in both:
        each.join()
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
    rows = [*ProgramActivity.objects.filter(program=program)[:10], row(other, "insurance")]
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


# ------------------------------------------------------------------ evidence
def test_evidence_is_a_link_an_agreement_a_training_or_an_sop(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "sops", [lambda actor: [("7", "SOP of Troy Police")]])
    program = make_program(by, 1)
    activity = row(program, "kits")
    mou = Agreement.objects.create(coalition=by.coalition, kind="mou", title="MOU with the clinic")
    training = officers_trained(program, by)
    said: list[dict[str, Any]] = [
        {"url": "https://example.org"},
        {"agreement": mou},
        {"training": training},
        {"sop": "7"},
    ]
    names = [str(add_evidence(activity=activity, by=by, **each)) for each in said]
    assert names == ["https://example.org", "MOU with the clinic", "Training of 2026-03-02", "SOP of Troy Police"]
    assert [one.kind for one in Evidence.objects.all()] == ["link", "agreement", "training", "sop"]


def test_evidence_that_is_nothing_two_things_or_not_there_is_refused(by: Actor) -> None:
    program, other = make_program(by, 1), make_program(by, 1, name="Other")
    mou = Agreement.objects.create(coalition=by.coalition, kind="mou", title="MOU")
    elsewhere = officers_trained(other, by)
    said: list[dict[str, Any]] = [{}, {"url": "https://a.org", "agreement": mou}, {"sop": "7"}, {"training": elsewhere}]
    for each in said:
        with pytest.raises(ValidationError):
            add_evidence(activity=row(program, "kits"), by=by, **each)
    assert not Evidence.objects.exists()


def test_a_file_is_kept_under_a_name_that_tells_nothing_and_goes_with_its_evidence(
    by: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    activity = row(make_program(by, 2), "intake")
    found = add_evidence_file(activity=activity, file=ContentFile(b"Form", name="intake form.txt"), by=by)
    stored = str(found.file.name)
    assert (str(found), "intake" in stored, default_storage.exists(stored)) == ("intake form.txt", False, True)
    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(evidence=found, by=by)
    assert not default_storage.exists(stored)


# ------------------------------------------------------------------ counts
def officers_trained(program: Program, by: Actor, *topics: str, **values: Any) -> TrainingCount:
    chosen = Topic.objects.filter(pk__in=[f"staff-training--{topic}" for topic in topics or ("disorders",)])
    values = {"held_on": dt.date(2026, 3, 2), "audience": Audience.objects.get(pk="officers"), "people": 12} | values
    return count_training(program=program, topics=chosen, by=by, **values)


def test_training_is_counted_by_audience_and_topic(by: Actor) -> None:
    program = make_program(by, 1)
    officers_trained(program, by, "disorders", "naloxone")
    officers_trained(program, by, "naloxone", people=3)
    officers_trained(program, by, audience=Audience.objects.get(pk="dispatchers"), people=5)
    assert trained(program.trainings.prefetch_related("topics")) == {
        ("officers", "staff-training--disorders"): 12,
        ("officers", "staff-training--naloxone"): 15,
        ("dispatchers", "staff-training--disorders"): 5,
    }


def test_a_training_to_come_of_nobody_or_about_nothing_is_refused(by: Actor) -> None:
    program = make_program(by, 1)
    tomorrow = by.coalition.today() + dt.timedelta(days=1)
    said: list[dict[str, Any]] = [{"held_on": tomorrow}, {"people": 0}, {"people": 10_001}]
    for values in said:
        with pytest.raises(ValidationError):
            officers_trained(program, by, **values)
    with pytest.raises(ValidationError):
        officers_trained(program, by, "no such topic")
    assert not TrainingCount.objects.exists()


def test_a_training_entered_by_mistake_goes_with_its_place_as_evidence(by: Actor) -> None:
    program = make_program(by, 1)
    training = officers_trained(program, by)
    add_evidence(activity=row(program, "staff-training"), training=training, by=by)
    delete_training(training=training, by=by)
    assert not Evidence.objects.exists()


def test_a_quarter_keeps_what_was_not_recorded_apart_from_zero(by: Actor) -> None:
    program, first = make_program(by, 2), dt.date(2026, 1, 1)
    saved = save_quarter(program=program, from_on=first, values={"encounters": 0}, version=None, by=by)
    assert (saved.encounters, saved.referrals) == (0, None)
    save_quarter(program=program, from_on=first, values={"referrals": 4}, version=saved.version, by=by)
    found = QuarterCounts.objects.get()
    assert (found.encounters, found.referrals, str(found)) == (0, 4, "Program, 2026, quarter 1")


def test_a_quarter_that_runs_is_no_quarter_or_is_there_already_is_refused(by: Actor) -> None:
    program, today = make_program(by, 2), by.coalition.today()
    running = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    with pytest.raises(ValidationError):
        save_quarter(program=program, from_on=running, values={}, version=None, by=by)
    first = dt.date(2026, 1, 1)
    saved = save_quarter(program=program, from_on=first, values={"encounters": 3}, version=None, by=by)
    with pytest.raises(ValidationError) as found:
        save_quarter(program=program, from_on=first, values={"encounters": 4}, version=None, by=by)
    assert refused(found) == "This quarter has its counts already. Change those."
    with pytest.raises(ValidationError):
        save_quarter(program=program, from_on=first, values={"encounters": 100_001}, version=saved.version, by=by)
    with pytest.raises(EditConflict):
        save_quarter(program=program, from_on=first, values={"encounters": 5}, version=9, by=by)


def test_exact_counts_are_the_coordinators_and_the_lead_agencys(by: Actor) -> None:
    lead, member = make_actor(Role.LEAD), make_actor(Role.MEMBER)
    program = make_program(by, 2, lead=by.coalition.partners.get(name="lead agency"))
    save_quarter(program=program, from_on=dt.date(2026, 1, 1), values={"encounters": 3}, version=None, by=by)
    seen = [QuarterCounts.objects.visible_to(actor, Action.COUNTS_SEE).count() for actor in (by, lead, member)]
    assert seen == [1, 1, 0]


# ------------------------------------------------------------------ what the register and the roster know
def test_treatment_providers_without_an_mou_in_effect_come_first(by: Actor) -> None:
    Sector.objects.get_or_create(key="treatment-providers", defaults={"name": "Treatment Providers", "order": 15})
    today = dt.date(2026, 6, 1)
    names = ("With", "Expiring", "Expired", "Draft", "None")
    providers = {name: make_partner(by.coalition, name) for name in names}
    for provider in providers.values():
        provider.sectors.add("treatment-providers")
    make_partner(by.coalition, "Police")
    for name, status, expires in (
        ("With", "signed", None),
        ("Expiring", "signed", today + dt.timedelta(days=90)),
        ("Expired", "signed", today - dt.timedelta(days=1)),
        ("Draft", "draft", None),
    ):
        mou = Agreement.objects.create(
            coalition=by.coalition, kind="mou", title=f"MOU {name}", status=status, expires_on=expires
        )
        mou.parties.add(providers[name])
    found = [
        (one.provider.name, str(one.agreement or ""), one.expires_soon) for one in provider_agreements(by, today=today)
    ]
    assert found == [
        ("Draft", "", False),
        ("Expired", "", False),
        ("None", "", False),
        ("Expiring", "MOU Expiring", True),
        ("With", "MOU With", False),
    ]
    assert provider_agreements(make_actor(Role.REPORTER), today=today) == []


def test_a_partner_that_is_another_one_takes_its_programs_and_activities_along(by: Actor) -> None:
    kept, gone = make_partner(by.coalition, "Troy Police"), make_partner(by.coalition, "Troy Police Dept.")
    program = make_program(by, 2, lead=gone, agencies=[gone, kept], assessed_by=gone)
    assign_activities(program=program, activities=[row(program, "intake")], owner=gone, by=by)
    merge_partner(gone=gone, into=kept, values={}, by=by)
    program.refresh_from_db()
    assert program.lead == program.assessed_by == row(program, "intake").owner == kept
    assert list(program.agencies.all()) == [kept]


def test_a_program_of_another_coalition_is_not_seen(by: Actor) -> None:
    other = make_actor(coalition=make_coalition(slug="theirs"))
    create_program(name="Theirs", lead=make_partner(other.coalition), models=models(2), by=other)
    assert not Program.objects.visible_to(by, Action.DEFLECTION_SEE).exists()
