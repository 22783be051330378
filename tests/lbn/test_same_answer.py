"""A bad row gets one answer, whichever way it comes: records system, phone, desk page, file. The numbers are those of the list of
threats. A file's own sentence stands where a cell means more than a box: a blank one, a rate, two rows that look alike."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import time_machine

from lbn.actions import close_period, ensure_periods
from lbn.models import Count, Period
from phast.geo.models import County, Zip
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.sheets.files import text_file

from .api import count_of, post, token_for
from .conftest import TODAY, Scene
from .files import Desk
from .phones import send
from .world import make_count

SAVED, ASKED, REFUSED = "saved", "asked", "refused"
Answer = tuple[str, str]  # what became of the row, and everything that was said of it


@dataclass(frozen=True)
class Row:
    """What is typed, what is answered, and a sentence of it; `file`: the sentence of a file where it is another."""

    number: str
    day: str
    zip: str
    kits: str
    answer: str
    says: str = ""
    file: str | None = None
    declined: str | None = None


D = "2026-11-19"
WHOLE = "Enter a whole number of kits, such as 3."
RATE = "Kits are whole numbers. This is a rate, an average or a percentage."
FIVE = "A ZIP code has five digits, such as 12203."
ROWS = [
    Row("1", D, "12207", "-1", REFUSED, "The number of kits cannot be less than 0."),
    Row(
        "2",
        D,
        "12207",
        "4000",
        ASKED,
        "4,000 kits in one entry is unusual for Riverbend Police: it is the first entry.",
    ),
    Row("2", D, "12207", "5001", REFUSED, "One entry holds 5,000 kits at most. Please check the number."),
    Row("2", D, "12207", "1000000000000", REFUSED, "One entry holds 5,000 kits at most. Please check the number."),
    Row("3", D, "12207", "3.5", REFUSED, WHOLE, RATE),
    Row("3", D, "12207", "1e3", REFUSED, WHOLE),
    Row("3", D, "12207", "three", REFUSED, WHOLE),
    Row("3", D, "12207", "3 ", SAVED),
    Row("4", D, "12207", "", REFUSED, "Enter how many kits. For none, enter 0.", ""),
    Row("4", D, "12207", "0", SAVED),
    Row("5", "2026-11-21", "12207", "3", REFUSED, "This is in the future. The latest day is today, November 20, 2026."),
    Row("5", "2026-11-20", "12207", "3", SAVED),
    Row("6", "1925-10-05", "12207", "3", REFUSED, "Counts start on January 1, 2015 here. Please check the year."),
    Row("7", D, "43215", "3", ASKED, "43215 is outside our counties. It will be saved as “outside our area”"),
    Row("8", D, "00000", "3", REFUSED, "00000 is not a ZIP code. Use “unknown” when the ZIP code is not known."),
    Row("8", D, "063HH", "3", REFUSED, FIVE),
    Row("8", D, "K1A 0B1", "3", REFUSED, "This is a Canadian postal code. Use “outside the area” for kits left there."),
    Row("8", D, "12299", "3", ASKED, "12299 is not in our list of ZIP codes. A few new ones are missing there."),
    Row("9", D, "12207-1234", "3", SAVED),
    Row("11", D, "12207.0", "3", SAVED),
    Row("16", D, "122\u202e07", "3", REFUSED, FIVE, "This row has characters that cannot be seen"),
    Row("16", D, "12207", "3\u202e", REFUSED, WHOLE, "This row has characters that cannot be seen"),
    Row("16", D, "122\x0007", "3", REFUSED, "", "This row has characters that cannot be seen"),
    Row("16", D, "12207", "3\x00", REFUSED, "", "This row has characters that cannot be seen"),
    Row("16", "2026-11-1\x009", "12207", "3", REFUSED, "", "This row has characters that cannot be seen"),
    Row("16", D, "12207\u200b", "3", SAVED),
    Row("16", D, "12207", "\ufeff3", SAVED),
    Row("3", D, "12207", "3.0", SAVED),
    Row("3", D, "12207", "٣", REFUSED, WHOLE),
    Row("3", D, "12207", "1,200,3", REFUSED, WHOLE),
    Row("3", D, "12207", "+3", REFUSED, WHOLE),
    Row("6", "2026-02-30", "12207", "3", REFUSED, ""),
    Row("8", D, "122077", "3", REFUSED, FIVE),
    Row("1", D, "12207", "0", REFUSED, "This number cannot be less than 0.", declined="-1"),
    Row("2", D, "12207", "0", ASKED, "600 times offered and declined in one entry is unusual.", declined="600"),
    Row("2", D, "12207", "0", REFUSED, "One entry holds 5,000 of these at most.", declined="10000000000"),
    Row("3", D, "12207", "0", REFUSED, "Enter a whole number, such as 3, or leave it empty.", declined="two"),
    Row("3", D, "12207", "0", SAVED, declined=" 2 "),
    Row("4", D, "12207", "0", SAVED, declined=""),
    Row("23", "2026-10-05", "12207", "3", REFUSED, "October 2026 is closed, so its counts cannot change."),
]


def by_api(scene: Scene, row: Row) -> Answer:
    """The answer to a records system, its numbers sent as texts."""
    return _answered(post(token_for(scene.agency, scene.coordinator), _body(row)).json())


def by_phone(scene: Scene, row: Row) -> Answer:
    """The answer to the script of the phone page."""
    client = ReadingClient()
    sign_in(client, scene.reporter_user)
    return _answered(send(client, scene.reporter_user, _body(row)).json())


def by_desk(scene: Scene, row: Row) -> Answer:
    client = ReadingClient()
    sign_in(client, scene.reporter_user)
    typed = {"where": "another", "typed_zip": row.zip, "kits": row.kits, "when": "day", "day": row.day}
    typed["declined"] = row.declined or ""
    response = client.post("/c/ours/naloxone/log/", typed | {"client_key": str(uuid.uuid4())})
    if response.status_code == 302:
        return SAVED, ""
    assert response.status_code == 422
    if questions := response.context["questions"]:
        return ASKED, " ".join(question.sentence for question in questions)
    return REFUSED, " ".join(error for errors in response.context["form"].errors.values() for error in errors)


def by_file(scene: Scene, row: Row) -> Answer:
    """Good rows of another place stand beside it, so that the file is one of counts."""
    desk = Desk(scene, scene.lead_user)
    good = [(f"2026-11-0{day}", "12210", "2", "1") for day in range(1, 9)]
    rows = [("Date", "ZIP", "Kits", "Offered and declined"), (row.day, row.zip, row.kits, row.declined or ""), *good]
    found = desk.check(text_file(*rows)).findings
    if found["asked"]:
        return ASKED, json.dumps(found["questions"], ensure_ascii=False)
    if found["rejected"]:
        return REFUSED, " ".join(sentence for *_, sentence in found["problems"])
    return (SAVED if found["accepted"] == 1 + len(good) else REFUSED), ""


def _body(row: Row) -> dict[str, str]:
    return count_of(day=row.day, zip=row.zip, kits=row.kits, declined=row.declined)


def _answered(told: dict) -> Answer:
    if told["outcome"] == "saved":
        return SAVED, ""
    if told["outcome"] == "questions":
        return ASKED, " ".join(each["sentence"] for each in told["questions"])
    return REFUSED, told.get("sentence") or " ".join(each["sentence"] for each in told["problems"])


WAYS = [by_api, by_phone, by_desk, by_file]


@pytest.fixture
def closed_october(scene: Scene) -> Scene:
    ensure_periods(coalition=scene.coalition, today=TODAY)
    close_period(period=Period.objects.get(from_on="2026-10-01"), by=scene.coordinator)
    return scene


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row.number}-{row.day}-{row.zip!a}-{row.kits!a}-{row.declined!a}"
)
def test_a_row_gets_the_same_answer_whichever_way_it_comes(
    closed_october: Scene, row: Row, way: Callable[[Scene, Row], Answer]
) -> None:
    answer, told = way(closed_october, row)
    expected = row.says if way is not by_file or row.file is None else row.file
    assert answer == row.answer, told
    assert expected in told.replace('\\"', '"')
    if way is not by_file:
        assert Count.objects.count() == (answer == SAVED)


@pytest.mark.parametrize("way", WAYS)
def test_the_last_minute_of_the_day_is_today(closed_october: Scene, way: Callable[[Scene, Row], Answer]) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 21, 4, 59, tzinfo=dt.UTC), tick=False):
        assert way(closed_october, Row("5", "2026-11-20", "12207", "3", SAVED))[0] == SAVED
        assert way(closed_october, Row("5", "2026-11-21", "12207", "3", REFUSED))[0] == REFUSED


@pytest.mark.parametrize("way", WAYS)
def test_a_lost_zero_is_proposed_and_not_saved(closed_october: Scene, way: Callable[[Scene, Row], Answer]) -> None:
    berkshire = County.objects.create(fips="25003", name="Berkshire County", state="MA")
    Zip.objects.create(code="01201", county=berkshire, latitude=42, longitude=-73)
    answer, told = way(closed_october, Row("10", D, "1201", "3", ASKED))
    assert answer != SAVED
    assert "01201" in told
    assert Count.objects.count() == 0


@pytest.mark.parametrize("way", WAYS)
def test_one_that_looks_like_another_is_asked_about(closed_october: Scene, way: Callable[[Scene, Row], Answer]) -> None:
    make_count(closed_october.agency, closed_october.reporter_user, dt.date(2026, 11, 19), kits=2)
    assert way(closed_october, Row("17", D, "12207", "3", ASKED))[0] == ASKED
    assert Count.objects.count() == 1


@pytest.mark.parametrize("way", WAYS)
def test_the_last_four_digits_of_a_zip_are_kept_nowhere(
    closed_october: Scene, way: Callable[[Scene, Row], Answer]
) -> None:
    _, told = way(closed_october, Row("9", D, "12207-6789", "3", SAVED))
    assert "6789" not in told + str(list(Count.objects.values()))
