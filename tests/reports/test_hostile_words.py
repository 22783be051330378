"""Words that could break a paper or a file's name: markup, quotes, right-to-left letters, and very many letters."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import openpyxl
import pytest

from coalitions.models import Coalition, Look
from phast.access.table import Role
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.reports import batches, files
from phast.reports.actions import request_report
from phast.reports.models import Report, ReportBatch
from tests.client import ReadingClient, body
from tests.factories import make_coalition, make_person, sign_in
from tests.reports.pdfua import assert_pdf_ua, pages_of, words
from tests.reports.world import finished_report
from tests.world import actor_of

pytestmark = pytest.mark.django_db(transaction=True)

MARKUP = "<b>Bold</b> & \"quoted\" 'single' </header> \\A url(x)"
LONG = "Overdose" * 37 + "Team"  # 300 letters without a blank
HEBREW = "קואליציית חיים"


@pytest.fixture
def by():
    coalition = make_coalition()
    return actor_of(make_person("ana@example.org", coalition=coalition, role=Role.COORDINATOR), coalition)


def drawn(by, **fields: object) -> tuple[Report, bytes]:
    report = request_report(kind="sample", fields={"audience": "exact", "rows": 60, **fields}, by=by)
    run(Report, report.pk)
    report.refresh_from_db()
    assert report.state == JobState.DONE, report.message
    with report.file.open() as file:
        return report, file.read()


def wears(by, *, confidentiality: str = "", name: str = "") -> None:
    """Straight into the rows: also what a form would not take."""
    Look.objects.update_or_create(coalition=by.coalition, defaults={"confidentiality": confidentiality})
    if name:
        Coalition.objects.filter(pk=by.coalition.pk).update(name=name)
        by.coalition.refresh_from_db()


def test_markup_in_the_foot_and_in_the_name_is_written_as_it_was_typed(by) -> None:
    wears(by, confidentiality=MARKUP, name=f"Team {MARKUP}")
    report, pdf = drawn(by)
    assert_pdf_ua(pdf)
    pages = pages_of(pdf)
    assert len(pages) == report.pages > 1
    for page in pages:
        assert MARKUP in " ".join(page.split())
    assert f"Team {MARKUP}" in " ".join(pages[0].split())


def test_a_foot_and_a_name_as_long_as_the_forms_take_stay_on_the_page(by) -> None:
    wears(by, confidentiality=LONG[:160], name=LONG[:120])
    _, pdf = drawn(by)
    assert_pdf_ua(pdf)  # nothing reaches over the edge, nothing over anything else
    said = re.sub(r"\s", "", words(pdf))
    assert LONG[:160] in said
    assert LONG[:120] in said


def test_right_to_left_words_stand_in_the_foot(by) -> None:
    wears(by, confidentiality=f"{HEBREW} \u202eabc\u202c", name=HEBREW)
    _, pdf = drawn(by)
    said = words(pdf)
    assert any(word in said or word[::-1] in said for word in HEBREW.split())
    assert "\x00" not in said


HARMFUL = {
    "markup": "<b>x</b> & \"y\" 'z'",
    "a path": "../../etc/passwd",
    "a new header": "Kits\r\nSet-Cookie: a=b",
    "right to left": HEBREW,
    "turned round": "kits\u202efdp.exe",
    "very long": LONG,
    "nothing": "   ",
}


@pytest.mark.parametrize("title", HARMFUL.values(), ids=HARMFUL)
def test_a_downloads_name_is_plain_whatever_the_title_says(by, title: str) -> None:
    report = finished_report(
        by.coalition,
        by.user,
        title=title[:200],
        action="counts.see",
        data={"rows": [], "trouble": "", "quarters": [["Q1", 1], ["Q2", 2]]},
    )
    client = ReadingClient()
    sign_in(client, by.user)
    base = f"/c/{by.coalition.slug}/reports/{report.pk}/"
    answers = [client.get(f"{base}download")]
    answers += [client.post(f"{base}data/", {"format": each}) for each in ("csv", "xlsx")]
    for answer, ending in zip(answers, ("pdf", "csv", "xlsx"), strict=True):
        plain = rf'attachment; filename="[a-z0-9][a-z0-9_-]{{0,95}}-\d{{4}}-\d\d-\d\d\.{ending}"'
        assert re.fullmatch(plain, answer.headers["Content-Disposition"])
        assert "Set-Cookie" not in answer.headers
        body(answer)


@pytest.mark.parametrize("title", HARMFUL.values(), ids=HARMFUL)
def test_a_zip_file_and_what_is_in_it_have_plain_names(by, title: str) -> None:
    """Several reports with one title are all in it, and none leaves the folder it is unpacked to."""
    batch = batches.request_batch(kind="sample", label="Three at once", by=by)
    run(ReportBatch, batch.pk)
    for pk in batch.reports.values_list("pk", flat=True):
        run(Report, pk)
    ReportBatch.objects.filter(pk=batch.pk).update(title=title[:200])
    batch.reports.update(title=title[:200])
    run(ReportBatch, batch.pk)
    client = ReadingClient()
    sign_in(client, by.user)
    answer = client.get(f"/c/{by.coalition.slug}/reports/many/{batch.pk}/download")
    assert re.fullmatch(r'attachment; filename="[a-z0-9][a-z0-9_-]{0,95}\.zip"', answer.headers["Content-Disposition"])
    answer.close()
    batch.refresh_from_db()
    with batch.file.open() as file, zipfile.ZipFile(file) as packed:
        names = packed.namelist()
        assert len(set(names)) == 3
        assert all(re.fullmatch(r"000[123] [a-z0-9][a-z0-9_-]{0,95}-\d{4}-\d\d-\d\d\.pdf", name) for name in names)


def test_hostile_words_in_a_table_stay_words_in_the_spreadsheet(by) -> None:
    """A caption becomes a sheet's name, which may have 31 letters and no brackets; a formula stays a text."""
    formula = '=HYPERLINK("http://x","y")'
    report = finished_report(
        by.coalition,
        by.user,
        title="Kits",
        action="counts.see",
        data={
            "rows": [{"zip": "00501", "kits": 3, "place": place} for place in (formula, MARKUP, HEBREW, LONG)],
            "trouble": "",
            "quarters": [["Q1", 1], ["Q2", 2]],
        },
    )
    client = ReadingClient()
    sign_in(client, by.user)
    address = f"/c/{by.coalition.slug}/reports/{report.pk}/data/"
    book = openpyxl.load_workbook(io.BytesIO(client.post(address, {"format": "xlsx"}).content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    held = {cell.value for cell in cells}
    assert {formula, " ".join(MARKUP.split()), HEBREW, LONG, "00501"} <= held
    assert not any(cell.data_type == "f" for cell in cells)
    lines = csv.reader(client.post(address, {"format": "csv"}).content.decode("utf-8-sig").splitlines())
    told = {value for line in lines for value in line}
    assert {f"'{formula}", HEBREW, LONG} <= told
    assert files.words(HEBREW) == ""
