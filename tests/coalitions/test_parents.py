"""A state over counties: asked for by the one, accepted by the other, ended by either; and how little the parent's people see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from coalitions.actions.parents import accept_child, ask_parent, set_parent
from coalitions.models import Coalition, HelpRequest, Release
from coalitions.models.children import ParentQuerySet
from phast.access.table import Action, Role
from phast.audit.models import Event
from tests.access.test_matrix import TENANT_PAGES, Visitor
from tests.client import ReadingClient
from tests.factories import make_coalition, make_person, sign_in
from tests.world import World, actor_of

from .conftest import Cast
from .test_roster import text_of

SECRET = "zz-child-secret"


@dataclass
class Family:
    """`state` is the cast's coalition, `county` one of its own people."""

    state: Cast
    county: Coalition
    boss: ReadingClient  # who coordinates the county

    def url(self, name: str, *args: object) -> str:
        return reverse(f"coalitions:{name}", args=[self.county.slug, *args])


@pytest.fixture
def family(cast: Cast) -> Family:
    county = make_coalition(slug="green", name="Green County")
    client = ReadingClient()
    sign_in(client, make_person("boss@example.org", coalition=county, role=Role.COORDINATOR, name=f"Boss {SECRET}"))
    return Family(cast, county, client)


def joined(family: Family) -> Family:
    Coalition.objects.filter(pk=family.county.pk).update(parent=family.state.coalition)
    return family


def release_of(coalition: Coalition, number: int = 1) -> Release:
    by = coalition.memberships.first().user
    return Release.objects.create(
        coalition=coalition,
        number=number,
        from_on=dt.date(2026, 3 * number - 2, 1),
        to_on=dt.date(2026, 3 * number, 28),
        threshold=11,
        table={"cells": [["12180", 40], ["12182", None], ["12183", None]], "total": 55, "left_out": False},
        sha256="0" * 64,
        data_as_of=timezone.now(),
        published_at=timezone.now(),
        published_by=by,
    )


def asked_of(coalition: Coalition, agency: str = "Green Falls Police", **values: object) -> HelpRequest:
    words = {"name": "Dana", "email": "dana@example.org", "wants_help": True, "confirmed_at": timezone.now()}
    return HelpRequest.objects.create(coalition=coalition, agency=agency, **{**words, **values})


# ------------------------------------------------------------------ becoming parent and child
def test_a_child_asks_the_parent_accepts_and_both_can_read_it_in_their_log(family: Family) -> None:
    family.boss.post(family.url("parent"), {"slug": "ours"})
    assert "asks to stand under this coalition" in text_of(family.state, "coordinator", "home")
    assert "Green County" not in text_of(family.state, "coordinator", "child_list")  # nothing is shared yet
    family.state.client("coordinator").post(family.state.url("child_decide"), {"child": "green", "do": "accept"})
    family.county.refresh_from_db()
    assert (family.county.parent, family.county.parent_asked) == (family.state.coalition, "")
    for coalition in (family.state.coalition, family.county):
        assert Event.objects.of(coalition).filter(verb__startswith="parent.").exists()
    log = family.boss.get(family.url("audit_list")).content.decode()
    assert "Coordinator Person" not in log  # who of the parent's people did it is theirs


def test_asking_tells_nothing_about_which_coalitions_there_are(family: Family) -> None:
    answers = []
    for slug in ("ours", "nowhere"):
        page = family.boss.post(family.url("parent"), {"slug": slug}, follow=True).content.decode()
        assert "If there is a coalition at" in page
        answers.append(family.boss.get(family.url("parent")).content.decode().replace(slug, "…"))
        assert "Tri-County" not in answers[-1]
    without_tokens = [
        [line for line in page.splitlines() if "csrf" not in line and "version" not in line] for page in answers
    ]
    assert without_tokens[0] == without_tokens[1]


def test_nobody_is_made_a_child_who_did_not_ask(family: Family) -> None:
    client = family.state.client("coordinator")
    assert client.post(family.state.url("child_decide"), {"child": "green", "do": "accept"}).status_code == 404
    with pytest.raises(ValidationError):
        accept_child(child=family.county, by=family.state.actor("coordinator"))
    family.county.refresh_from_db()
    assert family.county.parent is None


def test_who_was_asked_somebody_else_cannot_accept(family: Family) -> None:
    ask_parent(slug="ours", by=actor_of(family.county.memberships.get().user, family.county))
    other = make_coalition(slug="other")
    stranger = actor_of(make_person("s@example.org", coalition=other, role=Role.COORDINATOR), other)
    with pytest.raises(ValidationError):
        accept_child(child=family.county, by=stranger)


@pytest.mark.parametrize("do", ["decline", "end"])
def test_the_parent_declines_or_lets_go(family: Family, do: str) -> None:
    if do == "end":
        joined(family)
    else:
        family.boss.post(family.url("parent"), {"slug": "ours"})
    family.state.client("coordinator").post(family.state.url("child_decide"), {"child": "green", "do": do})
    family.county.refresh_from_db()
    assert (family.county.parent, family.county.parent_asked) == (None, "")


def test_once_the_child_leaves_the_parent_sees_nothing(family: Family) -> None:
    joined(family)
    release_of(family.county)
    asked_of(family.county)
    page = reverse("coalitions:child_release", args=["ours", "green", 1])
    client = family.state.client("coordinator")
    assert client.get(page).status_code == 200
    family.boss.post(family.url("parent_leave"))
    assert client.get(page).status_code == 404
    assert "Green" not in text_of(family.state, "coordinator", "child_list")
    assert "Green" not in text_of(family.state, "coordinator", "child_request_list")


@pytest.mark.parametrize("role", ["lead", "reporter", "member", "observer"])
def test_only_coordinators_decide(family: Family, role: str) -> None:
    client = family.state.client(role)
    assert client.get(family.state.url("parent")).status_code == 403
    assert client.post(family.state.url("parent_leave")).status_code == 403
    assert client.post(family.state.url("child_decide"), {"child": "green", "do": "accept"}).status_code == 403


def test_no_coalition_stands_above_itself(family: Family) -> None:
    assert "your own coalition" in family.boss.post(family.url("parent"), {"slug": "green"}).content.decode()
    joined(family)
    Coalition.objects.filter(pk=family.state.coalition.pk).update(parent_asked="green")
    boss = actor_of(family.county.memberships.get().user, family.county)
    with pytest.raises(ValidationError, match="above"):
        accept_child(child=family.state.coalition, by=boss)


def test_a_command_sets_the_parent_and_takes_it_away(family: Family) -> None:
    call_command("set_parent", "green", "ours", verbosity=0)
    family.county.refresh_from_db()
    assert family.county.parent == family.state.coalition
    with pytest.raises(CommandError, match="above"):
        call_command("set_parent", "ours", "green")
    with pytest.raises(CommandError, match="no coalition"):
        call_command("set_parent", "green", "nowhere")
    set_parent(child=family.county, parent=None)
    family.county.refresh_from_db()
    assert family.county.parent is None


# ------------------------------------------------------------------ what the parent's people see
@pytest.mark.parametrize("role", ["coordinator", "lead", "reporter", "member", "observer"])
def test_the_parents_people_read_releases_with_the_same_hidden_counts(family: Family, role: str) -> None:
    joined(family)
    release_of(family.county)
    listed = text_of(family.state, role, "child_list")
    assert "January to March 2026" in listed
    page = (
        family.state.client(role).get(reverse("coalitions:child_release", args=["ours", "green", 1])).content.decode()
    )
    own = family.boss.get(family.url("release_detail", Release.objects.get().pk)).content.decode()
    for figures in (page, own):
        assert figures.count('<span class="muted">hidden</span>') == 2
        assert ">40<" in figures
    assert SECRET not in page + listed  # who published it is a member's name


def test_only_who_handles_requests_reads_those_of_children(family: Family) -> None:
    joined(family)
    asked_of(family.county, needs="A training")
    asked_of(family.county, agency="Unconfirmed", confirmed_at=None)
    page = text_of(family.state, "coordinator", "child_request_list")
    assert "Green Falls Police" in page
    assert "A training" in page
    assert "Unconfirmed" not in page
    for role in ("lead", "reporter", "member", "observer"):
        assert family.state.client(role).get(family.state.url("child_request_list")).status_code == 403


def test_a_parent_takes_the_childrens_queue_and_releases_along_as_files(family: Family) -> None:
    joined(family)
    asked_of(family.county, needs="A training")
    asked_of(family.state.coalition, agency="Own Agency")
    release = release_of(family.county)
    queue = reverse("coalitions:child_request_table", args=["ours", "csv"])
    sheet = family.state.client("coordinator").get(queue).content.decode()
    assert "Green County,Green Falls Police" in sheet
    assert "Own Agency" not in sheet
    table = reverse("coalitions:child_release_file", args=["ours", "green", release.number, "csv"])
    assert (
        family.state.client("observer").get(table).content
        == family.boss.get(family.url("release_file", release.pk, "csv")).content
    )
    for role in ("lead", "reporter", "member", "observer"):
        assert family.state.client(role).get(queue).status_code == 403
    assert (
        family.boss.get(reverse("coalitions:child_release_file", args=["green", "ours", 1, "csv"])).status_code == 404
    )


def test_a_parent_reads_along_but_does_not_touch_a_childs_request(family: Family) -> None:
    joined(family)
    request = asked_of(family.county)
    client = family.state.client("coordinator")
    for name in ("request_detail", "request_contact", "request_standing", "request_welcome"):
        assert client.post(family.state.url(name, request.pk)).status_code in {404, 405}
    assert client.get(family.state.url("request_detail", request.pk)).status_code == 404
    assert "Green Falls" not in text_of(family.state, "coordinator", "request_list", status="all")
    release = release_of(family.county)
    assert client.get(family.state.url("release_detail", release.pk)).status_code == 404
    assert client.get(family.state.url("release_file", release.pk, "csv")).status_code == 404


def test_parents_do_not_see_grandchildren_nor_children_their_parents(family: Family) -> None:
    joined(family)
    town = make_coalition(slug="town", name="Green Town", parent=family.county)
    make_person("t@example.org", coalition=town, role=Role.COORDINATOR)
    release_of(town)
    release_of(family.state.coalition)
    assert "Green Town" not in text_of(family.state, "coordinator", "child_list")
    client = family.state.client("coordinator")
    assert client.get(reverse("coalitions:child_release", args=["ours", "town", 1])).status_code == 404
    assert family.boss.get(reverse("coalitions:child_release", args=["green", "ours", 1])).status_code == 404
    assert family.boss.get("/c/ours/").status_code == 404


def test_a_parents_person_is_no_member_of_the_child(family: Family) -> None:
    joined(family)
    client = family.state.client("coordinator")
    for name in ("home", "partner_list", "release_list", "request_list", "settings"):
        assert client.get(family.url(name)).status_code == 404


def test_nothing_else_of_a_child_is_on_any_page_of_the_parent(
    lay_world: Callable[[], World], transactional_db: None
) -> None:
    """Every row of a whole coalition holds the canary; made a child, only its releases and requests may show, and those say other words."""
    world = lay_world()
    child = world.theirs.coalition
    Coalition.objects.filter(pk=child.pk).update(parent=world.ours.coalition, name="Child")
    HelpRequest.objects.of(child).update(
        agency="Asks", county="", name="N", title="", phone="", barriers="", needs="Shown by right"
    )
    for role in Role:
        user = world.ours.users[role]
        actor, visitor = actor_of(user, world.ours.coalition), Visitor(user)
        for end in TENANT_PAGES:
            extra = {name for name in end.converters if name != "slug"}
            if not actor.can(end.access) or extra - {"child", "release_number"}:
                continue
            arguments = {"child": child.slug, "release_number": 1} if extra else {}
            answer = visitor.ask("GET", reverse(end.name, kwargs={"slug": "ours", **arguments}))
            assert b"zz-foreign-canary" not in answer.whole, end.name
    page = Visitor(world.ours.users[Role.COORDINATOR]).ask("GET", "/c/ours/children/requests/").whole
    assert b"Shown by right" in page


def test_the_second_opening_is_as_narrow_as_it_says(family: Family) -> None:
    joined(family)
    release_of(family.county)
    asked_of(family.county)
    opens = {Release: Action.RELEASES_SEE, HelpRequest: Action.REQUESTS_HANDLE}
    for model, opening in opens.items():
        for action in Action:
            for role in Role:
                actor = family.state.actor(role)
                seen = model.objects.of_children(actor, action).exists()
                assert seen == (action == opening and actor.can(action)), (model, action, role)
    others = [
        m for m in apps.get_models() if isinstance(getattr(m, "objects", None) and m.objects.all(), ParentQuerySet)
    ]
    assert set(others) == set(opens)
