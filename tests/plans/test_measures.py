"""What a plan is measured by: what people enter, what the curve says, and who sees which figures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coalitions.actions.releases import publish_release
from coalitions.releases import Span, make
from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from phast.charts import Dot
from plans import actions, measuring
from plans.curve import Curve
from plans.forms import MeasureForm, ValueForm
from plans.models import Intervention, Measure, MeasureValue, Plan, PlanChange, Stance
from tests.client import body
from tests.factories import make_partner, sign_in
from tests.lbn.world import make_count
from tests.plans.factories import make_actor, make_plan, make_step

NOW = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)


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


def make_measure(plan: Plan, *values: tuple[dt.date, float], **fields: Any) -> Measure:
    measure = Measure.objects.create(
        plan=plan, **({"text": "Departments that take part", "unit": "departments"} | fields)
    )
    for on, value in values:
        MeasureValue.objects.create(measure=measure, on=on, value=Decimal(str(value)), by=plan.created_by)
    return measure


def day(month: int, number: int = 1, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


def curve(*values: tuple[dt.date, str | None], **fields: Any) -> Curve:
    dots = [Dot(on, None if value is None else Decimal(value)) for on, value in values]
    return Curve(dots, TODAY, **({"unit": "departments"} | fields))


def page(actor: Actor, path: str) -> str:
    client = Client()
    sign_in(client, actor.user)
    return body(client.get(f"/c/{actor.coalition.slug}/plans/{path}")).decode()


def posted(actor: Actor, path: str, **fields: Any) -> Any:
    client = Client()
    sign_in(client, actor.user)
    return client.post(f"/c/{actor.coalition.slug}/plans/{path}", fields)


# ------------------------------------------------------------------ what the curve says
def test_it_says_how_many_are_missing_by_when() -> None:
    said = curve((day(11), "12"), target=Decimal(20), target_on=day(6, 30, 2027)).where()
    assert said == "12 of 20 departments; 8 to go by June 30, 2027."


def test_a_target_without_a_day_has_no_day() -> None:
    assert curve((day(11), "12"), target=Decimal(20)).where() == "12 of 20 departments; 8 to go."


def test_a_target_whose_day_has_passed_says_so() -> None:
    late = curve((day(11), "12"), target=Decimal(20), target_on=day(6, 30))
    assert late.where() == "12 of 20 departments; 8 to go. Its day was June 30, 2026."
    assert late.standing() == ("Past its day", "bad")


def test_a_reached_target_is_reached_whatever_its_day() -> None:
    reached = curve((day(11), "21"), target=Decimal(20), target_on=day(6, 30))
    assert reached.where() == "The target is reached: 21 departments, where 20 or more was the goal."
    assert reached.standing().label == "Target reached"


def test_a_number_that_should_go_down_is_above_its_target() -> None:
    said = curve((day(11), "12"), direction="down", target=Decimal(5), target_on=day(6, 30, 2027)).where()
    assert said == "12 departments; the target is 5 departments; 7 above the target by June 30, 2027."


def test_percent_is_written_as_people_write_it() -> None:
    said = curve((day(11), "45.50"), unit="percent", target=Decimal(60)).where()
    assert said == "45.5%; the target is 60%; 14.5 points to go."


def test_it_says_since_when_it_moves_the_wrong_way() -> None:
    values = [(day(1), "9"), (day(3), "14"), (day(5), "12"), (day(9), "8"), (day(11), "7")]
    assert curve(*values).way() == "It has moved the wrong way since March."
    assert curve(*values).standing() == ("Wrong way", "warn")
    assert curve(*values, direction="down").way() == "It has moved the right way since March."


def test_it_says_since_when_nothing_changed_and_names_another_year() -> None:
    assert curve((day(3, year=2025), "9"), (day(9), "9")).way() == "It has not changed since March 2025."


def test_the_baseline_is_where_it_began() -> None:
    assert (
        curve((day(9), "9"), baseline=Decimal(4), baseline_on=day(2)).way()
        == "It has moved the right way since February."
    )
    assert curve((day(9), "9"), baseline=Decimal(4)).way() == "It has moved the right way since the baseline."
    assert curve((day(9), "9"), baseline=Decimal(4), baseline_on=day(10)).way() == ""


def test_one_value_alone_goes_no_way() -> None:
    assert curve((day(11), "1")).sentences() == ["1 department on November 1, 2026."]


def test_silence_is_said_of_what_people_enter_only() -> None:
    assert curve((day(7, 20), "9")).silence() == "No value for 4 months."
    assert curve((day(7, 20), "9"), entered=False).silence() == ""
    assert curve((day(9), "9")).silence() == ""


def test_a_figure_that_is_not_shown_is_no_zero() -> None:
    hidden = curve((day(3), "40"), (day(6), None), entered=False)
    assert hidden.sentences() == ["40 departments on March 1, 2026.", "The figure for Jun 1, 2026 is not shown."]
    assert curve((day(6), None)).where() == "No figure is shown: what there is is too small, or not released."


def test_without_values_it_says_where_it_began() -> None:
    assert curve(baseline=Decimal(4)).sentences() == ["No value yet. It began at 4 departments."]
    assert curve().standing() == ("No value yet", "warn")


# ------------------------------------------------------------------ entering
@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        (" 1,200 ", "1200"),
        ("45.5", "45.5"),
        ("45%", "45"),
        ("-2.50", "-2.5"),
        ("\u22122", "-2"),
        (".5", "0.5"),
    ],
)
def test_numbers_are_read_as_people_write_them(db: None, typed: str, number: str) -> None:
    form = ValueForm({"on": "2026-11-01", "value": typed, "note": ""}, unit="", today=TODAY)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["value"] == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "NaN",
        "Infinity",
        "-inf",
        "1e3",
        "1e400",
        "1,2",
        "12,34,5",
        "about 12",
        "1_000",
        "0x10",
        "٣",
        "1.234",
        "1" * 13,
        "9" * 400,
        "-",
        ".",
    ],
)
def test_what_is_no_number_is_refused_with_a_sentence(db: None, typed: str) -> None:
    form = ValueForm({"on": "2026-11-01", "value": typed, "note": ""}, unit="", today=TODAY)
    assert not form.is_valid()
    [said] = form.errors["value"]
    assert said.startswith("Write ")


def test_a_day_to_come_or_out_of_our_time_is_refused(by: Actor, plan: Plan) -> None:
    measure = make_measure(plan)
    assert (
        "still to come" in body(posted(by, f"measures/{measure.pk}/values/add/", on="2026-11-21", value="3")).decode()
    )
    assert (
        "Check the year" in body(posted(by, f"measures/{measure.pk}/values/add/", on="0206-11-01", value="3")).decode()
    )
    assert not measure.values.exists()


def test_a_value_is_added_corrected_and_deleted_and_each_is_recorded(by: Actor, plan: Plan) -> None:
    measure = make_measure(plan)
    assert (
        posted(by, f"measures/{measure.pk}/values/add/", on="2026-11-02", value="3.50", note="Asked").status_code == 302
    )
    value = measure.values.get()
    assert (value.on, value.value, value.note, value.by) == (day(11, 2), Decimal("3.5"), "Asked", by.user)
    form = {"on": "2026-11-03", "value": "4", "note": "", "was": "3.5"}
    assert posted(by, f"measures/values/{value.pk}/edit/", **form).status_code == 302
    value.refresh_from_db()
    assert (value.on, value.value, value.note) == (day(11, 3), 4, "")
    assert posted(by, f"measures/values/{value.pk}/delete/").status_code == 302
    verbs = ["measurevalue.added", "measurevalue.corrected", "measurevalue.deleted"]
    assert (
        list(Event.objects.filter(verb__startswith="measurevalue").order_by("pk").values_list("verb", flat=True))
        == verbs
    )
    assert list(PlanChange.objects.filter(plan=plan).order_by("pk").values_list("verb", flat=True)) == verbs
    assert not measure.values.exists()


def test_a_day_has_one_value(by: Actor, plan: Plan) -> None:
    measure = make_measure(plan, (day(11), 3))
    answer = posted(by, f"measures/{measure.pk}/values/add/", on="2026-11-01", value="4")
    assert answer.status_code == 422
    assert "There is a value for this day" in body(answer).decode()
    assert measure.values.get().value == 3


def test_two_who_correct_one_value_both_learn_of_it(by: Actor, plan: Plan) -> None:
    value = make_measure(plan, (day(11), 3)).values.get()
    form = {"on": "2026-11-01", "note": "", "was": "3"}
    posted(by, f"measures/values/{value.pk}/edit/", value="5", **form)
    answer = posted(by, f"measures/values/{value.pk}/edit/", value="7", **form)
    assert answer.status_code == 422
    assert "Somebody changed this to 5 meanwhile" in body(answer).decode()
    value.refresh_from_db()
    assert value.value == 5
    assert posted(by, f"measures/values/{value.pk}/edit/", value="7", **(form | {"was": "5"})).status_code == 302


def test_adding_a_value_and_removing_a_measure_can_be_undone(by: Actor, plan: Plan) -> None:
    measure = make_measure(plan)
    actions.add_value(measure=measure, on=day(11), value=Decimal(3), by=by)
    assert actions.undo_last(plan=plan, by=by)
    assert not measure.values.exists()
    actions.remove_item(item=measure, by=by)
    assert measuring.readings(plan, by) == []
    assert actions.undo_last(plan=plan, by=by)
    assert [reading.measure for reading in measuring.readings(plan, by)] == [measure]


def test_a_measure_is_defined_and_edited_by_the_coordinator(by: Actor, plan: Plan) -> None:
    step = make_step(plan, "Talk to the chiefs")
    fields = {
        "text": "Departments", "unit": "departments", "direction": "up", "source": "", "baseline": "1,004", "baseline_on": "2026-01-01",
        "target": "1,020", "target_on": "2027-06-30", "story": "Why", "steps": [step.pk],
    }  # fmt: skip
    assert posted(by, f"{plan.pk}/measures/add/", **fields).status_code == 302
    measure = plan.measures.get()
    assert (measure.baseline, measure.target, measure.target_on, list(measure.steps.all())) == (
        1004,
        1020,
        day(6, 30, 2027),
        [step],
    )
    assert "Talk to the chiefs" in page(by, f"measures/{measure.pk}/")
    shown = page(by, f"measures/{measure.pk}/edit/")
    assert 'value="1,004"' in shown
    changed = fields | {"version": measure.version, "target": "1,030", "steps": []}
    assert posted(by, f"measures/{measure.pk}/edit/", **changed).status_code == 302
    measure.refresh_from_db()
    assert (measure.target, measure.steps.count()) == (1030, 0)
    conflict = posted(by, f"measures/{measure.pk}/edit/", **(changed | {"target": "1,040", "initial-target": "1,020"}))
    assert conflict.status_code == 422
    assert {"1,030", "1,040"} <= set(
        body(conflict).decode().replace("<", " ").replace(">", " ").replace('"', " ").split()
    )


def test_a_day_without_its_number_is_asked_about(plan: Plan) -> None:
    form = MeasureForm({"text": "M", "direction": "up", "target_on": "2027-06-30"}, plan=plan)
    assert form.errors == {"target": ["There is a day for the target but no number."]}


# ------------------------------------------------------------------ pages
def test_a_member_reads_measures_and_changes_nothing(by: Actor, plan: Plan) -> None:
    measure = make_measure(plan, (day(9), 1200.5), story="A chief retired.", target=2000)
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    for path in (f"{plan.pk}/measures/", f"measures/{measure.pk}/"):
        shown = page(member, path)
        assert "1,200.5 of 2,000 departments" in shown
        assert "Add a" not in shown
    assert "A chief retired." in page(member, f"measures/{measure.pk}/")
    assert posted(member, f"measures/{measure.pk}/values/add/", on="2026-11-01", value="3").status_code == 403


@pytest.mark.parametrize("count", [0, 1, 200])
def test_a_measure_page_takes_any_number_of_values(by: Actor, plan: Plan, count: int) -> None:
    measure = make_measure(plan, *((day(1) + dt.timedelta(days=n), n) for n in range(count)))
    shown = page(by, f"measures/{measure.pk}/")
    assert shown.count('<th scope="row">') == count
    assert ("No value yet" in shown) == (count == 0)


def test_the_numbers_of_the_chart_follow_in_a_table(by: Actor, plan: Plan) -> None:
    measure = make_measure(plan, (day(3), 4), (day(9), 1234.5), baseline=2, target=2000)
    chart, _, table = page(by, f"measures/{measure.pk}/").partition("</svg>")
    assert {"Baseline 2", "Target 2,000", "Sep 1, 2026: 1,234.5", "Mar 1, 2026: 4"} <= set(
        chart.replace("<", ">").split(">")
    )
    assert table.index("1,234.5") < table.index(">4<")


def test_the_list_of_measures_asks_as_often_for_one_as_for_nine(by: Actor, plan: Plan) -> None:
    client, asked = Client(), []
    sign_in(client, by.user)
    url = f"/c/{by.coalition.slug}/plans/{plan.pk}/measures/"
    intervention = Intervention.objects.create(plan=plan, text="Naloxone")
    for more in (1, 2):
        for n in range(more):
            make_measure(plan, (day(3), n)).steps.add(make_step(plan))
            make_measure(plan, source="kits")
            make_measure(plan, source="adoption", intervention=intervention)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 15


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
