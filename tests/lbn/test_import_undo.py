"""An import is undone as a whole, the file may come in again, and what was exported comes in as it went out."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from coalitions.models import Coalition, Partner
from lbn.actions import correct_count, void_count
from lbn.enums import VoidReason
from lbn.importing.words import EXPORTED, WHO
from lbn.models import AgencyRollup, Count, CountImport, KitType, Period
from lbn.resources import CountResource
from phast.audit.models import Event
from phast.jobs.lease import run
from tests.factories import make_person
from tests.sheets.files import text_file

from .conftest import Scene
from .files import Desk, words

HEADER = ("Date", "ZIP", "Kits")
FILE = text_file(HEADER, ("2026-10-05", "12207", 3), ("2026-10-06", "12203", 2))


@pytest.fixture
def desk(scene) -> Desk:
    return Desk(scene, scene.lead_user)


@pytest.fixture
def coordinators_desk(scene) -> Desk:
    return Desk(scene, scene.coordinator_user)


def close_october(desk: Desk) -> None:
    Period.objects.update_or_create(
        coalition=desk.scene.coalition,
        from_on="2026-10-01",
        to_on="2026-10-31",
        defaults={
            "due_on": "2026-11-30",
            "closed_at": dt.datetime(2026, 11, 19, tzinfo=dt.UTC),
            "closed_by": desk.scene.coordinator_user,
        },
    )


def live() -> int:
    return sum(Count.objects.filter(voided_at=None).values_list("kits", flat=True))


def kept() -> int:
    return sum(AgencyRollup.objects.values_list("kits", flat=True))


# ---- undo
def test_an_import_is_undone_as_a_whole_and_the_same_file_may_come_again(desk: Desk) -> None:
    first = desk.imported(FILE)
    assert "2 counts with 5 kits are taken out of every sum." in words(desk.client.get(desk.url("import_undo", first)))
    assert "2 counts with 5 kits taken out. The same file may be imported again." in desk.undo(first)
    assert first.stage == CountImport.Stage.UNDONE
    assert set(Count.objects.values_list("void_reason", flat=True)) == {VoidReason.IMPORT_UNDONE}
    assert (live(), kept()) == (0, 0)
    desk.imported(FILE)
    assert (live(), kept()) == (5, 5)
    event = Event.objects.get(verb="counts.import_undone")
    assert (event.detail["rows"], event.detail["kits"]) == (2, 5)


def test_what_was_corrected_since_goes_too_and_what_was_removed_stays_removed(desk: Desk, scene) -> None:
    count_import = desk.imported(FILE)
    three, two = Count.objects.order_by("from_on")
    values = {"from_on": three.from_on, "to_on": three.to_on, "place": "zip", "zip_code": "12207", "by": scene.reporter}
    four = correct_count(count=three, kits=4, client_key=uuid.uuid4(), **values)
    correct_count(count=four, kits=5, client_key=uuid.uuid4(), **values)
    void_count(count=two, reason=VoidReason.TWICE, by=scene.reporter)
    page = words(desk.client.get(desk.url("import_undo", count_import)))
    assert "1 count with 5 kits is taken out of every sum." in page
    assert "1 of them was corrected after the import. The corrected count goes too." in page
    desk.undo(count_import)
    assert (live(), kept()) == (0, 0)
    two.refresh_from_db()
    assert two.void_reason == VoidReason.TWICE


def test_a_closed_period_keeps_its_import(desk: Desk, scene) -> None:
    count_import = desk.imported(FILE)
    close_october(desk)
    told = words(desk.client.get(desk.url("import_undo", count_import)))
    assert "October 2026 is closed, and this import has counts in it, so it cannot be undone." in told
    desk.undo(count_import)
    assert (count_import.stage, live()) == (CountImport.Stage.IMPORTED, 5)


def test_a_period_closed_while_the_undo_waits_keeps_its_import_and_says_so(desk: Desk) -> None:
    count_import = desk.imported(FILE)
    desk.client.post(desk.url("import_undo", count_import))
    close_october(desk)
    run(CountImport, count_import.pk)
    count_import.refresh_from_db()
    assert (count_import.stage, count_import.undone_by, live()) == (CountImport.Stage.IMPORTED, None, 5)
    assert "October 2026 is closed" in desk.preview(count_import)


def test_a_second_undo_and_the_file_meanwhile_are_told_to_wait(desk: Desk) -> None:
    count_import = desk.imported(FILE)
    desk.client.post(desk.url("import_undo", count_import))
    assert "An import of this file is being undone." in words(desk.upload(FILE))
    again = desk.client.post(desk.url("import_undo", count_import), follow=True)
    assert "This import has moved on meanwhile" in words(again)


def test_another_agencys_import_cannot_be_undone(scene, desk: Desk) -> None:
    count_import = desk.imported(FILE)
    stranger = Desk(
        scene, make_person("s@example.org", coalition=scene.coalition, role="reporter", partner=scene.other)
    )
    assert stranger.client.post(stranger.url("import_undo", count_import)).status_code == 404
    assert live() == 5


# ---- there and back
def export(desk: Desk, kind: str) -> bytes:
    response = desk.client.post(desk.url("count_file") + f"?agency={desk.scene.agency.pk}&removed=on", {"format": kind})
    assert response.status_code == 200
    return response.content


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_comes_in_as_the_same_and_adds_nothing(coordinators_desk: Desk, scene, kind: str) -> None:
    desk = coordinators_desk
    kit = KitType.objects.create(coalition=scene.coalition, name="=Nasal 4 mg")
    scene.log(kits=3, kit_type=kit, declined=2, setting="overdose_scene", recipient="family")
    scene.log(place="unknown", zip_code="", kits=4)
    scene.log(kits=0, from_on=dt.date(2026, 10, 1), to_on=dt.date(2026, 10, 31), zip_code="12203")
    void_count(count=scene.log(kits=9, zip_code="12210"), reason=VoidReason.TWICE, by=scene.reporter)
    data = export(desk, kind)
    count_import = desk.check(data, f"counts.{kind}")
    assert (count_import.findings["accepted"], count_import.findings["rejected"]) == (0, 0)
    assert "Every count of this file looks like one that is there already." in desk.preview(count_import)
    answers = dict.fromkeys(count_import.findings["questions"], "leave_out")
    assert "No row is left to import." in words(desk.agree(count_import, **answers))

    before = sorted(Count.objects.filter(voided_at=None).values_list(*SAME))
    empty = into_an_empty_coalition(scene)
    empty.imported(data, f"counts.{kind}")
    after = sorted(Count.objects.filter(coalition=empty.scene.coalition).values_list(*SAME))
    assert after == before


SAME = (
    "partner__name",
    "from_on",
    "to_on",
    "place",
    "zip_code",
    "kits",
    "setting",
    "recipient",
    "kit_type__name",
    "declined",
    "none_available",
    "reversals",
)


def into_an_empty_coalition(scene: Scene) -> Desk:
    """Another coalition with an agency and a kit of the same names."""
    other = Coalition.objects.create(name="Second", slug="second")
    other.counties.set(scene.coalition.counties.all())
    Partner.objects.create(coalition=other, name=scene.agency.name, agency_type=scene.agency.agency_type)
    KitType.objects.create(coalition=other, name="=Nasal 4 mg")
    person = make_person("second@example.org", coalition=other, role="coordinator")
    return Desk(Scene(other, scene.agency, scene.other, person, person, person), person)


def test_the_import_knows_the_columns_of_the_export() -> None:
    names = [field.column_name for field in CountResource.fields.values()]
    assert tuple(names[: len(EXPORTED)]) == EXPORTED
    assert WHO in names
