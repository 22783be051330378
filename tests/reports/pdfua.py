"""Is a PDF one that a screen reader can read? For every test that makes one."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page
import pikepdf


def assert_pdf_ua(pdf: Path | bytes, *, lang: str = "en") -> None:
    """Fails unless the PDF passes every PDF/UA-1 rule of the independent checker, and what those rules do not ask: a title that is
    shown, bookmarks, words for every figure, and for every cell the headers that belong to it."""
    content = pdf if isinstance(pdf, bytes) else pdf.read_bytes()
    report = page.validate_pdf_bytes(content, profile="ua1")
    assert report.is_compliant, "\n".join(f"{failure.rule_id}: {failure.message}" for failure in report.failures)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == lang
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert str(document.docinfo.Title).strip()
        with document.open_outline() as outline:
            assert outline.root, "no bookmarks"
        tags = list(elements(document))
        known = {str(tag.ID) for tag in tags if name(tag) == "TH" and "/ID" in tag}
        assert any(name(tag) == "H1" for tag in tags)
        for tag in tags:
            if name(tag) == "Figure":
                assert str(tag.get("/Alt", "")).strip(), "a figure without words"
            if name(tag) == "TD":
                assert headers(tag), "a cell that names no header"
                assert headers(tag) <= known, "a cell whose header is not there"


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


def headers(cell: Any) -> set[str]:
    """The ids of the header cells that a cell names."""
    attributes = cell.get("/A", [])
    every = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
    return {str(header) for attribute in every for header in attribute.get("/Headers", [])}


def pages_of(pdf: bytes) -> list[str]:
    """What is written on each page, laid out as it stands there."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return text.decode().split("\f")[:-1]


def words(pdf: bytes) -> str:
    """What is written in the whole document, with every run of white space as one blank."""
    return " ".join(" ".join(pages_of(pdf)).split())
