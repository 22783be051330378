"""A stock-take in a store room: priced by taps, keys and decisions, with the keyboard, and without scripts. What expires, in two clicks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from lbn.enums import Product
from lbn.models import Site, StockBalance
from lbn.supply import open_site, receive
from tests.browser.test_counting import Thumb
from tests.browser.watch import overflow, violations
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.lbn.conftest import Scene, build_scene

LONGEST = 120  # seconds for ten lots
FEWER = {2: 19, 5: 17, 8: 0}  # lots of which something else is found than the 20 that the portal expects


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return build_scene()


@pytest.fixture
def station(scene: Scene) -> Site:
    """Ten lots of twenty kits; the first expires in a month, each next one a month later."""
    by = scene.coordinator
    site = open_site(partner=scene.agency, name="Station", by=by)
    today = scene.coalition.today()
    for number in range(10):
        receive(
            site=site,
            number=f"LOT{number}",
            expires_on=today + dt.timedelta(days=30 * (number + 1)),
            kits=20,
            product=Product.NASAL_4,
            client_key=uuid.uuid4(),
            by=by,
        )
    return site


def _shelf() -> list[int]:
    return list(StockBalance.objects.order_by("lot__number").values_list("kits", flat=True))


def test_a_stock_take_of_ten_lots_takes_less_than_two_minutes(
    scene: Scene, station: Site, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page(scene.reporter_user, 360)
    page.goto(f"{live_server.url}/c/ours/naloxone/supply/sites/{station.pk}/count/")
    thumb = Thumb(page)
    for number in range(10):
        thumb.decide()
        if number == 2:
            thumb.press("One kit fewer of lot LOT2")
        elif number in FEWER:
            page.get_by_label(f"LOT{number}, kits").click()
            thumb.seconds += 1.1
            thumb.type(str(FEWER[number]))
        else:
            thumb.press(f"20, as expected, of lot LOT{number}")
    expect(page.get_by_text("10 of 10 lots counted")).to_be_visible()
    assert violations(page) + overflow(page) == []
    thumb.press("Show differences")
    expect(page.get_by_role("heading", name="3 differences")).to_be_visible()
    assert violations(page) + overflow(page) == []
    thumb.decide()
    thumb.press("Save the stock-take")
    expect(page.get_by_text("10 lots counted, 3 differences.")).to_be_visible()
    assert thumb.seconds <= LONGEST
    print(f"a stock-take of ten lots: {thumb.seconds:.0f} s priced")  # noqa: T201 - a figure to read beside the limit
    assert _shelf() == [FEWER.get(number, 20) for number in range(10)]


def test_a_stock_take_goes_from_lot_to_lot_with_the_keyboard_alone(
    scene: Scene, station: Site, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page(scene.reporter_user, 1280)
    page.goto(f"{live_server.url}/c/ours/naloxone/supply/sites/{station.pk}/count/")
    page.get_by_label("LOT0, kits").focus()
    for number in range(10):
        page.keyboard.type(str(FEWER.get(number, 20)))
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the button has the focus now
    expect(page.get_by_role("heading", name="3 differences")).to_be_visible()
    page.get_by_role("button", name="Back to the numbers").press("Enter")
    expect(page.get_by_label("LOT5, kits")).to_have_value("17")
    page.get_by_role("button", name="Show differences").press("Enter")
    page.get_by_role("button", name="Save the stock-take").press("Enter")
    expect(page.get_by_text("10 lots counted, 3 differences.")).to_be_visible()


def test_a_stock_take_works_without_scripts(scene: Scene, station: Site, browser: Any, live_server: Any) -> None:
    client = ReadingClient()
    sign_in(client, scene.lead_user)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/c/ours/naloxone/supply/sites/{station.pk}/count/")
    expect(page.get_by_text("20 expected").first).to_be_visible()
    page.get_by_label("LOT0, kits").fill("18")
    page.get_by_role("button", name="Show differences").click()
    page.get_by_role("button", name="Save the stock-take").click()
    expect(page.get_by_text("1 lot counted, 1 difference.")).to_be_visible()
    context.close()
    assert _shelf()[0] == 18


def test_what_expires_in_ninety_days_is_two_clicks_away(
    scene: Scene, station: Site, open_page: Callable[..., Page], live_server: Any
) -> None:
    page = open_page(scene.lead_user, 1280)
    page.goto(f"{live_server.url}/c/ours/naloxone/")
    page.get_by_role("link", name="Supply", exact=True).click()
    page.get_by_role("link", name="expiring in 90 days").click()
    expect(page.get_by_role("heading", level=1, name="Expiring in 90 days")).to_be_visible()
    assert page.get_by_role("row").count() == 1 + 3
