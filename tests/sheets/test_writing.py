"""Tables as files for a spreadsheet."""

from __future__ import annotations

import csv
import io

from openpyxl import load_workbook
from tablib import Dataset

from phast.exports import as_csv, as_one, as_xlsx

TITLES = (
    "Kits left behind by setting and quarter, all agencies",
    "Kits left behind by setting and recipient",
    "Deaths [by ZIP: 2025/2026]",
)


def test_a_long_title_is_cut_for_a_sheet_and_nowhere_else() -> None:
    tables = [Dataset(["12207", 3], headers=["ZIP", "Kits"], title=title) for title in TITLES]
    names = load_workbook(io.BytesIO(as_xlsx(*tables))).sheetnames
    assert names == ["Kits left behind by setting and", "Kits left behind by setting a 2", "Deaths  by ZIP  2025 2026"]
    rows = list(csv.DictReader(io.StringIO(as_csv(as_one(tables)).decode("utf-8-sig"))))
    assert [row["Table"] for row in rows] == list(TITLES)
