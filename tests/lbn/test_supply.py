"""The shelves: what comes in, leaves, and what counts draw; the ledger is right whoever writes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction

from coalitions.models import Partner
from lbn.actions import correct_count, restore_count, void_count
from lbn.enums import Movement, Product, StockReason, TransferState, VoidReason
from lbn.models import Count, Lot, Site, StockMovement
from lbn.selectors.stock_ledger import SiteLedger
from lbn.selectors.supply import below_par, can_receive, days_of_supply, expiring, not_drawn, on_shelves, who_holds
from lbn.supply import (
    accept_transfer,
    adjust,
    close_site,
    decline_transfer,
    expire,
    lose,
    offer_transfer,
    take_stock,
    withdraw_transfer,
)
from lbn.supply.compare import differences

from .conftest import TODAY, Scene
from .shelves import LATER, SOON, make_site, put, shelf


@pytest.fixture
def station(scene: Scene) -> Site:
    return make_site(scene, "Station")


def ledger(count: Count) -> list[tuple[str, int, str]]:
    return list(count.movements.order_by("pk").values_list("kind", "kits", "lot__number"))


def corrected(scene: Scene, count: Count, **values: Any) -> Count:
    values = {
        name: getattr(count, name) for name in ("from_on", "to_on", "place", "zip_code", "kits", "setting", "recipient")
    } | values
    return correct_count(count=count, **values, client_key=uuid.uuid4(), confirmed=Anything(), by=scene.reporter)


class Anything:
    """Says yes to every question."""

    def __contains__(self, token: object) -> bool:
        return True


def log(scene: Scene, **values: Any) -> Count:
    return scene.log(confirmed=Anything(), **values)


# ------------------------------------------------------------------ counts draw on the shelves
def test_a_count_takes_what_expires_first_and_goes_on_with_the_next(scene: Scene, station: Site) -> None:
    put(scene, station, "LATE", LATER, 10)
    put(scene, station, "SOON", SOON, 3)
    count = log(scene, kits=5)
    assert ledger(count) == [("left", -3, "SOON"), ("left", -2, "LATE")]
    assert shelf(station) == {"SOON": 0, "LATE": 8}
    assert differences(scene.coalition) == {}


def test_a_removed_count_puts_its_kits_back_and_a_restored_one_takes_them_again(scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 3)
    put(scene, station, "LATE", LATER, 10)
    count = log(scene, kits=5)
    void_count(count=count, reason=VoidReason.TWICE, by=scene.reporter)
    assert shelf(station) == {"SOON": 3, "LATE": 10}
    restore_count(count=count, by=scene.reporter)
    assert shelf(station) == {"SOON": 0, "LATE": 8}
    assert [kind for kind, *_ in ledger(count)] == ["left", "left", "returned", "returned", "left", "left"]
    assert differences(scene.coalition) == {}


def test_a_corrected_count_draws_its_new_number(scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 10)
    count = corrected(scene, log(scene, kits=5), kits=2)
    assert shelf(station) == {"SOON": 8}
    assert ledger(count) == [("left", -2, "SOON")]


def test_a_count_is_saved_when_the_shelf_holds_fewer_and_what_was_missing_is_told(scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 3)
    count = log(scene, kits=5)
    assert count.kits == 5
    assert shelf(station) == {"SOON": 0}
    assert not_drawn(scene.agency) == 2


def test_a_receipt_entered_late_serves_the_counts_from_its_day_on(scene: Scene, station: Site) -> None:
    earlier, early, late = (log(scene, kits=2, day=TODAY - dt.timedelta(days=ago)) for ago in (9, 3, 1))
    put(scene, station, "SOON", SOON, 3, on=TODAY - dt.timedelta(days=3))
    assert [ledger(count) for count in (earlier, early, late)] == [
        [],
        [("left", -2, "SOON")],
        [("left", -1, "SOON")],
    ]
    put(scene, station, "LATE", LATER, 3, on=TODAY - dt.timedelta(days=3))
    assert ledger(late) == [("left", -1, "SOON"), ("left", -1, "LATE")]
    put(scene, station, "LATE", LATER, 3)
    assert shelf(station) == {"SOON": 0, "LATE": 5}
    assert not_drawn(scene.agency) == 2
    assert differences(scene.coalition) == {}


def test_counts_pass_over_what_had_expired_and_what_is_kept_elsewhere(scene: Scene, station: Site) -> None:
    store = make_site(scene, "Store room", gives_out=False)
    others = make_site(scene, "Elsewhere", partner=scene.other)
    newer = make_site(scene, "New", tracked_from=TODAY)
    put(scene, station, "OLD", dt.date(2026, 10, 31), 5)
    for site in (store, others, newer):
        put(scene, site, "GOOD", LATER, 5)
    count = log(scene, kits=2, day=dt.date(2026, 11, 19))
    assert ledger(count) == []
    assert ledger(log(scene, kits=2, day=dt.date(2026, 10, 31))) == [("left", -2, "OLD")]
    assert ledger(log(scene, kits=2)) == [("left", -2, "GOOD")]
    assert shelf(newer) == {"GOOD": 3}


def test_an_agency_that_keeps_no_supply_here_counts_without_a_ledger(scene: Scene) -> None:
    log(scene, kits=5)
    assert not StockMovement.objects.exists()
    assert not_drawn(scene.agency) == 0


def test_many_counts_in_one_statement_draw_one_after_the_other(scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 3)
    put(scene, station, "LATE", LATER, 10)
    rows = [log(scene, kits=0, zip_code=code) for code in ("12203", "12207", "12210")]
    Count.objects.filter(pk__in=[row.pk for row in rows]).update(kits=2)
    assert shelf(station) == {"SOON": 0, "LATE": 7}
    Count.objects.filter(pk__in=[row.pk for row in rows]).update(kits=1)
    assert shelf(station) == {"SOON": 0, "LATE": 10}
    assert differences(scene.coalition) == {}


def test_shelves_of_a_merged_agency_are_those_of_the_one_it_was_merged_into(scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 5)
    Partner.objects.filter(pk=scene.agency.pk).update(merged_into=scene.other)
    count = log(scene, partner=scene.other, kits=2, by=scene.coordinator)
    assert ledger(count) == [("left", -2, "SOON")]
    void_count(count=count, reason=VoidReason.TWICE, by=scene.coordinator)
    assert shelf(station) == {"SOON": 5}
    assert differences(scene.coalition) == {}


# ------------------------------------------------------------------ stock-takes
def test_a_stock_take_sets_the_shelf_and_leaves_the_other_lots(scene: Scene, station: Site) -> None:
    soon = put(scene, station, "SOON", SOON, 10)
    put(scene, station, "LATE", LATER, 10)
    key = uuid.uuid4()
    take = take_stock(site=station, found={soon.lot: 7}, client_key=key, by=scene.reporter)
    assert take_stock(site=station, found={soon.lot: 7}, client_key=key, by=scene.reporter) == take
    assert shelf(station) == {"SOON": 7, "LATE": 10}
    assert take.lines.get().expected == 10
    assert differences(scene.coalition) == {}


def test_a_count_that_ended_before_the_stock_take_does_not_take_its_kits_twice(scene: Scene, station: Site) -> None:
    soon = put(scene, station, "SOON", SOON, 10)
    take_stock(site=station, found={soon.lot: 4}, client_key=uuid.uuid4(), by=scene.reporter)
    assert ledger(log(scene, kits=2, day=TODAY - dt.timedelta(days=1))) == []
    assert ledger(log(scene, kits=2)) == [("left", -2, "SOON")]
    assert shelf(station) == {"SOON": 2}


def test_a_count_removed_after_a_stock_take_does_not_bring_back_what_was_not_found(scene: Scene, station: Site) -> None:
    soon = put(scene, station, "SOON", SOON, 10)
    count = log(scene, kits=5)
    take_stock(site=station, found={soon.lot: 5}, client_key=uuid.uuid4(), by=scene.reporter)
    void_count(count=count, reason=VoidReason.TWICE, by=scene.reporter)
    assert shelf(station) == {"SOON": 5}
    assert ledger(count) == [("left", -5, "SOON"), ("returned", 5, "SOON"), ("adjusted", -5, "SOON")]
    assert differences(scene.coalition) == {}


# ------------------------------------------------------------------ people move kits
def test_a_receipt_sent_twice_is_saved_once_and_one_lot_is_one_lot(scene: Scene, station: Site) -> None:
    key = uuid.uuid4()
    put(scene, station, " ab 12", SOON, 10, client_key=key)
    put(scene, station, "AB12", SOON, 10, client_key=key)
    assert shelf(station) == {"AB12": 10}
    put(scene, station, "AB12", SOON, 5)
    assert shelf(station) == {"AB12": 15}
    with pytest.raises(ValidationError, match="as it is printed"):
        put(scene, station, "A?", SOON, 5)
    with pytest.raises(ValidationError, match="still to come"):
        put(scene, station, "AB12", SOON, 5, on=TODAY + dt.timedelta(days=1))


def test_kits_are_lost_expired_and_adjusted_with_a_reason(scene: Scene, station: Site) -> None:
    old = put(scene, station, "OLD", dt.date(2026, 10, 31), 10)
    by = scene.reporter
    lose(balance=old, kits=2, reason=StockReason.HEAT, client_key=uuid.uuid4(), by=by)
    expire(balance=old, kits=5, client_key=uuid.uuid4(), by=by)
    adjust(balance=old, kits=1, reason=StockReason.FOUND, client_key=uuid.uuid4(), by=by)
    assert shelf(station) == {"OLD": 4}
    with pytest.raises(ValidationError, match="reason"):
        adjust(balance=old, kits=-1, reason=StockReason.NONE, client_key=uuid.uuid4(), by=by)
    with pytest.raises(ValidationError, match="not that many"):
        lose(balance=old, kits=5, reason=StockReason.MISSING, client_key=uuid.uuid4(), by=by)
    good = put(scene, station, "GOOD", LATER, 1)
    with pytest.raises(ValidationError, match="not expired"):
        expire(balance=good, kits=1, client_key=uuid.uuid4(), by=by)
    assert shelf(station) == {"OLD": 4, "GOOD": 1}


@pytest.mark.parametrize(
    ("answer", "state", "sender", "receiver"),
    [
        (accept_transfer, TransferState.ACCEPTED, 6, 4),
        (decline_transfer, TransferState.DECLINED, 10, 0),
        (withdraw_transfer, TransferState.WITHDRAWN, 10, 0),
    ],
)
def test_kits_offered_are_on_no_shelf_until_the_offer_is_answered(
    scene: Scene, station: Site, answer, state: str, sender: int, receiver: int
) -> None:
    balance = put(scene, station, "SOON", SOON, 10)
    other = make_site(scene, "Engine 2", partner=scene.other)
    key = uuid.uuid4()
    transfer = offer_transfer(balance=balance, to_site=other, kits=4, client_key=key, by=scene.reporter)
    assert offer_transfer(balance=balance, to_site=other, kits=4, client_key=key, by=scene.reporter) == transfer
    assert (shelf(station), shelf(other)) == ({"SOON": 6}, {})
    assert differences(scene.coalition) == {}
    assert answer(transfer=transfer, by=scene.coordinator).state == state
    answer(transfer=transfer, by=scene.coordinator)
    assert (shelf(station)["SOON"], shelf(other).get("SOON", 0)) == (sender, receiver)
    for again in {accept_transfer, decline_transfer, withdraw_transfer} - {answer}:
        with pytest.raises(ValidationError, match="already"):
            again(transfer=transfer, by=scene.coordinator)
    assert differences(scene.coalition) == {}


def test_each_side_of_a_transfer_answers_for_itself(scene: Scene, station: Site) -> None:
    balance = put(scene, station, "SOON", SOON, 10)
    other = make_site(scene, "Engine 2", partner=scene.other)
    assert set(can_receive(scene.reporter)) == {station, other}
    transfer = offer_transfer(balance=balance, to_site=other, kits=4, client_key=uuid.uuid4(), by=scene.reporter)
    for answer in (accept_transfer, decline_transfer):
        with pytest.raises(PermissionDenied):
            answer(transfer=transfer, by=scene.reporter)
    assert withdraw_transfer(transfer=transfer, by=scene.reporter).state == TransferState.WITHDRAWN


def test_a_transfer_to_the_same_site_or_of_too_many_changes_nothing(scene: Scene, station: Site) -> None:
    balance = put(scene, station, "SOON", SOON, 10)
    other = make_site(scene, "Engine 2")
    for site, kits in ((station, 1), (other, 11), (other, 0)):
        with pytest.raises(ValidationError):
            offer_transfer(balance=balance, to_site=site, kits=kits, client_key=uuid.uuid4(), by=scene.reporter)
    assert shelf(station) == {"SOON": 10}
    assert differences(scene.coalition) == {}


def test_a_site_closes_once_it_is_empty(scene: Scene, station: Site) -> None:
    balance = put(scene, station, "SOON", SOON, 1)
    with pytest.raises(ValidationError, match="kits here"):
        close_site(site=station, by=scene.coordinator)
    other = make_site(scene, "Engine 2")
    transfer = offer_transfer(balance=balance, to_site=other, kits=1, client_key=uuid.uuid4(), by=scene.reporter)
    for site in (station, other):
        with pytest.raises(ValidationError, match="on their way"):
            close_site(site=site, by=scene.coordinator)
    accept_transfer(transfer=transfer, by=scene.reporter)
    close_site(site=station, by=scene.coordinator)
    station.refresh_from_db()
    with pytest.raises(ValidationError, match="closed"):
        put(scene, station, "SOON", SOON, 1)


def test_a_closed_site_stays_empty_when_a_count_is_removed_later(scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 2)
    count = log(scene, kits=2)
    close_site(site=station, by=scene.coordinator)
    void_count(count=count, reason=VoidReason.TWICE, by=scene.reporter)
    assert shelf(station) == {"SOON": 0}
    assert ledger(count) == [("left", -2, "SOON"), ("returned", 2, "SOON"), ("adjusted", -2, "SOON")]
    assert differences(scene.coalition) == {}
    read = SiteLedger(scene.coordinator, station)
    [settled] = read.entries(read.rows()[:1])
    assert settled.about == "The site was closed, or a stock-take was done, since then"


# ------------------------------------------------------------------ the database's own word
def test_the_ledger_is_only_ever_added_to(scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 1)
    for statement in ("UPDATE lbn_stockmovement SET kits = 2", "DELETE FROM lbn_stockmovement"):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"kits": -2, "kind": Movement.ADJUSTED, "reason": StockReason.OTHER}, "stock_not_negative"),
        ({"kits": -1, "kind": Movement.RECEIVED}, "movement_sign"),
        ({"kits": 1, "kind": Movement.EXPIRED}, "movement_sign"),
        ({"kits": 0, "kind": Movement.ADJUSTED, "reason": StockReason.OTHER}, "movement_sign"),
        ({"kits": -1, "kind": Movement.LOST}, "movement_reason"),
        ({"kits": -1, "kind": Movement.LEFT}, "movement_count"),
        ({"kits": -1, "kind": Movement.SENT}, "movement_transfer"),
    ],
)
def test_the_database_refuses_an_entry_that_cannot_be(scene: Scene, station: Site, values, constraint: str) -> None:
    balance = put(scene, station, "SOON", SOON, 1)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StockMovement.objects.create(
            site=station, lot=balance.lot, happened_on=TODAY, created_by=scene.reporter_user, **values
        )


# ------------------------------------------------------------------ what people ask
def test_what_expires_is_listed_first_to_expire_first_and_only_to_its_agency(scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 1)
    put(scene, station, "OLD", dt.date(2026, 10, 31), 1)
    put(scene, station, "LATE", LATER, 1)
    put(scene, make_site(scene, "Engine 2", partner=scene.other), "SOON", SOON, 1)
    assert [one.lot.number for one in expiring(scene.reporter)] == ["OLD", "SOON"]
    assert len(on_shelves(scene.reporter)) == 3
    assert len(expiring(scene.coordinator)) == 3


def test_a_recall_finds_every_shelf_and_what_is_on_its_way(
    scene: Scene, station: Site, django_assert_num_queries
) -> None:
    balance = put(scene, station, "AB12", SOON, 10)
    other = make_site(scene, "Engine 2", partner=scene.other)
    put(scene, other, "AB12", SOON, 3)
    put(scene, other, "CD34", SOON, 9)
    log(scene, kits=2)
    offer_transfer(balance=balance, to_site=other, kits=4, client_key=uuid.uuid4(), by=scene.reporter)
    coordinator = scene.coordinator
    with django_assert_num_queries(1):
        found = who_holds(coordinator, "ab 12")
    assert [(one.agency, one.site, one.kits, one.left_behind, one.coming) for one in found] == [
        ("Riverbend Police", "Station", 4, 2, 0),
        ("Colonie EMS", "Engine 2", 3, 0, 0),
        ("Colonie EMS", "Engine 2", 0, 0, 4),
    ]
    assert {(one.product, one.expires_on, one.doses) for one in found} == {(Product.NASAL_4, SOON, 2)}
    assert [one.kits for one in who_holds(scene.reporter, "AB12") if one.kits] == [4]
    assert who_holds(scene.coordinator, "AB12", Product.NASAL_3) == []


def test_days_of_supply_follow_the_pace_of_the_last_ninety_days(scene: Scene, station: Site) -> None:
    put(scene, station, "LATE", LATER, 40)
    assert days_of_supply(scene.reporter) == {scene.agency.pk: None}
    log(scene, kits=10)
    assert days_of_supply(scene.reporter) == {scene.agency.pk: 30 * 90 // 10}


def test_a_site_is_below_its_level_when_what_can_be_used_is_too_little(scene: Scene) -> None:
    site = make_site(scene, "Station", par=10)
    assert [(one.name, one.usable) for one in below_par(scene.reporter)] == [("Station", 0)]
    put(scene, site, "OLD", dt.date(2026, 10, 31), 10)
    put(scene, site, "SOON", SOON, 9)
    assert [one.usable for one in below_par(scene.reporter)] == [9]
    put(scene, site, "SOON", SOON, 1)
    assert not below_par(scene.reporter)


def test_lots_are_read_only_through_the_shelves_that_hold_them(scene: Scene, station: Site) -> None:
    put(scene, station, "SOON", SOON, 1)
    assert not Lot.objects.visible_to(scene.reporter, "program.see").exists()
    assert Lot.objects.visible_to(scene.coordinator, "program.see").exists()
