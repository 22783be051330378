"""An agency's month at a desk: rows that are saved together, totals that meet counts, pasted blocks."""

from __future__ import annotations

import datetime as dt
import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from coalitions.models import Partner
from lbn.actions import close_period, ensure_periods
from lbn.actions.month import ChangedMeanwhile, MonthRow, PageReused, RowsUnacceptable, log_month
from lbn.enums import Channel, VoidReason
from lbn.models import Count, KitType, Period, PeriodReport
from lbn.selectors.month import month_of
from phast.audit.models import Event
from tests.client import ReadingClient
from tests.factories import sign_in

from .conftest import TODAY, Scene
from .test_counting_pages import text
from .world import make_count

MONTH = "/c/ours/naloxone/month/"
OCTOBER = dt.date(2026, 10, 1)
OCT_3 = dt.date(2026, 10, 3)


@pytest.fixture
def desk(client: ReadingClient, scene: Scene) -> ReadingClient:
    """The lead's desk, signed in; October is over and not reported."""
    ensure_periods(coalition=scene.coalition, today=TODAY)
    sign_in(client, scene.lead_user)
    return client


def boxes(response: Any) -> dict[str, str]:
    """What the page's form would send as it stands."""
    page = response.content.decode().split("<template")[0] + response.content.decode().split("</template>")[1]
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="radio"' not in tag:
            found[name[1]] = value[1] if value else ""
    return found


def row_of(sent: dict[str, str], place: str) -> str:
    """The beginning of the names of the row of a place: a ZIP that the page names or that stands in a box, "unknown", "outside"."""
    name = next(name for name, value in sent.items() if value == place and re.search("-(place|zip_code)$", name))
    return name.rpartition("-")[0]


def filled(sent: dict[str, str], **kits: str) -> dict[str, str]:
    """With totals: of rows that are there, and of new ones in empty rows. `_12203="4"` is 4 kits in 12203."""
    sent = dict(sent)
    for name, number in kits.items():
        place = name.strip("_")
        try:
            row = row_of(sent, place)
        except StopIteration:
            row = next(
                name.rpartition("-")[0]
                for name, value in sent.items()
                if name.endswith("-zip_code") and not value and not sent[name.replace("zip_code", "kits")]
            )
            sent[f"{row}-zip_code"] = place
        sent[f"{row}-kits"] = number
    return sent


def live(scene: Scene) -> list[tuple]:
    rows = Count.objects.filter(partner=scene.agency, voided_at=None).order_by("zip_code", "place", "pk")
    return [(count.zip_code or count.place, count.kits) for count in rows]


# ------------------------------------------------------------------ all or none
def test_a_month_is_saved_in_one_go_over_the_whole_month(desk: ReadingClient, scene: Scene) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="4", _12207="0", unknown="2", outside="1")
    told = desk.post(f"{MONTH}?month=2026-10", sent | {"do": "save"}, follow=True)
    assert "Saved for October 2026: 7 kits in 4 places." in text(told)
    assert live(scene) == [("outside", 1), ("unknown", 2), ("12203", 4), ("12207", 0)]
    count = Count.objects.get(zip_code="12203")
    assert (count.from_on, count.to_on, count.channel) == (OCTOBER, dt.date(2026, 10, 31), Channel.DESK)
    assert count.on_behalf is False
    assert Event.objects.get(verb="counts.month_logged").detail["entries"] == 4


def test_one_bad_row_saves_none_and_keeps_all_that_was_typed(desk: ReadingClient, scene: Scene) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="4", _12207="3.5", _122="1")
    page = desk.post(f"{MONTH}?month=2026-10", sent | {"do": "save"})
    assert page.status_code == 422
    assert not Count.objects.exists()
    again = boxes(page)
    assert again[f"{row_of(again, '12203')}-kits"] == "4"
    assert again[f"{row_of(again, '12207')}-kits"] == "3.5"
    said = text(page)
    assert "Row 2: Enter a whole number of kits, such as 3." in said
    assert "A ZIP code has five digits" in said


@pytest.mark.parametrize(
    ("kits", "sentence"),
    [
        ("-1", "cannot be less than 0"),
        ("3.5", "Enter a whole number of kits"),
        ("1e3", "Enter a whole number of kits"),
        ("three", "Enter a whole number of kits"),
        ("&lt;5", "Enter a whole number of kits"),
        ("5001", "One entry holds 5,000 kits at most"),
    ],
)
def test_a_number_that_is_none_is_told_beside_its_row(
    desk: ReadingClient, scene: Scene, kits: str, sentence: str
) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203=kits)
    page = desk.post(f"{MONTH}?month=2026-10", sent)
    assert (page.status_code, sentence in text(page)) == (422, True)
    assert not Count.objects.exists()


def test_odd_rows_are_asked_about_together_and_saved_with_one_yes(desk: ReadingClient, scene: Scene) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="700", _43215="2", _12299="1")
    page = desk.post(f"{MONTH}?month=2026-10", sent | {"do": "save"})
    said = text(page)
    assert "700 kits in one entry is unusual" in said
    assert "43215 is outside our counties" in said
    assert "12299 is not in our list" in said
    (agreeing,) = re.findall(r'name="confirmed" value="([^"]*)"', page.content.decode())
    desk.post(f"{MONTH}?month=2026-10", boxes(page) | {"confirmed": agreeing})
    assert live(scene) == [("outside", 2), ("12203", 700), ("12299", 1)]


def test_an_empty_page_says_nothing_and_never_zero(desk: ReadingClient, scene: Scene) -> None:
    sent = boxes(desk.get(f"{MONTH}?month=2026-10"))
    page = desk.post(f"{MONTH}?month=2026-10", sent | {"do": "save"})
    assert "A box that stays empty says nothing, not zero" in text(page)
    assert not Count.objects.exists()
    assert not PeriodReport.objects.exists()


def test_a_place_twice_is_told_unless_the_details_differ(desk: ReadingClient, scene: Scene) -> None:
    sent = boxes(desk.get(f"{MONTH}?month=2026-10"))
    sent |= {"rows-0-zip_code": "12203", "rows-0-kits": "1", "rows-1-zip_code": "12203", "rows-1-kits": "2"}
    assert "12203 is here twice" in text(desk.post(f"{MONTH}?month=2026-10", sent))
    desk.post(f"{MONTH}?month=2026-10", sent | {"rows-1-setting": "vending"})
    assert live(scene) == [("12203", 1), ("12203", 2)]


def test_the_only_kit_is_recorded_without_being_asked(desk: ReadingClient, scene: Scene) -> None:
    kit = KitType.objects.create(coalition=scene.coalition, name="Standard")
    desk.post(f"{MONTH}?month=2026-10", filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="4"))
    assert Count.objects.get().kit_type == kit


# ------------------------------------------------------------------ totals that meet counts
@pytest.fixture
def counted(scene: Scene) -> list[Count]:
    """Phones have counted 2 and 3 kits in 12203 in October, with a reversal."""
    return [
        make_count(scene.agency, scene.reporter_user, OCT_3, zip_code="12203", kits=2, channel=Channel.PHONE),
        make_count(
            scene.agency,
            scene.reporter_user,
            OCT_3 + dt.timedelta(5),
            zip_code="12203",
            kits=3,
            channel=Channel.PHONE,
            reversals=1,
        ),
    ]


def test_the_page_shows_what_phones_counted_and_asks_what_the_total_does(
    desk: ReadingClient, scene: Scene, counted: list[Count]
) -> None:
    page = desk.get(f"{MONTH}?month=2026-10")
    assert "12203 5 in 2 entries, from phones" in text(page)
    asked = desk.post(f"{MONTH}?month=2026-10", filled(boxes(page), _12203="6"))
    assert "Choose what your totals do to the kits that are counted already" in text(asked)
    assert len(live(scene)) == 2


def test_a_total_that_includes_them_takes_their_place(desk: ReadingClient, scene: Scene, counted: list[Count]) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="6", _12207="1")
    told = desk.post(f"{MONTH}?month=2026-10", sent | {"how": "replace"}, follow=True)
    assert "2 entries that your totals include are taken out" in text(told)
    assert live(scene) == [("12203", 6), ("12207", 1)]
    gone = Count.objects.exclude(voided_at=None)
    assert {count.void_reason for count in gone} == {VoidReason.INCLUDED}
    assert Count.objects.get(kits=6).reversals == 1  # what the phones said besides is not lost


def test_a_total_that_comes_on_top_leaves_them(desk: ReadingClient, scene: Scene, counted: list[Count]) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="6")
    desk.post(f"{MONTH}?month=2026-10", sent | {"how": "add"})
    assert live(scene) == [("12203", 2), ("12203", 3), ("12203", 6)]


def test_a_row_may_say_otherwise_than_the_page(desk: ReadingClient, scene: Scene, counted: list[Count]) -> None:
    make_count(scene.agency, scene.reporter_user, OCT_3, zip_code="12207", kits=9)
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="6", _12207="1")
    sent[f"{row_of(sent, '12207')}-how"] = "add"
    desk.post(f"{MONTH}?month=2026-10", sent | {"how": "replace"})
    assert live(scene) == [("12203", 6), ("12207", 9), ("12207", 1)]


def test_a_corrected_total_replaces_the_first_and_the_same_again_changes_nothing(
    desk: ReadingClient, scene: Scene
) -> None:
    for kits in ("4", "5", "5"):
        sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203=kits)
        desk.post(f"{MONTH}?month=2026-10", sent | {"how": "replace"})
    assert live(scene) == [("12203", 5)]
    assert Count.objects.count() == 2


def test_a_quarters_total_is_asked_about(desk: ReadingClient, scene: Scene) -> None:
    make_count(
        scene.agency, scene.lead_user, dt.date(2026, 9, 1), to_on=dt.date(2026, 11, 10), zip_code="12203", kits=30
    )
    page = desk.post(f"{MONTH}?month=2026-10", filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="6"))
    assert "A total of 30 kits for a longer time in the same place is here already" in text(page)


# ------------------------------------------------------------------ twice, at once, meanwhile
def test_a_double_click_and_the_page_sent_again_save_once(desk: ReadingClient, scene: Scene) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="4", _12207="1")
    for _ in range(3):
        assert desk.post(f"{MONTH}?month=2026-10", sent).status_code == 302
    assert live(scene) == [("12203", 4), ("12207", 1)]
    page = desk.post(f"{MONTH}?month=2026-10", filled(sent, _12203="5"))
    assert "This page was saved before, with something else in it" in text(page)
    assert boxes(page)[f"{row_of(boxes(page), '12203')}-kits"] == "5"
    assert live(scene) == [("12203", 4), ("12207", 1)]


def test_what_came_meanwhile_is_shown_and_nothing_is_lost(desk: ReadingClient, scene: Scene, counted: list) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="6", _12210="2")
    make_count(scene.agency, scene.reporter_user, OCT_3, zip_code="12203", kits=7, channel=Channel.PHONE)
    make_count(scene.agency, scene.reporter_user, OCT_3, zip_code="12207", kits=1)  # no total was typed for this one
    page = desk.post(f"{MONTH}?month=2026-10", sent | {"how": "replace", "do": "save"})
    assert page.status_code == 422
    assert "What is counted in 12203 has changed" in text(page)
    assert "12203 12 in 3 entries, from phones" in text(page)
    again = boxes(page)
    assert again[f"{row_of(again, '12203')}-kits"] == "6"
    assert again[f"{row_of(again, '12210')}-kits"] == "2"
    desk.post(f"{MONTH}?month=2026-10", again | {"how": "replace"})
    assert live(scene) == [("12203", 6), ("12207", 1), ("12210", 2)]


def test_two_people_at_once_save_one_page_and_ask_the_other(committed: Scene) -> None:
    values = {"partner": committed.agency, "month": OCTOBER, "seen": {}}
    start = threading.Barrier(6)

    def save(kits: int) -> str:
        try:
            connection.ensure_connection()
            start.wait()
            row = MonthRow(0, "zip", "12203", kits)
            log_month(**values, rows=[row], page_key=uuid.UUID(int=kits), by=committed.reporter)
        except ChangedMeanwhile:
            return "asked"
        else:
            return "saved"
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(save, [4, 4, 4, 5, 5, 5]))
    assert Count.objects.count() == 1
    assert answers.count("saved") == 3  # the page that came first, however often it was sent


def test_a_page_key_with_another_body_saves_nothing(scene: Scene) -> None:
    values = {"partner": scene.agency, "month": OCTOBER, "seen": {}, "page_key": uuid.uuid4(), "by": scene.reporter}
    log_month(**values, rows=[MonthRow(0, "zip", "12203", 4)])
    with pytest.raises(PageReused):
        log_month(**values, rows=[MonthRow(0, "zip", "12203", 4), MonthRow(1, "zip", "12207", 4)])
    assert Count.objects.count() == 1


def test_an_agency_that_left_logs_nothing(scene: Scene) -> None:
    Partner.objects.filter(pk=scene.agency.pk).update(status="inactive")
    with pytest.raises(RowsUnacceptable, match="not an active agency"):
        log_month(
            partner=scene.agency,
            month=OCTOBER,
            rows=[MonthRow(0, "zip", "12203", 4)],
            seen={},
            page_key=uuid.uuid4(),
            by=scene.coordinator,
        )


# ------------------------------------------------------------------ report, month, closed
def test_save_and_report_is_one_press(desk: ReadingClient, scene: Scene) -> None:
    page = desk.get(MONTH)
    assert "September 2026" in text(page)  # the longest overdue comes first
    page = desk.get(f"{MONTH}?month=2026-10")
    told = desk.post(f"{MONTH}?month=2026-10", filled(boxes(page), _12203="4") | {"do": "report"}, follow=True)
    assert "October 2026 is reported. Thank you." in text(told)
    assert PeriodReport.objects.get().partner == scene.agency


def test_the_question_in_between_does_not_forget_to_report(desk: ReadingClient, scene: Scene) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="700")
    page = desk.post(f"{MONTH}?month=2026-10", sent | {"do": "report"})
    (agreeing,) = re.findall(r'name="confirmed" value="([^"]*)"', page.content.decode())
    desk.post(f"{MONTH}?month=2026-10", boxes(page) | {"confirmed": agreeing})
    assert PeriodReport.objects.count() == 1


def test_nothing_to_report_is_one_press_and_comes_back_here(desk: ReadingClient, scene: Scene) -> None:
    page = desk.get(f"{MONTH}?month=2026-10").content.decode()
    (url,) = re.findall(r'action="([^"]*/report/)"', page)
    told = desk.post(url, {"nothing": "1", "on": "2026-10"}, follow=True)
    assert told.redirect_chain[-1][0] == f"{MONTH}?month=2026-10"
    assert "October 2026: nothing to report. Thank you." in text(told)


def test_a_closed_month_is_refused_kept_and_written_down(desk: ReadingClient, scene: Scene) -> None:
    sent = filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="4")
    close_period(period=Period.objects.get(from_on=OCTOBER), by=scene.coordinator)
    page = desk.post(f"{MONTH}?month=2026-10", sent)
    assert page.status_code == 422
    assert "October 2026 is closed" in text(page)
    assert boxes(page)[f"{row_of(boxes(page), '12203')}-kits"] == "4"
    assert Event.objects.filter(verb="count.blocked").count() == 1


def test_a_closed_month_offers_no_box_to_type_in(desk: ReadingClient, scene: Scene) -> None:
    desk.post(f"{MONTH}?month=2026-10", filled(boxes(desk.get(f"{MONTH}?month=2026-10")), _12203="4"))
    close_period(period=Period.objects.get(from_on=OCTOBER), by=scene.coordinator)
    page = desk.get(f"{MONTH}?month=2026-10")
    assert "12203" in text(page)
    assert 'name="do"' not in page.content.decode()


def test_of_the_running_month_the_days_so_far_are_counted(desk: ReadingClient, scene: Scene) -> None:
    page = desk.get(f"{MONTH}?month=2026-11")
    assert "November 2026 is not over: these are the days so far." in text(page)
    desk.post(f"{MONTH}?month=2026-11", filled(boxes(page), _12203="4"))
    assert Count.objects.get().to_on == TODAY


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "1925-01", "x"])
def test_a_month_that_cannot_be_is_not_found(desk: ReadingClient, month: str) -> None:
    assert desk.get(f"{MONTH}?month={month}").status_code == 404


def test_the_coordinator_enters_on_behalf_and_it_is_said(client: Client, scene: Scene) -> None:
    sign_in(client, scene.coordinator_user)
    url = f"{MONTH}?agency={scene.agency.pk}&month=2026-10"
    page = client.get(url)
    assert f"You enter this on behalf of {scene.agency}" in text(page)
    client.post(url, filled(boxes(page), _12203="4"))
    assert Count.objects.get().on_behalf is True


def test_the_page_asks_the_database_as_often_for_many_places(
    desk: ReadingClient, scene: Scene, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(15) as captured:
            assert desk.get(f"{MONTH}?month=2026-10").status_code == 200
        return len(captured)

    make_count(scene.agency, scene.lead_user, OCT_3, zip_code="12203")
    desk.get(MONTH)  # the first request of a session is written down as such
    once = queries()
    for number in range(40):
        make_count(scene.agency, scene.lead_user, OCT_3, zip_code=f"122{number:02}")
    assert queries() == once
    assert len(month_of(scene.agency, OCTOBER).places) == 40
