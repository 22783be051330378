"""A public list of local help comes in: what is asked, what is left out with a reason, what is merged, and how it is taken back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from deflection import reference, resource_files
from deflection.actions import edit_resource, verify_resource
from deflection.actions.importing import bring_in_list, forget_undo, read_list, start_list, take_back_list
from deflection.importing.reading import ListReading
from deflection.models import Resource, ResourceImport
from deflection.tasks import forget_imports
from phast.access.actor import Actor
from phast.exports import as_csv, as_xlsx
from phast.sheets import actions as sheets
from phast.sheets.refused import FileRefused

from .test_directory import make_resource
from .test_resource_pages import LIST, client_of

HEAD = ["Provider", "Category", "Phone", "Address", "Hours", "Web", "Last verified"]


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    reference.load()


def sheet(*rows: list[str], head: list[str] = HEAD) -> SimpleUploadedFile:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return SimpleUploadedFile("list.csv", out.getvalue().encode())


def started(by: Actor, *rows: list[str], **more: Any) -> ResourceImport:
    return start_list(file=sheet(*rows, **more), by=by)


def reading_of(found: ResourceImport, by: Actor) -> ListReading:
    return read_list(ResourceImport.objects.get(pk=found.pk), by)


def answer(found: ResourceImport, by: Actor, **said: str) -> None:
    """Answers questions by what they are about."""
    asked = {question.said: question.key for question in reading_of(found, by).questions}
    sheets.answer(sheet=found, answers={"same": {asked[said]: key for said, key in said.items()}}, by=by)


def test_the_day_a_publisher_changed_its_list_is_not_the_day_we_verified_it(by: Actor) -> None:
    head = [*HEAD[:-1], "Last updated"]
    found = started(by, ["Elm Shelter", "Housing", "518-555-0100", "", "", "", "2026-03-04"], head=head)
    assert reading_of(found, by).ignored == ["Last updated"]
    bring_in_list(resource_import=found, by=by)
    assert Resource.objects.get().verified_on is None


def test_line_breaks_several_sites_and_a_title_above_are_read(by: Actor) -> None:
    found = started(
        by,
        ["Resources of the county"],
        HEAD,
        [
            "Three\nSites Clinic",
            "Outpatient; Methadone",
            "518-555-0171\n518-555-0172",
            "1 Oak St, Troy, NY 12180\n2 Elm St\nAlbany, NY 12205-1234",
            "Mon–Fri 9–5\nSat closed",
        ],
        head=[],
    )
    bring_in_list(resource_import=found, by=by)
    clinic = Resource.objects.get()
    assert clinic.name == "Three Sites Clinic"
    assert {kind.pk for kind in clinic.categories.all()} == {"outpatient", "opioid-treatment-programs"}
    assert [(s.address, s.town, s.zip_code, s.phone, s.hours) for s in clinic.sites.all()] == [
        ("1 Oak St", "Troy", "12180", "518-555-0171", "Mon–Fri 9–5; Sat closed"),
        ("2 Elm St", "Albany", "12205", "518-555-0172", "Mon–Fri 9–5; Sat closed"),
    ]


def test_rows_of_one_name_are_one_program_and_so_is_a_row_without_a_name(by: Actor) -> None:
    head = ["Name", "Type", "City", "Zip"]
    found = started(by, ["A", "Housing", "Troy", "1218"], ["A", "", "Albany", ""], ["", "", "Cohoes", ""], head=head)
    bring_in_list(resource_import=found, by=by)
    assert [(site.town, site.zip_code) for site in Resource.objects.get().sites.all()] == [
        ("Troy", "01218"),
        ("Albany", ""),
        ("Cohoes", ""),
    ]


def test_another_site_of_a_program_keeps_its_own_number(by: Actor) -> None:
    found = started(
        by,
        ["A", "Housing", "5185550100", "1 Oak St, Troy, NY"],
        ["A", "", "518-555-0101", "2 Elm St, Albany, NY"],
        ["", "", "518-555-0100", "3 Ash St, Cohoes, NY"],
    )
    bring_in_list(resource_import=found, by=by)
    one = Resource.objects.get()
    assert one.phone == "518-555-0100"
    assert [(site.town, site.phone) for site in one.sites.all()] == [
        ("Troy", ""),
        ("Albany", "518-555-0101"),
        ("Cohoes", ""),
    ]


def test_programs_of_one_switchboard_are_asked_about_only_while_they_are_few(by: Actor) -> None:
    names = ["Oak Detox", "Elm Shelter", "Ash Counseling", "Birch Pantry"]
    for many, asked in ((names[:3], 2), (names, 0)):
        found = started(by, *[[name, "Housing", "518-555-0100"] for name in many])
        assert len(reading_of(found, by).open) == asked


def test_two_rows_that_are_one_program_count_with_the_later_day(by: Actor) -> None:
    rows = [
        [name, "Housing", "518-555-0100", "", "", "", day] for name, day in (("A", "2026-03-01"), ("B", "2026-03-09"))
    ]
    found = started(by, *rows)
    answer(found, by, B=reading_of(found, by).open[0].choices[0][0])
    with time_machine.travel("2026-11-20"):
        bring_in_list(resource_import=found, by=by)
    assert Resource.objects.get().verified_on == dt.date(2026, 3, 9)


def test_a_list_without_rows_is_refused_in_a_sentence(by: Actor) -> None:
    with pytest.raises(FileRefused, match="no rows below"):
        started(by)


def test_only_good_rows_come_in_and_the_others_are_a_file_with_reasons(by: Actor) -> None:
    found = started(
        by,
        ["Good", "Housing", "518-555-0100"],
        ["", "Housing", "518-555-0101"],
        ["Unreachable", "Housing"],
        ["Parking", "Parking lots", "518-555-0102"],
    )
    answer(found, by, **{"Parking lots": "out"})
    response = client_of(by).get(f"{LIST}import/{found.pk}/left-out/")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["Row"], row["Provider"]) for row in rows] == [("3", ""), ("4", "Unreachable"), ("5", "Parking")]
    assert [row["Why it does not come in"].split(":")[0] for row in rows] == [
        "No program is named.",
        "Nothing says how to reach it",
        "It is none of the nine kinds of help.",
    ]
    bring_in_list(resource_import=found, by=by)
    assert [one.name for one in Resource.objects.all()] == ["Good"]


def test_an_unknown_kind_of_help_is_asked_about_and_remembered(by: Actor) -> None:
    found = started(by, ["A", "Detox", "518-555-0100"])
    with pytest.raises(ValidationError):
        bring_in_list(resource_import=found, by=by)
    assert not Resource.objects.exists()
    answer(found, by, Detox="inpatient")
    bring_in_list(resource_import=found, by=by)
    assert [kind.pk for kind in Resource.objects.get().categories.all()] == ["inpatient"]
    assert not reading_of(started(by, ["B", "Detox", "518-555-0101"]), by).open


def test_a_day_that_has_not_come_yet_verifies_nothing(by: Actor) -> None:
    bring_in_list(resource_import=started(by, ["A", "Housing", "518-555-0100", "", "", "", "12/31/2999"]), by=by)
    assert Resource.objects.get().verified_on is None


@pytest.mark.parametrize(
    "row",
    [
        ["Harbor Hse", "Housing", "(518) 555-0158"],
        ["Elsewhere", "Housing", "518-555-0100", "", "", "harbor.example.org/"],
        ["The Harbor House, Inc.", "Housing", "518-555-0101"],
    ],
    ids=["phone", "website", "name"],
)
@pytest.mark.parametrize("same", [True, False])
def test_what_may_be_there_already_is_a_question(by: Actor, row: list[str], same: bool) -> None:
    there = make_resource(by, phone="518-555-0158", website="https://www.harbor.example.org", cost="Free")
    found = started(by, row)
    answer(found, by, **{row[0]: f"r{there.pk}" if same else "new"})
    bring_in_list(resource_import=found, by=by)
    assert Resource.objects.count() == (1 if same else 2)
    there.refresh_from_db()
    assert (there.phone, there.cost) == ("518-555-0158", "Free")


@pytest.mark.parametrize(("prefer", "hours"), [("", "Mon 9-5"), ("file", "Tue 9-5")])
def test_an_entry_gets_what_it_lacks_and_the_person_decides_on_the_rest(by: Actor, prefer: str, hours: str) -> None:
    make_resource(by, sites=[{"address": "11 River St", "town": "Troy", "hours": "Mon 9-5"}])
    found = started(
        by,
        ["Harbor House", "Self-help", "518-555-0158", "11 River St, Troy, NY 12180", "Tue 9-5"],
        ["Harbor House", "", "", "9 Mill Rd, Albany, NY 12205"],
    )
    sheets.answer(sheet=found, answers={"prefer": prefer}, by=by)
    bring_in_list(resource_import=found, by=by)
    one = Resource.objects.get()
    assert one.phone == "518-555-0158"
    assert {kind.pk for kind in one.categories.all()} == {"housing", "self-help"}
    assert [(site.town, site.zip_code, site.hours) for site in one.sites.all()] == [
        ("Troy", "12180", hours),
        ("Albany", "12205", ""),
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_our_own_file_comes_in_again_as_it_went_out(by: Actor, kind: str) -> None:
    one = make_resource(
        by,
        phone="518-555-0158",
        cost="=Free",
        sites=[{"town": "Troy", "zip_code": "01218", "hours": "24 hours"}, {"name": "Van", "town": "Albany"}],
    )
    verify_resource(resource=one, by=by)
    table = resource_files.table(Resource.objects.all())
    content = {"csv": as_csv, "xlsx": as_xlsx}[kind](table)
    found = start_list(file=SimpleUploadedFile(f"resources.{kind}", content), by=by)
    reading = reading_of(found, by)
    assert (reading.brings, reading.questions, reading.refused, reading.ignored) == (0, [], [], [])
    Resource.objects.update(name="Another", phone="", website="")
    before = table.export("json")
    answer(found, by, **{"Harbor House": "new"}) if reading_of(found, by).open else None
    bring_in_list(resource_import=found, by=by)
    again = resource_files.table(Resource.objects.filter(name="Harbor House"))
    assert again.export("json") == before


def test_a_list_is_taken_back_except_what_somebody_changed_since(by: Actor) -> None:
    changed = make_resource(by, "Changed", sites=[{"town": "Troy"}], phone="")
    found = started(
        by,
        ["New", "Housing", "518-555-0100"],
        ["Touched", "Housing", "518-555-0101"],
        ["Changed", "Self-help", "518-555-0102", "1 Oak St, Cohoes, NY", "", "", "2026-11-01"],
    )
    with time_machine.travel("2026-11-20"):
        bring_in_list(resource_import=found, by=by)
        edit_resource(resource=Resource.objects.get(name="Touched"), values={"cost": "Free"}, version=None, by=by)
        back, stay = take_back_list(resource_import=found, by=by)
    assert (back, stay) == (2, ["Touched"])
    assert {one.name for one in Resource.objects.listed()} == {"Changed", "Touched"}
    changed.refresh_from_db()
    assert (changed.phone, changed.verified_on) == ("", None)
    assert [kind.pk for kind in changed.categories.all()] == ["housing"]
    assert [site.town for site in changed.sites.all()] == ["Troy"]
    with pytest.raises(ValidationError):
        take_back_list(resource_import=found, by=by)


def test_after_a_week_nothing_is_kept_for_taking_back(by: Actor) -> None:
    found = started(by, ["New", "Housing", "518-555-0100"])
    bring_in_list(resource_import=found, by=by)
    assert ResourceImport.objects.get().rows == []
    with time_machine.travel(timezone.now() + dt.timedelta(days=8)):
        forget_imports()
        with pytest.raises(ValidationError):
            take_back_list(resource_import=found, by=by)
    assert "did" not in ResourceImport.objects.get().answers
    assert forget_undo() == 0


@pytest.mark.parametrize(
    ("head", "row"),
    [(["Name", "Date of birth"], ["A", "1980"]), (["Name", "Note"], ["A", "123-45-6789"])],
)
def test_a_list_about_persons_is_not_taken(by: Actor, head: list[str], row: list[str]) -> None:
    with pytest.raises(FileRefused):
        started(by, row, row, head=head)
    assert not ResourceImport.objects.exists()


def test_a_list_goes_from_upload_to_directory_by_its_pages(by: Actor) -> None:
    client = client_of(by)
    path = client.post(f"{LIST}import/", {"file": sheet(["A", "Detox", "518-555-0100"])}).url
    page = client.get(path).content.decode()
    assert "Which kind of help is this?" in page
    refused = client.post(path, {"do": "bring-in", "column-0": "name", "column-1": "categories", "column-2": "phone"})
    found = ResourceImport.objects.get()
    assert refused.status_code in (302, 422)
    [question] = reading_of(found, by).questions
    columns = {f"column-{n}": key for n, key in reading_of(found, by).columns.items()}
    said = {f"same-{question.key}": "inpatient", "do": "bring-in", **columns}
    assert client.post(path, said).url == LIST
    assert Resource.objects.get().name == "A"
    assert "Take it back" in client.get(f"{LIST}import/").content.decode()
    client.post(f"{LIST}import/{found.pk}/undo/")
    assert not Resource.objects.listed().exists()


def test_another_number_comes_in_only_after_it_was_looked_at(by: Actor) -> None:
    make_resource(by, phone="518-555-0158", sites=[{"address": "11 River St", "town": "Troy", "hours": "Mon 9-5"}])
    found = started(by, ["Harbor House", "Housing", "518-555-0199", "11 River St, Troy, NY", "Tue 9-5"])
    client, path = client_of(by), f"{LIST}import/{found.pk}/"
    page = client.get(path).content.decode()
    assert "Phone stays “518-555-0158”; the file says “518-555-0199”." in page
    assert "Nothing is saved yet." in page
    assert "Look again" in page
    columns = {f"column-{n}": key for n, key in reading_of(found, by).columns.items()}
    shown = client.post(path, {**columns, "prefer": "file", "do": "bring-in"}, follow=True).content.decode()
    assert "Other values come in now. Look at the rows before you bring them in." in shown
    assert "Phone “518-555-0158” becomes “518-555-0199”." in shown
    assert "Hours “Mon 9-5” becomes “Tue 9-5”." in shown
    assert Resource.objects.get().phone == "518-555-0158"
    assert client.post(path, {**columns, "prefer": "file", "do": "bring-in"}).url == LIST
    assert Resource.objects.get().phone == "518-555-0199"
