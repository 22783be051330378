"""A plan in words, as its PDF prints it and as an approved version freezes it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from plans import selectors
from plans.models import Plan


def content_of(plan: Plan, *, today: dt.date) -> dict[str, Any]:
    """What a version freezes: the plan as the coalition's own people read it, and as observers do."""
    return {
        "named": words_of(plan, names=True, today=today),
        "public": words_of(plan, names=False, today=today),
    }


def words_of(plan: Plan, *, names: bool, today: dt.date) -> dict[str, Any]:
    """Everything a reader is told about the plan as it stands, as JSON values; without `names`, people are "somebody at" their partner."""
    outline = selectors.nested(plan, names=names, today=today)
    return {
        "status": plan.get_status_display(),
        "scenario": plan.scenario,
        "challenge": plan.challenge,
        "barriers": [
            {"text": b.text, "detail": b.detail, "standing": b.get_standing_display(), "how_learned": b.how_learned}
            for b in selectors.barriers_of(plan)
        ],
        "recommendations": [
            {"text": r.text, "detail": r.detail, "answers": [barrier.text for barrier in r.answered]}
            for r in selectors.recommendations_of(plan)
        ],
        "steps": [_step(node) for node in outline.top],
        "done": outline.done,
        "counted": outline.counted,
    }


def _step(node: selectors.Node) -> dict[str, Any]:
    return {
        "number": node.number,
        "title": node.step.title,
        "detail": node.step.detail,
        "parties": [_party(party) for party in node.parties],
        "due": node.due,
        "status": node.step.get_status_display() + (", overdue" if node.overdue else ""),
        "steps": [_step(child) for child in node.children],
    }


def _party(party: selectors.Party) -> dict[str, str]:
    """`more` follows the name: who holds the position, and the part when it is not the lead."""
    who = "nobody holds this yet" if party.is_vacant else party.who
    part = "" if party.part == "lead" else f", {party.part_label.lower()}"
    return {"name": party.name, "more": (f" ({who})" if who else "") + part}
