"""Rows that tests of deflection begin with."""

from __future__ import annotations

from typing import Any

from coalitions.models import Coalition
from deflection import reference
from deflection.actions import create_program, update_activity
from deflection.checklist import Checklist, Line
from deflection.models import DeflectionModel, Program, ProgramActivity
from deflection.selectors import checklist_of
from phast.access.actor import Actor
from phast.access.table import Role
from tests.factories import make_coalition, make_partner, make_person
from tests.world import actor_of

KEYS = ("post-overdose", "self-referral", "active-outreach", "community-engagement", "officer-intervention")
AGENCY_ROLES = (Role.LEAD, Role.REPORTER, Role.MEMBER)


def make_actor(role: Role = Role.COORDINATOR, *, coalition: Coalition | None = None, partner: Any = None) -> Actor:
    """A person in the role, with an agency of their own where the role needs one."""
    coalition = coalition or Coalition.objects.first() or make_coalition()
    if partner is None and role in AGENCY_ROLES:
        partner = make_partner(coalition, name=f"{role} agency", agency_type="other")
    return actor_of(make_person(f"{role}@example.org", coalition=coalition, role=role, partner=partner), coalition)


def models(*numbers: int) -> Any:
    """The models with these numbers; loads the reference the first time."""
    if not DeflectionModel.objects.exists():
        reference.load()
    return DeflectionModel.objects.filter(number__in=numbers)


def make_program(by: Actor, *numbers: int, **values: Any) -> Program:
    """A program that follows these models."""
    values.setdefault("lead", by.coalition.partners.first() or make_partner(by.coalition, agency_type="other"))
    return create_program(**{"name": "Program", "models": models(*numbers), "by": by} | values)


def row(program: Program, key: str) -> ProgramActivity:
    return ProgramActivity.objects.get(program=program, activity=key)


def say(program: Program, key: str, by: Actor, *topics: str, **said: Any) -> ProgramActivity:
    """Updates the activity; `topics` without the activity's own name."""
    if topics:
        said["topics"] = [f"{key}--{topic}" for topic in topics]
    return update_activity(activity=row(program, key), version=None, by=by, **said)


def line(found: Checklist | Program, key: str) -> Line:
    listed = found if isinstance(found, Checklist) else checklist_of(found)
    return next(line for line in listed if line.row.activity_id == key)
