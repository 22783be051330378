"""Addresses that carry a key instead of a session: how often somebody may guess."""

from __future__ import annotations

import hashlib
from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

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
        place = get_adapter().get_client_ip(request)
        counted = "guesses:" + hashlib.sha256(place.encode()).hexdigest()
        wrong = cache.get(counted, 0)
        if wrong >= WRONG_KEYS:
            return render(request, "429.html", status=429)
        try:
            return view(request, *args, **kwargs)
        except Http404:
            cache.set(counted, wrong + 1, WINDOW)
            raise

    return limited
