"""The shell around every page: who is signed in, and only what they may open."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

from phast import offers
from phast.access.actor import Actor, Standing
from phast.access.table import Action, Role
from phast.accounts.models import User
from phast.offers import NavItem
from phast.ui import nav


class Coalition(SimpleNamespace):
    def __str__(self) -> str:
        return self.name


def actor(role: Role) -> Actor:
    coalition = Coalition(slug="river", name="River Valley <Response>")
    return Actor(User(email="dana@example.org", name="Dana Ortiz"), coalition, [Standing(role, 1, "Albany County")])


@pytest.fixture
def _three_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small menu; `healthz` and `home` are addresses that take no coalition, so the coalition's own are used. No look of its own."""
    monkeypatch.setattr(offers, "looks", [])
    monkeypatch.setattr(
        offers,
        "nav_items",
        [
            NavItem("Home", "coalitions:home", Action.ROSTER_SEE, 1, ""),
            NavItem("Roster", "coalitions:home", Action.ROSTER_SEE, 2, "partners"),
            NavItem("Settings", "coalitions:home", Action.SETTINGS_MANAGE, 3, "settings"),
        ],
    )


@pytest.mark.usefixtures("_three_entries")
@pytest.mark.parametrize(
    ("role", "labels"),
    [(Role.COORDINATOR, ["Home", "Roster", "Settings"]), (Role.MEMBER, ["Home", "Roster"])],
)
def test_the_menu_holds_only_what_the_role_may_open(role: Role, labels: list[str]) -> None:
    assert [link.label for link in nav.links(actor(role), "/c/river/")] == labels


@pytest.mark.usefixtures("_three_entries")
def test_the_menu_marks_the_section_one_is_in() -> None:
    marks = {link.label: link.current for link in nav.links(actor(Role.COORDINATOR), "/c/river/settings/people/")}
    assert marks == {"Home": "", "Roster": "", "Settings": "true"}


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/c/river/", ""),
        ("/c/river/plans/", "plans"),
        ("/c/river/plans/7/steps/", "plans"),
        ("/accounts/login/", ""),
        ("/x/c/river/plans/", ""),
    ],
)
def test_a_path_belongs_to_the_section_after_the_coalition(path: str, section: str) -> None:
    assert nav.section_of(path, "river") == section


@pytest.mark.usefixtures("_three_entries")
def test_the_shell_names_the_coalition_the_person_and_the_partner() -> None:
    request = RequestFactory().get("/c/river/")
    request.actor = actor(Role.MEMBER)
    page = render_to_string("base.html", {}, request)
    assert "River Valley &lt;Response&gt;" in page
    assert "Dana Ortiz · Albany County" in page
    assert 'method="post" action="/accounts/logout/"' in page
    assert "Settings" not in page
    assert "UNDEFINED" not in page


def test_the_shell_shows_no_menu_and_no_sign_out_to_a_stranger() -> None:
    request = RequestFactory().get("/accounts/login/")
    request.user = AnonymousUser()
    page = render_to_string("base.html", {}, request)
    assert "Sign out" not in page
    assert 'aria-label="Main"' not in page
    assert 'href="#main"' in page


@pytest.mark.parametrize("on", [True, False])
def test_demo_data_is_called_fictional_on_every_page(settings, on: bool) -> None:
    settings.DEMO = on
    request = RequestFactory().get("/accounts/login/")
    request.user = AnonymousUser()
    assert ("is fictional" in render_to_string("base.html", {}, request)) is on
