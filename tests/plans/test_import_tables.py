"""Which sheet, columns and rows of a spreadsheet are the plan, and files that may not come in."""

from __future__ import annotations

import re
from typing import Any

import pytest

from plans.models import PlanImport, Step
from tests.plans.desk import HEADER, Desk, step, words
from tests.plans.factories import outline_of
from tests.sheets.files import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_columns_are_changed_on_the_page(desk: Desk) -> None:
    page = desk.start(("Thing", "Thong"), ("Write a policy", "County"), ("Train officers", "County"))
    assert "3 steps to bring in" in page  # nothing tells that the first row is no step
    desk.say("columns", header="1")
    assert "2 steps to bring in" in words(desk.client.get(desk.url))
    desk.say("columns", **{"column-0": ""})
    assert "Which column holds the steps?" in words(desk.client.get(desk.url))
    desk.say("columns", **{"column-0": "title", "column-1": "detail"})
    desk.bring_in()
    assert [(s.title, s.detail) for s in Step.objects.order_by("pk")] == [
        ("Write a policy", "County"),
        ("Train officers", "County"),
    ]


def test_columns_that_would_not_come_in_are_said(desk: Desk) -> None:
    page = desk.start(("Call the chiefs", "Maya", "TBD"), ("Find a room", "Dana", "5/5/2027"))
    assert "Left out Column B: Maya, Dana Column C: TBD, 5/5/2027" in page
    html = desk.client.get(desk.url).content.decode()
    assert re.search(r"<details[^>]*import__columns[^>]* open", html)


def test_changed_columns_are_looked_at_before_anything_comes_in(desk: Desk) -> None:
    desk.start(("Step", "Task", "Due"), ("Alpha", "Beta", ""))
    response = desk.say("bring-in", **{"column-0": "", "column-1": "title"})
    assert response.status_code == 302
    assert not Step.objects.exists()
    assert "Look at the steps before you bring them in" in words(desk.client.get(response.url))
    desk.bring_in()
    assert step("Beta")


def test_two_columns_cannot_both_be_the_due_date(desk: Desk) -> None:
    desk.start(("Step", "Due", "Other"), ("A", "2027-01-01", "x"))
    response = desk.say("columns", **{"column-2": "due"})
    assert response.status_code == 422
    assert "Two columns are “Due”." in words(response)


def test_rows_without_a_step_and_hidden_rows_are_said(desk: Desk) -> None:
    def hide(book: Any, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        book.create_sheet("Old")["A1"] = "Nothing"

    data = workbook(("Step", "Responsible"), ("A", ""), ("Secret", ""), ("", "Someone"), change=hide)
    page = desk.start(data=data, name="plan.xlsx")
    assert "1 hidden row left out." in page
    assert "not “Old”" in page
    assert "Row 4: No step in this row: Someone" in page
    assert "Secret" not in page
    assert outline_of(desk.bring_in()) == {"A": {}}


def test_the_sheet_that_looks_like_a_plan_is_read_or_the_named_one(desk: Desk) -> None:
    def more(book: Any, sheet: Any) -> None:
        plan = book.create_sheet("Plan")
        for row in (("Step", "Responsible", "Due"), ("A", "", "")):
            plan.append(row)
        other = book.create_sheet("Next year")
        for row in (("Step", "Due"), ("B", "")):
            other.append(row)

    data = workbook(("Minutes",), ("We met.",), change=more)
    assert "A" in desk.start(data=data, name="plan.xlsx")
    assert desk.last.rows == [["Step", "Responsible", "Due"], ["A"]]
    desk.start(data=data, name="plan.xlsx", sheet="next year")
    assert desk.last.rows[1] == ["B"]
    assert "There is no sheet “Other”" in words(desk.upload(data=data, name="plan.xlsx", sheet="Other"))


def test_a_formula_without_a_value_is_said(desk: Desk) -> None:
    page = desk.start(data=workbook(("Step", "Due"), ("A", "=TODAY()")), name="plan.xlsx")
    assert "B: This cell holds a formula without a value." in page


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("Step", "Date of birth"), ("A", "1980-02-03")], "holds dates of birth"),
        ([("Step", "Case number"), ("A", "26-12345")], "holds case or incident numbers"),
        ([("Step", "Notes"), ("A", "123-45-6789"), ("B", "987-65-4321")], "holds Social Security numbers"),
        ([("Step", "Due"), *[(f"S{n}", "") for n in range(2_001)]], "more than 2,000 rows"),
    ],
)
def test_files_that_may_not_come_in_leave_nothing_behind(
    desk: Desk, rows: list[tuple[Any, ...]], sentence: str
) -> None:
    response = desk.upload(*rows)
    assert response.status_code == 422
    assert sentence in words(response)
    assert not PlanImport.objects.exists()


def test_names_and_phones_of_people_may_stand_in_a_plan(desk: Desk) -> None:
    assert "1 step to bring in" in desk.start(("Step", "Owner", "Phone"), ("A", "", "518-555-0100"))


def test_a_row_with_a_total_is_left_out_and_said() -> None:
    desk = Desk()
    page = desk.start(
        HEADER, ("1", "Train officers", "", "", ""), ("", "Total steps: 1", "", "", ""), ("Total", "1", "", "", "")
    )
    assert page.count("A total, no step.") == 2
    assert "1 step" in page
