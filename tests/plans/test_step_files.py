"""Files of a step."""

from __future__ import annotations

import errno
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from phast.access.actor import Actor
from phast.access.table import Role
from phast.uploads import LARGEST
from plans import actions
from plans.models import PlanChange, Step, StepFile
from tests.client import ReadingClient, body
from tests.factories import make_coalition, make_partner, sign_in
from tests.plans.factories import make_actor, make_plan, make_step

pytestmark = pytest.mark.django_db


def office(*names: str) -> bytes:
    """A zip archive with these names in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


PDF = b"%PDF-1.7 a flyer"
TAKEN = {
    "Flyer.PDF": PDF,
    "minutes.docx": office("[Content_Types].xml", "word/document.xml"),
    "budget.xlsx": office("xl/workbook.xml"),
    "slides.pptx": office("ppt/presentation.xml"),
    "plan.odt": office("mimetype", "content.xml"),
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest",
    "photo.jpg": b"\xff\xd8\xff\xe0 rest",
    "logo.png": b"\x89PNG\r\n\x1a\n rest",
    "list.csv": b"name,ZIP\nRiverbend,01201\n",
    "notes.txt": "Ünïcode".encode(),
}
REFUSED = {
    "page.html": (b"<script>alert(1)</script>", "The portal takes PDF, Word"),
    "drawing.svg": (b"<svg/>", "The portal takes"),
    "setup.exe": (b"MZ", "The portal takes"),
    "macros.docm": (office("word/document.xml"), "The portal takes"),
    "no-ending": (PDF, "The portal takes"),
    "really-exe.pdf": (b"MZ\x90\x00", "what is inside is something else"),
    "really-html.png": (b"<html>", "what is inside is something else"),
    "really-zip.docx": (office("evil.js"), "what is inside is something else"),
    "macros.docx": (office("word/document.xml", "word/vbaProject.bin"), "what is inside is something else"),
    "really-binary.csv": (b"a,b\0\1\2", "what is inside is something else"),
    "photo.jpg.exe": (b"\xff\xd8\xff", "The portal takes"),
}


@pytest.fixture
def by() -> Actor:
    return make_actor()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(name: str = "Flyer.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def url(by: Actor, name: str, key: int) -> str:
    return reverse(f"plans:{name}", args=[by.coalition.slug, key])


@pytest.mark.parametrize("name", TAKEN)
def test_documents_pictures_and_tables_are_kept_under_a_name_that_tells_nothing(by: Actor, name: str) -> None:
    row = actions.add_file(step=make_step(make_plan(by)), file=upload(name, TAKEN[name]), by=by)
    assert (row.name, row.size) == (name, len(TAKEN[name]))
    with row.file.open() as kept:
        assert kept.read() == TAKEN[name]
    assert "." not in row.file.name
    assert name.split(".")[0].lower() not in row.file.name.lower()


@pytest.mark.parametrize("name", REFUSED)
def test_other_files_are_refused_by_name_or_by_content(by: Actor, name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(ValidationError, match=words):
        actions.add_file(step=make_step(make_plan(by)), file=upload(name, content), by=by)
    assert not StepFile.objects.exists()
    assert not default_storage.exists("steps") or default_storage.listdir("steps")[1] == []


def test_a_file_that_is_too_large_is_refused_on_the_page(client: ReadingClient, by: Actor) -> None:
    sign_in(client, by.user)
    step = make_step(make_plan(by))
    answer = client.post(url(by, "step_file_add", step.pk), {"file": upload(content=PDF + bytes(LARGEST))})
    assert answer.status_code == 422
    assert "This file is larger than 10 MB." in answer.content.decode()


def test_a_file_is_added_read_and_deleted(
    client: ReadingClient, by: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    sign_in(client, by.user)
    step = make_step(make_plan(by))
    assert client.post(url(by, "step_file_add", step.pk), {"file": upload("Flyer für Ärzte.pdf")}).status_code == 302
    row = step.files.get()
    assert "Flyer für Ärzte.pdf" in client.get(url(by, "step", step.pk)).content.decode()
    answer = client.get(url(by, "step_file", row.pk))
    assert body(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Flyer%20f%C3%BCr")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "application/octet-stream"
    stored = row.file.name
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url(by, "step_file_remove", row.pk))
    assert not default_storage.exists(stored)
    assert client.get(url(by, "step_file", row.pk)).status_code == 404
    row.refresh_from_db()
    assert (row.name, row.removed_by, bool(row.file)) == ("Flyer für Ärzte.pdf", by.user, False)
    assert [change.verb for change in PlanChange.objects.filter(plan=step.plan)] == ["file.removed", "file.added"]


def test_who_may_update_a_step_may_add_files_to_it_and_to_no_other(client: ReadingClient, by: Actor) -> None:
    agency = make_partner(by.coalition, agency_type="other")
    member = make_actor(Role.MEMBER, coalition=by.coalition, partner=agency)
    sign_in(client, member.user)
    plan = make_plan(by)
    mine, other = make_step(plan, owner=agency), make_step(plan)
    assert client.post(url(by, "step_file_add", mine.pk), {"file": upload()}).status_code == 302
    assert client.post(url(by, "step_file_add", other.pk), {"file": upload()}).status_code == 404
    row = actions.add_file(step=other, file=upload(), by=by)
    assert body(client.get(url(by, "step_file", row.pk))) == PDF, "who follows plans reads their files"
    assert client.post(url(by, "step_file_remove", row.pk)).status_code == 404


def test_a_file_of_another_coalition_or_of_a_removed_step_is_not_found(client: ReadingClient, by: Actor) -> None:
    sign_in(client, by.user)
    foreign = make_actor(coalition=make_coalition(slug="theirs"))
    theirs = actions.add_file(step=make_step(make_plan(foreign)), file=upload(), by=foreign)
    assert client.get(url(by, "step_file", theirs.pk)).status_code == 404
    step = make_step(make_plan(by))
    ours = actions.add_file(step=step, file=upload(), by=by)
    actions.remove_step(step=step, by=by)
    assert client.get(url(by, "step_file", ours.pk)).status_code == 404


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    client: ReadingClient, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, by.user)
    step = make_step(make_plan(by))

    class Full(SimpleUploadedFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield PDF
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ValidationError, match="mostly because the disk is full"):
        actions.add_file(step=step, file=Full("Flyer.pdf", PDF), by=by)
    assert default_storage.listdir("steps")[1] == []
    assert not Step.objects.get(pk=step.pk).files.exists()


def test_a_file_name_keeps_its_ending_and_loses_what_could_deceive(by: Actor) -> None:
    step = make_step(make_plan(by))
    assert actions.add_file(step=step, file=upload("x" * 200 + ".pdf"), by=by).name.endswith(".pdf")
    assert actions.add_file(step=step, file=upload("a\u202efdp.pdf"), by=by).name == "afdp.pdf"
