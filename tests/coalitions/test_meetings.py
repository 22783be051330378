"""Meetings: when they are, what becomes of what was agreed, and who comes over time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from coalitions import attendance
from coalitions import meetings as selectors
from coalitions.actions import meeting_people, meetings, minutes
from coalitions.meeting_cards import cards
from coalitions.meeting_mail import as_invitation, message
from coalitions.models import AgendaItem, Attendance, Contact, Meeting, MeetingMail, Partner, Position, Seat
from phast.access.actor import Actor
from phast.access.table import Role
from tests.client import ReadingClient
from tests.coalitions.conftest import Cast
from tests.coalitions.meetings import NEW_YORK, came, make_contact, make_meeting
from tests.plans.factories import make_plan, make_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(cast: Cast) -> Actor:
    return cast.actor(Role.COORDINATOR)


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
