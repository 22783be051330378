"""A long report is drawn in parts by several processes, and nobody can tell."""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest

from phast.access.table import Role
from phast.jobs.lease import run
from phast.jobs.models import JobFailed, JobState
from phast.reports import parts
from phast.reports.actions import request_report
from phast.reports.models import Report
from phast.reports.pdf import draw_pdf
from phast.reports.presses import PartLost
from tests.factories import make_coalition, make_person
from tests.world import actor_of

from .pdfua import assert_pdf_ua, pages_of, words

AGENCIES = 12
HEAD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Kits · Capital Region</title></head><body class="report">
<header class="masthead" data-footnote="Small counts are hidden."><p class="masthead__name">Running name</p><h1>Running title</h1>
<p class="masthead__facts"><span class="as-of">Data as of July 1.</span> <span class="audience">For members.</span></p></header><main>"""
FOOT = """</main><section class="notes"><h2>About this report</h2>
<p>It begins with <a href="#agency-0">the first agency</a>.</p></section></body></html>"""


def section(at: int) -> str:
    """An agency on a page of its own but for its place in the report, with a link to the next one."""
    onward = (at + 1) % AGENCIES
    rows = "".join(f'<tr><th scope="row">1{at:02}{row:02}</th><td>Place {row}</td></tr>' for row in range(9))
    return f"""<section id="agency-{at}"><h2>Agency {at} &amp; partners</h2>
<p>Next is <a href="#agency-{onward}">agency {onward}</a>.</p>
<h3>What it learned {at}</h3><p>{f"People ask for kits, and say so in {at} ways. " * 20}</p>
<div class="keep"><table><caption>Kits of agency {at}</caption>
<thead><tr><th scope="col">ZIP code</th><th scope="col">Place</th></tr></thead>
<tbody>{rows}</tbody></table></div></section>"""


@pytest.fixture
def document(monkeypatch) -> str:
    """A report that is long when a part may weigh this little."""
    monkeypatch.setattr(parts, "SHORT", 150)
    monkeypatch.setattr(parts, "MOST", 150)
    return HEAD + "".join(section(at) for at in range(AGENCIES)) + FOOT


def titles(pdf: bytes) -> list[tuple[int, str, int]]:
    """Every bookmark: how deep, what, and on which page."""
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_outline() as outline:
        places = {page.obj.objgen: at for at, page in enumerate(opened.pages, 1)}

        def under(items, depth):
            for item in items:
                yield depth, item.title, places[item.destination[0].objgen]
                yield from under(item.children, depth + 1)

        return list(under(outline.root, 0))


def links(pdf: bytes) -> list[tuple[str, int]]:
    """Every link inside the document: its name, and the page it leads to."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        places = {page.obj.objgen: at for at, page in enumerate(opened.pages, 1)}
        names = list(opened.Root.Names.Dests.Names)
        spots = {str(name): places[spot[0].objgen] for name, spot in zip(names[::2], names[1::2], strict=True)}
        found = [link for page in opened.pages for link in page.obj.get("/Annots", [])]
        assert all("/A" not in link and "/StructParent" in link for link in found)
        return [(str(link.Dest), spots[str(link.Dest)]) for link in found]


def plain(pdf: bytes) -> str:
    """The words without what is repeated on pages."""
    said = re.sub(r"Page \d+ of \d+|Data as of July 1\.|For members\.|Small counts are hidden\.", " ", words(pdf))
    return " ".join(re.sub(r"Running (name|title)", " ", said).split())


# ------------------------------------------------------------------ the file
def test_a_report_of_parts_is_valid_and_says_what_it_says_in_one_piece(document: str) -> None:
    assert len(parts.split(document)) >= 6
    whole, bound = draw_pdf(document, whole=True), draw_pdf(document)
    assert_pdf_ua(bound.content)
    assert plain(bound.content) == plain(whole.content)
    with pikepdf.open(io.BytesIO(bound.content)) as opened:
        assert len(opened.pages) == bound.pages
        assert str(opened.docinfo.Title) == "Kits · Capital Region"
        assert [str(tag.S) for tag in opened.Root.StructTreeRoot.K] == ["/Document"]


def test_page_numbers_and_running_heads_go_on_from_part_to_part(document: str) -> None:
    pages = pages_of(draw_pdf(document).content)
    for number, page in enumerate(pages, 1):
        assert re.findall(r"Page \d+ of \d+", page) == [f"Page {number} of {len(pages)}"]
        assert page.count("Small counts are hidden.") == page.count("Running title") == page.count("Running name") == 1


def test_bookmarks_stand_in_each_other_as_in_one_piece(document: str) -> None:
    bound = draw_pdf(document).content
    found = titles(bound)
    assert [entry[:2] for entry in found] == [entry[:2] for entry in titles(draw_pdf(document, whole=True).content)]
    pages = pages_of(bound)
    assert all(title in pages[page - 1] for _depth, title, page in found)


def test_links_lead_to_other_parts(document: str) -> None:
    bound = draw_pdf(document).content
    found = links(bound)
    assert [name for name, _page in found] == [f"agency-{(at + 1) % AGENCIES}" for at in range(AGENCIES)] + ["agency-0"]
    pages = pages_of(bound)
    for name, page in found:
        assert f"Agency {name.removeprefix('agency-')} & partners" in pages[page - 1]


def test_the_same_document_gives_the_same_file(document: str) -> None:
    assert draw_pdf(document).content == draw_pdf(document).content


def test_a_font_that_two_parts_use_alike_is_kept_once(document: str) -> None:
    with pikepdf.open(io.BytesIO(draw_pdf(document).content)) as opened:
        files = [
            bytes(item.read_raw_bytes())
            for item in opened.objects
            if isinstance(item, pikepdf.Stream) and "/Length1" in item
        ]
    assert len(files) == len(set(files))


# ------------------------------------------------------------------ where it is divided
def test_a_short_report_is_one_part_and_is_left_as_it_is() -> None:
    document = HEAD + section(0) + FOOT
    assert [part.markup for part in parts.split(document)] == [document]


def test_no_part_ends_with_a_heading(monkeypatch) -> None:
    monkeypatch.setattr(parts, "SHORT", 10)
    monkeypatch.setattr(parts, "MOST", 10)  # so little that sections are divided too
    found = parts.split(HEAD + "".join(section(at) for at in range(3)) + FOOT)
    assert len(found) > 6
    for part in found:
        end = re.sub(r"(</(main|section|div|body|html)>|\s)+$", "", part.markup)
        assert not re.search(r"</h[1-6]>$", end), end[-80:]
    named = [name for part in found for name in re.findall(r'<section id="(agency-\d)"', part.markup)]
    assert named == ["agency-0", "agency-1", "agency-2"]


# ------------------------------------------------------------------ what goes wrong
def children(of: int | str = "self") -> set[int]:
    tasks = Path(f"/proc/{of}/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


@pytest.fixture
def leaves_nothing() -> Iterator[None]:
    """Fails when processes or open files are left behind."""

    def held() -> tuple[set[int], list[str]]:
        return children(), sorted(os.listdir("/proc/self/fd"))

    draw_pdf(HEAD + FOOT)  # what is opened once a process
    before = held()
    yield
    assert held() == before


@pytest.mark.usefixtures("leaves_nothing")
def test_drawing_leaves_nothing_behind(document: str) -> None:
    draw_pdf(document)


@pytest.mark.usefixtures("leaves_nothing")
def test_a_part_that_asks_for_something_outside_fails_the_report(document: str) -> None:
    with pytest.raises(JobFailed, match="asks for something from outside the portal"):
        draw_pdf(document.replace("Next is", '<img src="file:///etc/passwd" alt="A secret">Next is'))


@pytest.mark.usefixtures("leaves_nothing")
def test_a_process_that_is_killed_is_an_error_to_try_again(document: str) -> None:
    before = children()

    def kill(share: float) -> None:
        for child in children() - before:
            os.kill(child, 9)

    with pytest.raises(PartLost):
        draw_pdf(document, tell=kill)


@pytest.mark.usefixtures("leaves_nothing")
def test_an_error_while_waiting_ends_the_processes(document: str) -> None:
    def lose(share: float) -> None:
        raise RuntimeError("the lease")

    with pytest.raises(RuntimeError, match="the lease"):
        draw_pdf(document, tell=lose)


def test_a_worker_that_is_killed_takes_its_processes_with_it(document: str) -> None:
    def is_running(process: int) -> bool:
        try:
            return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "XZ"
        except (FileNotFoundError, ProcessLookupError):
            return False

    worker = os.fork()
    if not worker:
        try:
            draw_pdf(document.replace("in 0 ways", "in zero ways " * 500))
        finally:
            os._exit(1)
    try:
        wait_until(lambda: bool(children(worker)))
        presses = children(worker)
    finally:
        os.kill(worker, 9)
        os.waitpid(worker, 0)
    wait_until(lambda: not any(map(is_running, presses)))


def wait_until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + 180
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_long_report_is_drawn_with_its_progress_or_fails_with_its_sentence(monkeypatch) -> None:
    monkeypatch.setattr(parts, "SHORT", 400)
    monkeypatch.setattr(parts, "MOST", 400)
    ana = make_person("ana@example.org", coalition=make_coalition(name="Capital Region PHAST"), role=Role.COORDINATOR)
    actor = actor_of(ana, ana.memberships.get().coalition)
    states = {}
    for trouble in ("", "https://192.0.2.1/x"):
        report = request_report(kind="sample", fields={"rows": 150, "trouble": trouble}, by=actor)
        run(Report, report.pk)
        report.refresh_from_db()
        states[trouble] = (report.state, report.message[:40])
        if not trouble:
            with report.file.open("rb") as file:
                content = file.read()
            assert_pdf_ua(content)
            assert f"Page {report.pages} of {report.pages}" in words(content)
    assert states == {
        "": (JobState.DONE, ""),
        "https://192.0.2.1/x": (JobState.FAILED, "The report was not drawn, because it ask"),
    }
