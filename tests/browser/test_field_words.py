"""The phrase card on the phone page: one tap, no signal, and what is typed stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from lbn.selectors.phrases import at_hand_on_phones
from tests.browser.phones import Phone, build_phone_scene
from tests.browser.watch import overflow, violations
from tests.lbn.conftest import Scene


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return build_phone_scene()


def test_the_words_open_with_one_tap_without_a_signal_in_the_dark(scene: Scene, phone_of: Callable[..., Phone]) -> None:
    phone = phone_of(scene.reporter_user)
    phone.page.emulate_media(color_scheme="dark")
    phone.no_signal()
    phone.page.reload()
    phone.page.get_by_label("12207", exact=True).check()
    phone.page.get_by_role("button", name="What to say").click()
    card = phone.page.get_by_role("dialog", name="What to say")
    told = at_hand_on_phones()
    for text in (told.use[0].text, told.avoid[0].instead, told.themes[5].title):
        expect(card.get_by_text(text)).to_be_visible()
    assert violations(phone.page) + overflow(phone.page) == []
    phone.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(phone.page.get_by_role("button", name="What to say")).to_be_focused()
    expect(phone.page.get_by_label("12207", exact=True)).to_be_checked()
