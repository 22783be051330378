"""What stands between a request and a view, besides the policy table itself."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from coalitions.models import Membership
from phast.access.actor import Actor, Standing
from phast.access.checks import demo_stays_home, views_declare_access
from phast.access.guards import bearer
from phast.access.table import Action, Role
from tests.factories import PASSWORD, make_coalition, make_partner, make_person, sign_in
from tests.world import World

HOME = "/c/ours/"


@pytest.fixture
def coordinator(db):
    return make_person("ana@example.org", coalition=make_coalition(), role=Role.COORDINATOR, name="Ana Reyes")


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client, coordinator) -> None:
    response = client.get(HOME)
    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/c/ours/"


def test_a_script_gets_401_and_never_a_redirect(client: Client, coordinator) -> None:
    response = client.get(HOME, headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert response.json()["error"] == "Sign in to continue."


def test_htmx_leaves_the_page_to_sign_in(client: Client, coordinator) -> None:
    response = client.get(HOME, headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"].startswith("/accounts/login/")


def test_after_twelve_hours_everything_but_counting_asks_again(client: Client, coordinator) -> None:
    sign_in(client, coordinator, hours_ago=11.9)
    assert client.get(HOME).status_code == 200
    sign_in(client, coordinator, hours_ago=12.1)
    response = client.get(HOME)
    assert response.status_code == 302
    assert response.url.startswith("/accounts/reauthenticate/")


def test_a_phone_may_count_for_thirty_days(client: Client, world: World, settings) -> None:
    sign_in(client, world.ours.users[Role.REPORTER], hours_ago=29 * 24)
    assert client.get("/c/ours/naloxone/log/").status_code == 200
    assert client.get("/c/ours/naloxone/counts/").status_code == 302
    assert client.get("/c/ours/naloxone/import/").status_code == 302
    assert client.get("/c/ours/naloxone/periods/").status_code == 302
    assert settings.SESSION_COOKIE_AGE == 30 * 24 * 3600


def test_a_coordinator_without_a_second_factor_is_led_to_set_one_up(client: Client, coordinator) -> None:
    sign_in(client, coordinator)
    coordinator.authenticator_set.all().delete()
    response = client.get(HOME)
    assert response.status_code == 302
    assert response.url == "/accounts/2fa/"


@override_settings(DEMO=True)
def test_the_demonstration_asks_for_no_second_factor(client: Client, coordinator) -> None:
    sign_in(client, coordinator)
    coordinator.authenticator_set.all().delete()
    assert client.get(HOME).status_code == 200


def test_a_role_taken_away_is_gone_on_the_next_request(client: Client, world: World) -> None:
    person = world.ours.users[Role.MEMBER]
    sign_in(client, person)
    assert client.get(HOME).status_code == 200
    Membership.objects.filter(user=person).delete()
    assert client.get(HOME).status_code == 404


def test_a_role_lowered_takes_the_right_at_once(client: Client, world: World) -> None:
    person = world.ours.users[Role.LEAD]
    sign_in(client, person)
    assert client.get("/c/ours/settings/people/").status_code == 200
    Membership.objects.filter(user=person).update(role=Role.OBSERVER, partner=None)
    assert client.get("/c/ours/settings/people/").status_code == 403


def test_pages_are_private_to_every_cache(client: Client, coordinator) -> None:
    sign_in(client, coordinator)
    assert client.get(HOME).headers["Cache-Control"] == "private, no-store"


def test_several_memberships_add_up(db) -> None:
    coalition = make_coalition()
    troy, colonie = make_partner(coalition, "Troy PD"), make_partner(coalition, "Colonie EMS")
    actor = Actor(
        make_person(),
        coalition,
        (Standing(Role.LEAD, troy.pk, "Troy PD"), Standing(Role.REPORTER, colonie.pk, "Colonie EMS")),
    )
    assert actor.partner_ids(Action.COUNTS_WRITE) == {troy.pk, colonie.pk}
    assert actor.partner_ids(Action.PEOPLE_MANAGE) == {troy.pk}
    assert not actor.can(Action.SETTINGS_MANAGE)


# ------------------------------------------------------------------ what was typed is never lost
def test_a_form_sent_after_the_session_ended_comes_back_and_is_sent_once(client: Client, world: World) -> None:
    person = world.ours.users[Role.COORDINATOR]
    sign_in(client, person)
    client.logout()
    sent = client.post(
        "/c/ours/partners/new/", {"name": "Rensselaer Fire", "sectors": ["a", "b"], "csrfmiddlewaretoken": "old"}
    )
    assert sent.status_code == 302
    back = sent.url.split("next=")[1]

    kept = client.session["held"]  # signing in through the page keeps an anonymous session's data
    sign_in(client, person)
    session = client.session
    session["held"] = kept
    session.save()

    page = client.get(back).content.decode()
    assert 'action="/c/ours/partners/new/"' in page
    assert 'name="name" value="Rensselaer Fire"' in page
    assert page.count('name="sectors"') == 2
    assert "old" not in page.split("csrfmiddlewaretoken")[0]


def test_what_is_held_is_shown_as_it_was_typed_without_what_the_form_carries_for_itself(
    client: Client, world: World
) -> None:
    sent = client.post(
        "/c/ours/partners/new/", {"joined_on": "2026-11-20", "version": "7", "initial-joined_on": "2020-01-01"}
    )
    client.post(sent.url, {"login": world.ours.users[Role.MEMBER].email, "password": PASSWORD})
    page = client.get(sent.url.split("next=")[1]).content.decode()
    shown = page.split("<dl")[1].split("</dl>")[0]
    assert "Joined on" in shown
    assert "2026-11-20" in shown
    assert "version" not in shown
    assert "2020-01-01" not in shown
    assert 'name="version" value="7"' in page


def test_what_is_held_survives_a_real_sign_in(client: Client, world: World) -> None:
    person = world.ours.users[Role.MEMBER]
    sent = client.post("/c/ours/partners/new/", {"name": "Kept"})
    signed_in = client.post(sent.url, {"login": person.email, "password": PASSWORD})
    assert signed_in.status_code == 302, signed_in.content.decode()
    assert signed_in.url.startswith("/held/")
    assert "Kept" in client.get(signed_in.url).content.decode()


def test_what_is_held_can_be_thrown_away(client: Client, world: World) -> None:
    sent = client.post("/c/ours/partners/new/", {"name": "Kept"})
    token = sent.url.split("next=")[1]
    client.post(sent.url, {"login": world.ours.users[Role.MEMBER].email, "password": PASSWORD})
    assert client.post(token).url == "/c/ours/partners/new/"
    assert client.get(token).status_code == 404


def test_a_password_is_never_held(client: Client, world: World) -> None:
    client.post("/c/ours/partners/new/", {"name": "Kept", "password": "secret words"})
    assert "secret words" not in str(client.session["held"])


# ------------------------------------------------------------------ bearer
def _ask_bearer(actor: Actor | None, action: Action) -> HttpResponse:
    view = bearer(action, lambda request, token: actor if token == "good" else None)(
        lambda request, token: HttpResponse(str(request.actor.coalition))
    )
    return view(RequestFactory().get("/"), token="good")


def test_a_bearer_passes_the_same_table(db) -> None:
    from django.core.exceptions import PermissionDenied
    from django.http import Http404

    coalition = make_coalition()
    observer = Actor(make_person(), coalition, (Standing(Role.OBSERVER),))
    assert _ask_bearer(observer, Action.PLANS_SEE).content == b"Ours"
    with pytest.raises(PermissionDenied):
        _ask_bearer(observer, Action.PLANS_EDIT)
    with pytest.raises(Http404):
        _ask_bearer(None, Action.PLANS_SEE)


# ------------------------------------------------------------------ the checks can fail
def undeclared(request, slug):
    return HttpResponse("anybody may read this")


class UrlsWithAHole:
    urlpatterns = [path("c/<slug:slug>/hole/", undeclared, name="hole"), path("", include("phast.urls"))]


@override_settings(ROOT_URLCONF=UrlsWithAHole)
def test_a_view_without_a_declaration_fails_the_check() -> None:
    assert [error.id for error in views_declare_access()] == ["access.E001"]


def test_demo_mode_is_refused_on_a_host_others_can_reach() -> None:
    with override_settings(DEMO=True, ALLOWED_HOSTS=["portal.example.gov"]):
        assert [error.id for error in demo_stays_home()] == ["access.E005"]
    with override_settings(DEMO=True, ALLOWED_HOSTS=["localhost", "127.0.0.1"]):
        assert demo_stays_home() == []
