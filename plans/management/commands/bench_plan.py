"""Does a plan of 300 steps open as one of ten does? One run, one machine, side by side."""

from __future__ import annotations

import statistics
import time
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from coalitions.models import Coalition, Membership, Partner
from phast.access.table import Role
from phast.accounts.models import User
from plans.models import Plan, Responsibility, Step, Update

DATABASE = "bench_plan"
REPEATS = 15
SMALL, BIG = 10, 300
GOAL = 400  # milliseconds of server time


class Command(BaseCommand):
    help = (
        "Opens a plan of 10 steps and one of 300 steps in four levels, in a database of its own (made and dropped again), and prints "
        "the time the server takes, the size of the page and the number of queries."
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
                self._compare()
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)

    def _compare(self) -> None:
        coalition = Coalition.objects.create(slug="bench", name="Bench")
        boss = User.objects.create_user("boss@example.org", "x", name="Boss")
        Membership.objects.create(coalition=coalition, user=boss, role=Role.COORDINATOR)
        client = _signed_in(boss)
        self.stdout.write(f"Opening a plan as its coordinator, the median of {REPEATS}:")
        took = {}
        for steps in (SMALL, BIG):
            url = reverse("plans:detail", args=[coalition.slug, _plan(coalition, boss, steps).pk])
            took[steps], queries, size = _opened(client, url)
            self.stdout.write(f"  {steps:>4} steps  {took[steps]:6.0f} ms  {queries:>3} queries  {size / 1024:6.0f} KB")
        self.stdout.write(
            f"  {took[BIG] / took[SMALL]:.1f} times; {took[BIG]:.0f} ms (goal ≤ {GOAL}): "
            f"{'reached' if took[BIG] <= GOAL else 'MISSED'}"
        )


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def _plan(coalition: Coalition, boss: User, steps: int) -> Plan:
    """Steps in four levels, each with two responsible partners, every third with an update."""
    plan = Plan.objects.create(
        coalition=coalition, title=f"{steps} steps", status="active", scenario="S", challenge="C", created_by=boss
    )
    partners = [Partner.objects.get_or_create(coalition=coalition, name=f"Partner {n}")[0] for n in range(20)]
    made: list[Step] = []
    for n in range(steps):
        parent = None if n % 10 == 0 else made[n - 1 if n % 10 < 3 else n - n % 10 + 2 - n % 3]
        step = Step.objects.create(
            plan=plan, parent=parent, title=f"Step {n}", detail="What it takes.", due_said="quarterly", order=n
        )
        made.append(step)
        for order, partner in enumerate((partners[n % 20], partners[(n + 7) % 20])):
            Responsibility.objects.create(step=step, partner=partner, order=order)
        if n % 3 == 0:
            Update.objects.create(step=step, status="in_progress", note="Under way.", at=timezone.now(), by=boss)
    return plan


def _opened(client: Client, url: str) -> tuple[float, int, int]:
    """Milliseconds, queries and bytes of the page, once everything is warm."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    asked = len(queries)
    if response.status_code != 200:
        raise RuntimeError(f"The page answered {response.status_code}.")
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        client.get(url)
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), asked, len(response.content)
