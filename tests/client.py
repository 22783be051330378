"""A test client that reads what it gets: an undefined template variable or a trace on a page fails the test."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client

UNDEFINED = settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"].split("%")[0]


class ReadingClient(Client):
    """Django's client, strict about what pages say."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if "text/html" in response.headers.get("Content-Type", "") and not response.streaming:
            text = response.content.decode()
            assert UNDEFINED not in text, (
                f"{request['PATH_INFO']} uses a variable nobody set: {_around(text, UNDEFINED)}"
            )
        return response


def body(response: HttpResponseBase) -> bytes:
    """The whole answer, streamed or not; what is inside a spreadsheet or another zip is unpacked."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    return content


def _around(text: str, needle: str) -> str:
    at = text.index(needle)
    return text[max(0, at - 80) : at + 120]
