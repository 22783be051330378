"""What anybody may call without a session, and how often: addresses that carry a key, and forms that are open to all.

A place (an IP address) is kept as a keyed hash, in the cache alone, and no longer than the limit lasts.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from .guards import type_view

WRONG_KEYS = 20
WINDOW = 300  # seconds without a wrong key until the count begins anew


def limits_guesses(view: type_view) -> type_view:
    """For a view whose address carries a key: after 20 keys that open nothing, this place gets 429 for five minutes, right keys too.

    Counts what the view answers with 404. A key cannot be guessed anyway; this keeps those who try from costing anything.
    """

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        counted = place_key("guesses", request)
        wrong = cache.get(counted, 0)
        if wrong >= WRONG_KEYS:
            return render(request, "429.html", status=429)
        try:
            return view(request, *args, **kwargs)
        except Http404:
            cache.set(counted, wrong + 1, WINDOW)
            raise

    return limited


def is_too_often(request: HttpRequest, what: str, *, at_most: int, within: dt.timedelta) -> bool:
    """Counts that this place does `what`; True when it did it more than `at_most` times since the first, `within` which it counts."""
    counter = place_key(what, request)
    if seconds_to_wait(counter, at_most=at_most):
        return True
    count_one(counter, within=within)
    return False


def seconds_to_wait(counter: str, *, at_most: int) -> int:
    """How long it is until something that was counted `at_most` times may happen again; 0 when it may happen now."""
    now = timezone.now()
    times, until = cache.get(counter, (0, now))
    return max(1, math.ceil((until - now).total_seconds())) if times >= at_most else 0


def count_one(counter: str, *, within: dt.timedelta) -> None:
    """Counts one more. Counting begins anew `within` a time after the first. Two at once may count as one: it is a limit, no ledger."""
    now = timezone.now()
    times, until = cache.get(counter, (0, now + within))
    cache.set(counter, (times + 1, until), max(1, math.ceil((until - now).total_seconds())))


def place_key(what: str, request: HttpRequest) -> str:
    """The counter of what this place does."""
    place = get_adapter().get_client_ip(request)
    return f"{what}:{salted_hmac('phast.access.limits', place, algorithm='sha256').hexdigest()}"
