"""The guided path from a scenario to a plan: its stages, what each holds so far, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from plans.enums import OVER, Stage
from plans.models import Barrier, Plan, Recommendation, Step
from plans.selectors import OWNED


@dataclass(frozen=True)
class Stop:
    """A stage as the path shows it. `holds`: what is there so far, in words; `filled`: whether there is something."""

    stage: Stage
    url: str
    holds: str
    filled: bool
    is_here: bool

    @property
    def label(self) -> str:
        return str(self.stage.label)


@dataclass(frozen=True)
class Path:
    """Every stage in order, and the one after `here`."""

    stops: list[Stop]

    @property
    def following(self) -> Stop | None:
        at = next((n for n, stop in enumerate(self.stops) if stop.is_here), len(self.stops))
        return self.stops[at + 1] if at + 1 < len(self.stops) else None


def path_of(plan: Plan, slug: str, here: Stage) -> Path:
    """The path as a page at the stage `here` shows it, in the coalition `slug`. Three queries."""
    barriers = Barrier.objects.present().filter(plan=plan).aggregate(n=Count("pk"))["n"]
    ideas = (
        Recommendation.objects.present()
        .filter(plan=plan)
        .aggregate(n=Count("pk"), decided=Count("pk", filter=~Q(decision="")))
    )
    steps = (
        Step.objects.present()
        .filter(plan=plan)
        .annotate(owned=OWNED)
        .aggregate(n=Count("pk"), alone=Count("pk", filter=Q(owned=False) & ~Q(status__in=OVER)))
    )
    alone = f", {steps['alone']} with nobody" if steps["alone"] else ""
    holds = {
        Stage.SCENARIO: "written" if plan.scenario else "not written yet",
        Stage.CHALLENGE: "written" if plan.challenge else "not written yet",
        Stage.BARRIERS: f"{barriers} named" if barriers else "none named yet",
        Stage.RECOMMENDATIONS: f"{ideas['n']} made" if ideas["n"] else "none made yet",
        Stage.PRIORITISE: f"{ideas['decided']} decided" if ideas["decided"] else "none decided yet",
        Stage.PLAN: f"{steps['n']} step{'' if steps['n'] == 1 else 's'}{alone}" if steps["n"] else "no steps yet",
    }
    return Path(
        [
            Stop(stage, stage_url(plan, slug, stage), holds[stage], "yet" not in holds[stage], stage == here)
            for stage in Stage
        ]
    )


def stage_url(plan: Plan, slug: str, stage: Stage) -> str:
    """Where a stage is worked on."""
    return reverse("plans:stage", args=[slug, plan.pk, stage.value])
