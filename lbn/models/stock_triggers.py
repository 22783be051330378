"""What the database itself guarantees about supply, whoever writes: actions, imports, raw SQL.

The ledger sums up to the balances, which are never negative. Counts draw on the shelves as they are written: first expiring first; what
is corrected or removed is put back. Writers of one agency take turns, so that each sees the shelves as the one before left them.
"""

from __future__ import annotations

import pgtrigger

from lbn.enums import Movement, StockReason
from lbn.rules import LONGEST

# The first key of the advisory lock under which an agency's shelves change; the second is the agency.
STOCK_LOCK = 1818389059

# Sites of a partner that was merged into another are the other's.
_AGENCY = "coalesce(partner.merged_into_id, partner.id)"

_MOVED = "site_id, lot_id, kind, kits, happened_on, reason, count_id, created_at, created_by_id"
# What a count of `entry.kits` takes: what the shelves hold and no more. It passes over what had expired before it, sites that were not kept
# here yet, and shelves that were counted after it ended: what it left behind was gone from them by then.
_TAKE = f"""
            INSERT INTO lbn_stockmovement ({_MOVED})
                SELECT site_id, lot_id, '{Movement.LEFT}', -taken, entry.to_on, '', entry.id, now(), entry.created_by_id
                FROM (
                    SELECT balance.site_id, balance.lot_id, row_number() OVER shelf AS place,
                           least(balance.kits, entry.kits - (sum(balance.kits) OVER shelf - balance.kits)) AS taken
                    FROM lbn_stockbalance AS balance
                    JOIN lbn_lot AS lot ON lot.id = balance.lot_id
                    JOIN lbn_site AS site ON site.id = balance.site_id
                    WHERE site.partner_id IN (
                              SELECT id FROM coalitions_partner WHERE id = entry.agency OR merged_into_id = entry.agency
                          )
                      AND balance.kits > 0 AND site.gives_out AND site.tracked_from <= entry.to_on
                      AND lot.expires_on >= entry.from_on
                      AND (balance.counted_on IS NULL OR balance.counted_on <= entry.to_on)
                    WINDOW shelf AS (ORDER BY lot.expires_on, lot.id, site.id ROWS UNBOUNDED PRECEDING)
                ) AS first_expiring
                WHERE taken > 0 ORDER BY place;
"""

# A receipt that is entered late serves the counts from its day on for which no shelf held enough.
_SERVE_LATE = f"""
    FOR entry IN
        SELECT count.id, count.from_on, count.to_on, count.created_by_id, count.kits - drawn.kits AS kits, late.agency
        FROM (
            SELECT {_AGENCY} AS agency, min(new_rows.happened_on) AS since FROM new_rows
                JOIN lbn_site AS site ON site.id = new_rows.site_id
                JOIN coalitions_partner AS partner ON partner.id = site.partner_id
            WHERE new_rows.kind = '{Movement.RECEIVED}' GROUP BY 1
        ) AS late
        JOIN coalitions_partner AS partner ON partner.id = late.agency OR partner.merged_into_id = late.agency
        JOIN lbn_count AS count
          ON count.partner_id = partner.id AND count.from_on >= late.since - {LONGEST.days} AND count.to_on >= late.since
         AND count.voided_at IS NULL
        CROSS JOIN LATERAL (
            SELECT coalesce(-sum(moved.kits), 0) AS kits FROM lbn_stockmovement AS moved
            WHERE moved.count_id = count.id AND moved.kind IN ('{Movement.LEFT}', '{Movement.RETURNED}')
        ) AS drawn
        WHERE count.kits > drawn.kits
        ORDER BY late.agency, count.to_on, count.id
    LOOP
        {_TAKE}
    END LOOP;
    RETURN NULL;
"""

_SUM_UP = f"""
    FOR agency IN
        SELECT DISTINCT {_AGENCY} AS key FROM new_rows
            JOIN lbn_site AS site ON site.id = new_rows.site_id
            JOIN coalitions_partner AS partner ON partner.id = site.partner_id
        ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock({STOCK_LOCK}, agency.key::int);
    END LOOP;
    INSERT INTO lbn_stockbalance (site_id, lot_id, kits, left_behind)
        SELECT DISTINCT site_id, lot_id, 0, 0 FROM new_rows ORDER BY 1, 2
        ON CONFLICT (site_id, lot_id) DO NOTHING;
    UPDATE lbn_stockbalance AS balance
        SET kits = balance.kits + change.kits, left_behind = balance.left_behind + change.left_behind
        FROM (
            SELECT site_id, lot_id, sum(kits) AS kits,
                   coalesce(-sum(kits) FILTER (WHERE kind IN ('{Movement.LEFT}', '{Movement.RETURNED}')), 0) AS left_behind
            FROM new_rows GROUP BY 1, 2
        ) AS change
        WHERE balance.site_id = change.site_id AND balance.lot_id = change.lot_id;
"""

MOVEMENT_TRIGGERS = [
    pgtrigger.Trigger(
        name="balances",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=[("agency", "record"), ("entry", "record")],
        func=_SUM_UP + _SERVE_LATE,
    )
]


# Most agencies keep no stock here: they pay for one look-up a statement. Counts of one coalition wait for each other already, since the
# rollups come before; movements that people enter wait for this lock alone.
def _lock(partners: str) -> str:
    return f"""
        SELECT array_agg(agency.key ORDER BY agency.key) INTO agencies
            FROM (
                SELECT DISTINCT {_AGENCY} AS key FROM coalitions_partner AS partner WHERE partner.id IN ({partners})
            ) AS agency
            WHERE EXISTS (
                SELECT 1 FROM lbn_site AS site JOIN coalitions_partner AS partner ON partner.id = site.partner_id
                WHERE partner.id = agency.key OR partner.merged_into_id = agency.key
            );
        IF agencies IS NULL THEN
            RETURN NULL;
        END IF;
        FOREACH one IN ARRAY agencies LOOP
            PERFORM pg_advisory_xact_lock({STOCK_LOCK}, one::int);
        END LOOP;
    """


# What a later stock-take did not find on the shelf does not come back to it: the second row takes it off again.
def _put_back(changed: str) -> str:
    return f"""
        INSERT INTO lbn_stockmovement ({_MOVED})
            SELECT back.site_id, back.lot_id, line.kind, line.sign * back.kits, back.to_on, line.reason, back.id, now(), back.by_id
            FROM (
                SELECT count.id, count.to_on, coalesce(count.voided_by_id, count.created_by_id) AS by_id,
                       moved.site_id, moved.lot_id, -sum(moved.kits) AS kits, max(moved.id) AS last_id
                FROM ({changed}) AS count
                JOIN lbn_stockmovement AS moved
                  ON moved.count_id = count.id AND moved.kind IN ('{Movement.LEFT}', '{Movement.RETURNED}')
                GROUP BY 1, 2, 3, 4, 5 HAVING sum(moved.kits) <> 0
            ) AS back
            JOIN lbn_stockbalance AS balance ON balance.site_id = back.site_id AND balance.lot_id = back.lot_id
            JOIN (
                VALUES ('{Movement.RETURNED}', 1, ''), ('{Movement.ADJUSTED}', -1, '{StockReason.SETTLED}')
            ) AS line (kind, sign, reason) ON line.sign = 1 OR back.last_id <= balance.settled_id
            ORDER BY back.id, back.site_id, back.lot_id, line.sign DESC;
    """


def _draw(added: str) -> str:
    return f"""
        FOR entry IN
            SELECT count.*, {_AGENCY} AS agency FROM ({added}) AS count
                JOIN coalitions_partner AS partner ON partner.id = count.partner_id
            WHERE count.kits > 0 AND {_AGENCY} = ANY (agencies)
            ORDER BY agency, count.to_on, count.id
        LOOP
            {_TAKE}
        END LOOP;
        RETURN NULL;
    """


_SAYS = "kits, partner_id, from_on, to_on"
_NEW_SAYS, _OLD_SAYS = (", ".join(f"{side}.{name}" for name in _SAYS.split(", ")) for side in ("now", "was"))
_OTHER = f"({_NEW_SAYS}) IS DISTINCT FROM ({_OLD_SAYS})"
_GONE = f"""
    SELECT was.id, was.to_on, was.created_by_id, now.voided_by_id FROM old_rows AS was JOIN new_rows AS now USING (id)
    WHERE was.voided_at IS NULL AND (now.voided_at IS NOT NULL OR {_OTHER})
"""
_CAME = f"""
    SELECT now.* FROM old_rows AS was JOIN new_rows AS now USING (id)
    WHERE now.voided_at IS NULL AND (was.voided_at IS NOT NULL OR {_OTHER})
"""
_DECLARED = [("agencies", "bigint[]"), ("one", "bigint"), ("entry", "record")]

# PostgreSQL fires triggers by name: these come after the period was asked and the rollups were written. A count that kits were drawn for
# cannot be deleted: the ledger refers to it.
DRAWING_TRIGGERS = [
    pgtrigger.Trigger(
        name="c_stock_insert",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=_DECLARED,
        func=_lock("SELECT partner_id FROM new_rows") + _draw("SELECT * FROM new_rows WHERE voided_at IS NULL"),
    ),
    pgtrigger.Trigger(
        name="c_stock_update",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
        declare=_DECLARED,
        func=_lock("SELECT partner_id FROM old_rows UNION SELECT partner_id FROM new_rows")
        + _put_back(_GONE)
        + _draw(_CAME),
    ),
]
