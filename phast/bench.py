"""What the commands that measure share: a database of their own, and pages opened as somebody who is signed in."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from phast.accounts.models import User


@dataclass(frozen=True)
class Opened:
    """A page as it was opened: queries, milliseconds of server time, size in bytes."""

    queries: int
    took: float
    size: int


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """An empty database of this name, dropped again."""
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)


@contextmanager
def serving() -> Iterator[None]:
    """Pages are served to a test client as they are to a browser, without collected static files."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        DEMO=True,  # a session without a second factor
        SECURE_SSL_REDIRECT=False,
        ALLOWED_HOSTS=["testserver"],
        STORAGES=settings.STORAGES | {"staticfiles": plain},
    ):
        yield


def signed_in(user: User) -> Client:
    """A browser of this person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def opened(client: Client, url: str, *, repeats: int) -> Opened | None:
    """The page once everything is warm, the median of so many; None for what is no page: another method's address, a file, a redirect."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    asked = len(queries)
    if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
        response.close()
        return None
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        client.get(url)
        times.append(1000 * (time.perf_counter() - began))
    return Opened(asked, statistics.median(times), len(response.content))
