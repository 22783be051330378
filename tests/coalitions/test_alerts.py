"""Alerts: to chosen partners by mail and on the home page, acknowledged in one tap, never about a case or a person."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coalitions.actions.alerts import answer, end_alert, issue_alert, remind
from coalitions.models import Alert, AlertMail, AlertReceipt, Contact, Partner
from phast.audit.models import Event
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.mail.sending import refuse
from phast.personal import looks_personal
from tests.factories import make_coalition

from .conftest import Cast
from .test_roster import opened, text_of

WORDS = {"title": "Five times the usual overdoses", "area": "City of Troy", "advice": "Carry two more kits."}


def issued(cast: Cast, *partners: Partner, **values: Any) -> Alert:
    today = cast.coalition.today()
    words: dict[str, Any] = {**WORDS, "from_on": today, "lapses_on": today + dt.timedelta(days=3), **values}
    return issue_alert(values=words, partners=partners or [cast.police], by=cast.actor("coordinator"))


def receipt_of(alert: Alert, partner: Partner) -> AlertReceipt:
    return AlertReceipt.objects.get(alert=alert, partner=partner)


def send_all() -> None:
    for posted in AlertMail.objects.filter(state=JobState.WAITING):
        run_job("coalitions.AlertMail", posted.pk)


# ------------------------------------------------------------------ issuing
def test_an_alert_goes_to_every_active_partner_unless_some_are_chosen(cast: Cast) -> None:
    Partner.objects.create(coalition=cast.coalition, name="Gone", status="inactive")
    client, form = cast.client("coordinator"), opened(cast, "coordinator", "alert_new")
    assert client.post(cast.url("alert_new"), form | WORDS | {"kinds": [], "chosen": []}).status_code == 302
    assert {each.partner for each in AlertReceipt.objects.all()} == {cast.police, cast.ems}

    chosen = {key: value for key, value in form.items() if key != "everybody"}
    client.post(cast.url("alert_new"), chosen | WORDS | {"title": "Second", "kinds": [], "chosen": [cast.ems.pk]})
    assert [each.partner for each in AlertReceipt.objects.filter(alert__title="Second")] == [cast.ems]
    answer = client.post(cast.url("alert_new"), chosen | WORDS | {"kinds": [], "chosen": []})
    assert "Choose at least one partner" in answer.content.decode()


def test_all_of_a_kind_are_told_with_one_tick(cast: Cast) -> None:
    fire = Partner.objects.create(coalition=cast.coalition, name="Hill Fire", agency_type="ems_fire")
    cast.ems.agency_type = "ems_fire"
    cast.ems.save()
    form = opened(cast, "coordinator", "alert_new")
    form.pop("everybody")
    sent = form | WORDS | {"kinds": ["ems_fire"], "chosen": []}
    assert cast.client("coordinator").post(cast.url("alert_new"), sent).status_code == 302
    assert {each.partner for each in AlertReceipt.objects.all()} == {cast.ems, fire}


# ------------------------------------------------------------------ correcting
def test_a_mistake_is_corrected_and_said_and_mailed_again_only_if_asked(cast: Cast) -> None:
    alert = issued(cast)
    answer(receipt=receipt_of(alert, cast.police), response="Told all shifts", by=cast.actor("lead"))
    send_all()
    mail.outbox.clear()
    form = opened(cast, "coordinator", "alert_correct", alert.pk) | {"area": "City of Albany"}
    form.pop("again", None)
    assert cast.client("coordinator").post(cast.url("alert_correct", alert.pk), form).status_code == 302
    send_all()
    assert mail.outbox == []
    assert receipt_of(alert, cast.police).acknowledged_at
    page = text_of(cast, "lead", "alert_detail", alert.pk)
    assert "City of Albany" in page
    assert "Corrected" in page

    form = opened(cast, "coordinator", "alert_correct", alert.pk) | {"again": "on"}
    assert cast.client("coordinator").post(cast.url("alert_correct", alert.pk), form).status_code == 302
    send_all()
    assert mail.outbox[0].subject.startswith("Corrected alert: Five")
    assert "This replaces what was mailed before." in mail.outbox[0].body
    receipt = receipt_of(alert, cast.police)
    assert (receipt.acknowledged_at, receipt.response) == (None, "Told all shifts")


def test_two_who_correct_at_once_lose_nothing_and_a_past_alert_stays(cast: Cast) -> None:
    alert = issued(cast)
    form = opened(cast, "coordinator", "alert_correct", alert.pk) | {"area": "City of Albany", "again": ""}
    other = opened(cast, "coordinator", "alert_correct", alert.pk) | {"area": "City of Cohoes", "again": ""}
    client, url = cast.client("coordinator"), cast.url("alert_correct", alert.pk)
    assert client.post(url, form).status_code == 302
    both = client.post(url, other)
    assert both.status_code == 422
    assert "City of Albany" in both.content.decode()
    alert.refresh_from_db()
    end_alert(alert=alert, by=cast.actor("coordinator"))
    assert (
        "This alert is over"
        in client.post(url, opened(cast, "coordinator", "alert_correct", alert.pk)).content.decode()
    )


@pytest.mark.parametrize("line", ["988", "1-800-662-4357", "(888) 555-0100", "518-555-0177"])
def test_a_public_line_may_be_named(cast: Cast, line: str) -> None:
    Contact.objects.create(partner=cast.ems, name="Desk", phone="(518) 555-0177")
    form = opened(cast, "coordinator", "alert_new") | WORDS | {"kinds": [], "chosen": [], "advice": f"Call {line}."}
    assert cast.client("coordinator").post(cast.url("alert_new"), form).status_code == 302


def test_the_mail_goes_once_to_each_contact_and_each_person_of_the_partner(cast: Cast) -> None:
    Contact.objects.create(partner=cast.police, name="Desk", email="desk@example.org")
    Contact.objects.create(partner=cast.police, name="Lead again", email="LEAD@example.org")
    issued(cast, cast.police)
    send_all()
    assert sorted(message.to[0] for message in mail.outbox) == [
        "desk@example.org",
        "lead@example.org",
        "member@example.org",
        "reporter@example.org",
    ]
    for text in ("Carry two more kits.", "City of Troy", "/partners/alerts/"):
        assert text in mail.outbox[0].body


def test_a_line_break_in_the_title_puts_nothing_into_a_mails_head(cast: Cast) -> None:
    issued(cast, title="Spike\r\nBcc: victim@example.org")
    send_all()
    assert "Bcc" not in mail.outbox[0].message()


@pytest.mark.parametrize(
    ("field", "text", "what"),
    [
        ("title", "Overdose of Maria Lopez", "names"),
        ("area", "At 12 Main Street", "street addresses"),
        ("advice", "Ask at 518-555-0100", "phone numbers"),
        ("advice", "DOB 4/5/1980", "dates of birth"),
        ("advice", "See case 2026-001234", "case numbers"),
        ("advice", "Write to jo@example.org", "e-mail addresses"),
    ],
)
def test_what_looks_personal_is_asked_to_be_taken_out(cast: Cast, field: str, text: str, what: str) -> None:
    form = opened(cast, "coordinator", "alert_new") | WORDS | {"kinds": [], "chosen": [], field: text}
    page = cast.client("coordinator").post(cast.url("alert_new"), form)
    assert page.status_code == 422
    assert what in page.content.decode()
    assert text in page.content.decode()
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Five times the usual overdoses since Friday, November 20, 2026",
        "Carry 2 more kits; call 911 first. Naloxone works on fentanyl, not on xylazine.",
        "Rensselaer County, ZIP codes 12180 and 12182, Rose Avenue and Grant Park",
        "Good Samaritan law protects who calls",
    ],
)
def test_what_alerts_say_does_not_look_personal(text: str) -> None:
    assert looks_personal(text) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"from_on": "2100-01-01"}, "still to come"),
        ({"lapses_on": "2001-01-01"}, "from today on"),
        ({"lapses_on": "2100-01-01"}, "at most 90 days"),
        ({"to_on": "2001-01-01"}, "ends before it begins"),
    ],
)
def test_days_that_make_no_sense_are_named(cast: Cast, values: dict[str, str], said: str) -> None:
    form = opened(cast, "coordinator", "alert_new") | WORDS | {"kinds": [], "chosen": []} | values
    assert said in cast.client("coordinator").post(cast.url("alert_new"), form).content.decode()
    assert not Alert.objects.exists()


def test_another_coalitions_partner_cannot_be_told(cast: Cast) -> None:
    foreign = Partner.objects.create(coalition=make_coalition(slug="theirs"), name="Foreign")
    form = opened(cast, "coordinator", "alert_new") | WORDS | {"chosen": [foreign.pk]}
    del form["everybody"]
    answered = cast.client("coordinator").post(cast.url("alert_new"), form)
    assert answered.status_code == 422
    assert "Foreign" not in answered.content.decode()


@pytest.mark.parametrize("role", ["lead", "reporter", "member", "observer"])
def test_only_coordinators_issue_remind_and_end(cast: Cast, role: str) -> None:
    alert, client = issued(cast), cast.client(role)
    assert client.get(cast.url("alert_new")).status_code == 403
    assert client.post(cast.url("alert_remind", alert.pk)).status_code == 403
    assert client.post(cast.url("alert_end", alert.pk)).status_code == 403


# ------------------------------------------------------------------ who sees it
def test_a_partner_that_was_not_told_does_not_see_it(cast: Cast) -> None:
    alert = issued(cast, cast.ems)
    for role in ("lead", "reporter", "member"):
        assert WORDS["title"] not in text_of(cast, role, "alert_list")
        assert WORDS["title"] not in text_of(cast, role, "home")
        client = cast.client(role)
        assert client.get(cast.url("alert_detail", alert.pk)).status_code == 404
        assert client.post(cast.url("alert_answer", receipt_of(alert, cast.ems).pk)).status_code == 404
    assert cast.client("observer").get(cast.url("alert_list")).status_code == 403
    assert receipt_of(alert, cast.ems).acknowledged_at is None


def test_a_partner_learns_nothing_of_who_else_was_told(cast: Cast) -> None:
    alert = issued(cast, cast.police, cast.ems)
    answer(receipt=receipt_of(alert, cast.ems), response="We took kits along.", by=cast.actor("coordinator"))
    for page in (text_of(cast, "lead", "alert_detail", alert.pk), text_of(cast, "lead", "alert_list")):
        assert "River EMS" not in page
        assert "We took kits along." not in page
        assert "of 2" not in page


# ------------------------------------------------------------------ acknowledged
@pytest.mark.parametrize("role", ["lead", "reporter", "member"])
def test_one_tap_on_the_home_page_acknowledges_and_the_card_goes(cast: Cast, role: str) -> None:
    alert = issued(cast)
    page = text_of(cast, role, "home")
    assert page.index(f"Alert: {WORDS['title']}") == min(match.end() for match in re.finditer(r'todo__text">', page))
    cast.client(role).post(re.search(r'action="([^"]+/alerts/answers/\d+/)"', page)[1])
    receipt = receipt_of(alert, cast.police)
    assert (receipt.acknowledged_by, receipt.acknowledged_at is not None) == (cast.people[role], True)
    assert WORDS["title"] not in text_of(cast, "lead", "home")


def test_what_was_done_can_follow_later_and_who_acknowledged_first_stays(cast: Cast) -> None:
    alert = issued(cast)
    url = cast.url("alert_answer", receipt_of(alert, cast.police).pk)
    cast.client("reporter").post(url)
    cast.client("lead").post(url, {"response": "Told all three shifts."})
    receipt = receipt_of(alert, cast.police)
    assert (receipt.acknowledged_by, receipt.response) == (cast.people["reporter"], "Told all three shifts.")
    assert "Told all three shifts." in text_of(cast, "coordinator", "alert_detail", alert.pk)


def test_an_answer_about_a_person_comes_back_and_acknowledges_nothing(cast: Cast) -> None:
    alert = issued(cast)
    url = cast.url("alert_answer", receipt_of(alert, cast.police).pk)
    page = cast.client("lead").post(url, {"response": "We visited Maria Lopez at 12 Main Street"})
    assert page.status_code == 422
    assert "We visited Maria Lopez" in page.content.decode()
    assert receipt_of(alert, cast.police).acknowledged_at is None


def test_the_coordinator_sees_who_has_not_answered_and_records_what_they_were_told(cast: Cast) -> None:
    alert = issued(cast, cast.police, cast.ems)
    assert "2 of 2 partners have not acknowledged the alert" in text_of(cast, "coordinator", "home")
    client = cast.client("coordinator")
    client.post(cast.url("alert_answer", receipt_of(alert, cast.ems).pk), {"response": "By phone: all crews know."})
    page = text_of(cast, "coordinator", "alert_detail", alert.pk)
    assert page.count(">Not yet<") == 1
    assert page.index("Troy Police") < page.index("River EMS")  # who has not, first
    event = Event.objects.get(verb="alert.acknowledged")
    assert (event.user, event.acting_for) == (cast.people["coordinator"], "River EMS")


def test_a_reminder_goes_to_those_alone_who_have_not_answered(cast: Cast) -> None:
    Contact.objects.create(partner=cast.ems, name="Desk", email="ems@example.org")
    alert = issued(cast, cast.police, cast.ems)
    send_all()
    answer(receipt=receipt_of(alert, cast.police), response="", by=cast.actor("lead"))
    mail.outbox.clear()
    assert remind(alert=alert, by=cast.actor("coordinator")) == 1
    send_all()
    assert [message.to for message in mail.outbox] == [["ems@example.org"]]


# ------------------------------------------------------------------ mail that does not arrive
def test_refused_addresses_and_partners_without_one_are_shown(cast: Cast) -> None:
    Contact.objects.create(partner=cast.police, name="Old", email="old@example.org")
    alert = issued(cast, cast.police, cast.ems)
    send_all()
    refuse("old@example.org", reason="unknown", source="provider")
    page = text_of(cast, "coordinator", "alert_detail", alert.pk)
    assert "old@example.org: there is no such mailbox" in page
    assert page.count("No address to mail to") == 1


def test_while_mail_is_down_the_alert_waits_and_is_not_sent_when_it_is_over(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    alert = issued(cast)
    send_all()
    assert set(AlertMail.objects.values_list("state", flat=True)) == {JobState.WAITING}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cast.client("coordinator").post(cast.url("alert_end", alert.pk))
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        send_all()
    assert mail.outbox == []
    assert set(AlertMail.objects.values_list("state", flat=True)) == {JobState.FAILED}


# ------------------------------------------------------------------ over
def test_an_alert_stays_through_the_day_it_lapses_on_where_the_coalition_is(cast: Cast) -> None:
    issued(cast)
    lapses = dt.datetime.combine(Alert.objects.get().lapses_on, dt.time(23, 59), tzinfo=dt.UTC)
    with time_machine.travel(lapses + dt.timedelta(hours=4)):  # 11 pm or later in New York
        assert WORDS["title"] in text_of(cast, "lead", "home")
    with time_machine.travel(lapses + dt.timedelta(hours=6)):
        assert WORDS["title"] not in text_of(cast, "lead", "home")
        page = text_of(cast, "lead", "alert_list")
        assert page.index("No current alert") < page.index(WORDS["title"])


def test_an_alert_that_was_ended_asks_nobody_any_more_and_stays_to_be_read(cast: Cast) -> None:
    alert, client = issued(cast), cast.client("coordinator")
    client.post(cast.url("alert_end", alert.pk))
    assert WORDS["title"] not in text_of(cast, "lead", "home")
    assert "not acknowledged" not in text_of(cast, "coordinator", "home")
    assert WORDS["title"] in text_of(cast, "lead", "alert_list")
    client.post(cast.url("alert_end", alert.pk))
    client.post(cast.url("alert_remind", alert.pk))
    assert Event.objects.filter(verb__in=["alert.ended", "alert.reminded"]).count() == 1


def test_script_in_every_field_stays_text(cast: Cast) -> None:
    evil = "<script>alert(1)</script>"
    alert = issued(cast, title=evil, area=evil, advice=evil)
    answer(receipt=receipt_of(alert, cast.police), response=evil, by=cast.actor("coordinator"))
    for role, name, args in (
        ("coordinator", "alert_detail", [alert.pk]),
        ("lead", "alert_list", []),
        ("lead", "alert_detail", [alert.pk]),
    ):
        assert "<script>alert" not in text_of(cast, role, name, *args)


def test_pages_cost_the_same_for_one_and_for_many(cast: Cast) -> None:
    def costs(alert: Alert) -> list[int]:
        client, found = cast.client("coordinator"), []
        for url in (cast.url("alert_list"), cast.url("alert_detail", alert.pk), cast.url("home")):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            found.append(len(queries))
        return found

    one = costs(issued(cast))
    partners = [cast.police, cast.ems]
    partners += [Partner.objects.create(coalition=cast.coalition, name=f"Partner {n}") for n in range(20)]
    for partner in partners:
        Contact.objects.create(partner=partner, name="Desk", email=f"desk{partner.pk}@example.org")
    issued(cast, title="Another")
    many = costs(issued(cast, *partners))
    assert many == one
    assert max(many[:2]) <= 15
