"""Who is invited to a meeting, and what mails and calendars tell them."""

from __future__ import annotations

import email
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from icalendar import Calendar

from coalitions import meetings as selectors
from coalitions.actions import meeting_people, meetings
from coalitions.models import AgendaItem, MeetingMail, Seat
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.mail.models import Reason, RefusedAddress
from tests.coalitions.conftest import Cast
from tests.coalitions.meetings import make_contact, make_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(cast: Cast) -> Actor:
    return cast.actor(Role.COORDINATOR)


def send_all() -> None:
    """What the workers do."""
    for job in MeetingMail.objects.filter(state=JobState.WAITING):
        run_job(job._meta.label, job.pk)


def invitation_in(sent: Any) -> Any:
    """The calendar part of a mail, read by somebody else's program."""
    parsed = email.message_from_bytes(sent.message().as_bytes())
    (part,) = [part for part in parsed.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert part.get_param("method") == calendar["METHOD"]
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_everybody_gets_a_mail_of_their_own_that_names_nobody_else(by: Actor, cast: Cast) -> None:
    meeting = make_meeting(by, place="Town hall")
    AgendaItem.objects.create(meeting=meeting, title="Look at the counts", speakers="EMS")
    meeting_people.add_contacts(
        meeting=meeting,
        found=[make_contact(cast.police), make_contact(cast.ems, "Bo Diaz", "bo@example.org")],
        by=by,
    )
    meeting_people.add_guest(meeting=meeting, name="Gail Guest", email="gail@example.org", by=by)
    meeting_people.add_seats(
        meeting=meeting, found=[Seat.objects.create(coalition=cast.coalition, alias="River")], by=by
    )
    assert meeting_people.invite(meeting=meeting, by=by) == 3
    assert meeting_people.invite(meeting=meeting, by=by) == 0
    send_all()
    addresses = ["ann@example.org", "bo@example.org", "gail@example.org"]
    assert sorted(sent.to for sent in mail.outbox) == [[address] for address in addresses]
    for sent in mail.outbox:
        whole = sent.message().as_bytes().decode() + sent.body + str(invitation_in(sent)[1].to_ical())
        assert [address for address in addresses if address in whole] == sent.to
        assert not sent.cc
        assert not sent.bcc
        assert "River" not in whole
        assert "Look at the counts" in sent.body


def test_an_invitation_is_read_by_calendars(by: Actor, cast: Cast) -> None:
    meeting = make_meeting(by, title="Steering, and more", place="Town hall")
    meeting_people.add_contacts(meeting=meeting, found=[make_contact(cast.police)], by=by)
    meeting_people.invite(meeting=meeting, by=by)
    send_all()
    calendar, event = invitation_in(mail.outbox[0])
    assert calendar["METHOD"] == "REQUEST"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (meeting.starts_at, meeting.ends_at)
    assert (event["SUMMARY"], event["LOCATION"], event["SEQUENCE"]) == ("Steering, and more", "Town hall", 0)
    assert event["ORGANIZER"] == f"mailto:{by.user.email}"
    assert event["ATTENDEE"] == "mailto:ann@example.org"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert event["UID"].startswith(str(meeting.uid))


def test_a_change_that_calendars_show_sends_an_update_and_other_changes_do_not(by: Actor, cast: Cast) -> None:
    meeting = make_meeting(by)
    meeting_people.add_contacts(meeting=meeting, found=[make_contact(cast.police)], by=by)
    meeting_people.invite(meeting=meeting, by=by)
    meeting_people.add_contacts(meeting=meeting, found=[make_contact(cast.ems, "Bo", "bo@example.org")], by=by)
    send_all()
    _, first = invitation_in(mail.outbox[0])
    meeting.refresh_from_db()
    assert meetings.change_meeting(meeting=meeting, values={"purpose": "More"}, version=meeting.version, by=by) == 0
    assert meetings.change_meeting(meeting=meeting, values={"place": "Annex"}, version=None, by=by) == 1
    send_all()
    assert [sent.to for sent in mail.outbox] == [["ann@example.org"]] * 2
    assert mail.outbox[1].subject.startswith("Changed: ")
    _, second = invitation_in(mail.outbox[1])
    assert (second["UID"], second["SEQUENCE"], second["LOCATION"]) == (first["UID"], 1, "Annex")


def test_cancelling_and_taking_somebody_off_cancel_what_is_in_their_calendar(by: Actor, cast: Cast) -> None:
    meeting = make_meeting(by)
    people = [make_contact(cast.police), make_contact(cast.ems, "Bo", "bo@example.org")]
    meeting_people.add_contacts(meeting=meeting, found=people, by=by)
    meeting_people.invite(meeting=meeting, by=by)
    send_all()
    mail.outbox.clear()
    assert meeting_people.take_off(row=meeting.attendances.get(contact=people[1]), by=by)
    send_all()
    assert mail.outbox[0].to == ["bo@example.org"]
    assert "no longer invited" in mail.outbox[0].body
    assert meetings.cancel_meeting(meeting=meeting, by=by) == 1
    assert meetings.cancel_meeting(meeting=meeting, by=by) == 0
    send_all()
    assert [sent.to for sent in mail.outbox] == [["bo@example.org"], ["ann@example.org"]]
    for sent in mail.outbox:
        calendar, event = invitation_in(sent)
        assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert event["SEQUENCE"] == 1
    with pytest.raises(ValidationError):
        meeting_people.invite(meeting=meeting, by=by)


def test_mail_that_is_down_loses_nothing_and_what_was_overtaken_is_not_sent(
    by: Actor, cast: Cast, settings: Any
) -> None:
    meeting = make_meeting(by)
    meeting_people.add_contacts(meeting=meeting, found=[make_contact(cast.police)], by=by)
    meeting_people.invite(meeting=meeting, by=by)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    send_all()
    assert MeetingMail.objects.get().state == JobState.WAITING
    (group,) = selectors.people(meeting, with_mail=True)
    assert "mail is down" in group.people[0].mail
    settings.EMAIL_BACKEND = working
    meetings.change_meeting(meeting=meeting, values={"place": "Annex"}, version=None, by=by)
    MeetingMail.objects.update(not_before=None)
    send_all()
    assert len(mail.outbox) == 1
    assert "Annex" in mail.outbox[0].body
    assert set(MeetingMail.objects.values_list("state", flat=True)) == {JobState.DONE}


def test_an_address_that_refuses_mail_is_shown(cast: Cast, by: Actor) -> None:
    meeting = make_meeting(by)
    meeting_people.add_contacts(meeting=meeting, found=[make_contact(cast.police)], by=by)
    RefusedAddress.objects.create(address="ann@example.org", reason=Reason.UNKNOWN, source="smtp")
    page = cast.client("coordinator").get(cast.url("meeting_people", meeting.pk))
    assert "Mail came back: there is no such mailbox" in page.content.decode()


def test_guests_addresses_are_the_coordinators_alone(cast: Cast, by: Actor) -> None:
    meeting = make_meeting(by)
    meeting_people.add_guest(meeting=meeting, name="Gail Guest", email="gail@example.org", by=by)
    with pytest.raises(ValidationError, match="on the list"):
        meeting_people.add_guest(meeting=meeting, name="Again", email="GAIL@example.org", by=by)
    for role in ("coordinator", "lead", "member"):
        for name in ("meeting_detail", "meeting_live"):
            page = cast.client(role).get(cast.url(name, meeting.pk)).content.decode()
            assert "gail@example.org" not in page
    assert cast.client("lead").get(cast.url("meeting_people", meeting.pk)).status_code == 403


def test_partners_bring_their_contacts_onto_the_list_once(cast: Cast, by: Actor) -> None:
    meeting, coordinator = make_meeting(by), cast.client("coordinator")
    make_contact(cast.police)
    make_contact(cast.police, "Bo", "bo@example.org")
    url = cast.url("meeting_people", meeting.pk)
    for _ in range(2):
        assert coordinator.post(url, {"partners": [cast.police.pk]}).status_code == 302
    assert meeting.attendances.count() == 2
    assert coordinator.post(url, {}).status_code == 422
