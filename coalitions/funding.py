"""Money: what there is by kind and year, which steps nothing pays for, what ends this quarter."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from phast import charts, offers
from phast.access.table import Action

from .enums import FundingKind
from .expiry import days_away
from .models import FundingApplication, FundingSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phast.access.actor import Actor

STACKED = 4  # kinds with a colour of their own in the chart; the smallest are joined
SHOWN = 12  # steps without funding on the page before "and 20 more"


def by_year(source: FundingSource) -> dict[int, Decimal]:
    """The source's amount spread evenly over the days of its time, by calendar year. Empty without an amount or one of the dates."""
    if source.amount is None or source.from_on is None or source.to_on is None:
        return {}
    first, last = source.from_on, source.to_on
    days = (last - first).days + 1
    found = {}
    for year in range(first.year, last.year + 1):
        begins = max(first, first.replace(year=year, month=1, day=1))
        ends = min(last, last.replace(year=year, month=12, day=31))
        found[year] = source.amount * ((ends - begins).days + 1) / days
    return found


def totals(sources: Iterable[FundingSource]) -> dict[str, Any] | None:
    """Dollars by kind and year: `years`, `rows` (kind, dollars for each year, sum) with the largest kind first, `sums`, and how many
    sources are `left_out` because an amount or a date is missing. None when nothing can be added up."""
    cells: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    left_out = 0
    for source in sources:
        parts = by_year(source)
        left_out += not parts
        for year, amount in parts.items():
            cells[source.kind][year] += amount
    if not cells:
        return None
    present = sorted({year for row in cells.values() for year in row})
    years = list(range(present[0], present[-1] + 1))
    rows = sorted(
        (
            (FundingKind(kind).label, [_whole(row.get(year)) for year in years], _whole(sum(row.values(), Decimal(0))))
            for kind, row in cells.items()
        ),
        key=lambda row: -row[2],
    )
    by_years = [_whole(sum((row.get(year, Decimal(0)) for row in cells.values()), Decimal(0))) for year in years]
    return {
        "years": years,
        "rows": rows,
        "sums": by_years,
        "sum": _whole(sum((sum(row.values(), Decimal(0)) for row in cells.values()), Decimal(0))),
        "left_out": left_out,
    }


def _whole(amount: Decimal | None) -> int:
    return int((amount or Decimal(0)).quantize(Decimal(1), ROUND_HALF_UP))


def chart(found: dict[str, Any]) -> str:
    """The same as columns, one for each year."""
    rows = [(label, values) for label, values, _ in found["rows"]]
    if len(rows) > STACKED + 1:
        rest = [sum(values) for values in zip(*(values for _, values in rows[STACKED:]), strict=True)]
        rows = [*rows[:STACKED], ("Other kinds", rest)]
    first, last = found["years"][0], found["years"][-1]
    return charts.columns(
        title="Dollars by kind and year",
        description=f"From ${found['sums'][0]:,} in {first} to ${found['sums'][-1]:,} in {last}."
        if first != last
        else f"${found['sums'][0]:,} in {first}.",
        labels=[str(year) for year in found["years"]],
        series=[charts.Series(label, values) for label, values in rows],
        prefix="funding",
    )


def until(source: FundingSource) -> str:
    """How far away its end is, in words; empty without one."""
    return days_away(source.to_on, source.coalition.today()) if source.to_on else ""


def about(actor: Actor) -> dict[str, Any]:
    """What the page of funding shows beside the list."""
    found = totals(FundingSource.objects.visible_to(actor, Action.ENGAGEMENT_SEE))
    steps = offers.step_money[0].open(actor) if offers.step_money else []
    unpaid = [one for one in steps if not one.is_paid]
    return {
        "totals": found,
        "chart": chart(found) if found else "",
        "open_count": len(steps),
        "unpaid_count": len(unpaid),
        "unpaid": unpaid[:SHOWN],
        "unpaid_more": unpaid[SHOWN:],
    }


def about_source(actor: Actor, source: FundingSource) -> dict[str, Any]:
    """The steps it pays for, the applications it came of, and where steps are linked."""
    steps = offers.steps[0].of(actor, [source]) if offers.steps else {}
    slug = actor.coalition.slug
    applications = FundingApplication.objects.visible_to(actor, Action.ENGAGEMENT_SEE).filter(source=source)
    return {
        "steps": steps.get(source.pk, []),
        "applications": [
            (one, reverse("coalitions:funding_application_detail", args=[slug, one.pk])) for one in applications
        ],
        "steps_url": reverse("coalitions:funding_steps", args=[slug, source.pk]),
        "linking": bool(offers.step_money) and actor.can(Action.PLANS_EDIT),
    }
