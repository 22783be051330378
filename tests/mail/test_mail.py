"""An address that refuses mail is kept, shown, left alone, and used again once it is mended."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings

from coalitions.actions.invitations import invite
from coalitions.models import Contact
from phast import mail
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from phast.mail.models import RefusedAddress
from phast.mail.sending import clear, refuse
from plans.models import DigestMail, Subscription
from tests.client import ReadingClient
from tests.factories import make_partner, make_person, sign_in
from tests.plans.factories import make_actor, make_plan, make_step

SECRET = "portal:a long enough password"
ON = {"MAIL_PROVIDER": "postmark", "ANYMAIL": {"WEBHOOK_SECRET": SECRET}}


@pytest.fixture
def by(db: None) -> Actor:
    return make_actor()


@pytest.fixture
def mail_system(settings: Any) -> Iterator[Callable[[str], None]]:
    """A mail system on a port of its own; `mail_system("550 5.1.1 no such person")` makes it say that to each recipient."""
    said = ["250 ok"]
    server = socket.create_server(("127.0.0.1", 0))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()

    def serve() -> None:
        while True:
            try:
                visitor, _ = server.accept()
            except OSError:
                return
            with visitor, visitor.makefile("rwb") as talk:
                _talk(talk, said)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield lambda words: said.__setitem__(0, words)
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def _talk(talk: Any, said: list[str]) -> None:
    def answer(words: str) -> None:
        talk.write(words.encode() + b"\r\n")
        talk.flush()

    answer("220 here")
    in_mail = False
    for line in talk:
        word = line.strip().upper()
        if in_mail:
            in_mail = word != b"."
            if not in_mail:
                answer("250 taken")
        elif word.startswith(b"RCPT"):
            answer(said[0])
        elif word == b"DATA":
            in_mail = True
            answer("354 go on")
        elif word == b"QUIT":
            answer("221 bye")
            return
        else:
            answer("250 ok")


def write_to(address: str) -> None:
    mail.send(EmailMessage("Subject", "Body", to=[address]))


# ------------------------------------------------------------------ at once
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("550 5.1.1 <ann@example.org>: no such person", "unknown"),
        ("550 no such person", "unknown"),
        ("552 5.2.2 over quota", "full"),
        ("550 5.7.1 blocked by policy", "blocked"),
        ("554 5.5.0 transaction failed", "other"),
    ],
)
@pytest.mark.django_db
def test_a_refused_address_is_kept_with_the_reason_and_not_with_what_was_said(
    mail_system: Callable[[str], None], said: str, reason: str
) -> None:
    mail_system(said)
    with pytest.raises(mail.Refused) as raised:
        write_to("Ann@example.org")
    assert "ann" not in str(raised.value).lower()
    kept = RefusedAddress.objects.get()
    assert (kept.address, kept.reason, kept.source, kept.cleared_at) == ("ann@example.org", reason, "smtp", None)
    assert kept.get_reason_display() == str(kept)


@pytest.mark.django_db
def test_come_back_later_is_no_refusal(mail_system: Callable[[str], None]) -> None:
    mail_system("450 4.2.0 greylisted <ann@example.org>")
    with pytest.raises(ConnectionError) as raised:
        write_to("ann@example.org")
    assert "ann" not in str(raised.value)
    assert not RefusedAddress.objects.exists()


@pytest.mark.django_db
def test_mail_that_gets_through_clears_what_the_mail_system_said(mail_system: Callable[[str], None]) -> None:
    refuse("ann@example.org", reason="full", source="smtp")
    refuse("bo@example.org", reason="unknown", source="provider")
    write_to("ann@example.org")
    write_to("bo@example.org")  # taken is not delivered: the provider says when it is
    assert mail.refusals(["ANN@example.org", "BO@example.org"]).keys() == {"bo@example.org"}


def test_a_digest_to_a_refusing_address_fails_with_a_sentence(by: Actor, mail_system: Callable[[str], None]) -> None:
    ann = Contact.objects.create(partner=make_partner(by.coalition), name="Ann", email="ann@example.org")
    subscription = Subscription.objects.create(coalition=by.coalition, contact=ann)
    made = DigestMail.objects.create(coalition=by.coalition, subscription=subscription, address=ann.email)
    made.steps.add(make_step(make_plan(by), owner=ann))
    mail_system("550 5.1.1 no")
    run_job("plans.DigestMail", made.pk)
    made.refresh_from_db()
    assert (made.state, made.message) == (
        JobState.FAILED,
        "The address refuses mail. Correct it among the partner’s contacts.",
    )


def test_a_refused_invitation_says_so(by: Actor, mail_system: Callable[[str], None]) -> None:
    mail_system("550 5.1.1 no")
    invitation = invite(email="kim@example.org", name="Kim", role=Role.OBSERVER, partner=None, by=by)
    run_job("coalitions.Invitation", invitation.pk)
    client = ReadingClient()
    sign_in(client, by.user)
    page = client.get(f"/c/{by.coalition.slug}/settings/invitations/").content.decode()
    assert "Failed" in page
    assert "there is no such mailbox" in page


# ------------------------------------------------------------------ shown and mended
def test_a_contact_whose_mail_comes_back_is_shown_and_mended(by: Actor) -> None:
    ann = Contact.objects.create(partner=make_partner(by.coalition), name="Ann", email="Ann@example.org")
    refuse("ann@example.org", reason="unknown", source="provider")
    client = ReadingClient()
    sign_in(client, by.user)
    page = f"/c/{by.coalition.slug}/partners/{ann.partner_id}/"
    assert "Mail comes back" in client.get(page).content.decode()
    client.post(f"/c/{by.coalition.slug}/partners/contacts/{ann.pk}/mended/")
    assert "Mail comes back" not in client.get(page).content.decode()
    assert RefusedAddress.objects.get().cleared_by == by.user


def test_a_person_whose_mail_comes_back_is_marked_and_sees_it_themselves(by: Actor) -> None:
    lead = make_person("lead@example.org", coalition=by.coalition, role=Role.LEAD, partner=make_partner(by.coalition))
    refuse("lead@example.org", reason="full", source="provider")
    coordinator, own = ReadingClient(), ReadingClient()
    sign_in(coordinator, by.user)
    sign_in(own, lead)
    assert "the mailbox is full" in coordinator.get(f"/c/{by.coalition.slug}/settings/people/").content.decode()
    settings = f"/c/{by.coalition.slug}/plans/mail/"
    assert "the mailbox is full" in own.get(settings).content.decode()
    own.post(f"{settings}works/")
    assert "the mailbox is full" not in own.get(settings).content.decode()


@pytest.mark.django_db
def test_old_news_does_not_undo_that_an_address_was_mended() -> None:
    refuse("ann@example.org", reason="full", source="provider")
    before = RefusedAddress.objects.get().at
    clear("ann@example.org")
    refuse("ann@example.org", reason="full", source="provider", at=before)
    assert mail.refusals(["ann@example.org"]) == {}
    refuse("ann@example.org", reason="full", source="provider")
    assert mail.refusals(["ann@example.org"])


# ------------------------------------------------------------------ later, by the provider
def report(event: dict[str, Any], secret: str = SECRET) -> int:
    """What the provider's server posts; the answer's status."""
    client = ReadingClient(enforce_csrf_checks=True)
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    response = client.post("/mail/bounces/", json.dumps(event), content_type="application/json", headers=headers)
    return response.status_code


BOUNCE = {
    "RecordType": "Bounce",
    "ID": 1,
    "Type": "HardBounce",
    "TypeCode": 1,
    "MessageID": "m",
    "Email": "Ann@example.org",
    "BouncedAt": "2026-11-09T07:10:00Z",
    "Details": "no such person",
}


@pytest.mark.django_db
def test_a_provider_reports_a_bounce_and_later_a_delivery() -> None:
    with override_settings(**ON):
        assert report(BOUNCE) == 200
        assert mail.refusals(["ann@example.org"])["ann@example.org"].source == "provider"
        delivered = {"RecordType": "Delivery", "MessageID": "m2", "Recipient": "ann@example.org"}
        assert report(delivered | {"DeliveredAt": "2026-11-10T07:10:00Z"}) == 200
    assert mail.refusals(["ann@example.org"]) == {}


@pytest.mark.django_db
def test_openings_are_nobodys_business() -> None:
    with override_settings(**ON):
        opened = {"RecordType": "Open", "MessageID": "m", "Recipient": "ann@example.org"}
        assert report(opened | {"ReceivedAt": "2026-11-10T07:10:00Z"}) == 200
    assert not RefusedAddress.objects.exists()


@pytest.mark.parametrize("secret", ["", "portal:wrong", "x"])
@pytest.mark.django_db
def test_a_report_without_the_secret_is_refused(secret: str) -> None:
    with override_settings(**ON):
        assert report(BOUNCE, secret) == 400
    assert not RefusedAddress.objects.exists()


@pytest.mark.parametrize("missing", [{"MAIL_PROVIDER": ""}, {"ANYMAIL": {"WEBHOOK_SECRET": ""}}])
@pytest.mark.django_db
def test_it_is_off_until_both_are_set(missing: dict[str, Any]) -> None:
    with override_settings(**ON | missing):
        assert report(BOUNCE) == 404
    assert report(BOUNCE) == 404
    assert not RefusedAddress.objects.exists()


@pytest.mark.parametrize("wrong", [{"MAIL_PROVIDER": "pigeon"}, {"ANYMAIL": {"WEBHOOK_SECRET": "short"}}])
def test_a_provider_we_cannot_read_or_without_a_secret_fails_the_check(wrong: dict[str, Any]) -> None:
    with override_settings(**ON), override_settings(**wrong), pytest.raises(SystemCheckError, match=r"mail\.E00"):
        call_command("check", "mail", "--tag", "security")


@pytest.mark.parametrize("provider", ["brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "postmark", "sparkpost"])
@pytest.mark.django_db
def test_each_provider_is_answered_and_believed_only_with_the_secret(provider: str) -> None:
    keys = {"MAILGUN_WEBHOOK_SIGNING_KEY": "k", "MAILERSEND_SIGNING_SECRET": "k"}
    with override_settings(MAIL_PROVIDER=provider, ANYMAIL={"WEBHOOK_SECRET": SECRET, **keys}):
        assert ReadingClient().post("/mail/bounces/", "{}", content_type="application/json").status_code == 400
        assert ReadingClient().head("/mail/bounces/").status_code == 200
