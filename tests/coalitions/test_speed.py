"""Every page of coalitions and plans asks the database as often for 300 partners and 1,500 contacts as for a few, and at most 15 times."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalitions.big import grow
from phast.access.table import Role
from tests.access.test_matrix import TENANT_PAGES, address, rows_for
from tests.client import ReadingClient, body
from tests.factories import sign_in
from tests.world import World, actor_of

LIMIT = 15
PAGES = [end for end in TENANT_PAGES if end.name.startswith(("coalitions:", "plans:"))]
# These show a whole plan, one query for each kind of thing that it is made of.
WHOLE_PLANS = {"plans:detail": 24, "plans:changes": 25, "plans:approve": 21, "plans:step": 20}


def pages_of(world: World) -> Iterator[tuple[str, str]]:
    """The name and the address of each of them."""
    actor = actor_of(world.ours.users[Role.COORDINATOR], world.ours.coalition)
    for end in PAGES:
        rows = rows_for(end, actor)
        assert rows is not None, f"the world has no row for {end.name}"
        yield end.name, address(end, world, world.ours.coalition.slug, rows)


def asked(client: ReadingClient, addresses: dict[str, str]) -> dict[str, int]:
    """How often each page asks the database. Left out: what answers no GET, sends on, or is a file."""
    numbers = {}
    for name, path in addresses.items():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path)
        body(response)  # a file is open until it is read
        if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
            numbers[name] = len(queries)
    return numbers


def test_every_page_asks_as_often_for_a_big_coalition_and_at_most_15_times(world: World) -> None:
    coordinator, coalition = world.ours.users[Role.COORDINATOR], world.ours.coalition
    client, addresses = ReadingClient(), dict(pages_of(world))
    sign_in(client, coordinator)
    grow(coalition, by=coordinator, partners=3, contacts=6, rows=2)
    few = asked(client, addresses)
    assert len(few) > 100
    grow(coalition, by=coordinator)
    many = asked(client, addresses)
    most = {name: min(few[name], WHOLE_PLANS.get(name, LIMIT)) for name in many}
    assert {name: (few[name], number) for name, number in many.items() if number > most[name]} == {}


@pytest.mark.parametrize("role", Role)
def test_the_home_page_asks_at_most_15_times_whoever_looks(world: World, role: Role) -> None:
    user, coalition = world.ours.users[role], world.ours.coalition
    grow(coalition, by=world.ours.users[Role.COORDINATOR], partners=30, contacts=60, rows=10)
    client = ReadingClient()
    sign_in(client, user)
    home = {"home": reverse("coalitions:home", args=[coalition.slug])}
    assert asked(client, home)["home"] <= LIMIT
