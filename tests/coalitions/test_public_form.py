"""Agencies without an account ask for help or register a program: sent, confirmed, forgotten; and what abuse of the form achieves."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from coalitions.actions.requests import MAILS_A_DAY, MOST_UNCONFIRMED, forget_unconfirmed
from coalitions.forms.requests import OPENED
from coalitions.models import Contact, HelpMail, HelpRequest
from coalitions.requests_for_help import confirm_link
from coalitions.tasks import forget_requests
from coalitions.views.ask import SENT_FROM_ONE_PLACE
from phast.audit.models import Event
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.mail.sending import refuse
from tests.client import ReadingClient
from tests.factories import make_coalition

from .conftest import Cast
from .test_roster import opened, text_of

ASK = "/ask/ours/"
TEXTS = {
    "wants_help": "on",
    "barriers": "No budget for kits.",
    "needs": "A training for the night shift.",
    "agency": "Green Falls Police",
    "agency_type": "law_enforcement",
    "county": "Washington",
    "name": "Dana Reyes",
    "title": "Sergeant",
    "email": "Dana@GreenFalls.example.org",
    "phone": "518-555-0110",
    "homepage": "",
}


@pytest.fixture
def door(cast: Cast) -> Cast:
    """The coalition with its public page open."""
    cast.coalition.takes_requests = True
    cast.coalition.save()
    return cast


def filled(*, seconds_ago: int = 60, **values: str) -> dict[str, str]:
    """The form as a person sends it, a minute after it was opened."""
    with time_machine.travel(timezone.now() - dt.timedelta(seconds=seconds_ago), tick=False):
        return TEXTS | {"opened": OPENED.sign("ours")} | values


def made(cast: Cast, **values: Any) -> HelpRequest:
    """A request in the queue."""
    words = {
        "agency": "Green Falls Police",
        "name": "Dana Reyes",
        "email": "dana@greenfalls.example.org",
        "wants_help": True,
    }
    return HelpRequest.objects.create(coalition=cast.coalition, **{"confirmed_at": timezone.now(), **words, **values})


def path_of(request: HelpRequest) -> str:
    return re.sub("^http://[^/]+", "", confirm_link(request))


# ------------------------------------------------------------------ the public page
def test_the_page_is_there_only_when_the_coordinator_opened_it(cast: Cast, client: ReadingClient) -> None:
    for path in (ASK, f"{ASK}sent/", f"{ASK}flyer/", f"{ASK}code.svg"):
        assert client.get(path).status_code == 404
    settings = opened(cast, "coordinator", "settings")
    cast.client("coordinator").post(cast.url("settings"), settings | {"takes_requests": "on"})
    for path in (ASK, f"{ASK}sent/", f"{ASK}flyer/", f"{ASK}code.svg"):
        assert client.get(path).status_code == 200
    assert client.get("/ask/no-such/").status_code == 404


def test_an_agency_asks_confirms_by_mail_and_stands_in_the_queue(door: Cast, client: ReadingClient) -> None:
    answer = client.post(ASK, filled())
    assert answer.url == f"{ASK}sent/"
    assert "look in your mail" in client.get(answer.url).content.decode()
    request = HelpRequest.objects.get()
    assert "Green Falls" not in text_of(door, "coordinator", "request_list")  # nobody has confirmed it

    run_job("coalitions.HelpMail", HelpMail.objects.get().pk)
    [message] = mail.outbox
    assert message.to == ["dana@greenfalls.example.org"]
    path = re.search(r"http://[^/]+(/asked/\S+)", message.body)[1]
    seen = client.get(path).content.decode()
    assert "A training for the night shift." in seen
    request.refresh_from_db()
    assert request.confirmed_at is None  # opening confirms nothing: mail scanners open links

    assert "has arrived" in client.post(path).content.decode()
    request.refresh_from_db()
    assert request.confirmed_at is not None
    assert "Green Falls Police" in text_of(door, "coordinator", "request_list")
    assert "An agency asks for help or registers a program" in text_of(door, "coordinator", "home")
    assert "has arrived" in client.get(path).content.decode()


def test_help_and_a_program_can_come_together_and_one_of_them_must(door: Cast, client: ReadingClient) -> None:
    none = {key: value for key, value in filled().items() if key != "wants_help"}
    assert "Tick what you came for" in client.post(ASK, none).content.decode()
    answer = client.post(ASK, filled(registers="on"))
    assert answer.status_code == 422
    assert "Say whether you have the program or plan it." in answer.content.decode()
    assert client.post(ASK, filled(registers="on", program="planned")).status_code == 302
    assert HelpRequest.objects.get().program == "planned"


def test_nothing_typed_is_lost_when_the_form_comes_back(door: Cast, client: ReadingClient) -> None:
    answer = client.post(ASK, filled(email="no address"))
    assert answer.status_code == 422
    for text in ("No budget for kits.", "Green Falls Police", "Dana Reyes", "518-555-0110", "no address"):
        assert text in answer.content.decode()


def test_the_page_tells_nothing_of_the_coalition_but_its_name(door: Cast, client: ReadingClient) -> None:
    Contact.objects.create(partner=door.police, name="Secret Contact", email="secret@example.org")
    for path in (ASK, f"{ASK}sent/", f"{ASK}flyer/"):
        text = client.get(path).content.decode()
        assert "Tri-County" in text
        for known in ("Troy Police", "River EMS", "Secret", "Person", "example.org"):
            assert known not in text


def test_the_code_opens_the_form_and_needs_no_style(door: Cast, client: ReadingClient, settings: Any) -> None:
    answer = client.get(f"{ASK}code.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    text = answer.content.decode()
    assert text.startswith("<svg")
    assert "style" not in text
    assert f"{settings.SITE_URL}/ask/ours/" in client.get(f"{ASK}flyer/").content.decode()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Call the mother at 518-555-0199", "phone numbers"),
        ("Kits for DOB 4/5/1980", "dates of birth"),
        ("The one at 12 Main Street", "street addresses"),
        ("See case 2026-001234", "case numbers"),
    ],
)
def test_what_looks_personal_is_asked_to_be_taken_out(door: Cast, client: ReadingClient, text: str, what: str) -> None:
    answer = client.post(ASK, filled(needs=text))
    assert answer.status_code == 422
    assert what in answer.content.decode()
    assert text in answer.content.decode()
    assert not HelpRequest.objects.exists()


# ------------------------------------------------------------------ the answer is always the same
def test_the_answer_is_the_same_whether_the_address_is_known_or_not(door: Cast) -> None:
    answers = []
    for email in ("stranger@elsewhere.example.org", "coordinator@example.org", "lead@example.org"):
        answer = ReadingClient().post(ASK, filled(email=email))
        answers.append((answer.status_code, answer.url, answer.content))
    refuse("comes-back@example.org", reason="unknown", source="smtp")
    answer = ReadingClient().post(ASK, filled(email="comes-back@example.org"))
    answers.append((answer.status_code, answer.url, answer.content))
    assert len(set(answers)) == 1


def test_a_script_that_fills_in_the_hidden_box_gets_the_same_answer_and_nothing_is_kept(
    door: Cast, client: ReadingClient
) -> None:
    answer = client.post(ASK, filled(homepage="https://spam.example.org"))
    assert (answer.status_code, answer.url) == (302, f"{ASK}sent/")
    assert not HelpRequest.objects.exists()
    assert not HelpMail.objects.exists()


def test_a_script_that_does_not_wait_is_turned_away_each_time(door: Cast, client: ReadingClient) -> None:
    at_once = filled(seconds_ago=0)
    assert [client.post(ASK, at_once).status_code for _ in range(3)] == [422] * 3
    assert not HelpRequest.objects.exists()


@pytest.mark.parametrize(
    "token", ["", "ours", "ours:1abcde:forged", OPENED.sign("theirs")], ids=["none", "unsigned", "forged", "another's"]
)
def test_a_form_that_was_not_opened_here_is_sent_again_with_nothing_lost(
    door: Cast, client: ReadingClient, token: str
) -> None:
    answer = client.post(ASK, filled() | {"opened": token})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "please send it again" in page
    fresh = re.search(r'name="opened" value="([^"]+)"', page)[1]
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=20)):
        assert client.post(ASK, filled() | {"opened": fresh}).status_code == 302


def test_a_form_that_was_open_for_a_day_is_sent_again(door: Cast, client: ReadingClient) -> None:
    assert "open for too long" in client.post(ASK, filled(seconds_ago=25 * 3600)).content.decode()


def test_a_hundred_posts_from_one_place_are_stopped(door: Cast, client: ReadingClient) -> None:
    answers = [client.post(ASK, filled(email=f"a{n}@example.org")) for n in range(100)]
    assert [each.status_code for each in answers] == [302] * SENT_FROM_ONE_PLACE + [429] * (100 - SENT_FROM_ONE_PLACE)
    assert HelpRequest.objects.count() == SENT_FROM_ONE_PLACE
    assert "No budget for kits." in answers[-1].content.decode()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        assert client.post(ASK, filled(email="later@example.org")).status_code == 302


def test_no_address_of_a_place_is_kept_in_clear(door: Cast, client: ReadingClient) -> None:
    client.post(ASK, filled(), REMOTE_ADDR="203.0.113.77")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value, expires FROM cache")
        rows = cursor.fetchall()
    assert rows
    assert "203.0.113.77" not in str(rows)
    assert all(expires <= timezone.now() + dt.timedelta(hours=1, seconds=1) for _, _, expires in rows)


def test_a_mailbox_is_not_flooded_from_many_places_and_coalitions(door: Cast) -> None:
    make_coalition(slug="next", takes_requests=True)
    for n in range(10):
        slug = "ours" if n % 2 else "next"
        with time_machine.travel(timezone.now() - dt.timedelta(seconds=60), tick=False):
            token = OPENED.sign(slug)
        answer = ReadingClient().post(
            f"/ask/{slug}/", TEXTS | {"opened": token, "needs": f"Text {n}"}, REMOTE_ADDR=f"203.0.113.{n}"
        )
        assert answer.status_code == 302
    assert HelpMail.objects.filter(address="dana@greenfalls.example.org").count() == MAILS_A_DAY
    assert HelpRequest.objects.count() == MAILS_A_DAY


def test_the_same_text_twice_is_one_request(door: Cast, client: ReadingClient) -> None:
    for _ in range(2):
        client.post(ASK, filled())
    assert HelpRequest.objects.count() == 1
    assert HelpMail.objects.count() == 2  # the first may have been lost


def test_a_coalition_full_of_unconfirmed_requests_takes_no_more_and_says_nothing(
    door: Cast, client: ReadingClient
) -> None:
    HelpRequest.objects.bulk_create(
        HelpRequest(coalition=door.coalition, agency=f"Bot {n}", name="Bot", email=f"bot{n}@example.org")
        for n in range(MOST_UNCONFIRMED)
    )
    assert client.post(ASK, filled()).url == f"{ASK}sent/"
    assert HelpRequest.objects.count() == MOST_UNCONFIRMED


def test_the_mail_carries_nothing_that_was_typed(door: Cast, client: ReadingClient) -> None:
    """It goes to an address nobody has confirmed: the form must not send advertising."""
    client.post(ASK, filled(agency="Buy at spam.example.org", name="Spam Name", needs="Cheap pills"))
    run_job("coalitions.HelpMail", HelpMail.objects.get().pk)
    whole = mail.outbox[0].message().as_string()
    for typed in ("spam", "Spam", "pills"):
        assert typed not in whole


@pytest.mark.parametrize("field", ["agency", "county", "name", "title", "email", "phone"])
def test_a_line_break_puts_nothing_into_a_mails_head(door: Cast, client: ReadingClient, field: str) -> None:
    sent = filled(**{field: f"{TEXTS[field]}\r\nBcc: victim@example.org"})
    answer = client.post(ASK, sent)
    if field == "email":
        assert answer.status_code == 422
        return
    request = HelpRequest.objects.get()
    assert "\n" not in getattr(request, field)
    run_job("coalitions.HelpMail", HelpMail.objects.get().pk)
    assert mail.outbox[0].recipients() == ["dana@greenfalls.example.org"]
    assert "Bcc" not in mail.outbox[0].message()


def test_texts_that_are_far_too_long_are_refused(door: Cast, client: ReadingClient) -> None:
    for field in ("barriers", "needs", "agency", "name", "phone"):
        assert client.post(ASK, filled(**{field: "x" * 200_000})).status_code == 422
    assert not HelpRequest.objects.exists()


def test_a_null_byte_is_refused_in_words(door: Cast, client: ReadingClient) -> None:
    assert client.post(ASK, filled(needs="a\x00b")).status_code == 422


def test_script_in_every_field_stays_text(door: Cast, client: ReadingClient) -> None:
    evil = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    texts = dict.fromkeys(("agency", "county", "name", "title", "barriers", "needs"), evil)
    client.post(ASK, filled(**texts, phone="<b>1</b>"))
    request = HelpRequest.objects.get()
    pages = [client.get(path_of(request)).content.decode()]
    client.post(path_of(request))
    pages += [text_of(door, "coordinator", "request_list"), text_of(door, "coordinator", "request_detail", request.pk)]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;" in page


def test_further_fields_are_ignored(door: Cast, client: ReadingClient) -> None:
    client.post(ASK, filled(confirmed_at="2026-01-01", status="closed", partner=str(door.police.pk), coalition="1"))
    request = HelpRequest.objects.get()
    assert (request.confirmed_at, request.status, request.partner, request.coalition) == (
        None,
        "new",
        None,
        door.coalition,
    )


# ------------------------------------------------------------------ confirmed, denied, forgotten
def test_a_link_that_was_put_together_opens_nothing(door: Cast, client: ReadingClient) -> None:
    one = path_of(made(door, confirmed_at=None))
    other = path_of(made(door, confirmed_at=None))
    assert client.get(f"{one.split(':')[0]}:{other.split(':')[1]}").status_code == 404
    assert client.get("/asked/nonsense/").status_code == 404


def test_who_did_not_write_it_deletes_it_with_its_history(door: Cast, client: ReadingClient) -> None:
    request = made(door, confirmed_at=None)
    key = request.pk
    assert "It is deleted" in client.post(path_of(request), {"deny": "1"}).content.decode()
    assert not HelpRequest.objects.exists()
    assert not HelpRequest.pgh_event_model.objects.filter(pgh_obj_id=key).exists()


def test_a_confirmed_request_is_not_deleted_by_its_link(door: Cast, client: ReadingClient) -> None:
    request = made(door)
    client.post(path_of(request), {"deny": "1"})
    assert HelpRequest.objects.filter(pk=request.pk, confirmed_at__isnull=False).exists()


def test_what_nobody_confirmed_in_fourteen_days_is_forgotten(door: Cast, client: ReadingClient) -> None:
    client.post(ASK, filled())
    kept = made(door, sent_at=timezone.now() - dt.timedelta(days=100))
    with time_machine.travel(timezone.now() + dt.timedelta(days=13, hours=23)):
        forget_requests()
        assert HelpRequest.objects.count() == 2
    with time_machine.travel(timezone.now() + dt.timedelta(days=14, hours=1)):
        assert forget_unconfirmed() == 1
    assert list(HelpRequest.objects.all()) == [kept]
    assert not HelpMail.objects.exists()
    assert not HelpRequest.pgh_event_model.objects.filter(email="dana@greenfalls.example.org").exclude(
        pgh_obj_id=kept.pk
    )


def test_no_mail_goes_for_a_request_that_was_deleted_meanwhile(door: Cast, client: ReadingClient) -> None:
    client.post(ASK, filled())
    client.post(path_of(HelpRequest.objects.get()), {"deny": "1"})
    posted = HelpMail.objects.get()
    run_job("coalitions.HelpMail", posted.pk)
    posted.refresh_from_db()
    assert (mail.outbox, posted.state) == ([], JobState.DONE)


def test_the_audit_log_holds_nothing_the_public_typed(door: Cast, client: ReadingClient) -> None:
    client.post(ASK, filled())
    client.post(path_of(HelpRequest.objects.get()))
    event = Event.objects.get(verb="request.confirmed")
    assert "Green Falls" not in f"{event.target}{event.detail}"


def test_the_limit_counts_for_the_whole_hour_not_from_the_last_post(door: Cast, client: ReadingClient) -> None:
    """Somebody who goes on trying is let in again an hour after the first post, not after the last."""
    cache.clear()
    with time_machine.travel(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), tick=False) as clock:
        for _ in range(SENT_FROM_ONE_PLACE):
            client.post(ASK, filled(email="one@example.org"))
        clock.shift(dt.timedelta(minutes=50))
        assert client.post(ASK, filled()).status_code == 429
        clock.shift(dt.timedelta(minutes=11))
        assert client.post(ASK, filled()).status_code == 302
