"""What the database itself guarantees about counts, whoever writes: forms, imports, raw SQL.

Both are statement triggers: a COPY of 100,000 rows pays for each once.
"""

from __future__ import annotations

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
        return "(date_trunc('year', from_on) + CASE WHEN extract(month FROM from_on) > 6 THEN interval '6 months' ELSE interval '0' END)"
    return f"date_trunc('{unit}', from_on)"


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
def _rollup(changes: str) -> str:
    """Adds to the rollups. `changes`: rows of the count table with `sign`, 1 for what is there now and -1 for what was there."""
    live = f"(SELECT * FROM ({changes}) AS changed WHERE voided_at IS NULL) AS live"
    lock = f"PERFORM pg_advisory_xact_lock({ROLLUP_LOCK}, id::int) FROM (SELECT DISTINCT coalition_id AS id FROM {live} ORDER BY 1) AS own;"
    return lock + "".join(_upsert(table, live) for table in ROLLUPS) + "RETURN NULL;"


def _upsert(table: RollupTable, live: str) -> str:
    columns = ", ".join(table.sums)
    added = ", ".join(f"coalesce(sum({column} * sign), 0)" for column in table.sums)
    more = ", ".join(f"{column} = rollup.{column} + excluded.{column}" for column in table.sums)
    return f"""
        INSERT INTO {table.name} AS rollup (coalition_id, {table.key}, from_on, to_on, {columns}, entries)
            SELECT coalition_id, {table.of}, {SPAN_FIRST}, {SPAN_LAST}, {added}, sum(sign)
            FROM {live} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (coalition_id, from_on, to_on, {table.key})
            DO UPDATE SET {more}, entries = rollup.entries + excluded.entries;
        DELETE FROM {table.name} AS rollup
            USING (SELECT DISTINCT coalition_id, {table.of} AS key, {SPAN_FIRST} AS first, {SPAN_LAST} AS last FROM {live}) AS gone
            WHERE rollup.coalition_id = gone.coalition_id AND rollup.from_on = gone.first AND rollup.to_on = gone.last
              AND rollup.entries = 0 AND (rollup.{table.key} = gone.key OR (rollup.{table.key} IS NULL AND gone.key IS NULL));
    """


# FOR SHARE, not the foreign key's KEY SHARE: it waits for a close that is under way, and a close waits for it.
def _closed(rows: str) -> str:
    return f"""
        PERFORM 1 FROM lbn_period AS period
            WHERE EXISTS (
                SELECT 1 FROM ({rows}) AS entry
                WHERE entry.coalition_id = period.coalition_id
                  AND entry.from_on >= period.from_on AND entry.to_on <= period.to_on
            )
            ORDER BY period.id FOR SHARE;
        IF EXISTS (
            SELECT 1 FROM lbn_period AS period JOIN (SELECT DISTINCT coalition_id, from_on, to_on FROM ({rows}) AS r) AS entry
                ON entry.coalition_id = period.coalition_id
               AND entry.from_on >= period.from_on AND entry.to_on <= period.to_on
            WHERE period.closed_at IS NOT NULL
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
            func=_rollup(changes),
        ),
    )
]
