"""Logging, correcting and undoing counts."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from coalitions.models import Partner
from lbn.actions import close_period, correct_count, ensure_periods, restore_count, void_count
from lbn.enums import VoidReason
from lbn.models import Count, Period
from lbn.refusals import KeyReused, NeedsConfirming, NotPossible, PeriodClosed, Unacceptable
from phast.audit.models import Event
from tests.factories import make_coalition, make_partner

from .conftest import TODAY, Scene

OCTOBER = dt.date(2026, 10, 15)


def live(scene: Scene) -> list[tuple[str, int]]:
    rows = Count.objects.of(scene.coalition).filter(voided_at=None)
    return sorted((count.where, count.kits) for count in rows)


def questions(scene: Scene, **values: object) -> list[str]:
    """The codes of what the person is asked; nothing was saved then."""
    before = Count.objects.count()
    with pytest.raises(NeedsConfirming) as caught:
        scene.log(**values)
    assert Count.objects.count() == before
    return [question.code for question in caught.value.questions]


def yes(scene: Scene, **values: object) -> list[str]:
    """The tokens that say yes to everything."""
    with pytest.raises(NeedsConfirming) as caught:
        scene.log(**values)
    return [question.token for question in caught.value.questions]


# ------------------------------------------------------------------ once
def test_a_key_sent_again_makes_no_second_row(scene: Scene) -> None:
    key = uuid.uuid4()
    first = scene.log(client_key=key, kits=2)
    assert scene.log(client_key=key, kits=2) == first
    assert live(scene) == [("12207", 2)]


def test_a_key_with_another_body_is_told_apart(scene: Scene) -> None:
    key = uuid.uuid4()
    first = scene.log(client_key=key, kits=2)
    with pytest.raises(KeyReused) as caught:
        scene.log(client_key=key, kits=3)
    assert caught.value.existing == first


def test_a_replay_after_the_close_still_finds_its_row(scene: Scene) -> None:
    ensure_periods(coalition=scene.coalition, today=TODAY)
    key = uuid.uuid4()
    first = scene.log(client_key=key, day=OCTOBER)
    close_period(period=Period.objects.get(from_on="2026-10-01"), by=scene.coordinator)
    assert scene.log(client_key=key, day=OCTOBER) == first


def test_twenty_at_once_make_one_row(committed: Scene) -> None:
    key, actor = uuid.uuid4(), committed.reporter
    start = threading.Barrier(20)

    def post(_: int) -> int:
        try:
            start.wait()
            return committed.log(client_key=key, kits=2, by=actor).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        keys = set(pool.map(post, range(20)))
    assert len(keys) == 1
    assert live(committed) == [("12207", 2)]
    assert Event.objects.filter(verb="count.logged").count() == 1


# ------------------------------------------------------------------ asked
def test_the_same_again_is_a_question_and_both_may_be_real(scene: Scene) -> None:
    scene.log(kits=2)
    assert questions(scene, kits=1) == ["alike"]
    scene.log(kits=1, confirmed=yes(scene, kits=1))
    assert live(scene) == [("12207", 1), ("12207", 2)]


def test_another_setting_place_day_or_agency_is_no_question(scene: Scene) -> None:
    scene.log()
    scene.log(setting="vending")
    scene.log(zip_code="12203")
    scene.log(day=OCTOBER)
    scene.log(partner=scene.other, by=scene.coordinator)
    assert len(live(scene)) == 5


def test_a_removed_entry_is_no_double(scene: Scene) -> None:
    void_count(count=scene.log(), reason=VoidReason.TWICE, by=scene.reporter)
    scene.log()
    assert live(scene) == [("12207", 1)]


def test_a_yes_is_to_the_value_that_was_shown(scene: Scene) -> None:
    tokens = yes(scene, zip_code="12299")
    assert questions(scene, zip_code="12298", confirmed=tokens) == ["zip_unknown"]
    scene.log(zip_code="12299", confirmed=tokens)
    assert live(scene) == [("12299", 1)]


def test_a_place_outside_is_kept_as_outside_only(scene: Scene) -> None:
    count = scene.log(zip_code="43215", confirmed=yes(scene, zip_code="43215"))
    assert (count.place, count.zip_code) == ("outside", "")
    assert "43215" not in str(list(Event.objects.values_list("target", "detail")))


def test_a_months_total_asks_whether_it_adds_or_replaces(scene: Scene) -> None:
    scene.log(day=OCTOBER, kits=2)
    scene.log(day=dt.date(2026, 10, 16), kits=1)
    month = {"from_on": dt.date(2026, 10, 1), "to_on": dt.date(2026, 10, 31), "kits": 10}
    assert questions(scene, **month) == ["contains"]
    tokens = yes(scene, **month)
    scene.log(**month, confirmed=[token.replace("contains", "replaces") for token in tokens])
    assert live(scene) == [("12207", 10)]
    assert questions(scene, day=dt.date(2026, 10, 20)) == ["within"]


def test_many_kits_are_asked_about(scene: Scene) -> None:
    assert questions(scene, kits=4000) == ["kits_unusual"]


# ------------------------------------------------------------------ not accepted
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kits": -1}, "kits"),
        ({"kits": 10**12}, "kits"),
        ({"day": dt.date(2026, 11, 21)}, "from_on"),
        ({"day": dt.date(1925, 1, 1)}, "from_on"),
        ({"zip_code": "063HH"}, "zip_code"),
        ({"setting": "jail"}, "setting"),
    ],
)
def test_what_breaks_a_rule_is_not_saved(scene: Scene, values: dict, field: str) -> None:
    with pytest.raises(Unacceptable) as caught:
        scene.log(**values)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert live(scene) == []


@pytest.mark.parametrize("kits", [-1, 5001])
def test_sql_cannot_save_it_either(scene: Scene, kits: int) -> None:
    count = scene.log()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE lbn_count SET kits = %s WHERE id = %s", [kits, count.pk])


def test_an_organization_that_is_no_agency_does_not_count(scene: Scene) -> None:
    library = make_partner(scene.coalition, "City Library")
    elsewhere = make_partner(make_coalition("theirs"), "Far Police", agency_type="law_enforcement")
    for partner in (library, elsewhere):
        with pytest.raises(Unacceptable):
            scene.log(partner=partner, by=scene.coordinator)


def test_one_minute_to_midnight_is_today(scene: Scene) -> None:
    with time_machine.travel(
        dt.datetime(2026, 11, 21, 4, 59, tzinfo=dt.UTC), tick=False
    ):  # 23:59 on the 20th in New York
        scene.log(day=TODAY)
        with pytest.raises(Unacceptable):
            scene.log(day=TODAY + dt.timedelta(1))
    with time_machine.travel(dt.datetime(2026, 11, 21, 5, 0, tzinfo=dt.UTC), tick=False):
        scene.log(day=TODAY + dt.timedelta(1))


def test_the_first_count_begins_the_agencys_reporting(scene: Scene) -> None:
    Partner.objects.filter(pk=scene.agency.pk).update(counts_since=None)
    scene.log(day=dt.date(2026, 6, 1))
    assert Partner.objects.get(pk=scene.agency.pk).counts_since == TODAY
    assert Period.objects.of(scene.coalition).filter(from_on__lte=TODAY, to_on__gte=TODAY).count() == 1


# ------------------------------------------------------------------ corrected, undone
def corrected(scene: Scene, count: Count, **values: object) -> Count:
    now = {
        "from_on": count.from_on,
        "to_on": count.to_on,
        "place": count.place,
        "zip_code": count.zip_code,
        "kits": count.kits,
    }
    return correct_count(count=count, client_key=uuid.uuid4(), by=scene.reporter, **now | values)


def test_a_correction_voids_and_adds_and_can_be_undone(scene: Scene) -> None:
    first = scene.log(kits=2)
    second = corrected(scene, first, kits=3)
    third = corrected(scene, second, kits=4)
    assert live(scene) == [("12207", 4)]
    assert (second.replaces, third.replaces) == (first, second)
    restore_count(count=first, by=scene.reporter)
    assert live(scene) == [("12207", 2)]


def test_a_correction_that_changes_nothing_does_nothing(scene: Scene) -> None:
    count = scene.log(kits=2)
    assert corrected(scene, count) == count
    assert Count.objects.count() == 1


def test_two_corrections_of_one_count_do_not_both_win(scene: Scene) -> None:
    count = scene.log(kits=2)
    corrected(scene, count, kits=3)
    with pytest.raises(NotPossible):
        corrected(scene, count, kits=4)
    assert live(scene) == [("12207", 3)]


def test_a_count_removed_and_put_back_counts_once(scene: Scene) -> None:
    count = scene.log(kits=2)
    for _ in range(2):
        void_count(count=count, reason=VoidReason.TWICE, by=scene.reporter)
    assert live(scene) == []
    for _ in range(2):
        restore_count(count=count, by=scene.reporter)
    assert live(scene) == [("12207", 2)]


# ------------------------------------------------------------------ closed
@pytest.fixture
def october_closed(scene: Scene) -> Count:
    """A count of a month that was closed after it."""
    ensure_periods(coalition=scene.coalition, today=TODAY)
    count = scene.log(day=OCTOBER, kits=2)
    close_period(period=Period.objects.get(from_on="2026-10-01"), by=scene.coordinator)
    return count


def attempts(scene: Scene, count: Count) -> list:
    return [
        lambda: scene.log(day=OCTOBER, zip_code="12203"),
        lambda: corrected(scene, count, kits=5),
        lambda: corrected(scene, count, from_on=TODAY, to_on=TODAY),
        lambda: void_count(count=count, reason=VoidReason.TWICE, by=scene.reporter),
    ]


def test_a_closed_period_keeps_its_counts_and_the_attempt_is_recorded(scene: Scene, october_closed: Count) -> None:
    for number, attempt in enumerate(attempts(scene, october_closed), start=1):
        with pytest.raises(PeriodClosed, match="October 2026 is closed"):
            attempt()
        events = Event.objects.filter(verb="count.blocked")
        assert events.count() == number
        assert (events[0].target, events[0].who) == ("October 2026", "Riverbend Police")
    assert live(scene) == [("12207", 2)]


def test_a_closed_period_refuses_raw_sql(scene: Scene, october_closed: Count) -> None:
    for statement in (
        "UPDATE lbn_count SET kits = 9",
        "UPDATE lbn_count SET from_on = '2026-11-01', to_on = '2026-11-01'",
        "DELETE FROM lbn_count",
    ):
        with (
            pytest.raises(IntegrityError, match="period is closed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


# ------------------------------------------------------------------ told to whom
def test_others_see_the_agency_and_the_coordinator_says_on_behalf(scene: Scene) -> None:
    own = scene.log()
    assert (own.on_behalf, Event.objects.get(verb="count.logged").who) == (False, "Riverbend Police")
    on_behalf = scene.log(zip_code="12203", by=scene.coordinator)
    assert (on_behalf.on_behalf, Event.objects.filter(verb="count.logged")[0].who) == (True, "Ana Reyes")
