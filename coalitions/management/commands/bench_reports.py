"""What does drawing cost beside the plain way? One run, one machine, side by side, every file valid PDF/UA-1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import BaseCommand, CommandParser
from django.db import connection
from django.test.utils import override_settings

from coalitions import drawing_bench as bench
from coalitions.models import Coalition, Membership
from phast.access.table import Role
from phast.accounts.models import User
from phast.bench import own_database
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.reports.models import Report, ReportBatch

DATABASE = "bench_reports"
# Pages, sections that fill about as many, repeats, and the goals: the most time and memory as a share of the plain way's.
SIZES = [(4, 2, 6, 0.75, None), (20, 10, 3, 0.4, None), (200, 102, 1, 0.4, 0.4)]
AGENCIES, TIMES_AS_FAST = 200, 1.6


class Command(BaseCommand):
    help = (
        "Draws reports of 4, 20 and 200 pages as the portal does and the plain way, and a batch of 200 agencies with one worker and with "
        "two, in a database of its own (made and dropped again). The plain way is what comes to mind first: one call of WeasyPrint in one "
        "process, garbage collection on, figures inline, the pages' own styles as well as the reports'; the same words, figures and PDF "
        "variant, and as warm: fonts and styles are read before. Prints time and memory; every file has to be valid PDF/UA-1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=["pages", "batch"], help="one half of it")
        parser.add_argument("--draw", choices=["ours", "plain"], help="a process of this command: draw once")
        parser.add_argument("--sections", type=int, default=2)
        parser.add_argument("--work", type=int, metavar="BATCH", help="a process of this command: a worker")

    def handle(self, **options: Any) -> None:
        if options["draw"]:
            bench.draw(options["draw"], options["sections"])
        elif options["work"]:
            _work(options["work"])
        else:
            if options["only"] != "batch":
                for size in SIZES:
                    self._compare(*size)
            if options["only"] != "pages":
                self._batch()

    def _compare(self, pages: int, sections: int, repeats: int, goal: float, memory: float | None) -> None:
        ways: dict[str, list[dict[str, Any]]] = {"plain": [], "ours": []}
        for _ in range(repeats):
            for way, found in ways.items():
                found.append(_drawn(way, sections))
        self.stdout.write(f"About {pages} pages, from the document to the file, the fastest of {repeats}:")
        took, worked, peak = {}, {}, {}
        for way, found in ways.items():
            took[way] = min(one["seconds"] for one in found)
            worked[way] = min(one["worked"] for one in found)
            peak[way] = max(one["peak"] for one in found)
            self.stdout.write(
                f"  {way:<5}  {found[0]['pages']:>3} pages  {took[way]:7.2f} s  {worked[way]:6.2f} s of processors' time  "
                f"{peak[way]:5.0f} MB the largest process  {found[0]['size'] / 1024:6.0f} KB"
            )
        self._judge("time", took["ours"] / took["plain"], goal)
        if memory is not None:
            self._judge("memory", peak["ours"] / peak["plain"], memory)

    def _judge(self, what: str, share: float, goal: float) -> None:
        self.stdout.write(f"  {share:.2f} × the {what} (goal ≤ {goal}): {'reached' if share <= goal else 'MISSED'}")

    def _batch(self) -> None:
        with (
            own_database(DATABASE),
            tempfile.TemporaryDirectory() as home,
            override_settings(MEDIA_ROOT=f"{home}/files"),
        ):
            coalition = Coalition.objects.create(slug="bench", name="Bench")
            boss = User.objects.create_user("boss@example.org", "x", name="Boss")
            Membership.objects.create(coalition=coalition, user=boss, role=Role.COORDINATOR)
            took = {many: _batch_with(many, _wanted(coalition, boss), home) for many in (1, 2)}
        self.stdout.write(
            f"{AGENCIES} agencies' reports and the zip file: {took[1]:.1f} s with one worker, {took[2]:.1f} s with two"
        )
        faster = took[1] / took[2]
        verdict = "reached" if faster >= TIMES_AS_FAST else "MISSED"
        self.stdout.write(f"  {faster:.2f} times as fast (goal ≥ {TIMES_AS_FAST}): {verdict}")


def _drawn(way: str, sections: int) -> dict[str, Any]:
    """Draws in a process of its own, and checks the file."""
    command = [sys.executable, "manage.py", "bench_reports", "--draw", way, "--sections", str(sections)]
    done = subprocess.run(command, cwd=settings.ROOT, stdout=subprocess.PIPE, check=True)
    line, _, content = done.stdout.partition(b"\n")
    bench.check(content)
    return {**json.loads(line), "size": len(content)}


# ------------------------------------------------------------------ the batch
def _wanted(coalition: Coalition, boss: User) -> ReportBatch:
    """A batch that has asked for its reports already: the message broker takes no part in it."""
    bench.register()
    shared = {"coalition": coalition, "kind": bench.KIND.key, "action": bench.ACTION, "requested_by": boss}
    batch = ReportBatch.objects.create(
        **shared, title="Every agency", wanted=[{"agency": at} for at in range(AGENCIES)]
    )
    Report.objects.bulk_create(
        Report(
            **shared,
            batch=batch,
            place=at,
            title=f"Agency {at}",
            parameters={"agency": at},
            audience=bench.AUDIENCE,
        )
        for at in range(AGENCIES)
    )
    return batch


def _batch_with(many: int, batch: ReportBatch, home: str) -> float:
    """Seconds from when that many warm workers begin until the zip file is there."""
    command = [sys.executable, "manage.py", "bench_reports", "--work", str(batch.pk)]
    environment = {**os.environ, "REDIS_URL": "", "QUEUE_DIR": f"{home}/queue", "FILES_ROOT": f"{home}/files"}
    workers = [
        subprocess.Popen(command, cwd=settings.ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(many)
    ]
    for worker in workers:
        worker.stdout.readline()  # it is warm
    began = time.perf_counter()
    for worker in workers:
        worker.stdin.write(b"\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
    took = time.perf_counter() - began
    batch.refresh_from_db()
    if batch.state != JobState.DONE:
        raise RuntimeError(f"The batch was not finished: {batch.state} {batch.message}")
    with zipfile.ZipFile(default_storage.path(batch.file.name)) as packed:
        names = packed.namelist()
        if len(names) != AGENCIES:
            raise RuntimeError(f"{len(names)} files instead of {AGENCIES}.")
        for one in names:
            bench.check(packed.read(one))
    return took


def _work(batch: int) -> None:
    """A worker without a broker: it tries every job of the batch, and gets those that no other worker has."""
    from phast.reports.pdf import warm

    connection.close()
    connection.settings_dict["NAME"] = DATABASE
    bench.register()
    warm()
    pks = list(Report.objects.filter(batch=batch).order_by("place").values_list("pk", flat=True))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for pk in pks:
        run(Report, pk)
    run(ReportBatch, batch)
