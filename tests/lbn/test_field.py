"""What the script of the phone page hears: JSON whatever happens, and never a yes that is none."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lbn.actions import close_period, ensure_periods
from lbn.models import Count, KitType, Period
from lbn.shell import FILES, SCRIPTS
from phast.access.table import Role
from phast.accounts.models import User
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, make_person, sign_in

from .api import count_of
from .conftest import TODAY, Scene
from .phones import AGENCIES, COUNTS, PERSON, SCRIPT, send
from .world import make_count


@pytest.fixture
def phone(scene: Scene) -> Client:
    client = ReadingClient()
    sign_in(client, scene.reporter_user)
    return client


def test_the_page_is_the_same_for_everybody_and_holds_no_data(scene: Scene, phone: Client) -> None:
    pages = [client.get("/field/") for client in (phone, ReadingClient())]
    assert pages[0].content == pages[1].content
    told = pages[0].content.decode()
    for secret in ("Riverbend", "Rae", "12207", "csrf", scene.coalition.name):
        assert secret not in told
    assert "script-src" not in pages[0].headers["Content-Security-Policy"]
    assert "default-src 'self'" in pages[0].headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*src=)|<style|\son[a-z]+=|\sstyle=", told)


def test_the_worker_keeps_every_file_that_the_page_asks_for(db: None) -> None:
    client = ReadingClient()
    page, worker = (client.get(address).content.decode() for address in ("/field/", "/field/worker.js"))
    kept = set(re.findall(r'"(/[^"]*)"', worker.split("const FILES")[1].split(";")[0]))
    asked = set(re.findall(r'<(?:script|link)[^>]*(?:src|href)="(/[^"]+)"', page))
    assert asked <= kept
    assert len(kept) == len(FILES) + 2
    assert len(SCRIPTS) == page.count("<script")
    for address in sorted(kept - {f"/static/{name}" for name in FILES}):
        assert client.get(address).status_code == 200


def test_the_manifest_opens_the_page(db: None) -> None:
    response = ReadingClient().get("/field/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    told = response.json()
    assert (told["start_url"], told["scope"], told["display"]) == ("/field/", "/field/", "standalone")
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}


@pytest.mark.parametrize("address", [PERSON, AGENCIES, COUNTS])
@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/html"])
def test_a_script_that_is_signed_out_hears_where_to_sign_in(scene: Scene, address: str, accept: str) -> None:
    client = ReadingClient()
    ask = client.post if address == COUNTS else client.get
    response = ask(address, headers={"Accept": accept})
    assert response.status_code == 401
    assert response.json()["sign_in"] == "/accounts/login/"


def test_a_coordinator_without_a_second_factor_hears_where_to_set_one_up(scene: Scene) -> None:
    User.objects.filter(pk=scene.coordinator_user.pk).update(last_login=None)
    client = ReadingClient()
    client.force_login(scene.coordinator_user)
    response = send(client, scene.coordinator_user, count_of())
    assert response.status_code == 401
    assert response.json()["sign_in"] == "/accounts/2fa/"


def test_the_person_learns_what_the_form_offers(scene: Scene, phone: Client) -> None:
    KitType.objects.create(coalition=scene.coalition, name="Nasal spray")
    KitType.objects.create(coalition=scene.coalition, name="Old kit", is_active=False)
    make_count(scene.agency, scene.lead_user, TODAY, zip_code="12210")
    make_count(scene.agency, scene.reporter_user, TODAY.replace(day=1), zip_code="12203")
    make_count(scene.other, scene.lead_user, TODAY, zip_code="12207")
    person = phone.get(PERSON, headers=SCRIPT).json()
    assert person["person"] == scene.reporter_user.pk
    assert person["coalitions"] == [AGENCIES]
    [agency] = phone.get(AGENCIES, headers=SCRIPT).json()["agencies"]
    assert agency["name"] == "Riverbend Police"
    assert agency["zips"] == ["12203", "12210"]  # the person's own first
    assert [kit["name"] for kit in agency["kit_types"]] == ["Nasal spray"]
    assert (agency["send"], agency["time_zone"]) == (COUNTS, "America/New_York")


def test_the_agencies_of_a_coordinator_cost_the_same_whether_few_or_many(scene: Scene) -> None:
    def ask() -> tuple[int, int]:
        client = ReadingClient()
        sign_in(client, scene.coordinator_user)
        with CaptureQueriesContext(connection) as asked:
            found = client.get(AGENCIES, headers=SCRIPT).json()["agencies"]
        return len(found), len(asked)

    few, asked_for_few = ask()
    for number in range(12):
        make_partner(scene.coalition, f"Agency {number}", agency_type="ems_fire")
    many, asked_for_many = ask()
    assert many == few + 12
    assert asked_for_many == asked_for_few


def test_a_count_is_saved_once_and_says_where_to_correct_it(scene: Scene, phone: Client) -> None:
    body = count_of(kits=3, setting="overdose_scene", declined=1)
    first, second = send(phone, scene.reporter_user, body), send(phone, scene.reporter_user, body)
    count = Count.objects.get()
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["key"] == body["key"] == str(count.client_key)
    assert first.json()["correct"] == f"/c/ours/naloxone/counts/{count.pk}/"
    assert (count.kits, count.channel, count.declined) == (3, "phone", 1)


def test_another_persons_session_never_sends_a_count(scene: Scene) -> None:
    """Also not a colleague's: the count says who counted."""
    for user in (scene.lead_user, scene.coordinator_user):
        client = ReadingClient()
        sign_in(client, user)
        response = send(client, scene.reporter_user, count_of(agency=scene.agency.pk))
        assert (response.status_code, response.json()["reason"]) == (409, "other_person")
    response = send(client, scene.coordinator_user, count_of(agency=scene.agency.pk, person=""))
    assert (response.status_code, response.json()["reason"]) == (409, "other_person")
    assert not Count.objects.exists()


def test_a_count_goes_to_the_agency_it_names_or_nowhere(scene: Scene, phone: Client) -> None:
    response = send(phone, scene.reporter_user, count_of(agency=scene.other.pk))
    assert (response.status_code, response.json()["reason"]) == (403, "agency")
    theirs = make_coalition("Theirs")
    make_partner(theirs, "Elsewhere Police", agency_type="law_enforcement")
    response = send(phone, scene.reporter_user, count_of(), f"/c/{theirs.slug}/naloxone/field/counts/")
    assert (response.status_code, response.json()["reason"]) == (404, "agency")
    assert not Count.objects.exists()


def test_somebody_who_may_not_count_hears_it_in_json(scene: Scene) -> None:
    client = ReadingClient()
    observer = make_person("obi@example.org", coalition=scene.coalition, role=Role.OBSERVER)
    sign_in(client, observer)
    response = send(client, observer, count_of())
    assert (response.status_code, response.json()["reason"]) == (403, "agency")


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b'"text"', b"{}", b'{"a":1,"a":2}', b"\xff", b"x" * 20_000])
def test_nonsense_is_answered_and_never_saved(scene: Scene, phone: Client, raw: bytes) -> None:
    response = send(phone, scene.reporter_user, raw)
    assert response.status_code in {400, 409, 422}
    assert response.json()["outcome"] in {"refused", "problems"}
    assert not Count.objects.exists()


def test_a_closed_period_and_a_reused_key_are_refused_with_a_sentence(scene: Scene, phone: Client) -> None:
    key = str(uuid.uuid4())
    send(phone, scene.reporter_user, count_of(key=key))
    reused = send(phone, scene.reporter_user, count_of(key=key, kits=9))
    assert (reused.status_code, reused.json()["reason"]) == (422, "key_reused")
    ensure_periods(coalition=scene.coalition, today=TODAY)
    close_period(period=Period.objects.get(from_on="2026-10-01"), by=scene.coordinator)
    closed = send(phone, scene.reporter_user, count_of(day="2026-10-05"))
    assert (closed.status_code, closed.json()["reason"]) == (409, "closed")
    assert "October 2026 is closed" in closed.json()["sentence"]


def test_the_desk_page_shows_the_way_to_the_phone_page(scene: Scene, phone: Client) -> None:
    told = phone.get("/c/ours/naloxone/log/").content.decode()
    assert 'href="/field/"' in told
    assert "QR code that opens the phone page" in told
