"""The demo coalition's two deflection programs: one that is being set up, one that runs. Days are counted from today.

Their files in `data/` name partners by the keys of `coalitions/data/demo/partners.csv`, people by their e-mail addresses there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coalitions.demo_history import moment, telling
from coalitions.models import Agreement, Contact, Partner
from coalitions.reference import rows as coalition_rows

from .actions import (
    add_evidence,
    add_own_activity,
    count_training,
    create_program,
    plan_activity,
    save_quarter,
    share_program,
    update_activity,
)
from .enums import ActivityStatus
from .models import Audience, DeflectionModel, Program, ProgramActivity, Topic
from .models.indicator import FIGURES
from .quarters import Quarter
from .reference import rows

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

COORDINATOR = "coordinator@example.org"


@dataclass
class _Telling:
    """What the parts of the story share."""

    coalition: Coalition
    by: Actor
    partners: Mapping[str, Partner]
    happened: Callable[[dt.datetime], None]

    def day(self, days: str) -> dt.date | None:
        return self.coalition.today() + dt.timedelta(days=int(days)) if days else None

    def at(self, days: str, hour: int = 10) -> None:
        self.happened(moment(self.coalition, self.day(days) or self.coalition.today(), hour))


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates both, once."""
    if Program.objects.of(coalition).exists():
        return
    names = {row["key"]: row["name"] for row in coalition_rows("demo/partners.csv")}
    there = {partner.name: partner for partner in Partner.objects.of(coalition)}
    partners = {key: there[name] for key, name in names.items()}
    with telling(coalition) as happened:
        story = _Telling(coalition, by_email[COORDINATOR], partners, happened)
        for row in rows("demo_programs.csv"):
            program = _program(story, row)
            for own in rows("demo_own_activities.csv"):
                if own["program"] == row["key"]:
                    _own(story, program, own, row["made_days"])
            for said in rows("demo_activities.csv"):
                if said["program"] == row["key"]:
                    _activity(story, program, said, row["made_days"])
            _figures(story, program, row["key"])


def _program(story: _Telling, row: Mapping[str, str]) -> Program:
    partners = story.partners
    program = create_program(
        name=row["name"],
        lead=partners[row["lead"]],
        models=DeflectionModel.objects.filter(pk__in=row["models"].split()),
        agencies=[partners[key] for key in row["agencies"].split()],
        starts_on=story.day(row["starts_days"]),
        coordinator=Contact.objects.of(story.coalition).get(email=row["contact"]),
        assessed_by=partners.get(row["assessed_by"]),
        assessed_by_said=row["assessed_by_said"],
        by=story.by,
    )
    story.at(row["made_days"], 9)
    if row["shared"]:
        share_program(program=program, shared=True, by=story.by)
        story.at(row["starts_days"], 9)
    return program


def _own(story: _Telling, program: Program, row: Mapping[str, str], made_days: str) -> None:
    add_own_activity(
        program=program,
        title=row["title"],
        detail=row["detail"],
        owner=story.partners[row["owner"]],
        due_on=story.day(row["due_days"]),
        needed_to_launch=bool(row["needed"]),
        by=story.by,
    )
    story.at(made_days, 11)


def _activity(story: _Telling, program: Program, row: Mapping[str, str], made_days: str) -> None:
    activity = ProgramActivity.objects.get(program=program, activity=row["activity"])
    values: dict[str, Any] = {"due_on": story.day(row["due_days"]), "needed_to_launch": bool(row["needed"])}
    if row["owner"]:
        values["owner"] = story.partners[row["owner"]]
    plan_activity(activity=activity, values=values, version=None, by=story.by)
    story.at(made_days, 11)
    if not row["said_days"]:
        return
    update_activity(
        activity=activity,
        status=ActivityStatus(row["status"]),
        reason=row["reason"],
        topics=[f"{row['activity']}--{topic}" for topic in row["topics"].split()] or None,
        notes=row["notes"],
        version=None,
        by=story.by,
    )
    story.at(row["said_days"])
    if row["agreement"]:
        agreement = Agreement.objects.of(story.coalition).get(title=row["agreement"])
        add_evidence(activity=activity, agreement=agreement, by=story.by)
        story.at(row["said_days"])
    if row["url"]:
        add_evidence(activity=activity, url=row["url"], by=story.by)
        story.at(row["said_days"])


def _figures(story: _Telling, program: Program, key: str) -> None:
    for row in rows("demo_training_counts.csv"):
        if row["program"] == key:
            count_training(
                program=program,
                held_on=story.day(row["days"]) or story.coalition.today(),
                audience=Audience.objects.get(pk=row["audience"]),
                people=int(row["people"]),
                topics=Topic.objects.filter(pk__in=[f"staff-training--{topic}" for topic in row["topics"].split()]),
                partner=story.partners.get(row["partner"]),
                by=story.by,
            )
            story.at(row["days"], 16)
    for row in rows("demo_quarter_counts.csv"):
        if row["program"] == key:
            quarter = Quarter.of(story.coalition.today())
            for _ in range(int(row["quarters_ago"])):
                quarter = quarter.before
            values = {name: int(row[name]) for name in FIGURES}
            save_quarter(program=program, from_on=quarter.from_on, values=values, version=None, by=story.by)
            story.happened(moment(story.coalition, quarter.to_on + dt.timedelta(days=12), 14))
