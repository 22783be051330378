"""Do the sums that the database keeps equal the rows they are sums of? And if not, mend them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from coalitions.models import Coalition
from lbn.models import SettingRollup, ZipRollup
from lbn.models.triggers import ROLLUP_LOCK, ROLLUPS, SPAN_FIRST, SPAN_LAST, RollupTable


@dataclass(frozen=True)
class Difference:
    """A sum that is not what its rows make: which table and line, what it holds and what is right (None: no line).

    Both hold kits, what the table sums besides, and last the entries."""

    table: str
    key: str
    span: str
    held: tuple[int, ...] | None
    right: tuple[int, ...] | None


def _sums(table: RollupTable) -> str:
    sums = ", ".join(f"coalesce(sum({column}), 0) AS {column}" for column in table.sums)
    return f"""
        SELECT {table.of} AS key, {SPAN_FIRST} AS first, {SPAN_LAST} AS last, {sums}, count(*) AS entries
        FROM lbn_count WHERE coalition_id = %(coalition)s AND voided_at IS NULL GROUP BY 1, 2, 3
    """


def compare(coalition: Coalition) -> list[Difference]:
    """Every difference, in one snapshot for each table: rows and sums are committed together, so a busy hour shows none."""
    found = []
    with connection.cursor() as cursor:
        for table in ROLLUPS:
            columns = (*table.sums, "entries")
            held, right = (", ".join(f"{side}.{column}" for column in columns) for side in ("held", "sums"))
            cursor.execute(
                f"""
                    SELECT coalesce(held.key, sums.key)::text, coalesce(held.first, sums.first), coalesce(held.last, sums.last),
                           {held}, {right}
                    FROM (
                        SELECT {table.key} AS key, from_on AS first, to_on AS last, {", ".join(columns)}
                        FROM {table.name} WHERE coalition_id = %(coalition)s
                    ) AS held
                    FULL JOIN ({_sums(table)}) AS sums
                        ON held.first = sums.first AND held.last = sums.last
                       AND coalesce(held.key::text, '-') = coalesce(sums.key::text, '-')
                    WHERE ({held}) IS DISTINCT FROM ({right})
                    ORDER BY 2, 3, 1
                """,
                {"coalition": coalition.pk},
            )
            found += [
                Difference(table.name, line or "", f"{first} to {last}", _line(numbers[:width]), _line(numbers[width:]))
                for line, first, last, *numbers in cursor.fetchall()
                for width in [len(columns)]
            ]
    return found


@transaction.atomic
def mend(coalition: Coalition) -> None:
    """Makes every sum of the coalition anew. Holds the lock of the writers, so that none comes between; again is harmless."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ROLLUP_LOCK, coalition.pk])
        for table in ROLLUPS:
            columns = ", ".join((*table.sums, "entries"))
            cursor.execute(f"DELETE FROM {table.name} WHERE coalition_id = %s", [coalition.pk])
            cursor.execute(
                f"""
                    INSERT INTO {table.name} (coalition_id, {table.key}, from_on, to_on, {columns})
                    SELECT %(coalition)s, key, first, last, {columns} FROM ({_sums(table)}) AS sums
                    ORDER BY first, last, key -- as they would have come over the years: a view reads neighbours
                """,
                {"coalition": coalition.pk},
            )


def _line(numbers: list[int | None]) -> tuple[int, ...] | None:
    """None where there is no line: its entries are NULL."""
    return None if numbers[-1] is None else tuple(int(number or 0) for number in numbers)


def fill_new() -> str:
    """Makes the sums of coalitions that counted before a table of sums was added; finds nothing to do ever after."""
    behind = Coalition.objects.filter(
        Exists(ZipRollup.objects.filter(coalition=OuterRef("pk"))),
        ~Exists(SettingRollup.objects.filter(coalition=OuterRef("pk"))),
    )
    for coalition in behind:
        mend(coalition)
    return "sums of counts"
