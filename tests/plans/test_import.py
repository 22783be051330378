"""A plan that somebody keeps in a spreadsheet comes in, with everything that is not clear shown and nothing guessed."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coalitions.models import Partner, Position
from phast.access.table import Role
from phast.audit.models import Event
from plans import actions
from plans.due import in_words
from plans.enums import StepStatus
from plans.importing.owners import Names
from plans.models import Plan, PlanChange, PlanImport, Responsibility, Step, Update
from tests.client import ReadingClient
from tests.factories import make_partner, make_person, sign_in
from tests.plans.factories import make_actor, make_contact, make_plan, make_step, outline_of
from tests.sheets.files import text_file, workbook
from tests.world import actor_of

pytestmark = pytest.mark.django_db
HEADER = ("No.", "Activity", "Responsible agency or person", "Target date", "Status")


class Desk:
    """A coordinator at the import pages."""

    def __init__(self) -> None:
        self.by = make_actor()
        self.client = ReadingClient()
        sign_in(self.client, self.by.user)

    def upload(self, *rows: tuple[Any, ...], name: str = "Our plan.csv", data: bytes = b"", **more: Any) -> Any:
        file = SimpleUploadedFile(name, data or text_file(*rows))
        return self.client.post(reverse("plans:import", args=[self.by.coalition.slug]), {"file": file, **more})

    def start(self, *rows: tuple[Any, ...], **more: Any) -> str:
        """Uploads and answers the page with the steps."""
        response = self.upload(*rows, **more)
        assert response.status_code == 302, words(response)
        return words(self.client.get(response.url))

    @property
    def last(self) -> PlanImport:
        return PlanImport.objects.latest("pk")

    @property
    def url(self) -> str:
        return reverse("plans:import_detail", args=[self.by.coalition.slug, self.last.pk])

    def say(self, do: str = "look", **changes: str) -> Any:
        """Sends the form as it stands, with `changes`. A key may name a field by its label."""
        html = self.client.get(self.url).content.decode()
        data = form_of(html) | {name_of(html, key): value for key, value in changes.items()}
        return self.client.post(self.url, {**data, "do": do})

    def bring_in(self, **changes: str) -> Plan:
        response = self.say("bring-in", **changes)
        assert response.status_code == 302, words(response)
        return Plan.objects.latest("pk") if self.last.plan is None else self.last.plan


@pytest.fixture
def desk() -> Desk:
    return Desk()


def words(response: Any) -> str:
    """The page as a person reads it."""
    html = re.sub(r"<(script|style|select).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def form_of(html: str) -> dict[str, str]:
    """What a browser would send back unchanged."""
    form = re.search(r'<form class="import".*?</form>', html, re.S)
    assert form
    found = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        is_box = attributes.get("type") == "checkbox"
        if not is_box or re.search(r"\schecked\b", tag):
            found[attributes["name"]] = unescape(attributes.get("value", "on" if is_box else ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', form[0], re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


def name_of(html: str, key: str) -> str:
    """The name of the field with this label, or the key itself."""
    label = re.search(rf'for="id_([^"]+)"[^>]*>\s*{re.escape(key)}', html)
    return label[1] if label else key


def step(title: str) -> Step:
    return Step.objects.get(title=title)


def owners(title: str) -> list[tuple[str, str]]:
    return [(str(r.party), r.part) for r in step(title).responsibilities.all()]


# ------------------------------------------------------------------ the file of the issue
def test_loose_dates_and_unknown_owners_are_shown_and_nothing_is_guessed(desk: Desk) -> None:
    health = make_partner(desk.by.coalition, name="County Health Department")
    make_partner(desk.by.coalition, name="Fire and Rescue")
    page = desk.start(
        ("Naloxone plan", "", "", "", ""),
        ("", "", "", "", ""),
        HEADER,
        ("1", "Write a policy", "County Health Department; Fire and Rescue", "11/30.2018", "Done"),
        ("2", "Train officers", "Countty Health Dept", "TBD", "In progress"),
        ("2.1", "Meet each month", "Riverside EMTs", "monthly", ""),
    )
    assert "3 steps to bring in" in page
    assert "“11/30.2018” is not a day we can read." in page
    assert "It means Nov 30, 2018" in page
    assert page.count("Kept as words: it names no day.") == 2
    assert "Riverside EMTs: who?" in page
    assert "Countty Health Dept: who?" in page

    refused = desk.say("bring-in")
    assert refused.status_code == 422
    assert words(refused).count("Choose who this is") >= 2
    assert not Step.objects.exists()

    html = desk.client.get(desk.url).content.decode()
    near = re.search(r'<optgroup label="Perhaps">\s*<option value="(partner-\d+)"', html)
    assert near
    assert near[1] == f"partner-{health.pk}"
    said = {"Countty Health Dept": near[1], "Riverside EMTs": "new-position", "It means Nov 30, 2018": "on"}
    desk.say("look", **said)
    plan = desk.bring_in()

    assert outline_of(plan) == {"Write a policy": {}, "Train officers": {"Meet each month": {}}}
    assert owners("Write a policy") == [("County Health Department", "lead"), ("Fire and Rescue", "lead")]
    assert owners("Train officers") == [("County Health Department", "lead")]
    assert owners("Meet each month") == [("Riverside EMTs", "lead")]
    assert Position.objects.get(title="Riverside EMTs").contact is None
    dues = {s.title: (s.due_said, s.due_on) for s in plan.steps.all()}
    assert dues == {
        "Write a policy": ("Nov 30, 2018", dt.date(2018, 11, 30)),
        "Train officers": ("TBD", None),
        "Meet each month": ("monthly", None),
    }
    assert [s.status for s in plan.steps.order_by("pk")] == ["done", "in_progress", "not_started"]
    assert step("Write a policy").finished_by == desk.by.user


def test_a_day_left_unmended_comes_in_as_words_without_a_day(desk: Desk) -> None:
    desk.start(HEADER, ("1", "Write a policy", "", "11/30.2018", ""))
    desk.bring_in()
    assert (step("Write a policy").due_said, step("Write a policy").due_on) == ("11/30.2018", None)


def test_a_day_is_mended_in_its_row(desk: Desk) -> None:
    desk.start(HEADER, ("1", "Write a policy", "", "13/45/2026", ""))
    desk.say("look", **{"day-2": "soon/32 1/99"})
    assert "“soon/32 1/99” is not a day we can read." in words(desk.client.get(desk.url))
    desk.bring_in(**{"day-2": "6/30/2027"})
    assert step("Write a policy").due_on == dt.date(2027, 6, 30)


def test_what_is_typed_last_counts_and_a_taken_proposal_can_be_given_back(desk: Desk) -> None:
    desk.start(HEADER, ("1", "Write a policy", "", "11/30.2018", ""))
    desk.say("look", **{"use-2": "on"})
    assert desk.last.answers["days"] == {"2": "Nov 30, 2018"}
    html = desk.client.get(desk.url).content.decode()
    data = form_of(html)
    assert (data["day-2"], data.pop("use-2")) == ("Nov 30, 2018", "on")
    desk.client.post(desk.url, {**data, "do": "look"})
    assert desk.last.answers["days"] == {"2": None}
    desk.say("look", **{"use-2": "on"})
    desk.bring_in(**{"day-2": "12/1/2018"})
    assert step("Write a policy").due_on == dt.date(2018, 12, 1)


# ------------------------------------------------------------------ owners
def test_names_with_commas_and_ands_are_matched_whole(desk: Desk) -> None:
    coalition = desk.by.coalition
    partner = make_partner(coalition, name="Health, Housing and Human Services")
    make_partner(coalition, name="Sheriff’s Office")
    make_contact(partner, name="Ann Lee")
    Position.objects.create(coalition=coalition, title="PHAST coordinator")
    desk.start(
        HEADER,
        ("1", "One", "health, housing & human services and Sheriff's Office, PHAST Coordinator", "", ""),
        ("2", "Two", "Ann Lee (lead) / Sheriff’s Office (collaborates)\nPHAST coordinator (partner)", "", ""),
    )
    desk.bring_in()
    assert owners("One") == [
        ("Health, Housing and Human Services", "lead"),
        ("Sheriff’s Office", "lead"),
        ("PHAST coordinator", "lead"),
    ]
    assert owners("Two") == [("Ann Lee", "lead"), ("Sheriff’s Office", "collaborate"), ("PHAST coordinator", "partner")]


def test_an_unknown_owner_is_asked_about_once_however_often_it_comes(desk: Desk) -> None:
    rows = [(str(n), f"Step {n}", "Rescue squad" if n % 2 else "rescue  SQUAD", "", "") for n in range(1, 6)]
    desk.start(HEADER, *rows)
    html = desk.client.get(desk.url).content.decode()
    assert len(re.findall(r'name="owner-', html)) == 1
    assert "Rows 2, 3, 4, 5 and 6" in html
    desk.bring_in(**{"Rescue squad": "new-partner"})
    assert Partner.objects.filter(name="Rescue squad").count() == 1
    assert Responsibility.objects.filter(partner__name="Rescue squad").count() == 5


def test_a_name_left_out_stays_in_the_detail(desk: Desk) -> None:
    desk.start(HEADER, ("1", "Write a policy", "Rescue squad", "", ""))
    desk.say(**{"Rescue squad": "out"})
    assert "“Rescue squad” is left out" in words(desk.client.get(desk.url))
    desk.bring_in()
    assert owners("Write a policy") == []
    assert step("Write a policy").detail == "Responsible, as the spreadsheet says: Rescue squad"


def test_two_people_of_one_name_are_asked_about(desk: Desk) -> None:
    coalition = desk.by.coalition
    for name in ("Police", "Fire"):
        make_contact(make_partner(coalition, name=name), name="Kim Park")
    assert "Kim Park: who?" in desk.start(HEADER, ("1", "One", "Kim Park", "", ""))
    html = desk.client.get(desk.url).content.decode()
    assert "Kim Park, Fire" in html
    assert "Kim Park, Police" in html


def test_a_party_of_another_coalition_is_no_answer(desk: Desk) -> None:
    from tests.factories import make_coalition

    foreign = make_partner(make_coalition(slug="elsewhere", name="Elsewhere"), name="Foreign agency")
    page = desk.start(HEADER, ("1", "One", "Foreign agency", "", ""))
    assert "Foreign agency: who?" in page
    assert desk.say("look", **{"Foreign agency": f"partner-{foreign.pk}"}).status_code == 422


def test_tbd_as_owner_is_nobody_and_said(desk: Desk) -> None:
    assert "“TBD” names nobody" in desk.start(HEADER, ("1", "One", "TBD", "", ""))
    desk.bring_in()
    assert owners("One") == []


# ------------------------------------------------------------------ levels
@pytest.mark.parametrize(
    "rows",
    [
        [("No", "Step"), ("1", "A"), ("1.1", "B"), ("1.1.1", "C"), ("1.2", "D"), ("2", "E")],
        [("No", "Step"), ("1.", "A"), ("1a", "B"), ("1.a.i", "C"), ("1b)", "D"), ("2.", "E")],
        [("Level", "Step"), (1, "A"), (2, "B"), (3, "C"), (2, "D"), (1, "E")],
        [("Step",), ("A",), ("  B",), ("    C",), ("  D",), ("E",)],
        [("Step",), ("1. A",), ("1.1 B",), ("1.1.1 C",), ("1.2 D",), ("2. E",)],
        [("Step", "Parent step"), ("A", ""), ("B", "A"), ("C", "B"), ("D", "a"), ("E", "")],
    ],
    ids=["numbers", "letters", "levels", "indents", "numbers in the title", "parents"],
)
def test_levels_are_read_as_people_write_them(desk: Desk, rows: list[tuple[Any, ...]]) -> None:
    header, *rest = rows
    desk.start((*header, "Status"), *((*row, "") for row in rest))
    assert outline_of(desk.bring_in()) == {"A": {"B": {"C": {}}, "D": {}}, "E": {}}


def test_steps_and_substeps_in_two_columns_become_a_tree(desk: Desk) -> None:
    desk.start(
        ("Step", "Sub-step", "Due"),
        ("Policy", "", "2027-01-31"),
        ("", "Draft it", ""),
        ("", "Sign it", ""),
        ("Training", "Find a trainer", "2027-03-01"),
        ("Training", "Train", ""),
    )
    plan = desk.bring_in()
    assert outline_of(plan) == {
        "Policy": {"Draft it": {}, "Sign it": {}},
        "Training": {"Find a trainer": {}, "Train": {}},
    }
    assert step("Training").due_on is None
    assert step("Find a trainer").due_on == dt.date(2027, 3, 1)


def test_a_number_without_its_parent_is_said(desk: Desk) -> None:
    page = desk.start(("No", "Step"), ("1", "A"), ("3.1", "B"), ("1.1.1.1.1.1", "Deep"))
    assert "3 is not in the file: it stands at the top level." in page
    assert outline_of(desk.bring_in()) == {"A": {"Deep": {}}, "B": {}}


# ------------------------------------------------------------------ days and words
def test_ambiguous_dates_follow_one_choice_for_the_file(desk: Desk) -> None:
    page = desk.start(("Step", "Due"), ("A", "03/04/25"), ("B", "05/06/2026"))
    assert "In dates such as 03/04/25, what comes first?" in page
    assert "Mar 4, 2025" in page
    desk.bring_in(order="dmy")
    assert [s.due_on for s in Step.objects.order_by("pk")] == [dt.date(2025, 4, 3), dt.date(2026, 6, 5)]


def test_excel_days_and_serials_are_days(desk: Desk) -> None:
    data = workbook(("Step", "Due", "Status"), ("A", dt.datetime(2026, 11, 30), 0.5), ("B", 45000, "100%"))  # noqa: DTZ001 - Excel knows no time zones
    page = desk.start(data=data, name="plan.xlsx")
    assert "45000 is how Excel keeps this day." in page
    desk.bring_in()
    assert [s.due_on for s in Step.objects.order_by("pk")] == [dt.date(2026, 11, 30), dt.date(2023, 3, 15)]
    assert [s.status for s in Step.objects.order_by("pk")] == ["in_progress", "done"]


def test_words_that_count_from_an_unknown_day_stay_words(desk: Desk) -> None:
    page = desk.start(("Step", "Due"), ("A", "in two weeks"), ("B", "Friday"), ("C", "6/30"))
    assert page.count("it counts from a day we do not know") == 2
    assert "No year is given: read as the next one." in page
    desk.bring_in()
    assert [s.due_on is None for s in Step.objects.order_by("pk")] == [True, True, False]


def test_monthly_makes_a_step_come_again_only_when_confirmed(desk: Desk) -> None:
    desk.start(("Step", "Due"), ("A", "monthly"))
    assert "make it come again" in desk.client.get(desk.url).content.decode()
    desk.bring_in(**{"rhythm-monthly": "on"})
    assert (step("A").due_said, step("A").repeats) == ("monthly", "monthly")


def test_a_status_nobody_knows_is_asked_about_and_kept(desk: Desk) -> None:
    page = desk.start(("Step", "Due", "Status"), ("A", "", "Amber"), ("B", "", "On hold"), ("C", "", "n/a"))
    assert "The status “Amber” is not understood" in page
    desk.bring_in(Amber="blocked")
    assert {s.title: s.status for s in Step.objects.all()} == {"A": "blocked", "B": "blocked", "C": "dropped"}
    assert "Status, as the spreadsheet says: Amber" in step("A").detail


def test_comments_become_an_update_of_today(desk: Desk) -> None:
    desk.start(("Step", "Status", "Notes"), ("A", "ongoing", "Chief agreed"), ("B", "", ""))
    desk.bring_in()
    update = Update.objects.get()
    assert (update.step, update.status, update.note, update.by) == (
        step("A"),
        "in_progress",
        "Chief agreed",
        desk.by.user,
    )


# ------------------------------------------------------------------ columns and rows
def test_columns_are_changed_on_the_page(desk: Desk) -> None:
    page = desk.start(("Thing", "Thong"), ("Write a policy", "County"), ("Train officers", "County"))
    assert "3 steps to bring in" in page  # nothing tells that the first row is no step
    desk.say("columns", header="1")
    assert "2 steps to bring in" in words(desk.client.get(desk.url))
    desk.say("columns", **{"column-0": ""})
    assert "Which column holds the steps?" in words(desk.client.get(desk.url))
    desk.say("columns", **{"column-0": "title", "column-1": "detail"})
    desk.bring_in()
    assert [(s.title, s.detail) for s in Step.objects.order_by("pk")] == [
        ("Write a policy", "County"),
        ("Train officers", "County"),
    ]


def test_columns_that_would_not_come_in_are_said(desk: Desk) -> None:
    page = desk.start(("Call the chiefs", "Maya", "TBD"), ("Find a room", "Dana", "5/5/2027"))
    assert "Left out Column B: Maya, Dana Column C: TBD, 5/5/2027" in page
    html = desk.client.get(desk.url).content.decode()
    assert re.search(r"<details[^>]*import__columns[^>]* open", html)


def test_changed_columns_are_looked_at_before_anything_comes_in(desk: Desk) -> None:
    desk.start(("Step", "Task", "Due"), ("Alpha", "Beta", ""))
    response = desk.say("bring-in", **{"column-0": "", "column-1": "title"})
    assert response.status_code == 302
    assert not Step.objects.exists()
    assert "Look at the steps before you bring them in" in words(desk.client.get(response.url))
    desk.bring_in()
    assert step("Beta")


def test_two_columns_cannot_both_be_the_due_date(desk: Desk) -> None:
    desk.start(("Step", "Due", "Other"), ("A", "2027-01-01", "x"))
    response = desk.say("columns", **{"column-2": "due"})
    assert response.status_code == 422
    assert "Two columns are “Due”." in words(response)


def test_rows_without_a_step_and_hidden_rows_are_said(desk: Desk) -> None:
    def hide(book: Any, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        book.create_sheet("Old")["A1"] = "Nothing"

    data = workbook(("Step", "Responsible"), ("A", ""), ("Secret", ""), ("", "Someone"), change=hide)
    page = desk.start(data=data, name="plan.xlsx")
    assert "1 hidden row left out." in page
    assert "not “Old”" in page
    assert "Row 4: No step in this row: Someone" in page
    assert "Secret" not in page
    assert outline_of(desk.bring_in()) == {"A": {}}


def test_the_sheet_that_looks_like_a_plan_is_read_or_the_named_one(desk: Desk) -> None:
    def more(book: Any, sheet: Any) -> None:
        plan = book.create_sheet("Plan")
        for row in (("Step", "Responsible", "Due"), ("A", "", "")):
            plan.append(row)
        other = book.create_sheet("Next year")
        for row in (("Step", "Due"), ("B", "")):
            other.append(row)

    data = workbook(("Minutes",), ("We met.",), change=more)
    assert "A" in desk.start(data=data, name="plan.xlsx")
    assert desk.last.rows == [["Step", "Responsible", "Due"], ["A"]]
    desk.start(data=data, name="plan.xlsx", sheet="next year")
    assert desk.last.rows[1] == ["B"]
    assert "There is no sheet “Other”" in words(desk.upload(data=data, name="plan.xlsx", sheet="Other"))


def test_a_formula_without_a_value_is_said(desk: Desk) -> None:
    page = desk.start(data=workbook(("Step", "Due"), ("A", "=TODAY()")), name="plan.xlsx")
    assert "B: This cell holds a formula without a value." in page


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("Step", "Date of birth"), ("A", "1980-02-03")], "holds dates of birth"),
        ([("Step", "Case number"), ("A", "26-12345")], "holds case or incident numbers"),
        ([("Step", "Notes"), ("A", "123-45-6789"), ("B", "987-65-4321")], "holds Social Security numbers"),
        ([("Step", "Due"), *[(f"S{n}", "") for n in range(2_001)]], "more than 2,000 rows"),
    ],
)
def test_files_that_may_not_come_in_leave_nothing_behind(
    desk: Desk, rows: list[tuple[Any, ...]], sentence: str
) -> None:
    response = desk.upload(*rows)
    assert response.status_code == 422
    assert sentence in words(response)
    assert not PlanImport.objects.exists()


def test_names_and_phones_of_people_may_stand_in_a_plan(desk: Desk) -> None:
    assert "1 step to bring in" in desk.start(("Step", "Owner", "Phone"), ("A", "", "518-555-0100"))


# ------------------------------------------------------------------ in, undone, given up
def test_steps_go_behind_those_of_an_existing_plan_and_one_undo_takes_them_back(desk: Desk) -> None:
    plan = make_plan(desk.by, title="There")
    make_step(plan, "Old")
    desk.start(("No", "Step"), ("1", "A"), ("1.1", "B"), ("2", "C"), plan=plan.pk)
    assert desk.bring_in() == plan
    assert outline_of(plan) == {"Old": {}, "A": {"B": {}}, "C": {}}
    assert PlanChange.objects.filter(plan=plan, verb="plan.imported").count() == 1
    assert Event.objects.filter(verb="plan.imported").count() == 1
    make_step(plan, "Added under it since", parent=step("A"))
    actions.undo_last(plan=plan, by=desk.by)
    assert outline_of(plan) == {"Old": {}}


def test_an_import_that_somebody_has_worked_on_since_stays(desk: Desk) -> None:
    desk.start(("No", "Step"), ("1", "A"), ("1.1", "B"))
    plan = desk.bring_in()
    other = make_person("other@ours.example.org", coalition=desk.by.coalition, role=Role.COORDINATOR)
    actions.update_step(step=step("B"), status=StepStatus.DONE, by=actor_of(other, desk.by.coalition))
    actions.undo_last(plan=plan, by=desk.by)
    assert outline_of(plan) == {"A": {"B": {}}}


def test_nothing_of_the_file_is_kept_once_its_steps_are_in(desk: Desk) -> None:
    desk.start(("Step", "Owner", "Ignored"), ("A", "", "Private words"))
    plan = desk.bring_in()
    over = desk.last
    assert (over.rows, over.answers, over.plan) == ([], {}, plan)
    assert over.finished_at
    page = words(desk.client.get(desk.url))
    assert "The steps are in" in page
    assert desk.client.post(desk.url, {"do": "bring-in"}).status_code == 200
    assert Step.objects.count() == 1


def test_giving_up_keeps_nothing(desk: Desk) -> None:
    desk.start(("Step", "Due"), ("A", ""))
    url = desk.url
    desk.client.post(url, {"do": "give-up"})
    assert (desk.last.rows, desk.last.answers) == ([], {})
    assert not Plan.objects.exists()
    assert "Nothing came in" in words(desk.client.get(url))


def test_an_import_nobody_finishes_is_emptied_after_a_week(desk: Desk) -> None:
    desk.start(("Step", "Due"), ("A", ""))
    PlanImport.objects.update(created_at=timezone.now() - dt.timedelta(days=6))
    assert PlanImport.forget_abandoned() == 0
    PlanImport.objects.update(created_at=timezone.now() - dt.timedelta(days=8))
    assert PlanImport.forget_abandoned() == 1
    assert desk.last.rows == []
    assert Event.objects.filter(verb="plan_import.abandoned").exists()


def test_a_failing_step_brings_nothing_in(desk: Desk) -> None:
    make_partner(desk.by.coalition, name="Rescue squad", status="inactive")
    desk.start(HEADER, ("1", "One", "Rescue squad", "", ""))
    response = desk.say("bring-in", **{"Rescue squad": "new-partner"})
    assert response.status_code == 422
    assert "A partner with this name is in the roster." in words(response)
    assert not Plan.objects.exists()
    assert desk.last.rows


def test_two_thousand_steps_come_in_with_few_queries(desk: Desk) -> None:
    rows = [(f"{n}", f"Step {n}", "", "", "done") for n in range(1, 2_000)]
    desk.start(HEADER, *rows)
    with CaptureQueriesContext(connection) as queries:
        desk.say("bring-in")
    assert Step.objects.count() == 1_999
    assert len(queries) < 100


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_comes_in_as_it_was(desk: Desk, kind: str) -> None:
    coalition = desk.by.coalition
    plan = make_plan(desk.by, title="There")
    police = make_partner(coalition, name="Police, Fire and Rescue")
    position = Position.objects.create(coalition=coalition, title="Champion")
    first = make_step(
        plan, "=Write", owner=police, due_said="end of June 2027", due_on=dt.date(2027, 6, 30), status="in_progress"
    )
    Responsibility.objects.create(step=first, position=position, part="collaborate", order=1)
    sub = make_step(
        plan, "Draft", parent=first, due_said="quarterly", repeats="quarterly", resources="A room", detail="Two\nlines"
    )
    make_step(plan, "Sign", parent=sub, due_said="3/4/2027", due_on=dt.date(2027, 3, 4), funding="A grant")
    make_step(plan, "Train", status="done", finished_at=timezone.now(), finished_by=desk.by.user)
    Update.objects.create(step=first, note="Chief agreed", at=timezone.now(), by=desk.by.user)

    export = desk.client.get(reverse("plans:steps_export", args=[coalition.slug]), {"format": kind})
    page = desk.start(data=export.getvalue(), name=f"steps.{kind}")
    assert "Please answer" not in page
    came = desk.bring_in()

    def told(of: Plan) -> list[Any]:
        return [
            (
                step.title,
                step.tree_depth,
                in_words(step.due_said, step.due_on),
                step.due_on,
                step.status,
                step.repeats,
                step.resources,
                step.funding,
                step.detail,
                [(str(r.party), r.part) for r in step.responsibilities.all()],
            )
            for step in Step.objects.in_tree(of.pk)
        ]

    assert told(came) == told(plan)
    assert Update.objects.filter(step__plan=came, note__endswith="Chief agreed").exists()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Northside PD", ["Northside Police Department"]),
        ("Tri-County Health Dept", ["Tri-County Public Health"]),
        ("TRRC", ["Three Rivers Regional Council"]),
        ("Northsid Police Departmnt", ["Northside Police Department"]),
        ("County Attorney", []),
    ],
)
def test_a_name_nearly_written_is_proposed_and_not_its_neighbour(said: str, meant: list[str]) -> None:
    known = Names(
        {
            name: name
            for name in (
                "Northside Police Department",
                "Riverbend Police Department",
                "Tri-County Public Health",
                "Three Rivers Regional Council",
            )
        }
    )
    assert known.near(said) == meant
    assert not known.key_of(said)


def test_a_row_with_a_total_is_left_out_and_said() -> None:
    desk = Desk()
    page = desk.start(
        HEADER, ("1", "Train officers", "", "", ""), ("", "Total steps: 1", "", "", ""), ("Total", "1", "", "", "")
    )
    assert page.count("A total, no step.") == 2
    assert "1 step" in page
