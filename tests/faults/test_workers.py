"""Workers and brokers that die, hang and forget (THREATS 54–57, 61). Everything here is real: processes, sockets, signals."""

from __future__ import annotations

import datetime as dt
import signal
import socket
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.utils import timezone

from phast.access.table import Role
from phast.embedded.processes import Child
from phast.jobs.models import JobState
from phast.jobs.queue import nudge
from phast.jobs.tasks import sweep
from phast.reports.actions import request_report
from phast.reports.batches import request_batch
from phast.reports.models import Report, ReportBatch
from tests.factories import make_coalition, make_person, sign_in
from tests.reports import sample
from tests.world import actor_of

from . import workers

sample.register()
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[workers.Broker]:
    with workers.redis(tmp_path_factory.mktemp("redis")) as broker:
        yield broker


@pytest.fixture
def broker(redis_server: workers.Broker) -> Iterator[workers.Broker]:
    """A Redis of our own, empty, to which this process sends its messages."""
    redis.Redis.from_url(redis_server.url).flushall()
    with redis_server.used_here():
        yield redis_server


@pytest.fixture(scope="module")
def worker_process(
    django_db_setup: None, redis_server: workers.Broker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Child]:
    """A worker that loses its jobs after eight silent seconds."""
    child = workers.worker(redis_server, tmp_path_factory.mktemp("worker"), lease=8)
    with workers.running(child):
        yield child


@pytest.fixture
def worker(worker_process: Child) -> Child:
    """The same, alive; tests may kill it."""
    if not worker_process.running:
        workers.start_again(worker_process)
    return worker_process


@pytest.fixture
def coordinator():
    return make_person("ana@example.org", coalition=make_coalition(), role=Role.COORDINATOR)


def ask(coordinator, **fields: Any) -> Report:
    actor = actor_of(coordinator, coordinator.memberships.get().coalition)
    return request_report(kind="sample", fields={"rows": 3, **fields}, by=actor)


def now(report: Report) -> Report:
    return Report.objects.get(pk=report.pk)


def is_done(report: Report) -> bool:
    return now(report).state == JobState.DONE


def is_running(report: Report) -> bool:
    return now(report).state == JobState.RUNNING


def files_of(report: Report) -> list[str]:
    return [path.name for path in Path(now(report).file.path).parent.glob(f"{report.pk}-*")]


def sweep_until(true: Callable[[], Any]) -> None:
    """What beat does, faster: a job counts as one that has waited long."""

    def swept() -> Any:
        for model in (Report, ReportBatch):
            model.objects.update(requested_at=timezone.now() - dt.timedelta(minutes=1))
        sweep()
        time.sleep(0.3)
        return true()

    workers.wait_until(swept)


HELD_UP = 1.5  # seconds a page may wait for a broker, besides what a slow machine takes for the page itself


def usual_seconds(client: Client) -> float:
    """What a request takes when the broker answers: not the first one, which loads what is loaded only once."""
    return [timed(lambda: client.post("/c/ours/reports/request/", {"kind": "none"})) for _ in range(2)][1]


def timed(what: Callable[[], Any]) -> float:
    start = time.monotonic()
    what()
    return time.monotonic() - start


def test_a_worker_killed_in_mid_report_is_followed_by_another_and_one_pdf(coordinator, broker, worker: Child) -> None:
    """THREATS 54, with Redis: it holds the message back for an hour, so only the sweep can know."""
    report = ask(coordinator, seconds=3)
    workers.wait_until(lambda: is_running(report))
    workers.kill(worker)
    assert is_running(report)
    workers.start_again(worker)
    sweep_until(lambda: is_done(report))
    assert now(report).attempts == 2
    assert len(files_of(report)) == 1


def test_the_queue_of_files_survives_a_killed_worker_too(coordinator, tmp_path: Path) -> None:
    """THREATS 54 on the portal without Redis, where the message is lost with the worker; beat and its sweep as they really run."""
    with workers.files(tmp_path) as broker, broker.used_here():
        worker, beat = workers.worker(broker, tmp_path, lease=8), workers.beat(broker, tmp_path)
        with workers.running(worker, beat):
            report = ask(coordinator, seconds=3)
            workers.wait_until(lambda: is_running(report))
            workers.kill(worker)
            workers.start_again(worker)
            workers.wait_until(lambda: is_done(report))
            assert now(report).attempts == 2
            assert len(files_of(report)) == 1


def test_two_workers_with_the_same_job_give_one_result(coordinator, broker, worker: Child, tmp_path: Path) -> None:
    """THREATS 55: twenty messages for one job; then a worker that stands still until its job was given to the other."""
    second = workers.worker(broker, tmp_path, lease=8, name="second")
    with workers.running(second):
        report = ask(coordinator, seconds=1)
        for _ in range(20):
            nudge("reports.Report", report.pk, "quick")
        workers.wait_until(lambda: is_done(report))
        first = now(report)
        time.sleep(1)  # the other messages are being read meanwhile
        assert (now(report).sha256, now(report).finished_at, first.attempts) == (first.sha256, first.finished_at, 1)
        assert len(files_of(report)) == 1

        slow = ask(coordinator, seconds=6)
        workers.wait_until(lambda: is_running(slow))
        taker = worker if now(slow).worker.endswith(f":{worker.process.pid}") else second
        taker.process.send_signal(signal.SIGSTOP)  # a machine that swaps
        sweep_until(lambda: is_done(slow))
        done = now(slow)
        taker.process.send_signal(signal.SIGCONT)
        workers.wait_until(lambda: "taken over by another worker" in taker.log.read_text())
        assert (now(slow).sha256, now(slow).finished_at, now(slow).attempts) == (done.sha256, done.finished_at, 2)
        assert len(files_of(slow)) == 1


def test_without_a_broker_pages_answer_and_the_report_comes_later(coordinator, broker, worker: Child) -> None:
    client = Client()
    sign_in(client, coordinator)
    usual = usual_seconds(client)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with workers.redis_at(f"redis://127.0.0.1:{port}/0").used_here():
        for rows in range(3):
            assert (
                timed(lambda rows=rows: client.post("/c/ours/reports/request/", {"kind": "sample", "rows": rows}))
                < HELD_UP + 10 * usual
            )
        assert client.get("/c/ours/reports/").status_code == 200
        assert set(Report.objects.values_list("state", flat=True)) == {JobState.WAITING}
    client.post(
        "/c/ours/reports/request/", {"kind": "sample", "rows": 0}
    )  # asked again: the same one, told to a worker again
    workers.wait_until(lambda: Report.objects.filter(state=JobState.DONE).count() == 1)
    sweep_until(lambda: Report.objects.filter(state=JobState.DONE).count() == 3)


def test_a_broker_that_hangs_holds_no_page_up(coordinator, broker, worker: Child) -> None:
    """A stopped Redis takes the connection and never answers; the first time over a connection that was open already."""
    client = Client()
    sign_in(client, coordinator)
    usual = usual_seconds(client)
    nudge("reports.Report", 0, "quick")
    server = broker.child.process
    server.send_signal(signal.SIGSTOP)
    try:
        for rows in range(3):
            assert (
                timed(lambda rows=rows: client.post("/c/ours/reports/request/", {"kind": "sample", "rows": rows}))
                < HELD_UP + 10 * usual
            )
        assert timed(lambda: client.get("/c/ours/reports/")) < HELD_UP + 10 * usual
    finally:
        server.send_signal(signal.SIGCONT)
    sweep_until(lambda: Report.objects.filter(state=JobState.DONE).count() == 3)


def test_a_broker_that_is_slow_for_a_moment_leaves_no_worker_idle(coordinator, broker, worker: Child) -> None:
    """A worker that could not say that a report is done may take no other, and look alive."""
    server = broker.child.process
    for rows in (3, 4, 5):
        report = ask(coordinator, rows=rows, seconds=1)
        workers.wait_until(lambda report=report: is_running(report))
        server.send_signal(signal.SIGSTOP)
        try:
            workers.wait_until(lambda report=report: is_done(report))
            time.sleep(0.8)  # longer than a page waits for it
        finally:
            server.send_signal(signal.SIGCONT)
    last = ask(coordinator, rows=6)
    workers.wait_until(lambda: is_done(last))


def test_a_broker_that_was_wiped_is_filled_again_from_the_rows(coordinator, broker, worker: Child) -> None:
    """THREATS 57, with jobs queued and under a worker that runs; and a broker that was restarted."""
    worker.process.send_signal(signal.SIGSTOP)
    reports = [ask(coordinator, rows=rows) for rows in range(4)]
    redis.Redis.from_url(broker.url).flushall()
    worker.process.send_signal(signal.SIGCONT)
    sweep_until(lambda: all(is_done(report) for report in reports))
    redis.Redis.from_url(broker.url).flushall()
    again = ask(coordinator, rows=9)
    workers.wait_until(lambda: is_done(again))
    workers.kill(broker.child)
    late = ask(coordinator, rows=10)
    broker.child.start()
    sweep_until(lambda: is_done(late))


def test_a_worker_that_is_asked_to_stop_finishes_its_report_first(coordinator, broker, worker: Child) -> None:
    """THREATS 61: a deploy."""
    report = ask(coordinator, seconds=1.5)
    workers.wait_until(lambda: is_running(report))
    worker.ask_to_stop()
    worker.process.wait(30)
    assert is_done(report)
    assert now(report).attempts == 1


def test_a_batch_comes_out_whole_though_worker_broker_and_database_fail_meanwhile(
    coordinator, broker, worker: Child
) -> None:
    """THREATS 54, 57 and 58 for many reports at once: each comes out, once."""
    actor = actor_of(coordinator, coordinator.memberships.get().coalition)
    batch = request_batch(kind="sample", label="Six slow ones", by=actor)

    def drawn() -> int:
        return batch.reports.filter(state=JobState.DONE).count()

    workers.wait_until(lambda: drawn() >= 1)
    workers.kill(worker)
    redis.Redis.from_url(broker.url).flushall()
    workers.start_again(worker)
    sweep_until(lambda: drawn() >= 3)
    with connection.cursor() as cursor:  # what a database that restarts does to those who are connected
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    sweep_until(lambda: ReportBatch.objects.get(pk=batch.pk).is_over)
    batch.refresh_from_db()
    assert batch.state == JobState.DONE
    assert drawn() == 6
    with batch.file.open() as file, zipfile.ZipFile(file) as packed:
        assert len(packed.namelist()) == 6
    assert all(len(files_of(report)) == 1 for report in batch.reports.all())
