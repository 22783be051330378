"""Reporting periods: opened, reported, late, closed, reopened."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
import time_machine
from django.test import Client

from coalitions.models import Coalition, Partner
from lbn.actions import (
    close_period,
    ensure_periods,
    reopen_period,
    submit_period,
    withdraw_report,
)
from lbn.models import Period, PeriodReport
from lbn.refusals import NotPossible, PeriodClosed
from lbn.selectors.periods import State, board, not_in, reports_due
from lbn.selectors.span import Span
from lbn.tasks import open_periods
from phast.audit.models import Event
from tests.factories import sign_in

from .conftest import TODAY, Scene
from .races import every_way_against_close, saves_against_close

PERIODS = "/c/ours/naloxone/periods/"


@pytest.fixture
def periods(scene: Scene) -> dict[str, Period]:
    """September (late by now), October (due), November (running) of 2026, by month."""
    ensure_periods(coalition=scene.coalition, today=TODAY)
    return {f"{period.from_on:%b}": period for period in Period.objects.of(scene.coalition)}


def state(scene: Scene, period: Period, agency: Partner | None = None) -> State:
    (line,) = board(scene.coalition, [Period.objects.get(pk=period.pk)], [agency or scene.agency])
    return line.standings[0].state


# ------------------------------------------------------------------ opened
def spans(coalition: Coalition) -> list[tuple[str, str, str]]:
    rows = Period.objects.of(coalition).order_by("from_on")
    return [(f"{p.from_on:%Y-%m-%d}", f"{p.to_on:%Y-%m-%d}", f"{p.due_on:%Y-%m-%d}") for p in rows]


def test_periods_open_from_the_first_agencys_start_to_today(scene: Scene) -> None:
    open_periods()
    open_periods()
    assert spans(scene.coalition) == [
        ("2026-09-01", "2026-09-30", "2026-10-30"),
        ("2026-10-01", "2026-10-31", "2026-11-30"),
        ("2026-11-01", "2026-11-30", "2026-12-30"),
    ]


@pytest.mark.parametrize(
    ("months", "first"), [("3", ("2026-07-01", "2026-09-30")), ("6", ("2026-07-01", "2026-12-31"))]
)
def test_quarters_and_halves_are_those_of_the_calendar(scene: Scene, months: str, first: tuple[str, str]) -> None:
    Coalition.objects.update(reporting=months)
    ensure_periods(coalition=scene.coalition, today=TODAY)
    assert spans(scene.coalition)[0][:2] == first


def test_a_change_to_quarters_keeps_what_is_there_and_ends_with_the_quarter(scene: Scene, periods: dict) -> None:
    Coalition.objects.update(reporting="3")
    ensure_periods(coalition=scene.coalition, today=dt.date(2027, 2, 1))
    assert [span[:2] for span in spans(scene.coalition)[2:]] == [
        ("2026-11-01", "2026-11-30"),
        ("2026-12-01", "2026-12-31"),
        ("2027-01-01", "2027-03-31"),
    ]


def test_without_an_agency_that_counts_there_are_none(scene: Scene) -> None:
    Partner.objects.update(counts_since=None)
    assert ensure_periods(coalition=scene.coalition, today=TODAY) == 0


# ------------------------------------------------------------------ reported
def test_blank_is_not_reported_and_zero_is_said(scene: Scene, periods: dict) -> None:
    assert state(scene, periods["Sep"]) == State.LATE
    assert state(scene, periods["Oct"]) == State.DUE
    assert state(scene, periods["Nov"]) == State.RUNNING
    assert state(scene, periods["Sep"], scene.other) == State.NOT_EXPECTED
    submit_period(period=periods["Sep"], partner=scene.agency, nothing=True, by=scene.reporter)
    assert state(scene, periods["Sep"]) == State.ZERO
    scene.log(day=dt.date(2026, 10, 3))
    submit_period(period=periods["Oct"], partner=scene.agency, by=scene.reporter)
    assert state(scene, periods["Oct"]) == State.REPORTED


def test_a_report_that_contradicts_the_counts_is_not_taken(scene: Scene, periods: dict) -> None:
    with pytest.raises(NotPossible, match="There are no counts"):
        submit_period(period=periods["Oct"], partner=scene.agency, by=scene.reporter)
    scene.log(day=dt.date(2026, 10, 3))
    with pytest.raises(NotPossible, match="There are counts"):
        submit_period(period=periods["Oct"], partner=scene.agency, nothing=True, by=scene.reporter)
    assert not PeriodReport.objects.exists()


def test_a_period_that_runs_or_was_before_the_agencys_time_is_not_reported(scene: Scene, periods: dict) -> None:
    with pytest.raises(NotPossible, match="not over yet"):
        submit_period(period=periods["Nov"], partner=scene.agency, nothing=True, by=scene.reporter)
    with pytest.raises(NotPossible, match="no report is expected"):
        submit_period(period=periods["Sep"], partner=scene.other, nothing=True, by=scene.coordinator)


def test_the_last_day_of_a_period_is_early_enough(scene: Scene, periods: dict) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 30, 17, tzinfo=dt.UTC), tick=False):
        submit_period(period=periods["Nov"], partner=scene.agency, nothing=True, by=scene.reporter)
    assert PeriodReport.objects.count() == 1


def test_a_report_is_due_for_thirty_days_and_late_after(scene: Scene, periods: dict) -> None:
    for day, expected in ((30, State.DUE), (31, State.LATE)):
        now = dt.datetime(2026, 10, day, 17, tzinfo=dt.UTC)
        with time_machine.travel(now, tick=False):
            assert state(scene, periods["Sep"]) == expected
    assert [(s.period.pk, s.days_late) for s in reports_due([scene.agency])] == [
        (periods["Sep"].pk, 21),
        (periods["Oct"].pk, 0),
    ]


def test_a_report_twice_is_one_and_can_be_taken_back(scene: Scene, periods: dict) -> None:
    for _ in range(2):
        report = submit_period(period=periods["Oct"], partner=scene.agency, nothing=True, by=scene.reporter)
    assert Event.objects.filter(verb="period.reported").count() == 1
    withdraw_report(report=report, by=scene.reporter)
    assert state(scene, periods["Oct"]) == State.DUE


# ------------------------------------------------------------------ closed
def test_a_closed_period_takes_no_report_until_it_is_reopened(scene: Scene, periods: dict) -> None:
    report = submit_period(period=periods["Oct"], partner=scene.agency, nothing=True, by=scene.reporter)
    close_period(period=periods["Oct"], by=scene.coordinator)
    with pytest.raises(PeriodClosed):
        submit_period(period=periods["Oct"], partner=scene.other, nothing=True, by=scene.coordinator)
    with pytest.raises(PeriodClosed):
        withdraw_report(report=report, by=scene.reporter)
    assert state(scene, periods["Oct"], scene.other) == State.MISSING
    with pytest.raises(NotPossible):
        reopen_period(period=periods["Oct"], reason="because", by=scene.coordinator)
    reopen_period(period=periods["Oct"], reason="late_report", by=scene.coordinator)
    submit_period(period=periods["Oct"], partner=scene.other, nothing=True, by=scene.coordinator)
    verbs = Event.objects.filter(verb__startswith="period.").order_by("pk").values_list("verb", "detail__reason")
    assert ("period.reopened", "late_report") in verbs


def test_a_period_that_is_not_over_is_not_closed(scene: Scene, periods: dict) -> None:
    with pytest.raises(NotPossible, match="not over yet"):
        close_period(period=periods["Nov"], by=scene.coordinator)


def test_no_save_comes_after_the_close(committed: Scene, drill_size: Callable[[int], int]) -> None:
    ensure_periods(coalition=committed.coalition, today=TODAY)
    assert saves_against_close(committed, rounds=max(20, drill_size(100))) == 0


def test_no_way_in_comes_after_the_close(committed: Scene, drill_size: Callable[[int], int]) -> None:
    ensure_periods(coalition=committed.coalition, today=TODAY)
    late, outcomes = every_way_against_close(committed, rounds=max(4, drill_size(100)))
    assert late == 0
    assert sum(outcomes.values()) == 4 * max(4, drill_size(100)), outcomes


# ------------------------------------------------------------------ the pages
def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_an_agency_reports_nothing_with_one_press(client: Client, scene: Scene, periods: dict) -> None:
    sign_in(client, scene.reporter_user)
    page = client.get(PERIODS)
    assert "Late" in text(page)
    assert page.content.decode().count('name="nothing" value="1"') == 2
    told = client.post(f"{PERIODS}{periods['Oct'].pk}/report/", {"nothing": "1"}, follow=True)
    assert "October 2026: nothing to report. Thank you." in text(told)
    assert PeriodReport.objects.get().partner == scene.agency


def test_another_agencys_report_cannot_be_taken_back(client: Client, scene: Scene, periods: dict) -> None:
    report = submit_period(period=periods["Oct"], partner=scene.other, nothing=True, by=scene.coordinator)
    sign_in(client, scene.lead_user)
    assert client.post(f"{PERIODS}reports/{report.pk}/withdraw/").status_code == 404
    assert client.post(f"{PERIODS}{periods['Oct'].pk}/report/?agency={scene.other.pk}").status_code == 404
    assert client.post(f"{PERIODS}{periods['Oct'].pk}/close/").status_code == 403


def test_the_coordinator_sees_who_is_late_and_closes(client: Client, scene: Scene, periods: dict) -> None:
    submit_period(period=periods["Oct"], partner=scene.other, nothing=True, by=scene.coordinator)
    sign_in(client, scene.coordinator_user)
    page = text(client.get(PERIODS))
    assert "1 agency is late Riverbend Police : September 2026 (21 days)" in page
    assert "October 2026 Nov 30, 2026 1 of 2 1 0 0" in page
    told = client.post(f"{PERIODS}{periods['Sep'].pk}/close/", follow=True)
    assert "September 2026 is closed" in text(told)
    why = client.post(f"{PERIODS}{periods['Sep'].pk}/reopen/")
    assert (why.status_code, "Choose why" in text(why)) == (422, True)
    client.post(f"{PERIODS}{periods['Sep'].pk}/reopen/", {"reason": "mistake"})
    assert Period.objects.get(pk=periods["Sep"].pk).closed_at is None


def test_the_coordinator_reports_on_behalf_and_it_is_said(client: Client, scene: Scene, periods: dict) -> None:
    sign_in(client, scene.coordinator_user)
    url = f"{PERIODS}{periods['Oct'].pk}/report/"
    assert "Choose the agency first" in text(client.post(url, {"nothing": "1"}, follow=True))
    page = client.post(f"{url}?agency={scene.agency.pk}", {"nothing": "1"}, follow=True)
    assert "by the coordinator, on behalf" in text(page)


def test_the_board_asks_the_database_as_often_for_many(
    client: Client, scene: Scene, periods: dict, django_assert_max_num_queries
) -> None:
    from tests.factories import make_partner

    def queries() -> int:
        with django_assert_max_num_queries(15) as captured:
            assert client.get(PERIODS).status_code == 200
        return len(captured)

    sign_in(client, scene.coordinator_user)
    client.get(PERIODS)  # the first request of a session is written down as such
    before = queries()
    for number in range(5):
        make_partner(scene.coalition, f"Agency {number}", agency_type="other", counts_since=dt.date(2026, 9, 1))
    assert queries() == before


def test_the_home_page_says_what_is_due(client: Client, scene: Scene, periods: dict) -> None:
    from lbn.home import cards

    texts = [card.text for card in cards(scene.reporter)]
    assert texts == [
        "Left kits behind?",
        "The report for September 2026 was due 21 days ago",
        "The report for October 2026 is due on November 30",
    ]
    assert [card.text for card in cards(scene.coordinator)] == ["An agency is late with its report"]


# ------------------------------------------------------------------ closing, searching, home
def test_before_a_period_closes_the_page_says_who_has_not_reported(client: Client, scene: Scene, periods: dict) -> None:
    scene.log(day=dt.date(2026, 9, 3), kits=4)
    sign_in(client, scene.coordinator_user)
    url = f"{PERIODS}{periods['Sep'].pk}/close/"
    said = text(client.get(url))
    assert "1 of 1 agencies has not reported" in said
    assert "Riverbend Police (4 kits logged, not said to be complete)" in said
    assert Period.objects.get(pk=periods["Sep"].pk).closed_at is None
    assert "1 of 1 agencies did not report" in text(client.post(url, follow=True))


def test_the_board_is_searched_and_shows_late_ones_alone(client: Client, scene: Scene, periods: dict) -> None:
    sign_in(client, scene.coordinator_user)
    whole = text(client.get(PERIODS)).partition("Agency by agency")[2]
    assert ("Colonie EMS" in whole, "Riverbend Police" in whole) == (True, True)
    for query, ems, police in (("?q=colonie", True, False), ("?late=1", False, True)):
        rows = text(client.get(PERIODS + query)).partition("Agency by agency")[2]
        assert ("Colonie EMS" in rows, "Riverbend Police" in rows) == (ems, police)
    assert "No agency like that is late" in text(client.get(f"{PERIODS}?q=colonie&late=1"))


def test_nothing_to_report_is_one_press_on_the_home_page(client: Client, scene: Scene, periods: dict) -> None:
    sign_in(client, scene.reporter_user)
    home = client.get("/c/ours/").content.decode()
    url = next(found for found in re.findall(r'action="([^"]+)"', home) if f"/{periods['Oct'].pk}/report/" in found)
    told = client.post(url.replace("&amp;", "&"), follow=True)
    assert "October 2026: nothing to report. Thank you." in text(told)


@pytest.mark.parametrize(
    ("was", "is_now", "later", "expected"),
    [
        # Months until February, then halves: the first half ends in June.
        ("1", "6", dt.date(2027, 7, 2), ["2026-12-01 2026-12-31", "2027-01-01 2027-06-30", "2027-07-01 2027-12-31"]),
        # A quarter that has begun stays one; months come after it.
        ("3", "1", dt.date(2027, 1, 5), ["2026-10-01 2026-12-31", "2027-01-01 2027-01-31"]),
        ("6", "3", dt.date(2027, 1, 5), ["2026-07-01 2026-12-31", "2027-01-01 2027-03-31"]),
    ],
)
def test_a_change_in_mid_year_leaves_no_gap_and_no_overlap(
    scene: Scene, was: str, is_now: str, later: dt.date, expected: list[str]
) -> None:
    Coalition.objects.update(reporting=was)
    ensure_periods(coalition=scene.coalition, today=TODAY)
    before = spans(scene.coalition)
    Coalition.objects.update(reporting=is_now)
    ensure_periods(coalition=scene.coalition, today=later)
    after = spans(scene.coalition)
    assert after[: len(before)] == before
    assert [f"{first} {last}" for first, last, _ in after][-len(expected) :] == expected
    days = [(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) for first, last, _ in after]
    assert all(last + dt.timedelta(1) == first for (_, last), (first, _) in pairwise(days))


# ------------------------------------------------------------------ what a report of the figures says
def test_figures_tell_which_reports_are_not_in(scene: Scene, periods: dict[str, Period]) -> None:
    """What is blank is not zero. A period that still runs is not missing."""
    span = Span.of_months(dt.date(2026, 9, 1), dt.date(2026, 11, 1))

    def reported(*months: str) -> None:
        for month in months:
            PeriodReport.objects.create(period=periods[month], partner=scene.agency, submitted_by=scene.lead_user)

    reported("Sep")
    said = not_in(scene.coalition, span, [scene.agency])
    assert said == "1 of 2 reports is not in yet (October 2026): the figures are those so far."
    october = Span.of_months(dt.date(2026, 10, 1), dt.date(2026, 10, 1))
    assert not_in(scene.coalition, october, [scene.agency]).startswith(
        "The agency’s report is not in yet (October 2026)"
    )
    assert f"{scene.agency}, October 2026" in not_in(scene.coalition, span)
    reported("Oct")
    assert not not_in(scene.coalition, span, [scene.agency])
