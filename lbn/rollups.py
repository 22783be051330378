"""Do the sums that the database keeps equal the rows they are sums of? And if not, mend them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from coalitions.models import Coalition
from lbn.models.triggers import ROLLUP_LOCK, ROLLUPS, SPAN_FIRST, SPAN_LAST


@dataclass(frozen=True)
class Difference:
    """A sum that is not what its rows make: which table and line, what it holds and what is right (None: no line)."""

    table: str
    key: str
    span: str
    held: tuple[int, int] | None
    right: tuple[int, int] | None


def _sums(of: str) -> str:
    return f"""
        SELECT {of} AS key, {SPAN_FIRST} AS first, {SPAN_LAST} AS last, sum(kits) AS kits, count(*) AS entries
        FROM lbn_count WHERE coalition_id = %(coalition)s AND voided_at IS NULL GROUP BY 1, 2, 3
    """


def compare(coalition: Coalition) -> list[Difference]:
    """Every difference, in one snapshot for each table: rows and sums are committed together, so a busy hour shows none."""
    found = []
    with connection.cursor() as cursor:
        for table, key, of in ROLLUPS:
            cursor.execute(
                f"""
                    SELECT coalesce(held.key, sums.key)::text, coalesce(held.first, sums.first), coalesce(held.last, sums.last),
                           held.kits, held.entries, sums.kits, sums.entries
                    FROM (
                        SELECT {key} AS key, from_on AS first, to_on AS last, kits, entries
                        FROM {table} WHERE coalition_id = %(coalition)s
                    ) AS held
                    FULL JOIN ({_sums(of)}) AS sums USING (key, first, last)
                    WHERE (held.kits, held.entries) IS DISTINCT FROM (sums.kits, sums.entries)
                    ORDER BY 2, 3, 1
                """,
                {"coalition": coalition.pk},
            )
            found += [
                Difference(table, line, f"{first} to {last}", _pair(*held), _pair(*right))
                for line, first, last, *numbers in cursor.fetchall()
                for held, right in [(numbers[:2], numbers[2:])]
            ]
    return found


@transaction.atomic
def mend(coalition: Coalition) -> None:
    """Makes every sum of the coalition anew. Holds the lock of the writers, so that none comes between; again is harmless."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ROLLUP_LOCK, coalition.pk])
        for table, key, of in ROLLUPS:
            cursor.execute(f"DELETE FROM {table} WHERE coalition_id = %s", [coalition.pk])
            cursor.execute(
                f"""
                    INSERT INTO {table} (coalition_id, {key}, from_on, to_on, kits, entries)
                    SELECT %(coalition)s, key, first, last, kits, entries FROM ({_sums(of)}) AS sums
                """,
                {"coalition": coalition.pk},
            )


def _pair(kits: int | None, entries: int | None) -> tuple[int, int] | None:
    return None if entries is None else (int(kits or 0), int(entries))
