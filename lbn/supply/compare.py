"""Do the balances equal the ledger, and the ledger the counts and transfers? For the tests and for whoever doubts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from coalitions.models import Coalition

_CHECKS = {
    "balances that are not the sum of their entries": """
        SELECT count(*) FROM (
            SELECT moved.site_id, moved.lot_id, sum(moved.kits) AS kits,
                   coalesce(-sum(moved.kits) FILTER (WHERE moved.kind IN ('left', 'returned')), 0) AS left_behind
            FROM lbn_stockmovement AS moved JOIN lbn_site AS site ON site.id = moved.site_id
            WHERE site.coalition_id = %(coalition)s GROUP BY 1, 2
        ) AS ledger
        FULL JOIN (
            SELECT balance.* FROM lbn_stockbalance AS balance JOIN lbn_site AS site ON site.id = balance.site_id
            WHERE site.coalition_id = %(coalition)s
        ) AS balance USING (site_id, lot_id)
        WHERE (ledger.kits, ledger.left_behind) IS DISTINCT FROM (balance.kits::bigint, balance.left_behind::bigint)
    """,
    "counts that drew more kits than they have, or were removed and still hold some": """
        SELECT count(*) FROM (
            SELECT count.id FROM lbn_count AS count JOIN lbn_stockmovement AS moved ON moved.count_id = count.id
            WHERE count.coalition_id = %(coalition)s AND moved.kind IN ('left', 'returned')
            GROUP BY count.id
            HAVING -sum(moved.kits) NOT BETWEEN 0 AND CASE WHEN count.voided_at IS NULL THEN count.kits ELSE 0 END
        ) AS wrong
    """,
    "transfers whose kits are in two places or in none": """
        SELECT count(*) FROM (
            SELECT transfer.id FROM lbn_transfer AS transfer
            JOIN lbn_site AS site ON site.id = transfer.from_site_id
            LEFT JOIN lbn_stockmovement AS moved ON moved.transfer_id = transfer.id
            WHERE site.coalition_id = %(coalition)s
            GROUP BY transfer.id
            HAVING coalesce(sum(moved.kits), 0) <> CASE WHEN transfer.state = 'offered' THEN -transfer.kits ELSE 0 END
        ) AS wrong
    """,
}


def differences(coalition: Coalition) -> dict[str, int]:
    """What is wrong, in words, and how often; empty when everything is right."""
    found = {}
    with connection.cursor() as cursor:
        for what, query in _CHECKS.items():
            cursor.execute(query, {"coalition": coalition.pk})
            if wrong := cursor.fetchone()[0]:
                found[what] = wrong
    return found
