"""Reminding agencies of their reports: when, whom, once, and not in vain."""

from __future__ import annotations

import datetime as dt
import re
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from coalitions.models import Coalition, Membership
from lbn.actions import close_period, ensure_periods, submit_period
from lbn.models import Period, PeriodReminder, ReminderMail, ReminderStop
from lbn.refusals import NotPossible
from lbn.reminders import ask_again, remind, set_reminders
from lbn.tasks import remind_of_reports
from phast import mail as post
from phast.audit.models import Event
from phast.jobs.models import JobFailed, JobState
from phast.mail.models import Reason, Source
from phast.mail.sending import refuse
from tests.factories import sign_in

from .conftest import TODAY, Scene
from .test_counting_pages import text

PERIODS = "/c/ours/naloxone/periods/"
DUE = dt.date(2026, 11, 30)  # of October


@pytest.fixture
def october(scene: Scene) -> Period:
    ensure_periods(coalition=scene.coalition, today=TODAY)
    close_period(period=Period.objects.get(from_on="2026-09-01"), by=scene.coordinator)
    return Period.objects.get(from_on="2026-10-01")


def on(day: dt.date, hour: int = 12) -> Any:
    """That hour of that day in New York (winter time)."""
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, hour + 5, tzinfo=dt.UTC), tick=False)


def sent_mails() -> None:
    """Sends what waits."""
    for each in ReminderMail.objects.filter(state=JobState.WAITING).order_by("pk"):
        each.work()
        ReminderMail.objects.filter(pk=each.pk).update(state=JobState.DONE)


def kinds(scene: Scene) -> list[str]:
    return list(PeriodReminder.objects.filter(partner=scene.agency).order_by("pk").values_list("kind", flat=True))


def test_each_reminder_comes_once_before_on_and_after_the_day(scene: Scene, october: Period) -> None:
    for days in range(-8, 17):
        with on(DUE + dt.timedelta(days)):
            remind_of_reports()
            remind_of_reports()
            if days == -5:
                assert kinds(scene) == ["soon"]
            elif days == 0:
                assert kinds(scene) == ["soon", "due"]
    reminders = PeriodReminder.objects.filter(partner=scene.agency, period=october)
    assert [(each.kind, (each.sent_on - DUE).days) for each in reminders.order_by("pk")] == [
        ("soon", -5),
        ("due", 0),
        ("late", 7),
    ]
    assert (
        ReminderMail.objects.filter(reminder__in=reminders).count() == 6
    )  # the lead and the reporter, each three times


def test_what_was_missed_comes_later_and_what_is_old_not_at_all(scene: Scene, october: Period) -> None:
    for days, expected in ((3, ["due"]), (10, ["due", "late"])):
        with on(DUE + dt.timedelta(days)):
            remind(coalition=scene.coalition)
            assert kinds(scene) == expected
    PeriodReminder.objects.all().delete()
    with on(DUE + dt.timedelta(15)):
        assert remind(coalition=scene.coalition) == 0


def test_the_morning_begins_where_the_coalition_is(scene: Scene, october: Period) -> None:
    with on(DUE, hour=6):
        assert remind(coalition=scene.coalition) == 0
    with on(DUE, hour=8):
        Coalition.objects.update(time_zone="Pacific/Honolulu")
        assert remind(coalition=scene.coalition) == 0
        Coalition.objects.update(time_zone="America/New_York")
        assert remind(coalition=scene.coalition) == 1  # the other agency has nobody who reports


def test_a_coalition_that_wants_none_gets_none(scene: Scene, october: Period) -> None:
    Coalition.objects.update(remind_reports=False)
    with on(DUE):
        remind_of_reports()
    assert not PeriodReminder.objects.exists()


def test_the_mail_says_what_is_due_and_opens_the_page(scene: Scene, october: Period) -> None:
    scene.log(day=dt.date(2026, 10, 3), kits=4)
    with on(DUE - dt.timedelta(3)):
        remind(coalition=scene.coalition)
        sent_mails()
    assert sorted(message.to[0] for message in mail.outbox) == ["lee@example.org", "rae@example.org"]
    message = mail.outbox[0]
    assert message.subject == f"Naloxone report for October 2026: due November 30 · {scene.coalition}"
    assert "October 2026: due November 30 · 4 kits logged so far" in message.body
    assert f"{PERIODS}?agency={scene.agency.pk}" in message.body


def test_nobody_is_asked_for_what_was_reported_meanwhile(scene: Scene, october: Period) -> None:
    with on(DUE):
        remind(coalition=scene.coalition)
        submit_period(period=october, partner=scene.agency, nothing=True, by=scene.reporter)
        sent_mails()
    assert mail.outbox == []


def test_nobody_is_asked_who_left_or_wants_no_mail(scene: Scene, october: Period) -> None:
    with on(DUE):
        remind(coalition=scene.coalition)
        Membership.objects.filter(user=scene.reporter_user).delete()
        set_reminders(wanted=False, by=_lead(scene))
        sent_mails()
    assert mail.outbox == []
    set_reminders(wanted=True, by=_lead(scene))
    assert not ReminderStop.objects.exists()


def test_an_address_that_refuses_mail_gets_none(scene: Scene, october: Period) -> None:
    refuse("lee@example.org", reason=Reason.UNKNOWN, source=Source.PROVIDER)
    with on(DUE):
        remind(coalition=scene.coalition)
    assert [each.user for each in ReminderMail.objects.all()] == [scene.reporter_user]


def test_an_address_that_refuses_now_is_kept_and_the_job_ends(
    scene: Scene, october: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: object, *args: object) -> None:
        raise SMTPRecipientsRefused({"rae@example.org": (550, b"5.1.1 No such user")})

    with on(DUE):
        remind(coalition=scene.coalition)
        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refused)
        with pytest.raises(JobFailed, match="refuses mail"):
            ReminderMail.objects.get(user=scene.reporter_user).work()
    assert "rae@example.org" in post.refusals(["rae@example.org"])


def _lead(scene: Scene) -> Any:
    from tests.world import actor_of

    return actor_of(scene.lead_user, scene.coalition)


# ------------------------------------------------------------------ asked by the coordinator
def test_the_coordinator_asks_again_once_a_day(client: Client, scene: Scene, october: Period) -> None:
    sign_in(client, scene.coordinator_user)
    url = f"{PERIODS}{october.pk}/ask/?agency={scene.agency.pk}"
    told = client.post(url, follow=True)
    assert "A mail is on its way to 2 people of Riverbend Police." in text(told)
    assert "was asked today already" in text(client.post(url, follow=True))
    sent_mails()
    assert "The coordinator asks Riverbend Police" in mail.outbox[0].body
    event = Event.objects.get(verb="period.asked_again")
    assert event.partner_id == scene.agency.pk


def test_asking_an_agency_without_people_says_to_call(scene: Scene, october: Period) -> None:
    with pytest.raises(NotPossible, match="Please call"):
        ask_again(period=october, partner=scene.other, by=scene.coordinator)
    submit_period(period=october, partner=scene.agency, nothing=True, by=scene.reporter)
    with pytest.raises(NotPossible, match="nothing to report"):
        ask_again(period=october, partner=scene.agency, by=scene.coordinator)


def test_an_agency_asks_nobody(client: Client, scene: Scene, october: Period) -> None:
    sign_in(client, scene.lead_user)
    assert client.post(f"{PERIODS}{october.pk}/ask/").status_code == 403


def test_a_person_stops_the_mails_on_the_page_they_lead_to(client: Client, scene: Scene, october: Period) -> None:
    sign_in(client, scene.reporter_user)
    page = client.get(PERIODS).content.decode()
    assert re.search(r'name="wanted" value="0"', page)
    told = client.post(f"{PERIODS}mail/", {"wanted": "0"}, follow=True)
    assert "You get no more reminders by e-mail." in text(told)
    assert ReminderStop.objects.get().user == scene.reporter_user
    client.post(f"{PERIODS}mail/", {"wanted": "1"})
    assert not ReminderStop.objects.exists()
