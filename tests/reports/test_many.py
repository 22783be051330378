"""Many reports at once, and reports that are made regularly."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from phast.access.table import Action, Role
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.reports import batches, schedules
from phast.reports.actions import request_report
from phast.reports.models import Report, ReportBatch, ReportMail, ReportSchedule
from tests.client import ReadingClient, body
from tests.factories import make_coalition, make_partner, make_person, sign_in
from tests.world import actor_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def coalition():
    return make_coalition()


@pytest.fixture
def coordinator(coalition):
    return make_person("ana@example.org", coalition=coalition, role=Role.COORDINATOR)


@pytest.fixture
def actor(coordinator, coalition):
    return actor_of(coordinator, coalition)


def work_off() -> None:
    """What workers do until nothing waits: each job as often as its turn comes, whatever message comes first."""
    for _ in range(5):
        for model in (ReportBatch, Report, ReportMail):
            for pk in model.objects.filter(model.waiting()).values_list("pk", flat=True):
                run(model, pk)


# ------------------------------------------------------------------ many at once
def test_many_reports_are_drawn_once_each_and_packed(actor) -> None:
    batch = batches.request_batch(kind="sample", label="Three at once", by=actor)
    assert batches.request_batch(kind="sample", label="Three at once", by=actor) == batch
    work_off()
    batch.refresh_from_db()
    assert (batch.state, batches.progress(batch)) == (JobState.DONE, {"of": 3, "done": 3, "failed": 0})
    with batch.file.open() as file, zipfile.ZipFile(io.BytesIO(file.read())) as packed:
        names = packed.namelist()
        assert [name[:5] for name in names] == ["0001 ", "0002 ", "0003 "]
        assert all(packed.read(name).startswith(b"%PDF-") for name in names)


@pytest.mark.parametrize(
    "press",
    [
        lambda by: batches.request_batch(kind="sample", label="Three at once", by=by),
        lambda by: request_report(kind="sample", fields={"audience": "exact"}, by=by),
    ],
    ids=["a batch", "a report"],
)
def test_two_presses_at_the_same_moment_ask_once(actor, press) -> None:
    together = Barrier(4)

    def click(_: int) -> int:
        try:
            together.wait()
            return press(actor).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        assert len(set(people.map(click, range(4)))) == 1


def test_a_batch_goes_on_where_a_worker_died(actor) -> None:
    """Asked for one of three, the worker is gone; the next asks for the other two, and no report is made twice."""
    batch = batches.request_batch(kind="sample", label="Three at once", by=actor)
    batches._report(batch, "sample", 1, actor)
    work_off()
    batch.refresh_from_db()
    assert batch.state == JobState.DONE
    assert sorted(batch.reports.values_list("place", flat=True)) == [0, 1, 2]


def test_a_batch_waits_while_a_report_of_it_is_under_way(actor) -> None:
    batch = batches.request_batch(kind="sample", label="Three at once", by=actor)
    run(ReportBatch, batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.attempts) == (JobState.WAITING, 0)
    assert not ReportBatch.objects.filter(ReportBatch.waiting()).exists()
    run(ReportBatch, batch.pk)  # a message that came twice
    assert batch.reports.count() == 3


def test_a_batch_that_stands_still_says_what_happens_then(actor, coordinator) -> None:
    """Not while its reports go on, and not once it is over."""
    still = "If a worker stopped, the rest starts again by itself"
    client = ReadingClient()
    sign_in(client, coordinator)
    batch = batches.request_batch(kind="sample", label="Three at once", by=actor)
    run(ReportBatch, batch.pk)
    address = f"/c/{batch.coalition.slug}/reports/many/{batch.pk}/"
    now = timezone.now()
    first = batch.reports.get(place=0)
    Report.objects.filter(pk=first.pk).update(state=JobState.RUNNING, lease_until=now + dt.timedelta(seconds=119))
    assert still not in client.get(address).content.decode()
    ReportBatch.objects.update(requested_at=now - dt.timedelta(minutes=5), started_at=now - dt.timedelta(minutes=5))
    assert still not in client.get(address).content.decode()  # a report of it gave a sign of life a second ago
    Report.objects.filter(pk=first.pk).update(lease_until=now + dt.timedelta(seconds=100))
    assert still in client.get(address).content.decode()
    assert (
        "If a worker stopped, this starts again"
        in client.get(f"/c/{batch.coalition.slug}/reports/{first.pk}/").content.decode()
    )
    Report.objects.filter(pk=first.pk).update(lease_until=now - dt.timedelta(seconds=1))
    run(Report, first.pk)  # the sweep gave it to another worker
    work_off()
    page = client.get(address).content.decode()
    assert still not in page
    assert "3 of 3 PDFs" in page


@pytest.mark.parametrize("role", [Role.LEAD, Role.REPORTER, Role.MEMBER, Role.OBSERVER])
def test_the_zip_file_is_for_the_coordinator_alone(actor, coalition, role: Role) -> None:
    batch = batches.request_batch(kind="sample", label="Three at once", by=actor)
    work_off()
    client = ReadingClient()
    partner = make_partner(coalition) if role in (Role.LEAD, Role.REPORTER) else None
    sign_in(client, make_person("p@example.org", coalition=coalition, role=role, partner=partner))
    address = f"/c/{coalition.slug}/reports/many/{batch.pk}/"
    assert [client.get(f"{address}{end}").status_code for end in ("", "download")] == [403, 403]
    assert client.post(f"{address}retry/").status_code == 403
    other = make_coalition(slug="theirs", name="Theirs")
    there = ReadingClient()
    sign_in(there, make_person("q@example.org", coalition=other, role=Role.COORDINATOR))
    assert there.get(f"/c/theirs/reports/many/{batch.pk}/download").status_code == 404
    assert there.get(f"{address}download").status_code == 404


def test_what_fails_is_named_left_out_and_can_be_made_again(actor, coordinator) -> None:
    batch = batches.request_batch(kind="sample", label="One fails", by=actor)
    work_off()
    client = ReadingClient()
    sign_in(client, coordinator)
    address = f"/c/{batch.coalition.slug}/reports/many/{batch.pk}/"
    page = client.get(address).content.decode()
    assert "1 of 2 PDFs" in page
    assert "There are no figures for this quarter yet." in page
    answer = client.get(f"{address}download")
    assert answer.headers["Content-Type"] == "application/zip"
    assert body(answer).startswith(b"%PDF-")
    answer.close()
    failed = batch.reports.get(state=JobState.FAILED)
    Report.objects.filter(pk=failed.pk).update(parameters={"audience": "exact", "rows": 2})
    client.post(f"{address}retry/")
    work_off()
    assert "2 of 2 PDFs" in client.get(address).content.decode()


def test_a_batch_of_exact_figures_is_for_who_may_read_all_of_them(actor, coalition) -> None:
    batch = batches.request_batch(kind="sample", label="Three at once", by=actor)
    agency = make_partner(coalition)
    for role in (Role.LEAD, Role.OBSERVER):
        person = make_person(
            f"{role}@example.org", coalition=coalition, role=role, partner=agency if role == Role.LEAD else None
        )
        other = actor_of(person, coalition)
        assert not ReportBatch.objects.visible_to(other, Action.SETTINGS_MANAGE).filter(pk=batch.pk).exists()
        with pytest.raises((PermissionDenied, ValidationError)):
            batches.request_batch(kind="sample", label="Three at once", by=other)


# ------------------------------------------------------------------ regularly
def scheduled(actor, people, choice: str = "The newest release", every: str = "month") -> ReportSchedule:
    return schedules.add_schedule(kind="sample", choice=choice, every=every, people=people, by=actor)


def test_the_same_for_the_same_people_is_made_regularly_once(actor, coalition, coordinator) -> None:
    observer = make_person("olga@example.org", coalition=coalition, role=Role.OBSERVER).memberships.get()
    first = scheduled(actor, [observer])
    assert scheduled(actor, [observer]) == first
    assert scheduled(actor, [observer, coordinator.memberships.get()]) != first
    schedules.stop_schedule(schedule=first, by=actor)
    assert scheduled(actor, [observer]) != first


def test_what_is_made_regularly_stops_when_nobody_it_was_for_is_left(actor, coalition) -> None:
    observer = make_person("olga@example.org", coalition=coalition, role=Role.OBSERVER).memberships.get()
    schedule = scheduled(actor, [observer])
    observer.delete()
    schedules.make_due()
    schedule.refresh_from_db()
    assert schedule.stopped_at
    assert schedule.why_stopped == schedules.NOBODY_LEFT
    assert not Report.objects.exists()


def test_a_scheduled_report_is_made_and_those_chosen_get_a_link_without_figures(actor, coalition) -> None:
    observer = make_person("olga@example.org", coalition=coalition, role=Role.OBSERVER)
    with time_machine.travel(dt.datetime(2026, 8, 3, 15, tzinfo=dt.UTC)):
        schedule = scheduled(actor, [observer.memberships.get()])
        schedules.make_due()
        schedules.make_due()
        work_off()
    assert Report.objects.count() == 1
    [message] = mail.outbox
    assert message.to == ["olga@example.org"]
    assert message.attachments == []
    assert Report.objects.get().title in message.body
    assert not re.search(r"812|977", message.body)
    client = ReadingClient()
    sign_in(client, observer)
    link = re.search(r"https?://[^/]+(/\S+)", message.body)
    assert link
    assert client.get(link[1]).status_code == 200
    schedule.refresh_from_db()
    assert schedule.next_on == dt.date(2026, 9, 1)


def test_it_is_not_made_again_until_there_are_new_figures(actor, coalition, coordinator) -> None:
    with time_machine.travel(dt.datetime(2026, 8, 3, 15, tzinfo=dt.UTC)) as clock:
        dated = scheduled(actor, [coordinator.memberships.get()])
        undated = scheduled(actor, [coordinator.memberships.get()], "Everything exact", "quarter")
        schedules.make_due()
        clock.move_to(dt.datetime(2026, 10, 2, 15, tzinfo=dt.UTC))
        schedules.make_due()
    assert dated.mails.count() == 1
    undated.refresh_from_db()
    assert undated.next_on == dt.date(2027, 1, 1)  # the next quarter's; this one's came in October


def test_nobody_is_sent_what_they_may_not_read(actor, coalition, coordinator) -> None:
    observer = make_person("olga@example.org", coalition=coalition, role=Role.OBSERVER).memberships.get()
    with pytest.raises(ValidationError, match="may not read this"):
        scheduled(actor, [observer], "Everything exact")
    make_person("eve@example.org", coalition=coalition, role=Role.COORDINATOR)
    second = make_person("lee@example.org", coalition=coalition, role=Role.COORDINATOR)
    schedule = scheduled(actor, [second.memberships.get()], "Everything exact")
    schedules.make_due()
    second.memberships.update(role=Role.OBSERVER)  # since then
    work_off()
    assert mail.outbox == []
    coordinator.memberships.update(role=Role.OBSERVER)  # who set it up
    ReportSchedule.objects.update(next_on=dt.date(2020, 1, 1))
    schedules.make_due()
    schedule.refresh_from_db()
    assert schedule.stopped_at
    assert schedule.why_stopped


def test_a_coordinator_sets_one_up_and_stops_it(coordinator, coalition) -> None:
    client = ReadingClient()
    sign_in(client, coordinator)
    base = f"/c/{coalition.slug}/reports/"
    assert "Make it each month or quarter" in client.get(f"{base}new/?kind=sample").content.decode()
    page = client.get(f"{base}regularly/add/?kind=sample").content.decode()
    assert page.count("The newest release") == 2  # once as value, once as label
    wanted = {"choice": "Everything exact", "every": "month", "people": [coordinator.memberships.get().pk]}
    assert client.post(f"{base}regularly/add/?kind=sample", {**wanted, "people": []}).status_code == 422
    assert client.post(f"{base}regularly/add/?kind=sample", wanted).status_code == 302
    schedule = ReportSchedule.objects.get()
    assert "Everything exact" in client.get(f"{base}regularly/").content.decode()
    client.post(f"{base}regularly/{schedule.pk}/stop/")
    assert "Stopped" in client.get(f"{base}regularly/").content.decode()
    schedules.make_due()
    assert not Report.objects.exists()
