"""Programs as people change them, and who may."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from coalitions.actions.merging import merge_partner
from coalitions.models import Agreement, Contact, Partner, Position, Sector
from deflection.actions import (
    add_own_activity,
    assign_activities,
    create_program,
    edit_program,
    remove_own_activity,
    set_models,
    share_program,
)
from deflection.enums import ActivityStatus
from deflection.models import Program, ProgramActivity
from deflection.selectors import provider_agreements
from phast.access.actor import Actor
from phast.access.table import Action, Role
from phast.audit.models import Event
from phast.versions import EditConflict
from tests.factories import make_coalition, make_partner

from .factories import make_actor, make_program, models, row
from .pages import read

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


def test_a_program_may_bear_a_name_and_holds_nothing_else_about_a_person(by: Actor) -> None:
    program = make_program(by, 2, name="Mary Miller Second Chance")
    for values in ({"name": "Call 518-555-0100"}, {"assessed_by_said": "Mary Miller"}):
        with pytest.raises(ValidationError) as found:
            edit_program(program=program, values=values, version=None, by=by)
        assert list(found.value.message_dict) == list(values)


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
    program = make_program(by, 2)
    listed = provider_agreements(by, program=program, today=today)
    found = [(one.provider.name, str(one.agreement or ""), one.expires_soon) for one in listed]
    assert found == [
        ("Draft", "", False),
        ("Expired", "", False),
        ("None", "", False),
        ("Expiring", "MOU Expiring", True),
        ("With", "MOU With", False),
    ]
    assert provider_agreements(make_actor(Role.REPORTER), program=program, today=today) == []


def test_a_treatment_providers_mou_says_with_whom_it_is_and_the_programs_own_comes_first(by: Actor) -> None:
    """An MOU with other agencies is none of this program's."""
    Sector.objects.get_or_create(key="treatment-providers", defaults={"name": "Treatment Providers", "order": 15})
    clinic, police, sheriff = (make_partner(by.coalition, name) for name in ("Clinic", "Police", "Sheriff"))
    clinic.sectors.add("treatment-providers")
    program = make_program(by, 2, lead=police)
    today = by.coalition.today()

    def sign(title: str, *parties: Partner, **values: Any) -> None:
        Agreement.objects.create(
            coalition=by.coalition, kind="mou", title=title, status="signed", **values
        ).parties.set([clinic, *parties])

    def shown() -> list[tuple[str, str]]:
        return [(str(one.agreement), one.others) for one in provider_agreements(by, program=program, today=today)]

    sign("Theirs", sheriff, others="State Police")
    assert shown() == [("Theirs", "Sheriff, State Police")]
    assert "with Sheriff, State Police" in read(by, "activity_detail", row(program, "treatment-agreements").pk)
    sign("Ours", police, expires_on=today + dt.timedelta(days=9))
    assert shown() == [("Ours", "Police")]


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
