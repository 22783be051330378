"""What a PDF may load: our own styles, fonts and pictures, and nothing else on this machine or any other."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.exceptions import SuspiciousFileOperation
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from phast.look import PNG

from .templatetags.pdf import PICTURE

# What relative addresses in a report are relative to. A host that ends in `.invalid` never exists.
BASE = "https://static.invalid/"
KINDS = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".png": "image/png"}


class OnlyOurAssets(URLFetcher):
    """Reads addresses below `BASE` from our static files, and pictures that the document itself holds.

    Everything else stops the drawing with FatalURLFetchingError, and its scheme and host are kept in `refused`: a report that lacks a
    part is no report.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        for held, kind in ((PICTURE, "image/svg+xml"), (PNG, "image/png")):
            if url.startswith(held):
                return URLFetcherResponse(url, base64.b64decode(url.removeprefix(held)), {"Content-Type": kind})
        if not url.startswith(BASE):
            self.refuse(url)
        path = unquote(urlsplit(url).path).lstrip("/")
        kind = KINDS.get(Path(path).suffix, "")
        try:
            found = FileSystemFinder().find(path) if kind else None
        except SuspiciousFileOperation:
            found = None
        if found is None:
            self.refuse(url)
        return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": kind})

    def refuse(self, url: str) -> NoReturn:
        parts = urlsplit(url)
        self.refused.append(f"{parts.scheme}://{parts.netloc}")
        raise FatalURLFetchingError(self.refused[-1])
