"""What a plan is measured by: what people enter, and its pages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from plans import actions, measuring
from plans.forms import MeasureForm, ValueForm
from plans.models import Intervention, Plan, PlanChange
from tests.client import body
from tests.factories import sign_in
from tests.plans.factories import make_actor, make_plan, make_step
from tests.plans.measures import NOW, TODAY, day, make_measure, page, posted


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
