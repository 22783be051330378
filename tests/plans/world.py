"""The plans' part of the world: one approved plan with everything, one draft, and steps assigned in each of the three ways."""

from __future__ import annotations

from django.utils import timezone

from coalitions.models import Coalition, Contact, Membership, Position
from phast.access.table import Role
from phast.accounts.models import User
from plans.enums import StepStatus
from plans.models import Barrier, Plan, PlanTemplate, Recommendation, Responsibility, Step, Update

ARGUMENTS = {"template_key": "example"}


def populate(coalition: Coalition, users: dict[Role, User], text: str) -> None:
    """Steps of the approved plan belong to the lead's agency, to the member as a contact, and to a position the reporter holds."""
    coordinator = users[Role.COORDINATOR]
    agency = Membership.objects.get(coalition=coalition, user=users[Role.LEAD]).partner
    PlanTemplate.objects.get_or_create(
        key=ARGUMENTS["template_key"],
        defaults={"title": "Example", "source": "A source", "scenario": "S", "challenge": "C"},
    )
    for approved in (True, False):
        plan = Plan.objects.create(
            coalition=coalition,
            title=f"Plan {text}",
            scenario=text,
            challenge=text,
            status="active",
            approved_at=timezone.now() if approved else None,
            approved_by=coordinator if approved else None,
            created_by=coordinator,
        )
        barrier = Barrier.objects.create(plan=plan, text=text, detail=text, how_learned=text)
        recommendation = Recommendation.objects.create(plan=plan, text=text, detail=text)
        recommendation.barriers.add(barrier)
        step = Step.objects.create(plan=plan, title=f"Step {text}", detail=text, due_said=text[:60])
        if approved:
            holder = Contact.objects.create(partner=agency, name=f"Holder {text}", user=users[Role.REPORTER])
            person = Contact.objects.create(partner=agency, name=f"Person {text}", user=users[Role.MEMBER])
            position = Position.objects.create(coalition=coalition, title=f"Position of plans {text}", contact=holder)
            for n, party in enumerate(({"partner": agency}, {"contact": person}, {"position": position})):
                Responsibility.objects.create(step=step, order=n, **party)
            Update.objects.create(
                step=step, status=StepStatus.IN_PROGRESS, note=text, at=timezone.now(), by=coordinator
            )
        Step.objects.create(plan=plan, parent=step, title=f"Nobody's step {text}", detail=text)
        gone = {"removed_at": timezone.now(), "removed_by": coordinator}
        Step.objects.create(plan=plan, title=f"Removed step {text}", **gone)
        Barrier.objects.create(plan=plan, text=f"Removed barrier {text}", **gone)
