"""What the curve of a measure says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from phast.charts import Dot
from plans.curve import Curve
from tests.plans.measures import TODAY, day


def curve(*values: tuple[dt.date, str | None], **fields: Any) -> Curve:
    dots = [Dot(on, None if value is None else Decimal(value)) for on, value in values]
    return Curve(dots, TODAY, **({"unit": "departments"} | fields))


def test_it_says_how_many_are_missing_by_when() -> None:
    said = curve((day(11), "12"), target=Decimal(20), target_on=day(6, 30, 2027)).where()
    assert said == "12 of 20 departments; 8 to go by June 30, 2027."


def test_a_target_without_a_day_has_no_day() -> None:
    assert curve((day(11), "12"), target=Decimal(20)).where() == "12 of 20 departments; 8 to go."


def test_a_target_whose_day_has_passed_says_so() -> None:
    late = curve((day(11), "12"), target=Decimal(20), target_on=day(6, 30))
    assert late.where() == "12 of 20 departments; 8 to go. Its day was June 30, 2026."
    assert late.standing() == ("Past its day", "bad")


def test_a_reached_target_is_reached_whatever_its_day() -> None:
    reached = curve((day(11), "21"), target=Decimal(20), target_on=day(6, 30))
    assert reached.where() == "The target is reached: 21 departments, where 20 or more was the goal."
    assert reached.standing().label == "Target reached"


def test_a_number_that_should_go_down_is_above_its_target() -> None:
    said = curve((day(11), "12"), direction="down", target=Decimal(5), target_on=day(6, 30, 2027)).where()
    assert said == "12 departments; the target is 5 departments; 7 above the target by June 30, 2027."


def test_percent_is_written_as_people_write_it() -> None:
    said = curve((day(11), "45.50"), unit="percent", target=Decimal(60)).where()
    assert said == "45.5%; the target is 60%; 14.5 points to go."


def test_it_says_since_when_it_moves_the_wrong_way() -> None:
    values = [(day(1), "9"), (day(3), "14"), (day(5), "12"), (day(9), "8"), (day(11), "7")]
    assert curve(*values).way() == "It has moved the wrong way since March."
    assert curve(*values).standing() == ("Wrong way", "warn")
    assert curve(*values, direction="down").way() == "It has moved the right way since March."


def test_it_says_since_when_nothing_changed_and_names_another_year() -> None:
    assert curve((day(3, year=2025), "9"), (day(9), "9")).way() == "It has not changed since March 2025."


def test_the_baseline_is_where_it_began() -> None:
    assert (
        curve((day(9), "9"), baseline=Decimal(4), baseline_on=day(2)).way()
        == "It has moved the right way since February."
    )
    assert curve((day(9), "9"), baseline=Decimal(4)).way() == "It has moved the right way since the baseline."
    assert curve((day(9), "9"), baseline=Decimal(4), baseline_on=day(10)).way() == ""


def test_one_value_alone_goes_no_way() -> None:
    assert curve((day(11), "1")).sentences() == ["1 department on November 1, 2026."]


def test_silence_is_said_of_what_people_enter_only() -> None:
    assert curve((day(7, 20), "9")).silence() == "No value for 4 months."
    assert curve((day(7, 20), "9"), entered=False).silence() == ""
    assert curve((day(9), "9")).silence() == ""


def test_a_figure_that_is_not_shown_is_no_zero() -> None:
    hidden = curve((day(3), "40"), (day(6), None), entered=False)
    assert hidden.sentences() == ["40 departments on March 1, 2026.", "The figure for Jun 1, 2026 is not shown."]
    assert curve((day(6), None)).where() == "No figure is shown: what there is is too small, or not released."


def test_without_values_it_says_where_it_began() -> None:
    assert curve(baseline=Decimal(4)).sentences() == ["No value yet. It began at 4 departments."]
    assert curve().standing() == ("No value yet", "warn")
