"""URL × method × role × coalition, generated from the real URLconf; what to expect comes from the policy table alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse

from phast.access.actor import Actor
from phast.access.funnel import Tenant
from phast.access.table import TABLE, Action, Role, Scope
from phast.access.urls import Endpoint, walk
from phast.accounts.models import User
from tests.client import ReadingClient, body
from tests.factories import sign_in
from tests.world import CANARY, World, actor_of

TENANT_PAGES = [end for end in walk() if isinstance(end.access, Action) and "slug" in end.converters]
# What comes without a session: its key is in the address or in a header.
KEYED_PAGES = [end for end in walk() if isinstance(end.access, Action) and "slug" not in end.converters]
METHODS = ("GET", "POST", "PUT", "DELETE")
NO_METHOD = 405
LEAK = "it holds the text of another coalition"


def tenant_model(argument: str, end: Endpoint) -> type[Tenant] | None:
    """`plan_id` names plans.Plan. Where two apps have a model of that name, an address means its own app's."""
    if not argument.endswith("_id"):
        return None
    name = argument.removesuffix("_id").replace("_", "")
    found = [m for m in apps.get_models() if issubclass(m, Tenant) and m._meta.model_name == name]
    if len(found) > 1:
        found = [m for m in found if m._meta.app_label == end.name.partition(":")[0]]
    assert len(found) == 1, f"the address argument {argument} names no tenant model"
    return found[0]


def row_arguments(end: Endpoint) -> dict[str, type[Tenant]]:
    return {name: model for name in end.converters if name != "slug" and (model := tenant_model(name, end))}


def address(end: Endpoint, world: World, slug: str, rows: dict[str, Any]) -> str:
    plain = {name: world.arguments[name] for name in end.converters if name != "slug" and name not in rows}
    return reverse(end.name, kwargs={"slug": slug, **plain, **rows})


def rows_for(
    end: Endpoint, actor: Actor, *, visible: bool = True, dice: random.Random | None = None
) -> dict[str, Any] | None:
    """A row for each argument that the actor may (or, not `visible`, may not) use under the view's action: the first, or any with `dice`.
    None: there is none."""
    found: dict[str, Any] = {}
    for name, model in row_arguments(end).items():
        seen = model.objects.visible_to(actor, end.access)
        if hasattr(seen, "readable_by"):
            seen = model.objects.readable_by(actor)
        rows = seen if visible else model.objects.of(actor.coalition).exclude(pk__in=seen.values("pk"))
        ordered = rows.order_by("pk")
        row = dice.choice([*ordered] or [None]) if dice else ordered.first()
        if row is None:
            return None
        found[name] = row.pk
    return found


class Visitor:
    """Asks, and takes back what the asking changed."""

    def __init__(self, user: User | None) -> None:
        self.client = ReadingClient(raise_request_exception=False)
        if user is not None:
            sign_in(self.client, user)

    def ask(self, method: str, path: str) -> Any:
        with transaction.atomic():
            response = self.client.generic(method, path)
            response.whole = body(response)
            transaction.set_rollback(True)
        return response


def sings(response: Any) -> bool:
    """Whether an answer holds what stands in another coalition's texts only."""
    return CANARY.encode() in response.whole or CANARY in str(response.headers)


def visits(world: World, user: User) -> Iterator[tuple[str, str, int, set[int] | str]]:
    """Every request this person can make, with the answer and the answers that would be right."""
    visitor, actor = Visitor(user), actor_of(user, world.ours.coalition)
    ours, theirs = world.ours.coalition.slug, world.theirs.coalition.slug
    for end in TENANT_PAGES:
        right = actor.can(end.access)
        rows = rows_for(end, actor)
        if rows is None and right:
            yield end.name, "-", 0, f"the world has no row for {end.name} that {sorted(actor.roles)} may use"
            continue
        if rows is None:
            rows = {
                name: model.objects.of(world.ours.coalition).first().pk for name, model in row_arguments(end).items()
            }
        foreign = {
            name: model.objects.of(world.theirs.coalition).first().pk for name, model in row_arguments(end).items()
        }
        hidden = rows_for(end, actor, visible=False) if right and rows else None
        answered = []
        for method in METHODS:
            asked = visitor.ask(method, address(end, world, ours, rows))
            answered.append(asked.status_code)
            expected = {200, 302, 400, 409, 410, 422} if right else {403}
            yield end.name, f"{method} own", asked.status_code, LEAK if sings(asked) else expected
            if not user.memberships.filter(coalition=world.theirs.coalition).exists():
                status = visitor.ask(method, address(end, world, theirs, foreign)).status_code
                yield end.name, f"{method} foreign coalition", status, {404}
            for whose, others in (("foreign row", right and foreign), ("row out of reach", hidden)):
                if others:
                    asked = visitor.ask(method, address(end, world, ours, others))
                    yield end.name, f"{method} {whose}", asked.status_code, LEAK if sings(asked) else {404}
        if set(answered) == {NO_METHOD}:
            yield end.name, "-", NO_METHOD, "no method is answered"


@pytest.mark.parametrize("who", [*Role, "both"])
def test_every_address_answers_as_the_policy_says(world: World, who: str) -> None:
    """… and what it answers holds nothing of another coalition."""
    user = world.both if who == "both" else world.ours.users[Role(who)]
    wrong = [
        f"{name}: {asked} → {status}, expected {expected}"
        for name, asked, status, expected in visits(world, user)
        if isinstance(expected, str) or status not in expected | {NO_METHOD}
    ]
    assert not wrong, "\n".join(wrong)


def test_strangers_are_sent_to_sign_in(world: World) -> None:
    visitor = Visitor(None)
    wrong = []
    for end in TENANT_PAGES:
        rows = {name: model.objects.of(world.ours.coalition).first().pk for name, model in row_arguments(end).items()}
        for method in METHODS:
            response = visitor.ask(method, address(end, world, world.ours.coalition.slug, rows))
            # What only a script asks for is never a redirect: it would look like success.
            to = response.json()["sign_in"] if response.status_code == 401 else response.headers.get("Location", "")
            if response.status_code != NO_METHOD and not to.startswith("/accounts/login/"):
                wrong.append(f"{end.name}: {method} → {response.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", [None, *Role])
def test_a_page_with_a_key_opens_for_nobody_without_it(world: World, who: Role | None) -> None:
    """Being signed in helps nobody there: a calendar, a link of a mail, the address that records systems send to."""
    visitor = Visitor(world.ours.users[who] if who else None)
    wrong = []
    for end in KEYED_PAGES:
        path = reverse(end.name, kwargs=dict.fromkeys(end.converters, "zz-no-such-key"))
        for method in METHODS:
            response = visitor.ask(method, path)
            if response.status_code not in {401, 404, NO_METHOD} or CANARY.encode() in response.whole:
                wrong.append(f"{end.name}: {method} → {response.status_code}")
    assert KEYED_PAGES
    assert not wrong, "\n".join(wrong)


def test_people_of_no_coalition_find_nothing(world: World) -> None:
    visitor = Visitor(User.objects.create_user("nobody@example.org", "x"))
    wrong = []
    for end in TENANT_PAGES:
        rows = {name: model.objects.of(world.ours.coalition).first().pk for name, model in row_arguments(end).items()}
        for method in METHODS:
            status = visitor.ask(method, address(end, world, world.ours.coalition.slug, rows)).status_code
            if status not in {404, NO_METHOD}:
                wrong.append(f"{end.name}: {method} → {status}")
    assert not wrong, "\n".join(wrong)


def test_the_canary_sings_when_the_funnel_is_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked for above can be found: with the funnel taken out, the canary is seen."""
    from phast.access.funnel import TenantQuerySet

    monkeypatch.setattr(TenantQuerySet, "visible_to", lambda self, actor, action: self.all())
    user = world.ours.users[Role.COORDINATOR]
    assert any(expected is LEAK for *_, expected in visits(world, user))


def test_every_argument_of_an_address_is_a_row_or_known(world: World) -> None:
    unknown = {
        f"{end.name}: {name}"
        for end in TENANT_PAGES
        for name in end.converters
        if name != "slug" and tenant_model(name, end) is None and name not in world.arguments
    }
    assert not unknown


def test_every_right_but_nothing_else_in_the_table() -> None:
    """The table answers with known scopes for every action and role."""
    assert set(TABLE) == set(Action)
    assert all(
        set(row) == set(Role) and all(isinstance(scope, Scope) for scope in row.values()) for row in TABLE.values()
    )
