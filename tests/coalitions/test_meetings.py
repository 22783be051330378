"""Meetings: planned, on paper and in calendars, recorded by two at once, and what becomes of what was agreed."""

from __future__ import annotations

import datetime as dt
import email
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from coalitions import attendance
from coalitions import meetings as selectors
from coalitions.actions import meeting_people, meetings, minutes
from coalitions.meeting_cards import cards
from coalitions.meeting_mail import as_invitation, message
from coalitions.models import (
    AgendaItem,
    Attendance,
    Contact,
    Decision,
    Meeting,
    MeetingAction,
    MeetingMail,
    Partner,
    Position,
    Seat,
)
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.mail.models import Reason, RefusedAddress
from tests.client import ReadingClient
from tests.coalitions.conftest import Cast
from tests.coalitions.meetings import NEW_YORK, came, make_contact, make_meeting
from tests.plans.factories import make_plan, make_step

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


def form(day: str = "2027-03-10T09:00", **values: Any) -> dict[str, Any]:
    return {"title": "Steering", "starts_at": day, "minutes": "90", "place": "", "link": "", "purpose": ""} | values


# ------------------------------------------------------------------ when
def test_a_meeting_begins_at_the_coalitions_own_time(cast: Cast, client: ReadingClient) -> None:
    coordinator = cast.client("coordinator")
    coordinator.post(cast.url("meeting_new"), form("2027-03-10T09:00"))
    coordinator.post(cast.url("meeting_new"), form("2027-03-17T09:00"))  # summer time began on March 14
    winter, summer = Meeting.objects.order_by("starts_at")
    assert winter.starts_at == dt.datetime(2027, 3, 10, 14, 0, tzinfo=dt.UTC)
    assert summer.starts_at == dt.datetime(2027, 3, 17, 13, 0, tzinfo=dt.UTC)
    assert summer.ends_at - summer.starts_at == dt.timedelta(minutes=90)
    with timezone.override(NEW_YORK):
        assert selectors.when(summer) == "Wednesday, Mar 17, 2027, 9:00 am to 10:30 am EDT"


def test_again_in_four_weeks_is_at_the_same_time_of_day_over_the_change_of_clocks(by: Actor, cast: Cast) -> None:
    meeting = make_meeting(by)
    meeting.starts_at = dt.datetime(2027, 2, 20, 9, tzinfo=NEW_YORK)
    meeting.ends_at = meeting.starts_at + dt.timedelta(hours=2)
    meeting.place = "Town hall"
    meeting.save()
    AgendaItem.objects.create(meeting=meeting, title="Opening", speakers="Ann", minutes=5, notes="Said once")
    ann = make_contact(cast.police)
    seat = Seat.objects.create(coalition=cast.coalition, alias="River")
    gone = Seat.objects.create(coalition=cast.coalition, alias="Gone", left_on=cast.coalition.today())
    meeting_people.add_contacts(meeting=meeting, found=[ann], by=by)
    meeting_people.add_seats(meeting=meeting, found=[seat, gone], by=by)
    copy = meetings.hold_again(meeting=meeting, by=by)
    assert copy.starts_at.astimezone(NEW_YORK).isoformat() == "2027-03-20T09:00:00-04:00"
    assert copy.ends_at - copy.starts_at == dt.timedelta(hours=2)
    assert (copy.place, copy.uid != meeting.uid) == ("Town hall", True)
    assert list(copy.agenda.values_list("title", "speakers", "minutes", "notes")) == [("Opening", "Ann", 5, "")]
    assert {str(row) for row in copy.attendances.all()} == {"Ann Lee", "River"}
    assert not copy.attendances.exclude(invited_at=None).exists()


def test_two_people_change_a_meeting_and_the_second_sees_both_values(cast: Cast, by: Actor) -> None:
    meeting, coordinator = make_meeting(by, title="Old"), cast.client("coordinator")
    url = cast.url("meeting_edit", meeting.pk)
    opened = coordinator.get(url).context["form"]
    shown = {bound.html_name: bound.value() for bound in opened} | {
        f"initial-{bound.html_name}": bound.value() for bound in opened if bound.field.show_hidden_initial
    }
    shown = {
        name: value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "strftime") else value for name, value in shown.items()
    }
    assert coordinator.post(url, shown | {"minutes": "120", "place": "Annex"}).status_code == 302
    answer = coordinator.post(url, shown | {"minutes": "45", "title": "New"})
    assert answer.status_code == 422
    assert set(answer.context["form"].conflicts) == {"minutes"}
    assert b"2 hours" in answer.content
    meeting.refresh_from_db()
    assert (meeting.title, meeting.place) == ("Old", "Annex")


# ------------------------------------------------------------------ who is invited
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


# ------------------------------------------------------------------ recording
def test_two_people_recording_at_once_lose_nothing(by: Actor) -> None:
    meeting = make_meeting(by)
    first, second, third = (meetings.add_item(meeting=meeting, values={"title": t}, by=by) for t in "ABC")
    for text in ("One thing", "Another"):
        minutes.note(meeting=meeting, item=first, text=text, by=by)
        minutes.decide(meeting=meeting, item=first, text=text, by=by)
    for _ in range(2):  # both press the arrow
        minutes.go_to(meeting=meeting, item=second, by=by)
    first.refresh_from_db()
    assert first.notes == "One thing\nAnother"
    course = selectors.course(meeting, by)
    assert (course.present.row, course.next.row, course.earlier.row) == (second, third, first)
    assert len(course.items[0].decisions) == 2
    minutes.go_to(meeting=meeting, item=None, by=by)
    assert selectors.course(meeting, by).present is None
    minutes.go_to(meeting=meeting, item=first, by=by)
    assert selectors.course(meeting, by).present.row == first


def test_recording_works_without_scripts(cast: Cast, by: Actor) -> None:
    meeting, coordinator = make_meeting(by), cast.client("coordinator")
    item = meetings.add_item(meeting=meeting, values={"title": "Kits"}, by=by)
    url = cast.url("meeting_record", meeting.pk)
    answer = coordinator.post(url, {"kind": "action", "item": item.pk, "text": "Call", "who": "troy", "due": "6/30"})
    assert answer.status_code == 302
    action = MeetingAction.objects.get()
    assert (action.partner, action.due_said, action.item) == (cast.police, "6/30", item)
    answer = coordinator.post(url, {"kind": "action", "item": item.pk, "text": "Write it up", "who": "nobody here"})
    assert answer.status_code == 422
    assert 'value="Write it up"' in answer.content.decode()
    assert "Nobody is called “nobody here”" in answer.content.decode()
    assert MeetingAction.objects.count() == 1


def test_what_was_recorded_is_mended_and_a_second_person_sees_both(cast: Cast, by: Actor) -> None:
    meeting, coordinator = make_meeting(by), cast.client("coordinator")
    decision = minutes.decide(meeting=meeting, item=None, text="We met", by=by)
    action = minutes.agree(meeting=meeting, item=None, text="Call", owner=cast.ems, due="", by=by)
    url = cast.url("meeting_action_edit", action.pk)
    assert coordinator.get(url).context["form"]["owner"].value() == "River EMS"
    seen = {"version": 1, "initial-text": "Call", "initial-owner": "River EMS", "initial-due_said": "", "due_said": ""}
    assert coordinator.post(url, seen | {"text": "Call them", "owner": "troy"}).status_code == 302
    action.refresh_from_db()
    assert (action.text, action.partner) == ("Call them", cast.police)
    answer = coordinator.post(url, seen | {"text": "Write", "owner": "River EMS"})
    assert answer.status_code == 422
    assert set(answer.context["form"].conflicts) == {"text"}
    url = cast.url("meeting_decision_edit", decision.pk)
    assert coordinator.post(url, {"version": 1, "text": "We meet"}).status_code == 302
    assert coordinator.get(cast.url("meeting_detail", meeting.pk)).content.decode().count("We meet") >= 1
    coordinator.post(cast.url("meeting_decision_remove", decision.pk))
    coordinator.post(cast.url("meeting_action_remove", action.pk))
    assert not Decision.objects.exists()
    assert not MeetingAction.objects.exists()


def test_again_leaves_out_who_belongs_to_an_inactive_partner(by: Actor, cast: Cast) -> None:
    meeting = make_meeting(by)
    meeting_people.add_contacts(meeting=meeting, found=[make_contact(cast.police), make_contact(cast.ems)], by=by)
    Partner.objects.filter(pk=cast.ems.pk).update(status="inactive")
    copy = meetings.hold_again(meeting=meeting, by=by)
    assert [row.partner for row in copy.attendances.all()] == [cast.police]


def test_a_name_that_means_several_people_is_asked_for_again(by: Actor, cast: Cast) -> None:
    meeting = make_meeting(by)
    make_contact(cast.police, "Ann Lee")
    make_contact(cast.ems, "Ann Lowe", "lowe@example.org")
    with pytest.raises(ValidationError, match=r"Ann Lee, Troy Police or Ann Lowe, River EMS"):
        meeting_people.arrive(meeting=meeting, typed="ann", by=by)
    row = meeting_people.arrive(meeting=meeting, typed="ann lo", by=by)
    assert (str(row.contact), row.partner, row.present) == ("Ann Lowe", cast.ems, True)
    assert str(meeting_people.arrive(meeting=meeting, typed="Zoe Walk-in", by=by)) == "Zoe Walk-in"
    assert meeting_people.arrive(meeting=meeting, typed="zoe", by=by).guest_name == "Zoe Walk-in"
    meeting.refresh_from_db()
    assert meeting.status == "held"
    assert meeting.attendances.count() == 2


def test_the_open_page_is_told_only_of_what_changed(cast: Cast, by: Actor) -> None:
    meeting, coordinator = make_meeting(by), cast.client("coordinator")
    url, as_htmx = cast.url("meeting_live", meeting.pk), {"HX-Request": "true"}
    state = coordinator.get(url).context["state"]
    assert coordinator.get(f"{url}?since={state}", headers=as_htmx).status_code == 204
    minutes.decide(meeting=meeting, item=None, text="We meet monthly", by=by)
    answer = coordinator.get(f"{url}?since={state}", headers=as_htmx)
    assert b"We meet monthly" in answer.content
    assert b"<html" not in answer.content


def test_the_agenda_keeps_its_order(by: Actor) -> None:
    meeting = make_meeting(by)
    a, b, c = (meetings.add_item(meeting=meeting, values={"title": t}, by=by) for t in "ABC")
    meetings.move_item(item=c, up=True, by=by)
    meetings.move_item(item=a, up=True, by=by)
    assert [str(item) for item in meeting.agenda.all()] == ["A", "C", "B"]
    meetings.remove_item(item=b, by=by)
    minutes.decide(meeting=meeting, item=c, text="Yes", by=by)
    meetings.remove_item(item=c, by=by)
    assert str(Decision.objects.get()) == "Yes"


# ------------------------------------------------------------------ what comes of it
def test_what_the_last_meeting_left_open_stands_before_the_next(by: Actor) -> None:
    last, following = make_meeting(by, days=-28), make_meeting(by)
    make_meeting(by, days=-3, status="cancelled")
    done, still = (
        minutes.agree(meeting=last, item=None, text=text, owner=None, due="", by=by) for text in ("Done", "Open")
    )
    minutes.finish_action(action=done, done=True, by=by)
    course = selectors.course(following, by)
    assert course.earlier_meeting == last
    assert [one.row for one in course.still_open] == [still]


def test_the_next_meeting_is_on_the_home_page_of_whoever_may_see_it(cast: Cast, by: Actor) -> None:
    make_meeting(by, days=2, title="Cancelled one", status="cancelled")
    make_meeting(by, days=5, title="The next one", place="Town hall")
    for role in Role:
        with timezone.override(NEW_YORK):
            found = [card for card in cards(cast.actor(role)) if card.text.startswith("Next")]
        if role in (Role.REPORTER, Role.OBSERVER):
            assert not found
        else:
            assert found[0].text == "Next: The next one"
            assert "9:00 am" in found[0].note
            assert "Town hall" in found[0].note


def test_meetings_are_in_the_calendars_people_follow_under_the_uid_of_the_invitation(by: Actor, cast: Cast) -> None:
    meeting = make_meeting(by)
    make_meeting(by, status="cancelled")
    member = cast.actor(Role.MEMBER)
    (entry,) = selectors.entries(member, "all")
    assert (entry.uid, entry.starts) == (str(meeting.uid), meeting.starts_at)
    assert not list(selectors.entries(member, "mine"))
    assert not list(selectors.entries(cast.actor(Role.OBSERVER), "all"))
    file = cast.client("member").get(cast.url("meeting_file", meeting.pk)).content
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    row = MeetingMail(meeting=meeting, address="a@example.org", method="REQUEST", sequence=0)
    (invited,) = Calendar.from_ical(as_invitation(row)).walk("VEVENT")
    assert event["UID"] == invited["UID"]
    assert message(row).to == ["a@example.org"]


# ------------------------------------------------------------------ who comes over time
def test_sectors_come_through_partners_and_a_seat_gives_no_sector_away(by: Actor, cast: Cast) -> None:
    cast.police.sectors.add("law-enforcement", "government")
    meeting, empty = make_meeting(by, days=-3), make_meeting(by, days=-30)
    came(meeting, cast.police)
    came(empty, cast.ems, present=False)
    seat = Seat.objects.create(coalition=cast.coalition, alias="River", sector_id="parents")
    Attendance.objects.create(meeting=meeting, seat=seat, present=True)
    found = attendance.attended(by)
    assert found.meetings == [meeting]
    assert {row.name for row in found.rows if row.times} == {
        "Law Enforcement",
        "Government",
        selectors.SEATS,
    }
    assert found.sectors == [2]
    assert len(found.rows) == 18


def test_a_partner_that_missed_three_meetings_in_a_row_is_noted(by: Actor, cast: Cast) -> None:
    for days in (-90, -60, -30):
        meeting = make_meeting(by, days=days)
        came(meeting, cast.police)
        came(meeting, cast.ems, present=False)
    assert list(attendance.missing_lately(by)) == [cast.ems]
    assert any("River EMS missed the last 3 meetings" in card.text for card in cards(by))
    assert not any("missed" in card.text for card in cards(cast.actor(Role.MEMBER)))
    came(make_meeting(by, days=-1), cast.ems)
    assert list(attendance.missing_lately(by)) == []


# ------------------------------------------------------------------ size
def test_pages_ask_as_often_for_a_big_coalition_as_for_a_small_one(cast: Cast, by: Actor) -> None:
    coordinator = cast.client("coordinator")
    meeting = make_meeting(by)
    minutes.agree(meeting=make_meeting(by, days=-7), item=None, text="Open", owner=cast.ems, due="", by=by)
    meeting_people.add_contacts(meeting=meeting, found=[make_contact(cast.police)], by=by)
    item = meetings.add_item(meeting=meeting, values={"title": "A"}, by=by)
    minutes.agree(meeting=meeting, item=item, text="Call", owner=cast.police, due="", by=by)
    for days in (-3, -4, -5):
        came(make_meeting(by, days=days), cast.police)
    pages = {
        name: cast.url(name, *([meeting.pk] if name not in ("meeting_list", "meeting_attendance") else []))
        for name in ("meeting_list", "meeting_attendance", "meeting_detail", "meeting_people", "meeting_live")
    }

    def asked() -> dict[str, int]:
        numbers = {}
        for name, url in pages.items():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert coordinator.get(url).status_code == 200
            numbers[name] = len(queries)
        return numbers

    make_step(make_plan(by), "Due", owner=cast.police, due_on=cast.coalition.today())
    few = asked()
    partners = Partner.objects.bulk_create(
        Partner(coalition=cast.coalition, name=f"Partner {n:03}") for n in range(300)
    )
    contacts = Contact.objects.bulk_create(
        Contact(partner=partner, name=f"Person {n} of {partner}", email=f"p{n}.{partner.pk}@example.org")
        for partner in partners
        for n in range(5)
    )
    meeting_people.add_contacts(meeting=meeting, found=contacts[:80], by=by)
    for n in range(5):
        meetings.add_item(meeting=meeting, values={"title": f"Item {n}"}, by=by)
        minutes.agree(meeting=meeting, item=item, text=f"Do {n}", owner=contacts[n], due="", by=by)
        came(make_meeting(by, days=-10 - n), partners[n])
    many = asked()
    assert many == few, many
    assert max(many.values()) <= 15, many


def test_a_position_is_told_with_its_holder_and_lived_experience_without(by: Actor, cast: Cast) -> None:
    ann = make_contact(cast.police)
    champion = Position.objects.create(coalition=cast.coalition, title="Champion", contact=ann)
    vacant = Position.objects.create(coalition=cast.coalition, title="Trainer")
    person = Position.objects.create(
        coalition=cast.coalition, title="Person in recovery", kind_id="person-in-recovery", contact=ann
    )
    assert [selectors.holder_of(one) for one in (champion, vacant, person)] == [
        "Champion (Ann Lee)",
        "Trainer (nobody yet)",
        "Person in recovery",
    ]
