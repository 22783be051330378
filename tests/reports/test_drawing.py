"""What a worker makes of a request: a tagged PDF, frozen data, or a sentence that says why not."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from coalitions.models import Membership
from phast.access.table import Role
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.reports import files
from phast.reports.actions import request_report
from phast.reports.models import Report
from tests.factories import make_coalition, make_person
from tests.world import actor_of

from .pdfua import assert_pdf_ua, elements, name, pages_of, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def coordinator():
    return make_person("ana@example.org", coalition=make_coalition(name="Capital Region PHAST"), role=Role.COORDINATOR)


@pytest.fixture
def actor(coordinator):
    return actor_of(coordinator, coordinator.memberships.get().coalition)


def drawn(actor, **fields) -> Report:
    report = request_report(kind="sample", fields=fields, by=actor)
    run(Report, report.pk)
    report.refresh_from_db()
    return report


def content(report: Report) -> bytes:
    with report.file.open("rb") as file:
        return file.read()


def test_a_report_is_a_valid_tagged_pdf_with_all_its_parts(actor) -> None:
    report = drawn(actor, rows=150)
    assert report.state == JobState.DONE, report.message
    pdf = content(report)
    assert_pdf_ua(pdf)
    assert (report.size, report.sha256) == (len(pdf), hashlib.sha256(pdf).hexdigest())
    text = words(pdf)
    for part in (
        "Capital Region PHAST",
        "Data as of",
        "Release 3: small counts are hidden.",
        f"Page 1 of {report.pages}",
        "hidden",
    ):
        assert part in text
    with pikepdf.open(report.file.path) as document:
        assert len(document.pages) == report.pages >= 4
        assert str(document.docinfo.Title) == f"{report.title} · Capital Region PHAST"
        figures = [tag for tag in elements(document) if name(tag) == "Figure"]
        assert [str(tag.Alt).startswith("A line: 812 kits") for tag in figures] == [True]
        with document.open_outline() as outline:
            assert [entry.title for entry in outline.root[0].children] == [
                "At a glance",
                "Kits by quarter",
                "Kits by ZIP code",
                "About this report",
            ]


def test_a_table_that_goes_over_pages_repeats_its_head(actor) -> None:
    report = drawn(actor, rows=150)
    assert words(content(report)).count("ZIP code Place Kits") == report.pages


def test_a_very_long_table_is_drawn_in_parts(actor) -> None:
    report = drawn(actor, rows=1000)
    assert words(content(report)).count("Kits by ZIP code, continued") == 2
    assert_pdf_ua(content(report))


def test_no_table_begins_with_its_title_alone_at_the_foot_of_a_page(actor) -> None:
    from phast.reports.draw import pdf
    from phast.reports.kinds import kind_of

    report = drawn(actor, rows=40)
    for quarters in range(3, 16):
        report.data["quarters"] = [[f"Quarter {at}", at] for at in range(quarters)]
        for page in pages_of(pdf(kind_of("sample"), report).content):
            body = re.split(r"\n *Data as of[^\n]*Page", page)[0]
            assert not re.search(r"Kits by (ZIP code|quarter)\s*$", body), f"{quarters} quarters"


def test_what_is_drawn_is_what_is_kept(actor) -> None:
    report = drawn(actor, rows=10)
    assert [row["kits"] for row in report.data["rows"]][:4] == [0, 13, 26, None]
    assert report.data_as_of <= report.drawn_at <= report.finished_at


def test_the_coalitions_time_zone_is_on_the_page(actor) -> None:
    from zoneinfo import ZoneInfo

    report = drawn(actor, rows=1)
    local = report.data_as_of.astimezone(ZoneInfo(report.coalition.time_zone))
    assert f"{local:%b} {local.day}, {local.year}, {local.hour % 12 or 12}:{local.minute:02}" in words(content(report))


def test_a_run_that_is_repeated_leaves_one_file(actor) -> None:
    report = drawn(actor, rows=5)
    first = report.file.path
    run(Report, report.pk)  # a second message for the same job
    report.refresh_from_db()
    assert report.file.path == first
    assert [str(path) for path in Path(first).parent.glob(f"{report.pk}-*")] == [first]


# ------------------------------------------------------------------ THREATS 47: nothing from outside
@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:{port}/secret",
        "//127.0.0.1:{port}/secret",
        "../../../../etc/passwd",
        "..%2f..%2f..%2fpyproject.toml",
        "fonts/../../pyproject.toml",
        "data:text/html;base64,PGI+",
        "ftp://127.0.0.1:{port}/x",
    ],
)
def test_a_template_that_loads_from_outside_fails_and_nothing_is_fetched(actor, address: str) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        report = drawn(actor, rows=1, trouble=address.format(port=server.getsockname()[1]))
        with pytest.raises(TimeoutError):
            server.accept()
    assert report.state == JobState.FAILED
    assert report.message.startswith("The report was not drawn, because it asks for something from outside the portal.")
    assert not report.file
    assert "passwd" not in report.message


def test_a_picture_inside_a_picture_may_not_reach_outside_either(actor, monkeypatch) -> None:
    import base64

    inner = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd" width="9" height="9"/></svg>'
    report = drawn(actor, rows=1, trouble="data:image/svg+xml;base64," + base64.b64encode(inner.encode()).decode())
    assert report.state == JobState.FAILED


def test_an_undefined_variable_is_an_error_and_never_a_blank(actor, caplog) -> None:
    report = drawn(actor, rows=1, trouble="undefined")
    assert report.state == JobState.WAITING  # to be tried again, and then failed
    assert "UndefinedVariable" in caplog.text
    assert not report.file


def test_markup_in_the_data_is_text(actor) -> None:
    report = drawn(actor, rows=1, trouble="data:,<script>alert(1)</script><img src=file:///etc/passwd>")
    assert report.state == JobState.FAILED  # refused as an address; as text it was escaped, so nothing else was loaded
    assert "passwd" not in report.message


def test_a_kind_with_nothing_to_draw_says_so(actor) -> None:
    report = drawn(actor, trouble="nothing")
    assert (report.state, report.message) == (JobState.FAILED, "There are no figures for this quarter yet.")


# ------------------------------------------------------------------ the right is asked again at drawing
def test_a_right_lost_before_drawing_stops_it(actor, coordinator) -> None:
    report = request_report(kind="sample", fields={"audience": "exact"}, by=actor)
    make_person("new@example.org", coalition=actor.coalition, role=Role.COORDINATOR)
    Membership.objects.filter(user=coordinator).update(role=Role.OBSERVER)
    run(Report, report.pk)
    report.refresh_from_db()
    assert (report.state, report.data) == (JobState.FAILED, None)
    assert report.message == "The person who asked for this may no longer read it."


def test_a_person_who_left_gets_no_report(actor, coordinator) -> None:
    report = request_report(kind="sample", fields={}, by=actor)
    make_person("new@example.org", coalition=actor.coalition, role=Role.COORDINATOR)
    Membership.objects.filter(user=coordinator).delete()
    run(Report, report.pk)
    report.refresh_from_db()
    assert report.message == "The person who asked for this is no longer in the coalition."


# ------------------------------------------------------------------ THREATS 60: no room
def test_no_room_for_the_file_is_said_and_leaves_nothing_behind(actor, monkeypatch) -> None:
    """A disk that is full: the process may write no file larger than a few bytes (RLIMIT_FSIZE), which is the same error to us."""
    import resource
    import signal

    drawn(actor, rows=2)  # the fonts, which are written to the disk once, are not what there is no room for
    report = request_report(kind="sample", fields={"rows": 1}, by=actor)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, before[1]))
    try:
        run(Report, report.pk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    report.refresh_from_db()
    assert report.state == JobState.FAILED
    assert report.message.startswith("Failed: storage.")
    assert not list(Path(report._meta.get_field("file").storage.path(files.FOLDER)).glob(f"{report.pk}-*"))


def test_web_processes_do_not_load_the_drawing_library() -> None:
    script = """
import django, sys
django.setup()
from django.template import engines
from django.urls import get_resolver
get_resolver().url_patterns, engines["django"].engine
print("weasyprint" in sys.modules)
"""
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "False"
