"""A program's quarters are published like kits are: in a release, with small counts hidden (THREATS 51–53)."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from coalitions.actions.releases import CountsChanged, publish_release
from coalitions.models import Release
from coalitions.releases import NOT_REPORTED, Span, make, tables_of
from deflection.actions import save_quarter
from deflection.models import Program
from deflection.release_tables import ROWS, not_reported, shares
from phast.access.actor import Actor
from phast.access.table import Role
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in

from .factories import make_actor, make_program

SUMMER = Span(dt.date(2026, 7, 1), dt.date(2026, 9, 30))
FIGURES = {
    "encounters": 64,
    "referrals": 41,
    "reached_in_1_day": 30,
    "reached_in_3_days": 24,
    "reached_in_7_days": 6,
    "reached_later": None,
    "engaged_at_30_days": 7,
}


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def program(by: Actor) -> Program:
    by.coalition.release_tables = ["kits_by_zip", *ROWS]
    by.coalition.save()
    made = make_program(by, 2, starts_on=dt.date(2026, 6, 1))
    save_quarter(program=made, from_on=SUMMER.from_on, values=FIGURES, version=None, by=by)
    return made


def published(by: Actor, span: Span = SUMMER) -> Release:
    made = make(by.coalition, span)
    return publish_release(made=made, seen=made.sha256, by=by)


def shown(release: Release) -> dict[str, dict[str, int | str | None]]:
    return {
        table.kind.key: {row.label: row.total for row in table.rows} | {"Total": table.total}
        for table in tables_of(release)
        if table.kind.key in ROWS
    }


def test_a_release_shows_large_counts_and_hides_small_ones(by: Actor, program: Program) -> None:
    found = shown(published(by))
    assert found["deflection_encounters"] == {"All programs": 64, "Total": 64}
    assert found["deflection_referrals"] == {"All programs": 41, "Total": 41}
    assert found["deflection_engaged"] == {"All programs": None, "Total": None}


def test_a_hidden_time_to_contact_cannot_be_worked_out_from_the_total(by: Actor, program: Program) -> None:
    contact = shown(published(by))["deflection_contact"]
    assert list(contact) == ["1 day or less", "2 to 3 days", "4 to 7 days", "8 days or more", "Total"]
    assert contact["4 to 7 days"] is None
    assert list(contact.values()).count(None) >= 2


def test_programs_of_several_agencies_are_one_sum_and_each_knows_its_own(by: Actor, program: Program) -> None:
    other = make_program(by, 2, name="Other", lead=make_partner(by.coalition, "Other"))
    save_quarter(program=other, from_on=SUMMER.from_on, values={"encounters": 36}, version=None, by=by)
    assert shown(published(by))["deflection_encounters"]["All programs"] == 100
    known = shares(by.coalition, [(SUMMER.from_on, SUMMER.to_on)], frozenset())
    assert known[str(other.lead_id)]["deflection_encounters"] == {"all": [36]}
    assert known[str(other.lead_id)]["deflection_referrals"] == {}


def test_the_stricter_setting_keeps_one_agency_from_working_out_the_other(by: Actor, program: Program) -> None:
    other = make_program(by, 2, name="Other", lead=make_partner(by.coalition, "Other"))
    save_quarter(program=other, from_on=SUMMER.from_on, values={"encounters": 3}, version=None, by=by)
    by.coalition.strict_release = True
    by.coalition.save()
    assert shown(published(by))["deflection_encounters"]["All programs"] is None


def test_a_quarter_released_by_month_leaves_the_tables_of_kits_as_they_are(by: Actor, program: Program) -> None:
    by.coalition.release_by_month = True
    by.coalition.save()
    tables = {table.kind.key: table for table in tables_of(published(by))}
    assert "In no month" not in tables["kits_by_zip"].columns
    assert tables["deflection_encounters"].columns == []
    assert tables["deflection_encounters"].total == 64


def test_a_quarter_that_no_program_counted_has_no_tables_rather_than_zeros(by: Actor, program: Program) -> None:
    assert shown(published(by, SUMMER.quarter_before)) == {}


def test_a_year_says_which_quarters_have_no_counts(by: Actor, program: Program) -> None:
    with time_machine.travel(dt.datetime(2027, 2, 1, 17, tzinfo=dt.UTC), tick=False):
        release = published(by, Span(dt.date(2026, 1, 1), dt.date(2026, 12, 31)))
    assert release.table["notes"] == [
        f"Deflection: no counts were entered for {quarter} 2026."
        for quarter in ("January to March", "April to June", "October to December")
    ]
    assert shown(release)["deflection_encounters"]["All programs"] == 64
    [encounters] = next(table for table in tables_of(release) if table.kind.key == "deflection_encounters").rows
    assert encounters.figures == [NOT_REPORTED, NOT_REPORTED, 64, NOT_REPORTED]


@pytest.mark.parametrize(("figure", "said"), [(None, NOT_REPORTED), (0, 0)])
def test_what_nobody_recorded_is_not_reported_and_a_reported_zero_is_zero(
    by: Actor, program: Program, figure: int | None, said: int | str
) -> None:
    counts = program.quarters.get()
    save_quarter(
        program=program,
        from_on=SUMMER.from_on,
        values=FIGURES | {"reached_later": figure},
        version=counts.version,
        by=by,
    )
    release = published(by)
    assert shown(release)["deflection_contact"]["8 days or more"] == said
    client = ReadingClient()
    sign_in(client, make_actor(Role.OBSERVER).user)
    page = client.get(reverse("coalitions:release_detail", args=["ours", release.pk])).content.decode()
    assert (NOT_REPORTED in page) == (figure is None)
    book = client.get(reverse("coalitions:release_file", args=["ours", release.pk, "xlsx"])).content
    rows = [row for sheet in openpyxl.load_workbook(io.BytesIO(book)) for row in sheet]
    assert [row[1].value for row in rows if row[0].value == "8 days or more"] == [said]


def test_a_zero_recorded_since_the_draft_is_noticed(by: Actor, program: Program) -> None:
    made = make(by.coalition, SUMMER)
    counts = program.quarters.get()
    values = FIGURES | {"reached_later": 0}
    save_quarter(program=program, from_on=SUMMER.from_on, values=values, version=counts.version, by=by)
    with pytest.raises(CountsChanged):
        publish_release(made=made, seen=made.sha256, by=by)


def test_observers_read_published_counts_and_nothing_hidden(by: Actor, program: Program) -> None:
    release = published(by)
    client = ReadingClient()
    sign_in(client, make_actor(Role.OBSERVER).user)
    page = client.get(reverse("coalitions:release_detail", args=["ours", release.pk])).content.decode()
    assert "Deflection: encounters" in page
    assert ">64<" in page
    assert ">7<" not in page


def test_a_coordinator_is_told_which_program_has_no_counts_yet(by: Actor, program: Program) -> None:
    make_program(by, 2, name="Silent", starts_on=dt.date(2026, 8, 1))
    make_program(by, 2, name="Later", starts_on=dt.date(2026, 11, 1))
    told = not_reported(by, SUMMER.from_on, SUMMER.to_on)
    assert told == ["Silent has no counts for July to September 2026."]
    by.coalition.release_tables = ["kits_by_zip"]
    assert not_reported(by, SUMMER.from_on, SUMMER.to_on) == []
