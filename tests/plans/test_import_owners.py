"""Who is responsible, as a spreadsheet says it: matched whole, or asked about once."""

from __future__ import annotations

import re

import pytest

from coalitions.models import Partner, Position
from plans.importing.owners import Names
from plans.models import Responsibility
from tests.factories import make_partner
from tests.plans.desk import HEADER, Desk, owners, step, words
from tests.plans.factories import make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_names_with_commas_and_ands_are_matched_whole(desk: Desk) -> None:
    coalition = desk.by.coalition
    partner = make_partner(coalition, name="Health, Housing and Human Services")
    make_partner(coalition, name="Sheriff’s Office")
    make_contact(partner, name="Ann Lee")
    Position.objects.create(coalition=coalition, title="PHAST coordinator")
    desk.start(
        HEADER,
        ("1", "One", "health, housing & human services and Sheriff's Office, PHAST Coordinator", "", ""),
        ("2", "Two", "Ann Lee (lead) / Sheriff’s Office (collaborates)\nPHAST coordinator (partner)", "", ""),
    )
    desk.bring_in()
    assert owners("One") == [
        ("Health, Housing and Human Services", "lead"),
        ("Sheriff’s Office", "lead"),
        ("PHAST coordinator", "lead"),
    ]
    assert owners("Two") == [("Ann Lee", "lead"), ("Sheriff’s Office", "collaborate"), ("PHAST coordinator", "partner")]


def test_an_unknown_owner_is_asked_about_once_however_often_it_comes(desk: Desk) -> None:
    rows = [(str(n), f"Step {n}", "Rescue squad" if n % 2 else "rescue  SQUAD", "", "") for n in range(1, 6)]
    desk.start(HEADER, *rows)
    html = desk.client.get(desk.url).content.decode()
    assert len(re.findall(r'name="owner-', html)) == 1
    assert "Rows 2, 3, 4, 5 and 6" in html
    desk.bring_in(**{"Rescue squad": "new-partner"})
    assert Partner.objects.filter(name="Rescue squad").count() == 1
    assert Responsibility.objects.filter(partner__name="Rescue squad").count() == 5


def test_a_name_left_out_stays_in_the_detail(desk: Desk) -> None:
    desk.start(HEADER, ("1", "Write a policy", "Rescue squad", "", ""))
    desk.say(**{"Rescue squad": "out"})
    assert "“Rescue squad” is left out" in words(desk.client.get(desk.url))
    desk.bring_in()
    assert owners("Write a policy") == []
    assert step("Write a policy").detail == "Responsible, as the spreadsheet says: Rescue squad"


def test_two_people_of_one_name_are_asked_about(desk: Desk) -> None:
    coalition = desk.by.coalition
    for name in ("Police", "Fire"):
        make_contact(make_partner(coalition, name=name), name="Kim Park")
    assert "Kim Park: who?" in desk.start(HEADER, ("1", "One", "Kim Park", "", ""))
    html = desk.client.get(desk.url).content.decode()
    assert "Kim Park, Fire" in html
    assert "Kim Park, Police" in html


def test_a_party_of_another_coalition_is_no_answer(desk: Desk) -> None:
    from tests.factories import make_coalition

    foreign = make_partner(make_coalition(slug="elsewhere", name="Elsewhere"), name="Foreign agency")
    page = desk.start(HEADER, ("1", "One", "Foreign agency", "", ""))
    assert "Foreign agency: who?" in page
    assert desk.say("look", **{"Foreign agency": f"partner-{foreign.pk}"}).status_code == 422


def test_tbd_as_owner_is_nobody_and_said(desk: Desk) -> None:
    assert "“TBD” names nobody" in desk.start(HEADER, ("1", "One", "TBD", "", ""))
    desk.bring_in()
    assert owners("One") == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Northside PD", ["Northside Police Department"]),
        ("Tri-County Health Dept", ["Tri-County Public Health"]),
        ("TRRC", ["Three Rivers Regional Council"]),
        ("Northsid Police Departmnt", ["Northside Police Department"]),
        ("County Attorney", []),
    ],
)
def test_a_name_nearly_written_is_proposed_and_not_its_neighbour(said: str, meant: list[str]) -> None:
    known = Names(
        {
            name: name
            for name in (
                "Northside Police Department",
                "Riverbend Police Department",
                "Tri-County Public Health",
                "Three Rivers Regional Council",
            )
        }
    )
    assert known.near(said) == meant
    assert not known.key_of(said)
