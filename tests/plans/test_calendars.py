"""Due dates in the calendar people use anyway: who reads what, and an address that opens nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar, Event

from coalitions.models import Membership, Position
from phast import offers
from phast.access.actor import Actor
from phast.access.table import Role
from plans import calendars
from plans.actions.calendars import turn_off_calendar, turn_on_calendar
from plans.enums import FeedKind
from plans.models import CalendarFeed, Step
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, sign_in
from tests.plans.factories import make_actor, make_contact, make_plan, make_step

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 6, 30)


@pytest.fixture
def by() -> Actor:
    return make_actor()


def path_of(actor: Actor, kind: FeedKind = FeedKind.ALL) -> str:
    """Turns the calendar on and answers the path of its address."""
    return calendars.address(turn_on_calendar(kind=kind, by=actor)).removeprefix("http://localhost")


def asked(path: str) -> Any:
    """A calendar program: no session, no cookies."""
    return Client(raise_request_exception=False).get(path)


def read(path: str) -> dict[str, Event]:
    """The entries by their titles."""
    response = asked(path)
    assert response.status_code == 200
    calendar = Calendar.from_ical(response.content)
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def test_due_days_stand_as_whole_days_with_owner_and_link(by: Actor) -> None:
    partner = make_partner(by.coalition, name="Fire Department")
    contact = make_contact(partner, name="Ann Lee")
    position = Position.objects.create(coalition=by.coalition, title="Champion", contact=contact)
    step = make_step(
        make_plan(by, title="Naloxone"), "Write a policy", owner=position, due_on=DAY, due_said="end of June"
    )
    event = read(path_of(by))["Due: Write a policy"]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (DAY, dt.date(2027, 7, 1))
    assert event["UID"] == f"step-{step.pk}@localhost"
    page = f"http://localhost{reverse('plans:step', args=[by.coalition.slug, step.pk])}"
    assert event["DESCRIPTION"].splitlines() == ["Naloxone", "Not started. Responsible: Champion (Ann Lee).", page]
    assert event["URL"] == page
    assert event["TRANSP"] == "TRANSPARENT"
    assert not event.walk("VALARM")


def test_only_what_is_due_in_active_plans_stands_there(by: Actor) -> None:
    plan = make_plan(by)
    make_step(plan, "Done one", due_on=DAY, status="done", finished_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    make_step(plan, "Dropped", due_on=DAY, status="dropped")
    make_step(plan, "No day")
    make_step(plan, "Removed", due_on=DAY, removed_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC), removed_by=by.user)
    make_step(make_plan(by, status="draft"), "Draft", due_on=DAY)
    make_step(make_plan(by, is_template=True), "Template", due_on=DAY)
    earlier = make_step(plan, "Monthly", due_on=DAY, repeats="monthly")
    make_step(plan, "Monthly", due_on=DAY + dt.timedelta(days=30), repeats="monthly", repeat_of=earlier)
    other = make_actor(coalition=make_coalition(slug="elsewhere", name="Elsewhere"))
    make_step(make_plan(other), "Foreign", due_on=DAY)
    found = read(path_of(by))
    assert sorted(found) == ["Done: Done one", "Due: Monthly"]
    assert found["Due: Monthly"]["DTSTART"].dt == dt.date(2027, 7, 30)


def test_my_calendar_holds_what_is_mine_alone(by: Actor) -> None:
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    partner = Membership.objects.get(user=member.user).partner
    plan = make_plan(by)
    make_step(plan, "Ours", owner=partner, due_on=DAY)
    make_step(plan, "Theirs", owner=make_partner(by.coalition, name="Other agency"), due_on=DAY)
    assert list(read(path_of(member, FeedKind.MINE))) == ["Due: Ours"]
    assert sorted(read(path_of(member, FeedKind.ALL))) == ["Due: Ours", "Due: Theirs"]


def test_an_entry_keeps_its_name_and_tells_that_it_changed(by: Actor) -> None:
    step = make_step(make_plan(by), "Write", due_on=DAY)
    path = path_of(by)
    before = read(path)["Due: Write"]
    assert asked(path).content == asked(path).content
    Step.objects.filter(pk=step.pk).update(due_on=DAY + dt.timedelta(days=1))
    after = read(path)["Due: Write"]
    assert after["UID"] == before["UID"]
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt
    assert after["DTSTART"].dt == DAY + dt.timedelta(days=1)


def test_long_and_hostile_titles_stay_one_entry_of_folded_lines(by: Actor) -> None:
    title = "Réunion; with, commas\r\nBEGIN:VALARM\r\nEND:VEVENT " + "é" * 100
    make_step(make_plan(by, title="Plan\r\nSUMMARY:x"), title[:200], due_on=DAY)
    response = asked(path_of(by))
    lines = response.content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in response.content.replace(b"\r\n", b"")
    assert [line for line in lines if line.startswith((b"BEGIN:VALARM", b"SUMMARY:x"))] == []
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert event["SUMMARY"] == "Due: " + " ".join(title.split())


def test_the_answer_is_a_calendar_nobody_else_keeps(by: Actor) -> None:
    response = asked(path_of(by))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in response.headers
    assert b"X-PUBLISHED-TTL:PT4H\r\n" in response.content
    assert Client().post(path_of(by)).status_code == 405


def test_an_address_dies_when_it_is_turned_off_and_the_next_is_another(by: Actor) -> None:
    path = path_of(by)
    turn_off_calendar(kind=FeedKind.ALL, by=by)
    assert asked(path).status_code == 404
    new = path_of(by)
    assert new != path
    assert asked(new).status_code == 200
    assert asked(path).status_code == 404


def test_forged_addresses_open_nothing(by: Actor) -> None:
    path = path_of(by)
    feed = CalendarFeed.objects.get()
    from django.core.signing import Signer

    other = Signer(salt="plans.mail").sign_object([feed.pk, feed.nonce])
    guessed = calendars.KEYS.sign_object([feed.pk, "guessed"])
    for token in ("x", f"{feed.pk}", other, guessed, "a:b:c", path.split("/")[-1][:-5]):
        assert asked(reverse("calendar_feed", args=[token])).status_code == 404


def test_an_address_opens_nothing_else(by: Actor) -> None:
    """The key is no session, and no other page takes it (44)."""
    path = path_of(by)
    token = path.split("/")[-1].removesuffix(".ics")
    client = Client(raise_request_exception=False)
    client.get(path)
    assert client.get(reverse("plans:list", args=[by.coalition.slug])).status_code == 302
    assert client.get(reverse("step_link", args=[token])).status_code == 404
    assert client.get(reverse("mail_choice", args=[token])).status_code == 404


@pytest.mark.parametrize("change", ["leaves", "observes", "is switched off"])
def test_who_no_longer_follows_plans_reads_nothing(by: Actor, change: str) -> None:
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    path = path_of(member)
    assert asked(path).status_code == 200
    if change == "leaves":
        Membership.objects.filter(user=member.user).delete()
    elif change == "observes":
        Membership.objects.filter(user=member.user).update(role="observer", partner=None)
    else:
        member.user.is_active = False
        member.user.save()
    assert asked(path).status_code == 404


def test_the_page_turns_a_calendar_on_and_off(by: Actor, client: ReadingClient) -> None:
    sign_in(client, by.user)
    page = reverse("plans:calendars", args=[by.coalition.slug])
    assert ".ics" not in client.get(page).content.decode()
    client.post(page, {"kind": "mine", "do": "on"})
    client.post(page, {"kind": "mine", "do": "on"})
    (feed,) = CalendarFeed.objects.all()
    html = client.get(page).content.decode()
    assert calendars.address(feed) in html
    assert calendars.address(feed).replace("http:", "webcal:") in html
    client.post(page, {"kind": "mine", "do": "off"})
    client.post(page, {"kind": "nonsense", "do": "on"})
    assert ".ics" not in client.get(page).content.decode()
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()


def test_one_persons_page_shows_nobody_elses_address(by: Actor, client: ReadingClient) -> None:
    path_of(by)
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    sign_in(client, member.user)
    assert ".ics" not in client.get(reverse("plans:calendars", args=[by.coalition.slug])).content.decode()


def test_other_apps_add_entries_with_a_time(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = dt.datetime(2027, 5, 4, 14, tzinfo=dt.UTC)
    meeting = offers.CalendarEntry("meeting-1", starts, "Meeting", "/x/", starts, ends=starts + dt.timedelta(hours=1))
    monkeypatch.setattr(offers, "calendars", [*offers.calendars, lambda actor, kind: [meeting]])
    event = read(path_of(by))["Meeting"]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (starts, starts + dt.timedelta(hours=1))


def test_a_long_calendar_asks_as_often_as_a_short_one(by: Actor) -> None:
    plan, partner = make_plan(by), make_partner(by.coalition, name="Agency")
    path = path_of(by)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            asked(path)
        return len(found)

    make_step(plan, "First", owner=partner, due_on=DAY)
    one = queries()
    for n in range(20):
        make_step(plan, f"Step {n}", owner=partner, due_on=DAY)
    assert queries() == one <= 12
