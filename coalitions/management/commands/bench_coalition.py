"""How long does each page of a big coalition take? One run, one machine, the slowest first."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management import BaseCommand
from django.db import connection
from django.urls import reverse

from coalitions import reference
from coalitions.big import grow
from coalitions.models import Coalition, Membership
from phast.access.table import Role
from phast.access.urls import Endpoint, walk
from phast.accounts.models import User
from phast.bench import Opened, opened, own_database, serving, signed_in

DATABASE = "bench_coalition"
PARTNERS, CONTACTS = 300, 1500
REPEATS = 9
MOST_QUERIES, GOAL = 15, 300  # the goal in milliseconds of server time
ARGUMENTS = {"sector": "government", "work_kind": "opportunity", "work_key": "reentry-needs"}


class Command(BaseCommand):
    help = (
        f"Opens every page of a coalition of {PARTNERS} partners and {CONTACTS} contacts, in a database of its own (made and dropped "
        "again), and prints the number of queries, the time the server takes and the size of the page."
    )

    def handle(self, **options: Any) -> None:
        with own_database(DATABASE), serving():
            self._open_all()

    def _open_all(self) -> None:
        reference.load()
        coalition = Coalition.objects.create(slug="bench", name="Bench")
        boss = User.objects.create_user("boss@example.org", "x", name="Boss")
        Membership.objects.create(coalition=coalition, user=boss, role=Role.COORDINATOR)
        grow(coalition, by=boss, partners=PARTNERS, contacts=CONTACTS)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        client = signed_in(boss)
        logging.disable(logging.WARNING)  # of addresses that answer no GET, or nothing yet
        addresses = _addresses(coalition)
        found = [(name, page) for name, url in addresses if (page := opened(client, url, repeats=REPEATS))]
        found.sort(key=lambda named: -named[1].took)
        self.stdout.write(
            f"{len(found)} pages of a coalition of {PARTNERS} partners and {CONTACTS} contacts, as its coordinator, the median of "
            f"{REPEATS}; goal for each: ≤ {MOST_QUERIES} queries, ≤ {GOAL} ms"
        )
        for name, page in found:
            self.stdout.write(
                f"  {name:<28}{page.queries:>3} queries {page.took:5.0f} ms of {GOAL} {page.size / 1024:6.0f} KB"
                f"{'' if _reaches_goal(page) else '  MISSED'}"
            )
        missed = sum(not _reaches_goal(page) for _, page in found)
        self.stdout.write(f"  goal {'reached by every page' if not missed else f'MISSED by {missed}'}")


def _reaches_goal(page: Opened) -> bool:
    return page.queries <= MOST_QUERIES and page.took <= GOAL


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
