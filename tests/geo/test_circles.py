"""Circles stand near their places and never on one another, the same way every time."""

from itertools import combinations
from math import hypot

from hypothesis import given, settings
from hypothesis import strategies as st

from phast.geo.circles import Circle, spread

circles = st.lists(st.tuples(st.floats(0, 760), st.floats(0, 500), st.floats(2, 32)), min_size=1, max_size=60).map(
    lambda rows: [Circle(f"{number:05}", (x, y), r) for number, (x, y, r) in enumerate(rows)]
)


def overlaps(placed):
    return [(a.name, b.name) for a, b in combinations(placed, 2) if hypot(a.x - b.x, a.y - b.y) < a.r + b.r - 1e-6]


@settings(max_examples=40, deadline=None)
@given(circles)
def test_no_two_circles_overlap_and_all_are_in_the_frame(placed):
    spread(placed, width=760, height=500)
    assert overlaps(placed) == []
    assert all(c.r <= c.x <= 760 - c.r and c.r <= c.y <= 500 - c.r for c in placed)


@settings(max_examples=20, deadline=None)
@given(circles, st.randoms())
def test_the_order_of_the_circles_changes_nothing(placed, random):
    again = [Circle(c.name, c.home, c.r) for c in placed]
    random.shuffle(again)
    spread(placed, width=760, height=500)
    spread(again, width=760, height=500)
    assert [(c.name, c.x, c.y) for c in sorted(placed, key=lambda c: c.name)] == [
        (c.name, c.x, c.y) for c in sorted(again, key=lambda c: c.name)
    ]


def test_many_circles_at_one_place_find_room():
    placed = [Circle(f"{number:05}", (380.0, 250.0), 12.0) for number in range(60)]
    spread(placed, width=760, height=500)
    assert overlaps(placed) == []
    assert all(c.r == 12.0 for c in placed)


def test_more_circles_than_fit_shrink_together():
    placed = [Circle(f"{number:05}", (20.0, 20.0), 30.0) for number in range(40)]
    spread(placed, width=160, height=120)
    assert overlaps(placed) == []
    assert len({c.r for c in placed}) == 1


def test_a_circle_alone_stays_at_home():
    (placed,) = [Circle("12203", (300.0, 200.0), 20.0)]
    spread([placed], width=760, height=500)
    assert hypot(placed.x - 300, placed.y - 200) < 0.1
