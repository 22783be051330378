"""What every test may use. The database and Redis are real; `bootstrap.py test` starts both."""

from __future__ import annotations

import copy
import datetime as dt
import os
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from tests.client import ReadingClient
from tests.kept import Kept
from tests.world import World, build_world


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Kept]:
    """The database as migrations leave it, with the cache table: so it is again after a test that commits."""
    kept = Kept("fresh")
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
        kept.take()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: kept.restore())
        yield kept
    # A database in use cannot be dropped. While the browser's event loop runs in this thread, `connection` is another session than before
    # and after: that one is left over. And ours may be ended: there is a test that ends all but its own.
    connection.close()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state = 'idle'"
        )


@pytest.fixture(scope="session")
def lay_world(django_db_setup: Kept, django_db_blocker: DjangoDbBlocker) -> Callable[[], World]:
    """Makes a world once; `lay_world()` puts its rows into the database and returns it."""
    fresh, kept, made_at = django_db_setup, Kept("world", beyond=django_db_setup), timezone.now()
    with django_db_blocker.unblock():
        with transaction.atomic():
            made = build_world()
            connection.run_on_commit.clear()  # in tests that roll back, nothing of this would run either
        kept.take()
        fresh.restore()

    def lay() -> World:
        if abs(timezone.now() - made_at) > dt.timedelta(hours=2):  # the clock was set: the world's days would be wrong
            return build_world()
        kept.add()
        return copy.deepcopy(made)  # a test may change what it holds

    return lay


@pytest.fixture
def client() -> ReadingClient:
    return ReadingClient()


@pytest.fixture
def world(lay_world: Callable[[], World], db: None) -> World:
    """Two coalitions with at least one row of everything; see `tests.world`."""
    return lay_world()


@pytest.fixture(autouse=True)
def _no_leftovers(request: pytest.FixtureRequest) -> None:
    """Rate limits live in the cache: no test inherits another's."""
    if {"db", "transactional_db", "world", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
        cache.clear()


# Where the slowest files are, slowest first: begun last, one of them would keep a single process busy at the end.
SLOWEST = (
    "tests/browser/test_every",
    "tests/embedded",
    "tests/access/test_matrix",
    "tests/releases",
    "tests/browser",
    "tests/faults",
)


@pytest.hookimpl(trylast=True)  # after the files were shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in SLOWEST])
    for item in items:
        if "drill_size" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.drill)


@pytest.fixture
def drill_size() -> Callable[[int], int]:
    """The size of a long test: a hundredth in the suite, all of it by `bootstrap.py drill`."""
    return lambda full: full if os.environ.get("DRILL") else max(1, full // 100)
