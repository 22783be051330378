"""A job's life, whoever runs it: one worker at a time, a lease, another try, an end."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from phast.access.table import Role
from phast.jobs import lease
from phast.jobs.models import Job, JobState, job_models
from phast.jobs.tasks import run_job, sweep
from phast.reports.actions import request_report
from phast.reports.models import Report
from tests.factories import make_coalition, make_person
from tests.reports import sample
from tests.world import actor_of

sample.register()
pytestmark = pytest.mark.django_db(transaction=True)
GONE_BY = dt.timedelta(seconds=1)


@pytest.fixture
def job() -> Report:
    """A report that waits for a worker."""
    coalition = make_coalition()
    person = make_person("ana@example.org", coalition=coalition, role=Role.COORDINATOR)
    return request_report(kind="sample", fields={"rows": 1}, by=actor_of(person, coalition))


def claimed(job: Job) -> Job:
    taken = lease.claim(Report, job.pk)
    assert taken is not None
    return taken


def now(job: Job) -> Report:
    return Report.objects.get(pk=job.pk)


def let_the_lease_run_out(job: Job) -> None:
    Report.objects.filter(pk=job.pk).update(lease_until=timezone.now() - GONE_BY)


def test_only_one_worker_gets_a_job(job: Report) -> None:
    """Eight claims at the same moment, each on its own connection."""
    start, got = threading.Barrier(8), []

    def take() -> None:
        start.wait()
        got.append(lease.claim(Report, job.pk))
        connection.close()

    workers = [threading.Thread(target=take) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len([taken for taken in got if taken]) == 1
    assert now(job).attempts == 1


def test_a_silent_workers_job_goes_to_another_and_the_first_writes_no_more(job: Report) -> None:
    first = claimed(job)
    assert lease.claim(Report, job.pk) is None
    let_the_lease_run_out(job)
    second = claimed(job)
    for write in (
        lambda: first.progress_to(50),
        lambda: lease.finish(first),
        lambda: lease.give_back(first),
        lambda: first.write(pages=9),
    ):
        with pytest.raises(lease.LeaseLost):
            write()
    lease.finish(second)
    assert (now(job).state, now(job).pages) == (JobState.DONE, 0)


def test_progress_renews_the_lease_and_is_seen_from_inside_a_transaction(job: Report) -> None:
    mine = claimed(job)
    let_the_lease_run_out(job)
    seen = []

    def look() -> None:
        seen.append(now(job))
        connection.close()

    with transaction.atomic():
        mine.progress_to(30, "Reading")
        other = threading.Thread(target=look)
        other.start()
        other.join()
        transaction.set_rollback(True)
    assert (seen[0].progress, seen[0].message) == (30, "Reading")
    assert now(job).lease_until > timezone.now()


def test_an_error_that_may_pass_is_tried_again_later_and_later_and_then_said(job: Report, caplog, monkeypatch) -> None:
    typed = "518 555 0100".replace(" ", "-")

    def fail(self: Report) -> None:
        raise ValueError(typed)

    monkeypatch.setattr(Report, "work", fail)
    waits = []
    for attempt in (1, 2):
        lease.run(Report, job.pk)
        waited = now(job)
        assert (waited.state, waited.attempts) == (JobState.WAITING, attempt)
        waits.append((waited.not_before - timezone.now()).total_seconds())
        lease.run(Report, job.pk)  # a nudge before its time does nothing
        assert now(job).attempts == attempt
        Report.objects.filter(pk=job.pk).update(not_before=timezone.now() - GONE_BY)
    assert waits == [pytest.approx(10, abs=2), pytest.approx(20, abs=2)]
    lease.run(Report, job.pk)
    assert (now(job).state, now(job).message) == (JobState.FAILED, lease.WENT_WRONG)
    assert "ValueError" in caplog.text
    assert typed not in caplog.text
    assert typed not in now(job).message


def test_many_tries_are_never_more_than_a_quarter_of_an_hour_apart(job: Report, monkeypatch) -> None:
    monkeypatch.setattr(Report, "MAX_ATTEMPTS", 300)
    Report.objects.filter(pk=job.pk).update(attempts=250)
    lease.give_back(claimed(job))
    assert now(job).not_before - timezone.now() <= dt.timedelta(seconds=900)


def test_a_job_whose_workers_keep_dying_ends_with_a_sentence(job: Report) -> None:
    for _ in range(Report.MAX_ATTEMPTS):
        claimed(job)
        let_the_lease_run_out(job)
    assert lease.claim(Report, job.pk) is None
    assert (now(job).state, now(job).message) == (JobState.FAILED, lease.KEPT_STOPPING)


def test_a_message_may_name_jobs_only(job: Report) -> None:
    run_job("accounts.User", job.requested_by.pk)
    run_job("reports.Report", 10**9)  # a row that is gone
    assert now(job).state == JobState.WAITING


def test_the_sweep_nudges_what_waits_and_what_was_abandoned_and_nothing_else(job: Report, monkeypatch) -> None:
    nudged: list[tuple[str, int]] = []
    monkeypatch.setattr("phast.jobs.tasks.nudge", lambda label, pk, queue, **_: nudged.append((label, pk)) or True)
    sweep()
    assert nudged == []  # it has waited for no time at all
    Report.objects.filter(pk=job.pk).update(requested_at=timezone.now() - dt.timedelta(minutes=1))
    sweep()
    assert nudged == [("reports.Report", job.pk)]
    claimed(job)
    sweep()
    assert len(nudged) == 1
    let_the_lease_run_out(job)
    sweep()
    assert len(nudged) == 2
    lease.give_back(claimed(job))
    sweep()
    assert len(nudged) == 2  # not before its time
    Report.objects.filter(pk=job.pk).update(not_before=timezone.now() - GONE_BY)
    sweep()
    assert len(nudged) == 3
    lease.finish(claimed(job))
    sweep()
    assert len(nudged) == 3


def test_a_sweep_without_a_broker_stops_at_the_first_refusal(job: Report, monkeypatch) -> None:
    old = timezone.now() - dt.timedelta(minutes=1)
    Report.objects.filter(pk=job.pk).update(requested_at=old)
    job.pk, job.requested_at = None, old
    job._state.adding = True
    job.save()
    asked: list[int] = []
    monkeypatch.setattr("phast.jobs.tasks.nudge", lambda label, pk, queue, **_: bool(asked.append(pk)))
    sweep()
    assert len(asked) == 1


def test_every_job_names_a_queue_that_has_a_worker() -> None:
    assert {model.QUEUE for model in job_models()} <= {"quick", "long"}
    assert Report in job_models()
