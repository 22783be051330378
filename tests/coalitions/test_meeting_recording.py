"""A meeting is recorded, by two at once."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from coalitions import meetings as selectors
from coalitions.actions import meeting_people, meetings, minutes
from coalitions.models import Decision, MeetingAction, Partner
from phast.access.actor import Actor
from phast.access.table import Role
from tests.coalitions.conftest import Cast
from tests.coalitions.meetings import make_contact, make_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(cast: Cast) -> Actor:
    return cast.actor(Role.COORDINATOR)


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
