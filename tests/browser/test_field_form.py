"""The form of the phone page: its price in taps and seconds, and that everybody can read and touch it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from lbn.models import Count
from phast.access.table import Role
from tests.browser.phones import Phone, build_phone_scene, saved
from tests.browser.prices import DECISION, KEY, TAP
from tests.browser.watch import overflow, violations
from tests.factories import make_person
from tests.lbn.conftest import Scene


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return build_phone_scene()


@dataclass
class Thumb:
    """Does what a person does, and adds up what it costs."""

    page: Page
    seconds: float = 0
    taps: int = 0

    def decide(self) -> None:
        self.seconds += DECISION

    def tap(self, target: Locator) -> None:
        target.click()
        self.taps += 1
        self.seconds += TAP


def test_a_count_takes_three_taps_and_no_typing(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    page, thumb = phone.page, Thumb(phone.page)
    assert page.locator("#count fieldset:visible").count() == 3  # where, how many, when; everything else is optional
    phone.no_signal()
    thumb.decide()  # where
    thumb.tap(page.locator("#zips .tile").first)
    thumb.decide()  # how many
    thumb.tap(page.get_by_role("button", name="One kit more"))
    thumb.tap(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Saved on this phone.")).to_be_visible()
    assert thumb.taps == 3
    assert thumb.seconds <= 20
    phone.no_signal(False)
    phone.waits(0)
    assert saved() == [("12207", 2)]


def test_the_first_count_of_an_agency_takes_seconds(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    other = make_person("cole@example.org", coalition=scene.coalition, role=Role.REPORTER, partner=scene.other)
    phone = phone_of(other)
    thumb = Thumb(phone.page)
    thumb.decide()
    thumb.tap(phone.page.get_by_label("ZIP code", exact=True))
    phone.page.keyboard.type("12203")
    thumb.seconds += 5 * KEY
    thumb.decide()
    thumb.tap(phone.page.get_by_role("button", name="Save", exact=True))
    expect(phone.page.get_by_text("Sent: 1 kit")).to_be_visible()
    assert thumb.seconds <= 20
    expect(phone.page.get_by_label("12203", exact=True)).to_be_visible()  # a tile from now on


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360])
def test_the_page_can_be_read_and_touched_by_everybody(
    scene: Scene, phone_of: Callable[..., Phone], scheme: str, width: int
) -> None:
    phone = phone_of(None, color_scheme=scheme, viewport={"width": width, "height": 640})
    page = phone.open()
    expect(page.get_by_text("Sign in once with a signal.")).to_be_visible()
    assert violations(page) + overflow(page) == []
    phone.sign_in(scene.reporter_user)
    phone.open()
    phone.ready()
    page.locator("main summary", has_text="More").click()
    page.get_by_label("Another day").check()
    page.get_by_label("Another ZIP").check()
    page.get_by_label("Kits", exact=True).fill("many")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Enter the day.").first).to_be_visible()
    assert violations(page) + overflow(page) == []
    small = page.evaluate(
        """(targets) => [...document.querySelectorAll(targets)]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 56)
            .map((one) => one.outerHTML.slice(0, 90))""",
        "main .tile, main button, main select, main form input:not([type=radio]), .dock .button, summary",
    )
    assert small == []


def test_large_letters_cover_nothing(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    """200% zoom of a phone: half the width and height in CSS pixels."""
    phone = phone_of(None, viewport={"width": 180, "height": 370})
    phone.sign_in(scene.reporter_user)
    phone.open()
    phone.ready()
    assert overflow(phone.page) == []
    phone.count()
    expect(phone.sent).to_have_count(1)


def test_the_page_works_with_the_keyboard_alone(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    page = phone.page
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "where":
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("6")  # what was in the box is chosen when the cursor comes to it
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Sent: 6 kits")
    assert saved() == [("12207", 6)]


def test_without_scripts_the_page_names_another_way(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(None, java_script_enabled=False)
    page = phone.open()
    expect(page.get_by_text("This page needs JavaScript.")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_hidden()


def test_nothing_on_the_phone_tells_the_time_or_a_name(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    phone.no_signal()
    phone.count()
    phone.waits(1)
    kept = phone.page.evaluate("Promise.all([field.store.all(), field.store.known()]).then(JSON.stringify)")
    assert not re.search(r"\d\d:\d\d|Rae|rae@|1[67]\d{8,}", re.sub(r'"key":"[^"]*"', "", kept))
    shell = phone.page.evaluate(
        """async () => {
            const texts = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const asked of await cache.keys()) texts.push(asked.url, await (await cache.match(asked)).text());
            }
            return texts.join();
        }"""
    )
    assert "Riverbend" not in shell
    assert "12207" not in shell


def test_the_person_chooses_the_agency_once(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.coordinator_user)
    page = phone.page
    page.get_by_label("Agency").select_option("Riverbend Police")
    expect(page.get_by_label("12207", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_label("Agency").locator("option:checked")).to_have_text("Riverbend Police")
    phone.count()
    expect(phone.card("Riverbend Police")).to_have_count(1)
    expect(phone.sent).to_have_count(1)
    assert Count.objects.get(channel="phone").partner == scene.agency


def test_the_page_can_be_put_on_the_home_screen(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    inspector = phone.context.new_cdp_session(phone.page)
    manifest = inspector.send("Page.getAppManifest")
    assert manifest["url"].endswith("/field/manifest.webmanifest")
    assert manifest["errors"] == []
    found = inspector.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A browser context of a test is a private window, which installs nothing.
    assert [error for error in found if error["errorId"] != "in-incognito"] == []
