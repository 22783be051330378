"""What agencies, and the coalition for all of them, may see of each other's programs; and what the database keeps as it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, transaction

from lbn.models import (
    Assessment,
    FocusTheme,
    KitDesign,
    PersonnelCount,
    Phrase,
    Practice,
    PracticeElement,
    Program,
    ReferralPartner,
    SessionPart,
    SopSection,
    SopVersion,
    StockBalance,
    TrainingSession,
    Transfer,
)
from phast.access.actor import Actor
from phast.access.table import Action, Role
from tests.world import World, actor_of


def acting(world: World, role: Role) -> Actor:
    return actor_of(world.ours.users[role], world.ours.coalition)


def partners(model: Any, actor: Actor, action: Action) -> set[int | None]:
    return set(model.objects.visible_to(actor, action).values_list("partner", flat=True))


@pytest.mark.parametrize("model", [KitDesign, SopVersion])
def test_an_agency_reads_what_the_coalition_approved_and_changes_only_its_own(world: World, model: Any) -> None:
    own, lead = world.ours.agency.pk, acting(world, Role.LEAD)
    assert partners(model, lead, Action.PROGRAM_SEE) == {own, None}
    assert partners(model, lead, Action.PRACTICE_EDIT) == {own}
    lent = model.objects.visible_to(lead, Action.PROGRAM_SEE).filter(partner=None)
    assert [version.approved_at is None for version in lent] == [False]
    assert not model.objects.visible_to(acting(world, Role.MEMBER), Action.PROGRAM_SEE).exists()


def test_an_agency_reads_the_sessions_it_took_part_in_and_changes_those_it_held(world: World) -> None:
    own, reporter = world.ours.agency.pk, acting(world, Role.REPORTER)
    assert partners(TrainingSession, reporter, Action.PROGRAM_SEE) == {own, None}
    assert partners(TrainingSession, reporter, Action.SUPPLY_EDIT) == {own}
    assert partners(SessionPart, reporter, Action.PROGRAM_SEE) == {own}


def test_both_sides_of_a_transfer_see_it(world: World) -> None:
    assert Transfer.objects.visible_to(acting(world, Role.REPORTER), Action.SUPPLY_EDIT).count() == 1
    transfer = Transfer.objects.of(world.ours.coalition).get()
    assert transfer.to_site.partner == world.ours.other_agency
    assert partners(
        StockBalance.objects.model.site.field.related_model, acting(world, Role.LEAD), Action.PROGRAM_SEE
    ) == {world.ours.agency.pk}


@pytest.mark.parametrize("model", [KitDesign, SopVersion])
def test_a_version_in_force_never_changes(world: World, model: Any) -> None:
    approved = model.objects.of(world.ours.coalition).exclude(approved_at=None)
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        approved.update(why="changed")
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        approved.first().delete()
    drafts = model.objects.of(world.ours.coalition).filter(approved_at=None)
    assert drafts.update(why="changed") == 3


@pytest.mark.parametrize(
    ("model", "values", "constraint"),
    [
        (PersonnelCount, {"trained": 21}, "personnel_parts"),
        (PersonnelCount, {"due": 21}, "personnel_parts"),
        (SessionPart, {"trained": 9}, "part_trained"),
        (ReferralPartner, {"name": ""}, "roster_or_name"),
        (SopVersion, {"approved_role": "Chief"}, "sop_approved"),
        (Assessment, {"finished_by": None, "finished_at": None}, "one_open_assessment"),
    ],
)
def test_the_database_refuses_what_cannot_be(world: World, model: Any, values: dict, constraint: str) -> None:
    rows = model.objects.of(world.ours.coalition)
    rows = rows.filter(approved_at=None) if model is SopVersion else rows
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**values)


def test_nothing_about_a_person_has_a_place_in_training() -> None:
    """Numbers, days and lists; the only accounts are of whoever entered them."""
    for model in (PersonnelCount, SessionPart, TrainingSession, Program):
        words = [
            f.name
            for f in model._meta.concrete_fields
            if f.get_internal_type() in ("CharField", "TextField") and not f.choices
        ]
        people = [
            f.name
            for f in model._meta.concrete_fields
            if f.is_relation and f.related_model.__name__ in ("User", "Contact")
        ]
        assert set(words) <= {"risk_words"}
        assert set(people) <= {"created_by", "profile_checked_by"}


def test_reference_data_loads_twice_without_a_change(world: World) -> None:
    lists = (Practice, PracticeElement, Phrase, FocusTheme, SopSection)
    call_command("load_reference", verbosity=0)
    first = [list(model.objects.values()) for model in lists]
    call_command("load_reference", verbosity=0)
    assert [list(model.objects.values()) for model in lists] == first
    assert [model.objects.count() for model in lists] == [8, 22, 18, 6, 13]
    assert sum(FocusTheme.objects.filter(points=None).values_list("order", flat=True)) == 4
    assert SopSection.objects.filter(fixed=True).get().key == "notice"
