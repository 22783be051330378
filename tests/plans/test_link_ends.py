"""The link in the mail ends with what made it somebody's, and after fourteen days."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.utils import timezone

from coalitions.actions.contacts import remove_contact, update_contact
from coalitions.actions.memberships import remove_membership
from coalitions.models import Contact, Membership, Position
from phast.access.table import Role
from phast.jobs.tasks import run_job
from phast.mail.models import RefusedAddress
from plans.digest import steps_link
from plans.enums import StepStatus
from plans.models import DigestMail, Plan, Responsibility, Step, Update
from tests.client import ReadingClient
from tests.factories import make_person
from tests.plans.factories import make_step
from tests.plans.links import Setting, mail_to, make_setting, path_of, say, shown


@pytest.fixture
def here(db: None) -> Setting:
    return make_setting()


@pytest.fixture
def path(here: Setting) -> str:
    return path_of(steps_link(here.mail))


# ------------------------------------------------------------------ when it dies
def ends_by_another_owner(here: Setting) -> None:
    Responsibility.objects.filter(contact=here.ann).update(contact=None, partner=here.partner)
    make_person("lead@example.org", coalition=here.by.coalition, role=Role.LEAD, partner=here.partner)


def ends_by_another_holder(here: Setting) -> None:
    position = Position.objects.create(coalition=here.by.coalition, title="Champion")
    Responsibility.objects.filter(contact=here.ann).update(contact=None, position=position)


def ends_by_taking_the_party_off(here: Setting) -> None:
    Responsibility.objects.filter(contact=here.ann).delete()


def ends_by_finishing(here: Setting) -> None:
    Step.objects.update(status=StepStatus.DONE, finished_at=timezone.now())


def ends_by_removing(here: Setting) -> None:
    Step.objects.update(removed_at=timezone.now(), removed_by=here.by.user)


def ends_by_archiving(here: Setting) -> None:
    Plan.objects.update(status="archived")


@pytest.mark.parametrize(
    "ends",
    [
        ends_by_another_owner,
        ends_by_another_holder,
        ends_by_taking_the_party_off,
        ends_by_finishing,
        ends_by_removing,
        ends_by_archiving,
    ],
)
def test_a_step_that_is_no_longer_theirs_is_neither_shown_nor_said(here: Setting, path: str, ends: Any) -> None:
    ends(here)
    page = shown(path)
    assert "Nothing is waiting for you here" in page
    assert "Call the chiefs" not in page
    assert say(path, here.steps[0], "in_progress").status_code == 404
    assert not Update.objects.exists()


def test_it_dies_when_the_contacts_address_is_another_one(here: Setting, path: str) -> None:
    update_contact(contact=here.ann, by=here.by, version=None, values={"email": "new@example.org"})
    assert ReadingClient().get(path).status_code == 404
    assert say(path, here.steps[0]).status_code == 404


def test_it_dies_when_the_contact_is_removed(here: Setting, path: str) -> None:
    remove_contact(contact=here.ann, by=here.by)
    assert ReadingClient().get(path).status_code == 404


def test_it_dies_when_the_membership_ends(here: Setting) -> None:
    lead = make_person("lead@example.org", coalition=here.by.coalition, role=Role.LEAD, partner=here.partner)
    Contact.objects.create(partner=here.partner, name="Lee", email=lead.email, user=lead)
    step = make_step(here.plan, "For the agency", owner=here.partner)
    path = path_of(steps_link(mail_to(lead, step)))
    assert step.title in shown(path)
    remove_membership(membership=Membership.objects.get(user=lead), by=here.by)
    assert step.title not in shown(path)
    assert say(path, step).status_code == 404


def test_it_dies_when_the_account_is_closed(here: Setting) -> None:
    lead = make_person("lead@example.org", coalition=here.by.coalition, role=Role.LEAD, partner=here.partner)
    path = path_of(steps_link(mail_to(lead, make_step(here.plan, owner=here.partner))))
    lead.is_active = False
    lead.save()
    assert ReadingClient().get(path).status_code == 404


def test_a_partners_contact_loses_it_when_somebody_leads_for_the_partner(here: Setting) -> None:
    step = make_step(here.plan, "For the agency", owner=here.partner)
    path = path_of(steps_link(mail_to(here.ann, step)))
    assert step.title in shown(path)
    make_person("lead@example.org", coalition=here.by.coalition, role=Role.LEAD, partner=here.partner)
    assert say(path, step).status_code == 404


def test_a_coordinators_link_reaches_no_more_than_what_is_theirs(here: Setting) -> None:
    user = here.by.user
    contact = Contact.objects.create(partner=here.partner, name="Maya", email=user.email, user=user)
    hers = make_step(here.plan, "Hers", owner=contact)
    path = path_of(steps_link(mail_to(user, hers, here.steps[0])))
    assert "Call the chiefs" not in shown(path)
    assert say(path, here.steps[0]).status_code == 404
    assert say(path, hers).status_code == 302


# ------------------------------------------------------------------ when it runs out
def test_it_is_good_for_fourteen_days_and_then_offers_a_fresh_one(here: Setting, path: str) -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(days=13, hours=23)):
        assert ReadingClient().get(path).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=14, minutes=1)):
        response = ReadingClient().get(path)
        assert response.status_code == 410
        page = response.content.decode()
        assert "Send me a fresh link" in page
        assert "Call the chiefs" not in page
        assert "ann@example.org" not in page
        assert say(path, here.steps[0]).status_code == 410
    assert not Update.objects.exists()


def test_a_fresh_link_goes_to_the_same_address_once_an_hour(here: Setting, path: str) -> None:
    later = timezone.now() + dt.timedelta(days=15)
    with time_machine.travel(later):
        answers = {ReadingClient().post(path).status_code for _ in range(3)}
        [again] = DigestMail.objects.exclude(pk=here.mail.pk)
        run_job("plans.DigestMail", again.pk)
        [message] = outbox.outbox
        assert message.to == ["ann@example.org"]
        fresh = re.search(r"http://[^/]+(/u/\S+)", message.body)[1]
        assert "Call the chiefs" in shown(fresh)
    with time_machine.travel(later + dt.timedelta(minutes=61)):
        ReadingClient().post(path)
    assert answers == {410}
    assert DigestMail.objects.count() == 3


@pytest.mark.parametrize("why", ["nothing left", "refuses mail"])
def test_asking_again_tells_nothing(here: Setting, path: str, why: str) -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        if why == "nothing left":
            ends_by_finishing(here)
        else:
            RefusedAddress.objects.create(address="ann@example.org", reason="full", source="smtp")
        response = ReadingClient().post(path)
    assert (response.status_code, "on its way to the same address" in response.content.decode()) == (410, True)
    assert DigestMail.objects.count() == 1
