"""Signing in: limits, constant answers, no way in but an invitation (THREATS 42, 45)."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client, override_settings

from phast.access.table import Role
from tests.factories import PASSWORD, make_coalition, make_person

LOGIN = "/accounts/login/"


@pytest.fixture
def person(db):
    return make_person("ana@example.org", coalition=make_coalition(), role=Role.MEMBER, name="Ana Reyes")


def attempt(client: Client, password: str, email: str = "ana@example.org", **extra: str):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def test_the_right_password_signs_in(client: Client, person) -> None:
    assert attempt(client, PASSWORD).url == "/"


def test_the_sixth_wrong_try_is_blocked_even_with_the_right_password(client: Client, person) -> None:
    for _ in range(5):
        assert attempt(client, "wrong").status_code == 200
    blocked = attempt(client, PASSWORD)
    assert blocked.status_code in {200, 429}
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_gets_the_same_answer(client: Client, person) -> None:
    def words(response) -> str:
        return response.content.decode().split("<main")[1].split("csrfmiddlewaretoken")[0]

    known = attempt(client, "wrong")
    unknown = attempt(client, "wrong", email="nobody@example.org")
    assert known.status_code == unknown.status_code == 200
    assert words(known).replace("ana@example.org", "") == words(unknown).replace("nobody@example.org", "")


class CountedHasher(MD5PasswordHasher):
    """Counts how often a password is hashed: the only slow thing in a sign-in."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        CountedHasher.hashed += 1
        return super().encode(password, salt)


def test_an_unknown_address_takes_as_long(client: Client, person, settings) -> None:
    """Not timed, which would be noise: as many passwords are hashed for an address without an account."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]

    def work(email: str) -> int:
        before = CountedHasher.hashed
        attempt(client, "wrong", email=email)
        return CountedHasher.hashed - before

    assert work("nobody@example.org") == work("ana@example.org") > 0


def test_a_reset_tells_nobody_which_addresses_have_accounts(client: Client, person) -> None:
    known = client.post("/accounts/password/reset/", {"email": "ana@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_nobody_signs_up_without_an_invitation(client: Client, db) -> None:
    page = client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})
    assert page.status_code in {200, 302, 404}
    from phast.accounts.models import User

    assert not User.objects.filter(email="new@example.org").exists()


def test_after_sign_in_nobody_is_sent_to_another_site(client: Client, person) -> None:
    response = client.post(f"{LOGIN}?next=https://evil.example.org/", {"login": person.email, "password": PASSWORD})
    assert response.url == "/"


def test_an_unknown_host_is_refused(client: Client, db) -> None:
    assert client.get(LOGIN, headers={"Host": "evil.example.org"}).status_code == 400


def test_no_page_can_be_framed_and_no_inline_script_runs(client: Client, db) -> None:
    response = client.get(LOGIN)
    assert response.headers["X-Frame-Options"] == "DENY"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy


def test_a_form_without_its_token_is_refused(person) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "_auth_user_id" not in strict.session


def test_the_admin_is_behind_the_same_sign_in(client: Client, person) -> None:
    response = client.get("/admin/", follow=False)
    assert response.status_code == 302
    assert client.get("/admin/login/").url.startswith(LOGIN)


@override_settings(DEMO=False)
def test_demo_sign_ins_are_not_shown_outside_demo_mode(client: Client, db) -> None:
    assert "coordinator@example.org" not in client.get(LOGIN).content.decode()
