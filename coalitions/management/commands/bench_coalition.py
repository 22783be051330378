"""How long does each page of a big coalition take? One run, one machine, the slowest first."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from coalitions import reference
from coalitions.big import grow
from coalitions.models import Coalition, Membership
from phast.access.table import Role
from phast.access.urls import Endpoint, walk
from phast.accounts.models import User

DATABASE = "bench_coalition"
PARTNERS, CONTACTS = 300, 1500
REPEATS = 9
MOST_QUERIES, GOAL = 15, 300  # the goal in milliseconds of server time
ARGUMENTS = {"sector": "government", "work_kind": "opportunity", "work_key": "reentry-needs"}


@dataclass(frozen=True)
class Opened:
    """A page as it was opened: queries, milliseconds, size in bytes."""

    name: str
    queries: int
    took: float
    size: int

    @property
    def reaches_goal(self) -> bool:
        return self.queries <= MOST_QUERIES and self.took <= GOAL


class Command(BaseCommand):
    help = (
        f"Opens every page of a coalition of {PARTNERS} partners and {CONTACTS} contacts, in a database of its own (made and dropped "
        "again), and prints the number of queries, the time the server takes and the size of the page."
    )

    def handle(self, **options: Any) -> None:
        name = connection.settings_dict["NAME"]
        connection.settings_dict["TEST"]["NAME"] = DATABASE
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        try:
            with override_settings(
                DEMO=True,  # a session without a second factor
                SECURE_SSL_REDIRECT=False,
                ALLOWED_HOSTS=["testserver"],
                STORAGES=settings.STORAGES | {"staticfiles": plain},
            ):
                self._open_all()
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)

    def _open_all(self) -> None:
        reference.load()
        coalition = Coalition.objects.create(slug="bench", name="Bench")
        boss = User.objects.create_user("boss@example.org", "x", name="Boss")
        Membership.objects.create(coalition=coalition, user=boss, role=Role.COORDINATOR)
        grow(coalition, by=boss, partners=PARTNERS, contacts=CONTACTS)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        client = _signed_in(boss)
        logging.disable(logging.WARNING)  # of addresses that answer no GET, or nothing yet
        found = [page for name, url in _addresses(coalition) if (page := _opened(client, name, url))]
        found.sort(key=lambda page: -page.took)
        self.stdout.write(
            f"{len(found)} pages of a coalition of {PARTNERS} partners and {CONTACTS} contacts, as its coordinator, the median of "
            f"{REPEATS}; goal for each: ≤ {MOST_QUERIES} queries, ≤ {GOAL} ms"
        )
        for page in found:
            self.stdout.write(
                f"  {page.name:<28}{page.queries:>3} queries {page.took:5.0f} ms of {GOAL} {page.size / 1024:6.0f} KB"
                f"{'' if page.reaches_goal else '  MISSED'}"
            )
        missed = sum(not page.reaches_goal for page in found)
        self.stdout.write(f"  goal {'reached by every page' if not missed else f'MISSED by {missed}'}")


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def _addresses(coalition: Coalition) -> Iterator[tuple[str, str]]:
    """The coalition's addresses, with the first row of each kind that one names; without those that name what is not here."""
    known = ARGUMENTS | {"slug": coalition.slug}
    for end in walk():
        if end.name.startswith("coalitions:") and "slug" in end.converters:
            values = {name: known.get(name) or _first(name, coalition) for name in end.converters}
            if all(values.values()):
                yield _short(end), reverse(end.name, kwargs=values)


def _first(argument: str, coalition: Coalition) -> int | None:
    """The key of the first row that an argument such as `partner_id` names; None when there is none here."""
    models = apps.get_app_config("coalitions").models
    model = models.get(argument.removesuffix("_id").replace("_", "")) if argument.endswith("_id") else None
    return model.objects.of(coalition).order_by("pk").values_list("pk", flat=True).first() if model else None


def _short(end: Endpoint) -> str:
    return end.name.removeprefix("coalitions:")


def _opened(client: Client, name: str, url: str) -> Opened | None:
    """The page once everything is warm; None for what is no page: another method's address, a file, a redirect."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    asked = len(queries)
    if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
        response.close()
        return None
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        client.get(url)
        times.append(1000 * (time.perf_counter() - began))
    return Opened(name, asked, statistics.median(times), len(response.content))
