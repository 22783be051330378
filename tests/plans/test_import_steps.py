"""What a spreadsheet says of its steps: levels, days, statuses and comments, read as people write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from plans.models import Step, Update
from tests.plans.desk import Desk, step
from tests.plans.factories import outline_of
from tests.sheets.files import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


# ------------------------------------------------------------------ levels
@pytest.mark.parametrize(
    "rows",
    [
        [("No", "Step"), ("1", "A"), ("1.1", "B"), ("1.1.1", "C"), ("1.2", "D"), ("2", "E")],
        [("No", "Step"), ("1.", "A"), ("1a", "B"), ("1.a.i", "C"), ("1b)", "D"), ("2.", "E")],
        [("Level", "Step"), (1, "A"), (2, "B"), (3, "C"), (2, "D"), (1, "E")],
        [("Step",), ("A",), ("  B",), ("    C",), ("  D",), ("E",)],
        [("Step",), ("1. A",), ("1.1 B",), ("1.1.1 C",), ("1.2 D",), ("2. E",)],
        [("Step", "Parent step"), ("A", ""), ("B", "A"), ("C", "B"), ("D", "a"), ("E", "")],
    ],
    ids=["numbers", "letters", "levels", "indents", "numbers in the title", "parents"],
)
def test_levels_are_read_as_people_write_them(desk: Desk, rows: list[tuple[Any, ...]]) -> None:
    header, *rest = rows
    desk.start((*header, "Status"), *((*row, "") for row in rest))
    assert outline_of(desk.bring_in()) == {"A": {"B": {"C": {}}, "D": {}}, "E": {}}


def test_steps_and_substeps_in_two_columns_become_a_tree(desk: Desk) -> None:
    desk.start(
        ("Step", "Sub-step", "Due"),
        ("Policy", "", "2027-01-31"),
        ("", "Draft it", ""),
        ("", "Sign it", ""),
        ("Training", "Find a trainer", "2027-03-01"),
        ("Training", "Train", ""),
    )
    plan = desk.bring_in()
    assert outline_of(plan) == {
        "Policy": {"Draft it": {}, "Sign it": {}},
        "Training": {"Find a trainer": {}, "Train": {}},
    }
    assert step("Training").due_on is None
    assert step("Find a trainer").due_on == dt.date(2027, 3, 1)


def test_a_number_without_its_parent_is_said(desk: Desk) -> None:
    page = desk.start(("No", "Step"), ("1", "A"), ("3.1", "B"), ("1.1.1.1.1.1", "Deep"))
    assert "3 is not in the file: it stands at the top level." in page
    assert outline_of(desk.bring_in()) == {"A": {"Deep": {}}, "B": {}}


# ------------------------------------------------------------------ days and words
def test_ambiguous_dates_follow_one_choice_for_the_file(desk: Desk) -> None:
    page = desk.start(("Step", "Due"), ("A", "03/04/25"), ("B", "05/06/2026"))
    assert "In dates such as 03/04/25, what comes first?" in page
    assert "Mar 4, 2025" in page
    desk.bring_in(order="dmy")
    assert [s.due_on for s in Step.objects.order_by("pk")] == [dt.date(2025, 4, 3), dt.date(2026, 6, 5)]


def test_excel_days_and_serials_are_days(desk: Desk) -> None:
    data = workbook(("Step", "Due", "Status"), ("A", dt.date(2026, 11, 30), 0.5), ("B", 45000, "100%"))
    page = desk.start(data=data, name="plan.xlsx")
    assert "45000 is how Excel keeps this day." in page
    desk.bring_in()
    assert [s.due_on for s in Step.objects.order_by("pk")] == [dt.date(2026, 11, 30), dt.date(2023, 3, 15)]
    assert [s.status for s in Step.objects.order_by("pk")] == ["in_progress", "done"]


def test_words_that_count_from_an_unknown_day_stay_words(desk: Desk) -> None:
    page = desk.start(("Step", "Due"), ("A", "in two weeks"), ("B", "Friday"), ("C", "6/30"))
    assert page.count("it counts from a day we do not know") == 2
    assert "No year is given: read as the next one." in page
    desk.bring_in()
    assert [s.due_on is None for s in Step.objects.order_by("pk")] == [True, True, False]


def test_monthly_makes_a_step_come_again_only_when_confirmed(desk: Desk) -> None:
    desk.start(("Step", "Due"), ("A", "monthly"))
    assert "make it come again" in desk.client.get(desk.url).content.decode()
    desk.bring_in(**{"rhythm-monthly": "on"})
    assert (step("A").due_said, step("A").repeats) == ("monthly", "monthly")


def test_a_status_nobody_knows_is_asked_about_and_kept(desk: Desk) -> None:
    page = desk.start(("Step", "Due", "Status"), ("A", "", "Amber"), ("B", "", "On hold"), ("C", "", "n/a"))
    assert "The status “Amber” is not understood" in page
    desk.bring_in(Amber="blocked")
    assert {s.title: s.status for s in Step.objects.all()} == {"A": "blocked", "B": "blocked", "C": "dropped"}
    assert "Status, as the spreadsheet says: Amber" in step("A").detail


def test_comments_become_an_update_of_today(desk: Desk) -> None:
    desk.start(("Step", "Status", "Notes"), ("A", "ongoing", "Chief agreed"), ("B", "", ""))
    desk.bring_in()
    update = Update.objects.get()
    assert (update.step, update.status, update.note, update.by) == (
        step("A"),
        "in_progress",
        "Chief agreed",
        desk.by.user,
    )
