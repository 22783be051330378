"""Counts that arrive as JSON, from phones and records systems."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from coalitions.enums import PartnerStatus
from lbn.actions import close_period, ensure_periods
from lbn.entering import Answer, enter, read_json
from lbn.enums import Channel
from lbn.models import Count, KitType, Period
from lbn.rules import NotReadable
from lbn.selectors.agencies import agencies_for
from phast.access.table import Action
from phast.audit.models import Event

from .conftest import TODAY, Scene


def body(**values: Any) -> dict[str, Any]:
    """One kit in 12207 today, with any of it changed; a value of None leaves its member out."""
    whole = {"key": str(uuid.uuid4()), "day": "2026-11-20", "zip": "12207", "kits": 1} | values
    return {name.rstrip("_"): value for name, value in whole.items() if value is not None}


def send(scene: Scene, sent: Any, by: str = "reporter") -> Answer:
    """The answer to the same bytes that a phone would send."""
    actor = getattr(scene, by)
    agencies = agencies_for(actor, Action.COUNTS_WRITE)
    return enter(read_json(json.dumps(sent).encode()), agencies=agencies, by=actor, channel=Channel.PHONE)


def said(answer: Answer) -> list[tuple[str, str]]:
    return [(each.field, each.sentence) for each in answer.said]


def test_a_count_is_saved_as_it_was_meant(scene: Scene) -> None:
    kit = KitType.objects.create(coalition=scene.coalition, name="Standard kit")
    KitType.objects.create(coalition=scene.coalition, name="Vending kit")
    more = {"setting": "vending", "recipient": "friend", "kit_type": "standard KIT", "declined": 2, "reversals": "0"}
    answer = send(scene, body(kits="3 ", **more))
    assert (answer.outcome, answer.status, answer.is_saved) == ("saved", 201, True)
    count = Count.objects.get()
    assert (count.partner, count.from_on, count.to_on, count.zip_code) == (scene.agency, TODAY, TODAY, "12207")
    assert (count.kits, count.setting, count.recipient, count.kit_type) == (3, "vending", "friend", kit)
    assert (count.declined, count.none_available, count.reversals) == (2, None, 0)
    assert (count.channel, count.created_by) == ("phone", scene.reporter_user)
    assert answer.as_json()["saved"]["text"] == "3 kits, 12207, Nov 20, 2026"


def test_the_same_again_is_one_count_whatever_changed_around_it(scene: Scene) -> None:
    KitType.objects.create(coalition=scene.coalition, name="Standard kit")
    sent = body()
    assert send(scene, sent).status == 201
    KitType.objects.create(coalition=scene.coalition, name="Vending kit")
    scene.coalition.counties.clear()
    answer = send(scene, sent)
    assert (answer.outcome, answer.status, answer.is_saved) == ("saved_before", 200, True)
    assert Count.objects.get().kit_type.name == "Standard kit"


@pytest.mark.parametrize("changed", [{"kits": 2}, {"zip": "12203"}, {"day": "2026-11-19"}, {"declined": 1}])
def test_a_key_with_another_body_is_refused(scene: Scene, changed: dict[str, Any]) -> None:
    sent = body()
    send(scene, sent)
    answer = send(scene, sent | changed)
    assert (answer.outcome, answer.status, answer.reason) == ("refused", 422, "key_reused")
    assert "Already saved: 1 kit, 12207" in answer.as_json()["sentence"]
    assert Count.objects.count() == 1


def test_a_question_is_answered_with_its_token_and_the_same_key(scene: Scene) -> None:
    sent = body(zip="12299")
    answer = send(scene, sent)
    assert (answer.outcome, answer.status, Count.objects.count()) == ("questions", 409, 0)
    [question] = answer.as_json()["questions"]
    assert (question["field"], question["token"]) == ("zip", "zip_unknown:12299")
    assert send(scene, sent | {"confirmed": [question["token"]]}).outcome == "saved"


def test_a_total_replaces_when_that_is_the_answer(scene: Scene) -> None:
    send(scene, body(day="2026-10-05", kits=2))
    total = body(day=None, from_="2026-10-01", to="2026-10-31", kits=5)
    [question] = send(scene, total).as_json()["questions"]
    send(scene, total | {"confirmed": [question["replaces"]]})
    rows = Count.objects.order_by("pk").values_list("kits", "void_reason")
    assert list(rows) == [(2, "included"), (5, "")]


def test_a_place_outside_leaves_no_zip(scene: Scene) -> None:
    sent = body(zip="43215")
    [question] = send(scene, sent).as_json()["questions"]
    assert send(scene, sent | {"confirmed": [question["token"]]}).as_json()["saved"]["zip"] == "outside"
    assert send(scene, sent | {"confirmed": [question["token"]]}).outcome == "saved_before"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"key": None}, "key"),
        ({"key": "1"}, "key"),
        ({"day": None}, "day"),
        ({"day": "11/20/2026"}, "day"),
        ({"day": "20261120"}, "day"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": ["2026-11-20"]}, "day"),
        ({"from_": "2026-11-01"}, "day"),
        ({"day": None, "from_": "2026-11-19", "to": "2026-11-01"}, "to"),
        ({"day": None, "from_": "2026-11-19"}, "to"),
        ({"zip": None}, "zip"),
        ({"zip": {"code": "12207"}}, "zip"),
        ({"zip": "122\u202e07"}, "zip"),
        ({"kits": None}, "kits"),
        ({"kits": ""}, "kits"),
        ({"kits": 3.5}, "kits"),
        ({"kits": True}, "kits"),
        ({"kits": 10**400}, "kits"),
        ({"kits": "\x00"}, "kits"),
        ({"declined": -1}, "declined"),
        ({"none_available": "some"}, "none_available"),
        ({"reversals": 5001}, "reversals"),
        ({"setting": "jail"}, "setting"),
        ({"setting": 5}, "setting"),
        ({"recipient": []}, "recipient"),
        ({"kit_type": "No such kit"}, "kit_type"),
        ({"confirmed": "zip_unknown:12299"}, "confirmed"),
        ({"confirmed": [["x"]]}, "confirmed"),
        ({"recipient_name": "Ada"}, "recipient_name"),
        ({"status": "x"}, "status"),
        ({"a b \x00": "x"}, ""),
    ],
)
def test_what_cannot_be_a_count_is_told_with_its_member(scene: Scene, values: dict[str, Any], field: str) -> None:
    answer = send(scene, body(**values))
    assert (answer.outcome, answer.status, Count.objects.count()) == ("problems", 422, 0)
    assert [name for name, _ in said(answer)] == [field]
    assert "Ada" not in str(answer.as_json())


def test_everything_that_is_wrong_is_told_at_once(scene: Scene) -> None:
    answer = send(scene, body(zip="063HH", kits="three", day="tomorrow"))
    assert sorted(name for name, _ in said(answer)) == ["day", "kits", "zip"]


def test_a_lost_zero_is_proposed(scene: Scene) -> None:
    [problem] = send(scene, body(zip=1201)).as_json()["problems"]
    assert (problem["field"], problem["proposal"]) == ("zip", "01201")


@pytest.mark.parametrize("sent", [[], "text", 5, None])
def test_what_is_no_object_is_told(scene: Scene, sent: Any) -> None:
    assert send(scene, sent).status == 422


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff", b'{"kits": NaN}', b'{"kits": 1, "kits": 2}', b"[" * 100_000, '{"kits": 1}'.encode("utf-16")],
)
def test_bytes_that_are_no_json_are_told(raw: bytes) -> None:
    with pytest.raises(NotReadable):
        read_json(raw)


# ------------------------------------------------------------------ whose counts
def test_nobody_counts_for_an_agency_that_is_not_theirs(scene: Scene) -> None:
    for agency in (scene.other.pk, 999_999, "x", [], "1' OR 1=1"):
        answer = send(scene, body(agency=agency))
        assert (answer.outcome, answer.status, answer.reason) == ("refused", 403, "agency")
    assert Count.objects.count() == 0


def test_who_counts_for_several_names_the_agency(scene: Scene) -> None:
    assert send(scene, body(), by="coordinator").reason == "agency"
    assert send(scene, body(agency=scene.other.pk), by="coordinator").status == 201
    assert send(scene, body(agency=str(scene.agency.pk)), by="coordinator").status == 201
    assert list(Count.objects.order_by("pk").values_list("partner", "on_behalf")) == [
        (scene.other.pk, True),
        (scene.agency.pk, True),
    ]


def test_an_agency_that_left_is_refused_and_nothing_is_kept(scene: Scene) -> None:
    agencies = agencies_for(scene.reporter, Action.COUNTS_WRITE)
    type(scene.agency).objects.filter(pk=scene.agency.pk).update(status=PartnerStatus.INACTIVE)
    answer = enter(body(), agencies=agencies, by=scene.reporter, channel=Channel.PHONE)
    assert (answer.status, answer.reason, Count.objects.count()) == (403, "agency", 0)


def test_a_closed_period_is_refused_and_the_attempt_recorded(scene: Scene) -> None:
    ensure_periods(coalition=scene.coalition, today=TODAY)
    close_period(period=Period.objects.get(from_on="2026-10-01"), by=scene.coordinator)
    answer = send(scene, body(day="2026-10-15"))
    assert (answer.outcome, answer.status, answer.reason) == ("refused", 409, "closed")
    assert "October 2026 is closed" in answer.as_json()["sentence"]
    assert Event.objects.filter(verb="count.blocked").count() == 1
