"""A form that was sent after the session had ended: what was typed waits in the (anonymous) session until the person is back.

Django keeps an anonymous session's data when somebody signs in to it, and drops it when the session belonged to another
person. So the fields come back to the one who typed them, on the same browser, and are sent once.
"""

from __future__ import annotations

import secrets
import time

from django.http import HttpRequest
from django.urls import reverse

KEY = "held"
KEEP_FOR = 24 * 3600  # seconds
NOT_KEPT = {"csrfmiddlewaretoken", "password"}


def keep(request: HttpRequest) -> str:
    """Holds the posted fields of this request; returns the address that offers them back."""
    token = secrets.token_urlsafe(8)
    fields = [(name, value) for name, values in request.POST.lists() if name not in NOT_KEPT for value in values]
    request.session[KEY] = {
        "token": token,
        "path": request.get_full_path(),
        "fields": fields,
        "files": sorted(request.FILES),
        "at": time.time(),
    }
    return reverse("held", args=[token])


def find(request: HttpRequest, token: str) -> dict | None:
    """What is held under the token, or None when it is not there, is another's, or is a day old."""
    kept = request.session.get(KEY)
    if not kept or kept["token"] != token or time.time() - kept["at"] > KEEP_FOR:
        return None
    return kept


def forget(request: HttpRequest) -> None:
    """Drops what is held: it was sent, or the person chose not to."""
    request.session.pop(KEY, None)
