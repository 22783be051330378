"""The demo cast is whole, fictional, and on real ground. No database needed."""

import re

from tests.content.words import rows

SECTORS = {row["key"] for row in rows("coalitions/data/sectors.csv")}
POSITIONS = {row["key"] for row in rows("coalitions/data/positions.csv")}
PARTNERS = {row["key"]: row for row in rows("coalitions/data/demo/partners.csv")}
CONTACTS = {row["email"]: row for row in rows("coalitions/data/demo/contacts.csv")}
PEOPLE = rows("coalitions/data/demo/people.csv")
COUNTS = rows("coalitions/data/demo/agency_counts.csv")
MIX = rows("coalitions/data/demo/agency_mix.csv")
HELD = rows("coalitions/data/demo/positions_held.csv")
PLANS = {row["key"] for row in rows("plans/data/demo/plans.csv")}
ITEMS = rows("plans/data/demo/plan_items.csv")
PARTIES = rows("plans/data/demo/plan_parties.csv")
UPDATES = rows("plans/data/demo/plan_updates.csv")
MEASURES = rows("plans/data/demo/plan_measures.csv")
VALUES = rows("plans/data/demo/plan_measure_values.csv")


def test_partners_fill_most_sectors_and_leave_gaps_to_see():
    assert all(set(partner["sectors"].split()) <= SECTORS for partner in PARTNERS.values())
    filled = {
        key for partner in PARTNERS.values() if partner["status"] == "active" for key in partner["sectors"].split()
    }
    assert SECTORS - filled == {"people-who-use-drugs", "youth-serving-agencies"}


def test_nobody_in_the_cast_can_be_reached():
    assert all(contact["partner"] in PARTNERS for contact in CONTACTS.values())
    assert all(re.fullmatch(r"[\w.-]+@example\.org", email) for email in CONTACTS)
    phones = [contact["phone"] for contact in CONTACTS.values()]
    assert all(re.fullmatch(r"518-555-01\d\d", phone) for phone in phones)
    assert len(set(phones)) == len(phones)
    assert all(partner["website"].endswith(".example.org") for partner in PARTNERS.values())


def test_each_partner_has_somebody_to_call():
    assert {contact["partner"] for contact in CONTACTS.values()} == set(PARTNERS)


def test_five_sign_ins_cover_the_five_roles_and_belong_to_known_contacts():
    assert [person["role"] for person in PEOPLE] == ["coordinator", "lead", "reporter", "member", "observer"]
    assert [CONTACTS[person["email"]]["name"] for person in PEOPLE] == [person["name"] for person in PEOPLE]
    assert [CONTACTS[person["email"]]["partner"] for person in PEOPLE] == [person["partner"] for person in PEOPLE]


def test_positions_are_held_by_contacts_and_two_standing_ones_are_vacant():
    assert all(row["position"] in POSITIONS or row["own_title"] for row in HELD)
    assert {row["contact_email"] for row in HELD} - {""} <= set(CONTACTS)
    vacant = {row["position"] for row in HELD if not row["contact_email"]}
    assert vacant == {"drug-intelligence-officer", "peer-trainer", "person-in-recovery"}


def test_at_least_five_agencies_have_eighteen_months_of_counts():
    assert all(PARTNERS[row["partner"]]["agency_type"] for row in COUNTS)
    assert len([row for row in COUNTS if row["first_month_ago"] == "18"]) >= 5
    assert {row["partner"] for row in MIX} == {row["partner"] for row in COUNTS}


def test_places_are_zips_of_the_area_or_honestly_not_a_zip():
    places = {row["value"] for row in MIX if row["field"] == "place"}
    assert {"unknown", "outside"} <= places
    assert all(re.fullmatch(r"12[0-3]\d\d", place) for place in places - {"unknown", "outside"})


def test_plan_parties_and_updates_point_at_steps_and_people_that_exist():
    steps = {(row["plan"], row["key"]) for row in ITEMS if row["kind"] == "step"}
    known = {"position": POSITIONS, "partner": set(PARTNERS), "contact": set(CONTACTS)}
    assert {row["plan"] for row in ITEMS} == PLANS
    assert {(row["plan"], row["item"]) for row in PARTIES} == steps
    assert all(row["party"] in known[row["party_kind"]] for row in PARTIES)
    assert all((row["plan"], row["item"]) in steps for row in UPDATES)
    assert {row["by"] for row in UPDATES} <= {person["email"] for person in PEOPLE}


def test_the_last_update_of_a_step_agrees_with_its_status():
    last = {(row["plan"], row["item"]): row for row in sorted(UPDATES, key=lambda row: int(row["days"]))}
    status = {(row["plan"], row["key"]): row["status"] for row in ITEMS}
    assert all(row["status"] == status[step] for step, row in last.items())
    assert all(int(row["days"]) < 0 for row in UPDATES)


def test_the_running_plan_is_half_way_and_shows_loose_dates_and_an_overdue_step():
    steps = [row for row in ITEMS if row["kind"] == "step"]
    assert {row["status"] for row in steps} == {"not_started", "in_progress", "done"}
    assert {row["due"] for row in steps} == {"date", "quarterly", "ongoing", "tbd"}
    assert all(bool(row["due_days"]) == (row["due"] == "date") for row in steps)
    assert [row["key"] for row in steps if row["status"] != "done" and row["due_days"].startswith("-")] == [
        "responders-experience"
    ]


def test_measures_and_their_values_point_at_steps_and_people_that_exist():
    steps = {(row["plan"], row["key"]) for row in ITEMS if row["kind"] == "step"}
    assert {(row["plan"], item) for row in MEASURES for item in row["items"].split()} <= steps
    entered = {(row["plan"], row["key"]) for row in MEASURES if not row["values_from"]}
    assert {(row["plan"], row["measure"]) for row in VALUES} <= entered
    assert {row["by"] for row in VALUES} <= {person["email"] for person in PEOPLE}
    assert all(int(row["days"]) < 0 for row in VALUES)
