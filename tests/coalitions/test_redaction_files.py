"""Redaction of files: those people added, and those the portal drew."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from coalitions.models import Agreement
from phast.access.table import Role
from phast.jobs.models import JobState
from phast.redaction import contents
from phast.redaction.matching import REDACTED, Needle
from phast.redaction.places import find
from phast.reports.models import Report
from phast.takeout.models import Takeout
from plans.models import Step, StepFile
from tests.coalitions.redactions import coordinator, pdf, take_out, text_is_here_alone
from tests.world import CANARY, World


@pytest.fixture
def world(world: World) -> World:
    return text_is_here_alone(world)


def office(text: str) -> bytes:
    """A Word document, with the word cut in two as Word does."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        half = len(text) // 2
        archive.writestr(
            "word/document.xml",
            f"<w:p><w:r><w:t>{text[:half]}</w:t></w:r><w:r><w:t>{text[half:]}</w:t></w:r></w:p>",
        )
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        f"a,{CANARY},b".encode(),
        f"caf\xe9 {CANARY}".encode("cp1252"),
        CANARY.encode("utf-16"),
        office(CANARY),
        pdf(CANARY),
    ],
    ids=["csv", "old text", "utf-16", "word", "pdf"],
)
def test_files_people_added_are_looked_into_and_deleted(
    world: World, content: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    step = Step.objects.of(world.theirs.coalition).first()
    added = StepFile(step=step, name="flyer", size=len(content), added_by=world.theirs.users[Role.COORDINATOR])
    added.file.save("x", ContentFile(content))
    stored = added.file.name
    by = coordinator(world)
    group = next(g for g in find(by.coalition, Needle(CANARY)).groups if g.key == "plans.stepfile.file:added")
    assert added.pk in group.keys
    with django_capture_on_commit_callbacks(execute=True):
        take_out(world)
    added.refresh_from_db()
    assert not default_storage.exists(stored)
    assert (added.file.name, added.name, added.removed_at is None) == ("", REDACTED, False)


def test_files_nobody_can_read_are_named(world: World) -> None:
    agreement = Agreement.objects.of(world.theirs.coalition)[0]
    agreement.file_name = "scan.png"
    agreement.file.save("x", ContentFile(b"\x89PNG\r\n\x1a\nnothing to read"))
    assert find(world.theirs.coalition, Needle(CANARY)).unread == ["scan.png", "the logo"]


@pytest.mark.parametrize("content", [b"%PDF-1.4 damaged", pdf("")[:300], b"PK\x03\x04 damaged"])
def test_a_damaged_file_counts_as_unread(content: bytes) -> None:
    with pytest.raises(contents.CannotRead):
        list(contents.texts_in(io.BytesIO(content)))


def test_reports_with_it_are_deleted_and_can_be_drawn_again(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    report = Report(
        coalition=world.theirs.coalition,
        kind="sample",
        title="Plain",
        action="plans.see",
        audience="All",
        data={"deep": [{"text": f"x {CANARY} y"}]},
        state=JobState.DONE,
        requested_by=world.theirs.users[Role.COORDINATOR],
    )
    report.file.save("x.pdf", ContentFile(b"%PDF-1.7"))
    stored = report.file.name
    with django_capture_on_commit_callbacks(execute=True):
        take_out(world)
    report.refresh_from_db()
    assert report.data == {"deep": [{"text": f"x {REDACTED} y"}]}
    assert (report.state, report.file.name) == (JobState.FAILED, "")
    assert not default_storage.exists(stored)


def test_what_is_being_made_from_the_old_words_is_begun_anew(world: World) -> None:
    Takeout.objects.of(world.theirs.coalition).update(state=JobState.RUNNING, file="", claim="0" * 32)
    take_out(world)
    takeout = Takeout.objects.of(world.theirs.coalition).get()
    assert (takeout.state, takeout.claim) == (JobState.WAITING, None)
