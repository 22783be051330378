"""Lived-experience seats: the coordinator keeps them, a seat fills its sector, and nobody else reads by what."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coalitions.actions import seats as actions
from coalitions.forms.roster import SeatForm
from coalitions.models import Seat
from coalitions.selectors import sectors_filled
from phast.audit.models import Event

from .conftest import Cast

ALIAS, SECTOR = "Robin", "people-who-use-drugs"


def seat(cast: Cast, alias: str = ALIAS, **values: object) -> Seat:
    return actions.add_seat(by=cast.actor("coordinator"), values={"alias": alias, "sector_id": SECTOR, **values})


def text_of(cast: Cast, who: str, name: str, *args: object) -> str:
    response = cast.client(who).get(cast.url(name, *args))
    assert response.status_code == 200
    return response.content.decode()


# ------------------------------------------------------------------ keeping them
def test_the_coordinator_adds_changes_ends_and_resumes_a_seat(cast: Cast) -> None:
    client = cast.client("coordinator")
    client.post(cast.url("seat_new"), {"alias": ALIAS, "sector": SECTOR, "since": "2025-02-03"})
    made = Seat.objects.get()
    assert (made.coalition, made.alias, made.sector_id, made.since) == (
        cast.coalition,
        ALIAS,
        SECTOR,
        dt.date(2025, 2, 3),
    )
    assert ALIAS in text_of(cast, "coordinator", "seat_list")
    client.post(cast.url("seat_edit", made.pk), {"alias": "Sky", "sector": "", "since": "", "version": made.version})
    made.refresh_from_db()
    assert (made.alias, made.sector) == ("Sky", None)
    client.post(cast.url("seat_end", made.pk))
    made.refresh_from_db()
    assert made.left_on == cast.coalition.today()
    client.post(cast.url("seat_resume", made.pk))
    made.refresh_from_db()
    assert made.left_on is None
    assert list(Event.objects.filter(verb__startswith="seat.").order_by("pk").values_list("verb", flat=True)) == [
        "seat.created",
        "seat.changed",
        "seat.ended",
        "seat.resumed",
    ]


def test_an_alias_is_taken_once(cast: Cast) -> None:
    seat(cast)
    response = cast.client("coordinator").post(cast.url("seat_new"), {"alias": ALIAS.lower()})
    assert response.status_code == 422
    assert "Another seat has this alias" in response.content.decode()


def test_two_coordinators_see_both_values(cast: Cast) -> None:
    made = seat(cast)
    actions.update_seat(seat=made, by=cast.actor("coordinator"), version=1, values={"alias": "Sky"})
    sent = {"alias": "Rain", "initial-alias": ALIAS, "sector": SECTOR, "initial-sector": SECTOR, "version": "1"}
    response = cast.client("coordinator").post(cast.url("seat_edit", made.pk), sent)
    assert response.status_code == 422
    assert {"Rain", "Sky"} <= set(response.context["form"].conflicts["alias"].values())


def test_only_sectors_that_are_people_can_be_filled_by_a_seat(cast: Cast) -> None:
    form = SeatForm(actor=cast.actor("coordinator"))
    assert {str(sector) for sector in form.fields["sector"].queryset} == {"Parents", "People Who Use Drugs"}
    response = cast.client("coordinator").post(cast.url("seat_new"), {"alias": ALIAS, "sector": "government"})
    assert response.status_code == 422


def test_ending_a_seat_and_renewing_its_link_kill_its_links(cast: Cast) -> None:
    made, by = seat(cast), cast.actor("coordinator")
    nonces = {made.nonce, actions.renew_link(seat=made, by=by).nonce, actions.end_seat(seat=made, by=by).nonce}
    assert len(nonces) == 3


# ------------------------------------------------------------------ who reads what
@pytest.mark.parametrize("who", ["lead", "reporter", "member", "observer"])
def test_nobody_but_the_coordinator_opens_the_seats(cast: Cast, who: str) -> None:
    made = seat(cast)
    client = cast.client(who)
    assert client.get(cast.url("seat_list")).status_code == 403
    assert client.get(cast.url("seat_edit", made.pk)).status_code == 403
    assert client.post(cast.url("seat_end", made.pk)).status_code == 403
    assert cast.url("seat_list") not in text_of(cast, who, "partner_list")


@pytest.mark.parametrize("who", ["coordinator", "lead", "reporter", "member", "observer"])
def test_a_seat_fills_its_sector_and_no_page_says_by_what(cast: Cast, who: str) -> None:
    assert ("People Who Use Drugs", False) in sectors_filled(cast.actor(who))
    seat(cast)
    assert ("People Who Use Drugs", True) in sectors_filled(cast.actor(who))
    for page in (text_of(cast, who, "sector_list"), text_of(cast, who, "sector_detail", SECTOR)):
        assert ALIAS not in page
        assert "lived" not in page.lower()
        assert "Filled" in page


def test_a_seat_that_ended_leaves_a_gap(cast: Cast) -> None:
    made = seat(cast)
    assert "16 " not in text_of(cast, "member", "sector_list").split("</h1>")[0]
    actions.end_seat(seat=made, by=cast.actor("coordinator"))
    assert ("People Who Use Drugs", False) in sectors_filled(cast.actor("member"))
    assert "Filled" not in text_of(cast, "member", "sector_list")


def test_the_list_costs_the_same_for_one_and_many(cast: Cast) -> None:
    client, counts = cast.client("coordinator"), []
    for names in (["First"], [f"Another {n}" for n in range(8)]):
        for name in names:
            seat(cast, name)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(cast.url("seat_list")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
