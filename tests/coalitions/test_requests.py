"""The queue of requests for help: who sees it, what is recorded, and how a request becomes a partner with an invitation."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coalitions.models import Contact, HelpContact, HelpRequest, Invitation, Partner
from phast.access.table import Role
from phast.audit.models import Event
from tests.factories import make_coalition, make_person

from .conftest import Cast
from .test_public_form import made
from .test_roster import text_of


# ------------------------------------------------------------------ the queue
@pytest.mark.parametrize("role", ["lead", "reporter", "member", "observer"])
def test_only_coordinators_see_requests(cast: Cast, role: str) -> None:
    request = made(cast)
    client = cast.client(role)
    assert client.get(cast.url("request_list")).status_code == 403
    assert client.get(cast.url("request_detail", request.pk)).status_code == 403
    assert client.get(cast.url("request_table", "csv")).status_code == 403


def test_an_unconfirmed_request_is_nowhere(cast: Cast) -> None:
    request = made(cast, confirmed_at=None)
    client = cast.client("coordinator")
    assert client.get(cast.url("request_detail", request.pk)).status_code == 404
    assert "Green Falls" not in client.get(cast.url("request_table", "csv")).content.decode()
    assert "An agency asks" not in text_of(cast, "coordinator", "home")


def test_new_ones_come_first_then_those_due_soonest_and_closed_ones_are_asked_for(cast: Cast) -> None:
    today = cast.coalition.today()
    made(cast, agency="Later", status="open", next_contact_on=today + dt.timedelta(days=9))
    made(cast, agency="Closed", status="closed")
    made(cast, agency="Sooner", status="open", next_contact_on=today - dt.timedelta(days=1))
    made(cast, agency="Fresh")
    page = text_of(cast, "coordinator", "request_list")
    assert re.findall(r">(Later|Closed|Sooner|Fresh)</a>", page) == ["Fresh", "Sooner", "Later"]
    assert page.count(">Overdue<") == 1
    assert re.findall(
        r">(Later|Closed|Sooner|Fresh)</a>", text_of(cast, "coordinator", "request_list", status="all")
    ) == [
        "Fresh",
        "Sooner",
        "Later",
        "Closed",
    ]


def test_filters_narrow_the_queue_and_the_file(cast: Cast) -> None:
    made(cast, agency="Asks")
    made(cast, agency="Registers", wants_help=False, registers=True, program="existing", agency_type="security")
    client = cast.client("coordinator")
    for query, found in (
        ("about=program", "Registers"),
        ("about=help", "Asks"),
        ("type=security", "Registers"),
        ("q=ask", "Asks"),
    ):
        page = client.get(f"{cast.url('request_list')}?{query}").content.decode()
        assert re.findall(r">(Asks|Registers)</a>", page) == [found]
        rows = list(
            csv.DictReader(
                io.StringIO(client.get(f"{cast.url('request_table', 'csv')}?{query}").content.decode("utf-8-sig"))
            )
        )
        assert [row["Agency"] for row in rows] == [found]


def test_the_file_holds_texts_as_texts(cast: Cast) -> None:
    made(cast, agency="=HYPERLINK(1)", barriers="+1")
    text = cast.client("coordinator").get(cast.url("request_table", "csv")).content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["Agency"], row["Barriers"]) == ("'=HYPERLINK(1)", "'+1")
    assert cast.client("coordinator").get(cast.url("request_table", "exe")).status_code == 404


def test_a_call_is_recorded_with_what_comes_next(cast: Cast) -> None:
    request = made(cast)
    day = cast.coalition.today()
    sent = {
        "contact-kind": "linkage",
        "contact-on": day.isoformat(),
        "contact-linked_to": cast.ems.pk,
        "contact-note": "They share kits.",
        "contact-status": "waiting",
        "contact-next_contact_on": (day + dt.timedelta(days=7)).isoformat(),
    }
    assert cast.client("coordinator").post(cast.url("request_contact", request.pk), sent).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.next_contact_on) == ("waiting", day + dt.timedelta(days=7))
    page = text_of(cast, "coordinator", "request_detail", request.pk)
    assert "They share kits." in page
    assert "River EMS" in page


def test_a_contact_is_in_the_past_and_a_linkage_names_a_partner_of_ours(cast: Cast) -> None:
    request, client = made(cast), cast.client("coordinator")
    foreign = Partner.objects.create(coalition=make_coalition(slug="theirs"), name="Foreign")
    sent = {
        "contact-kind": "linkage",
        "contact-on": "2100-01-01",
        "contact-status": "open",
        "contact-note": "Kept text",
    }
    page = client.post(cast.url("request_contact", request.pk), sent).content.decode()
    assert "still to come" in page
    assert "Choose whom you linked them to." in page
    assert "Kept text" in page
    answer = client.post(cast.url("request_contact", request.pk), sent | {"contact-linked_to": foreign.pk})
    assert answer.status_code == 422
    assert "Foreign" not in answer.content.decode()
    assert not HelpContact.objects.exists()


def test_a_contact_recorded_by_mistake_is_removed(cast: Cast) -> None:
    contact = HelpContact.objects.create(
        request=made(cast), kind="call", on=cast.coalition.today(), by=cast.people[Role.COORDINATOR]
    )
    cast.client("coordinator").post(cast.url("request_contact_remove", contact.pk))
    assert not HelpContact.objects.exists()
    assert Event.objects.filter(verb="request.contact_removed").exists()


def test_two_coordinators_do_not_overwrite_where_it_stands(cast: Cast) -> None:
    request, client = made(cast), cast.client("coordinator")
    page = client.get(cast.url("request_detail", request.pk)).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    first = {"version": version, "status": "open", "initial-status": "new"}
    assert client.post(cast.url("request_standing", request.pk), first).status_code == 302
    second = client.post(cast.url("request_standing", request.pk), first | {"status": "closed"})
    assert second.status_code == 422
    assert "In contact" in second.content.decode()
    request.refresh_from_db()
    assert request.status == "open"


def test_a_contact_that_is_overdue_stands_on_the_home_page_until_it_is_closed(cast: Cast) -> None:
    request = made(cast, status="open", next_contact_on=cast.coalition.today() - dt.timedelta(days=1))
    assert "A promised contact is overdue" in text_of(cast, "coordinator", "home")
    assert "promised contact" not in text_of(cast, "member", "home")
    sent = {"version": request.version, "status": "closed", "next_contact_on": request.next_contact_on.isoformat()}
    cast.client("coordinator").post(cast.url("request_standing", request.pk), sent)
    assert "promised contact" not in text_of(cast, "coordinator", "home")


# ------------------------------------------------------------------ one click makes a partner
def test_one_click_makes_partner_contact_and_invitation(cast: Cast) -> None:
    request = made(cast, agency_type="law_enforcement", title="Sergeant", phone="518-555-0110")
    cast.client("coordinator").post(cast.url("request_welcome", request.pk))
    request.refresh_from_db()
    partner = Partner.objects.get(name="Green Falls Police")
    assert (partner.status, partner.agency_type, request.partner, request.status) == (
        "invited",
        "law_enforcement",
        partner,
        "open",
    )
    contact = Contact.objects.get(partner=partner)
    assert (contact.name, contact.title, contact.email) == ("Dana Reyes", "Sergeant", "dana@greenfalls.example.org")
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.partner, request.invitation) == ("lead", partner, invitation)


def test_a_second_click_makes_nothing_more(cast: Cast) -> None:
    request, client = made(cast), cast.client("coordinator")
    for _ in range(2):
        client.post(cast.url("request_welcome", request.pk))
    assert Partner.objects.filter(name="Green Falls Police").count() == 1
    assert Invitation.objects.count() == 1


def test_a_partner_of_that_name_is_offered_instead_of_a_second_one(cast: Cast) -> None:
    request, client = made(cast, agency="TROY  police"), cast.client("coordinator")
    page = text_of(cast, "coordinator", "request_detail", request.pk)
    assert "is on the roster" in page
    client.post(cast.url("request_welcome", request.pk))  # an old page, without the choice
    request.refresh_from_db()
    assert request.partner is None
    client.post(cast.url("request_welcome", request.pk), {"partner": cast.police.pk})
    request.refresh_from_db()
    assert request.partner == cast.police
    assert Partner.objects.count() == 2
    assert Invitation.objects.get().partner == cast.police


def test_who_has_a_place_there_is_not_invited_again(cast: Cast) -> None:
    request = made(cast, agency="Troy Police", email="lead@example.org")
    cast.client("coordinator").post(cast.url("request_welcome", request.pk), {"partner": cast.police.pk})
    request.refresh_from_db()
    assert (request.partner, request.invitation) == (cast.police, None)
    assert not Invitation.objects.exists()


def test_another_coalitions_partner_cannot_be_chosen(cast: Cast) -> None:
    request = made(cast)
    foreign = Partner.objects.create(coalition=make_coalition(slug="theirs"), name="Foreign")
    answer = cast.client("coordinator").post(cast.url("request_welcome", request.pk), {"partner": foreign.pk})
    assert answer.status_code == 404
    request.refresh_from_db()
    assert request.partner is None


def test_another_coalitions_request_does_not_exist_here(cast: Cast) -> None:
    other = make_coalition(slug="theirs")
    make_person("x@example.org", coalition=other, role=Role.COORDINATOR)
    foreign = HelpRequest.objects.create(
        coalition=other, agency="Foreign", name="X", email="x@example.org", wants_help=True, confirmed_at=timezone.now()
    )
    client = cast.client("coordinator")
    for name in ("request_detail", "request_contact", "request_standing"):
        assert client.get(cast.url(name, foreign.pk)).status_code == 404
    assert client.post(cast.url("request_welcome", foreign.pk)).status_code == 404
    assert "Foreign" not in text_of(cast, "coordinator", "request_list", status="all")


# ------------------------------------------------------------------ cost
def test_the_queue_costs_the_same_for_one_and_for_many(cast: Cast) -> None:
    def cost() -> int:
        client = cast.client("coordinator")
        client.get(cast.url("request_list"))
        with CaptureQueriesContext(connection) as queries:
            client.get(cast.url("request_list"))
        return len(queries)

    made(cast)
    one = cost()
    for n in range(30):
        request = made(cast, agency=f"Agency {n}", partner=cast.police)
        HelpContact.objects.create(
            request=request, kind="call", on=cast.coalition.today(), by=cast.people["coordinator"]
        )
    assert cost() == one <= 15
