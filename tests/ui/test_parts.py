"""Template tags: what they write, and that nothing a person typed becomes markup."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from phast.ui.templatetags.ui import device, kits, local_date, local_time, month, number


def draw(source: str, query: str = "", **context: object) -> str:
    return engines["django"].from_string(source).render(context, RequestFactory().get(f"/list/{query}"))


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (local_date(dt.date(2026, 11, 2)), "Nov 2, 2026"),
        (local_date(None), ""),
        (local_time(dt.datetime(2026, 11, 2, 15, 5, tzinfo=dt.UTC)), "Nov 2, 2026, 3:05 pm"),
        (local_time(dt.datetime(2026, 11, 2, 0, 5, tzinfo=dt.UTC)), "Nov 2, 2026, 12:05 am"),
        (month(dt.date(2026, 11, 2)), "November 2026"),
        (number(3412), "3,412"),
        (number(0), "0"),
        (number(None), ""),
        (kits(1), "1 kit"),
        (kits(0), "0 kits"),
        (kits(3412), "3,412 kits"),
        (device("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140"), "Edge on Windows"),
        (device("curl/8"), "A browser"),
    ],
)
def test_dates_and_numbers_read_as_people_write_them(shown: str, words: str) -> None:
    assert shown == words


@pytest.mark.parametrize(
    "source",
    [
        "{% status_tag text %}",
        "{% card text text note=text %}",
        "{% breadcrumbs text '/x' text %}",
        "{% subnav text text '/x' %}",
        "{% nothing text %}{{ text }}{% endnothing %}",
        "{% table text %}{{ text }}{% endtable %}",
        "{% icon 'add' text %}",
        "{% sortable text 'name' %}",
    ],
)
def test_typed_markup_stays_text(source: str) -> None:
    drawn = draw(source, text="<script>alert(1)</script>")
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


def test_a_picture_that_is_not_drawn_yet_is_an_error_and_no_gap() -> None:
    with pytest.raises(LookupError, match="no “download”"):
        draw("{% icon 'download' %}")


@pytest.mark.parametrize(("columns", "scrolls"), [(0, False), (12, False), (13, True)])
def test_only_a_chart_of_many_columns_scrolls_on_a_phone(columns: int, scrolls: bool) -> None:
    drawn = draw("{% drawing svg 'Kits by month, chart' columns=columns %}", svg="<svg></svg>", columns=columns)
    assert ("Swipe sideways" in drawn) == scrolls
    assert ('tabindex="0" aria-label="Kits by month, chart"' in drawn) == scrolls


def test_a_page_below_another_marks_the_nearest_tab() -> None:
    drawn = draw("{% subnav 'Kits' 'Overview' '/' 'Lists' '/list/' %}", "5/")
    assert '<a href="/">Overview' in drawn
    assert '<a href="/list/" aria-current="true">Lists' in drawn


def test_the_pager_keeps_the_filters() -> None:
    drawn = draw("{% pager page 'counts' %}", "?zip=12207&page=2", page=Paginator(range(95), 10).page(2))
    assert "11–20 of 95 counts" in drawn
    assert 'href="?zip=12207&amp;page=3"' in drawn
    assert 'aria-current="page"' in drawn


def test_a_sorted_column_says_so_and_turns_round() -> None:
    drawn = draw("{% sortable 'Due' 'due' %}", "?sort=due&page=3")
    assert 'aria-sort="ascending"' in drawn
    assert 'href="?sort=-due"' in drawn


def test_a_table_can_be_reached_by_keyboard_and_has_a_name() -> None:
    drawn = draw("{% table 'Kits by ZIP' %}<tbody></tbody>{% endtable %}")
    assert 'role="region" tabindex="0" aria-labelledby="table-kits-by-zip"' in drawn
    assert '<caption id="table-kits-by-zip">Kits by ZIP</caption>' in drawn
