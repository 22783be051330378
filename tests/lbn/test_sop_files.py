"""A procedure on paper: PDF for every reader, Word for an agency's own manual."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from django.http import Http404
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from lbn import reference
from lbn.actions import sop as actions
from lbn.models import SopVersion
from lbn.sop.word_file import TYPE, as_docx
from lbn.sop_report import SOP
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.reports.actions import request_report
from phast.reports.models import Report
from tests.client import ReadingClient
from tests.factories import make_person, sign_in
from tests.lbn.conftest import TODAY, Scene
from tests.lbn.procedures import approve, begin, in_force
from tests.reports.pdfua import assert_pdf_ua, elements, name, pages_of, words
from tests.world import actor_of

NOTICE = "It does not claim to cover everything."


@pytest.fixture
def lead(committed: Scene) -> Actor:
    reference.load()
    return actor_of(committed.lead_user, committed.coalition)


def drawn(version: SopVersion, by: Actor) -> bytes:
    """The finished PDF, drawn as the worker draws it."""
    report = request_report(kind="sop", fields={"version": version.pk}, by=by)
    run_job(report._meta.label, report.pk)
    report = Report.objects.get(pk=report.pk)
    assert report.state == JobState.DONE, report.message
    return Path(report.file.path).read_bytes()


def test_the_pdf_has_the_notice_contents_numbers_and_who_approved_it(committed: Scene, lead: Actor) -> None:
    content = drawn(in_force(committed, lead), lead)
    assert_pdf_ua(content)
    first, *others = pages_of(content)
    said = " ".join(first.split())
    for part in (
        NOTICE,
        "Contents",
        "Riverbend Police",
        "Chief of Police",
        "Nov 20, 2026",
        "Approval and review",
        "In force",
    ):
        assert part in said
    assert "5 What a kit holds" in " ".join(" ".join(others).split())
    assert "Draft" not in words(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        tags = [name(tag) for tag in elements(pdf)]
        with pdf.open_outline() as outline:
            marks = [one.title for top in outline.root for one in [top, *top.children]]
    assert tags.count("H2") == 1 + 1 + 1 + 12  # the notice, contents, versions, and each section
    assert any("Never enforcement" in mark for mark in marks)


def test_a_draft_says_so_on_every_page(committed: Scene, lead: Actor) -> None:
    content = drawn(begin(committed, lead), lead)
    assert_pdf_ua(content)
    pages = pages_of(content)
    assert len(pages) > 1
    assert all("Draft" in page and "not approved, not in force" in page for page in pages)
    assert "[sites where kits are kept]" in words(content)


def test_a_pdf_is_for_those_who_may_read_the_version(committed: Scene, lead: Actor) -> None:
    model, version = begin(committed, committed.coordinator, model=True), in_force(committed, lead)
    with pytest.raises(Http404):
        SOP.request(lead, {"version": model.pk})
    approve(model, committed.coordinator, role="Steering committee")
    assert SOP.request(lead, {"version": model.pk}).partner_id == committed.agency.pk
    assert SOP.request(committed.coordinator, {"version": model.pk}).partner_id is None
    assert SOP.request(committed.coordinator, {"version": version.pk}).partner_id == committed.agency.pk
    user = make_person("olga@example.org", coalition=committed.coalition, role=Role.LEAD, partner=committed.other)
    with pytest.raises(Http404):
        SOP.request(actor_of(user, committed.coalition), {"version": version.pk})
    assert len(SOP.choices(lead)) == 2
    assert "[agency’s name]" in words(drawn(model, lead))


def test_the_word_file_has_headings_numbers_title_and_language(committed: Scene, lead: Actor) -> None:
    file = Document(io.BytesIO(as_docx(in_force(committed, lead), today=TODAY)))
    headings = [one for one in file.paragraphs if one.style.name == "Heading 1"]
    numbered = [one for one in headings if one._p.pPr is None or one._p.pPr.numPr is None]
    assert [one.text for one in headings if one not in numbered] == ["About this document", "Contents", "Versions"]
    assert len(numbered) == 12
    assert numbered[0].text == "What leave-behind naloxone is"
    style = file.styles["Heading 1"].element.pPr.numPr
    definitions = file.part.numbering_part.element
    number = next(one for one in definitions.findall(qn("w:num")) if one.numId == style.numId.val)
    levels = next(
        one
        for one in definitions.findall(qn("w:abstractNum"))
        if one.get(qn("w:abstractNumId")) == str(number.abstractNumId.val)
    )
    assert levels.find(f"{qn('w:lvl')}/{qn('w:numFmt')}").get(qn("w:val")) == "decimal"
    text = "\n".join(one.text for one in file.paragraphs)
    assert NOTICE in text
    assert "Version 1. Approved by: Chief of Police. In force from: Nov 20, 2026." in text
    assert [one.text for one in file.paragraphs if one.style.name == "List Bullet"][:2] == [
        "At the scene",
        "At mass gatherings",
    ]
    properties = file.core_properties
    assert (properties.title, properties.language, properties.author) == (
        "Riverbend Police: leave-behind naloxone, standard operating procedure",
        "en-US",
        "Riverbend Police",
    )
    defaults = file.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert defaults.get(qn("w:val")) == "en-US"
    anchors = {one.get(qn("w:anchor")) for one in file.element.iter(qn("w:hyperlink"))}
    assert anchors == {one.get(qn("w:name")) for one in file.element.iter(qn("w:bookmarkStart"))}
    assert len(anchors) == 12
    (table,) = file.tables
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_the_word_file_of_a_draft_says_so(committed: Scene, lead: Actor) -> None:
    draft = begin(committed, lead)
    actions.add_section(draft=draft, title="Odd \x0b signs", text="A bell \x07 rings & <b>stays</b>.", by=lead)
    draft.refresh_from_db()
    file = Document(io.BytesIO(as_docx(draft, today=TODAY)))
    head = file.sections[0].header
    assert head.paragraphs[0].text == "Draft: not approved, not in force"
    assert 'string="Draft"' in head._element.xml
    assert "A bell  rings & <b>stays</b>." in [one.text for one in file.paragraphs]


def test_the_word_file_comes_as_a_download(committed: Scene, lead: Actor, client: ReadingClient) -> None:
    version = in_force(committed, lead)
    sign_in(client, committed.reporter_user)
    answer = client.get(reverse("lbn:sop_word", args=[committed.coalition.slug, version.pk]))
    assert answer["Content-Type"] == TYPE
    assert "riverbend-police-leave-behind-naloxone-procedure-version-1.docx" in answer["Content-Disposition"]
