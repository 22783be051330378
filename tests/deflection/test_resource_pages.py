"""The directory's pages: found, written, verified, and read by anybody."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deflection import reference
from deflection.actions import open_guide, verify_resource
from deflection.models import Guide, Resource
from deflection.views import guide as guide_views
from deflection.views import resources as resource_views
from phast.access.actor import Actor
from phast.access.table import Role
from tests.client import ReadingClient
from tests.factories import sign_in

from .factories import make_actor
from .test_directory import make_resource

LIST = "/c/ours/deflection/resources/"
DAY = dt.timedelta(days=1)
TROY = {"town": "Troy", "address": "11 River Street", "zip_code": "12180", "hours": "Mon–Fri 9 am–5 pm"}
ALBANY = {"town": "Albany", "hours": "By appointment"}


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    reference.load()


def client_of(actor: Actor) -> ReadingClient:
    client = ReadingClient()
    sign_in(client, actor.user)
    return client


def read(actor: Actor, path: str = "", **asked: str) -> str:
    response = client_of(actor).get(f"{LIST}{path}", asked)
    assert response.status_code == 200
    return response.content.decode()


def typed(**values: Any) -> dict[str, Any]:
    """The form as it is sent, with one site."""
    return {
        "name": "Harbor House",
        "categories": ["housing"],
        "phone": "518-555-0158",
        "sites-TOTAL_FORMS": "1",
        "sites-INITIAL_FORMS": "0",
        "sites-0-town": "Troy",
        "sites-0-zip_code": "12180-1234",
        "sites-0-hours": "24 hours",
    } | values


# ------------------------------------------------------------------ finding
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "river"}, {"Harbor House"}),
        ({"q": "methadone"}, {"Willow Bridge"}),
        ({"q": "house nowhere"}, set()),
        ({"q": "shelter"}, {"Harbor House"}),
        ({"q": "Metadona Albany"}, {"Willow Bridge"}),
        ({"q": "narcan"}, set()),
        ({"q": "(518) 555-0158"}, {"Harbor House"}),
        ({"q": "518.555.0199"}, set()),
        ({"kind": "housing"}, {"Harbor House"}),
        ({"kind": "nonsense"}, {"Harbor House", "Willow Bridge"}),
        ({"town": "Albany"}, {"Willow Bridge"}),
        ({"language": "Spanish"}, {"Willow Bridge"}),
        ({"cost": "free"}, {"Harbor House"}),
        ({"open_now": "on"}, {"Harbor House"}),
    ],
)
def test_the_directory_is_searched_and_narrowed(by: Actor, asked: dict[str, str], found: set[str]) -> None:
    make_resource(by, sites=[TROY], cost="Free", languages="English", phone="518-555-0158")
    make_resource(
        by,
        "Willow Bridge",
        sites=[ALBANY],
        cost="Not free; sliding fee",
        languages="English, Spanish",
        categories=["opioid-treatment-programs"],
    )
    with time_machine.travel("2026-11-18 15:00:00+00:00"):  # a Wednesday at ten in the morning in New York
        page = read(by, **asked)
    assert {name for name in ("Harbor House", "Willow Bridge") if f">{name}</a>" in page} == found


def test_what_was_verified_lately_comes_first_and_a_number_is_tapped_to_call(by: Actor) -> None:
    make_resource(by, "Amber", phone="518-555-0140 ext. 2")
    verify_resource(resource=make_resource(by, "Zinnia"), by=by)
    page = read(make_actor(Role.OBSERVER))
    assert page.index("Zinnia") < page.index("Amber")
    assert 'href="tel:5185550140"' in page


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ({}, {"Housing": 2, "Self-help": 1}),
        ({"kind": "housing"}, {"Housing": 2, "Self-help": 1}),
        ({"town": "Albany"}, {"Housing": 1}),
        ({"q": "518-555-0158"}, {"Housing": 1, "Self-help": 1}),
        ({"q": "xyzzy", "kind": "housing"}, {"Housing": 0}),
    ],
)
def test_each_kind_of_help_has_the_number_that_the_search_finds(
    by: Actor, client: ReadingClient, asked: dict[str, str], counts: dict[str, int]
) -> None:
    open_guide(public=True, by=by)
    for one in (
        make_resource(by, categories=["housing", "self-help"], sites=[TROY], phone="518-555-0158"),
        make_resource(by, "Other", sites=[ALBANY]),
    ):
        verify_resource(resource=one, by=by)
    for page in (read(by, **asked), client.get("/guide/ours/", asked).content.decode()):
        shown = re.findall(r">([\w -]+) <span class=\"kinds__count\">(\d+)<", page)
        assert {name: int(number) for name, number in shown} == counts


def test_the_list_asks_as_many_questions_for_one_entry_as_for_many(by: Actor) -> None:
    make_resource(by, sites=[TROY])
    client = client_of(by)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for n in range(4):
        make_resource(by, f"Place {n}", sites=[TROY, ALBANY])
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few) <= 15


# ------------------------------------------------------------------ writing
def test_an_entry_is_added_with_a_site_and_counts_as_verified(by: Actor) -> None:
    client_of(by).post(f"{LIST}new/", typed(verified="on"))
    found = Resource.objects.get()
    assert found.verified_on == by.coalition.today()
    assert [(site.town, site.zip_code) for site in found.sites.all()] == [("Troy", "12180")]


def test_nothing_typed_is_lost_when_a_site_is_wrong_or_one_more_is_wanted(by: Actor) -> None:
    client = client_of(by)
    wrong = client.post(f"{LIST}new/", typed(**{"sites-0-zip_code": "121"}))
    assert wrong.status_code == 422
    assert "A ZIP code has five digits." in wrong.content.decode()
    more = client.post(f"{LIST}new/", typed(more="1"))
    assert more.status_code == 200
    page = more.content.decode()
    assert 'value="Harbor House"' in page
    assert 'name="sites-1-town"' in page
    assert not Resource.objects.exists()


def test_a_site_that_nobody_touched_stays_when_the_entry_is_edited(by: Actor) -> None:
    resource = make_resource(by, sites=[TROY])
    [site] = resource.sites.all()
    as_shown = {
        f"sites-0-{name}": getattr(site, name) for name in ("name", "address", "town", "zip_code", "phone", "hours")
    }
    seen = {
        "version": str(resource.version),
        "initial-phone": "",
        "sites-INITIAL_FORMS": "1",
        "sites-0-key": str(site.pk),
    }
    path = f"{LIST}{resource.pk}/edit/"
    assert client_of(by).post(path, typed(cost="Free") | as_shown | seen).status_code == 302
    assert [one.pk for one in resource.sites.all()] == [site.pk]


def test_help_by_telephone_alone_needs_no_site_and_a_site_can_be_emptied(by: Actor) -> None:
    client, nowhere = client_of(by), {f"sites-0-{name}": "" for name in ("town", "zip_code", "hours")}
    assert client.post(f"{LIST}new/", typed(**nowhere)).status_code == 302
    resource = Resource.objects.get()
    assert not resource.sites.exists()
    client.post(f"{LIST}{resource.pk}/edit/", typed(version=str(resource.version)))
    resource.refresh_from_db()
    [site] = resource.sites.all()
    seen = {"version": str(resource.version), "sites-INITIAL_FORMS": "1", "sites-0-key": str(site.pk)}
    assert client.post(f"{LIST}{resource.pk}/edit/", typed(**nowhere) | seen).status_code == 302
    assert not resource.sites.exists()


def test_a_text_about_a_person_is_not_saved(by: Actor) -> None:
    response = client_of(by).post(f"{LIST}new/", typed(text="Ask for the client born 3/4/1980"))
    assert response.status_code == 422
    assert "dates of birth" in response.content.decode()
    assert not Resource.objects.exists()


def test_two_people_who_edit_an_entry_see_both_values_and_its_sites(by: Actor) -> None:
    resource = make_resource(by, sites=[TROY])
    seen = {"version": str(resource.version), "initial-name": "Harbor House", "initial-phone": ""}
    client = client_of(by)
    first = typed(phone="518-555-0199", **{"sites-0-town": "Cohoes"})
    assert client.post(f"{LIST}{resource.pk}/edit/", first | seen).status_code == 302
    second = client.post(f"{LIST}{resource.pk}/edit/", typed(**{"sites-0-town": "Albany"}) | seen)
    assert second.status_code == 422
    page = second.content.decode()
    assert "518-555-0199" in page
    assert "518-555-0158" in page
    assert "Saved meanwhile: Cohoes" in page


def test_what_nobody_touched_of_a_site_is_not_taken_back_from_who_saved_first(by: Actor) -> None:
    resource = make_resource(by, sites=[TROY])
    [site] = resource.sites.all()
    client, path = client_of(by), f"{LIST}{resource.pk}/edit/"
    names = ("name", "address", "town", "zip_code", "phone", "hours")
    shown = {f"{first}sites-0-{name}": getattr(site, name) for name in names for first in ("", "initial-")}
    opened = {
        "version": str(resource.version),
        "initial-cost": "",
        "sites-INITIAL_FORMS": "1",
        "sites-0-key": str(site.pk),
    }
    theirs = typed() | shown | opened | {"sites-0-phone": "518-555-0199"}
    assert client.post(path, theirs).status_code == 302
    mine = client.post(path, typed(cost="Free") | shown | opened | {"sites-0-hours": "By appointment"})
    assert mine.status_code == 422
    [box] = mine.context["sites"].forms
    assert (box["phone"].value(), box["hours"].value()) == ("518-555-0199", "By appointment")
    assert "518-555-0199" in " ".join(mine.context["saved_sites"])
    resource.refresh_from_db()
    seen = opened | {"version": str(resource.version), "sites-INITIAL_FORMS": "0", "sites-0-key": ""}
    assert client.post(path, typed() | seen | {"sites-0-town": "Cohoes"}).status_code == 302
    gone, added = client.post(path, typed(cost="Free") | shown | opened).context["sites"].forms
    assert gone["gone"].value()
    assert added["town"].value() == "Cohoes"


def test_a_member_edits_and_verifies_what_their_partner_keeps_and_nothing_else(by: Actor) -> None:
    member = make_actor(Role.MEMBER)
    [partner] = member.own_partner_ids
    others = make_resource(by, "Of the coalition")
    client = client_of(member)
    client.post(f"{LIST}new/", typed(partner=str(partner)))
    own = Resource.objects.get(name="Harbor House")
    assert own.partner_id == partner
    assert client.post(f"{LIST}{own.pk}/verify/").status_code == 302
    assert client.post(f"{LIST}{others.pk}/verify/").status_code == 404
    assert client.get(f"{LIST}{others.pk}/edit/").status_code == 404
    assert client.get(f"{LIST}{others.pk}/").status_code == 200
    own.refresh_from_db()
    assert own.verified_on is not None


def test_an_entry_is_verified_where_the_list_of_stale_ones_stands(by: Actor) -> None:
    stale, fresh = make_resource(by, "Stale"), make_resource(by, "Fresh")
    verify_resource(resource=fresh, by=by)
    page = read(by, "verify/")
    assert "Stale" in page
    assert "Fresh" not in page
    answer = client_of(by).post(f"{LIST}{stale.pk}/verify/", {"back": f"{LIST}verify/"})
    assert answer.url == f"{LIST}verify/"
    assert "Nothing to verify" in read(by, "verify/")


def test_after_verifying_nobody_is_sent_to_another_site(by: Actor) -> None:
    stale = make_resource(by)
    answer = client_of(by).post(f"{LIST}{stale.pk}/verify/", {"back": "//evil.example"})
    assert answer.url == f"{LIST}{stale.pk}/"


def test_what_was_taken_out_is_shown_to_those_who_can_bring_it_back(by: Actor) -> None:
    resource = make_resource(by)
    client = client_of(by)
    client.post(f"{LIST}{resource.pk}/remove/")
    assert "Harbor House" not in read(by)
    assert "Bring it back" in read(by, f"{resource.pk}/")
    assert client_of(make_actor(Role.OBSERVER)).get(f"{LIST}{resource.pk}/").status_code == 404
    client.post(f"{LIST}{resource.pk}/restore/")
    assert "Harbor House" in read(by)


def test_the_file_has_a_row_for_each_site_of_what_the_list_shows(by: Actor) -> None:
    make_resource(by, sites=[TROY, ALBANY])
    make_resource(by, "Other", categories=["self-help"])
    answer = client_of(by).get(f"{LIST}file/csv/", {"kind": "housing"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Program"], row["Town"]) for row in rows] == [("Harbor House", "Troy"), ("Harbor House", "Albany")]


# ------------------------------------------------------------------ for anybody
def test_the_public_page_is_there_only_when_the_coordinator_opened_it(by: Actor, client: ReadingClient) -> None:
    for path in ("", "flyer/", "code.svg"):
        assert client.get(f"/guide/ours/{path}").status_code == 404
    client_of(by).post(f"{LIST}share/public/", {"public": "1"})
    for path in ("", "flyer/", "code.svg"):
        assert client.get(f"/guide/ours/{path}").status_code == 200
    client_of(by).post(f"{LIST}share/public/")
    assert client.get("/guide/ours/").status_code == 404
    assert not Guide.objects.get().is_public


def test_the_public_page_shows_only_what_is_verified_and_sets_no_cookie(by: Actor, client: ReadingClient) -> None:
    open_guide(public=True, by=by)
    verify_resource(resource=make_resource(by, "Fresh", sites=[TROY]), by=by)
    make_resource(by, "Never", sites=[{"town": "Cohoes"}])
    verify_resource(resource=make_resource(by, "Stale"), on=by.coalition.today() - 91 * DAY, by=by)
    answer = client.get("/guide/ours/")
    page = answer.content.decode()
    assert "Fresh" in page
    assert not {"Never", "Stale", "Cohoes"} & set(page.replace("<", " ").replace(">", " ").split())
    assert not answer.cookies
    assert str(by.user) not in page


def test_a_place_that_opens_the_public_page_very_often_waits(
    by: Actor, client: ReadingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_guide(public=True, by=by)
    monkeypatch.setattr(guide_views, "OPENED_FROM_ONE_PLACE", 2)
    assert [client.get("/guide/ours/").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/guide/ours/", REMOTE_ADDR="10.9.9.9").status_code == 200


def test_an_empty_directory_says_what_to_do_and_offers_nothing_to_print(by: Actor) -> None:
    shown = read(by)
    assert "No local help yet" in shown
    assert "Print a card" not in shown
    assert 'role="search"' not in shown
    assert "Add the first ones" in read(by, "share/")
    assert "Make the card" not in read(by, "share/")
    assert "You keep no entry of the directory yet." in read(by, "verify/")


def test_a_card_is_offered_once_something_is_verified(by: Actor) -> None:
    one = make_resource(by)
    assert "A card would be empty" in read(by, "share/")
    verify_resource(resource=one, by=by)
    assert "Make the card" in read(by, "share/")
    assert "Everything you keep was verified" in read(by, "verify/")


def test_the_history_of_an_entry_tells_what_became_of_its_sites(by: Actor) -> None:
    client = client_of(by)
    client.post(f"{LIST}new/", typed())
    resource = Resource.objects.get()
    [site] = resource.sites.all()
    seen = {"version": str(resource.version), "initial-phone": "518-555-0158", "sites-TOTAL_FORMS": "2"}
    moved = {"sites-0-key": str(site.pk), "sites-0-address": "9 Mill Road", "sites-1-town": "Albany"}
    assert client.post(f"{LIST}{resource.pk}/edit/", typed(phone="518-555-0199") | seen | moved).status_code == 302
    [edited, added] = resource_views.history_of(resource)
    assert [(change.label, change.before, change.after) for change in edited.changes] == [
        ("Phone", "518-555-0158", "518-555-0199"),
        ("Site", "Troy 12180 · 24 hours", "9 Mill Road, Troy 12180 · 24 hours"),
        ("Site", "nothing", "Albany"),
    ]
    assert added.changes == []
    assert edited.who == str(by.user)
    gone = {"version": str(resource.version + 1), "initial-phone": "518-555-0199", "phone": "518-555-0199"}
    away = {"sites-0-gone": "on", "sites-1-key": str(resource.sites.get(town="Albany").pk)}
    client.post(f"{LIST}{resource.pk}/edit/", typed() | seen | moved | gone | away)
    [change] = resource_views.history_of(resource)[0].changes
    assert (change.before, change.after) == ("9 Mill Road, Troy 12180 · 24 hours", "nothing")
