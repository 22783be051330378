"""Many people move kits, count, correct and remove at once: the ledger equals the counts, no shelf goes below zero, and what expires
first is left behind first."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum

from lbn.actions import correct_count, restore_count, void_count
from lbn.enums import Movement, Product, StockReason, TransferState, VoidReason
from lbn.models import Count, Site, StockBalance, StockMovement, Transfer
from lbn.refusals import NotPossible
from lbn.supply import accept_transfer, adjust, decline_transfer, lose, offer_transfer, open_site, receive, take_stock
from lbn.supply.compare import differences
from phast.access.actor import Actor

from .conftest import TODAY, Scene
from .test_supply import Anything, log

EXPIRIES = [dt.date(2026, 11, 10), dt.date(2026, 12, 31), dt.date(2027, 3, 31), dt.date(2027, 9, 30)]
AT_ONCE = 6


class Hand:
    """Somebody who does whatever comes to mind at two agencies' shelves."""

    def __init__(self, scene: Scene, by: Actor, sites: list[Site], seed: int) -> None:
        self.scene, self.by, self.sites, self.rng = scene, by, sites, random.Random(seed)

    def work(self, steps: int) -> None:
        try:
            for _ in range(steps):
                what = self.rng.choices(
                    [
                        self.log,
                        self.correct,
                        self.remove,
                        self.restore,
                        self.receive,
                        self.take_off,
                        self.send,
                        self.answer,
                        self.count,
                    ],
                    [30, 12, 10, 8, 14, 8, 8, 8, 2],
                )[0]
                try:
                    what()
                except (ValidationError, NotPossible):
                    pass  # the shelf holds fewer, or another one was faster
        finally:
            connection.close()

    def log(self) -> None:
        day = TODAY - dt.timedelta(days=self.rng.choice([0, 0, 0, 0, 15]))
        agency = self.rng.choice([self.scene.agency, self.scene.other])
        log(self.scene, partner=agency, day=day, kits=self.rng.randrange(6), by=self.by)

    def correct(self) -> None:
        if count := Count.objects.filter(voided_at=None).order_by("?").first():
            kept = {name: getattr(count, name) for name in ("from_on", "to_on", "place", "zip_code")}
            correct_count(
                count=count,
                **kept,
                kits=self.rng.randrange(6),
                client_key=uuid.uuid4(),
                confirmed=Anything(),
                by=self.by,
            )

    def remove(self) -> None:
        if count := Count.objects.filter(voided_at=None).order_by("?").first():
            void_count(count=count, reason=VoidReason.TWICE, by=self.by)

    def restore(self) -> None:
        if count := Count.objects.exclude(voided_at=None).order_by("?").first():
            restore_count(count=count, by=self.by)

    def receive(self) -> None:
        values = {"product": Product.NASAL_4, "client_key": uuid.uuid4(), "by": self.by}
        number = self.rng.randrange(len(EXPIRIES))
        receive(
            site=self.rng.choice(self.sites),
            number=f"LOT{number}",
            expires_on=EXPIRIES[number],
            kits=self.rng.randrange(1, 12),
            **values,
        )

    def take_off(self) -> None:
        if balance := self._some_shelf():
            kits = self.rng.randrange(1, 5)
            what = self.rng.choice([lose, adjust])
            sign = -1 if what is adjust and self.rng.random() < 0.5 else 1
            what(balance=balance, kits=sign * kits, reason=StockReason.MISTAKE, client_key=uuid.uuid4(), by=self.by)

    def send(self) -> None:
        if balance := self._some_shelf():
            to_site = self.rng.choice([site for site in self.sites if site.pk != balance.site_id])
            kits = self.rng.randrange(1, 5)
            offer_transfer(balance=balance, to_site=to_site, kits=kits, client_key=uuid.uuid4(), by=self.by)

    def answer(self) -> None:
        if transfer := Transfer.objects.filter(state=TransferState.OFFERED).order_by("?").first():
            self.rng.choice([accept_transfer, accept_transfer, decline_transfer])(transfer=transfer, by=self.by)

    def count(self) -> None:
        site = self.rng.choice(self.sites)
        found = {one.lot: max(0, one.kits - self.rng.randrange(3)) for one in site.balances.select_related("lot")}
        if found:
            take_stock(site=site, found=found, client_key=uuid.uuid4(), by=self.by)

    def _some_shelf(self) -> StockBalance | None:
        return StockBalance.objects.filter(kits__gt=0).select_related("lot", "site__partner").order_by("?").first()


def out_of_turn() -> list[int]:
    """Counts of today that took kits although others that expire earlier were on a shelf they could have taken from. The ledger is
    replayed entry by entry."""
    shelves: dict[int, dict[tuple[dt.date, int, int], int]] = defaultdict(lambda: defaultdict(int))
    wrong = []
    entries = StockMovement.objects.select_related("lot", "site", "count").order_by("pk")
    for (kind, count), group in groupby(entries, key=lambda entry: (entry.kind, entry.count)):
        last = None
        for entry in group:
            last = (entry.lot.expires_on, entry.lot_id, entry.site_id)
            shelves[entry.site.partner_id][last] += entry.kits
            assert shelves[entry.site.partner_id][last] >= 0
        if kind == Movement.LEFT and count.to_on == TODAY:
            passed_over = [
                kits for place, kits in shelves[count.partner_id].items() if place[0] >= TODAY and place < last and kits
            ]
            wrong += [count.pk] * bool(passed_over)
    return wrong


def test_shelves_stay_right_when_many_write_at_once(committed: Scene, drill_size: Callable[[int], int]) -> None:
    scene = committed
    by = scene.coordinator
    sites = [
        open_site(partner=partner, name=name, tracked_from=dt.date(2026, 9, 1), by=by)
        for partner, name in ((scene.agency, "Station"), (scene.agency, "Annex"), (scene.other, "Engine 2"))
    ]
    steps = max(300, drill_size(10_000)) // AT_ONCE
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = [pool.submit(Hand(scene, by, sites, seed).work, steps) for seed in range(AT_ONCE)]
        for each in done:
            each.result()

    assert differences(scene.coalition) == {}
    assert not StockBalance.objects.filter(kits__lt=0).exists()
    drawn = StockMovement.objects.filter(kind__in=[Movement.LEFT, Movement.RETURNED])
    assert drawn.exists()
    assert -drawn.aggregate(kits=Sum("kits"))["kits"] == StockBalance.objects.aggregate(kits=Sum("left_behind"))["kits"]
    assert out_of_turn() == []
