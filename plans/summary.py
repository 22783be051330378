"""What plans say in the coalition's summaries: to its own people how far they are, to everybody how far the approved versions were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count

from phast.access.table import Action, Scope
from phast.reports.summary import Audience, Big, Section, Table
from phast.ui.templatetags.ui import local_date
from plans import selectors, versions
from plans.enums import PlanStatus
from plans.models import Plan, PlanVersion, Step

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from coalitions.releases import Span

ROWS = 12


def summary(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
    """One section, or none."""
    if audience.sees(Action.PLANS_FOLLOW) == Scope.COALITION:
        return _followed(coalition, span)
    return _approved(coalition) if audience.sees(Action.PLANS_SEE) != Scope.NONE else []


def _followed(coalition: Coalition, span: Span) -> list[Section]:
    """What was finished in the time, of every plan, and active plans as they stand."""
    plans = list(Plan.objects.of(coalition).carried_out().filter(status=PlanStatus.ACTIVE))
    finished = dict(
        Step.objects.carried_out()
        .filter(plan__coalition=coalition, finished_at__date__range=(span.from_on, span.to_on))
        .order_by()
        .values_list("plan")
        .annotate(steps=Count("pk"))
    )
    if not plans and not finished:
        return []
    known = selectors.progress(plans, coalition.today())
    standings = [(plan, known.get(plan.pk, selectors.Progress())) for plan in plans]
    rows = [
        [plan.title, one.steps, one.done, finished.get(plan.pk, 0), one.overdue, one.unowned]
        for plan, one in standings[:ROWS]
    ]
    heads = ["Plan", "Steps", "Done", f"Done in {span.short}", "Overdue", "No owner"]
    done, steps = (sum(getattr(one, name) for _, one in standings) for name in ("done", "steps"))
    return [
        Section(
            order=30,
            title="Plans",
            figures=[_big(done, steps)] if steps else [],
            says=[_finished(sum(finished.values()), span)],
            says_now=_more(len(plans)),
            tables=[Table("Active plans", heads, rows, now=True)] if rows else [],
        )
    ]


def _approved(coalition: Coalition) -> list[Section]:
    """What observers read: the version of each plan that stands, in its own words, and nothing that is live."""
    found = versions.on_the_shelf(PlanVersion.objects.of(coalition).filter(PlanVersion.released()))
    if not found:
        return []
    rows = [[one.title, one.status, local_date(one.approved_at), one.counted, one.done] for one in found[:ROWS]]
    done, steps = sum(one.done for one in found), sum(one.counted for one in found)
    table = Table("Approved plans", ["Plan", "Status", "Approved", "Steps", "Done"], rows, words=3, now=True)
    figures = [_big(done, steps)] if steps else []
    says = ["How far each plan was when its version was approved.", *_more(len(found))]
    return [Section(30, "Plans", figures=figures, says=says, tables=[table])]


def _big(done: int, steps: int) -> Big:
    return Big(f"{done:,}", "plan step done" if steps == 1 else "plan steps done", of=f"{steps:,}", now=True)


def _finished(steps: int, span: Span) -> str:
    return f"{f'{steps:,}' if steps else 'No'} plan {'steps were' if steps > 1 else 'step was'} done in {span}."


def _more(plans: int) -> list[str]:
    return [f"The table has {ROWS} of {plans} plans."] if plans > ROWS else []
