"""What a session must have proved: lately, with the second factor where the role needs one, and by the one who typed (THREATS 42, 62)."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.models import Session
from django.test import Client

from phast.access.table import Role
from phast.audit.models import Event
from tests.factories import PASSWORD, make_coalition, make_person, sign_in
from tests.world import World

HOME = "/c/ours/"
NEW_PARTNER = "/c/ours/partners/new/"


@pytest.fixture
def coordinator(db):
    return make_person("ana@example.org", coalition=make_coalition(), role=Role.COORDINATOR, name="Ana Reyes")


def with_password_alone(client: Client) -> None:
    session = client.session
    session["account_authentication_methods"] = session["account_authentication_methods"][:1]
    session.save()


# ------------------------------------------------------------------ the second factor
def test_a_session_older_than_the_second_factor_does_not_do(client: Client, coordinator) -> None:
    """Somebody who knew the password was signed in before there was a second factor: setting one up shuts them out."""
    sign_in(client, coordinator)
    with_password_alone(client)
    response = client.get(HOME)
    assert response.status_code == 302
    assert response.url == "/accounts/2fa/reauthenticate/?next=/c/ours/"


def test_who_has_a_security_key_alone_is_asked_for_it(client: Client, coordinator) -> None:
    sign_in(client, coordinator)
    with_password_alone(client)
    coordinator.authenticator_set.update(type=Authenticator.Type.WEBAUTHN)
    assert client.get(HOME).url == "/accounts/2fa/webauthn/reauthenticate/?next=/c/ours/"


def test_recovery_codes_alone_are_no_second_factor(client: Client, coordinator) -> None:
    sign_in(client, coordinator)
    coordinator.authenticator_set.update(type=Authenticator.Type.RECOVERY_CODES)
    assert client.get(HOME).url == "/accounts/2fa/"


@pytest.mark.django_db(transaction=True)  # allauth tells of it once it is committed
def test_who_sets_up_a_second_factor_goes_on_and_the_log_says_so(client: Client, coordinator) -> None:
    client.post("/accounts/login/", {"login": coordinator.email, "password": PASSWORD})
    assert client.get(HOME).url == "/accounts/2fa/"
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(client.session[totp.SECRET_SESSION_KEY], counter))
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    assert client.get(HOME).status_code == 200
    assert Event.objects.filter(verb="account.second_factor_added", user=coordinator, detail__kind="totp").exists()


# ------------------------------------------------------------------ lately
def test_a_phone_that_counts_for_weeks_takes_no_new_address(client: Client, coordinator) -> None:
    """Whoever picks it up could otherwise have the password sent to themselves."""
    sign_in(client, coordinator, hours_ago=13)
    Authenticator.objects.all().delete()  # with a second factor allauth takes no further address at all
    response = client.post("/accounts/email/", {"action_add": "", "email": "thief@example.org"})
    assert response.status_code == 302
    assert response.url.startswith("/accounts/reauthenticate/")
    assert not EmailAddress.objects.filter(email="thief@example.org").exists()


def test_a_changed_password_is_in_the_log(client: Client, coordinator) -> None:
    sign_in(client, coordinator)
    new = "another horse battery staple"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert Event.objects.filter(verb="account.password_changed", user=coordinator).exists()


# ------------------------------------------------------------------ what was typed
def typed_after_the_session_ended(client: Client, world: World, role: Role) -> str:
    """Where what this person typed waits for them."""
    client.post("/accounts/login/", {"login": world.ours.users[role].email, "password": PASSWORD})
    client.get(HOME)
    Session.objects.all().delete()  # signed out from another device
    sent = client.post(NEW_PARTNER, {"name": "Typed by one"})
    assert sent.url.startswith("/accounts/login/?next=/held/")
    return sent.url


def test_the_next_person_at_the_same_computer_reads_nothing_that_was_typed(client: Client, world: World) -> None:
    back = typed_after_the_session_ended(client, world, Role.LEAD)
    other = client.post(back, {"login": world.ours.users[Role.REPORTER].email, "password": PASSWORD}, follow=True)
    assert other.redirect_chain[0][0].startswith("/held/")
    assert "Typed by one" not in other.content.decode()


def test_the_one_who_typed_finds_it(client: Client, world: World) -> None:
    back = typed_after_the_session_ended(client, world, Role.LEAD)
    own = client.post(back, {"login": world.ours.users[Role.LEAD].email, "password": PASSWORD}, follow=True)
    assert "Typed by one" in own.content.decode()


def test_what_was_typed_is_shown_to_nobody_before_they_say_again_who_they_are(client: Client, world: World) -> None:
    sign_in(client, world.ours.users[Role.LEAD], hours_ago=13)
    sent = client.post(NEW_PARTNER, {"name": "Typed by one"})
    assert sent.url.startswith("/accounts/reauthenticate/?next=/held/")
    waiting = sent.url.split("next=")[1]
    assert client.get(waiting).url == f"/accounts/reauthenticate/?next={waiting}"
    assert "Typed by one" in client.post(sent.url, {"password": PASSWORD}, follow=True).content.decode()
