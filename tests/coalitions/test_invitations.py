"""Invitations: bound to an address, single use, 72 hours, kept while mail is down (THREATS 43, 63)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from coalitions.actions.invitations import invite, resend_invitation, withdraw_invitation
from coalitions.invitations import link
from coalitions.models import Contact, Invitation, Membership
from phast.access.table import Role
from phast.accounts.models import User
from phast.audit.models import Event
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from tests.client import ReadingClient
from tests.factories import PASSWORD, make_person, sign_in

from .conftest import Cast

NEW = {"name": "Kim Tran", "password": "four unrelated words here"}


def invite_kim(cast: Cast, by: str = "coordinator", **values: Any) -> Invitation:
    wanted = {"email": "Kim@Example.org", "name": "Kim", "role": Role.REPORTER, "partner": cast.police} | values
    return invite(by=cast.actor(by), **wanted)


def path_of(invitation: Invitation) -> str:
    return re.sub("^http://[^/]+", "", link(invitation))


def send(invitation: Invitation) -> None:
    run_job("coalitions.Invitation", invitation.pk)
    invitation.refresh_from_db()


# ------------------------------------------------------------------ the way in
def test_a_new_person_opens_an_account_from_the_mail_and_is_let_in(cast: Cast, client: ReadingClient) -> None:
    send(invite_kim(cast))
    [message] = mail.outbox
    assert message.to == ["kim@example.org"]
    assert "Tri-County" in message.subject
    path = re.search(r"http://[^/]+(/invitations/\S+)", message.body)[1]

    assert "kim@example.org" in client.get(path).content.decode()
    response = client.post(path, NEW)

    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    kim = User.objects.get(email="kim@example.org")
    assert EmailAddress.objects.get(user=kim).verified
    membership = Membership.objects.get(user=kim)
    assert (membership.role, membership.partner, membership.created_by) == (
        "reporter",
        cast.police,
        cast.people["coordinator"],
    )
    assert Contact.objects.get(partner=cast.police, user=kim).name == "Kim Tran"


def test_the_address_cannot_be_chosen_and_further_fields_are_ignored(cast: Cast, client: ReadingClient) -> None:
    extra = {"email": "boss@example.org", "role": "coordinator", "partner": cast.ems.pk, "is_superuser": "on"}
    client.post(path_of(invite_kim(cast)), NEW | extra)

    kim = User.objects.get(name="Kim Tran")
    assert (kim.email, kim.is_superuser) == ("kim@example.org", False)
    assert Membership.objects.get(user=kim).role == "reporter"


@pytest.mark.parametrize("password", ["short", "password1234", "kim@example.org", "Kim-Tran-26!"])
def test_a_weak_password_comes_back_with_the_name_kept(cast: Cast, client: ReadingClient, password: str) -> None:
    response = client.post(path_of(invite_kim(cast)), NEW | {"password": password})

    assert response.status_code == 422
    assert "Kim Tran" in response.content.decode()
    assert not User.objects.filter(email="kim@example.org").exists()


def test_a_coordinator_is_led_to_a_second_factor_first(cast: Cast, client: ReadingClient) -> None:
    invitation = invite_kim(cast, role=Role.COORDINATOR, partner=None)
    response = client.post(path_of(invitation), NEW)

    assert client.get(response["Location"])["Location"] == "/accounts/2fa/"


def test_somebody_with_an_account_signs_in_and_joins(cast: Cast, client: ReadingClient) -> None:
    kim = make_person("kim@example.org", name="Kim Tran")
    path = path_of(invite_kim(cast))
    assert f"/accounts/login/?next={path.replace(':', '%3A')}" in client.get(path).content.decode()

    sign_in(client, kim)
    assert client.get(path).status_code == 200
    response = client.post(path)

    assert response["Location"] == "/c/ours/"
    assert Membership.objects.get(user=kim).role == "reporter"


def test_an_account_with_an_owner_is_never_taken_over_by_a_link(cast: Cast, client: ReadingClient) -> None:
    kim = make_person("kim@example.org")
    client.post(path_of(invite_kim(cast)), NEW)

    kim.refresh_from_db()
    assert kim.check_password(PASSWORD)
    assert not Membership.objects.filter(user=kim).exists()


def test_a_partner_that_was_invited_is_active_once_somebody_came(cast: Cast, client: ReadingClient) -> None:
    cast.police.status = "invited"
    cast.police.save()
    client.post(path_of(invite_kim(cast)), NEW)

    cast.police.refresh_from_db()
    assert cast.police.status == "active"


# ------------------------------------------------------------------ the link is in the mail alone
def test_nobody_sees_the_link_on_a_page(cast: Cast) -> None:
    """Who invites could otherwise open the account with a password of their own."""
    path = path_of(invite_kim(cast, by="lead"))

    assert path not in _page(cast, "lead")
    assert path not in _page(cast, "coordinator")


def test_an_account_that_nobody_verified_is_taken_over_by_the_mailboxs_owner(cast: Cast) -> None:
    kim = User.objects.create_user("kim@example.org", "chosen by somebody else")

    ReadingClient().post(path_of(invite_kim(cast)), NEW)

    kim.refresh_from_db()
    assert kim.check_password(NEW["password"])
    assert EmailAddress.objects.get(user=kim).verified


# ------------------------------------------------------------------ refused
def test_a_link_works_once(cast: Cast, client: ReadingClient) -> None:
    invitation = invite_kim(cast)
    client.post(path_of(invitation), NEW)

    again = ReadingClient().post(path_of(invitation), NEW | {"name": "Somebody Else"})

    assert again.status_code == 410
    assert "It was used on" in again.content.decode()
    assert not User.objects.filter(name="Somebody Else").exists()


def test_a_forwarded_link_is_refused_to_somebody_signed_in_as_another(cast: Cast) -> None:
    response = cast.client("observer").post(path_of(invite_kim(cast)))

    assert response.status_code == 403
    assert "is for kim@example.org alone" in response.content.decode()
    assert cast.people["observer"].memberships.count() == 1


def test_a_link_is_good_for_72_hours(cast: Cast, client: ReadingClient) -> None:
    invitation = invite_kim(cast)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=71, minutes=59)):
        assert client.get(path_of(invitation)).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(hours=72, minutes=1)):
        response = client.post(path_of(invitation), NEW)
    assert response.status_code == 410
    assert "It ran out" in response.content.decode()
    assert not User.objects.filter(email="kim@example.org").exists()


def test_a_withdrawn_link_is_refused(cast: Cast, client: ReadingClient) -> None:
    invitation = invite_kim(cast)
    withdraw_invitation(invitation=invitation, by=cast.actor("coordinator"))

    assert client.post(path_of(invitation), NEW).status_code == 410


def test_sending_again_replaces_the_link(cast: Cast, client: ReadingClient) -> None:
    old = invite_kim(cast)
    new = resend_invitation(invitation=old, by=cast.actor("coordinator"))

    assert client.get(path_of(old)).status_code == 410
    assert client.get(path_of(new)).status_code == 200


def test_a_token_that_was_put_together_is_no_link(cast: Cast, client: ReadingClient) -> None:
    one, other = path_of(invite_kim(cast)), path_of(invite_kim(cast, partner=cast.ems))
    mixed = f"{one.split(':')[0]}:{other.split(':')[1]}"
    assert client.get(mixed).status_code == 404
    assert client.get("/invitations/nonsense/").status_code == 404


def test_the_same_person_is_not_invited_twice_to_one_place(cast: Cast) -> None:
    invite_kim(cast)
    with pytest.raises(ValidationError, match="open invitation"):
        invite_kim(cast)
    with pytest.raises(ValidationError, match="role there already"):
        invite_kim(cast, email="reporter@example.org")


# ------------------------------------------------------------------ mail is down
def test_while_mail_is_down_the_invitation_is_kept_shown_and_sent_later(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    response = cast.client("coordinator").post(
        cast.url("invitation_new"), {"email": "kim@example.org", "role": "observer", "partner": ""}
    )
    assert response.status_code == 302
    invitation = Invitation.objects.get(email="kim@example.org")
    send(invitation)
    assert invitation.state == JobState.WAITING
    assert "Not sent yet: mail is down" in _page(cast, "coordinator")
    assert "An invitation is not sent yet" in cast.client("coordinator").get("/c/ours/").content.decode()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=20)):
        send(invitation)
    assert invitation.state == JobState.DONE
    assert [message.to for message in mail.outbox] == [["kim@example.org"]]


def test_nothing_is_sent_for_an_invitation_that_was_withdrawn_meanwhile(cast: Cast) -> None:
    invitation = invite_kim(cast)
    withdraw_invitation(invitation=invitation, by=cast.actor("coordinator"))
    send(invitation)
    assert mail.outbox == []


def test_an_invitation_that_ran_out_unsent_says_so(cast: Cast) -> None:
    invitation = invite_kim(cast)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=73)):
        send(invitation)
    assert mail.outbox == []
    assert invitation.state == JobState.FAILED
    assert "Send it again" in invitation.message


# ------------------------------------------------------------------ a lead invites
@pytest.mark.parametrize("role", ["lead", "reporter", "member"])
def test_a_lead_invites_to_the_own_agency(cast: Cast, role: str) -> None:
    response = cast.client("lead").post(
        cast.url("invitation_new"), {"email": "kim@example.org", "role": role, "partner": cast.police.pk}
    )
    assert response.status_code == 302
    assert Invitation.objects.get().partner == cast.police


@pytest.mark.parametrize(
    ("role", "place"), [("coordinator", "police"), ("observer", "police"), ("reporter", "ems"), ("member", "")]
)
def test_a_lead_invites_to_nothing_else(cast: Cast, role: str, place: str) -> None:
    partner = getattr(cast, place).pk if place else ""
    response = cast.client("lead").post(
        cast.url("invitation_new"), {"email": "kim@example.org", "role": role, "partner": partner}
    )
    assert response.status_code == 422
    assert not Invitation.objects.exists()
    with pytest.raises(PermissionDenied):
        invite_kim(cast, by="lead", role=Role(role), partner=getattr(cast, place) if place else None)


def test_a_lead_sees_only_the_own_agencys_invitations(cast: Cast) -> None:
    other = invite_kim(cast, partner=cast.ems, email="ems@example.org")
    assert "ems@example.org" not in _page(cast, "lead")
    assert cast.client("lead").post(cast.url("invitation_withdraw", other.pk)).status_code == 404
    other.refresh_from_db()
    assert other.withdrawn_at is None


def test_each_step_is_in_the_audit_log(cast: Cast, client: ReadingClient) -> None:
    client.post(path_of(resend_invitation(invitation=invite_kim(cast), by=cast.actor("coordinator"))), NEW)
    verbs = list(Event.objects.of(cast.coalition).order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "invitation.created", "invitation.withdrawn", "invitation.created", "account.created", "invitation.accepted"
    ]  # fmt: skip


def _page(cast: Cast, role: str) -> str:
    return cast.client(role).get(cast.url("invitation_list")).content.decode()


def test_a_new_coordinator_sets_up_the_second_factor_without_typing_the_password_again(
    cast: Cast, client: ReadingClient
) -> None:
    joined = client.post(path_of(invite_kim(cast, role=Role.COORDINATOR, partner=None)), NEW)

    assert client.get(joined["Location"])["Location"] == "/accounts/2fa/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
