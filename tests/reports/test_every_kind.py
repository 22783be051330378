"""Every kind of report that is registered, for everybody who may ask for it: read and seen as it should be.

No list of kinds is kept here: a new one is checked as soon as it is registered, and needs a row in its `tests/<app>/world.py`.
"""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from coalitions.enums import MeetingStatus
from coalitions.models import Meeting
from deflection.models import Resource
from lbn import reference
from phast import offers
from phast.access.table import Role
from phast.exports import as_csv, as_one, as_xlsx
from phast.reports.actions import as_it_is_now
from phast.reports.inspection.every import Offered, drawn, offered
from phast.reports.markup import document
from phast.reports.sheets import sheets_of
from tests.world import World, actor_of

from . import sample
from .pdfua import assert_pdf_ua

sample.register()


@pytest.fixture
def world(world: World) -> World:
    """The world a little later: with the words every coalition is given, its meetings held and its local help verified."""
    reference.load()
    coalition = world.ours.coalition
    Meeting.objects.filter(coalition=coalition).update(status=MeetingStatus.HELD)
    listed = Resource.objects.filter(coalition=coalition, removed_at=None)
    listed.update(verified_on=coalition.today(), verified_by=world.ours.users[Role.COORDINATOR])
    return world


def one_of_each_audience(world: World, key: str) -> list[Offered]:
    """The first report of each audience: the same page for other months is drawn by the command."""
    actors = [actor_of(world.ours.users[role], world.ours.coalition) for role in Role]
    found: dict[tuple[str, str], Offered] = {}
    for one in offered(actors, [offers.report_kinds[key]]):
        found.setdefault((one.request.audience, str(one.request.action)), one)
    return list(found.values())


@pytest.mark.parametrize("key", sorted(offers.report_kinds))
def test_each_kind_is_read_and_seen_as_it_should_be(world: World, key: str) -> None:
    reports = one_of_each_audience(world, key)
    assert reports, f"Nobody in the tests' world may ask for “{key}”: give tests/<app>/world.py what it is about."
    for one in reports:
        assert_pdf_ua(drawn(one).content, lang="es" if one.label.endswith("Spanish") else "en")


@pytest.mark.parametrize("key", sorted(offers.report_kinds))
def test_each_kinds_preview_leads_on_to_the_report_itself(world: World, key: str) -> None:
    """A page without a way on is where people are stuck; the report itself has nothing of it."""
    one = one_of_each_audience(world, key)[0]
    report = as_it_is_now(key, one.request, one.actor)
    page = document(one.kind, report, bar={"kind": key, "fields": one.request.parameters, "token": "t"})
    assert "<button>Make the PDF</button>" in page
    assert "reports/preview.css" in page
    assert page.count("<table") == page.count('<table tabindex="0"')
    assert "kept as it is" not in page  # nothing is, and there is no copy to check
    drawn_from = document(one.kind, report)
    assert "preview" not in drawn_from
    assert "tabindex" not in drawn_from


@pytest.mark.parametrize("key", sorted(offers.report_kinds))
def test_each_kind_comes_as_a_spreadsheet_too(world: World, key: str) -> None:
    """The same figures and words as in the PDF: a workbook that opens, and a CSV with as many rows."""
    for one in one_of_each_audience(world, key):
        sheets = sheets_of(one.kind, as_it_is_now(key, one.request, one.actor))
        book = openpyxl.load_workbook(io.BytesIO(as_xlsx(*sheets)))
        assert [sheet.max_row for sheet in book] == [len(sheet) + 1 for sheet in sheets]
        assert sum(len(sheet) for sheet in sheets) > 0, one.label
        lines = list(csv.reader(io.StringIO(as_csv(as_one(sheets)).decode("utf-8-sig"))))
        assert len(lines) == 1 + sum(len(sheet) for sheet in sheets)


def test_the_command_says_what_it_checked(world: World) -> None:
    told = io.StringIO()
    call_command("check_reports", coalition=world.ours.coalition.slug, kind=["phrase_card"], stdout=told)
    lines = told.getvalue().splitlines()
    assert lines[0].startswith("phrase_card: ")
    assert lines[0].endswith("1 page, 104 rules passed, nothing found")
    assert lines[1] == "1 report of 1 kind: no findings."


def test_the_command_fails_with_what_it_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    template = (
        "<!DOCTYPE html><html lang='en'><title>T</title><body><h1>Pale</h1><p style='color: #aaa'>Words</p></body>"
    )
    monkeypatch.setattr("phast.reports.draw.document", lambda *args: template)
    told = io.StringIO()
    with pytest.raises(CommandError, match="Not every report is as it should be"):
        call_command("check_reports", coalition=world.ours.coalition.slug, kind=["phrase_card"], stdout=told)
    assert "    Page 1: “Words” has a contrast of 2.3 (#aaaaaa on #ffffff), not 4.5." in told.getvalue()
