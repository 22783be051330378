"""What the database itself guarantees about counts, whoever writes: forms, imports, raw SQL.

Both are statement triggers: a COPY of 100,000 rows pays for each once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pgtrigger

# The first key of the advisory lock under which rollups are written; the second is the coalition.
ROLLUP_LOCK = 1818389058


@dataclass(frozen=True)
class RollupTable:
    """A table of sums: its key column, that key as an expression over a row of counts, and what is summed besides kits."""

    name: str
    key: str
    of: str
    besides: tuple[str, ...] = ()

    @property
    def sums(self) -> tuple[str, ...]:
        return ("kits", *self.besides)


ROLLUPS = (
    RollupTable("lbn_ziprollup", "place", "CASE WHEN place = 'zip' THEN zip_code ELSE place END"),
    RollupTable("lbn_agencyrollup", "partner_id", "partner_id", ("declined", "none_available", "reversals")),
    RollupTable("lbn_settingrollup", "setting", "setting"),
    RollupTable("lbn_kittyperollup", "kit_type_id", "kit_type_id"),
)
# The span a rollup uses: the month that contains the entry, else the quarter, the half or the year; else the entry's own span.
_UNITS = (("month", "1 month"), ("quarter", "3 months"), ("half", "6 months"), ("year", "1 year"))


def _start(unit: str) -> str:
    if unit == "half":
        return "(date_trunc('year', from_on::timestamp) + interval '6 months' * ((extract(month FROM from_on)::int - 1) / 6))"
    return f"date_trunc('{unit}', from_on::timestamp)"


def _span(edge: str) -> str:
    """SQL for the first or last day of the rollup span of a row with from_on and to_on."""
    cases = []
    for unit, length in _UNITS:
        last = f"({_start(unit)} + interval '{length}' - interval '1 day')::date"
        cases.append(f"WHEN to_on <= {last} THEN {f'{_start(unit)}::date' if edge == 'first' else last}")
    return f"CASE {' '.join(cases)} ELSE {'from_on' if edge == 'first' else 'to_on'} END"


SPAN_FIRST, SPAN_LAST = _span("first"), _span("last")


# The lock makes writers of one coalition take turns from here to their commit (which is next), so that two of them never wait
# for each other's rollup rows in a circle.
def _rollup(changes: str, *, takes: bool) -> str:
    """Adds to the rollups. `changes`: rows of the count table with `sign`, 1 for what is there now and -1 for what was there; `takes`: some
    of them are taken away, so that a sum can come to nothing."""
    live = f"FROM ({changes}) AS changed WHERE voided_at IS NULL"
    lock = f"PERFORM pg_advisory_xact_lock({ROLLUP_LOCK}, id::int) FROM (SELECT DISTINCT coalition_id AS id {live} ORDER BY 1) AS own;"
    return lock + _in_one_pass(live, _add) + (_in_one_pass(live, _forget) if takes else "") + "RETURN NULL;"


def _in_one_pass(live: str, statement: Callable[[RollupTable], str]) -> str:
    """A statement for each table of sums, over `live` rows that are read, and whose spans are found, once."""
    keys = ", ".join(f"{table.of} AS {table.key}" for table in ROLLUPS)
    signed = ", ".join(
        f"{column} * sign AS {column}" for column in dict.fromkeys(column for table in ROLLUPS for column in table.sums)
    )
    *others, last = [statement(table) for table in ROLLUPS]
    parts = ", ".join(f"part_{position} AS ({other})" for position, other in enumerate(others))
    return f"""
        WITH live AS MATERIALIZED (
            SELECT coalition_id, {keys}, {SPAN_FIRST} AS first, {SPAN_LAST} AS last, {signed}, sign {live}
        ), {parts} {last};
    """


def _add(table: RollupTable) -> str:
    columns = ", ".join(table.sums)
    added = ", ".join(f"coalesce(sum({column}), 0)" for column in table.sums)
    more = ", ".join(f"{column} = rollup.{column} + excluded.{column}" for column in table.sums)
    return f"""
            INSERT INTO {table.name} AS rollup (coalition_id, {table.key}, from_on, to_on, {columns}, entries)
                SELECT coalition_id, {table.key}, first, last, {added}, sum(sign)
                FROM live GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
                ON CONFLICT (coalition_id, from_on, to_on, {table.key})
                DO UPDATE SET {more}, entries = rollup.entries + excluded.entries
    """


def _forget(table: RollupTable) -> str:
    return f"""
            DELETE FROM {table.name} AS rollup
                USING (SELECT DISTINCT coalition_id, {table.key} AS key, first, last FROM live) AS gone
                WHERE rollup.coalition_id = gone.coalition_id AND rollup.from_on = gone.first AND rollup.to_on = gone.last
                  AND rollup.entries = 0 AND (rollup.{table.key} = gone.key OR (rollup.{table.key} IS NULL AND gone.key IS NULL))
    """


# FOR SHARE, not the foreign key's KEY SHARE: it waits for a close that is under way, and a close waits for it. What is read is the period
# as it is once it is locked.
def _closed(rows: str) -> str:
    return f"""
        IF EXISTS (
            WITH entry AS MATERIALIZED (
                SELECT DISTINCT coalition_id, from_on, to_on FROM ({rows}) AS written
            ), own AS MATERIALIZED (
                SELECT closed_at FROM lbn_period AS period
                WHERE EXISTS (
                    SELECT 1 FROM entry
                    WHERE entry.coalition_id = period.coalition_id
                      AND entry.from_on >= period.from_on AND entry.to_on <= period.to_on
                )
                ORDER BY period.id FOR SHARE
            )
            SELECT 1 FROM own WHERE closed_at IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'the reporting period is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'period_is_open';
        END IF;
        RETURN NULL;
    """


_NEW = "SELECT coalition_id, from_on, to_on FROM new_rows"
_OLD = "SELECT coalition_id, from_on, to_on FROM old_rows"
_COLUMNS = (
    "coalition_id, partner_id, place, zip_code, from_on, to_on, setting, kit_type_id, voided_at, "
    "kits, declined, none_available, reversals"
)
_ADDED = f"SELECT {_COLUMNS}, 1 AS sign FROM new_rows"
_TAKEN = f"SELECT {_COLUMNS}, -1 AS sign FROM old_rows"

_KINDS = {
    "insert": (pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), _NEW, _ADDED),
    "update": (
        pgtrigger.Update,
        pgtrigger.Referencing(old="old_rows", new="new_rows"),
        f"{_OLD} UNION {_NEW}",
        f"{_ADDED} UNION ALL {_TAKEN}",
    ),
    "delete": (pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), _OLD, _TAKEN),
}

# PostgreSQL fires triggers by name: "a_" asks before "b_" adds.
COUNT_TRIGGERS = [
    trigger
    for name, (operation, referencing, rows, changes) in _KINDS.items()
    for trigger in (
        pgtrigger.Trigger(
            name=f"a_period_is_open_{name}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=_closed(rows),
        ),
        pgtrigger.Trigger(
            name=f"b_rollups_{name}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=_rollup(changes, takes=name != "insert"),
        ),
    )
]
