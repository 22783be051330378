"""The demo coalition's two plans, from `data/demo/`. Days are counted from today. See `docs/content.md` for the files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.utils import timezone

from coalitions.demo_history import telling
from coalitions.models import Contact, Partner, Position
from coalitions.reference import rows as coalition_rows
from phast.audit import record
from plans.actions import approve_plan
from plans.due import in_words
from plans.enums import ItemKind, PlanStatus, StepStatus
from plans.models import (
    Barrier,
    Measure,
    MeasureValue,
    Plan,
    PlanChange,
    PlanVersion,
    Recommendation,
    Responsibility,
    Step,
    Update,
)
from plans.templates import rows

from .demo_weighing import weigh

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

COORDINATOR = "coordinator@example.org"
WITHOUT_A_DAY = {"tbd": "TBD", "quarterly": "quarterly", "ongoing": "ongoing"}
SECOND_NOTE = "Both chiefs are in. Fort Hollis carries kits; the joint meeting has a date."


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates the plans that are missing, by their titles. The active one is approved, so that observers have something to read."""
    coordinator = by_email[COORDINATOR]
    author = coordinator.user
    for row in rows("demo/plans.csv"):
        if Plan.objects.of(coalition).filter(title=row["title"]).exists():
            continue
        started = _ago(row["started_days"])
        plan = Plan.objects.create(
            coalition=coalition,
            title=row["title"],
            scenario=row["scenario"],
            challenge=row["challenge"],
            status=row["status"],
            copied_from=row["template"],
            created_by=author,
        )
        Plan.objects.filter(pk=plan.pk).update(created_at=started)
        with telling(coalition) as happened:
            record("plan.created", by=coordinator, target=plan)
            happened(started)
        steps = _fill(plan, row["key"], coalition, coordinator)
        if plan.status == PlanStatus.ACTIVE:
            _approve(plan, "The plan as the coalition agreed on it.", coordinator, started + dt.timedelta(days=14))
        _tell(row["key"], steps, coalition, by_email)
        _enter_values(plan, row["key"], coalition, by_email)
        if plan.status == PlanStatus.ACTIVE:
            _approve(plan, SECOND_NOTE, coordinator, timezone.now() - dt.timedelta(days=1))


def _approve(plan: Plan, note: str, by: Actor, at: dt.datetime) -> None:
    """A version as of that day. What is told later than that is not in it."""
    with telling(plan.coalition) as happened:
        version = approve_plan(plan=plan, note=note, by=by)
        happened(at)
    with pgtrigger.ignore("plans.PlanVersion:frozen"):
        PlanVersion.objects.filter(pk=version.pk).update(approved_at=at)
    Plan.objects.filter(pk=plan.pk).update(approved_at=at)
    PlanChange.objects.filter(plan=plan, verb="plan.approved", item_id=plan.pk, at__gt=at).update(at=at)


def _fill(plan: Plan, key: str, coalition: Coalition, by: Actor) -> dict[str, Step]:
    """The plan as it was agreed on, before anybody did anything."""
    steps: dict[str, Step] = {}
    recommendations: dict[str, Recommendation] = {}
    from_template: list[Barrier] = []
    for row in rows("demo/plan_items.csv"):
        if row["plan"] != key:
            continue
        shared = {"plan": plan, "order": int(row["order"]), "detail": row["detail"]}
        if row["kind"] == ItemKind.BARRIER:
            barrier = Barrier.objects.create(
                text=row["title"], standing=row["status"], how_learned=row["how_learned"], **shared
            )
            from_template += [barrier] if row["template_item"] else []
        elif row["kind"] == ItemKind.RECOMMENDATION:
            recommendation = Recommendation.objects.create(text=row["title"], **shared)
            recommendation.barriers.set(from_template if row["template_item"] else [])
            recommendations[row["key"]] = recommendation
        else:
            steps[row["key"]] = Step.objects.create(
                title=row["title"],
                parent=steps.get(row["parent"]),
                repeats=row["repeats"],
                resources=row["resources"],
                funding=row["funding"],
                recommendation=recommendations.get(row["recommendation"]),
                **_due(row, coalition.today()),
                **shared,
            )
            steps[row["key"]].waits_for.set([steps[key] for key in row["waits_for"].split()])
    _assign(key, steps, coalition)
    _define_measures(plan, key, steps, coalition)
    weigh(plan, key, recommendations, by)
    return steps


def _tell(key: str, steps: dict[str, Step], coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """What became of the steps since."""
    updates = [row for row in rows("demo/plan_updates.csv") if row["plan"] == key]
    done = {u["item"]: u for u in updates if u["status"] == StepStatus.DONE}
    for row in rows("demo/plan_items.csv"):
        if row["plan"] == key and row["kind"] == ItemKind.STEP:
            now = {"status": row["status"], **_finished(row, done, by_email)}
            Step.objects.filter(pk=steps[row["key"]].pk).update(**now)
    with telling(coalition) as happened:
        for row in updates:
            step, status, at, by = steps[row["item"]], row["status"], _ago(row["days"]), by_email[row["by"]]
            Update.objects.create(step=step, status=status, note=row["text"], at=at, by=by.user)
            record("step.updated", by=by, target=step, status=status)
            happened(at)


def _assign(key: str, steps: dict[str, Step], coalition: Coalition) -> None:
    by_name = {partner.name: partner for partner in Partner.objects.of(coalition)}
    parties: dict[str, dict[Any, Any]] = {
        "partner": {row["key"]: by_name[row["name"]] for row in coalition_rows("demo/partners.csv")},
        "contact": {contact.email: contact for contact in Contact.objects.of(coalition)},
        "position": {position.kind_id: position for position in Position.objects.of(coalition)},
    }
    for row in rows("demo/plan_parties.csv"):
        if row["plan"] == key:
            party = {row["party_kind"]: parties[row["party_kind"]][row["party"]]}
            Responsibility.objects.create(step=steps[row["item"]], order=int(row["order"]), **party)


def _define_measures(plan: Plan, key: str, steps: dict[str, Step], coalition: Coalition) -> None:
    for row in rows("demo/plan_measures.csv"):
        if row["plan"] == key:
            measure = Measure.objects.create(
                plan=plan,
                order=int(row["order"]),
                text=row["text"],
                unit=row["unit"],
                direction=row["direction"],
                source=row["values_from"],
                baseline=row["baseline"] or None,
                baseline_on=_day(row["baseline_days"], coalition),
                target=row["target"] or None,
                target_on=_day(row["target_days"], coalition),
                story=row["story"],
            )
            measure.steps.set([steps[item] for item in row["items"].split()])


def _enter_values(plan: Plan, key: str, coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    by_text = {measure.text: measure for measure in plan.measures.all()}
    measures = {row["key"]: by_text[row["text"]] for row in rows("demo/plan_measures.csv") if row["plan"] == key}
    with telling(coalition) as happened:
        for row in rows("demo/plan_measure_values.csv"):
            if row["plan"] != key:
                continue
            by, at, on = by_email[row["by"]], _ago(row["days"]), _day(row["days"], coalition)
            value = MeasureValue.objects.create(
                measure=measures[row["measure"]], on=on, value=row["value"], note=row["note"], at=at, by=by.user
            )
            record("measurevalue.added", by=by, target=value)
            happened(at)


def _day(days: str, coalition: Coalition) -> dt.date | None:
    return coalition.today() + dt.timedelta(days=int(days)) if days else None


def _due(row: dict[str, str], today: dt.date) -> dict[str, Any]:
    if row["due"] != "date":
        return {"due_said": WITHOUT_A_DAY.get(row["due"], ""), "due_on": None}
    day = today + dt.timedelta(days=int(row["due_days"]))
    return {"due_said": in_words("", day), "due_on": day}


def _finished(row: dict[str, str], done: dict[str, dict[str, str]], by_email: Mapping[str, Actor]) -> dict[str, Any]:
    if row["status"] != StepStatus.DONE:
        return {}
    update = done[row["key"]]
    return {"finished_at": _ago(update["days"]), "finished_by": by_email[update["by"]].user}


def _ago(days: str) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=int(days))
