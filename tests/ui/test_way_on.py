"""Where the page leads that says "there is nothing to open at this address"."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import resolve, reverse

from phast.access.urls import Endpoint, walk
from phast.ui.views import _above

# A value for each kind of argument that an address has.
VALUES: dict[str, Any] = {
    "int": 1,
    "slug": "ours",
    "string": "x",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "x",
}
FILES = {"deflection:evidence_open", "plans:step_file"}  # they hand out a file, or lead out of the portal
FOR_PROGRAMS = {"healthz", "readyz"}  # they answer every method

# No test here may use the database: pytest-django fails one that tries.


def address_of(end: Endpoint) -> str:
    kinds = {
        name: type(converter).__name__.removesuffix("Converter").lower() for name, converter in end.converters.items()
    }
    return reverse(end.name, kwargs={name: VALUES[kind] for name, kind in kinds.items()})


def takes(path: str) -> str:
    """The methods of an address, as it tells them to one that none has. Nothing of the view runs."""
    found = resolve(path)
    request = RequestFactory().generic("NONE", path)
    request.user = AnonymousUser()
    return str(found.func(request, *found.args, **found.kwargs)["Allow"])


def test_an_address_that_only_takes_a_form_lies_below_a_page() -> None:
    """A person who reloads one is led to the nearest address above it: not to another of its kind, and not to a file."""
    paths = [address_of(end) for end in walk() if end.ours and end.name not in FOR_PROGRAMS]
    led = {path: above for path in paths if takes(path) == "POST" and (above := _above(path))}
    assert len(led) > 100
    wrong = {path: to for path, to in led.items() if "GET" not in takes(to) or resolve(to).view_name in FILES}
    assert not wrong
