"""A year that can only be a slip of the finger is no day of a program: a sentence says so, and what was typed stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from deflection import reference
from deflection.actions import edit_program, plan_activity, verify_resource
from deflection.models import Program, Resource
from phast.access.actor import Actor

from .factories import make_program, row
from .pages import client_of, opened, url
from .test_directory import make_resource
from .test_resource_import import reading_of, started

FAR = ("0001-01-01", "1900-06-30", "9999-12-31")


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("program_edit", "starts_on"),
        ("program_end", "ended_on"),
        ("activity_plan", "due_on"),
        ("activity_new", "due_on"),
        ("program_assign", "due_on"),
        ("training_new", "held_on"),
    ],
)
def test_a_year_that_cannot_be_right_is_refused_in_a_sentence(by: Actor, page: str, field: str, day: str) -> None:
    program = make_program(by, 2)
    insurance = row(program, "insurance")
    target = insurance.pk if page == "activity_plan" else program.pk
    sent = opened(by, page, target) | {field: day}
    more = {
        "activity_new": {"title": "Thank everybody"},
        "program_assign": {"activity": insurance.pk, "owner": f"partner-{program.lead_id}"},
        "training_new": {"people": "3", "audience": "officers", "topics": "staff-training--disorders"},
    }
    response = client_of(by).post(url(page, target), sent | more.get(page, {}))
    assert response.status_code == 422
    said = "has not come yet" if page == "training_new" and day > "2000" else "Check the year."
    assert said in response.content.decode()
    assert day in response.content.decode()


def test_a_day_that_was_kept_before_does_not_stand_in_the_way(by: Actor) -> None:
    program = make_program(by, 2)
    Program.objects.update(starts_on=dt.date(1900, 1, 1))
    program.refresh_from_db()
    edit_program(program=program, values={"name": "Renamed", "starts_on": dt.date(1900, 1, 1)}, version=None, by=by)
    assert Program.objects.get().name == "Renamed"
    with pytest.raises(ValidationError):
        plan_activity(activity=row(program, "insurance"), values={"due_on": dt.date(1, 1, 1)}, version=None, by=by)


def test_nobody_verified_an_entry_a_century_ago(by: Actor) -> None:
    reference.load()
    with pytest.raises(ValidationError, match="too long ago"):
        verify_resource(resource=make_resource(by), on=dt.date(1900, 1, 1), by=by)
    head = ["Program", "Kind", "Phone", "Verified"]
    found = started(by, ["A", "Housing", "518-555-0100", "1900-01-02"], head=head)
    assert "the year 1900 is too long ago" in reading_of(found, by).lines[0].notes[0]
    assert Resource.objects.get().verified_on is None
