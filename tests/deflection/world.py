"""Deflection's part of the world: a program observers read and one they do not, a directory, a guide, a list on its way in."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import ContentFile
from django.utils import timezone

from coalitions.models import Agreement, Coalition, Contact, Membership, Partner, Position
from deflection import reference
from deflection.enums import ActivityStatus
from deflection.models import (
    Activity,
    Audience,
    DeflectionModel,
    Evidence,
    Guide,
    Program,
    ProgramActivity,
    QuarterCounts,
    Resource,
    ResourceCategory,
    ResourceImport,
    ResourceSite,
    Topic,
    TrainingCount,
    VerifyMail,
    VerifyStop,
)
from phast.access.table import Role
from phast.accounts.models import User

DAY = dt.date(2026, 3, 2)
ARGUMENTS = {"quarter": "2026-Q1"}


def populate(coalition: Coalition, users: dict[Role, User], text: str) -> None:
    """The shared program is led by the lead's agency, the other by another; an activity each for a partner, a person and a position."""
    if not DeflectionModel.objects.exists():
        reference.load()
    agency = Membership.objects.get(coalition=coalition, user=users[Role.LEAD]).partner
    other = Partner.objects.of(coalition).exclude(pk=agency.pk).order_by("pk")[0]
    _program(coalition, agency, other, users, text, shared=True)
    _program(coalition, other, agency, users, text, shared=False)
    _directory(coalition, agency, users, text)


def _program(
    coalition: Coalition, lead: Partner, helper: Partner, users: dict[Role, User], text: str, *, shared: bool
) -> None:
    coordinator, now = users[Role.COORDINATOR], timezone.now()
    which = "shared" if shared else "new"
    person = Contact.objects.create(partner=lead, name=f"Owner of {which} {text}", user=users[Role.MEMBER])
    position = Position.objects.create(coalition=coalition, title=f"Position of {which} {text}", contact=person)
    program = Program.objects.create(
        coalition=coalition,
        name=f"Program {which} {text}",
        lead=lead,
        assessed_by_said=f"A nurse {text}",
        starts_on=DAY,
        created_by=coordinator,
        shared_at=now if shared else None,
        shared_by=coordinator if shared else None,
    )
    program.follows.add("self-referral", "post-overdose")
    program.agencies.add(helper)
    owners = [{"partner": helper}, {"contact": person}, {"position": position}, {}]
    asked = Activity.objects.filter(items__model__in=program.follows.all()).distinct()
    ProgramActivity.objects.bulk_create(
        ProgramActivity(program=program, activity=activity, notes=text, **owners[n % len(owners)])
        for n, activity in enumerate(asked)
    )
    ProgramActivity.objects.create(
        program=program,
        title=f"Own {text}",
        detail=text,
        status=ActivityStatus.NOT_APPLICABLE,
        reason=text,
        due_on=DAY,
    )
    row = ProgramActivity.objects.get(program=program, activity="staff-training")
    row.topics_done.add("staff-training--disorders")
    training = TrainingCount.objects.create(
        program=program,
        held_on=DAY,
        audience=Audience.objects.get(pk="officers"),
        partner=lead,
        people=12,
        created_by=coordinator,
    )
    training.topics.add(Topic.objects.get(pk="staff-training--disorders"))
    QuarterCounts.objects.create(program=program, from_on=dt.date(2026, 1, 1), encounters=14, saved_by=coordinator)
    agreement = Agreement.objects.create(coalition=coalition, kind="mou", title=f"MOU of {which} {text}")
    added = {"program_activity": row, "added_by": coordinator}
    Evidence.objects.create(kind="link", url=f"https://example.org/{text.split()[0]}", label=text, **added)
    Evidence.objects.create(kind="agreement", agreement=agreement, label=text, **added)
    Evidence.objects.create(kind="training", training=training, label=text, **added)
    Evidence.objects.create(kind="sop", sop="1", label=text, **added)
    file = Evidence(kind="file", file_name=f"{text}.txt", label=text, **added)
    file.file.save("x", ContentFile(text.encode()))


def _directory(coalition: Coalition, agency: Partner, users: dict[Role, User], text: str) -> None:
    coordinator, now = users[Role.COORDINATOR], timezone.now()
    for n, keeper in enumerate((agency, None)):
        resource = Resource.objects.create(
            coalition=coalition,
            partner=keeper,
            name=f"Resource {n} {text}",
            text=text,
            phone=f"555-0100 {text}"[:40],
            languages=text,
            eligibility=text,
            cost=text,
            website=f"https://example.org/{text.split()[0]}",
            verified_on=DAY if keeper else None,
            verified_by=coordinator if keeper else None,
            created_by=coordinator,
        )
        resource.categories.set(ResourceCategory.objects.all()[: n + 1])
        ResourceSite.objects.create(
            resource=resource,
            name=text,
            address=text,
            town=text,
            zip_code="12180",
            phone=f"555-0101 {text}"[:40],
            hours=text,
        )
    Resource.objects.create(
        coalition=coalition, name=f"Gone {text}", created_by=coordinator, removed_at=now, removed_by=coordinator
    )
    Guide.objects.create(coalition=coalition, opened_at=now, opened_by=coordinator)
    ResourceImport.objects.create(
        coalition=coalition, name=f"{text}.csv", rows=[["Name"], [text]], created_by=coordinator
    )
    VerifyMail.objects.create(coalition=coalition, user=users[Role.LEAD], made_on=DAY)
    VerifyStop.objects.create(coalition=coalition, user=users[Role.MEMBER])
