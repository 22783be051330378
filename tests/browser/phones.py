"""A phone with the page on it, and what the portal got from it."""

from __future__ import annotations

from django.conf import settings
from playwright.sync_api import BrowserContext, Locator, Page, expect

from lbn.models import Count
from phast.accounts.models import User
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.lbn.conftest import Scene, build_scene
from tests.lbn.world import make_count

FIELD = "/field/"


def build_phone_scene() -> Scene:
    """An agency that has left kits in 12207, long ago: a tile that no new count looks like."""
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


def saved() -> list[tuple[str, int]]:
    """What came from phones, in the order in which it arrived."""
    return [(count.zip_code, count.kits) for count in Count.objects.filter(channel="phone").order_by("pk")]
