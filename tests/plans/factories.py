"""Rows that tests of plans begin with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Model

from coalitions.models import Coalition, Contact, Partner, PositionKind
from phast.access.actor import Actor
from phast.access.table import Role
from phast.accounts.models import User
from plans import templates
from plans.models import Plan, PlanTemplate, Responsibility, Step
from tests.factories import make_coalition, make_partner, make_person
from tests.world import actor_of

EXAMPLE = "naloxone-in-every-department"


def make_actor(
    role: Role = Role.COORDINATOR, *, coalition: Coalition | None = None, partner: Partner | None = None
) -> Actor:
    """A person in the role; a coalition of their own unless one is given."""
    coalition = coalition or Coalition.objects.first() or make_coalition()
    needs = role in {Role.LEAD, Role.REPORTER, Role.MEMBER}
    partner = partner or (make_partner(coalition, name=f"{role} agency", agency_type="other") if needs else None)
    user = make_person(
        f"{role}@{coalition.slug}.example.org", coalition=coalition, role=role, partner=partner, name=role.title()
    )
    return actor_of(user, coalition)


def make_plan(by: Actor, **values: Any) -> Plan:
    """An active plan."""
    values = {"title": "A plan", "status": "active"} | values
    return Plan.objects.create(coalition=by.coalition, created_by=by.user, **values)


def make_step(
    plan: Plan, title: str = "A step", *, parent: Step | None = None, owner: Model | None = None, **values: Any
) -> Step:
    """A step, and who owns it."""
    values.setdefault("order", Step.objects.filter(plan=plan, parent=parent).count() + 1)
    step = Step.objects.create(plan=plan, title=title, parent=parent, **values)
    if owner is not None:
        Responsibility.objects.create(step=step, **{str(owner._meta.model_name): owner})
    return step


def make_contact(partner: Partner, user: User | None = None, name: str = "Ann Contact") -> Contact:
    return Contact.objects.create(partner=partner, name=name, user=user)


def load_example() -> PlanTemplate:
    """The example plan, and the position kinds it names."""
    from coalitions import reference

    if not PositionKind.objects.exists():
        reference.load()
    templates.load()
    return PlanTemplate.objects.get(pk=EXAMPLE)


def days_ago(by: Actor, days: int) -> dt.date:
    return by.coalition.today() - dt.timedelta(days=days)


def outline_of(plan: Plan) -> dict[str, Any]:
    """The present steps as titles within titles."""
    steps = list(Step.objects.in_tree(plan.pk))

    def below(parent: int | None) -> dict[str, Any]:
        return {step.title: below(step.pk) for step in steps if step.parent_id == parent}

    return below(None)
