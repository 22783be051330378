"""The steps as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from coalitions.models import Position
from phast.access.actor import Actor
from phast.access.table import Role
from plans import actions
from plans.columns import COLUMNS, key_of
from plans.enums import Part, StepStatus
from plans.models import Measure, Responsibility
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in
from tests.plans.factories import make_actor, make_contact, make_plan, make_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(client: ReadingClient) -> Actor:
    """The coordinator, signed in."""
    actor = make_actor()
    sign_in(client, actor.user)
    return actor


def download(client: ReadingClient, by: Actor, **asked: Any) -> Any:
    response = client.get(reverse("plans:steps_export", args=[by.coalition.slug]), asked)
    assert response.status_code == 200
    return response


def rows(client: ReadingClient, by: Actor, **asked: Any) -> list[dict[str, str]]:
    text = download(client, by, **asked).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_step_has_everything_that_is_known_of_it(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by, title="Naloxone everywhere")
    agency = make_partner(by.coalition, name="Riverbend Police")
    person = make_contact(make_partner(by.coalition, name="EMS"), name="Dana Reyes")
    parent = make_step(plan, "Before")
    step = make_step(
        plan,
        "Hold a meeting",
        parent=parent,
        detail="With all chiefs",
        resources="A room",
        funding="Settlement",
        due_said="end of June",
        due_on=dt.date(2027, 6, 30),
        repeats="quarterly",
        owner=agency,
    )
    Responsibility.objects.create(step=step, contact=person, part=Part.COLLABORATE, order=1)
    measure = Measure.objects.create(plan=plan, text="Departments with a program")
    measure.steps.add(step)
    actions.update_step(step=step, status=StepStatus.IN_PROGRESS, note="Invitations are out.", by=by)
    assert rows(client, by, q="Hold") == [
        {
            "Plan": "Naloxone everywhere",
            "Number": "1.1",
            "Step": "Hold a meeting",
            "Detail": "With all chiefs",
            "Resources needed": "A room",
            "Funding": "Settlement",
            "Responsible": "Riverbend Police; Dana Reyes (collaborates)",
            "Due": "end of June",
            "Due date": "2027-06-30",
            "Comes again": "Every quarter",
            "Status": "In progress",
            "Measures": "Departments with a program",
            "Latest update": "Invitations are out.",
            "Updated on": f"{by.coalition.today()}",
        }
    ]


def test_rows_stand_plan_by_plan_in_reading_order_and_keep_their_numbers_when_filtered(
    client: ReadingClient, by: Actor
) -> None:
    second, first = make_plan(by, title="b plan"), make_plan(by, title="A plan")
    one, two = make_step(first, "One"), make_step(first, "Two", status="blocked")
    make_step(first, "One one", parent=one)
    make_step(first, "Two one", parent=two, status="blocked")
    make_step(second, "Other")
    assert [(row["Number"], row["Step"]) for row in rows(client, by)] == [
        ("1", "One"),
        ("1.1", "One one"),
        ("2", "Two"),
        ("2.1", "Two one"),
        ("1", "Other"),
    ]
    assert [row["Number"] for row in rows(client, by, status="blocked")] == ["2", "2.1"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_cell_that_looks_like_a_formula_stays_text(client: ReadingClient, by: Actor, kind: str) -> None:
    plan = make_plan(by, title="@plan")
    make_step(plan, '=HYPERLINK("x")', detail="+1", resources="-2", due_said="=NOW()")
    content = download(client, by, format=kind).content
    if kind == "csv":
        cells = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1]
        assert {'\'=HYPERLINK("x")', "'+1", "'-2", "'=NOW()", "'@plan"} <= set(cells)
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        assert {cell.data_type for cell in sheet[2] if cell.value} == {"s"}
        assert sheet["C2"].value == '=HYPERLINK("x")'


def test_a_date_is_a_date_in_a_spreadsheet(client: ReadingClient, by: Actor) -> None:
    make_step(make_plan(by), due_on=dt.date(2027, 6, 30))
    response = download(client, by, format="xlsx")
    assert response["Content-Disposition"].endswith('.xlsx"')
    sheet = load_workbook(io.BytesIO(response.content)).active
    found = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert found["Due date"] == dt.datetime(2027, 6, 30)  # noqa: DTZ001 - a cell has no time zone


def test_an_unknown_format_is_csv(client: ReadingClient, by: Actor) -> None:
    assert download(client, by, format="exe")["Content-Type"].startswith("text/csv")


def test_names_stand_as_the_reader_may_see_them_on_the_page(client: ReadingClient, by: Actor) -> None:
    person = make_contact(make_partner(by.coalition, name="EMS"), name="Dana Reyes")
    held = Position.objects.create(coalition=by.coalition, title="Champion", contact=person)
    make_step(make_plan(by), owner=held)
    for role in (Role.REPORTER, Role.MEMBER):
        reader, actor = ReadingClient(), make_actor(role, coalition=by.coalition)
        sign_in(reader, actor.user)
        assert [row["Responsible"] for row in rows(reader, actor)] == ["Champion"]


def test_a_file_that_would_be_too_long_asks_for_a_plan(
    client: ReadingClient, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, other = make_plan(by), make_plan(by, title="Other")
    for one in (plan, other):
        make_step(one)
    monkeypatch.setattr("plans.views.export.MOST", 1)
    response = client.get(reverse("plans:steps_export", args=[by.coalition.slug]), follow=True)
    assert "A file holds at most 1 steps. Choose a plan first" in response.content.decode()
    assert len(rows(client, by, plan=plan.pk)) == 1


def test_many_steps_take_as_many_queries_as_one(client: ReadingClient, by: Actor) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            download(client, by)
        return len(seen)

    plan = make_plan(by)
    make_step(plan, owner=make_partner(by.coalition))
    few = queries()
    for n in range(10):
        step = make_step(plan, f"Step {n}", owner=make_contact(make_partner(by.coalition, name=f"Agency {n}")))
        actions.update_step(step=step, status=StepStatus.DONE, by=by)
    assert queries() == few <= 18


def test_the_headers_mean_the_same_to_whoever_reads_the_file() -> None:
    assert [key_of(column.header) for column in COLUMNS] == [column.key for column in COLUMNS]
    said = {"Activity": "title", "Owner(s)": "responsible", "TARGET DATE": "due", "#": "number", "Weather": ""}
    assert {header: key_of(header) for header in said} == said
    words = [name for column in COLUMNS for name in (column.header.lower(), *column.also)]
    assert len(words) == len(set(words))
