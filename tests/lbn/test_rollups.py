"""The sums that the database keeps equal the rows, whoever writes and in whatever order."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from lbn.actions import correct_count, log_count, restore_count, void_count
from lbn.enums import VoidReason
from lbn.models import AgencyRollup, Count, CountImport, ZipRollup
from lbn.refusals import NeedsConfirming, NotPossible
from lbn.rollups import compare
from phast.access.actor import Actor
from tests.sheets.files import text_file

from .conftest import TODAY, Scene
from .files import Desk
from .world import make_count

ZIPS = ["12203", "12207", "12210"]


def some_span(rng: random.Random) -> tuple[dt.date, dt.date]:
    first = TODAY - dt.timedelta(days=rng.randrange(500))
    return first, min(first + dt.timedelta(days=rng.choice([0, 0, 0, 6, 30, 89, 200])), TODAY)


def write(scene: Scene, by: Actor, rng: random.Random, steps: int) -> None:
    """Random writes by the actions: log, correct, remove, put back."""
    for _ in range(steps):
        from_on, to_on = some_span(rng)
        values = {
            "from_on": from_on,
            "to_on": to_on,
            "place": rng.choice(["zip", "zip", "unknown", "outside"]),
            "kits": rng.randrange(9),
            "client_key": uuid.uuid4(),
            "by": by,
        }
        values["zip_code"] = rng.choice(ZIPS) if values["place"] == "zip" else ""
        count = rng.choice([None, *Count.objects.order_by("?")[:1]])
        if count is None or rng.random() < 0.4:
            say_yes(log_count, partner=rng.choice([scene.agency, scene.other]), **values)
        elif rng.random() < 0.5:
            say_yes(correct_count, count=count, **values)
        elif rng.random() < 0.5:
            void_count(count=count, reason=VoidReason.TWICE, by=by)
        else:
            restore_count(count=count, by=by)


def say_yes(action, **values) -> None:
    try:
        action(**values)
    except NotPossible:
        pass  # another one was faster
    except NeedsConfirming as asked:
        try:
            action(**values, confirmed=[question.token for question in asked.questions])
        except (NeedsConfirming, NotPossible):
            pass  # another one came between the question and the answer


def totals() -> list[int]:
    live = Count.objects.filter(voided_at=None)
    rows = sum(live.values_list("kits", flat=True))
    return [rows, *(sum(model.objects.values_list("kits", flat=True)) for model in (ZipRollup, AgencyRollup))]


def test_sums_equal_rows_after_random_writes(scene: Scene, drill_size: Callable[[int], int]) -> None:
    write(scene, scene.coordinator, random.Random(7), max(150, drill_size(10_000)))
    assert compare(scene.coalition) == []
    assert len(set(totals())) == 1
    assert not ZipRollup.objects.filter(entries__lte=0).exists()


def bring_in(desk: Desk, zip_code: str, rounds: int) -> None:
    """Files of 40 rows, every second of them undone again."""
    for number in range(rounds):
        rows = [(f"2026-{1 + n % 10:02}-{1 + number % 28:02}", zip_code, 1 + n % 5) for n in range(40)]
        count_import = desk.imported(text_file(("Date", "ZIP", "Kits", f"Round {number}"), *rows))
        if number % 2:
            desk.undo(count_import)
            assert count_import.stage == CountImport.Stage.UNDONE


def test_sums_equal_rows_after_writes_imports_and_undos_at_once(
    committed: Scene, drill_size: Callable[[int], int]
) -> None:
    """Four people log, correct, remove and put back, imported counts too, while two others bring in files and undo them."""
    steps, rounds = max(drill_size(10_000) // 4, 25), max(drill_size(300), 3)
    tasks: list[Callable[[], None]] = [
        partial(write, committed, committed.coordinator, random.Random(seed), steps) for seed in range(4)
    ]
    # ZIP codes that nobody logs at: rows like an entry that came meanwhile would be asked about again.
    tasks += [
        partial(bring_in, Desk(committed, committed.lead_user), "12298", rounds),
        partial(bring_in, Desk(committed, committed.reporter_user), "12299", rounds),
    ]

    def work(task: Callable[[], None]) -> None:
        try:
            task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        list(pool.map(work, tasks))
    assert compare(committed.coalition) == []
    assert len(set(totals())) == 1
    assert not AgencyRollup.objects.filter(entries__lte=0).exists()
    assert CountImport.objects.filter(stage=CountImport.Stage.IMPORTED).count() == 2 * (rounds - rounds // 2)


@pytest.mark.parametrize(
    ("entry", "span"),
    [
        (("2026-10-03", "2026-10-03"), ("2026-10-01", "2026-10-31")),
        (("2026-10-03", "2026-11-03"), ("2026-10-01", "2026-12-31")),
        (("2026-03-31", "2026-04-01"), ("2026-01-01", "2026-06-30")),
        (("2026-06-30", "2026-07-01"), ("2026-01-01", "2026-12-31")),
        (("2025-12-31", "2026-01-01"), ("2025-12-31", "2026-01-01")),
    ],
)
def test_a_sums_span_is_the_month_quarter_half_or_year_that_holds_the_entry(
    scene: Scene, entry: tuple[str, str], span: tuple[str, str]
) -> None:
    first, last = map(dt.date.fromisoformat, entry)
    make_count(scene.agency, scene.reporter_user, first, to_on=last)
    (rollup,) = ZipRollup.objects.of(scene.coalition)
    assert (rollup.from_on.isoformat(), rollup.to_on.isoformat()) == span


def test_the_command_finds_and_mends_what_differs(scene: Scene, capsys) -> None:
    write(scene, scene.coordinator, random.Random(3), 20)
    call_command("check_rollups")
    assert "ours: right" in capsys.readouterr().out
    ZipRollup.objects.filter(pk=ZipRollup.objects.first().pk).update(kits=9999)
    AgencyRollup.objects.first().delete()
    ZipRollup.objects.create(coalition=scene.coalition, place="99999", from_on=TODAY, to_on=TODAY, kits=1, entries=1)
    assert len(compare(scene.coalition)) == 3
    with pytest.raises(CommandError, match="3 sums differ"):
        call_command("check_rollups", "ours")
    call_command("check_rollups", "ours", mend=True)
    assert compare(scene.coalition) == []
    call_command("check_rollups", "ours", mend=True)
    assert len(set(totals())) == 1
    with pytest.raises(CommandError, match="no coalition"):
        call_command("check_rollups", "nowhere")
