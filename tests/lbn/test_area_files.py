"""Files of residents, deaths and EMS runs: what is read, what is left out and said so, what is refused (THREATS: rates, persons, marks)."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lbn.area_files import Found, read_areas
from lbn.enums import AreaKind
from lbn.models import AreaFigure, AreaFile
from phast.sheets.refused import FileRefused
from tests.client import ReadingClient
from tests.factories import sign_in

from .conftest import Scene

COUNTIES = {"36001": "Albany County"}
ZIPS = {"12203", "12207", "01201"}
URL = "/c/ours/naloxone/areas/"


def read(text: str, kind: AreaKind = AreaKind.DEATHS, year: int | None = None) -> Found:
    return read_areas(io.BytesIO(text.encode()), "f.csv", kind=kind, year=year, counties=COUNTIES, zips=ZIPS)


def test_long_files_wide_files_and_counties_are_read() -> None:
    assert read("ZIP Code,Year,Deaths\n12203,2025,4\n12207-1234,2025,0\n").rows == [
        ("12203", "", 2025, 4),
        ("12207", "", 2025, 0),
    ]
    assert read("zip,2024,2025\n12203,3,4\n").rows == [("12203", "", 2024, 3), ("12203", "", 2025, 4)]
    assert read("County,Total deaths\nAlbany,31\n", year=2025).rows == [("", "36001", 2025, 31)]
    assert read('ZCTA5,Year,Population\n1201,2024,"4,100"\n', AreaKind.POPULATION).rows == [("01201", "", 2024, 4100)]


def test_a_suppressed_mark_is_listed_and_is_not_a_zero() -> None:
    found = read(
        "ZIP,Year,Deaths\n12203,2025,4\n12207,2025,<5\n12207,2024,*\n12203,2024,\nTotal,2025,9\n43215,2025,6\n"
    )
    assert found.rows == [("12203", "", 2025, 4)]
    assert [row for row, _ in found.problems] == [3, 4, 5, 6]
    assert found.elsewhere == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ZIP,Year,Deaths per 100,000\n12203,2025,4.1\n", "rates"),
        ("ZIP,Year,Death rate\n12203,2025,4\n", "rates"),
        ("ZIP,Year,Deaths\n12203,2025,4.1\n12207,2025,3.3\n12203,2024,2.2\n", "fractions"),
        ("ZIP,Date of birth,Deaths\n12203,1/1/1980,1\n", "dates of birth"),
        ("ZIP,Case number,Deaths\n12203,7,1\n", "case"),
        ("ZIP,Year,Deaths\n" + "12203,2025,1\n" * 9, "more than once"),
        ("ZIP,Deaths\n12203,4\n", "No column says the year"),
        ("Place,Deaths\nTroy,4\n", "No column is called"),
        ("ZIP,Year,Deaths\n43215,2025,4\n", "None of the 1 rows"),
    ],
)
def test_what_is_no_table_of_counts_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read(text)


def upload(client: ReadingClient, text: str) -> AreaFile:
    file = SimpleUploadedFile("deaths.csv", text.encode())
    answer = client.post(URL, {"kind": "deaths", "origin": "State health department", "file": file})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return AreaFile.objects.latest("pk")


def test_a_second_file_says_what_it_replaces_and_replaces_that_year_alone(scene: Scene) -> None:
    client = ReadingClient()
    sign_in(client, scene.coordinator_user)
    first = upload(client, "ZIP,Year,Deaths\n12203,2024,1\n12203,2025,2\n12207,2025,3\n")
    assert not AreaFigure.objects.exists()
    client.post(f"{URL}{first.pk}/load/")
    second = upload(client, "ZIP,Year,Deaths\n12203,2025,9\n")
    assert "Replaces the 2 figures of 2025" in client.get(f"{URL}{second.pk}/").content.decode()
    client.post(f"{URL}{second.pk}/load/")
    loaded = AreaFigure.objects.order_by("year").values_list("year", "zip_code", "figure")
    assert list(loaded) == [(2024, "12203", 1), (2025, "12203", 9)]
    client.post(f"{URL}{second.pk}/remove/")
    assert list(loaded.all()) == [(2024, "12203", 1)]


def test_only_the_coordinator_brings_in_figures(scene: Scene) -> None:
    client = ReadingClient()
    sign_in(client, scene.lead_user)
    assert client.get(URL).status_code == 403
