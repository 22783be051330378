"""The phone page without a signal: nothing is lost, nothing is doubled, and nobody's session sends somebody else's count."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from lbn.models import Count
from lbn.shell import shell
from lbn.views import field
from phast.access.table import Role
from tests.browser.phones import Phone, build_phone_scene, saved
from tests.browser.watch import overflow, violations
from tests.factories import make_person
from tests.lbn.conftest import Scene

DAY = 24 * 3600 * 1000  # milliseconds


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return build_phone_scene()


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
    phone.waits(2)
    phone.sign_out()
    phone.sign_in(other)
    phone.no_signal(False)
    phone.page.reload()
    expect(phone.page.locator("#agency-name")).to_have_text("Colonie EMS")
    expect(phone.page.get_by_text("2 counts of another agency wait here.")).to_be_visible()
    assert saved() == []
    phone.sign_in(scene.lead_user)  # of the agency, and yet another person
    phone.page.reload()
    expect(phone.page.get_by_text("2 counts of another person wait here.")).to_be_visible()
    assert saved() == []
    phone.sign_in(other)
    phone.page.reload()
    expect(phone.page.locator("#agency-name")).to_have_text("Colonie EMS")
    phone.count("12210")
    expect(phone.sent).to_have_count(1)
    phone.sign_in(scene.reporter_user)
    phone.page.reload()
    expect(phone.page.locator("#agency-name")).to_have_text("Riverbend Police")
    expect(phone.sent).to_have_count(2)
    by = {
        (count.zip_code, count.partner.name, count.created_by.email) for count in Count.objects.filter(channel="phone")
    }
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
        expect(phone.page.locator("#zips")).not_to_contain_text("00000")  # no tile, from now on
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
    phone.context.add_init_script(
        "Object.defineProperty(window, 'indexedDB', {value: {open() { throw new Error('private'); }}})"
    )
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
    phone = phone_of(scene.reporter_user)
    phone.no_signal()
    phone.count()
    phone.no_signal(False)
    phone.waits(0)
    old = shell()
    newer = type(old)(old.page.replace("<h1>Log kits</h1>", "<h1>Log kits now</h1>"), old.files, "newer")
    monkeypatch.setattr(field, "shell", lambda: newer)
    second = phone.open(phone.tab())
    for page in (phone.page, second):
        page.get_by_label("12207", exact=True).check()
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    phone.page.wait_for_function("navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))")
    expect(phone.page.get_by_label("12207", exact=True)).to_be_checked()  # what is being typed stays
    phone.page.get_by_role("button", name="Save", exact=True).click()
    expect(phone.page.get_by_role("heading", name="Log kits now")).to_be_visible()
    expect(second.get_by_label("12207", exact=True)).to_be_checked()  # in another tab, too
    phone.waits(0)
    expect(phone.card("Is this another one?")).to_have_count(1)
    assert saved() == [("12207", 1)]


def test_a_count_of_an_agency_one_has_left_is_never_made_another_ones(
    scene: Scene, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of(scene.reporter_user)
    phone.no_signal()
    phone.count()
    phone.waits(1)
    scene.reporter_user.memberships.update(partner=scene.other)
    phone.no_signal(False)
    phone.page.reload()
    expect(phone.page.locator("#agency-name")).to_have_text("Colonie EMS")
    expect(phone.card("You may not enter counts for this agency")).to_have_count(1)
    expect(phone.page.get_by_role("button", name="Change")).to_have_count(0)
    assert saved() == []
