"""The overview: what the filters mean, what stands beside the kits, and that nobody sees more than they may."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from lbn.enums import AreaKind
from lbn.models import AnnualDeaths, AreaFigure, AreaFile, KitType, PeriodReport
from lbn.overview_report import collected
from lbn.selectors.areas import areas, per_1000, saturation
from lbn.selectors.overview import overview
from lbn.selectors.places import places
from lbn.selectors.span import Span
from phast.reports.actions import preview
from phast.reports.sheets import read
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.world import actor_of

from .conftest import Scene
from .world import make_count, make_period

OCTOBER = Span(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
URL = "/c/ours/naloxone/"


def add(scene: Scene, day: dt.date, kits: int, **values: object) -> None:
    make_count(values.pop("partner", scene.agency), scene.reporter_user, day, kits=kits, **values)


def layer(scene: Scene, kind: AreaKind, figures: dict[str, int], year: int = 2026) -> AreaFile:
    file = AreaFile.objects.create(
        coalition=scene.coalition,
        kind=kind,
        origin="State health department",
        file_label="a.csv",
        sha256="0" * 64,
        created_by=scene.coordinator_user,
    )
    for code, figure in figures.items():
        AreaFigure.objects.create(
            coalition=scene.coalition, file=file, kind=kind, year=year, zip_code=code, figure=figure
        )
    return file


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-Q3", "2026-07-01", "2026-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
    ],
)
def test_a_named_period_is_whole_months(name: str, first: str, last: str) -> None:
    span = Span.named(name)
    assert span
    assert (span.from_on.isoformat(), span.to_on.isoformat()) == (first, last)
    assert span.before.to_on == span.from_on - dt.timedelta(days=1)
    assert span.before.length == span.length


def test_a_filter_shows_what_the_whole_is_made_of(scene: Scene) -> None:
    kit = KitType.objects.create(coalition=scene.coalition, name="Standard")
    add(scene, dt.date(2026, 10, 3), 4, setting="overdose_scene", kit_type=kit, reversals=1)
    add(scene, dt.date(2026, 10, 4), 6, partner=scene.other, declined=2)
    by = scene.coordinator
    whole = overview(by, OCTOBER)
    assert (whole.total, whole.all.reversals, whole.all.declined) == (10, 1, 2)
    assert whole.settings == {"overdose_scene": 4, "": 6}
    assert whole.kit_types == {str(kit.pk): 4, "": 6}
    assert whole.by_agency == {"Colonie EMS": 6, "Riverbend Police": 4}
    assert overview(by, OCTOBER, setting="overdose_scene").total == 4
    assert overview(by, OCTOBER, setting="none").total == 6
    assert overview(by, OCTOBER, kit_type=str(kit.pk)).total == 4
    assert overview(by, OCTOBER, kit_type="none").total == 6
    assert overview(by, OCTOBER, scene.other).total == 6
    assert overview(scene.reporter, OCTOBER).by_agency == {"Riverbend Police": 4}


def test_the_change_is_said_only_when_the_period_before_was_counted_from_its_beginning(scene: Scene) -> None:
    add(scene, dt.date(2026, 10, 3), 60)
    assert overview(scene.coordinator, OCTOBER).change == ""
    add(scene, dt.date(2026, 9, 3), 50)
    assert overview(scene.coordinator, OCTOBER).change == "20% more than in September 2026 (50)"
    quarter = Span.named("2026-Q4")
    assert quarter
    assert overview(scene.coordinator, quarter).change == ""


def test_an_agencys_month_that_is_not_reported_is_compared_with_nothing(client: ReadingClient, scene: Scene) -> None:
    """Its figures are those so far, and 20% fewer would say what nobody knows. The page tells whose report is missing too."""
    october, more = make_period(scene.coalition, dt.date(2026, 10, 1)), "than in September 2026"
    add(scene, dt.date(2026, 9, 3), 50)
    add(scene, dt.date(2026, 10, 3), 60)
    asked = {"first": "2026-10", "last": "2026-10", "partner": scene.agency.pk}

    def said() -> list[str]:
        pages = [
            client.get(f"{URL}?period=2026-10{more}").content.decode() for more in ("", f"&agency={scene.agency.pk}")
        ]
        return [*pages, preview(kind="agency_month", fields=asked, by=scene.coordinator)]

    sign_in(client, scene.coordinator_user)
    whole, *own = said()
    assert "2 of 2 reports are not in yet (Colonie EMS, October 2026; Riverbend Police, October 2026)" in whole
    assert more in whole  # the whole is told, with what is missing beside it
    for page in own:
        assert (
            "not in yet (October 2026): the figures are those so far, so they are not compared with September" in page
        )
        assert more not in page
    assert "2 of 2 reports" in client.post(f"{URL}file/?period=2026-10").content.decode()
    PeriodReport.objects.create(period=october, partner=scene.agency, submitted_by=scene.reporter_user)
    assert all(more in page for page in said())
    sign_in(client, scene.reporter_user)  # who is told nothing of other agencies
    assert "not in yet" not in client.get(f"{URL}?period=2026-10").content.decode()


def test_a_zip_without_kits_is_not_reached_and_small_populations_have_no_rate(scene: Scene) -> None:
    add(scene, dt.date(2026, 10, 3), 30, zip_code="12203")
    add(scene, dt.date(2026, 10, 3), 1, zip_code="12207")
    layer(scene, AreaKind.POPULATION, {"12203": 10_000, "12207": 99, "12210": 5_000, "12201": 0})  # post-office boxes
    layer(scene, AreaKind.DEATHS, {"12203": 2, "12210": 3}, year=2025)
    seen = overview(scene.coordinator, OCTOBER)
    found = areas(scene.coordinator, OCTOBER)
    where = places(seen, found, list(scene.coalition.counties.all()))
    rates = {line.code: line.per_1000 for line in where.zips}
    assert rates == {"12203": 3.0, "12207": None, "12210": 0.0}
    assert [line.code for line in where.not_reached] == ["12210"]
    assert [line.code for line in where.look_next] == ["12210"]
    assert collected(scene.coalition, OCTOBER, scene.other, {})["not_reached"] == ["12203", "12207", "12210"]
    own = areas(scene.reporter, OCTOBER)  # as for the coalition, without its figures
    assert [line.code for line in places(seen, own, list(scene.coalition.counties.all())).not_reached] == ["12210"]
    assert not own.zips
    assert per_1000(found.zips[AreaKind.POPULATION], "99999", 5) is None


def test_an_agency_never_sees_the_burden_nor_the_gauge(scene: Scene) -> None:
    add(scene, dt.date(2026, 10, 3), 30, zip_code="12203")
    layer(scene, AreaKind.DEATHS, {"12203": 7771}, year=2025)
    AnnualDeaths.objects.create(coalition=scene.coalition, year=2026, deaths=7773, origin="Vital records")
    own, all_of_it = ReadingClient(), ReadingClient()
    sign_in(own, scene.lead_user)
    sign_in(all_of_it, scene.coordinator_user)
    assert "7,771" in all_of_it.get(URL).content.decode()
    assert "7,773" in all_of_it.get(URL).content.decode()
    page = own.get(URL).content.decode()
    assert "7,771" not in page
    assert "7,773" not in page


def test_saturation_is_kits_of_the_calendar_year_for_each_death(scene: Scene) -> None:
    for year in (2025, 2026):
        AnnualDeaths.objects.create(coalition=scene.coalition, year=year, deaths=10, origin="Vital records")
    add(scene, dt.date(2025, 12, 31), 250)
    add(scene, dt.date(2026, 1, 1), 95)
    this, last = saturation(scene.coalition)
    assert (this.year, this.ratio, this.says, this.is_over) == (2026, 9.5, "105 kits short of the target", False)
    assert (last.year, last.ratio, last.says, last.is_over) == (2025, 25.0, "At or above the target", True)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?period=2026-Q4",
        "?setting=none",
        "?kit_type=x&agency=0",
        "?period=dates&first=2026-01&last=2026-10",
        "?period=what",
    ],
)
def test_the_page_asks_as_many_questions_for_many_rows_as_for_one(scene: Scene, query: str) -> None:
    client = ReadingClient()
    sign_in(client, scene.coordinator_user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(URL + query).status_code == 200
        return len(asked)

    add(scene, dt.date(2026, 10, 3), 1)
    layer(scene, AreaKind.DEATHS, {"12203": 7}, year=2025)
    queries()
    one = queries()
    for number in range(12):
        add(scene, dt.date(2026, 1 + number % 10, 3), 5, zip_code=["12203", "12207", "12210", "43215"][number % 4])
    layer(scene, AreaKind.POPULATION, {"12203": 700, "12210": 800}, year=2025)
    assert queries() == one <= 15


def test_the_workbook_has_the_pages_tables(scene: Scene) -> None:
    add(scene, dt.date(2026, 10, 3), 30, zip_code="12203")
    client = ReadingClient()
    sign_in(client, scene.coordinator_user)
    answer = client.post(URL + "file/?period=2026-10", {"format": "xlsx"})
    book = load_workbook(io.BytesIO(answer.content))
    assert [row[0].value for row in book["By ZIP code"].rows] == ["ZIP code", "12203"]
    assert book["Summary"]["B3"].value == 30
    text = client.post(URL + "file/?period=2026-10", {"format": "csv"}).content.decode("utf-8-sig")
    assert "By ZIP code,12203," in text


# ------------------------------------------------------------------ blank is not zero
def test_a_time_that_nobody_reported_is_blank_in_every_file_and_never_zero(client: ReadingClient, scene: Scene) -> None:
    """August has a count, September a report that there was nothing, October neither; nobody said anything of the year before."""
    add(scene, dt.date(2026, 8, 3), 12)
    september = make_period(scene.coalition, dt.date(2026, 9, 1))
    PeriodReport.objects.create(period=september, partner=scene.agency, submitted_by=scene.reporter_user)
    for by in (scene.reporter, scene.coordinator):
        seen = overview(by, Span(dt.date(2026, 8, 1), dt.date(2026, 10, 31)), scene.agency)
        assert list(seen.kits_by_month.values()) == [12, 0, None]
        assert overview(by, OCTOBER, scene.agency).is_silent
        assert not overview(by, Span.named("2026-09"), scene.agency).is_silent
    sign_in(client, scene.reporter_user)

    def said(first: str) -> dict[str, list[str]]:
        lines = client.post(f"{URL}file/?first={first}&last=2026-10").content.decode("utf-8-sig").splitlines()
        return {of: [cell for cell in cells if cell] for _, of, *cells in csv.reader(lines)}

    assert said("2026-08")["2026-09"] == ["0"]  # no kits; of what is said besides, nobody said anything
    assert said("2026-08")["2026-10"] == []
    nothing = {of: cells for of, cells in said("2026-10").items() if cells and of != "Of"}
    assert nothing == {"Period": ["October 2026"], "Kits in the period before": ["0"]}  # September's report said so
    assert said("2026-10")["Kits left behind"] == []


def test_a_month_inside_a_longer_count_is_not_known(scene: Scene) -> None:
    """A quarter's kits are in none of its months, whether the quarter was reported or not."""
    add(scene, dt.date(2026, 7, 1), 40, to_on=dt.date(2026, 9, 30))
    add(scene, dt.date(2026, 8, 3), 2)
    quarter = overview(scene.reporter, Span.named("2026-Q3"), scene.agency)
    assert list(quarter.kits_by_month.values()) == [None, 2, None]
    assert not quarter.is_silent


def test_a_report_of_a_time_that_nobody_reported_says_so_instead_of_zero(scene: Scene) -> None:
    for kind, by in (
        ("kits", scene.coordinator),
        ("agency_month", scene.reporter),
        ("program", actor_of(scene.lead_user, scene.coalition)),
    ):
        fields = {"first": "2026-10", "last": "2026-10", "partner": scene.agency.pk}
        said = "\n".join(str(list(sheet)) for sheet in read(preview(kind=kind, fields=fields, by=by)))
        assert "reported" in said, kind
        assert not re.search(r"'Kits left behind', 0|\b0 kits", said), kind
