"""The addresses below `/api/`: counts from agencies' records systems. JSON in and out, whatever happens; no cookie, no redirect.

A token is the only way in. Nothing here reads a session, so these views alone need no CSRF token.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from lbn.entering import Answer, Outcome, enter, read_json
from lbn.enums import Channel
from lbn.openapi import document
from lbn.rules import NotReadable
from lbn.selectors.agencies import agencies_for
from lbn.tokens import MOST, Refused, sending
from phast.access.guards import ActorRequest, bearer, public
from phast.access.table import Action
from phast.health import RETRY_AFTER

logger = logging.getLogger(__name__)
LARGEST = 1024 * 1024  # bytes in one request: 500 counts take a quarter of it
LONGEST_KEY = 200  # characters of an Idempotency-Key
# The name space of the keys that counts get from an Idempotency-Key.
KEYS_OF_REQUESTS = uuid.UUID("0b6c1f0e-5a43-4d6e-8f0c-2b9d4a7e6c15")

type_view = Callable[..., HttpResponse]


def answers_json(*methods: str) -> Callable[[type_view], type_view]:
    """For the API's views: the methods it knows, and every refusal and failure as JSON with a sentence."""

    def wrap(view: type_view) -> type_view:
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Refused(405, f"This address answers {' and '.join(methods)} only.")
                return view(request, *args, **kwargs)
            except Refused as refused:
                response = _error(refused.status, refused.sentence, wait=refused.wait)
                if refused.status == 401:
                    response["WWW-Authenticate"] = "Bearer"
                if refused.status == 405:
                    response["Allow"] = ", ".join(methods)
                return response
            except PermissionDenied:
                return _error(403, "This token may not do that.")
            except Http404:
                return _error(404, "There is nothing at this address.")
            except RequestDataTooBig:
                return _error(413, _too_large())
            except (OperationalError, InterfaceError):
                logger.exception("The database is away")
                return _error(503, "The portal cannot save anything just now. Send the same again.", wait=RETRY_AFTER)
            except Exception:
                reference = secrets.token_hex(4)
                logger.exception("Error answered, reference %s", reference)
                return _error(500, f"Something broke in the portal. Send the same again later. Reference: {reference}.")

        return answered

    return wrap


@answers_json("POST")
@bearer(Action.COUNTS_WRITE, sending)
def api_counts(request: ActorRequest) -> HttpResponse:
    """One count (an object) or up to 500 (a list). Each stands for itself and is saved or not; sent again, nothing is doubled."""
    body = _body(request)
    several = isinstance(body, list)
    counts = body if several else [body]
    if not 0 < len(counts) <= MOST:
        raise Refused(413 if counts else 422, f"Send between 1 and {MOST} counts in a request.")
    repeated = _repeated(request)
    agencies = agencies_for(request.actor, Action.COUNTS_WRITE)
    answers = [
        enter(
            count,
            agencies=agencies,
            by=request.actor,
            channel=Channel.API,
            key=_key(request, repeated, number) if repeated else "",
        )
        for number, count in enumerate(counts)
    ]
    if several:
        return _several(answers)
    return JsonResponse(answers[0].as_json(), status=answers[0].status)


@answers_json("GET", "HEAD")
@public
def api_document(request: HttpRequest) -> HttpResponse:
    """What may be sent, for programs that write programs (OpenAPI 3.1). It tells of no coalition."""
    return JsonResponse(document(), headers={"Cache-Control": "public, max-age=3600"})


@answers_json("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
@public
def api_missing(request: HttpRequest) -> HttpResponse:
    """Every other address below `/api`: also for these a program gets JSON, and never a redirect."""
    raise Http404


def _body(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        raise Refused(415, "Send JSON, with the header “Content-Type: application/json”.")
    declared = request.META.get("CONTENT_LENGTH") or ""
    if declared.isdigit() and len(declared) < 19 and int(declared) > LARGEST:
        raise Refused(413, _too_large())
    raw = request.body
    if len(raw) > LARGEST:
        raise Refused(413, _too_large())
    try:
        return read_json(raw)
    except NotReadable as error:
        raise Refused(422, str(error)) from None


def _repeated(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Refused(422, f"An Idempotency-Key is at most {LONGEST_KEY} plain characters long.")
    return key


def _key(request: ActorRequest, repeated: str, number: int) -> str:
    """The key of a count that has none of its own: always the same for its place in the request with that Idempotency-Key."""
    [partner] = request.actor.own_partner_ids
    return str(uuid.uuid5(KEYS_OF_REQUESTS, f"{partner}:{number}:{repeated}"))


def _several(answers: list[Answer]) -> HttpResponse:
    open_ones = [answer.status for answer in answers if not answer.is_saved]
    added = any(answer.outcome == Outcome.SAVED for answer in answers)
    told = {
        "saved": len(answers) - len(open_ones),
        "not_saved": len(open_ones),
        "results": [{"status": answer.status} | answer.as_json() for answer in answers],
    }
    return JsonResponse(told, status=max(open_ones) if open_ones else 201 if added else 200)


def _error(status: int, sentence: str, *, wait: int = 0) -> JsonResponse:
    headers = {"Retry-After": str(wait)} if wait else {}
    return JsonResponse({"error": sentence}, status=status, headers=headers)


def _too_large() -> str:
    return f"A request holds {LARGEST // 1024 // 1024} MB at most. Send fewer counts at once."
