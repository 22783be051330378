"""Choosing a report: what is safe comes first, what is missing is said, and what is gone leads to what there is."""

from __future__ import annotations

import pytest
from django.urls import reverse

from phast import offers
from phast.access.table import Role
from phast.reports.models import Report
from tests.client import ReadingClient
from tests.factories import make_coalition, make_person, sign_in
from tests.reports.world import finished_report
from tests.world import World, actor_of

KINDS = sorted(offers.report_kinds)
NEW, REQUEST, PREVIEW = "/c/ours/reports/new/", "/c/ours/reports/request/", "/c/ours/reports/preview/"


@pytest.fixture
def as_role(world: World):
    def signed_in(role: Role) -> ReadingClient:
        client = ReadingClient()
        sign_in(client, world.ours.users[role])
        return client

    return signed_in


@pytest.mark.parametrize("key", KINDS)
def test_what_is_exact_is_offered_after_what_is_published(world: World, key: str) -> None:
    for role in Role:
        actor = actor_of(world.ours.users[role], world.ours.coalition)
        exact = (
            [one.is_exact for one in offers.report_kinds[key].choices(actor)]
            if actor.can(offers.report_kinds[key].right)
            else []
        )
        assert exact == sorted(exact)


def test_who_may_choose_exact_figures_reads_what_that_means(as_role) -> None:
    said = "Exact figures show small counts too. They are only for those the report names."
    assert said in as_role(Role.COORDINATOR).get(NEW, {"kind": "kits"}).content.decode()
    assert said in as_role(Role.LEAD).get(NEW, {"kind": "kits"}).content.decode()
    assert said not in as_role(Role.OBSERVER).get(NEW, {"kind": "kits"}).content.decode()


@pytest.mark.parametrize("key", KINDS)
def test_a_kind_with_nothing_to_choose_says_what_is_missing_and_leads_to_it(db: None, key: str) -> None:
    """In a coalition that has nothing yet, for everybody who may ask for the kind."""
    coalition, kind = make_coalition(slug="new", name="New"), offers.report_kinds[key]
    for role in (Role.COORDINATOR, Role.OBSERVER):
        client = ReadingClient()
        sign_in(client, person := make_person(f"{role}@example.org", coalition=coalition, role=role))
        actor = actor_of(person, coalition)
        if not actor.can(kind.right) or kind.choices(actor):
            continue
        assert kind.missing, key
        where = reverse(kind.missing.made_at, args=[coalition.slug])
        pages = ["new/", "regularly/add/"] if role == Role.COORDINATOR else ["new/"]
        for page in pages:
            told = client.get(f"/c/new/reports/{page}", {"kind": key}).content.decode()
            assert kind.missing.says in told
            assert f'<a href="{where}">{kind.missing.link}</a>' in told
            assert "<select" not in told
        assert client.get(where, follow=True).status_code == 200


ROWS = {"plan": "plan", "kits": "release", "minutes": "meeting", "deflection_program": "program", "sop": "version"}


@pytest.mark.parametrize("key", sorted(ROWS))
def test_what_is_gone_and_what_is_anothers_look_alike_and_lead_to_what_there_is(
    world: World, as_role, key: str
) -> None:
    kind, name = offers.report_kinds[key], ROWS[key]
    theirs = actor_of(world.theirs.users[Role.COORDINATOR], world.theirs.coalition)
    foreign = [one.fields[name] for one in kind.choices(theirs) if name in one.fields]
    client = as_role(Role.COORDINATOR)
    before = Report.objects.count()
    for ask, address in ((client.get, PREVIEW), (client.post, PREVIEW), (client.post, REQUEST)):
        pages = set()
        for row in [10**9, *foreign[:1]]:
            answer = ask(address, {"kind": key, name: row}, follow=True)
            assert answer.status_code == 404
            page = answer.content.decode()
            assert f"That {name} is not here any more. Choose another." in page
            assert f'name="kind" value="{key}"' in page or (kind.missing and kind.missing.says in page)
            pages.add(answer.context["wrong"])
        assert len(pages) == 1
    assert Report.objects.count() == before


def test_what_makes_no_sense_is_told_where_it_can_be_chosen_anew(as_role) -> None:
    client = as_role(Role.COORDINATOR)
    for ask, address in ((client.get, PREVIEW), (client.post, REQUEST)):
        answer = ask(address, {"kind": "kits", "first": "never", "last": "2026-02"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Choose the months the report is about, and ask again." in page
        assert '<select class="usa-select" id="choice"' in page


def test_a_previews_address_holds_the_choice_so_that_it_can_be_loaded_again(as_role) -> None:
    client = as_role(Role.COORDINATOR)
    months = "first=2026-01&last=2026-02"
    answer = client.post(PREVIEW, {"kind": "kits", "choice": months, "csrfmiddlewaretoken": "secret"})
    assert answer.url == f"{PREVIEW}?kind=kits&{months}"
    assert "January to February 2026" in client.get(answer.url).content.decode()


def test_who_may_not_ask_for_a_kind_learns_nothing_of_its_rows(as_role) -> None:
    for kind in ("sop", "minutes"):
        answer = as_role(Role.OBSERVER).get(PREVIEW, {"kind": kind, ROWS[kind]: 10**9})
        assert answer.status_code in (403, 404)
        assert "Choose another" not in answer.content.decode()


def test_a_report_of_what_is_gone_says_so_instead_of_what_changed(world: World, as_role) -> None:
    report = finished_report(
        world.ours.coalition,
        world.ours.users[Role.COORDINATOR],
        kind="plan",
        parameters={"plan": 10**9},
        is_released=True,
    )
    answer = as_role(Role.COORDINATOR).get(f"/c/ours/reports/{report.pk}/changes/")
    assert answer.status_code == 200
    assert "not here any more" in answer.content.decode()
