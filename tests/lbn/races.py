"""Saves that race the close of their period, as often as asked: a few in the suite, a hundred in a long test."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import IntegrityError, connection

from lbn.actions import close_period, reopen_period, void_count
from lbn.enums import VoidReason
from lbn.models import Count, Period
from lbn.refusals import PeriodClosed

from .conftest import Scene
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


def _together(start: threading.Barrier, what: Callable[[], Any]) -> Any:
    try:
        connection.ensure_connection()
        start.wait()
        return what()
    finally:
        connection.close()


def _rows() -> object:
    return sorted(Count.objects.values_list("pk", "kits", "voided_at"), key=str)
