"""Phones that lose answers send everything again: many tabs at once, in any order, and nothing is lost or doubled."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from lbn.models import AgencyRollup, Count
from lbn.rollups import compare
from tests.client import ReadingClient
from tests.factories import sign_in

from .api import count_of
from .conftest import Scene
from .phones import send

PHONES, REPLAYS = 20, 10
SUBMISSIONS = 100_000


def test_replays_lose_nothing_and_double_nothing(committed: Scene, drill_size: Callable[[int], int]) -> None:
    """20 phones of one person and of a colleague send the same queue 10 times in random order. The colleague's session gets nothing
    in; of all answers to the person, exactly one for each count says that it was saved for the first time."""
    places = ("12203", "12207", "12210")
    counts = [
        # Each of its own day and place: whether two that look alike are both real is another test's question.
        count_of(
            day=f"{2015 + n // 1008}-{1 + n // 84 % 12:02}-{1 + n // 3 % 28:02}", zip=places[n % 3], kits=1 + n % 7
        )
        for n in range(drill_size(SUBMISSIONS) // (PHONES * REPLAYS))
    ]
    start = threading.Barrier(PHONES)

    def drain(number: int) -> Counter[tuple[str, str]]:
        rng, heard = random.Random(number), Counter()
        own = number % 5 > 0  # every fifth phone is a tablet on which the colleague has signed in
        client = ReadingClient()
        try:
            sign_in(client, committed.reporter_user if own else committed.lead_user)
            start.wait()
            for _ in range(REPLAYS):
                for count in rng.sample(counts, len(counts)):
                    told = send(client, committed.reporter_user, count).json()
                    assert own or told["reason"] == "other_person", told
                    assert not own or told["key"] == count["key"], told
                    heard[count["key"], told["outcome"]] += own
        finally:
            connection.close()
        return heard

    with ThreadPoolExecutor(PHONES) as pool:
        heard = sum(pool.map(drain, range(PHONES)), Counter())
    keys = {each["key"] for each in counts}
    kits = sum(each["kits"] for each in counts)
    own_phones = PHONES - PHONES // 5
    assert {str(key) for key in Count.objects.values_list("client_key", flat=True)} == keys
    assert Count.objects.count() == len(counts)
    assert {key: heard[key, "saved"] for key in keys} == dict.fromkeys(keys, 1)
    assert {key: heard[key, "saved_before"] for key in keys} == dict.fromkeys(keys, own_phones * REPLAYS - 1)
    assert sum(Count.objects.values_list("kits", flat=True)) == kits
    assert sum(AgencyRollup.objects.values_list("kits", flat=True)) == kits
    assert not compare(committed.coalition)
