"""Settings, counties, opening a coalition, reference data, the demo, the admin."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.urls import reverse

from coalitions import reference
from coalitions.models import (
    Coalition,
    Contact,
    Invitation,
    Membership,
    Opportunity,
    Partner,
    Position,
    PositionKind,
    Sector,
    SectorExample,
)
from phast import offers
from phast.access.funnel import Tenant
from phast.access.table import Role
from phast.accounts.models import User
from phast.audit.models import Event
from phast.geo.models import County
from tests.client import ReadingClient
from tests.factories import make_person, sign_in

from .conftest import Cast
from .test_roster import opened


# ------------------------------------------------------------------ settings
def test_settings_are_saved_and_the_log_says_what_changed(cast: Cast) -> None:
    sent = opened(cast, "coordinator", "settings") | {"threshold": "5", "reporting": "3"}
    assert cast.client("coordinator").post(cast.url("settings"), sent).status_code == 302
    cast.coalition.refresh_from_db()
    assert (cast.coalition.threshold, cast.coalition.reporting) == (5, "3")
    assert Event.objects.get(verb="settings.changed").detail == {
        "threshold": [11, 5],
        "reporting": ["Every month", "Every quarter"],
    }


@pytest.mark.parametrize("threshold", ["4", "12", "eleven"])
def test_a_threshold_out_of_range_is_refused(cast: Cast, threshold: str) -> None:
    sent = opened(cast, "coordinator", "settings") | {"threshold": threshold}
    assert cast.client("coordinator").post(cast.url("settings"), sent).status_code == 422
    cast.coalition.refresh_from_db()
    assert cast.coalition.threshold == 11


def test_two_coordinators_do_not_overwrite_each_others_settings(cast: Cast) -> None:
    first = opened(cast, "coordinator", "settings")
    client, url = cast.client("coordinator"), cast.url("settings")
    assert client.post(url, first | {"name": "First name"}).status_code == 302
    response = client.post(url, first | {"name": "Second name"})
    assert response.status_code == 422
    assert "First name" in response.content.decode()
    assert "Second name" in response.content.decode()


def test_counties_of_several_states_are_chosen_without_losing_ticks(cast: Cast) -> None:
    for fips, name, state in (
        ("36001", "Albany County", "NY"),
        ("36083", "Rensselaer County", "NY"),
        ("50003", "Bennington County", "VT"),
    ):
        County.objects.get_or_create(fips=fips, defaults={"name": name, "state": state})
    client, url = cast.client("coordinator"), cast.url("county_list")
    shown = client.post(url, {"counties": ["36001"], "state": "VT", "show": "1"})
    assert not cast.coalition.counties.exists()
    page = shown.content.decode()
    assert 'value="36001"' in page
    assert "Bennington County" in page
    assert "Rensselaer" not in page

    assert client.post(url, {"counties": ["36001", "50003"], "state": "VT"}).status_code == 302
    assert set(cast.coalition.counties.values_list("pk", flat=True)) == {"36001", "50003"}
    assert client.post(url, {"counties": ["99999"]}).status_code == 422


def test_a_whole_state_is_ticked_at_once_beside_what_is_ticked_and_saved_afterwards(cast: Cast) -> None:
    for fips, name, state in (
        ("50003", "Bennington County", "VT"),
        ("50025", "Windham County", "VT"),
        ("36001", "Albany County", "NY"),
    ):
        County.objects.get_or_create(fips=fips, defaults={"name": name, "state": state})
    client, url = cast.client("coordinator"), cast.url("county_list")
    page = client.post(url, {"counties": ["36001"], "state": "VT", "whole": "1"}).content.decode()
    ticked = re.findall(r'value="(\d{5})"[^>]*checked', page)
    assert sorted(ticked) == ["36001", "50003", "50025"]
    assert not cast.coalition.counties.exists()
    client.post(url, {"counties": ticked, "state": "VT"})
    assert cast.coalition.counties.count() == 3
    assert Event.objects.get(verb="settings.counties_changed").detail["added"][0] == "Albany County, NY"


# ------------------------------------------------------------------ opening a coalition
def test_a_fresh_installation_begins_with_one_command(db: None, client: ReadingClient) -> None:
    reference.load()
    out = StringIO()
    call_command("create_coalition", "Tri-County", "tri-county", "Boss@Example.org", stdout=out)
    link = re.search(r"http://[^/]+(/invitations/\S+)", out.getvalue())[1]

    client.post(link, {"name": "The Boss", "password": "four unrelated words here"})

    membership = Membership.objects.get(user__email="boss@example.org")
    assert (membership.role, membership.coalition.slug) == (Role.COORDINATOR, "tri-county")
    assert membership.coalition.positions.filter(contact=None).count() == 8


@pytest.mark.parametrize(
    ("slug", "email"), [("ours", "boss@example.org"), ("not a slug", "boss@example.org"), ("new", "nobody")]
)
def test_the_command_says_what_is_wrong_and_leaves_nothing(cast: Cast, slug: str, email: str) -> None:
    with pytest.raises(CommandError):
        call_command("create_coalition", "Name", slug, email)
    assert Coalition.objects.count() == 1
    assert not Invitation.objects.exists()


# ------------------------------------------------------------------ the admin
def test_the_admin_knows_no_tenant_rows() -> None:
    tenants = [model for model in admin.site._registry if issubclass(model, Tenant)]
    assert tenants == [Coalition]


def test_the_admin_opens_a_coalition_and_changes_none(cast: Cast, client: ReadingClient) -> None:
    boss = make_person("root@example.org")
    User.objects.filter(pk=boss.pk).update(is_staff=True, is_superuser=True)
    sign_in(client, boss)
    sent = {"name": "New One", "slug": "new-one", "coordinator": "c@example.org"}
    assert client.post(reverse("admin:coalitions_coalition_add"), sent).status_code == 302
    assert Invitation.objects.get().coalition.name == "New One"
    page = client.get(reverse("admin:coalitions_coalition_change", args=[cast.coalition.pk]))
    assert b'name="_save"' not in page.content


# ------------------------------------------------------------------ reference data
def test_reference_data_is_complete_and_loading_again_changes_nothing(db: None) -> None:
    for _ in range(2):
        reference.load()
        counts = [model.objects.count() for model in (Sector, SectorExample, Opportunity, PositionKind)]
        assert counts == [17, 27, 54, 14]


def test_reference_data_that_left_the_files_goes_unless_it_is_used(cast: Cast) -> None:
    old = {"kind": "standard", "order": 99}
    PositionKind.objects.create(key="unused", title="Unused", **old)
    used = PositionKind.objects.create(key="used", title="Used", **old)
    Position.objects.create(coalition=cast.coalition, kind=used, title="Ours")
    Sector.objects.filter(pk="parents").update(name="Misspelled", order=1)
    reference.load()
    assert set(PositionKind.objects.filter(order=99).values_list("key", flat=True)) == {"used"}
    assert Sector.objects.get(pk="parents").name == "Parents"


# ------------------------------------------------------------------ the demo
@pytest.fixture
def demo(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Demo mode, with the coalition's own part only; the other apps test theirs."""
    settings.DEMO, settings.DEMO_PASSWORD = True, "a password for everybody"
    monkeypatch.setattr(offers, "demo_loaders", [])
    reference.load()
    for fips in ("36001", "36083", "36093"):
        County.objects.get_or_create(fips=fips, defaults={"name": "A County", "state": "NY"})


@pytest.mark.usefixtures("demo")
def test_the_demo_loads_once_and_its_people_sign_in() -> None:
    counts = []
    for _ in range(2):
        call_command("load_demo", stdout=StringIO())
        counts.append([model.objects.count() for model in (Coalition, Partner, Contact, Membership, Position, User)])
    assert counts[0] == counts[1]
    assert counts[0][:3] == [1, 23, 32]
    for name in ("coordinator", "lead", "reporter", "partner", "observer"):
        client = ReadingClient()
        response = client.post(
            "/accounts/login/", {"login": f"{name}@example.org", "password": "a password for everybody"}
        )
        assert response.status_code == 302
        assert client.get("/c/tri-county/").status_code == 200
    assert Contact.objects.filter(user__email="lead@example.org").count() == 1


@pytest.mark.usefixtures("demo")
def test_a_reset_begins_anew_and_touches_nothing_else() -> None:
    call_command("load_demo", stdout=StringIO())
    other = Coalition.objects.create(name="Another", slug="another")
    Partner.objects.create(coalition=other, name="Kept")
    old = Coalition.objects.get(slug="tri-county")
    Partner.objects.of(old).filter(name="Lockwood College").update(name="Changed")
    call_command("load_demo", reset=True, stdout=StringIO())
    assert not Coalition.objects.filter(pk=old.pk).exists()
    assert not Partner.objects.filter(name="Changed").exists()
    assert Partner.objects.filter(name="Kept").exists()


@pytest.mark.usefixtures("demo")
def test_a_coalition_with_people_of_its_own_is_never_taken_for_the_demo() -> None:
    real = Coalition.objects.create(name="Real", slug="tri-county")
    make_person("real@county.gov", coalition=real, role=Role.COORDINATOR)
    for reset in (False, True):
        with pytest.raises(CommandError, match="people of its own"):
            call_command("load_demo", reset=reset, stdout=StringIO())
    assert real.partners.count() == 0


def test_outside_demo_mode_nothing_is_loaded(db: None, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="no demonstration"):
        call_command("load_demo", stdout=StringIO())
    assert not Coalition.objects.exists()
