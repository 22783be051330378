"""An agency's own month as PDF."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from lbn.month_report import MONTH
from phast.access.table import Role
from tests.factories import make_coalition, make_partner, make_person
from tests.world import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def coalition():
    return make_coalition()


@pytest.fixture
def agencies(coalition):
    return [make_partner(coalition, name, agency_type="law_enforcement") for name in ("Colonie Police", "Troy Police")]


def actor(coalition, role: Role, partner=None):
    return actor_of(make_person(f"{role}@example.org", coalition=coalition, role=role, partner=partner), coalition)


def test_a_lead_gets_the_own_month_and_nobody_elses(coalition, agencies) -> None:
    lead = actor(coalition, Role.LEAD, agencies[1])
    offered = MONTH.choices(lead)
    assert [choice.label.partition(",")[0] for choice in offered] == ["Troy Police"] * 3
    request = MONTH.request(lead, offered[0].fields)
    assert request.partner_id == agencies[1].pk
    assert request.title.startswith("Our month, ")
    assert MONTH.bundles(lead) == []
    with pytest.raises(Http404):
        MONTH.request(lead, {**offered[0].fields, "partner": agencies[0].pk})


def test_a_coordinator_gets_every_agencys_month_in_one_go(coalition, agencies) -> None:
    newest, *_ = MONTH.bundles(actor(coalition, Role.COORDINATOR))
    assert [fields["partner"] for fields in newest.reports] == [agency.pk for agency in agencies]
    assert newest.reports[0]["first"] == newest.reports[0]["last"]


def test_a_month_of_no_agency_is_none(coalition, agencies) -> None:
    coordinator = actor(coalition, Role.COORDINATOR)
    fields = MONTH.choices(coordinator)[0].fields
    with pytest.raises(ValidationError):
        MONTH.request(coordinator, {**fields, "partner": ""})


def test_who_sees_no_exact_counts_is_offered_none(coalition, agencies) -> None:
    observer = actor(coalition, Role.OBSERVER)
    assert MONTH.choices(observer) == []
    assert MONTH.bundles(observer) == []
