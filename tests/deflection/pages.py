"""What tests of deflection's pages share."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse

from phast.access.actor import Actor
from tests.client import ReadingClient
from tests.factories import sign_in


def url(name: str, *keys: object) -> str:
    return reverse(f"deflection:{name}", args=["ours", *keys])


def client_of(actor: Actor) -> ReadingClient:
    client = ReadingClient()
    sign_in(client, actor.user)
    return client


def read(actor: Actor, name: str, *keys: object, query: str = "") -> str:
    response = client_of(actor).get(url(name, *keys) + query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def opened(actor: Actor, name: str, *keys: object) -> dict[str, Any]:
    """What a browser would send of the form as it is opened."""
    form = client_of(actor).get(url(name, *keys)).context["form"]
    sent: dict[str, Any] = {}
    for field in form:
        value = field.field.prepare_value(field.value())
        listed = isinstance(value, list | tuple)
        if field.field.show_hidden_initial:
            sent[field.html_initial_name] = (
                [str(one) for one in value] if listed else "" if value is None else str(value)
            )
        if value is True:
            sent[field.html_name] = "on"
        elif value not in (None, False, ""):
            sent[field.html_name] = [str(one) for one in value] if listed else str(value)
    return sent
