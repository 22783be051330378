"""A records system that loses answers sends everything again: many at once, in any order, and nothing is lost or doubled."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from lbn.models import AgencyRollup, Count
from lbn.rollups import compare

from .api import count_of, post, token_for
from .conftest import Scene

CLIENTS, REPLAYS = 20, 10


def test_replays_lose_nothing_and_double_nothing(committed: Scene, drill_size: Callable[[int], int], settings) -> None:
    """20 clients send the same counts 10 times in random order, in batches of random size. Each client hears of each count that it is
    saved, and exactly one of all answers says so for the first time."""
    settings.API_REQUESTS_A_MINUTE = 10**6
    secret = token_for(committed.agency, committed.coordinator)
    places = ("12203", "12207", "12210")
    counts = [
        # Each of its own day and place: whether two that look alike are both real is another test's question.
        count_of(
            day=f"{2015 + n // 1080}-{1 + n // 90 % 12:02}-{1 + n // 3 % 28:02}", zip=places[n % 3], kits=1 + n % 7
        )
        for n in range(drill_size(300))
    ]
    counts = list({(each["day"], each["zip"]): each for each in counts}.values())
    start = threading.Barrier(CLIENTS)

    def send(client: int) -> Counter[tuple[str, str]]:
        rng, heard = random.Random(client), Counter()
        try:
            start.wait()
            for _ in range(REPLAYS):
                queue = rng.sample(counts, len(counts))
                while queue:
                    size = rng.choice([1, 1, 2, 5, 20])
                    batch, queue = queue[:size], queue[size:]
                    response = post(secret, batch if size > 1 else batch[0])
                    told = response.json()
                    results = told["results"] if size > 1 else [told]
                    assert response.status_code in (200, 201), told
                    heard.update((each["key"], each["outcome"]) for each in results)
        finally:
            connection.close()
        return heard

    with ThreadPoolExecutor(CLIENTS) as pool:
        heard = sum(pool.map(send, range(CLIENTS)), Counter())
    keys = {each["key"] for each in counts}
    assert {str(key) for key in Count.objects.values_list("client_key", flat=True)} == keys
    assert Count.objects.count() == len(counts)
    assert {key: heard[key, "saved"] for key in keys} == dict.fromkeys(keys, 1)
    assert {key: heard[key, "saved_before"] for key in keys} == dict.fromkeys(keys, CLIENTS * REPLAYS - 1)
    assert sum(Count.objects.values_list("kits", flat=True)) == sum(each["kits"] for each in counts)
    assert sum(AgencyRollup.objects.values_list("kits", flat=True)) == sum(each["kits"] for each in counts)
    assert not compare(committed.coalition)
