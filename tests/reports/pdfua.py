"""Is a PDF one that a screen reader can read? For every test that makes one."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

from phast.reports.inspection import independent, inspected


def assert_pdf_ua(pdf: Path | bytes, *, lang: str = "en") -> None:
    """Fails unless the PDF passes every PDF/UA-1 rule of the independent checker and our own check of what those do not ask."""
    content = pdf if isinstance(pdf, bytes) else pdf.read_bytes()
    _, broken = independent(content)
    findings = [*broken, *inspected(content)]
    assert not findings, "\n".join(map(str, findings))
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == lang


def elements(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every element of the structure tree, in reading order."""
    waiting = kids(document.Root.StructTreeRoot)
    while waiting:
        tag = waiting.pop(0)
        if isinstance(tag, pikepdf.Dictionary) and "/S" in tag:
            yield tag
            waiting = kids(tag) + waiting


def kids(tag: Any) -> list[Any]:
    found = tag.get("/K", [])
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def name(tag: Any) -> str:
    return str(tag.S).lstrip("/")


def pages_of(pdf: bytes) -> list[str]:
    """What is written on each page, laid out as it stands there."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return text.decode().split("\f")[:-1]


def words(pdf: bytes) -> str:
    """What is written in the whole document, with every run of white space as one blank."""
    return " ".join(" ".join(pages_of(pdf)).split())
