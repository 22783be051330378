"""The coalition's part of the world: contacts, positions and invitations of two agencies, and an event in the audit log."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import ContentFile
from django.utils import timezone

from coalitions import reference
from coalitions.models import (
    AgendaItem,
    Agreement,
    Alert,
    AlertMail,
    AlertReceipt,
    Attendance,
    Coalition,
    Contact,
    Decision,
    Engagement,
    ExpiryMail,
    ExpiryNotice,
    FundingApplication,
    FundingSource,
    HelpContact,
    HelpMail,
    HelpRequest,
    Invitation,
    LibraryItem,
    ListeningSession,
    Look,
    Meeting,
    MeetingAction,
    MeetingMail,
    Membership,
    Partner,
    PartnerMerge,
    Policy,
    Position,
    ReadinessRating,
    Release,
    RosterImport,
    SectorCoverage,
    ToldApart,
)
from phast import audit
from phast.access.table import Role
from phast.accounts.models import User

from .pictures import picture

ARGUMENTS = {
    "sector": "government",
    "table_format": "csv",
    "roster_part": "partners",
    "work_kind": "opportunity",
    "work_key": "reentry-needs",
    "child": "ours-county",
    "release_number": 1,
}


def populate(coalition: Coalition, users: dict[Role, User], text: str) -> None:
    """The lead's agency and the other one each have a contact and an open invitation; one position is held, one vacant."""
    reference.load()
    agency = Membership.objects.get(coalition=coalition, user=users[Role.LEAD]).partner
    other = Partner.objects.filter(coalition=coalition).exclude(pk=agency.pk).first()
    for partner in (agency, other):
        partner.sectors.add("government")
        Partner.objects.filter(pk=partner.pk).update(
            address=f"Street {text}", website=f"https://{text.split()[0]}.example.org"
        )
        contact = Contact.objects.create(
            partner=partner,
            name=f"Contact {text}",
            title=f"Title {text}",
            email="contact@example.org",
            phone=f"518 {text}"[:40],
        )
        Invitation.objects.create(
            coalition=coalition,
            email=f"invited-{partner.pk}@example.org",
            name=f"Invited {text}",
            role=Role.REPORTER,
            partner=partner,
            created_by=users[Role.COORDINATOR],
        )
    Position.objects.create(coalition=coalition, title=f"Held {text}", contact=contact)
    Position.objects.create(coalition=coalition, title=f"Vacant {text}")
    _work(coalition, users[Role.COORDINATOR], agency, other, contact, text)
    audit.record("partner.changed", user=users[Role.LEAD], coalition=coalition, target=agency, changed=["name"])
    audit.record(
        "counts.logged", user=users[Role.REPORTER], coalition=coalition, partner=agency, as_agency=True, target=agency
    )


def _work(
    coalition: Coalition, coordinator: User, agency: Partner, other: Partner, contact: Contact, text: str
) -> None:
    """One of everything a coalition works with: engagement, agreements, a meeting, money, alerts, requests for help."""
    day = dt.date(2026, 3, 1)
    ToldApart.objects.create(
        coalition=coalition,
        kind="partner",
        one=min(agency.pk, other.pk),
        other=max(agency.pk, other.pk),
        by=coordinator,
    )
    PartnerMerge.objects.create(coalition=coalition, kept=agency, gone=other, status="active", by=coordinator)
    RosterImport.objects.create(
        coalition=coalition,
        name=f"{text}.xlsx",
        rows=[["Organization", "Contact"], [f"New {text}", f"Person {text}"]],
        answers={"header": 1, "columns": {"0": "organization", "1": "name"}, "left_out": [text]},
        created_by=coordinator,
    )
    Engagement.objects.create(coalition=coalition, opportunity_id="reentry-needs", partner=agency, notes=text)
    Engagement.objects.create(coalition=coalition, action_id="start-a-team", lead=contact, notes=text)
    SectorCoverage.objects.create(coalition=coalition, on=day, filled=["government"])
    ReadinessRating.objects.create(
        coalition=coalition, element_id="champions", rating=2, evidence=text, on=day, by=coordinator
    )
    agreement = Agreement(
        coalition=coalition,
        kind="dsa",
        title=f"Agreement {text}",
        purpose=text,
        others=text,
        dataset_other=text,
        giver=agency,
        expires_on=day,
        file_name=f"{text}.pdf",
    )
    agreement.file.save("x", ContentFile(text.encode()))
    agreement.parties.add(agency, other)
    notice = ExpiryNotice.objects.create(agreement=agreement, expires_on=day, days=30, sent_at=timezone.now())
    ExpiryMail.objects.create(notice=notice, user=coordinator, state="done")
    begins = dt.datetime(2026, 3, 1, 14, tzinfo=dt.UTC)
    meeting = Meeting.objects.create(
        coalition=coalition,
        title=f"Meeting {text}",
        starts_at=begins,
        ends_at=begins + dt.timedelta(hours=1),
        place=text,
        purpose=text,
        notes=text,
        created_by=coordinator,
    )
    item = AgendaItem.objects.create(meeting=meeting, title=f"Item {text}", speakers=text, notes=text)
    Attendance.objects.create(meeting=meeting, partner=contact.partner, contact=contact)
    Attendance.objects.create(meeting=meeting, guest_name=f"Guest {text}", guest_email="guest@example.org")
    MeetingMail.objects.create(
        meeting=meeting, name=f"Guest {text}", address="guest@example.org", method="REQUEST", sequence=0
    )
    Decision.objects.create(meeting=meeting, item=item, text=text)
    MeetingAction.objects.create(meeting=meeting, item=item, text=text, partner=agency)
    ListeningSession.objects.create(
        coalition=coalition, kind="interview", title=text, held_on=day, people=3, themes=text, followed=text
    )
    alert = Alert.objects.create(
        coalition=coalition, title=text, area=text, from_on=day, advice=text, lapses_on=day, issued_by=coordinator
    )
    for partner in (agency, other):
        receipt = AlertReceipt.objects.create(alert=alert, partner=partner, response=text)
        AlertMail.objects.create(receipt=receipt, address="contact@example.org")
    source = FundingSource.objects.create(coalition=coalition, kind="jag", name=f"Fund {text}", pays_for=text)
    FundingApplication.objects.create(
        coalition=coalition,
        title=f"Application {text}",
        kind="jag",
        funder=text,
        benefit=text,
        benefit_source=text,
        stories=text,
        source=source,
    )
    look = Look(coalition=coalition, accent="#1f5f3f", confidentiality=text)
    look.logo.save("x", ContentFile(picture(40, 20)))
    Policy.objects.create(
        coalition=coalition, kind="other", title=text, jurisdiction=text, model_text=text, data_brief=text
    )
    book = LibraryItem(
        coalition=coalition,
        title=f"Book {text}",
        topic="naloxone",
        about=text,
        reviewed_on=day,
        file_name=f"{text}.pdf",
    )
    book.file.save("x", ContentFile(text.encode()))
    request = HelpRequest.objects.create(
        coalition=coalition,
        agency=f"Agency {text}",
        county=text[:80],
        name=text,
        title=text,
        email="asks@example.org",
        phone=text[:40],
        wants_help=True,
        barriers=text,
        needs=text,
        confirmed_at=timezone.now(),
    )
    HelpContact.objects.create(request=request, kind="call", on=day, note=text, by=coordinator)
    HelpMail.objects.create(coalition=coalition, request=request, address=request.email)
    _child(coalition, coordinator, text)


def _child(coalition: Coalition, coordinator: User, text: str) -> None:
    """A county's coalition under this one, with a release, and a request for help."""
    child = Coalition.objects.create(slug=f"{coalition.slug}-county", name=f"County {text}", parent=coalition)
    day = dt.date(2026, 1, 1)
    Release.objects.create(
        coalition=child,
        number=1,
        from_on=day,
        to_on=dt.date(2026, 3, 31),
        threshold=11,
        table={"cells": [["12180", 40]], "total": 40, "left_out": False},
        sha256="0" * 64,
        data_as_of=timezone.now(),
        published_at=timezone.now(),
        published_by=coordinator,
    )
    HelpRequest.objects.create(
        coalition=child,
        agency=f"County agency {text}",
        name=text,
        email="asks@example.org",
        wants_help=True,
        needs=text,
        confirmed_at=timezone.now(),
    )
