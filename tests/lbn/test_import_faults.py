"""A worker or a database that dies in the middle of an import: all rows or none, and it goes on by itself (58, 61)."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections

from lbn.models import AgencyRollup, Count, CountImport, Period
from phast.audit.models import Event
from phast.jobs.lease import run
from phast.jobs.queue import nudge
from phast.jobs.tasks import sweep
from tests.faults import workers
from tests.sheets.files import text_file

from .files import Desk

ROWS = 500


@pytest.fixture
def agreed(committed) -> CountImport:
    """An import the person has agreed to, waiting for a worker. Its rows lie in an open period of the past."""
    scene = committed
    Period.objects.create(
        coalition=scene.coalition, from_on=dt.date(2024, 3, 1), to_on=dt.date(2024, 3, 31), due_on=dt.date(2024, 4, 30)
    )
    desk = Desk(scene, scene.lead_user)
    rows = [(f"2024-03-{1 + n % 31:02}", "12207", n // 31 % 9) for n in range(ROWS)]
    count_import = desk.check(text_file(("Date", "ZIP", "Kits"), *rows))
    answers = dict.fromkeys(count_import.findings["questions"], "import")
    assert desk.client.post(desk.url("import_detail", count_import), answers).status_code == 302
    count_import.refresh_from_db()
    assert count_import.stage == CountImport.Stage.IMPORTING
    return count_import


def server() -> str:
    values = connection.settings_dict
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@contextmanager
def held_period() -> Iterator[psycopg.Connection]:
    """A close of the period that takes its time: the import waits for it with all its rows written and none committed."""
    with psycopg.connect(server()) as other:
        other.execute("SELECT 1 FROM lbn_period FOR NO KEY UPDATE")
        yield other
        other.rollback()


def backend_that_waits() -> int:
    """The server process of the import, once it waits for the period."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        with connection.cursor() as cursor:  # outside a transaction, in which the answer would never change
            cursor.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'COPY lbn_count%'"
            )
            if found := cursor.fetchone():
                return found[0]
        time.sleep(0.05)
    raise AssertionError("the import never came to its end")


def all_in_once(count_import: CountImport) -> bool:
    count_import.refresh_from_db()
    entries = sum(AgencyRollup.objects.values_list("entries", flat=True))
    return (count_import.stage, Count.objects.filter(source=count_import).count(), entries) == ("imported", ROWS, ROWS)


def test_a_worker_killed_in_mid_import_leaves_nothing_and_another_finishes(agreed: CountImport) -> None:
    code = (
        f"import django; django.setup()\nfrom phast.jobs.tasks import run_job\nrun_job('lbn.CountImport', {agreed.pk})"
    )
    environment = {**os.environ, "DATABASE_URL": server(), "FILES_ROOT": str(settings.FILES_ROOT)}
    with (
        held_period(),
        subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2], env=environment) as worker,
    ):
        try:
            backend_that_waits()
        finally:
            worker.send_signal(signal.SIGKILL)
    agreed.refresh_from_db()
    assert (agreed.state, Count.objects.count()) == ("running", 0)
    CountImport.objects.update(lease_until=dt.datetime(2026, 11, 20, tzinfo=dt.UTC))  # the lease runs out
    sweep()
    run(CountImport, agreed.pk)
    assert all_in_once(agreed)
    run(CountImport, agreed.pk)  # a message that comes twice does no harm
    assert all_in_once(agreed)


def test_a_deploy_lets_a_worker_finish_the_import_it_has_begun(agreed: CountImport, tmp_path: Path) -> None:
    with workers.files(tmp_path) as broker, broker.used_here():
        words = ["worker", "-Q", "long", "-n", "long@test", "--pool", "solo"]
        worker = workers.celery(broker, tmp_path, "long", words)
        with workers.running(worker):
            with held_period():
                nudge("lbn.CountImport", agreed.pk, "long")
                backend_that_waits()
                worker.process.send_signal(signal.SIGTERM)
                time.sleep(1)
                assert worker.running, "it did not wait for its work"
            worker.process.wait(60)
    assert all_in_once(agreed)


def test_a_database_that_drops_the_connection_leaves_nothing_and_the_job_is_tried_again(agreed: CountImport) -> None:
    def work() -> None:
        try:
            run(CountImport, agreed.pk)
        finally:
            connections.close_all()

    with held_period() as other:
        worker = threading.Thread(target=work)
        worker.start()
        other.execute("SELECT pg_terminate_backend(%s)", [backend_that_waits()])
        worker.join(30)
    agreed.refresh_from_db()
    assert (agreed.state, Count.objects.count()) == ("waiting", 0)
    CountImport.objects.update(not_before=None)
    run(CountImport, agreed.pk)
    assert all_in_once(agreed)


def test_a_period_closed_in_mid_import_keeps_every_row_out_and_says_so(agreed: CountImport) -> None:
    with held_period() as other:
        worker = threading.Thread(target=lambda: (run(CountImport, agreed.pk), connections.close_all()))
        worker.start()
        backend_that_waits()
        other.execute("UPDATE lbn_period SET closed_at = now(), closed_by_id = %s", [agreed.created_by_id])
        other.commit()
        worker.join(30)
    agreed.refresh_from_db()
    assert Count.objects.count() == 0
    assert agreed.stage == CountImport.Stage.CHECKED
    assert agreed.message == "Nothing was imported: a reporting period was closed meanwhile. Its rows are listed here."
    assert (agreed.findings["accepted"], agreed.findings["rejected"]) == (0, ROWS)
    assert Event.objects.filter(verb="import.failed").count() == 1


def test_two_workers_with_one_import_write_it_once(agreed: CountImport) -> None:
    def work() -> None:
        try:
            run(CountImport, agreed.pk)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert all_in_once(agreed)
