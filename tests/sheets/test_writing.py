"""Tables as files for a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

from openpyxl import load_workbook
from tablib import Dataset

from phast.exports import Money, as_csv, as_one, as_xlsx

TITLES = (
    "Kits left behind by setting and quarter, all agencies",
    "Kits left behind by setting and recipient",
    "Deaths [by ZIP: 2025/2026]",
    "Active partners by sector, as of Nov 21, 2026",
    "Active plans, as of Nov 21, 2026",
    "How ready we are, as we rated ourselves as of today",
    "Kits by the people and by the as of the",
)


def test_a_long_title_is_cut_between_words_for_a_sheet_and_nowhere_else() -> None:
    tables = [Dataset(["12207", 3], headers=["ZIP", "Kits"], title=title) for title in TITLES]
    names = load_workbook(io.BytesIO(as_xlsx(*tables))).sheetnames
    assert names[:3] == ["Kits left behind by setting", "Kits left behind by setting 2", "Deaths by ZIP 2025 2026"]
    assert names[3:] == ["Active partners by sector", "Active plans", "How ready we are", "Kits by the people"]
    rows = list(csv.DictReader(io.StringIO(as_csv(as_one(tables)).decode("utf-8-sig"))))
    assert [row["Table"] for row in rows] == list(TITLES)


def test_days_money_and_numbers_can_be_counted_with_and_texts_stay_texts() -> None:
    row = [dt.date(2026, 3, 4), Money("1250000.00"), Money("0.50"), Decimal("2.50"), 3, "=1+1", "01234", "hidden"]
    [cells] = load_workbook(io.BytesIO(as_xlsx(Dataset(row, headers=list("abcdefgh"))))).active.iter_rows(min_row=2)
    assert [cell.data_type for cell in cells] == ["d", "n", "n", "n", "n", "s", "s", "s"]
    assert [cell.number_format for cell in cells[:4]] == ["mmm d, yyyy", '"$"#,##0', '"$"#,##0.00', "#,##0.00"]
    assert [cell.value for cell in cells[1:]] == [1250000, 0.5, 2.5, 3, "=1+1", "01234", "hidden"]
