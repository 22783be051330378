"""The plan on one page, whatever its size: what it is about, who does what by when, how far it is.

What fits is worked out beforehand, in lines of average letters; when the page that was drawn turns out to be two, it is drawn again
with less on it (`ReportKind.fitted`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from phast.charts.series import WIDTH
from phast.reports.kinds import ReportKind, Request
from plans.enums import SUMMARY, Decision, StepStatus

from .common import NO_PLAN, chart, choices_for, flat, in_words, request_for, words_for

if TYPE_CHECKING:
    from phast.access.actor import Actor

OVER = {StepStatus.DONE.label, StepStatus.DROPPED.label}
# Millimetres: what the page has below its first line, and what the parts take.
PAGE, HEADING, ROW, LINE, MEASURES = 222.0, 9.5, 2.6, 4.35, 26.0
# Letters that stand in a line of each.
TITLE, HALF, WHOLE, STEP, WHO, DUE, STATUS = 54, 52, 112, 46, 27, 14, 17
MOST_MEASURES = 3
MOST_RECOMMENDATIONS = 4


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Fields `plan` or `version`, see `common.request_for`."""
    return request_for(actor, fields, "summary")


def fitted(data: dict[str, Any], attempt: int) -> dict[str, Any]:
    """What stands on the page; the more often it was tried, the less."""
    room = PAGE * (1 - attempt / 12)
    paragraph = 5 if attempt < 4 else 2
    about = {name: cut(data[name], HALF * paragraph) for name in ("scenario", "challenge")}
    room -= 12 * lines(data["title"], TITLE) + 6
    if any(about.values()):
        room -= HEADING + LINE * max(lines(text, HALF) for text in about.values())
    recommendations = [
        recommendation | {"text": cut(recommendation["text"], WHOLE)}
        for recommendation in _wanted(data["recommendations"])[: MOST_RECOMMENDATIONS if attempt < 4 else 2]
    ]
    if recommendations:
        room -= HEADING + (LINE + 1) * sum(lines(one["text"] + one["decision"], WHOLE) for one in recommendations)
    measured = [
        (cut(measure["text"], 60), chart(measure, small=True), cut(in_words(measure), 90))
        for measure in data["measures"][: MOST_MEASURES if attempt < 6 else 0]
    ]
    room -= MEASURES + HEADING if measured else 0
    shown, more = _steps(data["steps"], room - HEADING - 2 * LINE - 2 * ROW)
    return {**about, "recommendations": recommendations, "measured": measured, "shown": shown, "more": more}


def _wanted(recommendations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In the order of their priority, what was decided against last."""
    return sorted(recommendations, key=lambda one: one["decision"] == Decision.NOT.label)


def _steps(steps: list[dict[str, Any]], room: float) -> tuple[list[dict[str, Any]], int]:
    """As many steps as there is room for, and how many that leaves out. What is overdue comes first, main steps before
    sub-steps, what is still to be done before what is over; they stand in the plan's order."""
    every = [_row(step) | {"place": place} for place, step in enumerate(flat(steps))]
    chosen = []
    for step in sorted(
        every,
        key=lambda one: (
            not one["overdue"],
            one["depth"] > 0,
            one["status"] in OVER,
            one["due_on"] or "9",
            one["place"],
        ),
    ):
        room -= ROW + LINE * step["lines"]
        if room < 0 and chosen:
            break
        chosen.append(step)
    return sorted(chosen, key=lambda one: int(one["place"])), len(every) - len(chosen)


def _row(step: dict[str, Any]) -> dict[str, Any]:
    """A step as its row says it, short enough, and how many lines that takes."""
    title = cut(step["title"], STEP * 2 - 8)
    parties = [cut(party["name"], WHO * 2 - 4) for party in step["parties"][:2]]
    rest = len(step["parties"]) - len(parties)
    who = "; ".join(parties) + (f" and {rest} more" if rest else "")
    due = cut(step["due"], 30)
    stands = "Overdue" if step["overdue"] else step["status"]
    return {
        "number": step["number"],
        "title": title,
        "parties": parties,
        "rest": rest,
        "due": due,
        "due_on": step["due_on"],
        "status": step["status"],
        "overdue": step["overdue"],
        "stands": stands,
        "depth": step["depth"],
        "lines": max(lines(f"{step['number']} {title}", STEP), lines(who, WHO), lines(due, DUE), lines(stands, STATUS)),
    }


def next_due(data: dict[str, Any]) -> str:
    """The first step to come: "Train the officers, Jun 30, 2026"; empty when none has a day."""
    waiting = [
        step for step in flat(data["steps"]) if step["due_on"] and step["status"] not in OVER and not step["overdue"]
    ]
    if not waiting:
        return ""
    first = min(waiting, key=lambda step: str(step["due_on"]))
    return f"{cut(first['title'], 70)}, {first['due']}"


def cut(text: str, letters: int) -> str:
    """The text on one line, ended with "…" between two words where it is too long."""
    plain = " ".join(text.split())
    if len(plain) <= letters:
        return plain
    short = plain[: letters - 1]
    return (short[: short.rindex(" ")] if " " in short[letters // 2 :] else short).rstrip(",;:. ") + "…"


def lines(text: str, letters: int) -> int:
    """How many lines of so many letters a text takes: generously, since no line is full."""
    return math.ceil(len(text) * 1.06 / letters)


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """What is the same however much fits."""
    done, counted = data["done"], data["counted"]
    words = f"{done} of {counted} steps done"
    bar = {"width": WIDTH, "filled": f"{WIDTH * done / counted:.1f}" if counted else "0", "words": words}
    return {
        "next_due": next_due(data),
        "progress": render_to_string("plans/reports/progress.svg", bar) if counted else "",
        "progress_words": words,
    }


SUMMARY_REPORT = ReportKind(
    SUMMARY,
    "One-page plan summary",
    "plans/reports/summary.html",
    request,
    words_for,
    choices_for,
    extras,
    fitted=fitted,
    pages=1,
    topic="Plans",
    about="A plan on one page, to hand out.",
    missing=NO_PLAN,
)
