"""Error mail, traces and logs carry no typed text: a note could hold something personal.

An error's own message is left out too: a database that refuses a row says what was in it.
"""

from __future__ import annotations

import copy
import logging
import traceback
from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

# Headers that hold what stands in the address after the question mark.
HIDDEN = SafeExceptionReporterFilter.cleansed_substitute
ADDRESSES = {"QUERY_STRING", "REQUEST_URI", "RAW_URI", "HTTP_REFERER", "HTTP_HX_CURRENT_URL"}


def without_key(request: Any, text: str) -> str:
    """The text without the key that the request's address carries in place of a session (an argument called `token`)."""
    match = getattr(request, "resolver_match", None)
    key = match.kwargs.get("token") if match is not None else None
    if not key:
        return text
    return text.replace(key, HIDDEN).replace(iri_to_uri(key), HIDDEN)


class KeysHidden(logging.Filter):
    """For Django's loggers of requests: an address that opens something without a sign-in is told without what opens it."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            record.args = tuple(without_key(request, arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


class NothingTyped(SafeExceptionReporterFilter):
    """Hides every posted value, every query value, every cookie and every local variable."""

    hidden_settings = SafeExceptionReporterFilter.hidden_settings

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        if request is None:
            return {}
        return dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()

    def get_safe_cookies(self, request: Any) -> dict[str, str]:
        return dict.fromkeys(getattr(request, "COOKIES", {}), self.cleansed_substitute)

    def get_safe_request_meta(self, request: Any) -> dict[str, Any]:
        meta = super().get_safe_request_meta(request)
        told = {name: without_key(request, value) if name == "PATH_INFO" else value for name, value in meta.items()}
        return told | dict.fromkeys(ADDRESSES & meta.keys(), self.cleansed_substitute)


class PlacesOnly(ExceptionReporter):
    """Says where an error happened and of which kind it is."""

    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        hidden = self.filter.cleansed_substitute
        data |= {"exception_value": hidden, "exception_notes": "", "unicode_hint": "", "template_info": None}
        if self.request is not None:
            data |= {
                "request_GET_items": [(name, hidden) for name in self.request.GET],
                "request_FILES_items": [(name, hidden) for name in self.request.FILES],
                "request_insecure_uri": without_key(self.request, self.request.path),
                "request": _named_without_key(self.request),
            }
        for frame in data.get("frames", []):
            frame["exc_cause"] = type(frame["exc_cause"]).__name__ if frame.get("exc_cause") else None
        return data


def _named_without_key(request: HttpRequest) -> HttpRequest:
    """The same request, whose address tells no key."""
    told = copy.copy(request)
    told.path = without_key(request, request.path)
    told.path_info = without_key(request, request.path_info)
    return told


class PlacesOnlyFormatter(logging.Formatter):
    """Log lines whose traces name the places and the kinds of the errors, one after the other as each led to the next."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is Python's
        told, error, seen = [], ei[1], set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            told.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\nwhich led to\n".join(reversed(told))
