"""What people write about the state of a step, and about how often it comes again."""

from __future__ import annotations

import re

from plans.enums import Repeats, StepStatus

_STATUSES = {
    StepStatus.NOT_STARTED: "not started|not yet started|not yet|not begun|planned|to do|todo|new|open|upcoming|future|no",
    StepStatus.IN_PROGRESS: "in progress|ongoing|on going|started|begun|underway|under way|in process|working on it|active|"
    "continuing|on track|partially complete|partly done",
    StepStatus.DONE: "done|complete|completed|finished|achieved|closed|yes|accomplished",
    StepStatus.BLOCKED: "blocked|on hold|hold|stalled|stuck|paused|waiting",
    StepStatus.DROPPED: "dropped|cancelled|canceled|n a|na|not applicable|removed|abandoned|no longer needed",
}
_REPEATS = {
    Repeats.WEEKLY: "weekly|every week|each week|once a week",
    Repeats.MONTHLY: "monthly|every month|each month|once a month",
    Repeats.QUARTERLY: "quarterly|every quarter|each quarter|once a quarter",
    Repeats.TWICE_A_YEAR: "twice a year|twice yearly|semiannually|semi annually|semi annual|biannually|every six months|every 6 months",
    Repeats.YEARLY: "yearly|annually|annual|every year|each year|once a year",
}
STATUSES = {text: status for status, texts in _STATUSES.items() for text in texts.split("|")}
REPEATS = {text: repeats for repeats, texts in _REPEATS.items() for text in texts.split("|")}
NEVER_AGAIN = {"", "no", "never", "once", "one time", "n a", "none"}

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%(?: (?:done|complete|completed))?")
_FRACTION = re.compile(r"0?\.\d+")


def plain(text: str) -> str:
    """Small letters and single blanks, without signs."""
    return " ".join(re.sub(r"[^a-z0-9%.]+", " ", text.casefold()).split()).rstrip(".")


def status_of(text: str) -> StepStatus | None:
    """The status that is meant; None when that is not sure. Nothing said is not started. Excel keeps 50% as 0.5."""
    if not text.strip():
        return StepStatus.NOT_STARTED
    if found := _PERCENT.fullmatch(plain(text)):
        share = float(found[1])
        return StepStatus.NOT_STARTED if not share else StepStatus.IN_PROGRESS if share < 100 else StepStatus.DONE
    if _FRACTION.fullmatch(text.strip()):
        return StepStatus.IN_PROGRESS
    return STATUSES.get(plain(text))


def repeats_of(text: str) -> Repeats | None:
    """How often a step comes again; None when the words name no rhythm we know."""
    return REPEATS.get(plain(text))
