"""The admin changes any account, so it asks as much as the portal asks of a coordinator (THREATS 42)."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from phast.accounts.models import User
from phast.audit.models import Event
from tests.factories import make_person, sign_in

USERS = "/admin/accounts/user/"


@pytest.fixture
def boss(db) -> User:
    person = make_person("root@example.org", name="Robin Root")
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    return person


def test_it_is_behind_the_portals_own_sign_in(client: Client, db) -> None:
    assert client.get(USERS, follow=True).redirect_chain[-1][0] == f"/accounts/login/?next={USERS}"


def test_without_a_second_factor_it_leads_to_setting_one_up(client: Client, boss: User) -> None:
    sign_in(client, boss)
    Authenticator.objects.all().delete()
    assert client.get(USERS, follow=True).redirect_chain[-1][0] == "/accounts/2fa/"


def test_after_twelve_hours_it_asks_again(client: Client, boss: User) -> None:
    sign_in(client, boss, hours_ago=11.9)
    assert client.get(USERS).status_code == 200
    sign_in(client, boss, hours_ago=12.1)
    assert client.get(USERS, follow=True).redirect_chain[-1][0] == f"/accounts/reauthenticate/?next={USERS}"
    assert client.post(f"{USERS}{boss.pk}/change/", {"name": "Taken"}).status_code == 302
    boss.refresh_from_db()
    assert boss.name == "Robin Root"


def test_others_do_not_get_in(client: Client, db) -> None:
    sign_in(client, make_person("ana@example.org"))
    assert client.get(USERS, follow=True).status_code == 403


def test_nobody_is_sent_to_another_site_by_it(client: Client, boss: User) -> None:
    sign_in(client, boss)
    assert client.get("/admin/login/?next=https://evil.example.org/").url == "/admin/"


def test_an_account_is_closed_there_not_opened_renamed_or_deleted_and_the_log_says_so(
    client: Client, boss: User
) -> None:
    sign_in(client, boss)
    person = make_person("ana@example.org", name="Ana Reyes")
    assert client.get(f"{USERS}add/").status_code == 403
    assert client.post(f"{USERS}{person.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"{USERS}{person.pk}/change/", {"email": "thief@example.org", "name": "Ana Reyes"})
    person.refresh_from_db()
    assert (person.email, person.is_active) == ("ana@example.org", False)
    event = Event.objects.get(verb="account.changed")
    assert (event.user, event.target, event.detail) == (boss, "Ana Reyes", {"fields": ["is_active"]})
