"""A form that was sent after the session had ended: what was typed waits in the (anonymous) session until the person is back.

Django keeps an anonymous session's data when somebody signs in to it, and drops it when the session belonged to another
person. So the fields come back on the same browser, and are sent once. An ended session no longer says whose it was; a signed
cookie does, so that on a shared computer the next person reads nothing of it.
"""

from __future__ import annotations

import secrets
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

KEY = "held"
KEEP_FOR = 24 * 3600  # seconds
NOT_KEPT = {"csrfmiddlewaretoken", "password"}
LAST_PERSON = "last-person"  # the cookie, and its salt


def keep(request: HttpRequest) -> str:
    """Holds the posted fields of this request; returns the address that offers them back."""
    token = secrets.token_urlsafe(8)
    fields = [(name, value) for name, values in request.POST.lists() if name not in NOT_KEPT for value in values]
    request.session[KEY] = {
        "token": token,
        "path": request.get_full_path(),
        "fields": fields,
        "files": sorted(request.FILES),
        "person": str(request.user.pk) if request.user.is_authenticated else _last_person(request),
        "at": time.time(),
    }
    return reverse("held", args=[token])


def find(request: HttpRequest, token: str) -> dict | None:
    """What is held under the token, or None when it is not there, is another's, or is a day old."""
    kept = request.session.get(KEY)
    if not kept or kept["token"] != token or time.time() - kept["at"] > KEEP_FOR:
        return None
    return kept if kept["person"] in ("", str(request.user.pk)) else None


def forget(request: HttpRequest) -> None:
    """Drops what is held: it was sent, or the person chose not to."""
    request.session.pop(KEY, None)


def note_person(request: HttpRequest, response: HttpResponse) -> None:
    """Notes in a cookie who is signed in. It stays after they sign out: a page that is still open is theirs."""
    if not (request.session.accessed and request.user.is_authenticated):
        return
    person = str(request.user.pk)
    if _last_person(request) != person:
        response.set_signed_cookie(
            LAST_PERSON,
            person,
            salt=LAST_PERSON,
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _last_person(request: HttpRequest) -> str:
    return request.get_signed_cookie(LAST_PERSON, default="", salt=LAST_PERSON) or ""
