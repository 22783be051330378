"""Random, hostile input to every form as every role: never a server error (full size: `DRILL=1`)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from lxml import html

from phast.access.table import Role
from tests.access.test_matrix import TENANT_PAGES, Visitor, address, rows_for
from tests.client import body
from tests.world import World, actor_of

NASTY = [
    "",
    " ",
    "0",
    "-1",
    "1e3",
    "3.5",
    "9" * 40,
    "00000",
    "12180",
    "12201-1234",
    "063HH",
    "2026-02-30",
    "1925-01-01",
    "9999-12-31",
    "2026-01",
    "\x00",
    "a\x00b",
    "\u202eevil",
    "\u200b",
    "🚑",
    "é" * 300,
    "<script>alert(1)</script>",
    "'; DROP TABLE lbn_count; --",
    "{{ 7*7 }}",
    "=1+1",
    "x" * 5000,
    "True",
    "on",
    "null",
    "NaN",
    "Infinity",
    "../../etc/passwd",
    "partner:1",
    "contact:999999",
    "[]",
    '{"a": 1}',
    "00000000-0000-0000-0000-000000000000",
    "coordinator",
    "someone@example.org",
]
# What somebody may type into an empty box of this kind.
LIKELY = {
    "date": "2026-03-02",
    "email": "a@example.org",
    "number": "3",
    "tel": "518-555-0123",
    "url": "https://example.org",
    "month": "2026-03",
    "time": "10:00",
}
FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"')
SEED = 20261120


@dataclass
class Target:
    """An address somebody can send something to, with the field names its page shows (without a page: guesses), and its forms."""

    path: str
    names: list[str]
    forms: list[Any]


def targets_of(world: World, visitor: Visitor, user: Any, dice: random.Random) -> list[Target]:
    """Every address this person can send something to, each about a row of those they may see."""
    actor, found = actor_of(user, world.ours.coalition), []
    for end in TENANT_PAGES:
        rows = rows_for(end, actor, dice=dice)
        if rows is None or not actor.can(end.access):
            continue
        path = address(end, world, world.ours.coalition.slug, rows)
        text = visitor.ask("GET", path).whole.decode(errors="replace")
        names = sorted(set(FIELD.findall(text)) - {"csrfmiddlewaretoken"}) or ["name", "note", "kits", "status", "page"]
        on_it = html.document_fromstring(text).forms if "<form" in text else []
        to_us = [form for form in on_it if form.method == "POST" and "/accounts/" not in (form.action or "")]
        found.append(Target(path, names, to_us))
    return found


def almost_right(form: Any, dice: random.Random) -> dict[str, Any]:
    """What a browser would send of a form that is filled in, but for one field: empty, or another choice."""
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    for field in form.iter("input", "textarea"):
        kind = field.get("type", "text")
        if (
            field.name
            and not field.value
            and kind not in ("checkbox", "radio", "file", "hidden")
            and dice.random() < 0.7
        ):
            sent[field.name] = LIKELY.get(kind, "Some words")
    if buttons := [button for button in form.iter("button") if button.get("name")]:
        pressed = dice.choice(buttons)
        sent[pressed.get("name")] = pressed.get("value", "")
    names = sorted({field.name for field in form.iter("input", "select", "textarea") if field.name})
    if names:
        name = dice.choice(names)
        choices = getattr(form.inputs[name], "value_options", [])
        sent[name] = dice.choice(["", *choices])
    return sent


def send(visitor: Visitor, path: str, fields: dict[str, Any], method: str) -> Any:
    with transaction.atomic():
        response = getattr(visitor.client, method)(path, fields)
        response.whole = body(response)
        if not connection.needs_rollback:
            transaction.set_rollback(True)
    return response


def test_hostile_input_never_makes_a_server_error(world: World, drill_size: Callable[[int], int]) -> None:
    dice = random.Random(SEED)
    people = {role: (Visitor(user), user) for role, user in world.ours.users.items()}
    targets = {role: targets_of(world, visitor, user, dice) for role, (visitor, user) in people.items()}
    broken = []
    for _ in range(drill_size(10_000)):
        role = dice.choice(list(Role))
        target = dice.choice(targets[role])
        path, names = target.path, target.names
        fields: dict[str, Any] = {name: dice.choice(NASTY) for name in names if dice.random() < 0.8}
        if "file" in names and dice.random() < 0.7:
            fields["file"] = SimpleUploadedFile(
                dice.choice(NASTY[1:])[:50].replace("\x00", "") or "x", dice.randbytes(200)
            )
        method = dice.choice(["post", "post", "post", "get"])
        if method == "get":
            fields.pop("file", None)
        response = send(people[role][0], path, fields, method)
        if response.status_code >= 500:
            broken.append(f"{role} {method} {path} {fields!r} → {response.status_code}")
    assert not broken, "\n".join(broken[:20])


def test_a_form_that_is_almost_right_never_makes_a_server_error(world: World, drill_size: Callable[[int], int]) -> None:
    """What people do send: all of it as it should be, but for one field."""
    dice = random.Random(SEED)
    user = world.ours.users[Role.COORDINATOR]
    visitor, broken = Visitor(user), []
    forms = [(one.path, form) for one in targets_of(world, visitor, user, dice) for form in one.forms]
    for _ in range(drill_size(20_000)):
        path, form = dice.choice(forms)
        path, fields = urljoin(path, form.action or ""), almost_right(form, dice)
        if send(visitor, path, fields, "post").status_code >= 500:
            broken.append(f"{path} {fields!r}")
    assert not broken, "\n".join(broken[:20])


XSS = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OBSERVER])
def test_stored_markup_is_shown_as_text(db: None, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    """THREATS 46: every free text field of every row holds markup; no page lets it through."""
    import tests.world as worlds

    monkeypatch.setattr(worlds, "OWN_TEXT", XSS)
    world = worlds.build_world()
    user = world.ours.users[role]
    visitor, actor = Visitor(user), actor_of(user, world.ours.coalition)
    seen_escaped, leaks = 0, []
    for end in TENANT_PAGES:
        rows = rows_for(end, actor)
        if rows is None or not actor.can(end.access):
            continue
        response = visitor.ask("GET", address(end, world, world.ours.coalition.slug, rows))
        if "text/html" not in response.headers.get("Content-Type", ""):
            continue
        text = response.whole.decode()
        seen_escaped += "&lt;script&gt;alert(1)" in text
        if "<script>alert(1)" in text or "<img src=x" in text:
            leaks.append(end.name)
    assert not leaks
    assert seen_escaped > 5
