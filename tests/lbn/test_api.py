"""The API for agencies' records systems."""

from __future__ import annotations

import datetime as dt
import json
import logging
import zipfile
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from coalitions.enums import PartnerStatus
from lbn.actions import close_period, ensure_periods, make_token, revoke_token
from lbn.entering import MEMBERS
from lbn.models import ApiToken, Count, Period
from lbn.openapi import EXAMPLE, FIELDS, document
from phast.audit.models import Event
from phast.takeout.work import write
from tests.factories import make_coalition, make_partner, sign_in
from tests.world import actor_of

from .api import COUNTS, count_of, post, token_for
from .conftest import NOON, TODAY, Scene


@pytest.fixture
def secret(scene: Scene) -> str:
    return token_for(scene.agency, scene.coordinator)


# ------------------------------------------------------------------ counts
def test_a_records_system_sends_a_count(scene: Scene, secret: str) -> None:
    response = post(secret, count_of(kits=3, reversals=1))
    assert (response.status_code, response.json()["outcome"]) == (201, "saved")
    count = Count.objects.get()
    assert (count.partner, count.kits, count.reversals, count.channel) == (scene.agency, 3, 1, "api")
    assert not count.on_behalf
    assert Event.objects.get(verb="count.logged").who == "Riverbend Police"


def test_an_idempotency_key_stands_for_the_keys_of_its_counts(scene: Scene, secret: str) -> None:
    body = [count_of(key=None), count_of(key=None, zip="12203")]
    assert post(secret, body, Idempotency_Key="run 17").status_code == 201
    again = post(secret, body, Idempotency_Key="run 17")
    assert (again.status_code, [each["outcome"] for each in again.json()["results"]]) == (200, ["saved_before"] * 2)
    assert Count.objects.count() == 2
    other = post(secret, [count_of(key=None, kits=2)], Idempotency_Key="run 17")
    assert (other.status_code, other.json()["results"][0]["reason"]) == (422, "key_reused")
    assert Count.objects.count() == 2


def test_without_any_key_nothing_is_saved(scene: Scene, secret: str) -> None:
    response = post(secret, count_of(key=None))
    assert (response.status_code, response.json()["problems"][0]["field"]) == (422, "key")


def test_of_a_list_the_good_ones_are_saved_and_all_are_told(scene: Scene, secret: str) -> None:
    good, odd, bad = count_of(), count_of(zip="12299"), count_of(kits="three")
    response = post(secret, [good, odd, bad])
    told = response.json()
    assert response.status_code == 422
    assert (told["saved"], told["not_saved"]) == (1, 2)
    assert [each["status"] for each in told["results"]] == [201, 409, 422]
    assert post(secret, [good, odd]).status_code == 409
    assert post(secret, [good]).status_code == 200
    assert Count.objects.count() == 1


def test_five_hundred_counts_go_in_one_request(scene: Scene, secret: str) -> None:
    days = [TODAY - dt.timedelta(days=number % 60) for number in range(500)]
    body = [
        count_of(
            day=day.isoformat(),
            setting=["", "vending", "reentry", "other"][n % 4],
            recipient=["", "friend", "family"][n % 3],
        )
        for n, day in enumerate(days)
    ]
    for number, each in enumerate(body):
        each["zip"] = ["12203", "12207", "12210"][number // 200]
    response = post(secret, body)
    assert response.json()["saved"] + response.json()["not_saved"] == 500
    assert all(each["outcome"] in ("saved", "questions") for each in response.json()["results"])
    assert post(secret, [*body, count_of()]).status_code == 413
    assert post(secret, []).status_code == 422


def test_a_token_counts_for_its_agency_alone(scene: Scene, secret: str) -> None:
    theirs = make_partner(make_coalition(slug="theirs"), "Their Police", agency_type="law_enforcement")
    for agency in (scene.other.pk, theirs.pk, 999_999):
        response = post(secret, count_of(agency=agency))
        assert (response.status_code, response.json()["reason"]) == (403, "agency")
    assert post(secret, count_of(agency=scene.agency.pk)).status_code == 201
    assert set(Count.objects.values_list("partner", flat=True)) == {scene.agency.pk}


def test_an_agency_that_left_sends_nothing_more(scene: Scene, secret: str) -> None:
    type(scene.agency).objects.filter(pk=scene.agency.pk).update(status=PartnerStatus.INACTIVE)
    assert post(secret, count_of()).status_code == 403


def test_a_closed_period_takes_nothing(scene: Scene, secret: str) -> None:
    ensure_periods(coalition=scene.coalition, today=TODAY)
    close_period(period=Period.objects.get(from_on="2026-10-01"), by=scene.coordinator)
    response = post(secret, count_of(day="2026-10-15"))
    assert (response.status_code, response.json()["reason"]) == (409, "closed")


def test_days_are_those_of_the_coalition(scene: Scene, secret: str) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 21, 4, 59, tzinfo=dt.UTC), tick=False):
        assert post(secret, count_of()).status_code == 201
        assert post(secret, count_of(day="2026-11-21")).status_code == 422


# ------------------------------------------------------------------ who gets in
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Token {}", "{}", "Bearer x{}", "Bearer {}x", "Bearer \x00"]
)
def test_without_its_token_nobody_gets_in(scene: Scene, secret: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.format(secret)}
    response = Client().post(COUNTS, json.dumps(count_of()), content_type="application/json", headers=headers)
    assert (response.status_code, response["WWW-Authenticate"], Count.objects.count()) == (401, "Bearer", 0)
    assert response.json()["error"].endswith(".")


def test_being_signed_in_opens_nothing_here(scene: Scene) -> None:
    client = Client()
    sign_in(client, scene.coordinator_user)
    assert post("", count_of(), client=client).status_code == 401


def test_a_revoked_token_is_told_so_at_once(scene: Scene) -> None:
    token, secret = make_token(partner=scene.agency, name="Records", by=scene.coordinator)
    assert post(secret, count_of()).status_code == 201
    revoke_token(token=token, by=scene.coordinator)
    response = post(secret, count_of())
    assert (response.status_code, "revoked" in response.json()["error"]) == (401, True)
    assert Count.objects.count() == 1


def test_a_token_works_on_when_its_maker_has_left(scene: Scene) -> None:
    secret = token_for(scene.agency, actor_of(scene.lead_user, scene.coalition))
    scene.lead_user.memberships.all().delete()
    assert post(secret, count_of()).status_code == 201


def test_the_last_use_is_kept_to_the_minute(scene: Scene, secret: str) -> None:
    def used() -> dt.datetime | None:
        return ApiToken.objects.get().used_at

    assert used() is None
    post(secret, count_of())
    assert used() == NOON
    with time_machine.travel(NOON + dt.timedelta(seconds=59), tick=False):
        post(secret, count_of())
        assert used() == NOON
    with time_machine.travel(NOON + dt.timedelta(seconds=60), tick=False):
        post(secret, count_of())
        assert used() == NOON + dt.timedelta(seconds=60)


def test_too_many_requests_wait(scene: Scene, secret: str, settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    assert [post(secret, count_of()).status_code for _ in range(4)] == [201, 409, 409, 429]
    response = post(secret, count_of())
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert post(token_for(scene.other, scene.coordinator), count_of()).status_code == 201
    with time_machine.travel(NOON + dt.timedelta(seconds=61), tick=False):
        assert post(secret, count_of(zip="12203")).status_code == 201


def test_who_tries_many_tokens_waits(scene: Scene, secret: str) -> None:
    assert {post(f"phast_{n}", count_of()).status_code for n in range(20)} == {401}
    response = post("phast_more", count_of())
    assert (response.status_code, int(response["Retry-After"]) > 0) == (429, True)
    with time_machine.travel(NOON + dt.timedelta(minutes=6), tick=False):
        assert post(secret, count_of()).status_code == 201


# ------------------------------------------------------------------ always JSON
def test_every_refusal_is_json_and_nothing_is_a_redirect_or_a_cookie(scene: Scene, secret: str, settings) -> None:
    bodies: list[Any] = [
        (secret, count_of(), {}, 201),
        ("", count_of(), {}, 401),
        (secret, count_of(agency=scene.other.pk), {}, 403),
        (secret, b" " * (1024 * 1024 + 1), {}, 413),
        (secret, b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), {}, 413),
        (secret, count_of(), {"content_type": "text/plain"}, 415),
        (secret, b"{", {}, 422),
        (secret, b"", {}, 415),
        (secret, count_of(), {"Idempotency_Key": "x" * 201}, 422),
    ]
    answers = [(post(token, body, **headers), status) for token, body, headers, status in bodies]
    client = Client()
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        answers.append((client.generic(method, COUNTS), 405))
    for address in ("/api", "/api/", "/api/v1/", "/api/v2/counts", "/api/v1/counts/", "/api/v1/counts/1"):
        answers += [(client.get(address), 404), (client.post(address), 404)]
    for response, status in answers:
        assert response.status_code == status
        assert response["Content-Type"] == "application/json"
        assert not response.cookies
        assert "Location" not in response.headers


def test_a_database_that_is_away_is_told_with_a_time_to_wait(scene: Scene, secret: str, monkeypatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("lbn.entering.log_count", away)
    response = post(secret, count_of())
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "Send the same again" in response.json()["error"]


def test_what_breaks_is_told_without_details(scene: Scene, secret: str, monkeypatch, caplog) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError("zz-inside")

    monkeypatch.setattr("lbn.entering.log_count", broken)
    response = post(secret, count_of())
    assert response.status_code == 500
    assert "zz-inside" not in response.text
    assert "zz-inside" in caplog.text


def test_a_token_is_in_no_log_audit_row_or_export(scene: Scene, secret: str, caplog, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    for body in (count_of(), count_of(kits="x"), b"{"):
        post(secret, body)
    post(secret, count_of(), content_type="text/plain")
    digest = ApiToken.objects.get().digest
    told = caplog.text + str(list(Event.objects.values_list("target", "detail")))
    assert secret not in told
    assert digest not in told
    assert not any(secret in str(row) for row in ApiToken.objects.values_list())
    write(tmp_path / "all.zip", scene.coalition, with_history=True, by=scene.coordinator_user, at=timezone.now())
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        exported = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    assert "Records system" in exported
    assert secret not in exported
    assert digest not in exported


# ------------------------------------------------------------------ its description
def test_the_description_keeps_the_rules_of_openapi() -> None:
    described = Client().get("/api/v1/openapi.json")
    assert described.status_code == 200
    validate(described.json())


def test_the_description_names_every_member_and_no_other() -> None:
    assert set(FIELDS) == set(MEMBERS)
    assert set(EXAMPLE) <= set(MEMBERS)


def test_what_the_api_takes_and_answers_is_as_described(scene: Scene, secret: str) -> None:
    schemas = {"$defs": document()["components"]["schemas"]}
    text = json.dumps(schemas).replace("#/components/schemas/", "#/$defs/")

    def fits(name: str, value: Any) -> None:
        Draft202012Validator(json.loads(text) | {"$ref": f"#/$defs/{name}"}).validate(value)

    fits("Count", EXAMPLE)
    for body in (count_of(), count_of(zip="12299"), count_of(kits="x"), count_of(agency=scene.other.pk)):
        fits("Answer", post(secret, body).json())
    fits("Answers", post(secret, [count_of(), count_of()]).json())
    fits("Error", post("", count_of()).json())
    assert post(secret, EXAMPLE | {"zip": "12203"}).status_code == 201


# ------------------------------------------------------------------ tokens
def make(client: Client, scene: Scene, **values: Any) -> Any:
    return client.post(reverse("lbn:token_list", args=[scene.coalition.slug]), values)


def test_a_lead_makes_a_token_that_is_shown_once(client, scene: Scene) -> None:
    sign_in(client, scene.lead_user)
    response = make(client, scene, name="Records system")
    secret = response.context["secret"]
    assert (response.status_code, secret in response.text, response["Cache-Control"]) == (
        201,
        True,
        "private, no-store",
    )
    assert secret not in client.get(reverse("lbn:token_list", args=[scene.coalition.slug])).text
    token = ApiToken.objects.get()
    assert (token.partner, secret.startswith(token.begins), Event.objects.filter(verb="token.made").count()) == (
        scene.agency,
        True,
        1,
    )
    assert post(secret, count_of()).status_code == 201


def test_a_lead_makes_none_for_another_agency(client, scene: Scene) -> None:
    sign_in(client, scene.lead_user)
    make(client, scene, name="Records system", partner=scene.other.pk)
    assert ApiToken.objects.get().partner == scene.agency


def test_the_coordinator_names_the_agency(client, scene: Scene) -> None:
    sign_in(client, scene.coordinator_user)
    missing = make(client, scene, name="Records system")
    assert (missing.status_code, "Choose the agency." in missing.text) == (422, True)
    assert make(client, scene, name="Records system", partner=scene.other.pk).status_code == 201
    assert ApiToken.objects.get().partner == scene.other


def test_revoking_ends_a_token_and_keeps_what_it_sent(client, scene: Scene, secret: str) -> None:
    post(secret, count_of())
    sign_in(client, scene.lead_user)
    token = ApiToken.objects.get()
    client.post(reverse("lbn:token_revoke", args=[scene.coalition.slug, token.pk]))
    token.refresh_from_db()
    assert (token.revoked_by, Count.objects.count()) == (scene.lead_user, 1)
    assert post(secret, count_of()).status_code == 401
    assert Event.objects.filter(verb="token.revoked").count() == 1


def test_the_list_costs_the_same_for_many_tokens(client, scene: Scene, django_assert_num_queries) -> None:
    sign_in(client, scene.coordinator_user)
    address = reverse("lbn:token_list", args=[scene.coalition.slug])
    token_for(scene.agency, scene.coordinator)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(3):
        token_for(scene.other, scene.coordinator)
    with django_assert_num_queries(len(one)):
        client.get(address)
    assert len(one) <= 15


def test_the_page_for_its_makers_says_every_member(client, scene: Scene) -> None:
    sign_in(client, scene.reporter_user)
    page = client.get(reverse("lbn:api_help", args=[scene.coalition.slug])).text
    assert all(f"<code>{name}</code>" in page for name in MEMBERS)
