"""What every test may use. The database and Redis are real; `bootstrap.py test` starts both."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.management import call_command

from tests.client import ReadingClient
from tests.world import World, build_world


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The cache table, once. Django empties every table between tests that commit: the audit log lets it, here alone."""
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
        call_command("pgtrigger", "disable", "audit.Event:never_emptied")


@pytest.fixture
def client() -> ReadingClient:
    return ReadingClient()


@pytest.fixture
def world(db: None) -> World:
    """Two coalitions with at least one row of everything; see `tests.world`."""
    return build_world()


@pytest.fixture(autouse=True)
def _no_leftovers(request: pytest.FixtureRequest) -> None:
    """Rate limits live in the cache: no test inherits another's."""
    if {"db", "transactional_db", "world", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
        cache.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "drill_size" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.drill)


@pytest.fixture
def drill_size() -> Callable[[int], int]:
    """The size of a long test: a hundredth in the suite, all of it by `bootstrap.py drill`."""
    return lambda full: full if os.environ.get("DRILL") else max(1, full // 100)
