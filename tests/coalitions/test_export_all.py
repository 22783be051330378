"""The export of a whole coalition, opened with nothing but zipfile and csv."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models
from django.utils import timezone

from coalitions.models import Coalition, Contact, Look, Partner, Seat
from phast import tenancy
from phast.access.funnel import Tenant
from phast.access.table import Role
from phast.audit.models import Event
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.takeout import describe
from phast.takeout.actions import forget_old, request_takeout
from phast.takeout.models import KEPT, Takeout
from phast.takeout.tables import cell
from phast.takeout.work import write
from tests.client import ReadingClient
from tests.coalitions.pictures import picture
from tests.factories import make_coalition, make_person, sign_in
from tests.world import CANARY, OWN_TEXT, World, actor_of

csv.field_size_limit(10_000_000)


class Opened:
    """An export as somebody else's program reads it."""

    def __init__(self, path: Path) -> None:
        self.archive = zipfile.ZipFile(path)

    def table(self, name: str) -> list[dict[str, str]]:
        text = self.archive.read(f"{name}.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    @property
    def tables(self) -> dict[str, list[dict[str, str]]]:
        names = [name for name in self.archive.namelist() if name.startswith("tables/")]
        return {name[7:-4]: self.table(name[:-4]) for name in names}

    @property
    def text(self) -> str:
        return "\n".join(self.archive.read(name).decode("utf-8", "replace") for name in self.archive.namelist())


def export(coalition: Coalition, path: Path, *, with_history: bool = True) -> Opened:
    by = make_person("exporter@example.org", name="Ex Porter")
    write(path, coalition, with_history=with_history, by=by, at=timezone.now())
    return Opened(path)


@pytest.fixture
def opened(world: World, tmp_path: Path) -> Opened:
    return export(world.ours.coalition, tmp_path / "x.zip")


# ------------------------------------------------------------------ whole
def test_every_table_has_as_many_rows_as_the_database(world: World, opened: Opened) -> None:
    """The database is asked in SQL of its own, by the coalition's key wherever a table has one."""
    tables = opened.tables
    key = world.ours.coalition.pk
    asked = 0
    for name, rows in tables.items():
        if name == describe.PEOPLE or not rows or "coalition_id" not in rows[0]:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{name}" WHERE coalition_id = %s', [key])
            assert cursor.fetchone()[0] == len(rows), name
        asked += 1
    assert asked > 30
    steps = "SELECT count(*) FROM plans_step JOIN plans_plan ON plans_plan.id = plan_id WHERE coalition_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(steps, [key])
        assert cursor.fetchone()[0] == len(tables["plans_step"]) > 0


def test_every_model_pairing_and_history_is_in_it_without_being_listed(opened: Opened) -> None:
    expected = {describe.table_name(model) for model in tenancy.tenant_models()}
    expected |= {through._meta.db_table for through, _ in tenancy.pairings()}
    expected |= {model._meta.db_table for model in tenancy.history_models()}
    assert expected <= set(opened.tables)
    assert {"plans_step", "plans_step_waits_for", "coalitions_partnerevent", "audit_event"} <= expected
    assert len(opened.tables["coalitions_partner_sectors"]) > 0


def test_a_table_that_is_added_is_in_it(world: World, tmp_path: Path) -> None:
    """A model made here and nowhere registered."""

    class AddedLater(Tenant):
        coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="+")
        words = models.TextField()
        nonce = models.CharField(max_length=10)

        class Meta:
            app_label = "takeout"

        def __str__(self) -> str:
            return self.words

    from django.apps import apps

    try:
        with connection.schema_editor() as editor:
            editor.create_model(AddedLater)
        AddedLater.objects.create(coalition=world.ours.coalition, words="new words", nonce="secret")
        AddedLater.objects.create(coalition=world.theirs.coalition, words=CANARY, nonce="secret")
        rows = export(world.ours.coalition, tmp_path / "x.zip").tables["takeout_addedlater"]
        assert [set(row) for row in rows] == [{"id", "coalition_id", "words"}]
        assert rows[0]["words"] == "new words"
        assert "takeout_addedlater" not in export(world.ours.coalition, tmp_path / "y.zip").table("manifest")
        from phast.redaction.matching import Needle
        from phast.redaction.places import find

        assert "takeout.addedlater.words" in {g.key for g in find(world.theirs.coalition, Needle(CANARY)).groups}
    finally:
        del apps.all_models["takeout"]["addedlater"]
        apps.clear_cache()


def test_the_logo_is_in_it_as_a_file_and_another_coalitions_is_not(world: World, tmp_path: Path) -> None:
    kept = {}
    for side, width in ((world.ours, 40), (world.theirs, 60)):
        look = Look.objects.get(coalition=side.coalition)
        kept[side.coalition.slug] = sent = picture(width, 20)
        look.logo.save("logo.png", ContentFile(sent))
    opened = export(world.ours.coalition, tmp_path / "x.zip")
    (row,) = opened.tables["coalitions_look"]
    assert opened.archive.read(row["logo"]) == kept["ours"]
    pictures = [opened.archive.read(name) for name in opened.archive.namelist() if name.endswith(".png")]
    assert pictures == [kept["ours"]]


def test_keys_lead_to_rows_that_are_there(opened: Opened) -> None:
    """Every column that refers to another finds its row, but for what was deleted since (history) and the parent coalition."""
    tables = opened.tables
    joined = 0
    for column in opened.table("columns"):
        target, _, key = column["refers to"].partition(".")
        if (
            not target
            or column["table"].endswith("event")
            or (column["column"], target) == ("parent_id", "coalitions_coalition")
        ):
            continue
        there = {row[key] for row in tables[target]}
        for row in tables[column["table"]]:
            assert row[column["column"]] in there | {""}, column
            joined += bool(row[column["column"]])
    assert joined > 200


def test_a_choice_stands_as_value_and_in_words(opened: Opened) -> None:
    partner = opened.tables["coalitions_partner"][0]
    assert (partner["agency_type"], partner["agency_type_words"]) == ("law_enforcement", "Law enforcement")


def test_nothing_of_another_coalition_is_in_it(opened: Opened) -> None:
    assert CANARY not in opened.text
    assert "theirs" not in json.dumps(opened.tables["people"])


def test_files_people_added_are_in_it_under_their_names(opened: Opened) -> None:
    for table in ("coalitions_agreement", "plans_stepfile", "coalitions_libraryitem"):
        row = opened.tables[table][0]
        assert OWN_TEXT in row["file"]
        assert opened.archive.read(row["file"]).decode() == OWN_TEXT


def test_the_manifest_tells_every_file_its_rows_and_its_hash(opened: Opened) -> None:
    listed = {row["file"]: row for row in opened.table("manifest")}
    assert set(listed) == set(opened.archive.namelist()) - {"manifest.csv"}
    for name, row in listed.items():
        content = opened.archive.read(name)
        assert (row["sha256"], int(row["bytes"])) == (hashlib.sha256(content).hexdigest(), len(content))
        if name.startswith("tables/"):
            assert int(row["rows"]) == len(opened.tables[name[7:-4]])
    assert opened.archive.testzip() is None


def test_every_column_is_described(opened: Opened) -> None:
    described = {(row["table"], row["column"]): row for row in opened.table("columns")}
    for name in opened.tables:
        heads = next(csv.reader(io.StringIO(opened.archive.read(f"tables/{name}.csv").decode("utf-8-sig"))))
        assert (name, "") in described, name
        for head in heads:
            assert described[name, head]["meaning"], (name, head)
            assert described[name, head]["type"], (name, head)
    assert "Non-zero counts below it are hidden" in described["coalitions_coalition", "threshold"]["meaning"]
    assert described["plans_step", "plan_id"]["refers to"] == "plans_plan.id"


def test_the_readme_says_what_it_is_and_how_much(opened: Opened) -> None:
    readme = opened.archive.read("README.txt").decode()
    assert "Ex Porter" in readme
    assert "personal data" in readme.lower()
    assert "plans_step" in readme


# ------------------------------------------------------------------ what is left out
def test_no_secret_is_in_it(world: World, opened: Opened) -> None:
    """By rule, for whatever field has such a name; and none of the values that are in the database."""
    heads = {head for rows in opened.tables.values() for row in rows[:1] for head in row}
    assert not {head for head in heads if tenancy.SECRET.search(head)}
    kept = [
        (model, field)
        for model in [*tenancy.tenant_models(), get_user_model()]
        for field in model._meta.concrete_fields
        if tenancy.SECRET.search(field.name)
    ]
    assert {"nonce", "claim", "worker", "password"} <= {field.name for _, field in kept}
    values = {str(value) for model, field in kept for value in model._base_manager.values_list(field.name, flat=True)}
    assert not [value for value in values if len(value) > 8 and value in opened.text]


def test_who_counted_is_not_in_it(world: World, opened: Opened) -> None:
    for table, column in (
        ("lbn_count", "created_by_id"),
        ("lbn_count", "voided_by_id"),
        ("lbn_periodreport", "submitted_by_id"),
    ):
        assert {row[column] for row in opened.tables[table]} == {""}, table
    events = opened.tables["audit_event"]
    assert {row["user_id"] for row in events if row["as_agency"] == "true"} == {""}
    assert {row["user_id"] for row in events if row["as_agency"] == "false"} != {""}


def test_what_a_seat_fills_is_not_in_it(opened: Opened) -> None:
    for table in ("coalitions_seat", "coalitions_seatevent"):
        rows = opened.tables[table]
        assert rows
        assert not any("sector" in column for column in rows[0])


def test_addresses_of_people_who_left_are_not_in_it(world: World, tmp_path: Path) -> None:
    lead = world.ours.users[Role.LEAD]
    lead.memberships.all().delete()
    people = {row["id"]: row for row in export(world.ours.coalition, tmp_path / "x.zip").tables["people"]}
    gone, stays = people[str(lead.pk)], people[str(world.ours.users[Role.MEMBER].pk)]
    assert (gone["name"], gone["email"], gone["is_member"]) == (str(lead), "", "false")
    assert (stays["email"], stays["is_member"]) == ("member@ours.example.org", "true")


def test_without_history_it_holds_what_is_there_now(world: World, tmp_path: Path) -> None:
    tables = export(world.ours.coalition, tmp_path / "x.zip", with_history=False).tables
    assert not [name for name in tables if name.endswith("event") and name != "audit_event"]


def test_history_of_rows_that_are_gone_is_in_it(world: World, tmp_path: Path) -> None:
    seat = Seat.objects.create(coalition=world.ours.coalition, alias="River")
    key = seat.pk
    seat.delete()
    rows = export(world.ours.coalition, tmp_path / "x.zip").tables["coalitions_seatevent"]
    assert [row["alias"] for row in rows if row["pgh_obj_id"] == str(key)]


# ------------------------------------------------------------------ cells
@pytest.mark.parametrize(
    "text", ["=1+1", "+1 518 555 0100", "-x", "@here", "\tx", "'quoted", "'=x", "plain", 'a "b", c\nd']
)
def test_a_text_is_no_formula_and_can_be_had_back(text: str) -> None:
    written = cell(text)
    assert written[:1] not in tuple("=+-@\t\r")
    assert (written[1:] if written.startswith("'") else written) == text


def test_texts_and_numbers_come_back_as_they_were(world: World, tmp_path: Path) -> None:
    name = '=HYPERLINK("x"), José\n"second"'
    contact = Contact.objects.create(partner=world.ours.agency, name=name, phone="+1 518")
    row = next(
        row
        for row in export(world.ours.coalition, tmp_path / "x.zip").tables["coalitions_contact"]
        if row["id"] == str(contact.pk)
    )
    assert (row["name"], row["phone"]) == (f"'{name}", "'+1 518")


# ------------------------------------------------------------------ the job
def test_an_empty_coalition_has_an_export(db: None, tmp_path: Path) -> None:
    opened = export(make_coalition(), tmp_path / "x.zip")
    assert len(opened.tables["coalitions_coalition"]) == 1
    assert opened.tables["coalitions_partner"] == []
    assert "plans_step" in opened.archive.read("README.txt").decode()


def test_it_is_made_downloaded_and_deleted(transactional_db: None) -> None:
    coalition = make_coalition()
    person = make_person("c@example.org", coalition=coalition, role=Role.COORDINATOR, name="Cory")
    Partner.objects.create(coalition=coalition, name="Troy Police")
    takeout = request_takeout(with_history=True, by=actor_of(person, coalition))
    assert request_takeout(with_history=True, by=actor_of(person, coalition)) == takeout
    stale = Path(default_storage.path(f"takeouts/{takeout.pk}-left.part"))
    stale.parent.mkdir(parents=True, exist_ok=True)
    stale.write_bytes(b"half")
    run(Takeout, takeout.pk)
    takeout.refresh_from_db()
    assert (takeout.state, takeout.message) == (JobState.DONE, "")
    assert not stale.exists()
    run(Takeout, takeout.pk)  # again: nothing happens
    client = ReadingClient()
    sign_in(client, person)
    page = client.get(f"/c/ours/settings/export/{takeout.pk}/").content.decode()
    assert "Download the zip file" in page
    answer = client.get(f"/c/ours/settings/export/{takeout.pk}/download/")
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == takeout.sha256
    assert answer["Content-Disposition"].startswith('attachment; filename="ours-')
    assert set(Event.objects.values_list("verb", flat=True)) >= {"takeout.requested", "takeout.downloaded"}
    path = Path(takeout.file.path)
    assert forget_old() == 0
    Takeout.objects.update(finished_at=timezone.now() - KEPT - dt.timedelta(minutes=1))
    assert forget_old() == 1
    assert not path.exists()
    assert client.get(f"/c/ours/settings/export/{takeout.pk}/download/").status_code == 410


def test_whoever_lost_the_right_meanwhile_gets_nothing(transactional_db: None) -> None:
    coalition = make_coalition()
    make_person("other@example.org", coalition=coalition, role=Role.COORDINATOR)
    person = make_person("c@example.org", coalition=coalition, role=Role.COORDINATOR)
    takeout = request_takeout(with_history=False, by=actor_of(person, coalition))
    person.memberships.all().delete()
    run(Takeout, takeout.pk)
    takeout.refresh_from_db()
    assert (takeout.state, takeout.file.name) == (JobState.FAILED, "")


@pytest.mark.parametrize("role", [Role.LEAD, Role.REPORTER, Role.MEMBER, Role.OBSERVER])
def test_only_coordinators_export(world: World, role: Role) -> None:
    client = ReadingClient()
    sign_in(client, world.ours.users[role])
    takeout = Takeout.objects.of(world.ours.coalition)[0]
    for path in ("keeping/", f"export/{takeout.pk}/", f"export/{takeout.pk}/download/", "redaction/"):
        assert client.get(f"/c/ours/settings/{path}").status_code == 403


def test_a_file_that_was_changed_is_not_handed_out(world: World) -> None:
    client = ReadingClient()
    sign_in(client, world.ours.users[Role.COORDINATOR])
    takeout = Takeout.objects.of(world.ours.coalition)[0]
    assert client.get(f"/c/ours/settings/export/{takeout.pk}/download/").status_code == 410


def test_writing_a_table_takes_the_same_number_of_queries_for_many_rows(
    world: World, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        export(world.ours.coalition, tmp_path / "x.zip")
    for n in range(30):
        Partner.objects.create(coalition=world.ours.coalition, name=f"Partner {n}")
    with CaptureQueriesContext(connection) as many:
        export(world.ours.coalition, tmp_path / "y.zip")

    def tables(queries: Any) -> Counter[str]:
        """Queries by what they read; whoever asks for the export is made the first time."""
        return Counter(
            re.sub(r'"_django_curs_\w+"', "", q["sql"]).split("WHERE")[0][:300] for q in queries if "FROM" in q["sql"]
        )

    extra = tables(many) - tables(few)
    assert not extra
