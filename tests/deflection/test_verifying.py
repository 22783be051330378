"""Reminders to verify entries of the directory: whom, when, once, and not in vain."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail

from deflection import reference
from deflection.actions import verify_resource
from deflection.models import VerifyMail
from deflection.tasks import remind_to_verify
from deflection.verifying import cards, kept_stale
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.tasks import run_job

from .factories import make_actor
from .test_directory import make_resource
from .test_resource_pages import LIST, client_of

NOON = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)  # in New York
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    reference.load()


def kept_by(actor: Actor) -> Any:
    [partner] = actor.own_partner_ids
    return partner


def told(when: dt.datetime = NOON) -> dict[str, str]:
    """Whom the reminders of that moment reach, and what they say."""
    mail.outbox.clear()
    with time_machine.travel(when, tick=False):
        remind_to_verify()
        for job in VerifyMail.objects.filter(finished_at=None):
            run_job("deflection.VerifyMail", job.pk)
    return {message.to[0]: message.body for message in mail.outbox}


def test_each_keeper_is_told_of_their_own_entries(by: Actor) -> None:
    member = make_actor(Role.MEMBER)
    make_actor(Role.OBSERVER)
    make_resource(by, "Of the coalition")
    make_resource(by, "Of the member", partner_id=kept_by(member))
    found = told()
    assert set(found) == {by.user.email, member.user.email}
    assert "Of the coalition" in found[by.user.email]
    assert "Of the member" not in found[by.user.email]
    assert "Of the member" in found[member.user.email]
    assert f"{LIST}verify/" in found[member.user.email]


def test_a_partner_nobody_edits_for_is_the_coordinators(by: Actor) -> None:
    reporter = make_actor(Role.REPORTER)
    make_resource(by, "Lonely", partner_id=kept_by(reporter))
    assert [one.name for one in kept_stale(by)] == ["Lonely"]


def test_nobody_is_told_twice_within_thirty_days_or_in_the_night(by: Actor) -> None:
    make_resource(by)
    assert told(NOON - dt.timedelta(hours=8)) == {}
    assert told()
    assert told(NOON + DAY) == {}
    assert told(NOON + 29 * DAY) == {}
    assert told(NOON + 30 * DAY)


def test_nobody_is_told_of_what_was_verified_meanwhile(by: Actor) -> None:
    resource = make_resource(by)
    with time_machine.travel(NOON, tick=False):
        remind_to_verify()
        verify_resource(resource=resource, by=by)
        run_job("deflection.VerifyMail", VerifyMail.objects.get().pk)
    assert mail.outbox == []


def test_who_wants_none_gets_none_and_may_change_their_mind(by: Actor) -> None:
    make_resource(by)
    client = client_of(by)
    client.post(f"{LIST}verify/reminders/")
    assert told() == {}
    client.post(f"{LIST}verify/reminders/", {"wanted": "1"})
    assert told()


def test_the_home_page_says_how_many_wait(by: Actor) -> None:
    assert cards(by) == []
    make_resource(by)
    make_resource(by, "Another")
    [card] = cards(by)
    assert (card.number, card.url) == ("2", f"{LIST}verify/")
    assert cards(make_actor(Role.OBSERVER)) == []
