"""The main job from end to end: three roles sign in, do what they came for, and sign out; a real worker draws the PDFs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Page, expect

from coalitions.models import Coalition, ReleaseDraft
from lbn.models import Count
from phast.jobs.tasks import run_job
from tests.faults.workers import at_work
from tests.reports.pdfua import assert_pdf_ua

PASSWORD = "demonstration only"
SIZES = [360, 1280]


@pytest.fixture
def demo(transactional_db: None) -> Any:
    """The demonstration as `run` shows it."""
    with override_settings(DEMO=True, DEMO_PASSWORD=PASSWORD):
        call_command("load_reference", verbosity=0)
        call_command("load_demo", verbosity=0)
        yield Coalition.objects.get()


def sign_in(page: Page, url: str, who: str) -> None:
    page.goto(url)
    page.get_by_label("E-mail").fill(f"{who}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def go(page: Page, name: str) -> None:
    """Follows an entry of the main navigation, which is behind "Menu" on a phone."""
    menu = page.locator("details.menu > summary")
    if menu.is_visible():
        menu.click()
    page.get_by_role("link", name=name, exact=True).locator("visible=true").first.click()


def sign_out(page: Page) -> None:
    menu = page.locator("details.menu > summary")
    if menu.is_visible():
        menu.click()
    page.get_by_role("button", name="Sign out").locator("visible=true").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", SIZES)
def test_an_agency_logs_a_count(demo: Coalition, open_page: Callable[..., Page], live_server: Any, width: int) -> None:
    page = open_page(None, width)
    before = Count.objects.count()
    sign_in(page, live_server.url, "reporter")
    page.get_by_role("link", name="Log kits").first.click()
    page.get_by_label("12180", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").get_by_text("Saved:")).to_be_visible()
    assert Count.objects.count() == before + 1
    sign_out(page)


@pytest.mark.parametrize("width", SIZES)
def test_a_partner_downloads_a_pdf(
    demo: Coalition, open_page: Callable[..., Page], live_server: Any, width: int, tmp_path: Path
) -> None:
    with at_work(tmp_path):
        page = open_page(None, width)
        sign_in(page, live_server.url, "partner")
        go(page, "Naloxone")
        page.get_by_role("table").get_by_role("link").first.click()
        clicked = time.monotonic()
        page.get_by_role("button", name="PDF").click()
        link = page.get_by_role("link", name="Download").first
        expect(link).to_be_visible()
        waited = time.monotonic() - clicked
        with page.expect_download() as download:
            link.click()
        pdf = Path(download.value.path()).read_bytes()
        assert_pdf_ua(pdf)
        assert download.value.suggested_filename.endswith(".pdf")
        for name in ("Excel", "CSV"):  # one after the other, without a new page between them
            with page.expect_download() as table:
                page.get_by_role("button", name=name).click()
            assert table.value.suggested_filename.endswith({"Excel": ".xlsx", "CSV": ".csv"}[name])
        print(f"PDF after {waited:.1f} s at {width} px")  # noqa: T201 - a figure to read, not a limit: speed is `bench`'s
        sign_out(page)


@pytest.mark.parametrize("width", SIZES)
def test_a_coordinator_publishes_a_quarter_that_an_observer_then_reads(
    demo: Coalition, open_page: Callable[..., Page], live_server: Any, width: int
) -> None:
    page = open_page(None, width)
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, live_server.url, "coordinator")
    page.goto(f"{live_server.url}/c/{demo.slug}/naloxone/releases/")
    page.get_by_role("button", name="Look at").first.click()
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    run_job(
        "coalitions.ReleaseDraft", ReleaseDraft.objects.get().pk
    )  # the worker's part; the page asks for it by itself
    page.get_by_role("button", name="Publish these figures").click()
    expect(page.get_by_text("Published. Members and observers now see")).to_be_visible()
    published = page.get_by_role("heading", level=1).inner_text()
    sign_out(page)

    sign_in(page, live_server.url, "observer")
    go(page, "Naloxone")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(published)
    sign_out(page)
