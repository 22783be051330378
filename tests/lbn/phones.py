"""Asking and sending as the script of the phone page does."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from phast.accounts.models import User

COUNTS = "/c/ours/naloxone/field/counts/"
AGENCIES = "/c/ours/naloxone/field/agencies/"
PERSON = "/field/person/"
SCRIPT = {"Accept": "application/json"}


def send(client: Client, person: User, body: Any, address: str = COUNTS) -> Any:
    """What the portal answers to one count of the person's queue, in whoever's session the client has."""
    if isinstance(body, dict):
        body = {"person": person.pk} | body
    raw = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(address, raw, content_type="application/json", headers=SCRIPT)
