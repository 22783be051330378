"""What a person's doings cost in seconds, and what a machine's waiting counts for: priced scripts add them up."""

from __future__ import annotations

import statistics
import time
from typing import Any

from playwright.sync_api import Page

KEY = 0.28  # a key, by somebody who types seldom
TAP = 1.1  # to reach for something and press it
DECISION = 1.35  # to make up one's mind
NEAR = 0.5  # to find the next thing on a page one knows
WORD = 0.25  # to read one
OPENING = 0.25  # what opening the sign-in page takes on an idle laptop of two cores


class Waits:
    """Adds up what a person waits for the portal: `with waits:` around each wait. `seconds` are those of an idle laptop, so that a priced
    script fails when the portal has become slow and not when the machine is: opening the sign-in page says how slow that is just now."""

    def __init__(self, page: Page, live_server: Any) -> None:
        self.page, self.url = page, f"{live_server.url}/accounts/login/"
        self.before, self.waited = self._slowness(), 0.0

    def __enter__(self) -> None:
        self.began = time.monotonic()

    def __exit__(self, *told: object) -> None:
        self.waited += time.monotonic() - self.began

    @property
    def seconds(self) -> float:
        return self.waited / max(self.before, self._slowness())

    def _slowness(self) -> float:
        """How many times slower than usual the machine is, at least 1."""
        beside, times = self.page.context.new_page(), []
        for _ in range(4):
            began = time.monotonic()
            beside.goto(self.url)
            times.append(time.monotonic() - began)
        beside.close()
        return max(1.0, statistics.median(times[1:]) / OPENING)  # the first time takes what is loaded only once
