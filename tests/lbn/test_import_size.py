"""A big file is one job: every row is read, the bad one is found wherever it stands, the sums are right (THREATS 25, 26).

The time and memory it may take are measured by `bootstrap.py bench import`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from lbn.models import AgencyRollup, Count
from tests.sheets.files import text_file

from .files import Desk

BEGIN = dt.date(2024, 1, 1)
ZIPS = ("12203", "12207", "12180")


def rows_of(number: int) -> list[tuple[str, str, int]]:
    return [(f"{BEGIN + dt.timedelta(days=n % 600)}", ZIPS[n % 3], n % 7) for n in range(number)]


def test_every_row_of_a_big_file_is_imported(committed, drill_size: Callable[[int], int]) -> None:
    rows = rows_of(drill_size(500_000))
    count_import = Desk(committed, committed.lead_user).imported(text_file(("Date", "ZIP", "Kits"), *rows))
    kits = sum(kits for _, _, kits in rows)
    assert Count.objects.filter(source=count_import, voided_at=None).count() == len(rows)
    assert sum(AgencyRollup.objects.values_list("kits", flat=True)) == kits


def test_a_bad_row_near_the_end_of_a_big_file_is_named(committed, drill_size: Callable[[int], int]) -> None:
    rows: list[tuple[object, ...]] = list(rows_of(drill_size(500_000)))
    rows[-2] = (rows[-2][0], "12207", "three")
    desk = Desk(committed, committed.lead_user)
    count_import = desk.check(text_file(("Date", "ZIP", "Kits"), *rows))
    told = desk.client.get(desk.url("import_problems", count_import)).content.decode()
    assert f"{len(rows):,}" in told or str(len(rows)) in told  # the row's number in the file, its header being row 1
    assert "whole number" in told
    assert not Count.objects.exists()
