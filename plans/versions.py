"""A plan in words, as its PDF prints it and as an approved version freezes it; and which version a reader gets.

Words are JSON values: texts, numbers, lists. Each item carries its `key`, so that two versions can be compared item by item.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models.fields.json import KT

from phast import charts
from phast.access.table import Action
from plans import measuring, selectors
from plans.due import in_words
from plans.models import Plan, PlanChange, PlanVersion, Step, StepFile

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from phast.access.actor import Actor

# What each part says when it says nothing: a version keeps the words of its day, and later pages ask for more.
PLAN_WORDS: dict[str, Any] = {
    "title": "Plan",
    "status": "",
    "scenario": "",
    "challenge": "",
    "done": 0,
    "counted": 0,
    "overdue": 0,
}
ITEM_WORDS: dict[str, dict[str, Any]] = {
    "barriers": {"key": None, "text": "", "detail": "", "standing": "", "how_learned": ""},
    "recommendations": {"key": None, "text": "", "detail": "", "answers": [], "decision": "", "reason": ""},
    "steps": {
        "key": None,
        "number": "",
        "title": "",
        "detail": "",
        "parties": [],
        "due": "",
        "due_on": "",
        "status": "",
        "overdue": False,
        "resources": "",
        "funding": "",
        "repeats": "",
        "carries_out": "",
        "waits_for": [],
        "files": [],
        "steps": [],
    },
    "measures": {
        "key": None,
        "text": "",
        "unit": "",
        "direction": "",
        "baseline": "",
        "baseline_on": "",
        "baseline_day": "",
        "target": "",
        "target_on": "",
        "target_day": "",
        "story": "",
        "basis": "",
        "values": [],
        "steps": [],
    },
}
# Changes to these are changes to a version's words, but for what only says that something was said or approved.
SHOWN = ("plan", "barrier", "recommendation", "step", "measure", "measurevalue", "stepfile", "responsibility", "update")
NOT_SHOWN = ("plan.approved", "plan.version_withdrawn", "step.commented")


# ------------------------------------------------------------------ a plan in words
def content_of(plan: Plan, *, today: dt.date) -> dict[str, Any]:
    """What a version freezes: the plan as the coalition's own people read it, and as observers do. The same rows for both."""
    rows = _Rows.of(plan, today)
    return {"named": rows.words(names=True), "public": rows.words(names=False)}


def words_of(plan: Plan, *, names: bool, today: dt.date) -> dict[str, Any]:
    """Everything a reader is told about the plan as it stands; without `names`, people are "somebody at" their partner."""
    return _Rows.of(plan, today).words(names=names)


@dataclass(frozen=True)
class _Rows:
    """What a plan consists of, read once. The number of queries does not grow with the plan."""

    plan: Plan
    outline: selectors.Outline
    barriers: list[Any]
    recommendations: list[Any]
    measures: list[measuring.Reading]
    waits_for: dict[int, list[str]]
    files: dict[int, list[str]]

    @classmethod
    def of(cls, plan: Plan, today: dt.date) -> _Rows:
        outline = selectors.nested(plan, names=True, today=today)
        titles = {node.step.pk: node.step.title for node in outline}
        waits: dict[int, list[str]] = {}
        for pair in Step.waits_for.through.objects.filter(from_step__plan=plan).order_by("pk"):
            if pair.to_step_id in titles:
                waits.setdefault(pair.from_step_id, []).append(titles[pair.to_step_id])
        files: dict[int, list[str]] = {}
        for file in StepFile.objects.filter(step__plan=plan, removed_at=None).order_by("pk"):
            files.setdefault(file.step_id, []).append(file.name)
        return cls(
            plan,
            outline,
            selectors.barriers_of(plan),
            selectors.recommendations_of(plan),
            measuring.released_readings(plan, plan.coalition),
            waits,
            files,
        )

    def words(self, *, names: bool) -> dict[str, Any]:
        return {
            "title": self.plan.title,
            "status": self.plan.get_status_display(),
            "scenario": self.plan.scenario,
            "challenge": self.plan.challenge,
            "barriers": [
                {
                    "key": b.pk,
                    "text": b.text,
                    "detail": b.detail,
                    "standing": b.get_standing_display(),
                    "how_learned": b.how_learned,
                }
                for b in self.barriers
            ],
            "recommendations": [
                {
                    "key": r.pk,
                    "text": r.text,
                    "detail": r.detail,
                    "answers": [barrier.text for barrier in r.answered],
                    "decision": r.get_decision_display(),
                    "reason": r.decision_reason,
                }
                for r in self.recommendations
            ],
            "steps": [self.step(node, names=names) for node in self.outline.top],
            "measures": [self.measure(measure) for measure in self.measures],
            "done": self.outline.done,
            "counted": self.outline.counted,
            "overdue": len(self.outline.overdue),
        }

    def step(self, node: selectors.Node, *, names: bool) -> dict[str, Any]:
        step = node.step
        carried_out = {r.pk: r.text for r in self.recommendations}
        return {
            "key": step.pk,
            "number": node.number,
            "title": step.title,
            "detail": step.detail,
            "parties": [_party(selectors.Party.of(r, names=names)) for r in step.responsibilities.all()],
            "due": node.due,
            "due_on": _iso(step.due_on),
            "status": step.get_status_display(),
            "overdue": node.overdue,
            "resources": step.resources,
            "funding": step.funding,
            "repeats": step.get_repeats_display(),
            "carries_out": carried_out.get(step.recommendation_id, ""),
            "waits_for": self.waits_for.get(step.pk, []),
            "files": self.files.get(step.pk, []) if names else [],
            "steps": [self.step(child, names=names) for child in node.children],
        }

    def measure(self, reading: measuring.Reading) -> dict[str, Any]:
        measure = reading.measure
        return {
            "key": measure.pk,
            "text": measure.text,
            "unit": measure.unit,
            "direction": measure.get_direction_display(),
            "baseline": charts.figure(measure.baseline),
            "baseline_on": in_words("", measure.baseline_on),
            "baseline_day": _iso(measure.baseline_on),
            "target": charts.figure(measure.target),
            "target_on": in_words("", measure.target_on),
            "target_day": _iso(measure.target_on),
            "story": measure.story,
            "basis": reading.basis,
            "values": [
                {"on": _iso(value.on), "day": value.when, "value": value.figure, "note": value.note}
                for value in reading.values
            ],
            "steps": [step.title for step in reading.steps],
        }


def _party(party: selectors.Party) -> dict[str, str]:
    """`more` follows the name: who holds the position, and the part when it is not the lead."""
    who = "nobody holds this yet" if party.is_vacant else party.who
    part = "" if party.part == "lead" else f", {party.part_label.lower()}"
    return {"name": party.name, "more": (f" ({who})" if who else "") + part}


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


# ------------------------------------------------------------------ a version as it is read
def sha256(content: dict[str, Any]) -> str:
    """The hash a version carries: over its content as canonical JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def is_intact(version: PlanVersion) -> bool:
    """True when the stored content is the one that was approved."""
    return sha256(version.content) == version.sha256


def words_for(version: PlanVersion, *, names: bool) -> dict[str, Any]:
    """The version's words, complete: what it did not know of yet is empty."""
    return complete(version.content.get("named" if names else "public", {}))


def complete(words: dict[str, Any]) -> dict[str, Any]:
    """Words with every key that pages ask for."""
    whole = PLAN_WORDS | words
    for name, empty in ITEM_WORDS.items():
        whole[name] = [_complete_item(item, empty) for item in words.get(name, [])]
    return whole


def _complete_item(item: dict[str, Any], empty: dict[str, Any]) -> dict[str, Any]:
    whole = empty | item
    if "number" in empty:
        whole["steps"] = [_complete_item(child, empty) for child in whole["steps"]]
    return whole


def steady(words: dict[str, Any]) -> dict[str, Any]:
    """The words without what changes by waiting alone: that a day has passed changes no plan."""

    def timeless(step: dict[str, Any]) -> dict[str, Any]:
        return step | {"overdue": False, "steps": [timeless(child) for child in step["steps"]]}

    whole = complete(words)
    # A running month's value stands on today; its words say which month.
    measures = [
        measure | {"values": [value | {"on": ""} for value in measure["values"]]} for measure in whole["measures"]
    ]
    return whole | {"overdue": 0, "steps": [timeless(step) for step in whole["steps"]], "measures": measures}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """True when two contents say the same, to the coalition's own people and to observers."""
    return all(steady(one.get(part, {})) == steady(other.get(part, {})) for part in ("named", "public"))


# ------------------------------------------------------------------ which version
def standing_version(plan: Plan) -> PlanVersion | None:
    """The version observers read now: the newest that was not withdrawn."""
    return PlanVersion.objects.filter(plan=plan, withdrawn_at=None).order_by("-number").first()


def changes_since(version: PlanVersion) -> int:
    """How many items of the plan were changed since the version was approved and not undone; one edited twice counts once. One query.

    An item that was changed and changed back counts too: what is different in words, `plans.differences` says.
    """
    later = PlanChange.objects.filter(plan=version.plan_id, at__gt=version.approved_at, undone_at=None)
    shown = later.filter(item__in=SHOWN).exclude(verb__in=NOT_SHOWN).exclude(verb__endswith=".undone")
    return shown.values("item", "item_id").distinct().count()


def versions_of(plan: Plan, actor: Actor) -> list[PlanVersion]:
    """The versions this actor may read, newest first, without their content. One query."""
    visible = PlanVersion.objects.visible_to(actor, Action.PLANS_SEE).filter(plan=plan)
    return list(
        visible.select_related("approved_by", "withdrawn_by")
        .defer("content")
        .annotate(title=KT("content__public__title"))
    )


def title_for(plan: Plan, found: Sequence[PlanVersion], *, names: bool) -> str:
    """What the plan is called on the pages of its versions: to observers as the newest of them says, whatever it is called since."""
    return plan.title if names else next((version.title for version in found), PLAN_WORDS["title"])


@dataclass(frozen=True)
class Shelved:
    """A plan as the list of approved plans shows it: in the words of the version that is read now."""

    plan_id: int
    title: str
    status: str
    done: int
    counted: int
    number: int
    approved_at: dt.datetime


def shelf(actor: Actor) -> list[Shelved]:
    """The approved plans, each as its newest standing version says; by title. One query, and nothing that is live."""
    return on_the_shelf(PlanVersion.objects.visible_to(actor, Action.PLANS_SEE))


def on_the_shelf(found: QuerySet[PlanVersion]) -> list[Shelved]:
    """The same of these versions."""
    standing = (
        found.filter(withdrawn_at=None, plan__is_template=False)
        .order_by("plan", "-number")
        .distinct("plan")
        .values_list(
            "plan",
            KT("content__public__title"),
            KT("content__public__status"),
            KT("content__public__done"),
            KT("content__public__counted"),
            "number",
            "approved_at",
        )
    )
    shelved = [
        Shelved(plan, title or PLAN_WORDS["title"], status or "", int(done or 0), int(counted or 0), number, at)
        for plan, title, status, done, counted, number, at in standing
    ]
    return sorted(shelved, key=lambda one: (one.title.lower(), one.plan_id))
