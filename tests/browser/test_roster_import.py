"""A coordinator brings in sixty rows of a roster with its duplicates: priced by clicks and decisions, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coalitions import reference
from coalitions.models import Contact, Partner
from phast.access.actor import Actor
from tests.browser.prices import DECISION, TAP
from tests.browser.test_plan_import import Mouse
from tests.browser.watch import overflow, violations
from tests.factories import make_partner
from tests.plans.factories import make_actor
from tests.sheets.files import workbook

HEAD = ("Organization", "Sector", "Contact name", "Title", "E-mail", "Phone")
PLACES = ("Albany", "Colonie", "Cohoes", "Watervliet", "Guilderland", "Bethlehem", "Menands", "Ravena", "Altamont")
KINDS = (
    ("Police Department", "Law Enforcement"),
    ("Fire Department", "Professional First Responders"),
    ("Pharmacy", "Pharmacies"),
)
READ = 2.7  # seconds to read a question whose answer is not in the question itself


def rows() -> list[tuple[str, ...]]:
    """27 organizations with two contacts each; then what is there already or written in another way."""
    found = [
        (f"{place} {kind}", sector, f"Person {place} {kind[:2]}{n}", "Title", f"{place}.{kind[:2]}{n}@example.org".lower(), "518-555-0101")
        for place in PLACES
        for kind, sector in KINDS
        for n in (1, 2)
    ]  # fmt: skip
    return [
        *found,
        ("Troy PD", "Law Enforcement", "Alex Doe", "Chief", "alex@example.org", ""),
        ("St. Mary's Hospital", "Healthcare", "Kim Poe", "Director", "kim@example.org", ""),
        ("Albany PD", "Law Enforcement", "Person Albany Po1", "Title", "albany.po1@example.org", "518-555-0101"),
        ("Colonie Police Dept.", "", "Sam Roe", "", "sam@example.org", ""),
        ("Hope & Recovery, Inc.", "Recovery Community", "Lee Moe", "", "lee@example.org", ""),
        ("Hope and Recovery", "Recovery Community", "Lee Moe", "Peer", "lee.moe@example.org", ""),
    ]


CHOICES = {
    "Troy PD": "Troy Police Department, on the roster",
    "St. Mary's Hospital": "Saint Marys Hospital, on the roster",
    "Albany PD": "Albany Police Department, row 2",
    "Colonie Police Dept.": "Colonie Police Department, row 8",
    "Hope and Recovery": "Hope & Recovery, Inc., row 60",
    "Healthcare": "Health Care",
}


@pytest.fixture
def by(transactional_db: None) -> Actor:
    reference.load()
    by = make_actor()
    for name in ("Troy Police Department", "Saint Marys Hospital"):
        make_partner(by.coalition, name=name)
    return by


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_sixty_rows_come_in_within_three_minutes(
    by: Actor, open_page: Callable[..., Page], live_server: Any, javascript: bool
) -> None:
    page = open_page(by.user, 1280 if javascript else 360, javascript=javascript)
    mouse = Mouse(page)
    url = f"{live_server.url}/c/{by.coalition.slug}/partners/import/"
    page.goto(url)
    file = {"name": "Roster.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(HEAD, *rows())}
    mouse.seconds += DECISION + 3 * TAP
    page.get_by_label("The spreadsheet").set_input_files(file)
    mouse.press("button", "Upload and look at it")
    expect(page.get_by_role("heading", level=1)).to_contain_text("60 rows")
    asked = page.get_by_role("region", name="Please answer")
    assert not violations(page) + overflow(page)
    before = Partner.objects.count()
    for label, option in CHOICES.items():
        mouse.seconds += READ
        mouse.choose(label, option)
    mouse.press("button", "Save the answers and look again")
    # Who is the same person is known once it is known which partner they are at.
    mouse.seconds += READ
    lee = asked.get_by_label("Lee Moe, Hope & Recovery, Inc.", exact=True)
    mouse.seconds += DECISION + 2 * TAP
    lee.select_option(label="Another person")
    assert Partner.objects.count() == before
    mouse.press("button", "Bring in")
    expect(page.get_by_text("28 new partners, 59 new contacts, 2 changed")).to_be_visible()
    assert Contact.objects.filter(name="Person Albany Po1").count() == 1
    assert mouse.seconds <= 180

    page.goto(url)
    page.get_by_label("The spreadsheet").set_input_files(file)
    page.get_by_role("button", name="Upload and look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("60 rows, nothing new")
    expect(page.get_by_role("button", name="Finish: nothing is new")).to_be_visible()
    assert not violations(page) + overflow(page)


def test_a_question_left_open_is_named(by: Actor, open_page: Callable[..., Page], live_server: Any) -> None:
    page = open_page(by.user, 360)
    page.goto(f"{live_server.url}/c/{by.coalition.slug}/partners/import/")
    file = {"name": "Roster.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(HEAD, *rows())}
    page.get_by_label("The spreadsheet").set_input_files(file)
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_role("button", name="Bring in").click()
    summary = page.get_by_role("region", name="Please check")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Troy PD: Choose one.")
    assert not violations(page) + overflow(page)
    assert not Contact.objects.filter(partner__coalition=by.coalition).exclude(user=by.user).exists()
