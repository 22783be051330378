"""Why an entry was corrected or removed, what became of it, and what is said besides kits."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client

from lbn.actions import correct_count, restore_count, void_count
from lbn.actions.counts import fingerprint
from lbn.enums import VoidReason
from lbn.models import AgencyRollup, Count
from lbn.overview_report import collected
from lbn.refusals import KeyReused, NeedsConfirming, Unacceptable
from lbn.rules import Entry
from lbn.selectors.chain import moments_of
from lbn.selectors.span import Span
from phast.audit.models import Event
from tests.factories import sign_in

from .api import count_of, post, token_for
from .conftest import NOON, TODAY, Scene

LIST = "/c/ours/naloxone/counts/"
LOG = "/c/ours/naloxone/log/"


def correct(scene: Scene, count: Count, **values: Any) -> Count:
    same = {
        "from_on": count.from_on,
        "to_on": count.to_on,
        "place": count.place,
        "zip_code": count.zip_code,
        "kits": count.kits,
    }
    return correct_count(count=count, client_key=uuid.uuid4(), by=scene.reporter, **same | values)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# ------------------------------------------------------------------ besides
def test_what_is_said_besides_is_kept_and_summed(scene: Scene) -> None:
    count = scene.log(kits=0, declined=2, reversals=1)
    assert (count.kits, count.declined, count.none_available, count.reversals) == (0, 2, None, 1)
    sums = AgencyRollup.objects.get()
    assert (sums.kits, sums.declined, sums.none_available, sums.reversals, sums.entries) == (0, 2, 0, 1, 1)


@pytest.mark.parametrize("setting", ["", "reentry"])
def test_a_report_tells_a_zero_from_what_nobody_said(scene: Scene, setting: str) -> None:
    count = scene.log(kits=3, declined=0, setting="reentry")
    month = count.from_on.replace(day=1)
    span = Span.of_months(month, month)
    said = collected(scene.coalition, span, scene.agency, {"setting": setting})["besides"]
    assert said == [None, 0, None]


@pytest.mark.parametrize("name", ["declined", "none_available", "reversals"])
def test_a_number_besides_has_the_limits_of_kits(scene: Scene, name: str) -> None:
    for wrong in (-1, 5001):
        with pytest.raises(Unacceptable) as refused:
            scene.log(**{name: wrong})
        assert [problem.field for problem in refused.value.problems] == [name]
    with pytest.raises(NeedsConfirming) as asked:
        scene.log(**{name: 501})
    assert [question.token for question in asked.value.questions] == [f"{name}_unusual:501"]


def test_an_entry_of_an_older_phone_keeps_its_fingerprint() -> None:
    entry = Entry(TODAY, TODAY, "zip", "12207", 3)
    before = ["3", "2026-11-20", "2026-11-20", "zip", "12207", "", "", "None"]
    assert fingerprint(entry) == hashlib.sha256(json.dumps(before).encode()).hexdigest()


def test_a_number_besides_is_part_of_what_a_key_has_saved(scene: Scene) -> None:
    key = uuid.uuid4()
    scene.log(client_key=key, declined=1)
    with pytest.raises(KeyReused):
        scene.log(client_key=key, declined=2)
    with pytest.raises(KeyReused):
        scene.log(client_key=key)


def test_the_desk_page_takes_them_and_shows_them(client: Client, scene: Scene) -> None:
    sign_in(client, scene.reporter_user)
    typed = {"where": "another", "typed_zip": "12207", "kits": "0", "when": TODAY.isoformat()}
    typed |= {"declined": "2", "none_available": " 1 ", "reversals": ""}
    assert client.post(LOG, typed | {"client_key": str(uuid.uuid4())}).status_code == 302
    count = Count.objects.get()
    assert (count.declined, count.none_available, count.reversals) == (2, 1, None)
    page = text(client.get(LIST))
    assert "2 declined" in page
    assert "1 without a kit to leave" in page
    wrong = client.post(LOG, typed | {"client_key": str(uuid.uuid4()), "reversals": "1.5"})
    assert "Enter a whole number, such as 3, or leave it empty." in text(wrong)
    assert 'value="1.5"' in wrong.content.decode()


def test_the_file_of_the_list_has_them(client: Client, scene: Scene) -> None:
    scene.log(declined=2, reversals=0)
    sign_in(client, scene.reporter_user)
    data = client.post(f"{LIST}file/", {"format": "csv"})
    [row] = csv.DictReader(io.StringIO(b"".join(data).decode("utf-8-sig")))
    assert (row["Offered and declined"], row["No kit available"], row["Reversals reported"]) == ("2", "", "0")
    assert row["Came in"] == "Entered here"


# ------------------------------------------------------------------ why
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"kits": 5}, "number"),
        ({"reversals": 5}, "number"),
        ({"zip_code": "12203"}, "place"),
        ({"from_on": dt.date(2026, 11, 1), "to_on": dt.date(2026, 11, 1)}, "day"),
        ({"setting": "vending"}, "other"),
    ],
)
def test_a_correction_says_why_by_what_it_changed(scene: Scene, changed: dict[str, Any], why: str) -> None:
    count = scene.log()
    correct(scene, count, **changed)
    count.refresh_from_db()
    assert count.void_reason == why
    assert Event.objects.get(verb="count.corrected").detail["reason"] == why


def test_a_correction_with_a_reason_of_its_own_keeps_that(scene: Scene) -> None:
    count = scene.log()
    correct(scene, count, kits=2, reason=VoidReason.TWICE)
    count.refresh_from_db()
    assert count.void_reason == "twice"


def test_a_correction_of_a_corrected_count_shows_what_it_is_now(client: Client, scene: Scene) -> None:
    count = scene.log()
    now = correct(scene, count, kits=5)
    sign_in(client, scene.reporter_user)
    page = client.post(f"{LIST}{count.pk}/", {"kits": "9"}).content.decode()
    assert "The 9 that you typed for the kits is not saved." in page
    assert f'href="{LIST}{now.pk}/"' in page
    assert Count.objects.filter(voided_at=None).count() == 1


def test_a_correction_to_a_total_replaces_what_it_includes(scene: Scene) -> None:
    inside = scene.log(day=dt.date(2026, 10, 5), kits=2)
    total = scene.log(day=dt.date(2026, 10, 6), kits=9)
    month = {"from_on": dt.date(2026, 10, 1), "to_on": dt.date(2026, 10, 31)}
    with pytest.raises(NeedsConfirming) as asked:
        correct(scene, total, **month)
    [question] = asked.value.questions
    correct(scene, total, **month, confirmed=[question.token.replace("contains", "replaces")])
    inside.refresh_from_db()
    assert inside.void_reason == "included"
    assert list(Count.objects.filter(voided_at=None).values_list("kits", flat=True)) == [9]


def test_removing_takes_a_reason_and_putting_back_clears_it(client: Client, scene: Scene) -> None:
    count = scene.log()
    sign_in(client, scene.reporter_user)
    client.post(f"{LIST}{count.pk}/void/", {"on": "list", "reason": "twice"})
    count.refresh_from_db()
    assert (count.void_reason, bool(count.voided_at)) == ("twice", True)
    restore_count(count=count, by=scene.reporter)
    count.refresh_from_db()
    assert (count.void_reason, count.voided_at) == ("", None)


@pytest.mark.parametrize("sent", ["", "import_undone", "included", "zz"])
def test_the_portals_own_reasons_are_not_taken_from_a_form(client: Client, scene: Scene, sent: str) -> None:
    count = scene.log()
    sign_in(client, scene.reporter_user)
    client.post(f"{LIST}{count.pk}/void/", {"on": "list", "reason": sent})
    count.refresh_from_db()
    assert count.void_reason == "other"


def test_the_page_of_a_correction_asks_why(client: Client, scene: Scene) -> None:
    count = scene.log(declined=3)
    sign_in(client, scene.reporter_user)
    page = client.get(f"{LIST}{count.pk}/")
    assert page.context["form"]["declined"].value() == 3
    typed = {"where": "12207", "kits": "1", "when": TODAY.isoformat(), "declined": "", "reason": "twice"}
    assert client.post(f"{LIST}{count.pk}/", typed | {"client_key": str(uuid.uuid4())}).status_code == 302
    count.refresh_from_db()
    assert count.void_reason == "twice"
    assert Count.objects.get(replaces=count).declined is None


# ------------------------------------------------------------------ what became of it
def test_what_became_of_a_count_is_told_from_its_beginning(scene: Scene) -> None:
    first = scene.log(kits=2)
    with time_machine.travel(NOON + dt.timedelta(hours=1), tick=False):
        second = correct(scene, first, kits=3)
    with time_machine.travel(NOON + dt.timedelta(hours=2), tick=False):
        void_count(count=second, reason=VoidReason.TWICE, by=scene.reporter)
    for asked in (first, second):
        told = [(m.what, m.count.kits, m.who, m.why) for m in moments_of(asked, scene.reporter)]
        assert sorted(told) == [
            ("Corrected", 3, "Rae Reporter", ""),
            ("Entered", 2, "Rae Reporter", ""),
            ("Removed", 2, "Rae Reporter", "The number was wrong"),
            ("Removed", 3, "Rae Reporter", "It was counted twice"),
        ]


def test_what_was_put_back_is_told_too(client: Client, scene: Scene) -> None:
    count = scene.log()
    sign_in(client, scene.lead_user)
    client.post(f"{LIST}{count.pk}/void/", {"on": "list", "reason": "day"})
    client.post(f"{LIST}{count.pk}/restore/", {"on": "list"})
    told = [(m.what, m.who, m.why) for m in moments_of(count, scene.reporter)]
    assert ("Removed", "Lee Lead", "The day was wrong") in told
    assert ("Put back", "Lee Lead", "") in told
    page = text(client.get(f"{LIST}{count.pk}/history/"))
    assert "Removed : The day was wrong" in page


def test_outside_the_agency_its_people_are_the_agency(client: Client, scene: Scene) -> None:
    count = scene.log()
    correct(scene, count, kits=4)
    sign_in(client, scene.coordinator_user)
    page = text(client.get(f"{LIST}{count.pk}/history/"))
    assert "Rae Reporter" not in page
    assert page.count("Riverbend Police") >= 3


def test_what_a_records_system_sent_is_its_and_not_its_makers(client: Client, scene: Scene) -> None:
    post(token_for(scene.agency, scene.coordinator), count_of())
    sign_in(client, scene.lead_user)
    page = text(client.get(LIST))
    assert "A records system" in page
    assert "Ana Reyes" not in page
