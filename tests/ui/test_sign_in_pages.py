"""The sign-in pages: ours, by invitation only, and the demo's passwords nowhere else."""

from __future__ import annotations

import pytest

from tests.client import ReadingClient
from tests.factories import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("demo", [True, False])
def test_demo_sign_ins_are_shown_in_demo_mode_only(client: ReadingClient, settings, demo: bool) -> None:
    settings.DEMO, settings.DEMO_PASSWORD = demo, "only for looking"
    page = client.get("/accounts/login/").content.decode()
    assert ("coordinator@example.org" in page) is demo
    assert ("only for looking" in page) is demo


def test_the_tab_key_goes_from_the_address_to_the_password(client: ReadingClient) -> None:
    page = client.get("/accounts/login/").content.decode()
    reset = page.index("/accounts/password/reset/")
    assert page.index('name="login"') < page.index('name="password"') < page.index("Sign in</button>") < reset


def test_nobody_is_offered_to_sign_up(client: ReadingClient) -> None:
    assert "/accounts/signup/" not in client.get("/accounts/login/").content.decode()
    assert "by invitation" in client.get("/accounts/signup/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "login/code/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-x/",
        "inactive/",
        "confirm-email/",
    ],
)
def test_pages_before_sign_in_wear_the_shell(client: ReadingClient, path: str) -> None:
    page = client.get(f"/accounts/{path}").content.decode()
    assert page.count("<h1>") == 1
    assert 'id="main"' in page
    assert "css/app.css" in page


@pytest.mark.parametrize(
    "path", ["2fa/", "password/change/", "email/", "sessions/", "2fa/webauthn/", "logout/", "reauthenticate/"]
)
def test_account_pages_wear_the_shell(client: ReadingClient, path: str) -> None:
    sign_in(client, make_person(name="Dana Ortiz"))
    page = client.get(f"/accounts/{path}").content.decode()
    assert page.count("<h1>") == 1
    assert "Dana Ortiz" in page


def test_no_account_page_carries_a_script_that_the_content_policy_would_stop(client: ReadingClient) -> None:
    pages = [client.get("/accounts/login/").content.decode()]
    sign_in(client, make_person())
    pages += [
        client.get(f"/accounts/{path}", follow=True).content.decode()
        for path in ("2fa/", "email/", "2fa/webauthn/add/")
    ]
    for page in pages:
        for script in page.split("<script")[1:]:
            assert "src=" in script.split(">")[0] or 'type="application/json"' in script.split(">")[0]
        assert " style=" not in page
        assert " onclick=" not in page


def test_a_wrong_password_is_said_once_in_a_summary(client: ReadingClient) -> None:
    make_person("dana@example.org")
    page = client.post("/accounts/login/", {"login": "dana@example.org", "password": "wrong"}).content.decode()
    assert page.count("The e-mail address or the password is not right.") == 1
    assert 'class="error-summary"' in page
    assert 'value="dana@example.org"' in page
