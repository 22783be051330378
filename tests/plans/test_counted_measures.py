"""Measures that the portal counts itself: who sees which figures of kits and of adoption."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError

from coalitions.actions.releases import publish_release
from coalitions.releases import Span, make
from phast.access.actor import Actor
from phast.access.table import Role
from plans import actions, measuring
from plans.models import Intervention, Measure, Plan, Stance
from tests.factories import make_partner
from tests.lbn.world import make_count
from tests.plans.factories import make_actor, make_plan
from tests.plans.measures import NOW, day, make_measure, page


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def by(db: None) -> Actor:
    return make_actor()


@pytest.fixture
def plan(by: Actor) -> Plan:
    return make_plan(by)


# ------------------------------------------------------------------ kits: nobody sees an exact figure they may not (THREATS 51, 53)
SUMMER = {"12180": 120, "12182": 45, "12207": 14, "12208": 3, "12009": 7}
WINTER, AUTUMN_SO_FAR = 4_321, 4_987  # not released


@pytest.fixture
def kits(by: Actor, plan: Plan) -> Measure:
    """Spring was released, its total of 6 hidden; summer was released, some cells hidden; a winter before and what is running were not."""
    agency = make_partner(by.coalition, "Troy Police", agency_type="law_enforcement")
    for first, cells in (
        (day(1, 10), {"12180": WINTER}),
        (day(4, 10), {"12180": 6}),
        (day(7, 10), SUMMER),
        (day(10, 10), {"12180": AUTUMN_SO_FAR}),
    ):
        for code, number in cells.items():
            make_count(agency, by.user, first, kits=number, zip_code=code)
    for quarter in (Span.quarter_of(day(4)), Span.quarter_of(day(7))):
        publish_release(made=(made := make(by.coalition, quarter)), seen=made.sha256, by=by)
    return make_measure(plan, text="Kits", unit="kits", source="kits", target=500)


def test_the_coordinator_reads_exact_totals_by_quarter(by: Actor, kits: Measure) -> None:
    reading = measuring.reading(kits, by)
    assert [(value.on, value.value) for value in reading.values] == [
        (day(3, 31), WINTER),
        (day(6, 30), 6),
        (day(9, 30), 189),
    ]
    assert reading.basis.startswith("Exact figures")
    assert "Exact figures" in page(by, f"measures/{kits.pk}/")


@pytest.mark.parametrize("role", [Role.LEAD, Role.REPORTER, Role.MEMBER])
def test_everybody_else_reads_what_is_released(by: Actor, plan: Plan, kits: Measure, role: Role) -> None:
    """A hidden total stands in no text, table, chart, alternative text or attribute; nor does a quarter that was not released."""
    reader = make_actor(role, coalition=by.coalition)
    reading = measuring.reading(kits, reader)
    assert [(value.on, value.value, value.note) for value in reading.values] == [
        (day(6, 30), None, "Not shown"),
        (day(9, 30), 189, ""),
    ]
    for path in (f"{plan.pk}/measures/", f"measures/{kits.pk}/"):
        shown = page(reader, path)
        assert not any(
            secret in shown for secret in (f"{WINTER:,}", str(WINTER), f"{AUTUMN_SO_FAR:,}", str(AUTUMN_SO_FAR))
        )
        assert "Exact" not in shown
    assert "April to June 2026: not shown" in shown
    assert ">6<" not in shown
    assert "From releases" in shown


def test_a_gap_in_a_chart_is_no_zero_and_is_drawn_the_same_whatever_is_hidden(
    by: Actor, plan: Plan, kits: Measure
) -> None:
    reader = make_actor(Role.MEMBER, coalition=by.coalition)
    chart = measuring.reading(kits, reader).chart
    assert ": 0<" not in chart
    agency = by.coalition.partners.get(name="Troy Police")
    make_count(agency, by.user, day(5, 10), kits=4, zip_code="12180")
    make_count(agency, by.user, day(2, 10), kits=400, zip_code="12180")
    assert measuring.reading(kits, reader).chart == chart


def test_a_quarter_between_releases_that_was_not_released_is_a_gap(by: Actor, plan: Plan, kits: Measure) -> None:
    for quarter in (Span.quarter_of(day(10, year=2025)),):
        publish_release(made=(made := make(by.coalition, quarter)), seen=made.sha256, by=by)
    reading = measuring.reading(kits, make_actor(Role.MEMBER, coalition=by.coalition))
    assert [(value.time, value.note) for value in reading.values][1] == ("January to March 2026", "Not released")


def test_what_is_frozen_holds_released_figures_only(by: Actor, plan: Plan, kits: Measure) -> None:
    [reading] = measuring.released_readings(plan, by.coalition)
    assert [value.value for value in reading.values] == [None, 189]


def test_kits_counted_for_longer_than_a_quarter_are_in_none(by: Actor, plan: Plan, kits: Measure) -> None:
    agency = by.coalition.partners.get(name="Troy Police")
    make_count(agency, by.user, day(1), to_on=day(6, 30), kits=777)
    first, second, third = measuring.reading(kits, by).values
    assert (first.value, second.value, third.value) == (WINTER, 6, 189)
    assert first.note == second.note == "Without kits counted for more than a quarter"
    assert third.note == ""


def test_nobody_enters_values_of_a_measure_that_the_portal_counts(by: Actor, kits: Measure) -> None:
    with pytest.raises(ValidationError, match="come from the portal"):
        actions.add_value(measure=kits, on=day(11), value=Decimal(3), by=by)
    assert "Add a value" not in page(by, f"measures/{kits.pk}/")


# ------------------------------------------------------------------ adoption: how many, never who
@pytest.fixture
def adoption(by: Actor, plan: Plan) -> Measure:
    intervention = Intervention.objects.create(plan=plan, text="Naloxone")
    return make_measure(plan, text="Adopted", unit="partners", source="adoption", intervention=intervention)


def stand(measure: Measure, by: Actor, name: str, adoption: str, since: dt.date) -> None:
    partner = by.coalition.partners.filter(name=name).first() or make_partner(by.coalition, name)
    Stance.objects.create(
        intervention=measure.intervention,
        partner=partner,
        adoption=adoption,
        reason="zz-secret",
        since=since,
        by=by.user,
    )


def test_a_measure_of_adoption_counts_partners_month_by_month(by: Actor, adoption: Measure) -> None:
    stand(adoption, by, "Aspen", "considering", day(3, 5))
    stand(adoption, by, "Birch", "adopted", day(3, 9))
    stand(adoption, by, "Cedar", "opposed", day(5, 2))
    stand(adoption, by, "Aspen", "adopted", day(5, 20))
    stand(adoption, by, "Birch", "opposed", day(11, 19))
    ends = [
        day(3, 31),
        day(4, 30),
        day(5, 31),
        day(6, 30),
        day(7, 31),
        day(8, 31),
        day(9, 30),
        day(10, 31),
        day(11, 20),
    ]
    counts = [1, 1, 2, 2, 2, 2, 2, 2, 1]
    read = [(value.on, value.value) for value in measuring.reading(adoption, by).values]
    assert read == list(zip(ends, counts, strict=True))
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    seen = [(value.on, value.value) for value in measuring.reading(adoption, member).values]
    assert seen == read[2:]  # from the month on in which a third partner was asked
    shown = page(member, f"measures/{adoption.pk}/")
    assert not any(secret in shown for secret in ("Aspen", "Birch", "Cedar", "zz-secret", "pposed"))


def test_too_few_partners_are_not_counted_before_others(by: Actor, adoption: Measure) -> None:
    stand(adoption, by, "Aspen", "adopted", day(3))
    stand(adoption, by, "Birch", "opposed", day(4))
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    assert measuring.reading(adoption, member).values == []
    assert "fewer than 3 partners" in page(member, f"measures/{adoption.pk}/")
    assert measuring.reading(adoption, by).curve.latest.value == 1
    assert measuring.released_readings(adoption.plan, by.coalition)[0].values == []
