"""How long does a recall take when the whole nation keeps its kits in one portal? One run, one machine."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from coalitions.models import Coalition, Partner
from lbn.models import Lot, Site
from lbn.selectors.supply import who_holds
from phast.access.actor import Actor, Standing
from phast.access.table import Role
from phast.accounts.models import User
from phast.bench import own_database

DATABASE = "bench_recall"
LOTS, LOTS_OF_A_SITE = 500, 10  # so that a lot is at one site in fifty
OFFERS = 20_000
GOAL = 0.2
REPEATS = 30
# Entries go round the sites; at each the first of a lot is a receipt of eight kits, the next three leave two behind each, and so on.
MOVEMENTS = """
    INSERT INTO lbn_stockmovement (site_id, lot_id, kind, kits, happened_on, reason, came_from, count_id, created_at, created_by_id)
    SELECT sites[1 + site], lots[1 + (site * 7 + turn %% %(each)s * 50) %% array_length(lots, 1)],
           CASE WHEN is_receipt THEN 'received' ELSE 'left' END, CASE WHEN is_receipt THEN 8 ELSE -2 END,
           %(today)s::date - (turn %% 365)::int, '', '', CASE WHEN is_receipt THEN NULL ELSE n END, now(), %(user)s
    FROM generate_series(0, %(rows)s - 1) AS n,
         LATERAL (SELECT %(sites)s::bigint[] AS sites, %(lots)s::bigint[] AS lots) AS lists,
         LATERAL (SELECT (n %% array_length(sites, 1))::int AS site, (n / array_length(sites, 1))::int AS turn) AS spread,
         LATERAL (SELECT turn / %(each)s %% 4 = 0 AS is_receipt) AS kind
"""
BALANCES = """
    INSERT INTO lbn_stockbalance (site_id, lot_id, kits, left_behind)
    SELECT site_id, lot_id, sum(kits), coalesce(-sum(kits) FILTER (WHERE kind = 'left'), 0) FROM lbn_stockmovement GROUP BY 1, 2
"""
TRANSFERS = """
    INSERT INTO lbn_transfer (from_site_id, to_site_id, lot_id, kits, state, client_key, offered_at, offered_by_id)
    SELECT sites[1 + n %% array_length(sites, 1)], sites[1 + (n + 1) %% array_length(sites, 1)], lots[1 + n %% array_length(lots, 1)],
           1, 'offered', gen_random_uuid(), now(), %(user)s
    FROM generate_series(1, %(offers)s) AS n, LATERAL (SELECT %(sites)s::bigint[] AS sites, %(lots)s::bigint[] AS lots) AS lists
"""


class Command(BaseCommand):
    help = (
        "Times a recall in a database of its own (made and dropped again) with the movements of 40,000 agencies. Prints the time, how "
        "many sites it found, and how often it asked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agencies", type=int, default=40_000)
        parser.add_argument("--rows", type=int, default=5_000_000, help="Movements.")

    def handle(self, *, agencies: int, rows: int, **options: Any) -> None:
        with own_database(DATABASE):
            self._time(agencies, rows)

    def _time(self, agencies: int, rows: int) -> None:
        actor = _fill(agencies, rows)
        number = "LOT00123"
        with CaptureQueriesContext(connection) as queries:
            found = who_holds(actor, number)
        taken = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            who_holds(actor, number)
            taken.append(time.perf_counter() - began)
        best, middle = min(taken), statistics.median(taken)
        self.stdout.write(f"A recall over {rows:,} movements of {agencies:,} agencies, {REPEATS} times:")
        self.stdout.write(f"  {len(found):,} lines, {len(queries)} query")
        self.stdout.write(f"  the fastest {1000 * best:.0f} ms, half of them within {1000 * middle:.0f} ms")
        self.stdout.write(f"  goal ≤ {1000 * GOAL:.0f} ms: {'reached' if middle <= GOAL else 'MISSED'}")


def _fill(agencies: int, rows: int) -> Actor:
    """One coalition with a site for each agency. Triggers and foreign keys rest meanwhile: the balances are summed up at the end."""
    today = dt.date(2026, 11, 20)
    coalition = Coalition.objects.create(slug="nation", name="Nation")
    user = User.objects.create(email="bench@example.org")
    partners = Partner.objects.bulk_create(
        Partner(coalition=coalition, name=f"Agency {n:05}", agency_type="ems_fire") for n in range(agencies)
    )
    sites = Site.objects.bulk_create(
        Site(coalition=coalition, partner=partner, name="Station", tracked_from=today) for partner in partners
    )
    lots = Lot.objects.bulk_create(
        Lot(coalition=coalition, number=f"LOT{n:05}", expires_on=today + dt.timedelta(days=n)) for n in range(LOTS)
    )
    values = {
        "sites": [site.pk for site in sites],
        "lots": [lot.pk for lot in lots],
        "each": LOTS_OF_A_SITE,
        "rows": rows,
        "offers": OFFERS,
        "today": today,
        "user": user.pk,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (MOVEMENTS, BALANCES, TRANSFERS):
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Actor(user, coalition, (Standing(Role.COORDINATOR),))
