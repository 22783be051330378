"""A coalition of any size with a few years of work behind it, to measure pages by. Everything in it is made up."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from phast.access.table import Role
from phast.accounts.models import User

from . import models
from .enums import AgencyType, AgreementStatus, EngagementStatus, MeetingStatus

if TYPE_CHECKING:
    from .models import Coalition, Contact, Partner

DAY = dt.timedelta(days=1)
WORDS = "What was said, and what is to be done about it. " * 3


def grow(coalition: Coalition, *, by: User, partners: int = 300, contacts: int = 1500, rows: int = 30) -> None:
    """Adds partners and their contacts, `rows` of whatever else a coalition keeps, and to what it has already what hangs on it."""
    stamp = f"{models.Partner.objects.of(coalition).count()}"
    organizations, people = _roster(coalition, stamp, partners, contacts)
    _accounts(coalition, by, stamp, organizations, rows)
    _work(coalition, by, people, rows)
    _agreements(coalition, stamp, organizations, rows)
    _money(coalition, stamp, organizations, rows)
    _meetings(coalition, by, people, rows)
    _alerts(coalition, by, organizations)
    _requests(coalition, by, stamp, rows)


def _roster(coalition: Coalition, stamp: str, partners: int, contacts: int) -> tuple[list[Partner], list[Contact]]:
    agencies, sectors = [*AgencyType], [*models.Sector.objects.all()]
    organizations = models.Partner.objects.bulk_create(
        models.Partner(
            coalition=coalition,
            name=f"Organization {stamp}-{n:03}",
            agency_type=agencies[n % len(agencies)] if n % 3 == 0 else "",
            counts_since=coalition.program_start if n % 3 == 0 else None,
            website=f"https://organization-{n}.example.org",
            address=f"{n} Main Street",
        )
        for n in range(partners)
    )
    through = models.Partner.sectors.through
    through.objects.bulk_create(
        through(partner_id=one.pk, sector_id=sectors[(n + more) % len(sectors)].pk)
        for n, one in enumerate(organizations)
        for more in range(2)
    )
    people = models.Contact.objects.bulk_create(
        models.Contact(
            partner=organizations[n % partners],
            name=f"Person {stamp}-{n:04}",
            title="Director",
            email=f"person-{stamp}-{n}@example.org",
            phone="518 555 0100",
        )
        for n in range(contacts)
    )
    return organizations, people


def _accounts(coalition: Coalition, by: User, stamp: str, organizations: list[Partner], rows: int) -> None:
    users = User.objects.bulk_create(
        User(email=f"account-{stamp}-{n}@example.org", name=f"Account {n}") for n in range(rows)
    )
    models.Membership.objects.bulk_create(
        models.Membership(
            coalition=coalition, user=one, role=Role.MEMBER, partner=organizations[n % len(organizations)]
        )
        for n, one in enumerate(users)
    )
    models.Invitation.objects.bulk_create(
        models.Invitation(
            coalition=coalition,
            email=f"invited-{stamp}-{n}@example.org",
            role=Role.MEMBER,
            partner=organizations[n % len(organizations)],
            created_by=by,
        )
        for n in range(rows)
    )


def _work(coalition: Coalition, by: User, people: list[Contact], rows: int) -> None:
    today, stamp = coalition.today(), people[0].name
    sectors = [*models.Sector.objects.all()]
    models.Position.objects.bulk_create(
        models.Position(
            coalition=coalition,
            title=f"Champion {n} of {stamp}",
            contact=people[n % len(people)] if n % 3 else None,
        )
        for n in range(rows)
    )
    models.Seat.objects.bulk_create(
        models.Seat(coalition=coalition, alias=f"Alias {n} of {stamp}", sector=sectors[n % len(sectors)])
        for n in range(max(1, rows // 5))
    )
    work = [{"opportunity": each} for each in models.Opportunity.objects.all()]
    work += [{"action": each} for each in models.TakeawayAction.objects.all()]
    models.Engagement.objects.bulk_create(
        (
            models.Engagement(
                coalition=coalition,
                status=EngagementStatus.IN_PROGRESS,
                lead=people[n % len(people)],
                touched_on=today,
                notes=WORDS,
                **thing,
            )
            for n, thing in enumerate(work)
        ),
        ignore_conflicts=True,
    )
    models.ReadinessRating.objects.bulk_create(
        (
            models.ReadinessRating(
                coalition=coalition, element=element, rating=1 + n % 4, evidence=WORDS, on=today - 90 * n * DAY, by=by
            )
            for n in range(4)
            for element in models.CriticalElement.objects.all()
        ),
        ignore_conflicts=True,
    )
    models.ListeningSession.objects.bulk_create(
        models.ListeningSession(
            coalition=coalition, kind="interview", title=f"Talk {n}", held_on=today, people=5, themes=WORDS
        )
        for n in range(rows)
    )


def _agreements(coalition: Coalition, stamp: str, organizations: list[Partner], rows: int) -> None:
    today, datasets = coalition.today(), [*models.Dataset.objects.all()]
    agreements = models.Agreement.objects.bulk_create(
        models.Agreement(
            coalition=coalition,
            kind="dsa",
            title=f"Agreement {stamp}-{n}",
            dataset=datasets[n % len(datasets)],
            giver=organizations[n % len(organizations)],
            receiver=organizations[(n + 1) % len(organizations)] if n % 2 else None,
            status=AgreementStatus.SIGNED,
            expires_on=today + 20 * n * DAY,
        )
        for n in range(rows)
    )
    through = models.Agreement.parties.through
    through.objects.bulk_create(
        (
            through(agreement_id=one.pk, partner_id=organizations[(n + more) % len(organizations)].pk)
            for n, one in enumerate(models.Agreement.objects.of(coalition))
            for more in range(3)
        ),
        ignore_conflicts=True,
    )
    models.Policy.objects.bulk_create(
        models.Policy(coalition=coalition, kind="other", title=f"Policy {n}", jurisdiction="State", data_brief=WORDS)
        for n in range(rows)
    )
    models.LibraryItem.objects.bulk_create(
        models.LibraryItem(
            coalition=coalition,
            title=f"Item {n} of {agreements[0]}",
            topic="naloxone",
            link=f"https://library.example.org/{n}",
            about=WORDS,
            reviewed_on=today - 20 * n * DAY,
        )
        for n in range(4 * rows)
    )


def _money(coalition: Coalition, stamp: str, organizations: list[Partner], rows: int) -> None:
    today = coalition.today()
    sources = models.FundingSource.objects.bulk_create(
        models.FundingSource(
            coalition=coalition,
            kind="jag",
            name=f"Fund {stamp}-{n}",
            holder=organizations[n % len(organizations)],
            amount=1000 * n,
            to_on=today + 30 * n * DAY,
        )
        for n in range(rows)
    )
    models.FundingApplication.objects.bulk_create(
        models.FundingApplication(
            coalition=coalition,
            title=f"Application {stamp}-{n}",
            kind="jag",
            lead=organizations[n % len(organizations)],
            source=source,
            deadline=today + 10 * n * DAY,
        )
        for n, source in enumerate(sources)
    )
    through = models.FundingApplication.co_applicants.through
    through.objects.bulk_create(
        (
            through(fundingapplication_id=one.pk, partner_id=organizations[(n + more) % len(organizations)].pk)
            for n, one in enumerate(models.FundingApplication.objects.of(coalition))
            for more in range(3)
        ),
        ignore_conflicts=True,
    )


def _meetings(coalition: Coalition, by: User, people: list[Contact], rows: int) -> None:
    """Past meetings with minutes, one to come; and to every meeting there is, people."""
    now = timezone.now()
    models.Meeting.objects.bulk_create(
        models.Meeting(
            coalition=coalition,
            title=f"Meeting {n}",
            starts_at=now + 7 * DAY - 14 * n * DAY,
            ends_at=now + 7 * DAY - 14 * n * DAY + dt.timedelta(hours=1),
            status=MeetingStatus.HELD if n else MeetingStatus.PLANNED,
            notes=WORDS,
            created_by=by,
        )
        for n in range(rows)
    )
    meetings = list(models.Meeting.objects.of(coalition))
    for kind, text in ((models.AgendaItem, "title"), (models.Decision, "text"), (models.MeetingAction, "text")):
        kind.objects.bulk_create(kind(meeting=one, **{text: f"{text} {n}"}) for one in meetings for n in range(5))
    attendances = models.Attendance.objects.bulk_create(
        models.Attendance(
            meeting=one,
            contact=people[(n + 7 * number) % len(people)],
            partner=people[(n + 7 * number) % len(people)].partner,
            invited_at=now,
            present=bool(n % 4),
        )
        for number, one in enumerate(meetings)
        for n in range(min(2 * rows, len(people)))
    )
    models.MeetingMail.objects.bulk_create(
        models.MeetingMail(
            meeting_id=one.meeting_id, attendance=one, address=one.contact.email, method="REQUEST", sequence=0
        )
        for one in attendances
        if one.contact
    )


def _alerts(coalition: Coalition, by: User, organizations: list[Partner]) -> None:
    today = coalition.today()
    models.Alert.objects.bulk_create(
        models.Alert(
            coalition=coalition,
            title=f"Alert {n}",
            area="Troy",
            from_on=today - 20 * n * DAY,
            advice=WORDS,
            lapses_on=today + (7 - 20 * n) * DAY,
            issued_by=by,
        )
        for n in range(3)
    )
    receipts = models.AlertReceipt.objects.bulk_create(
        models.AlertReceipt(alert=alert, partner=partner)
        for alert in models.Alert.objects.of(coalition)
        for partner in organizations
    )
    models.AlertMail.objects.bulk_create(
        models.AlertMail(receipt=one, address=f"person-{n}@example.org") for n, one in enumerate(receipts)
    )


def _requests(coalition: Coalition, by: User, stamp: str, rows: int) -> None:
    """Requests for help, each with calls; and coalitions that stand under this one."""
    now, today = timezone.now(), coalition.today()
    models.HelpRequest.objects.bulk_create(
        models.HelpRequest(
            coalition=coalition,
            agency=f"Agency {stamp}-{n}",
            name="Somebody",
            email=f"asks-{stamp}-{n}@example.org",
            wants_help=True,
            needs=WORDS,
            confirmed_at=now,
            next_contact_on=today - DAY if n % 2 else today + DAY,
        )
        for n in range(rows)
    )
    models.HelpContact.objects.bulk_create(
        models.HelpContact(request=one, kind="call", on=today, note=WORDS, by=by)
        for one in models.HelpRequest.objects.of(coalition)
        for _ in range(3)
    )
    models.Coalition.objects.bulk_create(
        models.Coalition(slug=f"{coalition.slug}-{stamp}-{n}", name=f"County {stamp}-{n}", parent=coalition)
        for n in range(max(1, rows // 5))
    )
