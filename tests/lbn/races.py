"""Saves that race the close of their period, as often as asked: a few in the suite, a hundred in a long test."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import IntegrityError, connection

from lbn.actions import close_period, reopen_period, void_count
from lbn.actions.month import MonthRow, log_month
from lbn.entering import enter
from lbn.enums import Channel, VoidReason
from lbn.models import Count, CountImport, Period
from lbn.refusals import PeriodClosed
from phast.jobs.lease import run

from .conftest import Scene
from .files import Desk
from .world import make_count


def saves_against_close(scene: Scene, rounds: int) -> int:
    """October 2026 is closed while others add to it and remove from it; in how many rounds did a row change after the close?"""
    october = Period.objects.get(from_on="2026-10-01")
    late = 0
    for number in range(rounds):
        at_close = _race(scene, october, dt.date(2026, 10, 1 + number % 31))
        late += _rows() != at_close
        reopen_period(period=october, reason="mistake", by=scene.coordinator)
    return late


def _race(scene: Scene, october: Period, day: dt.date) -> object:
    """The rows as they were when the close had committed."""
    old = make_count(scene.agency, scene.reporter_user, day)
    reporter, coordinator = scene.reporter, scene.coordinator

    def close() -> object:
        close_period(period=october, by=coordinator)
        return _rows()

    def save() -> None:
        # Past the action, which looks before it writes: here the database alone stands in the way.
        with contextlib.suppress(IntegrityError):
            make_count(scene.agency, scene.reporter_user, day)

    def remove() -> None:
        with contextlib.suppress(PeriodClosed):
            void_count(count=old, reason=VoidReason.TWICE, by=reporter)

    start = threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        closing, *_ = [pool.submit(_together, start, what) for what in (close, save, save, remove)]
    return closing.result()


def every_way_against_close(scene: Scene, rounds: int) -> tuple[int, Counter[str]]:
    """October 2026 is closed while a desk, a phone, a records system and a file add to it: in how many rounds did a row change after
    the close, and how often was each way in time ("desk saved") or not ("desk refused")?"""
    october = Period.objects.get(from_on="2026-10-01")
    desk, late, outcomes = Desk(scene, scene.reporter_user), 0, Counter[str]()
    for number in range(rounds):
        Count.objects.all().delete()
        data = f"Date,ZIP,Kits,Agency\n2026-10-05,12203,{number + 1},Riverbend Police\n".encode()
        count_import = desk.check(data)
        answers = dict.fromkeys(count_import.findings["questions"], "import")
        desk.client.post(desk.url("import_detail", count_import), answers)
        late += _race_of_all(scene, october, count_import, outcomes)
        reopen_period(period=october, reason="mistake", by=scene.coordinator)
    return late, outcomes


def _race_of_all(scene: Scene, october: Period, count_import: CountImport, outcomes: Counter[str]) -> bool:
    reporter, coordinator, agency = scene.reporter, scene.coordinator, scene.agency

    def close() -> object:
        close_period(period=october, by=coordinator)
        return _rows()

    def at_desk() -> bool:
        row = MonthRow(0, "zip", "12210", 4)
        try:
            log_month(partner=agency, month=october.from_on, rows=[row], seen={}, page_key=uuid.uuid4(), by=reporter)
        except PeriodClosed:
            return False
        return True

    def sent(channel: Channel) -> bool:
        body = {"key": str(uuid.uuid4()), "day": "2026-10-03", "zip": "12207", "kits": "1"}
        body |= {"setting": "vending"} if channel == Channel.API else {}
        answer = enter(body, agencies=[agency], by=reporter, channel=channel)
        assert answer.is_saved or answer.reason == "closed", answer.said
        return answer.is_saved

    def from_file() -> bool:
        run(CountImport, count_import.pk)
        return Count.objects.filter(source=count_import).exists()

    ways: dict[str, Callable[[], bool]] = {
        "desk": at_desk,
        "phone": lambda: sent(Channel.PHONE),
        "api": lambda: sent(Channel.API),
        "file": from_file,
    }
    start = threading.Barrier(1 + len(ways))
    with ThreadPoolExecutor(1 + len(ways)) as pool:
        closing = pool.submit(_together, start, close)
        saving = {name: pool.submit(_together, start, way) for name, way in ways.items()}
    for name, answer in saving.items():
        outcomes[f"{name} {'saved' if answer.result() else 'refused'}"] += 1
    return _rows() != closing.result()


def _together(start: threading.Barrier, what: Callable[[], Any]) -> Any:
    try:
        connection.ensure_connection()
        start.wait()
        return what()
    finally:
        connection.close()


def _rows() -> object:
    return sorted(Count.objects.values_list("pk", "kits", "voided_at"), key=str)
