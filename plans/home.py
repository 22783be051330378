"""What plans say on the home page: how far they are; to the coordinator what is stuck, to everybody else what is theirs and due."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from phast.access.funnel import EVERY_ROW
from phast.access.table import Action
from phast.offers import Figure, HomeCard
from phast.together import Answers, Counts, Questions, asking
from plans import radar, selectors, versions
from plans.enums import PlanStatus, StepStatus
from plans.models import Plan, Step

if TYPE_CHECKING:
    from phast.access.actor import Actor

SOON = dt.timedelta(days=14)


def _cards_ask(actor: Actor) -> Questions:
    if actor.everywhere(Action.STEP_UPDATE):
        return {
            "overdue": Counts(selectors.overdue_steps(actor), {"steps": EVERY_ROW}),
            "unowned": Counts(selectors.unowned_steps(actor), {"steps": EVERY_ROW}),
            "silent": Counts(radar.silent_steps(actor), {"steps": EVERY_ROW}),
        }
    return {"mine": selectors.my_steps(actor)} if actor.can(Action.STEP_UPDATE) else {}


@asking(_cards_ask)
def cards(actor: Actor, known: Answers) -> list[HomeCard]:
    """To a coordinator what is stuck, to others what is theirs; nothing to who neither edits nor updates steps."""
    if "overdue" in known:
        return _for_coordinator(actor, *(known[name]["steps"] for name in ("overdue", "unowned", "silent")))
    return _for_owner(actor, known.get("mine", []))


def _for_coordinator(actor: Actor, overdue: int, unowned: int, silent: int) -> list[HomeCard]:
    url = reverse("plans:radar", args=[actor.coalition.slug])
    found = []
    if overdue:
        text, link = f"{_steps(overdue)} overdue", "Ask how far they are"
        found.append(HomeCard(20, text, f"{url}?section=overdue", link, str(overdue), urgent=True))
    if unowned:
        text = f"{_steps(unowned)} without anybody responsible"
        found.append(HomeCard(30, text, f"{url}?section=unowned", "Find an owner", str(unowned)))
    if silent:
        text = f"{_steps(silent)} nobody has spoken of for a month"
        found.append(HomeCard(35, text, f"{url}?section=silent", "Ask how it goes", str(silent)))
    return found


def _for_owner(actor: Actor, mine: list[Step]) -> list[HomeCard]:
    today = actor.coalition.today()
    due = [step for step in mine if step.due_on and step.due_on <= today + SOON]
    if not mine:
        return []
    late = any(step.due_on and step.due_on < today for step in due)
    url = reverse("plans:mine", args=[actor.coalition.slug])
    if due:
        text = f"{_steps(len(due))} of yours {'overdue or due' if late else 'due'} within two weeks"
        return [HomeCard(20, text, url, "Update your steps", str(len(due)), str(due[0]), urgent=late)]
    return [HomeCard(60, f"{_steps(len(mine))} of yours in active plans", url, "See your steps", str(len(mine)))]


def positions_counted_on(actor: Actor) -> list[int]:
    """Vacant positions that unfinished steps wait for."""
    return list(selectors.vacant_positions(actor).values_list("pk", flat=True))


def _figures_ask(actor: Actor) -> Questions:
    if not actor.can(Action.PLANS_FOLLOW):
        return {}
    plans = Plan.objects.visible_to(actor, Action.PLANS_SEE).carried_out().filter(status=PlanStatus.ACTIVE)
    steps = Step.objects.present().filter(plan__in=plans).exclude(status=StepStatus.DROPPED)
    return {"progress": Counts(steps, {"steps": EVERY_ROW, "done": Q(status=StepStatus.DONE)})}


@asking(_figures_ask)
def figures(actor: Actor, known: Answers) -> list[Figure]:
    """How far the active plans are that the actor may read."""
    if "progress" not in known:
        return _approved_figures(actor) if actor.can(Action.PLANS_SEE) else []
    done, steps = known["progress"]["done"], known["progress"]["steps"]
    url = reverse("plans:list", args=[actor.coalition.slug])
    return [Figure(20, str(done), "plan steps done", of=str(steps), url=url)] if steps else []


def _approved_figures(actor: Actor) -> list[Figure]:
    """The same for observers, as the approved versions say it."""
    active = [one for one in versions.shelf(actor) if one.status == PlanStatus.ACTIVE.label]
    done, steps = sum(one.done for one in active), sum(one.counted for one in active)
    url = reverse("plans:list", args=[actor.coalition.slug])
    return [Figure(20, str(done), "plan steps done", of=str(steps), note="as approved", url=url)] if steps else []


def _steps(number: int) -> str:
    return "step" if number == 1 else "steps"
