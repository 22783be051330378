"""A clerk's month-end at a desk: priced by taps, keys and decisions, with the keyboard alone, on a phone, and without scripts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from coalitions.models import Partner
from lbn.actions import ensure_periods
from lbn.enums import Channel
from lbn.models import Count, PeriodReport
from phast.geo.models import County, Zip
from tests.browser.prices import DECISION, KEY, TAP
from tests.browser.watch import overflow, violations
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.lbn.conftest import Scene, build_scene
from tests.lbn.world import make_count

LONGEST = 120  # seconds for twelve ZIPs
CODES = [f"122{number:02}" for number in range(3, 15)]


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    """An agency with twelve ZIPs the month before last, and last month to enter."""
    scene = build_scene()
    first = _months_ago(scene, 2)
    Partner.objects.filter(pk=scene.agency.pk).update(counts_since=_months_ago(scene, 1))
    albany = County.objects.get(name="Albany County")
    for code in CODES:
        Zip.objects.get_or_create(code=code, defaults={"county": albany, "latitude": 42, "longitude": -73})
        make_count(scene.agency, scene.reporter_user, first, zip_code=code, kits=3)
    ensure_periods(coalition=scene.coalition, today=scene.coalition.today())
    return scene


def _months_ago(scene: Scene, number: int) -> dt.date:
    month = scene.coalition.today().replace(day=1)
    for _ in range(number):
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return month


def _url(scene: Scene) -> str:
    return f"/c/ours/naloxone/month/?month={_months_ago(scene, 1):%Y-%m}"


@pytest.mark.parametrize("width", [1280, 360])
def test_twelve_zips_take_less_than_two_minutes_with_keys(
    scene: Scene, open_page: Callable[..., Page], live_server: Any, width: int
) -> None:
    page = open_page(scene.lead_user, width)
    page.goto(live_server.url + _url(scene))
    seconds = DECISION + TAP
    page.get_by_role("button", name="ZIPs").click()
    expect(page.locator("input:focus")).to_have_attribute("name", re.compile("kits"))
    for number in range(len(CODES)):  # the cursor is in the first total; Enter goes on to the next
        seconds += DECISION + KEY * 3
        page.keyboard.type(str(10 + number))
        page.keyboard.press("Enter")
    seconds += DECISION + TAP
    page.get_by_role("button", name="Save and report").click()
    expect(page.get_by_text("186 kits in 12 places.")).to_be_visible()
    expect(page.get_by_text("is reported. Thank you.")).to_be_visible()
    assert seconds <= LONGEST
    month = Count.objects.filter(from_on=_months_ago(scene, 1), voided_at=None)
    assert list(month.order_by("zip_code").values_list("kits", flat=True)) == list(range(10, 22))
    assert PeriodReport.objects.count() == 1
    assert violations(page) + overflow(page) == []


def test_new_zips_are_typed_and_moved_through_with_the_keyboard_alone(
    scene: Scene, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page(scene.lead_user, 1280)
    page.goto(live_server.url + _url(scene))
    page.get_by_label("ZIP code, row 1").focus()
    for number, code in enumerate(("12203", "12207", "12210", "12203", "12207")):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.keyboard.type(str(number + 1))
        page.keyboard.press("Enter")  # the fifth row is a new one
    assert page.locator("#month-sum").inner_text() == "15"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("ZIP code, row 4")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Save, report later").click()
    expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    expect(page.get_by_text("12203 is here twice").first).to_be_visible()
    assert violations(page) + overflow(page) == []
    page.get_by_label("Total, row 4").fill("")
    page.get_by_label("Total, row 7").fill("")
    page.get_by_role("button", name="Save, report later").click()
    expect(page.get_by_text("6 kits in 3 places")).to_be_visible()


def test_totals_meet_what_phones_counted_and_the_page_says_what_happens(
    scene: Scene, open_page: Callable[..., Page], live_server: Any
) -> None:
    day = _months_ago(scene, 1)
    make_count(scene.agency, scene.reporter_user, day, zip_code="12203", kits=9, channel=Channel.PHONE)
    page = open_page(scene.lead_user, 360)
    page.goto(live_server.url + _url(scene))
    expect(page.get_by_text("9 in 1 entry, from phones")).to_be_visible()
    page.get_by_label("Total, 12203").fill("14")
    page.get_by_text("comes on top: both count").click()
    expect(page.get_by_text("+ 9 = 23")).to_be_visible()
    page.get_by_text("includes what is counted already, and").click()
    expect(page.get_by_text("instead of 9")).to_be_visible()
    assert violations(page) + overflow(page) == []
    page.get_by_role("button", name="Save, report later").click()
    expect(page.get_by_text("14 kits in 1 place.")).to_be_visible()
    assert list(Count.objects.filter(from_on__gte=day, voided_at=None).values_list("kits", flat=True)) == [14]


def test_a_block_is_pasted_into_any_box(scene: Scene, open_page: Callable[..., Page], live_server: Any) -> None:
    page = open_page(scene.lead_user, 1280)
    page.goto(live_server.url + _url(scene))
    page.get_by_label("ZIP code, row 1").evaluate(
        """(box) => {
            const cells = new DataTransfer();
            cells.setData("text/plain", "ZIP\\tKits\\n12203\\t1,200\\n12207\\t5\\nTotal\\t1,205");
            box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: cells, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.get_by_text("2 lines filled in")).to_be_visible()
    expect(page.get_by_label("Total, row 1")).to_have_value("1200")
    assert violations(page) + overflow(page) == []


def test_nothing_to_report_is_one_tap_on_the_home_page(
    scene: Scene, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page(scene.reporter_user, 360)
    page.goto(f"{live_server.url}/c/ours/")
    page.get_by_role("button", name="Nothing to report").click()
    expect(page.get_by_text("nothing to report. Thank you.")).to_be_visible()
    assert PeriodReport.objects.count() == 1
    assert violations(page) + overflow(page) == []


def test_the_month_is_entered_without_scripts(scene: Scene, browser: Any, live_server: Any) -> None:
    client = ReadingClient()
    sign_in(client, scene.lead_user)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + _url(scene))
    page.get_by_text("Paste from a spreadsheet").click()
    page.get_by_label("Two columns").fill("12203\t4\n12207\t5")
    page.get_by_role("button", name="Fill in the rows").click()
    expect(page.get_by_label("Total, row 2")).to_have_value("5")
    page.get_by_role("button", name="Save, report later").click()
    expect(page.get_by_text("9 kits in 2 places")).to_be_visible()
    context.close()
