"""Charts drawn on the server: the numbers are right, nothing hidden shows, and page and PDF can both draw them."""

import datetime as dt
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phast.charts import Dot, Line, Point, Series, bars, columns, course, field, figure, trend
from phast.charts.columns import STACK
from phast.charts.series import round_up, tick_step
from phast.reports.inspection.seen import contrast
from tests.drawings import SVG, parsed, words

MONTHS = ["Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026"]
SAID = {"title": "Kits by month", "description": "Kits left behind in each month", "prefix": "c"}


def boxes(root, tip):
    """Height of each rectangle by its tool tip."""
    return [
        float(rect.get("height"))
        for rect in root.iter(f"{SVG}rect")
        if (title := rect.find(f"{SVG}title")) is not None and title.text == tip
    ]


def test_columns_show_each_number_and_each_year_once():
    root = parsed(columns(**SAID, labels=MONTHS, series=[Series("Kits", [120, 80, 0, 1040])]), "c")
    said = words(root)
    assert {"120", "80", "0", "1,040", "Nov", "Dec", "Jan", "Feb"} <= set(said)
    assert (said.count("2025"), said.count("2026")) == (1, 1)
    assert boxes(root, "Nov 2025: 120")[0] / boxes(root, "Dec 2025: 80")[0] == pytest.approx(1.5, rel=0.02)


def test_a_stack_can_be_told_apart_when_printed_in_black():
    colours = [tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)) for colour in STACK]
    for one, other in combinations([*colours, (1, 1, 1)], 2):
        assert contrast(one, other) > 1.2


def test_stacked_columns_have_a_legend_and_their_sum():
    series = [Series("EMS", [10, 20, 0, 5]), Series("Fire & rescue", [1, 2, 3, 4])]
    said = words(parsed(columns(**SAID, labels=MONTHS, series=series), "c"))
    assert {"EMS", "Fire & rescue", "11", "22", "3", "9", "Dec 2025, EMS: 20"} <= set(said)


def test_a_missing_month_is_a_box_of_one_size_and_no_number():
    root = parsed(
        columns(**SAID, labels=MONTHS, series=[Series("Kits", [9, None, None, 400])], missing="not reported"), "c"
    )
    heights = boxes(root, "Dec 2025: not reported") + boxes(root, "Jan 2026: not reported")
    assert heights == [12.0, 12.0]
    assert "not reported" in words(root)
    assert "0" in words(root)  # on the axis
    assert words(root).count("0") == 1


def test_a_stack_with_a_hidden_part_shows_no_sum():
    series = [Series("EMS", [13, 20, 30, 40]), Series("Fire", [None, 2, 3, 4])]
    said = words(parsed(columns(**SAID, labels=MONTHS, series=series), "c"))
    assert "13" not in said
    assert {"22", "33", "44", "Nov 2025: hidden"} <= set(said)


def test_the_note_says_what_has_no_column():
    note = "212 kits are counted for a whole year and stand in no month."
    assert note in words(parsed(columns(**SAID, labels=MONTHS, series=[Series("Kits", [1, 2, 3, 4])], note=note), "c"))


def test_two_years_of_months_leave_out_labels_that_would_touch():
    labels = [
        f"{month} {year}" for year in range(2025, 2027) for month in ("January", "February", "March", "April")
    ] * 3
    said = words(parsed(columns(**SAID, labels=labels, series=[Series("Kits", [5000] * 24)]), "c"))
    assert said.count("January") + said.count("February") + said.count("March") + said.count("April") <= 12


@pytest.mark.parametrize(
    "svg",
    [
        columns(**SAID, labels=[], series=[]),
        columns(**SAID, labels=MONTHS, series=[Series("Kits", [0, 0, 0, 0])]),
        bars(**SAID, rows=[]),
        trend(**SAID, labels=[], values=[]),
    ],
    ids=["columns", "zeros", "bars", "trend"],
)
def test_nothing_to_show_is_said(svg):
    assert {"No kits", "Nothing to show yet"} & set(words(parsed(svg, "c")))


def test_bars_keep_their_order_and_end_in_their_number():
    rows = [("Albany PD", 40), ("Troy FD", None), ("Cohoes EMS", 0)]
    said = words(parsed(bars(**SAID, rows=rows), "c"))
    assert [word for word in said if word in {"40", "hidden", "0"}] == ["40", "hidden", "0"]


def test_a_long_name_is_cut_on_the_chart_and_whole_in_the_tip():
    name = "Rensselaer County Sheriff’s Office, Road Patrol Division"
    said = words(parsed(bars(**SAID, rows=[(name, 3)]), "c"))
    assert f"{name}: 3" in said
    assert any(word.endswith("…") for word in said)


def test_a_trend_breaks_where_a_quarter_is_hidden():
    quarters = ["Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025", "Q1 2026"]
    root = parsed(trend(**SAID, labels=quarters, values=[812, 901, None, 1010, 1204]), "c")
    assert [len(line.get("points").split()) for line in root.iter(f"{SVG}polyline")] == [2, 2]
    assert len(list(root.iter(f"{SVG}circle"))) == 4
    assert "hidden" in words(root)


def test_a_single_quarter_is_a_point():
    root = parsed(trend(**SAID, labels=["Q3 2026"], values=[411]), "c")
    assert not list(root.iter(f"{SVG}polyline"))
    assert "411" in words(root)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: columns(**SAID, labels=MONTHS, series=[Series("Kits", [1])]),
        lambda: columns(**SAID, labels=[], series=[Series(str(number), []) for number in range(6)]),
        lambda: trend(**SAID, labels=MONTHS, values=[1]),
    ],
)
def test_values_that_do_not_fit_are_refused(wrong):
    with pytest.raises(ValueError, match=r"one value for each label|at most five"):
        wrong()


@pytest.mark.parametrize("draw", [columns, bars, trend])
def test_names_are_escaped(draw):
    evil = "<script>alert(1)</script>"
    given = {
        columns: {"labels": ["Jan"], "series": [Series(evil, [1]), Series("b", [1])]},
        bars: {"rows": [(evil, 1)]},
        trend: {"labels": [evil], "values": [1]},
    }[draw]
    svg = draw(title=evil, description=evil, prefix="c", **given)
    assert "<script" not in svg
    parsed(svg, "c")


@given(st.integers(1, 10**7))
def test_the_value_axis_has_a_few_round_steps_and_room_for_the_largest(most):
    top = round_up(most)
    step = tick_step(top)
    assert top >= most
    assert top % step == 0
    assert 2 <= top // step <= 5
    assert str(step).rstrip("0") in {"1", "2", "5"}


# ------------------------------------------------------------------ the field
PLACED = {"title": "Field", "description": "Two points", "right": "Feasibility", "up": "Impact", "prefix": "c"}
QUARTERS = ("Plan for it", "Do first", "Leave for now", "Quick gain")


def labels_of(root):
    """The numbers on each label, and where its box stands."""
    groups = [g for g in root.iter(f"{SVG}g") if g.find(f"{SVG}title") is not None]
    return {
        g.find(f"{SVG}text").text: [float(g.find(f"{SVG}rect").get(side)) for side in ("x", "y", "width", "height")]
        for g in groups
    }


def test_a_point_stands_further_up_and_right_the_more_it_has():
    points = [Point(1, right=2, up=4.5), Point(2, right=4, up=1)]
    placed = labels_of(parsed(field(**PLACED, quarters=QUARTERS, points=points), "c"))
    assert placed["1"][0] < placed["2"][0]
    assert placed["1"][1] < placed["2"][1]


def test_points_at_one_place_share_a_label_with_all_their_numbers():
    points = [Point(2, 3, 3, "Two"), Point(5, 3, 3, "Five"), Point(1, 4, 4)]
    root = parsed(field(**PLACED, quarters=QUARTERS, points=points), "c")
    assert set(labels_of(root)) == {"2, 5", "1"}
    assert "Two; Five" in words(root)


def test_points_that_nearly_coincide_stand_apart():
    points = [Point(number, 3 + number * 0.1, 3) for number in range(8)] + [Point(9, 5, 5), Point(10, 4.9, 5)]
    boxes_ = list(labels_of(parsed(field(**PLACED, quarters=QUARTERS, points=points), "c")).values())
    assert len(boxes_) == 10
    for at, (x, y, width, height) in enumerate(boxes_):
        for a, b, c, d in boxes_[at + 1 :]:
            assert x + width <= a or a + c <= x or y + height <= b or b + d <= y


def test_a_field_says_its_quarters_and_when_it_is_empty():
    said = words(parsed(field(**PLACED, quarters=QUARTERS, points=[], empty="Nobody has voted yet"), "c"))
    assert {*QUARTERS, "Nobody has voted yet", "Impact →", "Feasibility →"} <= set(said)


def test_a_value_beyond_the_scale_is_refused():
    with pytest.raises(ValueError, match="beyond 1 to 5"):
        field(**PLACED, quarters=QUARTERS, points=[Point(1, 0, 3)])


# ------------------------------------------------------------------ the course of a measure
def dots(*values, every=30):
    """A value every so many days."""
    first = dt.date(2025, 1, 15)
    return [
        Dot(first + dt.timedelta(days=every * n), None if value is None else Decimal(str(value)))
        for n, value in enumerate(values)
    ]


def places(root):
    """Where each value stands, by its tool tip."""
    return {
        circle.find(f"{SVG}title").text: (float(circle.get("cx")), float(circle.get("cy")))
        for circle in root.iter(f"{SVG}circle")
    }


def test_a_course_stands_in_the_proportion_of_days_and_values():
    values = [
        Dot(dt.date(2025, 1, 1), Decimal(10)),
        Dot(dt.date(2025, 1, 11), Decimal(20)),
        Dot(dt.date(2025, 1, 31), Decimal(40)),
    ]
    root = parsed(course(**SAID, dots=values), "c")
    (x1, y1), (x2, y2), (x3, y3) = places(root).values()
    assert (x3 - x2) / (x2 - x1) == pytest.approx(2, rel=0.01)
    assert (y2 - y3) / (y1 - y2) == pytest.approx(2, rel=0.01)
    assert {"40", "Jan 1, 2025: 10"} <= set(words(root))


def test_a_course_names_its_baseline_and_its_target_and_makes_room_for_them():
    baseline, target = Line(Decimal(2), dt.date(2024, 12, 1)), Line(Decimal("1500.5"), dt.date(2026, 6, 30))
    root = parsed(course(**SAID, dots=dots(4, 9), baseline=baseline, target=target), "c")
    assert {"Baseline 2", "Target 1,500.5", "2,000"} <= set(words(root))
    assert {path.get("stroke-dasharray") for path in root.iter(f"{SVG}path")} >= {"1.5 5", "9 5"}


def test_a_value_that_is_not_shown_breaks_the_line_and_is_a_box_of_one_size():
    root = parsed(course(**SAID, dots=dots(4, 9, None, 7, 8), missing="not shown"), "c")
    assert len(list(root.iter(f"{SVG}polyline"))) == 2
    assert boxes(root, "Mar 16, 2025: not shown") == [12.0]
    assert boxes(parsed(course(**SAID, dots=dots(40, 9, None, 700, 8)), "c"), "Mar 16, 2025: not shown") == [12.0]


@given(
    st.lists(st.none() | st.decimals(-(10**12), 10**12, places=2), max_size=60),
    st.none() | st.decimals(-(10**12), 10**12, places=2),
    st.integers(1, 400),
    st.booleans(),
)
def test_any_course_can_be_drawn_within_its_frame(values, target, every, small):
    line = None if target is None else Line(target)
    svg = course(**SAID, dots=dots(*values, every=every), target=line, small=small)
    root = parsed(svg, "c")
    width, height = float(root.get("width")), float(root.get("height"))
    circles = [(float(circle.get("cx")), float(circle.get("cy"))) for circle in root.iter(f"{SVG}circle")]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in circles)
    assert "nan" not in svg
    assert "inf" not in svg


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("12.00"), "12"),
        (Decimal("1200.50"), "1,200.5"),
        (Decimal("-0.25"), "-0.25"),
        (Decimal(100), "100"),
        (None, ""),
    ],
)
def test_a_figure_has_no_useless_zeros(value, said):
    assert figure(value) == said
