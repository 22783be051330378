"""Training as counts: sessions that agencies share, the numbers of their people, and the word before a first count."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coalitions import releases
from lbn.actions.training import (
    enter_part,
    record_personnel,
    record_session,
    remove_session,
)
from lbn.enums import Audience, SessionKind
from lbn.models import PersonnelCount, SessionPart, TrainingElement, TrainingSession
from lbn.refusals import LooksAlike
from lbn.selectors.training import covered_by, warns_untrained
from lbn.summary import kits
from phast.access.table import Role
from phast.audit.models import Event
from phast.reports.summary import EXACT
from tests.client import ReadingClient
from tests.factories import make_partner, make_person, sign_in
from tests.world import actor_of

from .conftest import TODAY, Scene
from .phones import AGENCIES, SCRIPT
from .world import make_count

TRAINING = "/c/ours/naloxone/training/"
NEW = f"{TRAINING}sessions/new/"


def element(key: str, order: int = 1) -> TrainingElement:
    words = {"title": key.title(), "text": "What it is about.", "order": order, "source": "NY ORS Team"}
    return TrainingElement.objects.get_or_create(key=key, defaults=words)[0]


def session_of(scene: Scene, **values: Any) -> TrainingSession:
    """A roll call that the agency held today with eight people, seven of them trained, with any of it changed."""
    values = {
        "partner": scene.agency,
        "kind": SessionKind.ROLL_CALL,
        "audience": Audience.PERSONNEL,
        "held_on": TODAY,
        "elements": [],
        "parts": {scene.agency: (8, 7)},
        "by": scene.reporter,
    } | values
    return record_session(**values)


def client_of(user: Any) -> Client:
    client = ReadingClient()
    sign_in(client, user)
    return client


def own_form(**values: Any) -> dict[str, Any]:
    return {
        "kind": "roll_call",
        "audience": "personnel",
        "held_on": "2026-11-20",
        "took_part": "8",
        "trained": "7",
    } | values


def shared_form(*rows: tuple[str, str, str], **values: Any) -> dict[str, Any]:
    told = {"kind": "roll_call", "audience": "personnel", "held_on": "2026-11-20", "host": ""}
    for at, row in enumerate(rows):
        told |= dict(zip((f"agency_{at}", f"took_{at}", f"trained_{at}"), row, strict=True))
    return told | values


# ------------------------------------------------------------------ who enters what
def test_a_reporter_records_a_roll_call_and_names_who_came_along(scene: Scene) -> None:
    element("myths")
    client = client_of(scene.reporter_user)
    response = client.post(NEW, own_form(elements="myths", with_0="colonie ems"))
    assert response.url == f"{TRAINING}{scene.agency.pk}/"
    session = TrainingSession.objects.get()
    assert (session.partner, session.held_on) == (scene.agency, TODAY)
    parts = {part.partner: (part.took_part, part.trained) for part in session.parts.all()}
    assert parts == {scene.agency: (8, 7), scene.other: (0, 0)}
    assert [one.key for one in covered_by(scene.agency) if one.last_covered == TODAY] == ["myths"]
    assert [one.last_covered for one in covered_by(scene.other)] == [None]  # until it says that somebody came


def test_an_agency_that_came_along_enters_its_own_numbers_and_no_others(scene: Scene) -> None:
    session = session_of(scene, parts={scene.agency: (8, 7), scene.other: None})
    part = session.parts.get(partner=scene.other)
    own = session.parts.get(partner=scene.agency)
    user = make_person("cole@example.org", coalition=scene.coalition, role=Role.REPORTER, partner=scene.other)
    client = client_of(user)
    page = client.get(f"{TRAINING}{scene.other.pk}/").content.decode()
    assert "Numbers to come" in page
    assert "Enter ours" in page
    assert client.get(f"{TRAINING}parts/{own.pk}/").status_code == 404
    assert client.get(f"{TRAINING}sessions/{session.pk}/").status_code == 404
    assert client.post(f"{TRAINING}parts/{part.pk}/", {"took_part": "5", "trained": "6"}).status_code == 422
    assert client.post(f"{TRAINING}parts/{part.pk}/", {"took_part": "5", "trained": "4"}).status_code == 302
    part.refresh_from_db()
    assert (part.took_part, part.trained) == (5, 4)
    told = client.get(f"{TRAINING}{scene.other.pk}/").content.decode()
    assert "Riverbend Police" in told  # who held it and who came is known; how many came of others is not
    assert 'data-label="Ours">5<' in told
    assert 'data-label="Ours">8<' not in told


def test_an_agency_cannot_take_out_what_another_one_entered(scene: Scene) -> None:
    session = session_of(scene, parts={scene.agency: (8, 7), scene.other: None})
    enter_part(part=session.parts.get(partner=scene.other), took_part=5, trained=4, by=scene.coordinator)
    client = client_of(scene.lead_user)
    session.refresh_from_db()
    response = client.post(f"{TRAINING}sessions/{session.pk}/", own_form(version=session.version))
    assert response.status_code == 422
    assert "Colonie EMS has entered its numbers" in response.content.decode()
    client.post(f"{TRAINING}sessions/{session.pk}/remove/")
    assert SessionPart.objects.get(partner=scene.other).trained == 4
    remove_session(session=session, by=scene.coordinator)
    assert not SessionPart.objects.exists()


def test_the_coordinator_records_a_session_that_agencies_shared(scene: Scene) -> None:
    client = client_of(scene.coordinator_user)
    response = client.post(NEW, shared_form(("Riverbend Police", "12", "11"), ("Colonie EMS", "", "")))
    assert response.url == TRAINING
    session = TrainingSession.objects.get()
    assert session.partner is None
    assert {part.partner.name: part.took_part for part in session.parts.all()} == {
        "Riverbend Police": 12,
        "Colonie EMS": 0,
    }
    assert "Numbers to come" in client.get(f"{TRAINING}{scene.other.pk}/").content.decode()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("", "3", "2")], "Say which agency these numbers are of."),
        ([("Riverbend Police", "3", "4")], "No more people can be trained than took part."),
        ([("Riverbend Police", "3", "")], "Say how many of them were trained, 0 if nobody was."),
        ([("Riverbend Police", "", "3")], "Say how many took part."),
        ([("Riverbend Police", "3", "2"), ("Riverbend Police", "1", "1")], "stands here twice"),
        ([("Riverbend Police", "2.5", "2")], "Enter a whole number"),
        ([], "Say which agency took part."),
    ],
)
def test_rows_that_make_no_sense_come_back_as_typed(
    scene: Scene, rows: list[tuple[str, str, str]], sentence: str
) -> None:
    response = client_of(scene.coordinator_user).post(NEW, shared_form(*rows))
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    for row in rows:
        assert all(f'value="{typed}"' in page for typed in row if typed)
    assert not TrainingSession.objects.exists()


def test_among_many_agencies_a_part_of_the_name_will_do_where_one_has_it(scene: Scene) -> None:
    for number in range(80):
        make_partner(scene.coalition, f"Agency {number:02}", agency_type="ems_fire")
    client = client_of(scene.coordinator_user)
    assert "<datalist" in client.get(NEW).content.decode()
    assert client.post(NEW, shared_form(("agency", "3", "2"))).status_code == 422
    assert client.post(NEW, shared_form(("nobody", "3", "2"))).status_code == 422
    assert client.post(NEW, shared_form(("agency 07", "3", "2"))).status_code == 302
    assert SessionPart.objects.get().partner.name == "Agency 07"


def test_pressing_twice_records_once_and_a_second_session_of_the_day_is_asked_about(scene: Scene) -> None:
    client = client_of(scene.reporter_user)
    client.post(NEW, own_form())
    again = client.post(NEW, own_form(took_part="9"))
    assert again.status_code == 409
    page = again.content.decode()
    assert "Is this another session?" in page
    assert 'value="9"' in page
    assert TrainingSession.objects.count() == 1
    assert client.post(NEW, own_form(took_part="9", confirmed="yes")).status_code == 302
    assert TrainingSession.objects.count() == 2
    with pytest.raises(LooksAlike):
        session_of(scene)


def test_a_session_still_to_come_is_not_recorded(scene: Scene) -> None:
    with pytest.raises(ValidationError, match="still to come"):
        session_of(scene, held_on=TODAY + dt.timedelta(days=1))


def test_two_people_who_change_one_session_see_both_values(scene: Scene) -> None:
    session = session_of(scene)
    address = f"{TRAINING}sessions/{session.pk}/"
    client = client_of(scene.lead_user)
    opened = own_form(version=session.version, **{f"initial-{name}": value for name, value in own_form().items()})
    assert client.post(address, opened | {"took_part": "10"}).status_code == 302
    late = client.post(address, opened | {"took_part": "12", "trained": "6"})
    assert late.status_code == 422
    assert "Somebody else saved this" in late.content.decode()
    part = session.parts.get()
    assert (part.took_part, part.trained) == (10, 7)
    session.refresh_from_db()
    theirs = opened | {
        "version": session.version,
        "initial-took_part": "10",
        "took_part": "12",
        "trained": "6",
        "use_saved": "took_part",
    }
    assert client.post(address, theirs).status_code == 302
    part.refresh_from_db()
    assert (part.took_part, part.trained) == (10, 6)


def test_what_was_done_is_in_the_log_as_the_agencys(scene: Scene) -> None:
    session_of(scene)
    event = Event.objects.get(verb="session.recorded")
    assert event.as_agency
    assert event.acting_for == "Riverbend Police"


# ------------------------------------------------------------------ numbers
def test_the_first_numbers_begin_with_what_the_latest_session_said(scene: Scene) -> None:
    session_of(scene)
    client = client_of(scene.reporter_user)
    initial = client.get(f"{TRAINING}{scene.agency.pk}/").context["form"].initial
    assert (initial["taking_part"], initial["trained"]) == (8, 7)
    PersonnelCount.objects.create(
        coalition=scene.coalition, partner=scene.agency, as_of=TODAY, taking_part=20, trained=7, due=13
    )
    assert "trained" not in client.get(f"{TRAINING}{scene.agency.pk}/").context["form"].initial


def test_numbers_of_a_day_are_entered_once_corrected_and_removed(scene: Scene) -> None:
    client = client_of(scene.reporter_user)
    add = f"{TRAINING}{scene.agency.pk}/numbers/"
    typed = {"as_of": "2026-11-20", "taking_part": "20", "trained": "12", "due": "3"}
    assert client.post(add, typed | {"trained": "21"}).status_code == 422
    assert [client.post(add, typed).status_code for _ in range(2)] == [302, 302]
    other = client.post(add, typed | {"trained": "13"})
    assert other.status_code == 422
    assert "There are numbers for this day already." in other.content.decode()
    one = PersonnelCount.objects.get()
    address = f"{TRAINING}numbers/{one.pk}/"
    seen = {"seen": "2026-11-20: 20, 12, 3"}
    assert client.post(address, typed | seen | {"trained": "14"}).status_code == 302
    late = client.post(address, typed | seen | {"trained": "11"})
    assert late.status_code == 422
    assert "Now they say 20, 14, 3" in late.content.decode()
    assert 'value="11"' in late.content.decode()
    one.refresh_from_db()
    assert one.trained == 14
    client.post(f"{address}remove/")
    assert not PersonnelCount.objects.exists()


def test_the_coordinator_sees_every_agency_and_finds_those_with_nobody_trained(scene: Scene) -> None:
    record_personnel(partner=scene.agency, as_of=TODAY, taking_part=20, trained=12, due=3, by=scene.coordinator)
    session_of(scene)
    client = client_of(scene.coordinator_user)
    page = client.get(TRAINING).content.decode()
    assert 'data-label="Trained">12<' in page
    assert "Nov 20, 2026" in page
    assert "Nobody yet" in page
    only = client.get(f"{TRAINING}?show=untrained").content.decode().partition('id="sessions"')[0]
    assert f"{TRAINING}{scene.other.pk}/" in only
    assert f"{TRAINING}{scene.agency.pk}/" not in only


def test_pages_cost_the_same_whether_few_or_many(scene: Scene) -> None:
    def asked(address: str) -> int:
        client = client_of(scene.coordinator_user)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    session_of(scene, parts={scene.agency: (8, 7), scene.other: (3, 2)}, by=scene.coordinator)
    record_personnel(partner=scene.agency, as_of=TODAY, taking_part=20, trained=12, due=3, by=scene.coordinator)
    addresses = [TRAINING, f"{TRAINING}{scene.agency.pk}/", f"{TRAINING}sessions/"]
    few = [asked(address) for address in addresses]
    for number in range(4):
        agency = make_partner(scene.coalition, f"Agency {number}", agency_type="ems_fire")
        day = TODAY - dt.timedelta(days=number + 1)
        parts = {scene.agency: (8, 7), agency: (3, 2)}
        session_of(scene, held_on=day, elements=[element(f"one-{number}", number)], parts=parts, by=scene.coordinator)
        record_personnel(partner=scene.agency, as_of=day, taking_part=20, trained=10, due=3, by=scene.coordinator)
    assert [asked(address) for address in addresses] == few
    assert max(few) <= 24


# ------------------------------------------------------------------ before a first count
def test_before_its_first_count_an_agency_with_nobody_trained_is_told_everywhere_and_may_count(scene: Scene) -> None:
    client = client_of(scene.reporter_user)
    for address in ("/c/ours/naloxone/log/", "/c/ours/naloxone/month/"):
        page = client.get(address).content.decode()
        assert "nobody of Riverbend Police has had the training yet" in page
        assert f'href="{TRAINING}{scene.agency.pk}/"' in page
    [agency] = client.get(AGENCIES, headers=SCRIPT).json()["agencies"]
    assert agency["training"] == f"{TRAINING}{scene.agency.pk}/"
    scene.log()
    assert not warns_untrained(scene.agency)
    [agency] = client.get(AGENCIES, headers=SCRIPT).json()["agencies"]
    assert agency["training"] == ""
    assert "has had the training yet" not in client.get("/c/ours/naloxone/log/").content.decode()


def test_somebody_trained_ends_the_word_and_a_removed_count_does_not(scene: Scene) -> None:
    make_count(scene.agency, scene.lead_user, TODAY, voided_by=scene.lead_user)
    assert warns_untrained(scene.agency)
    session_of(scene, parts={scene.agency: (8, 0)})
    assert warns_untrained(scene.agency)
    record_personnel(partner=scene.agency, as_of=TODAY, taking_part=8, trained=1, due=0, by=scene.reporter)
    assert not warns_untrained(scene.agency)
    assert warns_untrained(scene.other)


def test_no_field_of_training_could_hold_a_person() -> None:
    for model in (TrainingSession, SessionPart, PersonnelCount):
        kinds = {field.name: field.get_internal_type() for field in model._meta.get_fields() if not field.auto_created}
        words = {name for name, kind in kinds.items() if kind in {"TextField", "JSONField", "FileField"}}
        chosen = {field.name for field in model._meta.fields if field.choices}
        assert not words
        assert {name for name, kind in kinds.items() if kind == "CharField"} <= chosen


def test_a_lead_of_one_agency_lands_on_its_page(scene: Scene) -> None:
    assert client_of(scene.lead_user).get(TRAINING).url == f"{TRAINING}{scene.agency.pk}/"
    assert actor_of(scene.lead_user, scene.coalition)


def test_a_summary_of_sessions_in_which_nobody_was_said_to_be_trained_says_who_took_part(scene: Scene) -> None:
    session = TrainingSession.objects.create(
        coalition=scene.coalition, kind=SessionKind.ROLL_CALL, held_on=TODAY, created_by=scene.coordinator_user
    )
    make_count(scene.agency, scene.reporter_user, TODAY)
    part = SessionPart.objects.create(session=session, partner=scene.agency, took_part=5, trained=0)

    def says() -> str:
        return kits(scene.coalition, releases.Span(TODAY.replace(day=1), TODAY), EXACT)[0].says[-1]

    assert says() == "1 training session with 5 people."
    part.trained = 1
    part.save()
    assert says() == "1 training session with 1 person trained."
