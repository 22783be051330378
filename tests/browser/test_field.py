"""The phone page without a signal: nothing is lost, nothing is doubled, and nobody's session sends somebody else's count."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from lbn.models import Count
from phast.access.table import Role
from phast.accounts.models import User
from tests.browser.conftest import _wait_until_quiet as wait_until_quiet
from tests.browser.watch import overflow, violations
from tests.client import ReadingClient
from tests.factories import make_person, sign_in
from tests.lbn.conftest import Scene, build_scene
from tests.lbn.world import make_count

FIELD = "/field/"
KEY, TAP, DECISION = 0.28, 1.1, 1.35  # seconds
DAY = 24 * 3600 * 1000  # milliseconds


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    scene = build_scene()
    make_count(scene.agency, scene.reporter_user, scene.coalition.program_start, zip_code="12207")
    return scene


class Phone:
    """A phone of 360 px with the page on it. Each has a browser profile of its own."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.errors: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def sign_in(self, user: User) -> None:
        client = ReadingClient()
        sign_in(client, user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url, "httpOnly": True}])

    def sign_out(self) -> None:
        self.context.clear_cookies()

    def open(self, page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(self.url + FIELD)
        return page

    def ready(self) -> None:
        """Until the page may be opened without a signal."""
        expect(self.page.get_by_role("button", name="Save")).to_be_visible()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.wait_for_function("navigator.serviceWorker.controller !== null")
        expect(self.page.locator("#count")).to_be_visible()

    def no_signal(self, without: bool = True) -> None:
        self.context.set_offline(without)

    def count(self, zip_code: str = "12207", *, more: int = 0, page: Page | None = None) -> None:
        page = page or self.page
        if page.get_by_label(zip_code, exact=True).count():
            page.get_by_label(zip_code, exact=True).check()
        else:
            page.locator("#where-another").check()
            page.get_by_label("ZIP code", exact=True).fill(zip_code)
        for _ in range(more):
            page.get_by_role("button", name="One kit more").click()
        page.get_by_role("button", name="Save", exact=True).click()

    def waits(self, number: int, page: Page | None = None) -> None:
        page = page or self.page
        expect(page.locator("#count")).to_be_visible()  # drawn after what waits was counted
        pill = page.locator("#waiting")
        if number:
            expect(pill).to_have_text(f"{number} wait{'s' if number == 1 else ''}")
        else:
            expect(pill).to_be_hidden()

    @property
    def sent(self) -> Locator:
        return self.page.locator("#kept-list .card--sent")

    def card(self, text: str) -> Locator:
        return self.page.locator("#kept-list li").filter(has_text=text)


@pytest.fixture
def phone_of(browser: Browser, live_server: Any) -> Iterator[Callable[..., Phone]]:
    phones: list[Phone] = []

    def make(user: User | None = None, **options: Any) -> Phone:
        context = browser.new_context(
            **{"locale": "en-US", "timezone_id": "America/New_York", "viewport": {"width": 360, "height": 740}} | options
        )
        context.set_default_timeout(10_000)
        phone = Phone(context, live_server.url)
        phones.append(phone)
        if user:
            phone.sign_in(user)
            phone.open()
            phone.ready()
        return phone

    yield make
    for phone in phones:
        phone.context.close()
    wait_until_quiet()
    assert not [error for phone in phones for error in phone.errors]


def saved() -> list[tuple[str, int]]:
    """What the portal has beside the scene's first count."""
    return [(count.zip_code, count.kits) for count in Count.objects.filter(channel="phone").order_by("pk")]


def test_counts_without_a_signal_wait_and_are_sent_later(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    phone.no_signal()
    phone.count(more=1)
    expect(phone.page.get_by_text("Saved on this phone.")).to_be_visible()
    phone.count("12203")
    phone.waits(2)
    assert violations(phone.page) + overflow(phone.page) == []
    phone.page.reload()  # the page and what waits are still there
    phone.waits(2)
    phone.page.close()
    phone.page = phone.tab()
    phone.open()
    phone.waits(2)
    assert saved() == []
    phone.no_signal(False)
    phone.waits(0)
    expect(phone.sent).to_have_count(2)
    assert saved() == [("12207", 2), ("12203", 1)]


def test_a_lost_answer_doubles_nothing_and_cannot_be_taken_back(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    phone.page.route("**/field/counts/", lose)
    phone.count()
    expect(phone.card("No answer yet.")).to_be_visible()
    expect(phone.page.get_by_role("button", name="Undo")).to_be_hidden()
    assert saved() == [("12207", 1)]
    phone.page.unroute("**/field/counts/")
    phone.page.reload()
    expect(phone.sent).to_have_count(1)
    assert saved() == [("12207", 1)]


def _fulfil(answer: dict[str, Any], route: Any) -> None:
    route.fulfill(**answer)


def test_a_redirect_or_a_strange_page_is_no_yes(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    """A hotel's sign-in page answers everything with 200."""
    phone = phone_of(scene.reporter_user)
    strange = [
        {"status": 200, "content_type": "text/html", "body": "<h1>Welcome to our Wi-Fi</h1>"},
        {"status": 200, "content_type": "application/json", "body": '{"outcome": "saved", "key": "another"}'},
        {"status": 502, "content_type": "text/html", "body": "Bad gateway"},
        {"status": 403, "content_type": "text/html", "body": "Forbidden"},
        {"status": 302, "headers": {"Location": "/accounts/login/"}},
    ]
    for number, answer in enumerate(strange, 1):
        phone.page.route("**/field/counts/", partial(_fulfil, answer))
        if number == 1:
            phone.count()
        else:
            phone.page.reload()
        phone.page.wait_for_timeout(300)
        phone.waits(1)
        phone.page.unroute("**/field/counts/")
    phone.page.reload()
    expect(phone.sent).to_have_count(1)
    assert saved() == [("12207", 1)]


def test_a_day_later_with_the_session_gone_the_counts_are_sent_for_their_own_day(
    scene: Scene, phone_of: Callable[..., Phone]
) -> None:
    today = scene.coalition.today()
    phone = phone_of()
    phone.page.clock.install()
    phone.sign_in(scene.reporter_user)
    phone.open()
    phone.ready()
    phone.no_signal()
    phone.count()
    phone.count("12203")
    phone.waits(2)
    Session.objects.all().delete()
    phone.page.clock.fast_forward(DAY)
    phone.page.clock.resume()
    phone.no_signal(False)
    link = phone.page.get_by_role("link", name="Sign in to send 2 counts")
    expect(link).to_have_attribute("href", re.compile(r"/accounts/login/\?next=%2Ffield%2F"))
    phone.waits(2)
    phone.sign_in(scene.reporter_user)
    phone.page.reload()
    phone.waits(0)
    assert saved() == [("12207", 1), ("12203", 1)]
    assert {count.from_on for count in Count.objects.filter(channel="phone")} == {today}


def test_counting_goes_on_after_signing_out(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    phone.sign_out()
    phone.page.reload()
    expect(phone.page.get_by_text("You are signed out. Nothing is lost")).to_be_visible()
    phone.count()
    expect(phone.page.get_by_role("link", name="Sign in to send 1 count")).to_be_visible()
    assert saved() == []
    assert violations(phone.page) == []
    phone.sign_in(scene.reporter_user)
    phone.page.reload()
    phone.waits(0)
    assert saved() == [("12207", 1)]


def test_a_shared_tablet_sends_each_count_for_the_person_who_counted(
    scene: Scene, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of(scene.reporter_user)
    phone.no_signal()
    phone.count()
    phone.count("12203")
    other = make_person("cole@example.org", coalition=scene.coalition, role=Role.REPORTER, partner=scene.other)
    phone.no_signal(False)
    phone.sign_out()
    phone.sign_in(other)
    # What the first person left behind may have been sent before the second signed in; then it was in the first one's session.
    before = saved()
    phone.page.reload()
    expect(phone.page.locator("#agency-name")).to_have_text("Colonie EMS")
    if not before:
        expect(phone.page.get_by_text("2 counts of another agency wait here.")).to_be_visible()
    phone.count("12210")
    expect(phone.sent).to_have_count(1)
    phone.sign_in(scene.reporter_user)
    phone.page.reload()
    phone.waits(0)
    expect(phone.page.locator("#agency-name")).to_have_text("Riverbend Police")
    by = {(count.zip_code, count.partner.name, count.created_by.email) for count in Count.objects.filter(channel="phone")}
    assert by == {
        ("12207", "Riverbend Police", "rae@example.org"),
        ("12203", "Riverbend Police", "rae@example.org"),
        ("12210", "Colonie EMS", "cole@example.org"),
    }


def test_two_tabs_send_each_count_once(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    posts: list[str] = []
    phone.context.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    second = phone.open(phone.tab())
    expect(second.get_by_role("button", name="Save")).to_be_visible()
    phone.no_signal()
    phone.count()
    phone.count("12203", page=second)
    phone.waits(2)
    phone.waits(2, second)
    phone.no_signal(False)
    phone.waits(0)
    phone.waits(0, second)
    assert sorted(saved()) == [("12203", 1), ("12207", 1)]
    assert len(posts) == 2


def test_undo_takes_back_what_still_waits(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    phone.no_signal()
    phone.count(more=3)
    phone.page.get_by_role("button", name="Undo").click()
    phone.waits(0)
    expect(phone.page.get_by_label("Kits", exact=True)).to_have_value("4")
    expect(phone.page.get_by_label("12207", exact=True)).to_be_checked()
    phone.page.get_by_role("button", name="Save", exact=True).click()
    phone.waits(1)
    phone.no_signal(False)
    phone.waits(0)
    assert saved() == [("12207", 4)]
    expect(phone.page.get_by_role("link", name="Correct it")).to_be_visible()


def test_a_question_is_answered_on_its_card(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    phone.count("43215")
    expect(phone.card("43215 is outside our counties")).to_be_visible()
    assert violations(phone.page) + overflow(phone.page) == []
    assert saved() == []
    phone.page.get_by_role("button", name="Yes, save it").click()
    expect(phone.sent).to_have_count(1)
    assert [(count.place, count.kits) for count in Count.objects.filter(channel="phone")] == [("outside", 1)]


def test_one_that_was_refused_is_mended_or_thrown_away_by_the_person_alone(
    scene: Scene, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of(scene.reporter_user)
    for _ in range(2):
        phone.page.get_by_label("Another ZIP").check()
        phone.page.get_by_label("ZIP code", exact=True).fill("00000")
        phone.page.get_by_role("button", name="Save", exact=True).click()
        expect(phone.page.locator("#said")).to_have_text("It was not taken.")
    expect(phone.card("00000 is not a ZIP code")).to_have_count(2)
    phone.page.reload()
    expect(phone.card("Not taken")).to_have_count(2)
    phone.page.get_by_role("button", name="Change: 1 kit").first.click()
    expect(phone.page.locator("#count").get_by_text("00000 is not a ZIP code")).to_be_visible()
    phone.page.get_by_label("Another ZIP").check()
    phone.page.get_by_label("ZIP code", exact=True).fill("12210")
    phone.page.get_by_role("button", name="Save the change").click()
    expect(phone.sent).to_have_count(1)
    asked: list[str] = []
    phone.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    phone.page.get_by_role("button", name="Throw away").click()
    expect(phone.card("Not taken")).to_have_count(0)
    assert "It has not been counted." in asked[0]
    assert saved() == [("12210", 1)]


FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...all) {
    if (window.phoneIsFull) throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, all);
  };
}"""


def test_a_full_phone_says_so_and_sends_from_the_form(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    phone.page.evaluate(FULL)
    phone.page.evaluate("window.phoneIsFull = true")
    phone.no_signal()
    phone.count(more=1)
    expect(phone.page.get_by_text("This phone is full")).to_be_visible()
    assert violations(phone.page) + overflow(phone.page) == []
    expect(phone.page.get_by_label("Kits", exact=True)).to_have_value("2")
    phone.page.get_by_role("button", name="Send it now").click()
    expect(phone.page.get_by_text("Not sent: no answer.")).to_be_visible()
    expect(phone.page.get_by_label("Kits", exact=True)).to_have_value("2")
    phone.no_signal(False)
    phone.page.get_by_role("button", name="Send it now").click()
    expect(phone.page.get_by_text("Sent: 2 kits")).to_be_visible()
    assert saved() == [("12207", 2)]


def test_a_window_that_keeps_nothing_sends_at_once(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of()
    phone.context.add_init_script("Object.defineProperty(window, 'indexedDB', {value: {open() { throw new Error('private'); }}})")
    phone.sign_in(scene.reporter_user)
    phone.open()
    expect(phone.page.get_by_text("This browser keeps nothing")).to_be_visible()
    phone.page.get_by_label("12207", exact=True).check()
    phone.page.get_by_role("button", name="Send", exact=True).click()
    expect(phone.page.get_by_text("Sent: 1 kit")).to_be_visible()
    assert saved() == [("12207", 1)]


def test_a_newer_page_takes_over_when_nothing_is_typed(
    scene: Scene, phone_of: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    from lbn.shell import shell
    from lbn.views import field

    phone = phone_of(scene.reporter_user)
    phone.no_signal()
    phone.count()
    phone.no_signal(False)
    phone.waits(0)
    old = shell()
    newer = type(old)(old.page.replace("<h1>Log kits</h1>", "<h1>Log kits now</h1>"), old.files, "newer")
    monkeypatch.setattr(field, "shell", lambda: newer)
    phone.page.get_by_label("12207", exact=True).check()
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    phone.page.wait_for_function("navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))")
    expect(phone.page.get_by_label("12207", exact=True)).to_be_checked()  # what is being typed stays
    phone.page.get_by_role("button", name="Save", exact=True).click()
    expect(phone.page.get_by_role("heading", name="Log kits now")).to_be_visible()
    phone.waits(0)
    expect(phone.card("Is this another one?")).to_have_count(1)
    assert saved() == [("12207", 1)]


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
    page.get_by_text("More").click()
    page.get_by_label("Another day").check()
    page.get_by_label("Another ZIP").check()
    page.get_by_label("Kits", exact=True).fill("many")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Enter the day.").first).to_be_visible()
    assert violations(page) + overflow(page) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('main .tile, main button, main select, main form input:not([type=radio]), .dock .button, summary')]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 56).map((one) => one.outerHTML.slice(0, 90))"""
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
