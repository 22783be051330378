"""The timeline: a picture of steps by the day they are due, and the same as a table."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from xml.etree import ElementTree as Xml

import pytest
from django.urls import reverse

from phast.access.actor import Actor
from plans import across
from plans.across import Wanted
from plans.timeline import SHOWN, Scale, timeline
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.plans.factories import days_ago, make_actor, make_plan, make_step

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)


@pytest.fixture
def by(client: ReadingClient) -> Actor:
    """The coordinator, signed in."""
    actor = make_actor()
    sign_in(client, actor.user)
    return actor


def drawn(by: Actor) -> str:
    return timeline(by, across.steps(by, Wanted())).svg


def texts(svg: str) -> list[str]:
    return [element.text for element in Xml.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own drawing


def test_months_run_from_the_first_day_to_the_last_with_today_among_them() -> None:
    scale = Scale.of([dt.date(2026, 9, 3), dt.date(2027, 1, 31)], TODAY)
    assert (scale.first, scale.end, scale.months) == (dt.date(2026, 9, 1), dt.date(2027, 2, 1), 5)
    assert [tick[1].text for tick in scale.ticks()] == ["Sep", "Oct", "Nov", "Dec", "Jan"]
    assert [tick[2].text for tick in scale.ticks() if tick[2]] == ["2026", "2027"]
    assert scale.x(dt.date(2026, 9, 3)) < scale.x(TODAY) < scale.x(dt.date(2027, 1, 31))


def test_a_day_far_away_stands_at_the_edge_with_its_year_and_squeezes_nothing(by: Actor) -> None:
    scale = Scale.of([dt.date(2100, 12, 31), dt.date(2000, 1, 1)], TODAY)
    assert scale.months <= 37
    assert scale.x(dt.date(2100, 12, 31)) == scale.x(scale.end)
    make_step(make_plan(by), "In another century", due_on=dt.date(2100, 12, 31))
    assert "Dec 31, 2100" in texts(drawn(by))


def test_no_month_names_overlap_however_long_the_time() -> None:
    scale = Scale.of([dt.date(2025, 11, 1), dt.date(2028, 11, 1)], TODAY)
    at = [float(tick[1].x) for tick in scale.ticks()]
    assert min(b - a for a, b in pairwise(at)) > 30


def test_how_a_step_stands_is_told_by_shape_and_words_not_colour_alone(by: Actor) -> None:
    plan = make_plan(by)
    make_step(plan, "Late", due_on=days_ago(by, 1))
    make_step(plan, "Done", due_on=days_ago(by, 1), status="done", finished_at=dt.datetime.now(dt.UTC))
    make_step(plan, "Open", due_on=days_ago(by, -1))
    svg = drawn(by)
    said = re.findall(r"<title>([^<]*)</title>", svg)
    assert [each.split(": ")[1].split(",")[0] for each in said] == ["overdue", "done", "not started"]
    shapes = re.findall(r'<g transform="translate\([^)]*\)">(.*?)</g>', svg)
    assert len({re.sub(r'fill="[^"]*"|stroke="[^"]*"', "", shape) for shape in shapes}) == 3
    assert {"Overdue", "Done", "Not started"} <= set(texts(svg))


def test_the_drawing_needs_no_css_and_escapes_what_people_typed(by: Actor) -> None:
    make_step(make_plan(by, title="A & B <plan>"), "<script>alert(1)</script> " + "w" * 150, due_on=days_ago(by, 0))
    svg = drawn(by)
    assert "<script>" not in svg
    assert "class=" not in svg
    assert "style=" not in svg
    assert "currentColor" not in svg
    assert "A & B <plan>" in texts(svg)
    assert max(len(text) for text in texts(svg)) < 60


def test_many_steps_are_drawn_up_to_a_number_the_page_tells(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    for n in range(70):
        make_step(plan, f"Open {n:02}", due_on=days_ago(by, -n))
    make_step(plan, "Finished", due_on=days_ago(by, 9), status="done", finished_at=dt.datetime.now(dt.UTC))
    found = timeline(by, across.steps(by, Wanted()))
    assert (found.drawn, found.dated) == (SHOWN, 71)
    assert "Open 00" in texts(found.svg)
    assert "Finished" not in texts(found.svg)
    page = client.get(reverse("plans:timeline", args=[by.coalition.slug])).content.decode()
    assert "The picture has 60 of 71 steps with a day" in page
    table = page.split("The same as a table")[1]
    assert "Finished" in table
    assert "Open 69" in table


def test_steps_without_a_day_stand_beside_the_picture_with_what_was_said(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    make_step(plan, "Check in", due_said="quarterly")
    make_step(plan, "Dated", due_on=days_ago(by, 0))
    page = client.get(reverse("plans:timeline", args=[by.coalition.slug])).content.decode()
    beside = page.split("Without a day")[1].split("</ul>")[0]
    assert "Check in" in beside
    assert "quarterly" in beside
    assert "Dated" not in beside
