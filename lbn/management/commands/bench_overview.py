"""Does the overview stay as fast when the whole nation counts in the same table? One run, one machine, side by side.

It is held against the least that anybody would do without rollups: one GROUP BY of the same year's entries by ZIP, by way of the index
that counts have. The page shows four more views than that.
"""

from __future__ import annotations

import datetime as dt
import io
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management import BaseCommand, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from coalitions.models import Coalition, Partner
from lbn.rollups import mend
from lbn.selectors.overview import Span, overview
from phast.access.actor import Actor, Standing
from phast.access.table import Role
from phast.accounts.models import User
from phast.bench import own_database
from phast.geo.models import Zip

DATABASE = "bench_overview"
OURS_A_YEAR = 120_000
GOAL, GOAL_SHARE = 1.2, 0.3
REPEATS = 30
AGENCIES = 2_000  # of the nation; ours are a fiftieth of them
# A year of counts, spread over agencies, ZIPs and days. The same each time.
ROWS = """
    INSERT INTO lbn_count (coalition_id, partner_id, from_on, to_on, place, zip_code, kits,
                           setting, recipient, client_key, fingerprint, created_at, created_by_id)
    SELECT %(coalition)s, agency, day, day, 'zip', zips[1 + (n::bigint * 7919) %% array_length(zips, 1)], 1 + n %% 4,
           '', '', gen_random_uuid(), '', now(), %(user)s
    FROM generate_series(1, %(rows)s) AS n,
         LATERAL (SELECT %(agencies)s::bigint[] AS agencies, %(zips)s::text[] AS zips) AS lists,
         LATERAL (SELECT agencies[1 + n %% array_length(agencies, 1)] AS agency, %(first)s::date + (n %% 365)::int AS day) AS spread
"""


class Command(BaseCommand):
    help = (
        "Times one coalition's overview in a database of its own (made and dropped again): first with 100,000 rows in the "
        "count table, then with ten million, 120,000 of them a year this coalition's. Prints both times, their ratio, and what "
        "one GROUP BY over the same rows takes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=10_000_000, help="Rows of the big table.")

    def handle(self, *, rows: int, **options: Any) -> None:
        with own_database(DATABASE):
            self._compare(rows)

    def _compare(self, rows: int) -> None:
        call_command("load_reference", verbosity=0, stdout=io.StringIO())
        zips = list(Zip.objects.filter(state="OH").values_list("pk", flat=True)[:1500])
        actor, ours = _coalition("ours", AGENCIES // 50)
        other, theirs = _coalition("theirs", AGENCIES)
        span = Span(dt.date(2025, 1, 1), dt.date(2025, 12, 31))

        _fill(actor, ours, zips, 100_000, 2025)
        small = self._time("small", actor, span)
        _fill(actor, ours, zips, OURS_A_YEAR - 100_000, 2025)
        for year in range(2021, 2025):
            _fill(actor, ours, zips, OURS_A_YEAR, year)
        rest = rows - 5 * OURS_A_YEAR
        for year in range(2021, 2026):
            _fill(other, theirs, zips, rest // 5, year)
        big = self._time("big", actor, span)
        grouped = _fastest(lambda: _grouped(actor, ours, span))

        self.stdout.write(f"The overview of one coalition and year, the fastest of {REPEATS}:")
        self.stdout.write(f"     100,000 rows in the table  {1000 * small:7.1f} ms")
        self.stdout.write(f"  {rows:>10,} rows in the table  {1000 * big:7.1f} ms")
        self.stdout.write(f"  one GROUP BY of {OURS_A_YEAR:,} rows  {1000 * grouped:5.1f} ms")
        for share, goal, of in ((big / small, GOAL, "the small table"), (big / grouped, GOAL_SHARE, "the GROUP BY")):
            self.stdout.write(f"  {share:.2f} times {of} (goal ≤ {goal}): {'reached' if share <= goal else 'MISSED'}")

    def _time(self, name: str, actor: Actor, span: Span) -> float:
        """Seconds for the figures of the page, sums made anew before."""
        for coalition in Coalition.objects.all():
            mend(coalition)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        with CaptureQueriesContext(connection) as queries:
            overview(actor, span)
        self.stdout.write(f"  {name} table: {len(queries)} queries")
        return _fastest(lambda: overview(actor, span))


def _coalition(slug: str, agencies: int) -> tuple[Actor, list[int]]:
    coalition = Coalition.objects.create(slug=slug, name=slug)
    user, _ = User.objects.get_or_create(email="bench@example.org")
    made = Partner.objects.bulk_create(
        Partner(coalition=coalition, name=f"Agency {n:05}", agency_type="ems_fire") for n in range(agencies)
    )
    return Actor(user, coalition, (Standing(Role.COORDINATOR),)), [partner.pk for partner in made]


def _fill(actor: Actor, agencies: list[int], zips: list[str], rows: int, year: int) -> None:
    """Adds a year of rows. Triggers and foreign keys rest meanwhile: what they would keep is computed before the timing."""
    values = {
        "coalition": actor.coalition.pk,
        "user": actor.user.pk,
        "agencies": agencies,
        "zips": zips,
        "rows": rows,
        "first": dt.date(year, 1, 1),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(ROWS, values)


def _grouped(actor: Actor, agencies: list[int], span: Span) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT zip_code, sum(kits) FROM lbn_count WHERE coalition_id = %s AND partner_id = ANY(%s) AND voided_at IS NULL "
            "AND from_on >= %s AND to_on <= %s GROUP BY zip_code",
            [actor.coalition.pk, agencies, span.from_on, span.to_on],
        )
        cursor.fetchall()


def _fastest(what: Callable[[], object]) -> float:
    """Of many runs the one that other work on the machine disturbs least."""
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        what()
        taken.append(time.perf_counter() - began)
    return min(taken)
