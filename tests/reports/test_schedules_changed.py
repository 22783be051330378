"""A report that is made regularly can be changed: people, how often, what; and the page says plainly what there is."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from lxml import html

from phast.access.table import Role
from phast.audit.models import Event
from phast.reports import schedules
from phast.reports.models import Report, ReportSchedule
from phast.versions import EditConflict
from tests.client import ReadingClient
from tests.factories import make_coalition, make_person, sign_in
from tests.world import actor_of

pytestmark = pytest.mark.django_db
LIST = "/c/ours/reports/regularly/"


@pytest.fixture
def coalition():
    return make_coalition()


@pytest.fixture
def coordinator(coalition):
    return make_person("ana@example.org", coalition=coalition, role=Role.COORDINATOR, name="Ana Reyes")


@pytest.fixture
def observer(coalition):
    return make_person("olga@example.org", coalition=coalition, role=Role.OBSERVER, name="Olga Ott").memberships.get()


@pytest.fixture
def client(coordinator):
    client = ReadingClient()
    sign_in(client, coordinator)
    return client


@pytest.fixture
def schedule(coordinator, coalition, observer) -> ReportSchedule:
    """Made today for an observer, each month."""
    made = schedules.add_schedule(
        kind="sample",
        choice="The newest release",
        every="month",
        people=[observer],
        by=actor_of(coordinator, coalition),
    )
    schedules.make_due()
    made.refresh_from_db()
    return made


def form(client: ReadingClient, schedule: ReportSchedule) -> dict[str, object]:
    """What a browser sends back when nothing was touched, the hidden fields included."""
    page = html.document_fromstring(client.get(f"{LIST}{schedule.pk}/edit/").content)
    [filled] = [one for one in page.forms if "choice" in one.fields]
    sent: dict[str, list[str]] = {}
    for name, value in filled.form_values():
        sent.setdefault(name, []).append(value)
    return dict(sent)


def test_people_and_how_often_are_changed_and_the_audit_log_says_by_whom(
    client, schedule, coordinator, observer
) -> None:
    mine = coordinator.memberships.get()
    sent = form(client, schedule) | {"people": [str(mine.pk), str(observer.pk)], "every": "quarter"}
    assert client.post(f"{LIST}{schedule.pk}/edit/", sent).status_code == 302
    schedule.refresh_from_db()
    assert (schedule.every, set(schedule.people.all())) == ("quarter", {mine, observer})
    assert (schedule.next_on.month - 1) % 3 == 0  # the first of the next quarter
    event = Event.objects.get(verb="report.schedule_changed")
    assert (event.user, event.detail) == (coordinator, {"kind": "sample", "every": "quarter", "people": 2})
    assert Report.objects.count() == 1  # nothing is made again for that


def test_what_is_about_something_else_is_made_from_today_on(client, schedule, coordinator) -> None:
    mine = coordinator.memberships.get()
    sent = form(client, schedule) | {"choice": "Everything exact", "people": [str(mine.pk)]}
    assert client.post(f"{LIST}{schedule.pk}/edit/", sent).status_code == 302
    schedules.make_due()
    assert [report.parameters["audience"] for report in Report.objects.order_by("pk")] == ["released", "exact"]


def test_nobody_is_added_who_may_not_read_it(client, schedule, observer) -> None:
    sent = form(client, schedule) | {"choice": "Everything exact"}
    answer = client.post(f"{LIST}{schedule.pk}/edit/", sent)
    assert answer.status_code == 422
    assert "may not read this" in answer.content.decode()
    schedule.refresh_from_db()
    assert schedule.choice == "The newest release"


def test_two_who_change_it_at_once_see_both_values(client, schedule, coordinator, coalition, observer) -> None:
    sent = form(client, schedule)
    mine = coordinator.memberships.get()
    schedules.change_schedule(
        schedule=ReportSchedule.objects.get(),
        version=1,
        choice="Everything exact",
        every="quarter",
        people=[mine],
        by=actor_of(coordinator, coalition),
    )
    answer = client.post(f"{LIST}{schedule.pk}/edit/", sent | {"people": [str(mine.pk), str(observer.pk)]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody else saved this while you had it open" in page
    assert "Use the saved one for “Who gets a link”" in page
    assert '<option value="Everything exact" selected' in page  # what this person left alone is as it was saved
    with pytest.raises(EditConflict):
        schedules.change_schedule(
            schedule=schedule,
            version=1,
            choice="Everything exact",
            every="month",
            people=[mine],
            by=actor_of(coordinator, coalition),
        )


def test_what_was_stopped_or_is_made_already_is_not_changed(client, schedule, coordinator, coalition, observer) -> None:
    by = actor_of(coordinator, coalition)
    other = schedules.add_schedule(
        kind="sample", choice="The newest release", every="quarter", people=[observer], by=by
    )
    wanted = {"choice": "The newest release", "every": "month", "people": [observer], "by": by}
    with pytest.raises(ValidationError, match="made for the same people already"):
        schedules.change_schedule(schedule=other, version=None, **wanted)
    sent = form(client, schedule)
    schedules.stop_schedule(schedule=schedule, by=by)
    with pytest.raises(ValidationError, match="was stopped"):
        schedules.change_schedule(schedule=schedule, version=None, **wanted)
    assert "Set it up anew" in client.post(f"{LIST}{schedule.pk}/edit/", sent, follow=True).content.decode()


def test_whoever_changes_it_answers_for_it(schedule, coalition, observer) -> None:
    """It goes on when the person who set it up has left."""
    lee = make_person("lee@example.org", coalition=coalition, role=Role.COORDINATOR)
    schedules.change_schedule(
        schedule=schedule,
        version=1,
        choice="The newest release",
        every="month",
        people=[observer],
        by=actor_of(lee, coalition),
    )
    schedule.refresh_from_db()
    assert schedule.created_by == lee


def test_the_rows_say_what_when_and_for_whom(client, schedule, coalition) -> None:
    page = " ".join(client.get(LIST).content.decode().split())
    for said in ("Sample", "The newest release", "Each month", "Olga Ott", ">Change<", "As it is on that day"):
        assert said in page
    ReportSchedule.objects.update(next_on=coalition.today())
    assert "As soon as there are newer figures" in client.get(LIST).content.decode()


def test_only_coordinators_of_the_coalition_change_it(schedule, coalition) -> None:
    """A missing right is 403; another coalition's is not there."""
    for number, (where, role, told) in enumerate(
        [
            (coalition, Role.MEMBER, 403),
            (coalition, Role.OBSERVER, 403),
            (make_coalition(slug="theirs", name="Theirs"), Role.COORDINATOR, 404),
        ]
    ):
        client = ReadingClient()
        sign_in(client, make_person(f"p{number}@example.org", coalition=where, role=role))
        address = f"/c/{where.slug}/reports/regularly/{schedule.pk}/edit/"
        assert client.get(address).status_code == told
        assert client.post(address, {"choice": "x"}).status_code == told
