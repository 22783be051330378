"""The month's page laid out anew: last month's ZIPs, and blocks pasted from a spreadsheet."""

from __future__ import annotations

import datetime as dt

import pytest

from lbn.forms.pasting import read_block
from lbn.models import Count
from tests.client import ReadingClient
from tests.factories import sign_in

from .conftest import Scene
from .test_counting_pages import text
from .test_month import MONTH, boxes, filled, live, row_of
from .world import make_count


@pytest.fixture
def desk(client: ReadingClient, scene: Scene) -> ReadingClient:
    """The lead's desk, signed in."""
    sign_in(client, scene.lead_user)
    return client


def test_last_months_zips_come_with_one_press_beside_what_is_typed(desk: ReadingClient, scene: Scene) -> None:
    for code in ("12207", "12210", "12203"):
        make_count(scene.agency, scene.reporter_user, dt.date(2026, 9, 7), zip_code=code)
    page = desk.get(f"{MONTH}?month=2026-10")
    assert "Use September’s ZIPs (3)" in text(page)
    after = desk.post(f"{MONTH}?month=2026-10", filled(boxes(page), _12210="5", unknown="1") | {"do": "last"})
    sent = boxes(after)
    codes = [value for name, value in sent.items() if name.endswith("zip_code") and value]
    assert sorted(codes) == ["12203", "12207", "12210"]
    assert sent[f"{row_of(sent, '12210')}-kits"] == "5"
    assert "ZIPs (" not in text(after)
    assert not Count.objects.filter(from_on__month=10).exists()


def test_a_pasted_block_fills_rows_without_a_script(desk: ReadingClient, scene: Scene) -> None:
    make_count(scene.agency, scene.lead_user, dt.date(2026, 10, 3), zip_code="12203", kits=5)
    block = "ZIP\tKits\r\n12203-1234\t1,200\r\n1201\t3\r\n12207.0\t4\r\nUnknown\t2\r\nTotal\t1,209\r\n"
    page = desk.post(
        f"{MONTH}?month=2026-10", boxes(desk.get(f"{MONTH}?month=2026-10")) | {"do": "paste", "pasted": block}
    )
    said = text(page)
    assert "4 lines filled in. Look at them, then save." in said
    assert "The line with the total is left out." in said
    assert "1 ZIP code with a lost zero" in said
    sent = boxes(page)
    assert [sent[f"{row_of(sent, place)}-kits"] for place in ("12203", "1201", "12207", "unknown")] == [
        "1200",
        "3",
        "4",
        "2",
    ]
    mended = boxes(desk.post(f"{MONTH}?month=2026-10", sent | {"do": "zeros"}))
    assert mended[f"{row_of(mended, '01201')}-kits"] == "3"
    assert live(scene) == [("12203", 5)]  # nothing is saved by looking


@pytest.mark.parametrize(
    ("block", "rows"),
    [
        ("12203\t4\n12207\t5", [("12203", "4"), ("12207", "5")]),
        ("12203,4\n12207,1,200", [("12203", "4"), ("12207", "1200")]),
        ("12203; 4", [("12203", "4")]),
        ("12203 4", [("12203", "4")]),
        ("Kits\tCity\tZIP code\n4\tAlbany\t12203", [("12203", "4")]),
        ('"12203","1,200"', [("12203", "1200")]),
        ("12203\t\n\n12207\t0", [("12203", ""), ("12207", "0")]),
        ("12203\t<5", [("12203", "<5")]),
        ("not known\t3\noutside our area\t2", [("unknown", "3"), ("outside", "2")]),
        ("", []),
    ],
)
def test_a_block_is_read_as_people_paste_it(block: str, rows: list[tuple[str, str]]) -> None:
    assert [(row.where, row.kits) for row in read_block(block).rows] == rows
