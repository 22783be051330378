"""Somebody with a mail about steps, and the page its link opens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from coalitions.models import Contact, Partner
from phast.access.actor import Actor
from plans.models import DigestMail, Plan, Step, Subscription
from tests.client import ReadingClient
from tests.factories import make_partner
from tests.plans.factories import make_actor, make_plan, make_step


@dataclass
class Setting:
    """Ann, a contact without an account, with two steps and a mail about both."""

    by: Actor
    plan: Plan
    partner: Partner
    ann: Contact
    steps: list[Step]
    mail: DigestMail


def path_of(link: str) -> str:
    return re.sub("^http://[^/]+", "", link)


def mail_to(owner: Contact | Any, *steps: Step) -> DigestMail:
    """A mail about these steps, to a contact or a user."""
    who = {"contact": owner} if isinstance(owner, Contact) else {"user": owner}
    coalition = steps[0].plan.coalition
    subscription, _ = Subscription.objects.get_or_create(coalition=coalition, **who)
    mail = DigestMail.objects.create(coalition=coalition, subscription=subscription, address=owner.email)
    mail.steps.set(steps)
    return mail


def make_setting() -> Setting:
    by = make_actor()
    plan, partner = make_plan(by), make_partner(by.coalition)
    ann = Contact.objects.create(partner=partner, name="Ann Chief", email="ann@example.org")
    steps = [make_step(plan, title, owner=ann) for title in ("Call the chiefs", "Print the cards")]
    return Setting(by, plan, partner, ann, steps, mail_to(ann, *steps))


def say(path: str, step: Step, status: str = "done", note: str = "", client: ReadingClient | None = None) -> Any:
    return (client or ReadingClient()).post(path, {"step": step.pk, "status": status, "note": note})


def shown(path: str) -> str:
    response = ReadingClient().get(path)
    assert response.status_code == 200
    return response.content.decode()
