"""The tables beside a report, its preview, and what changed since: all of them from the very document that is drawn."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal

import openpyxl
import pytest
from tablib import Dataset

from phast.access.table import Role
from phast.audit.models import Event
from phast.exports import Money
from phast.jobs.lease import run
from phast.reports import files
from phast.reports.actions import request_report
from phast.reports.models import Report, ReportBatch
from phast.reports.sheets import Change, counted_with, differences, read
from tests.client import ReadingClient, body
from tests.factories import make_coalition, make_person, sign_in
from tests.world import actor_of

from .world import finished_report

LIST = "/c/{}/reports/"
CUT = """<main><h2>By ZIP</h2>
<table><caption>By ZIP</caption><thead><tr><th>ZIP</th><th class="number">Kits</th></tr></thead>
  <tr><th>01234</th><td class="number">1,234</td></tr></table>
<table><caption>By ZIP, continued</caption><thead><tr><th>ZIP</th><th class="number">Kits</th></tr></thead>
  <tr><th>01235</th><td class="number">hidden</td></tr></table>
<h2>By town [a/b]</h2><table><thead><tr><th>Town</th><th>Kits</th></tr></thead><tr><td>Troy</td><td>007</td></tr></table>
<p>Some <b>words</b>.</p><ol><li>One<ol><li>Part of one</li></ol></li></ol></main>"""


def test_a_table_that_was_cut_is_one_again() -> None:
    by_zip, by_town, text = read(CUT)
    assert (by_zip.title, by_zip.headers) == ("By ZIP", ["ZIP", "Kits"])
    assert list(by_zip) == [("01234", 1234), ("01235", "hidden")]  # a ZIP stays a text, a figure is a number
    assert by_town.title == "By town [a/b]"  # a sheet of a workbook has a name that spreadsheets take
    assert list(by_town) == [("Troy", "007")]
    assert list(text) == [
        ("By town [a/b]", "Some words."),
        ("By town [a/b]", "One"),
        ("By town [a/b]", "Part of one"),
    ]


def test_days_and_money_are_more_than_words_in_a_workbook_and_hidden_stays_hidden() -> None:
    row = "<th>Mar 4, 2026</th><td>Feb 30, 2026</td><td>$1,250.50</td><td>$5 a day</td>"
    row += "<td class='number'>−2.5</td><td class='number'>hidden</td>"
    row += "<td><time>Mar 5, 2026</time><br><span>in 1 day</span></td>"
    [told] = read(f"<main><table><caption>Money</caption><tr>{row}</tr></table><p>Mar 4, 2026</p></main>")[:1]
    assert told[0][0] == "Mar 4, 2026"
    meant = counted_with(told)[0]
    assert meant[:4] == (dt.date(2026, 3, 4), "Feb 30, 2026", Money("1250.5"), "$5 a day")
    assert meant[4:] == (Decimal("-2.5"), "hidden", dt.date(2026, 3, 5))
    text = read("<main><p>Mar 4, 2026</p></main>")[0]
    assert counted_with(text)[0] == ("", "Mar 4, 2026")


def test_what_changed_is_told_by_row_and_what_stayed_is_not() -> None:
    before, after = read(CUT), read(CUT.replace("1,234", "1,250").replace("Some", "Other").replace("01235", "01236"))
    assert differences(before, before) == []
    assert differences(before, after) == [
        (
            "By ZIP",
            [
                Change("01234", "Kits: 1234", "Kits: 1250"),
                Change("01235", "Kits: hidden", ""),
                Change("01236", "", "Kits: hidden"),
            ],
        ),
        ("Text", [Change("By town [a/b]", "Some words.", "Other words.")]),
    ]


def test_a_sentence_that_changed_stands_beside_what_it_was_and_one_that_moved_is_not_told() -> None:
    """As the sentences of a summary: in each section those that changed, in their order, and not all that went before all that came."""

    def told(*sections: str) -> list[Dataset]:
        blocks = [f"<h2>{number}</h2>" + "".join(f"<p>{said}</p>" for said in of) for number, of in enumerate(sections)]
        return read(f"<main>{''.join(blocks)}</main>")

    [(_, changes)] = differences(told("abcx", "de"), told("aBcyx", "ed"))
    assert changes == [Change("0", "b", "B"), Change("0", "", "y")]
    [(_, changes)] = differences(told("abc", ""), told("ac", "f"))
    assert changes == [Change("0", "b", ""), Change("1", "", "f")]


@pytest.fixture
def coordinator(db: None):
    return make_person("ana@example.org", coalition=make_coalition(), role=Role.COORDINATOR)


@pytest.fixture
def client(coordinator) -> ReadingClient:
    client = ReadingClient()
    sign_in(client, coordinator)
    return client


@pytest.fixture
def report(transactional_db: None, coordinator) -> Report:
    coalition = coordinator.memberships.get().coalition
    report = request_report(kind="sample", fields={"rows": 30}, by=actor_of(coordinator, coalition))
    run(Report, report.pk)
    report.refresh_from_db()
    return report


def test_a_report_comes_as_a_spreadsheet_with_the_same_figures(client, report) -> None:
    base = LIST.format(report.coalition.slug)
    assert "The same as a table" in client.get(f"{base}{report.pk}/").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.post(f"{base}{report.pk}/data/", {"format": "xlsx"}).content))
    assert book.sheetnames == ["About", "Kits by quarter", "Kits by ZIP code", "Text"]
    about = list(book["About"].iter_rows(values_only=True))
    assert about[:3] == [
        ("Report", report.title),
        ("Coalition", report.coalition.name),
        ("For whom", "Release 3: small counts are hidden."),
    ]
    assert about[3][0] == "Data as of"
    assert about[4] == (
        "Sheet: Kits by quarter",
        "Kits by quarter, each the total of its release",
    )  # what its name is too short for
    assert any(head == "Note" and "Drawn on" in said for head, said in about[5:])
    rows = list(book["Kits by ZIP code"].iter_rows(values_only=True))
    assert rows[:3] == [("ZIP code", "Place", "Kits"), ("12000", "Place 0", 0), ("12001", "Place 1", 13)]
    assert ("12003", "Place 3", "hidden") in rows
    assert len(rows) == 31
    lines = list(
        csv.reader(client.post(f"{base}{report.pk}/data/", {"format": "csv"}).content.decode("utf-8-sig").splitlines())
    )
    assert lines[0][:2] == ["Table", "Of"]
    assert sum(line[0] == "Kits by ZIP code" for line in lines) == 30
    assert Event.objects.filter(verb="report.downloaded").count() == 2


def test_a_files_name_tells_what_is_exact_from_what_everybody_reads(client, coordinator) -> None:
    coalition = coordinator.memberships.get().coalition
    names = set()
    for action, is_released in (("releases.see", True), ("engagement.see", False), ("counts.see", False)):
        report = finished_report(
            coalition,
            coordinator,
            title="Summary",
            action=action,
            is_released=is_released,
            data={"rows": [], "trouble": "", "quarters": [["Q1", 1], ["Q2", 2]]},
        )
        address = f"{LIST.format(coalition.slug)}{report.pk}/"
        pdf = client.get(f"{address}download")
        body(pdf)
        csv_file = client.post(f"{address}data/", {"format": "csv"})
        stems = {re.search(r'"(.+)-\d{4}-\d\d-\d\d\.', one["Content-Disposition"])[1] for one in (pdf, csv_file)}
        assert len(stems) == 1
        names |= stems
    assert names == {"summary", "summary-internal", "summary-exact"}
    batch = ReportBatch(title="Every agency’s July 2026", kind="sample", action="counts.see")
    assert files.archive_name(batch) == "every-agencys-july-2026-exact.zip"


def test_a_preview_says_what_the_report_would_and_keeps_nothing(client, coordinator) -> None:
    base = LIST.format(coordinator.memberships.get().coalition.slug)
    answer = client.get(f"{base}preview/?kind=sample&audience=released&rows=3")
    page = answer.content.decode()
    assert "Kits by ZIP code" in page
    assert '<figure class="wide" tabindex="0"><img' in page  # scrolls sideways on a phone, by keyboard too
    assert 'name="rows" value="3"' in page  # the button asks for what is shown
    assert "script" not in answer.headers["Content-Security-Policy"].replace("script-src", "")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not Report.objects.exists()
    assert client.get(f"{base}preview/?kind=nothing").status_code == 422


def test_what_changed_since_compares_the_frozen_figures_with_todays(client, report) -> None:
    address = f"{LIST.format(report.coalition.slug)}{report.pk}/changes/"
    assert "Nothing changed" in client.get(address).content.decode()
    data = {**report.data, "quarters": [["Oct–Dec 2025", 800], *report.data["quarters"][1:]]}
    Report.objects.filter(pk=report.pk).update(data=data)
    page = client.get(address).content.decode()
    assert "Kits: 800" in page
    assert "Kits: 812" in page


def test_anybody_with_the_file_learns_that_it_is_unchanged(client, report) -> None:
    anybody = ReadingClient()
    with report.file.open("rb") as file:
        content = file.read()
    said = anybody.post("/verify/", {"file": io.BytesIO(content)}).content.decode()
    assert "one of our reports, unchanged" in said
    assert report.coalition.name in said
    assert "unchanged" in anybody.post("/verify/", {"sha256": report.sha256.upper()}).content.decode()
    changed = anybody.post("/verify/", {"file": io.BytesIO(content[:-2] + b"x\n")}).content.decode()
    assert "no report of this portal" in changed
    assert report.coalition.name not in changed
    assert anybody.post("/verify/", {}).status_code == 422
    assert anybody.post("/verify/", {"sha256": "abc"}).status_code == 422
