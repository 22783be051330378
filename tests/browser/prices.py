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


def slowness(page: Page, live_server: Any) -> float:
    """How many times slower than usual the machine is just now, at least 1: waiting is divided by it, so that a priced script
    fails when the portal has become slow and not when the machine has."""
    page.goto(f"{live_server.url}/accounts/login/")  # the first time takes what is loaded only once
    times = []
    for _ in range(3):
        began = time.monotonic()
        page.goto(f"{live_server.url}/accounts/login/")
        times.append(time.monotonic() - began)
    return max(1.0, statistics.median(times) / OPENING)
