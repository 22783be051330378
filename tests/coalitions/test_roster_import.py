"""A roster from a spreadsheet: what is understood, what is asked, and that nothing is written before "Bring in"."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from coalitions.importing import values
from coalitions.models import Contact, Partner, RosterImport
from phast.audit.models import Event
from tests.factories import make_partner
from tests.sheets.files import workbook

from .conftest import Cast

HEAD = ("Organization", "Sector", "First Name", "Last Name", "Title", "Email", "Phone", "Web site", "Notes")
ROWS = [
    ("Tri-County PHAST roster",),
    HEAD,
    ("Troy PD", "Law Enforcement", "Alex", "Doe", "Chief", "alex@troy.gov", "518-555-0101", "troy.gov", "x"),
    ("", "", "Sam", "Roe", "Sergeant", "sam@troy.gov", "", "", ""),
    ("Hope Recovery", "Recovery Community; Treatment Provider", "Kim", "Poe", "Director", "kim@hope.org", "", "hope.org"),
    ("Hope Recovery, Inc.", "", "Lee", "Moe", "", "lee@hope.org", "", ""),
    ("County Library", "Government", "", "", "", "", "", ""),
]  # fmt: skip


class Desk:
    """A coordinator at the import."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.client = cast, cast.client("coordinator")

    def upload(self, *rows: tuple[Any, ...], data: bytes = b"", name: str = "roster.xlsx") -> Any:
        file = SimpleUploadedFile(name, data or workbook(*rows))
        return self.client.post(self.cast.url("roster_import"), {"file": file}, follow=True)

    @property
    def last(self) -> RosterImport:
        return RosterImport.objects.latest("pk")

    @property
    def url(self) -> str:
        return self.cast.url("roster_import_detail", self.last.pk)

    @property
    def reading(self) -> Any:
        return self.client.get(self.url).context["reading"]

    def send(self, do: str = "bring-in", **said: str) -> Any:
        """Sends the page back; `said`: answers by the words of the question."""
        form = self.client.get(self.url).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields}
        for name, field in form.fields.items():
            for words, answer in said.items():
                if str(field.label) == words.replace("_", " "):
                    values = {str(label): key for key, label in field.choices}
                    sent[name] = next(key for label, key in values.items() if label.startswith(answer))
        return self.client.post(self.url, {**sent, "do": do}, follow=True)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


ANSWERS = {
    "Troy PD": "Troy Police, on the roster",
    "Hope Recovery, Inc.": "Hope Recovery, row 5",
    "Treatment Provider": "Treatment Providers",
}


def test_nothing_is_written_before_bring_in_and_nothing_is_guessed(desk: Desk) -> None:
    before = Partner.objects.count(), Contact.objects.count()
    page = words(desk.upload(*ROWS))
    assert "Are these partners the same?" in page
    assert "Columns that the roster does not have: Notes." in page
    assert "No organization is named: that of the row above, Troy PD." in page
    refused = desk.send()
    assert refused.status_code == 422
    assert "Choose one." in words(refused)
    assert (Partner.objects.count(), Contact.objects.count()) == before


def test_partners_contacts_and_sectors_come_in_as_answered(desk: Desk) -> None:
    desk.upload(*ROWS)
    desk.send("look", **ANSWERS)
    answer = desk.send()
    assert "2 new partners, 4 new contacts, 1 changed" in words(answer)
    police = desk.cast.police
    police.refresh_from_db()
    assert (police.name, police.website) == ("Troy Police", "https://troy.gov")
    assert {one.name for one in police.contacts.all()} >= {"Alex Doe", "Sam Roe"}
    hope = Partner.objects.get(name="Hope Recovery")
    assert {sector.pk for sector in hope.sectors.all()} == {"recovery-community", "treatment-providers"}
    assert {one.name for one in hope.contacts.all()} == {"Kim Poe", "Lee Moe"}
    assert Partner.objects.filter(name="County Library").exists()
    alex = Contact.objects.get(email="alex@troy.gov")
    assert (alex.title, alex.phone) == ("Chief", "518-555-0101")
    assert Event.objects.filter(verb="roster_import.brought_in").count() == 1


def test_afterwards_nothing_of_the_file_is_kept_and_it_brings_nothing_twice(desk: Desk) -> None:
    desk.upload(*ROWS)
    desk.send("look", **ANSWERS)
    desk.send()
    kept = desk.last
    assert kept.rows == []
    for text in ("Troy", "Hope", "alex", "Roe"):
        assert text not in str(kept.answers)
    before = Partner.objects.count(), Contact.objects.count(), Event.objects.filter(verb="partner.changed").count()
    page = words(desk.upload(*ROWS))
    assert "5 rows, nothing new" in page
    assert desk.reading.open == []
    desk.send()
    after = Partner.objects.count(), Contact.objects.count(), Event.objects.filter(verb="partner.changed").count()
    assert after == before


@pytest.mark.parametrize(("said", "kept"), [
    ("Keep what is on the roster", "https://old.gov"), ("Take what the file says", "https://new.gov"),
])  # fmt: skip
def test_where_both_have_a_value_both_are_said_and_the_person_decides(desk: Desk, said: str, kept: str) -> None:
    Partner.objects.filter(pk=desk.cast.police.pk).update(website="https://old.gov")
    page = words(desk.upload(("Agency", "URL", "Address"), ("TROY POLICE", "new.gov", "1 Main St")))
    assert "Website stays “https://old.gov”; the file says “https://new.gov”." in page
    looked = words(desk.send(**{"Where the roster and the file both have a value": said}))
    if said.startswith("Take"):
        assert "Other values come in now. Look at the rows before you bring them in." in looked
        assert "Website “https://old.gov” becomes “https://new.gov”." in looked
        desk.send()
    desk.cast.police.refresh_from_db()
    assert (desk.cast.police.website, desk.cast.police.address) == (kept, "1 Main St")


def test_the_same_address_or_name_is_a_question_and_another_person_stays_another(desk: Desk) -> None:
    held = Contact.objects.create(partner=desk.cast.police, name="Alex Doe", email="front@troy.gov")
    rows = (
        ("Agency", "Name", "E-mail"),
        ("Troy Police", "Alex Doe", "alex@troy.gov"),
        ("Troy Police", "Desk", "front@troy.gov"),
    )
    desk.upload(*rows)
    assert [question.said for question in desk.reading.open] == ["Alex Doe, Troy Police", "Desk, Troy Police"]
    desk.send("look", **{"Alex Doe, Troy Police": "Another person", "Desk, Troy Police": "Alex Doe, front@troy.gov"})
    assert "stays “Alex Doe”; the file says “Desk”." in words(desk.client.get(desk.url))
    desk.send()
    assert sorted(
        Contact.objects.filter(partner=desk.cast.police, name="Alex Doe").values_list("email", flat=True)
    ) == [
        "alex@troy.gov",
        "front@troy.gov",
    ]
    assert Contact.objects.get(pk=held.pk).name == "Alex Doe"


def test_what_was_merged_is_known_by_the_name_it_had(desk: Desk) -> None:
    make_partner(desk.cast.coalition, "Capital Cops", status="inactive", merged_into=desk.cast.police)
    page = words(desk.upload(("Partner", "Contact"), ("Capital Cops", "New Person")))
    assert "Called Troy Police on the roster." in page
    desk.send()
    assert Contact.objects.get(name="New Person").partner == desk.cast.police
    assert Partner.objects.filter(name="Capital Cops").count() == 1


def test_a_countys_host_makes_nobody_the_same(desk: Desk) -> None:
    for n in range(4):
        make_partner(desk.cast.coalition, f"County office {n * 11111}", website=f"https://county.gov/{n}")
    desk.upload(("Partner", "Website"), ("Probation and parole", "county.gov"))
    assert desk.reading.open == []


def test_companies_that_differ_by_their_number_are_not_asked_about(desk: Desk) -> None:
    make_partner(desk.cast.coalition, "Hook and Ladder Company 2")
    companies = [(f"Hook and Ladder Company {n}",) for n in (1, 3, 12)]
    desk.upload(("Partner", "Website"), *companies, ("Hook and Ladder Compny 02",), ("Hook & Ladder Company",))
    asked = [question.said for question in desk.reading.open]
    assert asked == ["Hook and Ladder Compny 02", "Hook & Ladder Company"]


@pytest.mark.parametrize("label", ["Date of Birth", "Home Address", "Home phone", "Personal e-mail", "Race", "SSN"])
def test_what_is_private_is_refused_and_nothing_is_kept(desk: Desk, label: str) -> None:
    answer = desk.upload(("Organization", "Name", label), ("Troy Police", "Alex Doe", "x"))
    assert answer.status_code == 422
    assert "nothing of the file was kept" in words(answer)
    assert not RosterImport.objects.exists()


def test_what_cannot_be_read_is_said(desk: Desk) -> None:
    page = words(
        desk.upload(
            ("Organization", "Type", "Joined", "Name", "Email", "Status"),
            ("New One", "nonprofit", "spring", "Kim Poe", "kim(at)hope", "sleeping"),
            ("", "", "", "", "", "active"),
        )
    )
    for told in (
        "“nonprofit” is left out",
        "“spring” is left out",
        "“kim(at)hope” is left out",
        "“sleeping” is left out",
    ):
        assert told in page


def test_nobody_joined_on_a_day_to_come_or_long_before_there_were_coalitions(desk: Desk) -> None:
    page = words(
        desk.upload(("Organization", "Joined"), ("One", "12/31/2087"), ("Two", "01/13/1890"), ("Three", "05/16/2024"))
    )
    assert "Joined Dec 31, 2087 is left out: this day has not come yet." in page
    assert "Joined Jan 13, 1890 is left out: the year 1890 is too long ago." in page
    assert "joined May 16, 2024" in page
    desk.send()
    days = dict(Partner.objects.filter(name__in=("One", "Two", "Three")).values_list("name", "joined_on"))
    assert days == {"One": None, "Two": None, "Three": dt.date(2024, 5, 16)}


def test_days_are_read_and_their_order_is_asked_where_nothing_tells(desk: Desk) -> None:
    rows = (("One", "03/04/2025"), ("Two", dt.date(2024, 5, 6)))
    page = words(desk.upload(("Organization", "Joined"), *rows))
    assert "What comes first in the dates?" in page
    assert "Joined “03/04/2025”: say above what comes first." in page
    assert "Choose one." in words(desk.send())
    assert not Partner.objects.filter(name="One").exists()
    desk.send("look", **{"03/04/2025": "The day: Apr 3, 2025"})
    desk.send()
    again = words(desk.upload(("Organization", "Joined"), *rows))
    assert "Dates such as 03/04/2025 are read day first, as was answered." in again
    days = dict(Partner.objects.filter(name__in=("One", "Two")).values_list("name", "joined_on"))
    assert days == {"One": dt.date(2025, 4, 3), "Two": dt.date(2024, 5, 6)}


def test_days_written_in_two_ways_are_told_and_only_the_unclear_are_asked_about(desk: Desk) -> None:
    rows = (("One", "13/10/2025"), ("Two", "10/14/2025"), ("Three", "03/04/2025"))
    page = words(desk.upload(("Organization", "Joined"), *rows))
    assert "Dates are written in two ways: the day first in 13/10/2025, the month first in 10/14/2025." in page
    assert [question.rows for question in desk.reading.open] == [[4]]
    desk.send(**{"03/04/2025": "The month"})
    days = dict(Partner.objects.filter(name__in=("One", "Two", "Three")).values_list("name", "joined_on"))
    assert days == {"One": dt.date(2025, 10, 13), "Two": dt.date(2025, 10, 14), "Three": dt.date(2025, 3, 4)}


def test_a_column_can_be_read_as_something_else(desk: Desk) -> None:
    desk.upload(("Who we work with", "Contact"), ("New One", "Kim Poe"))
    assert desk.reading.lines == []
    desk.send("columns", **{"A · Who we work with": "Partner"})
    assert len(desk.reading.new_organizations) == 1


def test_giving_up_and_a_week_without_anybody_keep_nothing(desk: Desk) -> None:
    desk.upload(*ROWS)
    desk.client.post(desk.url, {"do": "give-up"})
    assert desk.last.rows == []
    desk.upload(*ROWS)
    RosterImport.objects.update(created_at=timezone.now() - dt.timedelta(days=8))
    assert RosterImport.forget_abandoned() == 1
    assert desk.last.rows == []


def test_only_a_coordinator_brings_in_a_roster(cast: Cast) -> None:
    for who in ("lead", "reporter", "member", "observer"):
        assert cast.client(who).get(cast.url("roster_import")).status_code == 403


def test_our_own_file_comes_in_again_as_nothing_new(desk: Desk) -> None:
    desk.upload(*ROWS)
    desk.send("look", **ANSWERS)
    desk.send()
    for kind in ("csv", "xlsx"):
        data = desk.client.get(desk.cast.url("roster_file", "contacts", kind)).content
        assert "nothing new" in words(desk.upload(data=data, name=f"roster.{kind}"))
        assert desk.reading.open == []
        assert desk.reading.ignored == []


def test_an_agency_s_usual_headers_and_words_are_understood(desk: Desk) -> None:
    page = words(
        desk.upload(
            ("Organisation", "Agency Type", "Sectors", "Contact Name", "Phone #"),
            ("Hill Rescue", "EMS/Fire", "Professional First Responders", "Kim Poe", "(518) 555-0123"),
            ("County Jail", "Jail", "First responders", "Lee Ray", ""),
        )
    )
    assert "cannot be read" not in page
    assert "Columns that the roster does not have" not in page
    question = page.index("Which sectors are these?")
    assert page.index("Professional First Responders", question) < page.index("Leave out", question)


def test_a_sector_of_lived_experience_beside_a_name_is_asked_about_and_never_guessed(desk: Desk) -> None:
    head = ("Organization", "Sector", "Contact", "Job title")
    page = words(
        desk.upload(
            head,
            ("Families United", "Parents; Government", "Kim Poe", "People Who Use Drugs"),
            ("Users Union", "People Who Use Drugs", "", ""),
        )
    )
    assert "about the organization, or about the person?" in page
    assert "Job title is left out: what somebody has lived through" in page
    assert [question.said for question in desk.reading.open] == ["Parents, at Families United, beside Kim Poe"]
    assert desk.send().status_code == 422
    desk.send("look", **{"Parents, at Families United, beside Kim Poe": "About the person"})
    desk.send()
    sectors = {row.name: {sector.pk for sector in row.sectors.all()} for row in Partner.objects.all()}
    assert sectors["Families United"] == {"government"}
    assert sectors["Users Union"] == {"people-who-use-drugs"}
    assert Contact.objects.get(name="Kim Poe").title == ""


def test_what_the_organization_does_comes_in_when_the_person_says_so(desk: Desk) -> None:
    desk.upload(("Organization", "Sector", "Contact"), ("Families United", "Parents", "Kim Poe"))
    desk.send("look", **{"Parents, at Families United, beside Kim Poe": "What the organization does"})
    desk.send()
    assert [sector.pk for sector in Partner.objects.get(name="Families United").sectors.all()] == ["parents"]


@pytest.mark.parametrize("said", ["March 4, 2025", "March 4 2025", "Mar 4 2025", "4 March, 2025", "March 4,2025"])
def test_a_day_in_words_is_read_with_a_comma_or_without(said: str) -> None:
    assert values.day(said, order="mdy", since_1904=False) == dt.date(2025, 3, 4)


def test_what_was_answered_is_not_asked_for_any_more(desk: Desk) -> None:
    page = words(desk.upload(("Organization", "Joined"), ("One", "2021")))
    assert ("Please answer" in page, "Your answers" in page) == (True, False)
    page = words(desk.send("look", **{"Joined 2021": "Since Jan 1, 2021"}))
    assert ("Please answer" in page, "Your answers" in page) == (False, True)


def test_a_year_alone_is_asked_about(desk: Desk) -> None:
    desk.upload(("Organization", "Joined"), ("One", "2021"), ("Two", "March 2022"), ("Three", "2021"))
    assert [question.where for question in desk.reading.open] == ["Rows 2 and 4", "Row 3"]
    desk.send("look", **{"Joined 2021": "Since Jan 1, 2021", "Joined March 2022": "Leave"})
    desk.send()
    days = dict(Partner.objects.filter(name__in=("One", "Two", "Three")).values_list("name", "joined_on"))
    assert days == {"One": dt.date(2021, 1, 1), "Three": dt.date(2021, 1, 1), "Two": None}


def test_a_row_with_a_total_is_left_out_and_said(desk: Desk) -> None:
    page = words(
        desk.upload(
            ("Organization", "Contact", "Phone"),
            ("Total Recovery", "Kim Poe", ""),
            ("Total", "", "2"),
            ("", "Total contacts: 61", ""),
        )
    )
    assert "Row 3: a total, no partner." in page
    assert "Row 4: a total, no partner." in page
    assert list(desk.reading.organizations) == ["total recovery"]
