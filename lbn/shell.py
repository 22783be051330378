"""The phone page as a browser keeps it: one page that is the same for everybody, and the files it needs.

It holds no data: who is signed in, their agencies and ZIP codes come as JSON afterwards and stay in the browser's own store.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from lbn.enums import Recipient, Setting
from lbn.selectors.phrases import at_hand_on_phones

SCRIPTS = ("store", "sending", "form", "cards", "page", "words")
FILES = (
    "field/field.css",
    *(f"field/{name}.js" for name in SCRIPTS),
    "fonts/PublicSans-Regular.woff2",
    "fonts/PublicSans-SemiBold.woff2",
    "fonts/PublicSans-Bold.woff2",
    "field/icon-192.png",
)


@dataclass(frozen=True)
class Shell:
    """The page, the addresses of its files, and a version that changes when a byte of any of them does."""

    page: str
    files: tuple[str, ...]
    version: str


@cache
def shell() -> Shell:
    """The shell of this release, made once: nothing in it changes while the portal runs."""
    page = render_to_string(
        "lbn/field.html",
        {
            "scripts": [f"field/{name}.js" for name in SCRIPTS],
            "settings": [choice for choice in Setting.choices if choice[0]],
            "words": at_hand_on_phones(),
            "recipients": [choice for choice in Recipient.choices if choice[0]],
        },
    )
    digest = hashlib.sha256(page.encode())
    for name in FILES:
        digest.update(_bytes(name))
    files = (reverse("field"), reverse("field_manifest"), *(static(name) for name in FILES))
    return Shell(page, files, digest.hexdigest()[:16])


def _bytes(name: str) -> bytes:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(name)
    return Path(found).read_bytes()
