"""The roster: what each role sees and edits, two people on one record, pages that cost the same however long the list."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coalitions.actions.partners import update_partner
from coalitions.home import cards, figures
from coalitions.models import Contact, Partner, Position, Sector
from tests.factories import make_partner

from .conftest import Cast


def contact(partner: Partner, name: str = "Alex Doe") -> Contact:
    mailbox = name.lower().replace(" ", ".")
    return Contact.objects.create(partner=partner, name=name, email=f"{mailbox}@example.org", phone="518-555-0199")


def text_of(cast: Cast, who: str, name: str, *args: object, **query: str) -> str:
    response = cast.client(who).get(cast.url(name, *args), query)
    assert response.status_code == 200
    return response.content.decode()


def opened(cast: Cast, who: str, name: str, *args: object) -> dict[str, Any]:
    """What a browser sends back of a form that was opened and left as it is."""
    response = cast.client(who).get(cast.url(name, *args))
    fields: dict[str, Any] = {}
    for bound in response.context["form"]:
        value = bound.value()
        key = bound.html_name
        fields[key] = (
            [getattr(v, "pk", v) for v in value] if isinstance(value, list) else "" if value is None else value
        )
        if bound.field.show_hidden_initial:
            fields[bound.html_initial_name] = fields[key]
    return fields


# ------------------------------------------------------------------ who sees whose details
@pytest.mark.parametrize(("who", "own", "other"), [
    ("coordinator", True, True), ("lead", True, True), ("reporter", True, False), ("member", True, True), ("observer", False, False)
])  # fmt: skip
def test_contacts_show_as_far_as_the_policy_reaches(cast: Cast, who: str, own: bool, other: bool) -> None:
    for partner, seen in ((cast.police, own), (cast.ems, other)):
        contact(partner)
        page = text_of(cast, who, "partner_detail", partner.pk)
        assert ("alex.doe@example.org" in page) == seen
        assert ("518-555-0199" in page) == seen
        assert ("Alex Doe" in page) == seen


@pytest.mark.parametrize(("who", "own", "other"), [
    ("coordinator", True, True), ("lead", True, False), ("reporter", True, False), ("member", False, False), ("observer", False, False)
])  # fmt: skip
def test_since_when_an_agency_counts_shows_to_those_who_see_its_counts(
    cast: Cast, who: str, own: bool, other: bool
) -> None:
    for partner, seen in ((cast.police, own), (cast.ems, other)):
        Partner.objects.filter(pk=partner.pk).update(counts_since=dt.date(2026, 7, 4))
        assert ("Jul 4, 2026" in text_of(cast, who, "partner_detail", partner.pk)) == seen


def test_searching_for_a_contact_finds_the_partner_only_for_those_who_see_contacts(cast: Cast) -> None:
    contact(cast.ems, "Quentin Rare")
    assert "River EMS" in text_of(cast, "member", "partner_list", q="quentin")
    assert "River EMS" not in text_of(cast, "reporter", "partner_list", q="quentin")
    assert "River EMS" not in text_of(cast, "observer", "partner_list", q="quentin")


def test_observers_see_that_a_position_is_held_but_not_by_whom(cast: Cast) -> None:
    Position.objects.create(coalition=cast.coalition, title="Public safety champion", contact=contact(cast.police))
    Position.objects.create(coalition=cast.coalition, title="Peer trainer")
    page = text_of(cast, "observer", "position_list")
    assert "Public safety champion" in page
    assert re.findall(r'<span class="tag[^>]*>(\w+)', page) == ["Vacant", "Filled"]
    assert "Alex Doe" not in page
    assert "Alex Doe" not in text_of(cast, "observer", "partner_detail", cast.police.pk)
    assert "Alex Doe" in text_of(cast, "reporter", "position_list")


def test_observers_see_active_partners_only(cast: Cast) -> None:
    Partner.objects.filter(pk=cast.ems.pk).update(status="inactive")
    assert "River EMS" not in text_of(cast, "observer", "partner_list", status="inactive")
    assert cast.client("observer").get(cast.url("partner_detail", cast.ems.pk)).status_code == 404
    assert "River EMS" in text_of(cast, "lead", "partner_list", status="inactive")
    assert "River EMS" not in text_of(cast, "lead", "partner_list")


# ------------------------------------------------------------------ who edits what
@pytest.mark.parametrize(("who", "status"), [("lead", 404), ("member", 404), ("reporter", 403), ("observer", 403)])
def test_only_the_coordinator_edits_another_partner(cast: Cast, who: str, status: int) -> None:
    client, theirs = cast.client(who), contact(cast.ems)
    assert client.get(cast.url("partner_edit", cast.ems.pk)).status_code == status
    assert client.post(cast.url("contact_edit", theirs.pk), {"name": "Changed"}).status_code == status
    assert client.post(cast.url("contact_remove", theirs.pk)).status_code == status
    assert client.post(cast.url("contact_new", cast.ems.pk), {"name": "New"}).status_code == status
    assert client.post(cast.url("partner_new"), {"name": "New"}).status_code == 403
    assert client.post(cast.url("partner_status", cast.ems.pk)).status_code == 403
    assert list(cast.ems.contacts.values_list("name", flat=True)) == ["Alex Doe"]


def test_fields_that_are_not_in_the_form_are_ignored(cast: Cast) -> None:
    extra = {"coalition": 99, "agency_type": "military", "status": "inactive", "counts_since": "2020-01-01"}
    sent = opened(cast, "lead", "partner_edit", cast.police.pk) | {"name": "Troy Police Department"} | extra
    assert cast.client("lead").post(cast.url("partner_edit", cast.police.pk), sent).status_code == 302
    cast.police.refresh_from_db()
    assert cast.police.name == "Troy Police Department"
    assert (cast.police.coalition, cast.police.agency_type, cast.police.status) == (
        cast.coalition,
        "law_enforcement",
        "active",
    )
    assert cast.police.counts_since is None


def test_a_contact_with_a_members_address_is_that_person(cast: Cast) -> None:
    cast.client("member").post(cast.url("contact_new", cast.police.pk), {"name": "R", "email": "Reporter@example.org"})
    assert Contact.objects.get(name="R").user == cast.people["reporter"]
    cast.client("coordinator").post(
        cast.url("contact_new", cast.ems.pk), {"name": "S", "email": "reporter@example.org"}
    )
    assert Contact.objects.get(name="S").user is None  # they do not belong to that partner


def test_a_name_that_is_taken_comes_back_in_plain_words(cast: Cast) -> None:
    response = cast.client("coordinator").post(cast.url("partner_new"), {"name": "river ems", "status": "active"})
    assert response.status_code == 422
    assert "A partner with this name is in the roster." in response.content.decode()
    assert "river ems" in response.content.decode()


def test_only_agencies_can_be_said_to_count(cast: Cast) -> None:
    sent = {"name": "A Clinic", "status": "active", "counts_since": "2026-01-01"}
    response = cast.client("coordinator").post(cast.url("partner_new"), sent)
    assert response.status_code == 422
    assert "Choose the type of agency" in response.content.decode()


# ------------------------------------------------------------------ two people, one record
def test_the_second_of_two_sees_both_values_and_loses_nothing(cast: Cast) -> None:
    second = opened(cast, "lead", "partner_edit", cast.police.pk)
    update_partner(
        partner=cast.police,
        by=cast.actor("coordinator"),
        version=None,
        values={"name": "Troy P.D.", "address": "1 State St"},
    )
    client, url = cast.client("lead"), cast.url("partner_edit", cast.police.pk)

    response = client.post(url, second | {"name": "Police of Troy"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Police of Troy" in page
    assert "Troy P.D." in page
    cast.police.refresh_from_db()
    assert cast.police.name == "Troy P.D."

    again = {name: response.context["form"].data.getlist(name) for name in response.context["form"].data}
    assert client.post(url, again | {"use_saved": "name"}).status_code == 302
    cast.police.refresh_from_db()
    assert (cast.police.name, cast.police.address) == ("Troy P.D.", "1 State St")


# ------------------------------------------------------------------ nonsense in addresses and forms (THREATS 16)
@pytest.mark.parametrize(("page", "query"), [
    ("partner_list", {"q": "\0", "sector": "\0", "type": "nothing", "page": "9" * 30}),
    ("person_list", {"q": "a\0b"}),
    ("audit_list", {"person": "\0", "verb": "\0", "since": "0001-01-01", "until": "9999-12-31"}),
    ("county_list", {"state": "\0"}),
    ("invitation_new", {"partner": "\0", "role": "emperor"}),
])  # fmt: skip
def test_an_address_that_makes_no_sense_shows_the_page(cast: Cast, page: str, query: dict[str, str]) -> None:
    assert text_of(cast, "coordinator", page, **query)


@pytest.mark.parametrize(("page", "sent"), [
    ("partner_new", {"name": "A\0B", "sectors": ["\0"], "status": "\0"}),
    ("position_new", {"title": "T", "contact": "9" * 40}),
    ("invitation_new", {"email": "a@b.c\0", "role": "\0", "partner": "9" * 40}),
    ("settings", {"name": "x" * 500, "version": "9" * 40, "due_days": "9" * 30, "program_start": "0000-00-00"}),
    ("county_list", {"counties": ["\0"]}),
    ("hand_over", {"to": "\0", "stay_as": "king"}),
])  # fmt: skip
def test_a_form_that_makes_no_sense_comes_back(cast: Cast, page: str, sent: dict[str, Any]) -> None:
    assert cast.client("coordinator").post(cast.url(page), sent).status_code == 422


# ------------------------------------------------------------------ sectors
def test_sectors_without_a_partner_come_first(cast: Cast) -> None:
    cast.police.sectors.add("law-enforcement")
    cast.ems.sectors.add("professional-first-responders")
    Partner.objects.filter(pk=cast.ems.pk).update(status="inactive")
    page = text_of(cast, "observer", "sector_list")
    assert "1 of 17 sectors at the table" in page
    names = re.findall(r"<h3><a[^>]*>([^<]+)", page)
    assert names[-1] == "Law Enforcement"
    assert "Professional First Responders" in names[:16]


def test_a_sector_shows_its_examples_opportunities_and_shared_heading(cast: Cast) -> None:
    page = text_of(cast, "observer", "sector_detail", "law-enforcement")
    assert page.count("Work with law enforcement to") == 1
    assert page.count('<li class="work"') == Sector.objects.get(pk="law-enforcement").opportunities.count() == 6
    assert "police chief or officers" in page


# ------------------------------------------------------------------ positions
def test_a_usual_position_is_adopted_filled_and_vacated(cast: Cast) -> None:
    client = cast.client("coordinator")
    client.post(cast.url("position_adopt"), {"kind": "public-health-champion"})
    position = Position.objects.get(title="Public health champion")
    sent = {"title": position.title, "contact": contact(cast.police).pk, "since": "2026-01-01", "version": 1}
    assert client.post(cast.url("position_edit", position.pk), sent).status_code == 302
    assert "since Jan 1, 2026" in text_of(cast, "lead", "position_list")
    assert client.post(cast.url("position_edit", position.pk), sent | {"contact": "", "version": 2}).status_code == 302
    position.refresh_from_db()
    assert (position.contact, position.since) == (None, None)
    assert "Public health champion is vacant" in text_of(cast, "coordinator", "home")


def test_a_position_is_not_held_by_a_contact_of_another_coalition(cast: Cast) -> None:
    from tests.factories import make_coalition

    foreign = contact(make_partner(make_coalition("theirs")), "Foreign Person")
    sent = {"title": "Champion", "contact": foreign.pk}
    response = cast.client("coordinator").post(cast.url("position_new"), sent)
    assert response.status_code == 422
    assert "Foreign Person" not in response.content.decode()
    assert not Position.objects.exists()


# ------------------------------------------------------------------ cost
def add_partners(cast: Cast, number: int) -> None:
    start = Partner.objects.count()
    for at in range(start, start + number):
        partner = make_partner(cast.coalition, f"Partner {at:03}")
        partner.sectors.add("government", "parents")
        Position.objects.create(coalition=cast.coalition, title=f"Position {at}", contact=contact(partner))


@pytest.mark.parametrize(
    "page", ["partner_list", "sector_list", "position_list", "person_list", "invitation_list", "audit_list"]
)
def test_a_list_costs_the_same_for_1_3_and_300_partners(cast: Cast, page: str) -> None:
    client, counts = cast.client("coordinator"), []
    client.get(cast.url(page))  # the first request of a session notes the device
    for more in (1, 2, 297):
        add_partners(cast, more)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(cast.url(page)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 15


def test_the_home_page_costs_the_coalition_pages_few_questions(cast: Cast) -> None:
    """What the coalition itself asks for its cards and figures: invitations, the quarter to publish and whether anybody
    counted in it, positions, the release, sectors; the counties are there."""
    actor = cast.actor("coordinator")
    list(actor.coalition.counties.all())
    with CaptureQueriesContext(connection) as queries:
        cards(actor), figures(actor)
    assert len(queries) <= 7
