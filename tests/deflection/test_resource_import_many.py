"""A long list of local help: as many entries as it may hold, one answer for all that may be there already, a few statements for all."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deflection import reference
from deflection.actions.importing import bring_in_list, take_back_list
from deflection.models import Resource, ResourceImport
from phast.access.actor import Actor
from phast.audit.models import Event
from phast.sheets import actions as sheets
from phast.sheets.refused import FileRefused

from .test_directory import make_resource
from .test_resource_import import answer, reading_of, started
from .test_resource_pages import LIST, client_of

TOWNS = ("Troy", "Albany", "Cohoes", "Malta")


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    reference.load()


def misspelt(by: Actor) -> ResourceImport:
    """A list with a program in each town that the directory knows by a slightly different name."""
    for town in TOWNS:
        make_resource(by, f"{town} Recovery Center", phone="", website="")
    return started(by, *[[f"{town} Recovry Center", "Self-help", f"518-555-010{n}"] for n, town in enumerate(TOWNS)])


def form_of(found: ResourceImport, by: Actor, **said: Any) -> dict[str, Any]:
    columns = {f"column-{n}": key for n, key in reading_of(found, by).columns.items()}
    return {**columns, **said}


def test_the_heading_is_no_entry_of_the_two_thousand(by: Actor) -> None:
    rows = [[f"Program {n}", "Housing", "518-555-0100"] for n in range(2_000)]
    assert len(started(by, *rows).rows) == 2_001
    with pytest.raises(FileRefused, match="more than 2,000 rows"):
        started(by, *rows, ["One more", "Housing", "518-555-0100"])


@pytest.mark.parametrize(("for_all", "new", "changed"), [("new", 4, 0), ("first", 0, 4)])
def test_one_answer_is_for_all_programs_that_may_be_there(by: Actor, for_all: str, new: int, changed: int) -> None:
    found = misspelt(by)
    assert len(reading_of(found, by).open) == 4
    page = client_of(by)
    page.post(f"{LIST}import/{found.pk}/", form_of(found, by, for_all=for_all, do="look"))
    reading = reading_of(found, by)
    assert (reading.open, len(reading.new), len(reading.changed)) == ([], new, changed)
    assert page.post(f"{LIST}import/{found.pk}/", form_of(found, by, for_all=for_all, do="bring-in")).url == LIST
    assert Resource.objects.count() == 4 + new
    assert Resource.objects.filter(phone__startswith="518-555-010").count() == 4


def test_a_program_may_differ_from_the_answer_for_all(by: Actor) -> None:
    found = misspelt(by)
    sheets.answer(sheet=found, answers={"for_all": "first"}, by=by)
    path = f"{LIST}import/{found.pk}/"
    assert "As for all: Troy Recovery Center" in client_of(by).get(path).content.decode()
    answer(found, by, **{"Malta Recovry Center": "new"})
    client_of(by).post(path, form_of(found, by, for_all="first", do="bring-in"))
    assert list(Resource.objects.filter(name__contains="Recovry").values_list("name", flat=True)) == [
        "Malta Recovry Center"
    ]


def test_only_what_was_said_of_a_program_is_known_the_next_time(by: Actor) -> None:
    found = misspelt(by)
    answer(found, by, **{"Malta Recovry Center": reading_of(found, by).open[-1].choices[0][0]})
    sheets.answer(sheet=found, answers={"for_all": "first"}, by=by)
    bring_in_list(resource_import=found, by=by)
    again = started(by, *[[f"{town} Recovry Center", "Self-help", f"518-555-020{n}"] for n, town in enumerate(TOWNS)])
    assert [question.said for question in reading_of(again, by).open] == [
        f"{town} Recovry Center" for town in TOWNS[:3]
    ]


def test_many_questions_are_asked_page_by_page(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coalitions.forms.importing.ASKED_AT_ONCE", 2)
    found = misspelt(by)
    sheets.answer(sheet=found, answers={"for_all": "new"}, by=by)
    path = f"{LIST}import/{found.pk}/"
    client = client_of(by)
    shown = client.get(f"{path}?page=2").content.decode()
    assert "3–4 of 4 questions" in " ".join(shown.split())
    last = reading_of(found, by).questions[-1]
    said = {f"same-{last.key}": last.choices[0][0], "for_all": "new", "do": "look"}
    assert client.post(f"{path}?page=2", form_of(found, by, **said)).url == f"{path}?page=2"
    assert (len(reading_of(found, by).new), len(reading_of(found, by).changed)) == (3, 1)


def test_two_programs_that_are_one_entry_come_in_as_one_and_go_back(by: Actor) -> None:
    there = make_resource(by, sites=[{"address": "11 River St", "town": "Troy"}])
    found = started(
        by,
        ["Harbor House", "Self-help", "518-555-0100", "9 Mill Rd, Albany, NY 12205"],
        ["Harbor Hous", "Outpatient", "518-555-0100", "4 Elm St, Cohoes, NY 12047"],
    )
    answer(found, by, **{"Harbor Hous": f"r{there.pk}"})
    bring_in_list(resource_import=found, by=by)
    one = Resource.objects.get()
    assert [site.town for site in one.sites.all()] == ["Troy", "Albany", "Cohoes"]
    assert {kind.pk for kind in one.categories.all()} == {"housing", "self-help", "outpatient"}
    assert take_back_list(resource_import=found, by=by) == (1, [])
    assert [site.town for site in Resource.objects.get().sites.all()] == ["Troy"]


def test_many_new_programs_take_as_many_statements_as_a_few(by: Actor) -> None:
    def statements(first: int, last: int) -> tuple[int, int]:
        rows = [[f"Program {n}", "Housing", "", f"{n} Oak St, Troy, NY"] for n in range(first, last)]
        found = started(by, *rows)
        sheets.answer(sheet=found, answers={"for_all": "new"}, by=by)
        with CaptureQueriesContext(
            connection,
        ) as coming:
            bring_in_list(resource_import=found, by=by)
        with CaptureQueriesContext(connection) as going:
            take_back_list(resource_import=found, by=by)
        return len(coming), len(going)

    assert statements(100, 103) == statements(200, 240)


def test_each_entry_of_a_list_is_in_the_audit_log(by: Actor) -> None:
    make_resource(by, "Changed", phone="")
    found = started(
        by, ["New", "Housing", "518-555-0100", "", "", "", "2025-11-01"], ["Changed", "Housing", "518-555-0102"]
    )
    bring_in_list(resource_import=found, by=by)
    take_back_list(resource_import=found, by=by)
    said = Event.objects.filter(target_type="deflection.resource").order_by("pk").values_list("verb", "target")
    assert list(said)[1:] == [
        ("resource.added", "New"),
        ("resource.edited", "Changed"),
        ("resource.verified", "New"),
        ("resource.removed", "New"),
        ("resource.edited", "Changed"),
    ]
