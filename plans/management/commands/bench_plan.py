"""Does a plan of 300 steps open as one of ten does? One run, one machine, side by side."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from coalitions.models import Coalition, Membership, Partner
from phast.access.table import Role
from phast.accounts.models import User
from phast.bench import opened, own_database, serving, signed_in
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
        with own_database(DATABASE), serving():
            self._compare()

    def _compare(self) -> None:
        coalition = Coalition.objects.create(slug="bench", name="Bench")
        boss = User.objects.create_user("boss@example.org", "x", name="Boss")
        Membership.objects.create(coalition=coalition, user=boss, role=Role.COORDINATOR)
        client = signed_in(boss)
        self.stdout.write(f"Opening a plan as its coordinator, the median of {REPEATS}:")
        took = {}
        for steps in (SMALL, BIG):
            url = reverse("plans:detail", args=[coalition.slug, _plan(coalition, boss, steps).pk])
            page = opened(client, url, repeats=REPEATS)
            if page is None:
                raise CommandError(f"{url} answered no page.")
            took[steps] = page.took
            self.stdout.write(
                f"  {steps:>4} steps  {page.took:6.0f} ms  {page.queries:>3} queries  {page.size / 1024:6.0f} KB"
            )
        self.stdout.write(
            f"  {took[BIG] / took[SMALL]:.1f} times; {took[BIG]:.0f} ms (goal ≤ {GOAL}): "
            f"{'reached' if took[BIG] <= GOAL else 'MISSED'}"
        )


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
