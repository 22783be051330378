"""A desk from which spreadsheets are imported: through the pages, with the job run at once."""

from __future__ import annotations

import html
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve, reverse

from lbn.models import Count, CountImport
from phast.jobs.lease import run
from tests.client import ReadingClient
from tests.factories import sign_in

SHEET = "xl/worksheets/sheet1.xml"


class Desk:
    """A person at the import pages."""

    def __init__(self, scene: Any, user: Any) -> None:
        self.scene = scene
        self.client = ReadingClient()
        sign_in(self.client, user)

    def url(self, name: str, count_import: CountImport | None = None) -> str:
        kwargs = {"slug": self.scene.coalition.slug}
        if count_import:
            kwargs["count_import_id"] = count_import.pk
        return reverse(f"lbn:{name}", kwargs=kwargs)

    def upload(self, data: bytes, name: str = "counts.csv") -> Any:
        return self.client.post(self.url("import_list"), {"file": SimpleUploadedFile(name, data)})

    def refused(self, data: bytes, name: str = "counts.csv") -> str:
        """What the page says about a file it does not take; nothing of it is kept."""
        response = self.upload(data, name)
        assert response.status_code == 422
        assert not CountImport.objects.exists()
        return words(response)

    def taken(self, data: bytes, name: str = "counts.csv") -> CountImport:
        response = self.upload(data, name)
        assert response.status_code == 302, words(response)
        return CountImport.objects.get(pk=resolve(response.url).kwargs["count_import_id"])

    def columns(self, count_import: CountImport, query: str = "") -> Any:
        return self.client.get(self.url("import_columns", count_import) + query)

    def read(self, count_import: CountImport, query: str = "", **changes: Any) -> Any:
        """Sends the page of columns as it is proposed, with some boxes changed; when it is taken, the check runs."""
        page = self.columns(count_import, query)
        assert page.status_code == 200, words(page)
        form, look = page.context["form"], page.context["look"]
        sent = {name: form[name].value() or "" for name in form.fields}
        response = self.client.post(
            self.url("import_columns", count_import),
            sent | {"sheet": look.table.sheet, "header": look.header} | changes,
        )
        if response.status_code == 302:
            run(CountImport, count_import.pk)
            count_import.refresh_from_db()
        return response

    def check(self, data: bytes, name: str = "counts.csv", **changes: Any) -> CountImport:
        """Uploads, takes the proposed columns, and has every row checked."""
        count_import = self.taken(data, name)
        response = self.read(count_import, **changes)
        assert response.status_code == 302, words(response)
        return count_import

    def preview(self, count_import: CountImport) -> str:
        """What the page says now."""
        return words(self.client.get(self.url("import_detail", count_import)))

    def agree(self, count_import: CountImport, **answers: str) -> Any:
        response = self.client.post(self.url("import_detail", count_import), answers)
        if response.status_code == 302:
            run(CountImport, count_import.pk)
            count_import.refresh_from_db()
        return response

    def imported(self, data: bytes, name: str = "counts.csv", answer: str = "import", **changes: Any) -> CountImport:
        """The whole way, with the same answer to every question."""
        count_import = self.check(data, name, **changes)
        self.agree(count_import, **dict.fromkeys(count_import.findings["questions"], answer))
        assert count_import.stage == CountImport.Stage.IMPORTED, self.preview(count_import)
        return count_import

    def undo(self, count_import: CountImport) -> str:
        """What the page says once the work is done."""
        self.client.post(self.url("import_undo", count_import))
        run(CountImport, count_import.pk)
        count_import.refresh_from_db()
        return self.preview(count_import)


def words(response: Any) -> str:
    """The page's text."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def counts() -> list[tuple[str, str, int]]:
    """First day, ZIP and kits of every entry, in order."""
    return [
        (f"{count.from_on}", count.zip_code or count.place, count.kits)
        for count in Count.objects.order_by("from_on", "zip_code", "kits")
    ]
