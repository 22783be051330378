"""Sending counts as an agency's records system does."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.test import Client

from coalitions.models import Partner
from lbn.actions import make_token
from phast.access.actor import Actor

COUNTS = "/api/v1/counts"


def token_for(partner: Partner, by: Actor, name: str = "Records system") -> str:
    """A new token's secret."""
    return make_token(partner=partner, name=name, by=by)[1]


def count_of(**values: Any) -> dict[str, Any]:
    """One kit in 12207 today, with any of it changed; a value of None leaves its member out."""
    whole = {"key": str(uuid.uuid4()), "day": "2026-11-20", "zip": "12207", "kits": 1} | values
    return {name.rstrip("_"): value for name, value in whole.items() if value is not None}


def post(secret: str, body: Any, *, client: Client | None = None, **headers: str) -> Any:
    """What the API answers. A client that holds no cookie, and sees what a program would see."""
    sent = headers.pop("content_type", "application/json")
    raw = body if isinstance(body, bytes) else json.dumps(body)
    known = {"Authorization": f"Bearer {secret}"} if secret else {}
    return (client or Client()).post(
        COUNTS, raw, content_type=sent, headers=known | {name.replace("_", "-"): text for name, text in headers.items()}
    )
