"""How fast and how lean the import is, beside plain COPY and django-import-export's default, in one run on one machine."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management import BaseCommand, call_command
from django.db import connection, transaction
from django.test.utils import override_settings
from import_export.resources import modelresource_factory
from tablib import Dataset

from coalitions.models import Coalition, Membership, Partner
from lbn.importing.actions import agree, set_reading, start_import
from lbn.importing.reading import Reading
from lbn.importing.words import IMPORT
from lbn.importing.write import COLUMNS, NULL
from lbn.models import Count, CountImport
from lbn.models.triggers import ROLLUPS
from phast.access.actor import Actor, Standing
from phast.access.table import Role
from phast.accounts.models import User
from phast.bench import own_database
from phast.geo.models import County, Zip
from phast.jobs.lease import run

AGENCIES = 40
MONTHS = 24
REPEATS = 3
DATABASE = "bench_import"
# The default takes a quarter of an hour and more for 100,000 rows, and longer for each row the more there are: a smaller file flatters it.
DEFAULT_ROWS = 5_000
SETTINGS = ("overdose_scene", "other_encounter", "deflection", "reentry")
SMALL, LARGE, FULL, FULL_LARGE = (
    10_000,
    200_000,
    500_000,
    1_000_000,
)  # rows; the memory of the large is compared with the small one's
GOALS = {"default": 60, "copy": 0.7, "above": 100, "memory": 1.2, "seconds": 60}
FIELDS = (
    "coalition",
    "partner",
    "from_on",
    "to_on",
    "place",
    "zip_code",
    "kits",
    "setting",
    "recipient",
    "client_key",
    "created_by",
)


class Command(BaseCommand):
    help = (
        "Imports generated rows in a database of its own (made and dropped again) three ways: this portal's import with its "
        "check, plain COPY into the same table with the same triggers and indexes, and django-import-export's default. "
        "Prints times, ratios and peak memory."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=100_000, help="For the speed.")
        parser.add_argument("--large", type=int, default=LARGE, help="For the memory, beside 10,000.")
        parser.add_argument("--full", action="store_true", help="500,000 rows for the speed, 1,000,000 for the memory.")
        parser.add_argument(
            "--default-rows", type=int, default=DEFAULT_ROWS, help="Rows for django-import-export's default."
        )
        parser.add_argument(
            "--way", choices=WAYS, help="Used by the command itself: one way, in the database that is there."
        )
        parser.add_argument("--folder", help="Used by the command itself.")

    def handle(
        self,
        *,
        rows: int,
        large: int,
        full: bool,
        default_rows: int,
        way: str | None,
        folder: str | None,
        **options: Any,
    ) -> None:
        if full:
            rows, large = FULL, FULL_LARGE
        if way and folder:
            self.stdout.write(json.dumps(WAYS[way](Path(folder), rows)))
            return
        # A database of its own: the rows are real, committed, and gone afterwards.
        with (
            own_database(DATABASE),
            tempfile.TemporaryDirectory() as own,
            override_settings(FILES_ROOT=own, MEDIA_ROOT=own),
        ):
            self._compare(Path(own), rows, min(default_rows, rows), large)

    def _compare(self, folder: Path, rows: int, default_rows: int, large: int) -> None:
        call_command("load_reference", verbosity=0, stdout=io.StringIO())
        _make_scene(folder, {rows, default_rows, SMALL, large})
        measured: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(REPEATS):
            for way in ("copy", "ours"):
                measured[way].append(self._child(way, folder, rows))
        measured["default"].append(self._child("default", folder, default_rows))
        pace = {way: statistics.median(m["seconds"] / m["rows"] for m in found) for way, found in measured.items()}
        peak = {way: max(m["megabytes"] for m in found) for way, found in measured.items()}
        told = {
            "ours": "this portal, check and import",
            "copy": "plain COPY",
            "default": "django-import-export, default",
        }
        self.stdout.write(
            f"{rows:,} rows, {AGENCIES} agencies, {MONTHS} months; the same table, triggers and indexes. Median of {REPEATS} (default: 1)."
        )
        for way, words in told.items():
            size = int(measured[way][0]["rows"])
            self.stdout.write(
                f"  {words:32} {size:>9,} rows {pace[way] * size:8.2f} s {1 / pace[way]:>10,.0f} rows/s  peak {peak[way]:.0f} MB"
            )
        parts = measured["ours"][0]
        self.stdout.write(
            f"  of which: check {parts['check']:.2f} s, import {parts['import']:.2f} s (first of the runs)"
        )
        self._judge(
            f"times django-import-export's default (goal ≥ {GOALS['default']})",
            pace["default"] / pace["ours"],
            pace["default"] / pace["ours"] >= GOALS["default"],
        )
        self._judge(
            f"of the speed of plain COPY (goal ≥ {GOALS['copy']})",
            pace["copy"] / pace["ours"],
            pace["copy"] / pace["ours"] >= GOALS["copy"],
        )
        seconds, above = pace["ours"] * FULL, max(m["megabytes"] - m["resting"] for m in measured["ours"])
        self._judge(
            f"seconds for {FULL:,} rows at this pace (goal ≤ {GOALS['seconds']})", seconds, seconds <= GOALS["seconds"]
        )
        self._judge(f"MB above the resting process (goal ≤ {GOALS['above']})", above, above <= GOALS["above"])
        small, big = (self._child("ours", folder, size)["megabytes"] for size in (SMALL, large))
        self.stdout.write(f"  memory: {small:.0f} MB for {SMALL:,} rows, {big:.0f} MB for {large:,} rows")
        ratio = big / small
        self._judge(f"times the memory (goal ≤ {GOALS['memory']})", ratio, ratio <= GOALS["memory"])

    def _judge(self, words: str, figure: float, good: bool) -> None:
        self.stdout.write(f"  {figure:8.2f} {words}: {'reached' if good else 'MISSED'}")

    def _child(self, way: str, folder: Path, rows: int) -> dict[str, float]:
        """One way in a process of its own, so that its peak memory is its own."""
        with connection.cursor() as cursor:
            tables = ", ".join(table.name for table in ROLLUPS)
            cursor.execute(f"TRUNCATE lbn_count, lbn_countevent, {tables} CASCADE")
            cursor.execute("VACUUM ANALYZE lbn_countimport")
            cursor.execute("DELETE FROM lbn_countimport WHERE stage = 'imported'")
        settings = connection.settings_dict
        server = f"{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}"
        child = subprocess.run(
            [sys.executable, "manage.py", "bench_import", "--way", way, "--folder", str(folder), "--rows", str(rows)],
            env={**os.environ, "DATABASE_URL": f"postgres://{server}/{settings['NAME']}", "FILES_ROOT": str(folder)},
            capture_output=True,
            text=True,
        )
        if child.returncode:
            raise SystemExit(child.stderr[-2000:])
        return json.loads(child.stdout.splitlines()[-1])


def _make_scene(folder: Path, sizes: set[int]) -> None:
    """A coalition with agencies, and for each number of rows the same twice: as the CSV of a person, and as lines for COPY."""
    county = County.objects.get(fips="36001")
    coalition = Coalition.objects.create(name="Bench", slug="bench")
    coalition.counties.set(County.objects.filter(state=county.state))
    user = User.objects.create_user("bench@example.org")
    Membership.objects.create(coalition=coalition, user=user, role=Role.COORDINATOR)
    agencies = [
        Partner.objects.create(coalition=coalition, name=f"Agency {n:02}", agency_type="law_enforcement")
        for n in range(AGENCIES)
    ]
    source = CountImport.objects.create(
        coalition=coalition, created_by=user, file_label="counts.csv", sha256="0" * 64, state="done"
    )
    codes = list(Zip.objects.filter(state=county.state).values_list("pk", flat=True)[:1500])
    for rows in sizes:
        _make_files(folder, rows, source, agencies, codes)


def _make_files(folder: Path, rows: int, source: CountImport, agencies: list[Partner], codes: list[str]) -> None:
    coalition, user = source.coalition, source.created_by
    with (folder / f"{rows}.csv").open("w") as file, (folder / f"{rows}.copy").open("w") as lines:
        file.write("Agency,Month,ZIP code,Kits,Setting\n")
        for agency, month, code, kits, setting in _rows(rows, agencies, codes):
            file.write(f"{agency.name},{month:%Y-%m},{code},{kits},{SETTINGS[setting].replace('_', ' ')}\n")
            last = (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
            lines.write(
                f"{coalition.pk}\t{agency.pk}\t{month}\t{last}\tzip\t{code}\t{kits}\t{SETTINGS[setting]}\t\t{NULL}\t{NULL}\t{NULL}\t{NULL}\t{source.pk}\t{uuid.uuid4()}\t\t2026-01-01T00:00:00Z\t{user.pk}\tf\tfile\n"
            )


def _rows(rows: int, agencies: list[Partner], codes: list[str]) -> Iterator[tuple[Partner, dt.date, str, int, int]]:
    """Rows of which no two look alike, in the order of a file that is kept by month."""
    today = dt.datetime.now(dt.UTC).date().replace(day=1)
    months = [(today - dt.timedelta(days=31 * back)).replace(day=1) for back in range(MONTHS, 0, -1)]
    months = sorted(set(months))
    for n in range(rows):
        rest, agency = divmod(n, len(agencies))
        rest, month = divmod(rest, len(months))
        setting, code = divmod(rest, len(codes))
        yield agencies[agency], months[month], codes[code], n * 7 % 40, setting % len(SETTINGS)


def _ours(folder: Path, rows: int) -> dict[str, float]:
    """Upload, mapping, check, agreement and import, as the pages and the worker do it; the upload is not timed, as in no way."""
    actor = _actor()
    resting = _resting()
    with (folder / f"{rows}.csv").open("rb") as file:
        count_import = start_import(file=_upload(file), partner=None, by=actor)
    columns = {"agency": 0, "date": 1, "zip": 2, "kits": 3, "setting": 4}
    reading = Reading(columns=columns, labels=["Agency", "Month", "ZIP code", "Kits", "Setting"], width=5)
    set_reading(count_import=count_import, reading=reading, partner=None, by=actor)
    checked = _timed(lambda: run(CountImport, count_import.pk))
    count_import.refresh_from_db()
    answers = dict.fromkeys(count_import.findings["questions"], IMPORT)
    agree(count_import=count_import, answers=answers, by=actor)
    written = _timed(lambda: run(CountImport, count_import.pk))
    if Count.objects.count() != rows:
        raise SystemExit(f"{Count.objects.count():,} of {rows:,} rows came in.")
    return _result(checked + written, rows) | {"check": checked, "import": written, "resting": resting}


def _copy(folder: Path, rows: int) -> dict[str, float]:
    def copy_all() -> None:
        with (
            (folder / f"{rows}.copy").open() as lines,
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY lbn_count ({COLUMNS}) FROM STDIN") as copy,
        ):
            while chunk := lines.read(1 << 18):
                copy.write(chunk)

    return _result(_timed(copy_all), rows)


def _default(folder: Path, rows: int) -> dict[str, float]:
    """`modelresource_factory(Count)` as it comes, fed with the fields of the model."""
    data = Dataset(headers=FIELDS)
    with (folder / f"{rows}.copy").open() as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            data.append([*cells[:9], cells[14], cells[17]])
    resource_of_count = modelresource_factory(Count)()
    seconds = _timed(lambda: resource_of_count.import_data(data, raise_errors=True))
    if Count.objects.count() != rows:
        raise SystemExit(f"{Count.objects.count():,} of {rows:,} rows came in.")
    return _result(seconds, rows)


WAYS: dict[str, Callable[[Path, int], dict[str, float]]] = {"copy": _copy, "ours": _ours, "default": _default}


def _actor() -> Actor:
    coalition = Coalition.objects.get(slug="bench")
    return Actor(User.objects.get(email="bench@example.org"), coalition, (Standing(Role.COORDINATOR),))


def _upload(file: Any) -> Any:
    return File(file, name="counts.csv")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _result(seconds: float, rows: int) -> dict[str, float]:
    return {"seconds": seconds, "rows": rows, "megabytes": _megabytes()}


def _resting() -> float:
    """What this process takes now; from here on its peak is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return _megabytes()


def _megabytes() -> float:
    """The most this process has taken so far. Not getrusage: that begins with what the parent had."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
