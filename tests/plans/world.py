"""The plans' part of the world: one approved plan with everything, one draft, and steps assigned in each of the three ways."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import ContentFile
from django.utils import timezone

from coalitions.models import Coalition, Contact, Engagement, Membership, Partner, Position, Seat
from phast.access.table import Role
from phast.accounts.models import User
from plans.enums import StepStatus
from plans.models import (
    Barrier,
    CalendarFeed,
    DigestMail,
    Intervention,
    Measure,
    MeasureValue,
    Plan,
    PlanChange,
    PlanImport,
    PlanTemplate,
    PlanVersion,
    Recommendation,
    Responsibility,
    Stance,
    Step,
    StepFile,
    StepLink,
    Subscription,
    Update,
    Vote,
)
from plans.versions import content_of

ARGUMENTS = {"template_key": "example", "stage": "barriers"}


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
        step = Step.objects.create(
            plan=plan,
            title=f"Step {text}",
            detail=text,
            due_said=text[:60],
            resources=text,
            funding=text,
            recommendation=recommendation,
        )
        if approved:
            holder = Contact.objects.create(partner=agency, name=f"Holder {text}", user=users[Role.REPORTER])
            person = Contact.objects.create(partner=agency, name=f"Person {text}", user=users[Role.MEMBER])
            position = Position.objects.create(coalition=coalition, title=f"Position of plans {text}", contact=holder)
            for n, party in enumerate(({"partner": agency}, {"contact": person}, {"position": position})):
                Responsibility.objects.create(step=step, order=n, **party)
            Update.objects.create(
                step=step, status=StepStatus.IN_PROGRESS, note=text, at=timezone.now(), by=coordinator
            )
            _around(plan, step, recommendation, agency, person, users, text)
        Step.objects.create(plan=plan, parent=step, title=f"Nobody's step {text}", detail=text)
        gone = {"removed_at": timezone.now(), "removed_by": coordinator}
        Step.objects.create(plan=plan, title=f"Removed step {text}", **gone)
        Barrier.objects.create(plan=plan, text=f"Removed barrier {text}", **gone)


def _around(
    plan: Plan,
    step: Step,
    recommendation: Recommendation,
    agency: Partner,
    person: Contact,
    users: dict[Role, User],
    text: str,
) -> None:
    """What is beside the outline: adoption, votes, measures, versions, files, mail, calendars."""
    coordinator, coalition, day = users[Role.COORDINATOR], plan.coalition, dt.date(2026, 3, 1)
    other = Partner.objects.of(coalition).exclude(pk=agency.pk).order_by("pk")[0]
    intervention = Intervention.objects.create(plan=plan, text=text)
    for partner in (agency, other):
        Stance.objects.create(
            intervention=intervention, partner=partner, adoption="opposed", reason=text, since=day, by=coordinator
        )
    seat = Seat.objects.create(coalition=coalition, alias=f"Seat {text}")
    for voter in ({"partner": agency}, {"partner": other}, {"seat": seat}):
        Vote.objects.create(recommendation=recommendation, impact=4, feasibility=3, by=coordinator, **voter)
    measure = Measure.objects.create(plan=plan, text=text, unit=text[:40], story=text, baseline=1, target=9)
    measure.steps.add(step)
    StepLink.objects.create(step=step, engagement=Engagement.objects.of(coalition)[0])
    MeasureValue.objects.create(measure=measure, on=day, value=3, note=text, by=coordinator)
    for number in (1, 2):
        version = PlanVersion.objects.create(
            plan=plan,
            number=number,
            note=text,
            content=content_of(plan, today=day),
            sha256="0" * 64,
            approved_at=timezone.now(),
            approved_by=coordinator,
        )
    PlanVersion.objects.filter(pk=version.pk).update(withdrawn_at=timezone.now(), withdrawn_by=coordinator)
    PlanChange.objects.create(plan=plan, verb="step.edited", item="step", item_id=step.pk, by=coordinator)
    for role in (Role.COORDINATOR, Role.LEAD, Role.REPORTER, Role.MEMBER):
        kept = StepFile(step=step, name=f"{text}.txt", size=len(text), added_by=users[role])
        kept.file.save("x", ContentFile(text.encode()))
    for to in ({"contact": person}, {"user": users[Role.LEAD]}):
        mine = Subscription.objects.create(coalition=coalition, **to)
        DigestMail.objects.create(coalition=coalition, subscription=mine, address="person@example.org").steps.add(step)
    for user in users.values():
        CalendarFeed.objects.create(coalition=coalition, user=user, kind="mine")
    PlanImport.objects.create(
        coalition=coalition, plan=plan, name=f"{text}.csv", rows=[["Step"], [text]], created_by=coordinator
    )
