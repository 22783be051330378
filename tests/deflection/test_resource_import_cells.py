"""What the cells of a list of local help mean: its dates, the sites of a program, hours that stand alone, phone numbers."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from deflection import reference
from deflection.actions.importing import bring_in_list
from deflection.models import Resource, ResourceImport
from deflection.phones import NO_PHONE, is_phone, written
from phast.access.actor import Actor

from .test_directory import make_resource
from .test_resource_import import answer, reading_of, started
from .test_resource_import_many import form_of
from .test_resource_pages import LIST, client_of, typed


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    reference.load()


def dated(by: Actor, *days: str) -> ResourceImport:
    """A list of programs that were verified on these days."""
    towns = ("Troy", "Albany", "Cohoes", "Malta")
    rows = zip(towns, days, strict=False)
    return started(
        by, *[[f"{town} Pantry", "Housing", f"518-555-010{n}", "", "", "", day] for n, (town, day) in enumerate(rows)]
    )


def verified(by: Actor) -> list[dt.date | None]:
    return list(Resource.objects.order_by("phone").values_list("verified_on", flat=True))


def sites_of(by: Actor, *rows: list[str]) -> list[tuple[str, str, str]]:
    """The sites of the one program of these rows."""
    head = ["Name", "Type", "Address", "City", "Hours", "Phone"]
    bring_in_list(resource_import=started(by, *rows, head=head), by=by)
    return [(site.address, site.town, site.hours) for site in Resource.objects.get().sites.all()]


# ------------------------------------------------------------------ dates
@pytest.mark.parametrize(
    ("order", "days"),
    [("mdy", [dt.date(2026, 3, 4), dt.date(2026, 10, 11)]), ("dmy", [dt.date(2026, 4, 3), dt.date(2026, 11, 10)])],
)
@time_machine.travel("2026-11-20")
def test_dates_that_may_be_two_days_have_to_be_asked_about_first(by: Actor, order: str, days: list[dt.date]) -> None:
    found = dated(by, "03/04/2026", "10/11/2026")
    client, path = client_of(by), f"{LIST}import/{found.pk}/"
    assert "The month: Mar 4, 2026" in client.get(path).content.decode()
    [asked] = reading_of(found, by).open
    held = client.post(path, form_of(found, by, prefer="file", do="bring-in"))
    assert held.status_code == 422
    assert "Choose one." in held.content.decode()
    assert not Resource.objects.exists()
    assert reading_of(found, by).takes_files
    client.post(path, form_of(found, by, do="bring-in", **{f"same-{asked.key}": order}))
    assert verified(by) == days


@time_machine.travel("2026-11-20")
def test_dates_that_contradict_each_other_are_told_and_only_the_unclear_are_asked_about(by: Actor) -> None:
    found = dated(by, "13/10/2026", "10/14/2026")
    page = client_of(by).get(f"{LIST}import/{found.pk}/").content.decode()
    assert "Dates are written in two ways: the day first in 13/10/2026, the month first in 10/14/2026." in page
    bring_in_list(resource_import=found, by=by)
    assert verified(by) == [dt.date(2026, 10, 13), dt.date(2026, 10, 14)]
    Resource.objects.all().delete()
    found = dated(by, "13/10/2026", "10/14/2026", "03/04/2026")
    assert [question.rows for question in reading_of(found, by).open] == [[4]]
    answer(found, by, **{"03/04/2026": "dmy"})
    bring_in_list(resource_import=found, by=by)
    assert verified(by) == [dt.date(2026, 10, 13), dt.date(2026, 10, 14), dt.date(2026, 4, 3)]


@pytest.mark.parametrize(
    ("clear", "said", "day"),
    [
        ("13/05/2026", "Dates are read day first, because of 13/05/2026.", dt.date(2026, 4, 3)),
        ("05/13/2026", "Dates are read month first, because of 05/13/2026.", dt.date(2026, 3, 4)),
    ],
)
@time_machine.travel("2026-11-20")
def test_the_page_says_which_date_decided_for_all(by: Actor, clear: str, said: str, day: dt.date) -> None:
    found = dated(by, "03/04/2026", clear)
    assert said in client_of(by).get(f"{LIST}import/{found.pk}/").content.decode()
    bring_in_list(resource_import=found, by=by)
    assert verified(by) == [day, dt.date(2026, 5, 13)]


def test_nothing_is_said_or_asked_of_dates_that_are_one_day_either_way(by: Actor) -> None:
    for day in ("04/04/2026", "2026-03-04", "13/13/2026", "05/13/2026"):
        reading = reading_of(dated(by, day), by)
        assert (reading.open, reading.dates) == ([], "")


# ------------------------------------------------------------------ sites
def test_a_site_that_two_rows_spell_in_two_ways_is_one_and_gets_what_it_lacks(by: Actor) -> None:
    assert sites_of(
        by,
        ["A", "Housing", "12 Mill St, Suite 4", "Troy"],
        ["A", "", "12 Mill Street, Suite 4", "Troy", "Mon 9-5"],
        ["A", "", "12 Mill Street, Suite 5", "Troy"],
    ) == [("12 Mill St, Suite 4", "Troy", "Mon 9-5"), ("12 Mill Street, Suite 5", "Troy", "")]


def test_two_programs_that_are_one_keep_a_site_once_and_what_differs_is_told(by: Actor) -> None:
    found = started(
        by,
        ["Oak Detox", "Housing", "518-555-0100", "12 Mill St, Troy, NY", "Mon 9-5"],
        ["Elm Shelter", "Housing", "518-555-0100", "12 Mill Street, Troy, NY", "Tue 9-5"],
    )
    answer(found, by, **{"Elm Shelter": reading_of(found, by).open[0].choices[0][0]})
    assert reading_of(found, by).lines[1].notes == ["Hours of the same site: “Mon 9-5” is taken, not “Tue 9-5”."]
    bring_in_list(resource_import=found, by=by)
    assert [site.address for site in Resource.objects.get().sites.all()] == ["12 Mill St"]


def test_two_named_sites_of_one_house_stay_two(by: Actor) -> None:
    head = ["Name", "Type", "Site name", "Address"]
    rows = [["A", "Housing", "Clinic", "12 Mill St"], ["A", "", "Office", "12 Mill Street"]]
    bring_in_list(resource_import=started(by, *rows, head=head), by=by)
    assert [site.name for site in Resource.objects.get().sites.all()] == ["Clinic", "Office"]


# ------------------------------------------------------------------ hours that stand alone
@pytest.mark.parametrize("first", [True, False])
def test_a_row_of_nothing_but_hours_is_about_the_only_site(by: Actor, first: bool) -> None:
    rows = [["A", "Housing", "12 Mill St", "Troy"], ["A", "Housing", "", "", "Mon 9-5"]]
    assert sites_of(by, *(rows if first else rows[::-1])) == [("12 Mill St", "Troy", "Mon 9-5")]


def test_hours_alone_beside_several_sites_are_left_out_with_a_remark(by: Actor) -> None:
    rows = [["A", "Housing", "", town, ""] for town in ("Troy", "Albany")]
    hours = ["A", "", "", "", "Mon 9-5"]
    head = ["Name", "Type", "Address", "City", "Hours", "Phone"]
    notes = reading_of(started(by, *rows, hours, head=head), by).lines[2].notes
    assert notes == ["Hours “Mon 9-5” are left out: the program has several sites."]
    assert sites_of(by, *rows, hours) == [("", "Troy", ""), ("", "Albany", "")]


def test_an_entry_of_the_directory_gets_hours_for_its_only_site_and_keeps_its_own(by: Actor) -> None:
    make_resource(by, "A", sites=[{"address": "12 Mill St", "town": "Troy"}])
    row = ["A", "Housing", "", "", "Mon 9-5"]
    assert sites_of(by, row) == [("12 Mill St", "Troy", "Mon 9-5")]
    assert sites_of(by, [*row[:4], "Tue 9-5"]) == [("12 Mill St", "Troy", "Mon 9-5")]


def test_a_program_whose_only_row_has_just_hours_keeps_them(by: Actor) -> None:
    assert sites_of(by, ["A", "Housing", "", "", "24 hours"]) == [("", "", "24 hours")]


# ------------------------------------------------------------------ phones
@pytest.mark.parametrize(
    "text",
    [
        "518-555-0142",
        "(518) 555-0142",
        "+1 518.555.0142",
        "5185550142",
        "1-518-555-0142 ext. 22",
        "518-555-0142x7",
        "518-555-0142; 518-555-0143",
        "518-555-0142 or 1-800-555-0199",
        "988",
        "211 or 518-555-0142",
        "1-800-NEVERUSE",
        "Text HOME to 741741",
        "TTY 518-555-0142 (24/7)",
    ],
)
def test_what_can_be_called_is_a_phone_number(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize(
    "text",
    ["555", "5" * 40, "555-0142", "518-555-014", "555 x2", "Ask inside", "1234567890123", "518-555-0142 55555555"],
)
def test_what_cannot_be_called_is_none(text: str) -> None:
    assert not is_phone(text)


@pytest.mark.parametrize("text", ["555", "5" * 40])
def test_the_list_says_which_number_it_leaves_out(by: Actor, text: str) -> None:
    found = started(by, ["A", "Housing", text, "12 Mill St"], ["B", "Housing", text])
    a, b = reading_of(found, by).lines
    said = f"Phone “{text}” is left out: it is no number that can be called."
    assert a.notes == [said]
    assert b.refused.endswith(said)
    bring_in_list(resource_import=found, by=by)
    assert Resource.objects.get().phone == ""


@pytest.mark.parametrize("box", ["phone", "sites-0-phone"])
def test_the_form_asks_for_a_number_that_can_be_called_and_keeps_what_is_typed(by: Actor, box: str) -> None:
    response = client_of(by).post(f"{LIST}new/", typed(**{box: "555"}))
    assert response.status_code == 422
    page = response.content.decode()
    assert NO_PHONE in page
    assert 'value="555"' in page
    assert not Resource.objects.exists()


def test_a_number_from_before_stays_when_something_else_is_edited(by: Actor) -> None:
    resource = make_resource(by, phone="555-0142", sites=[{"town": "Troy", "phone": "555-0143"}])
    [site] = resource.sites.all()
    changed = typed(
        phone="555-0142",
        cost="Free",
        version=str(resource.version),
        **{"sites-0-key": str(site.pk), "sites-0-phone": "555-0143"},
        **{"initial-phone": "555-0142", "initial-sites-0-phone": "555-0143"},
    )
    assert client_of(by).post(f"{LIST}{resource.pk}/edit/", changed).status_code == 302
    resource.refresh_from_db()
    assert (resource.phone, resource.cost) == ("555-0142", "Free")
    assert resource.sites.get().phone == "555-0143"


@pytest.mark.parametrize("text", ["(518) 555-0142", "518.555.0142", "+1 518 555 0142", "5185550142", "1-518-555-0142"])
def test_a_number_of_ten_digits_is_written_one_way(by: Actor, text: str) -> None:
    assert written(text) == "518-555-0142"
    bring_in_list(resource_import=started(by, ["Of a list", "Housing", text]), by=by)
    client_of(by).post(f"{LIST}new/", typed(phone=text, **{"sites-0-phone": text}))
    assert set(Resource.objects.values_list("phone", flat=True)) == {"518-555-0142"}
    assert Resource.objects.get(name="Harbor House").sites.get().phone == "518-555-0142"


@pytest.mark.parametrize(
    "text", ["518-555-0142 ext. 22", "1-800-NEVERUSE", "988", "518-555-0142 or 518-555-0143", "555-0142"]
)
def test_any_other_number_stays_as_it_is_written(text: str) -> None:
    assert written(text) == text
