"""A real Chromium against a real server. Every page that a test opens is watched for failed requests and script errors."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from phast.accounts.models import User
from tests.browser.phones import Phone
from tests.browser.watch import Watched
from tests.client import ReadingClient
from tests.factories import sign_in

# Playwright's synchronous API keeps an event loop in this thread, which makes Django think that the tests are asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
PATIENCE = 90_000  # milliseconds: a machine may be very slow, and what never comes is still found
expect.set_options(timeout=PATIENCE)
FLAGS = [
    "--no-sandbox",  # the suite also runs as root, where Chromium's sandbox does not
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-US", timezone_id="America/New_York")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def _wait_until_quiet() -> None:
    """Until the server has answered all that closed pages had asked: a request under way and the emptying of the tables after
    a test wait for each other's locks. Quiet means three looks in a row, because one request may be between two questions."""
    quiet, last = 0, time.monotonic() + 120
    with connection.cursor() as cursor:
        while quiet < 3:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend' AND state <> 'idle'"
            )
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
            assert time.monotonic() < last, "The server was still at work two minutes after the pages were closed."
            time.sleep(0.05)


@pytest.fixture
def open_page(context: BrowserContext, live_server: Any) -> Callable[..., Page]:
    """`open_page(user, width)`: a page of that width, signed in as the user when one is given."""
    watched: list[Watched] = []

    def open_(user: User | None = None, width: int = 1280, *, height: int = 800, javascript: bool = True) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        watched.append(Watched(page))
        if user is not None:
            client = ReadingClient()
            sign_in(client, user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url, "httpOnly": True}])
        return page

    yield open_
    for each in context.browser.contexts if context.browser else []:
        for page in each.pages:
            page.close()
    _wait_until_quiet()
    troubles = [trouble for one in watched for trouble in one.troubles]
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def phone_of(browser: Browser, live_server: Any) -> Iterator[Callable[..., Phone]]:
    """`phone_of(user)`: a phone of 360 px on which the user has opened the phone page; without a user, nothing is open yet."""
    phones: list[Phone] = []

    def make(user: User | None = None, **options: Any) -> Phone:
        context = browser.new_context(
            **{"locale": "en-US", "timezone_id": "America/New_York", "viewport": {"width": 360, "height": 740}}
            | options
        )
        context.set_default_timeout(PATIENCE)
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
    _wait_until_quiet()
    assert not [error for phone in phones for error in phone.errors]
