"""What the pages show, to whom, and that every form works without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalitions.models import Position
from phast.access.actor import Actor
from phast.access.table import TABLE, Action, Role, Scope
from plans import actions
from plans.actions import copy_template, remove_step
from plans.models import Barrier, Plan, Recommendation, Step
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, sign_in
from tests.plans.factories import (
    EXAMPLE,
    days_ago,
    load_example,
    make_actor,
    make_contact,
    make_plan,
    make_step,
    outline_of,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def by(client: ReadingClient) -> Actor:
    """The coordinator, signed in."""
    actor = make_actor()
    sign_in(client, actor.user)
    return actor


def url(by: Actor, name: str, *keys: object) -> str:
    return reverse(f"plans:{name}", args=[by.coalition.slug, *keys])


def fields(html: str, action: str = "") -> dict[str, str]:
    """What a browser would send back unchanged: hidden, text and selected values of the form with this action (or the only one)."""
    form = next(
        f for f in re.findall(r"<form.*?</form>", html, re.S) if f'action="{action}"' in f and 'class="form"' in f
    )
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        kind, name = _attribute(tag, "type"), _attribute(tag, "name")
        if name and (kind not in {"radio", "checkbox"} or " checked" in tag):
            found[name] = unescape(_attribute(tag, "value"))
    for name, text in re.findall(r"<textarea[^>]*name=\"([^\"]*)\"[^>]*>\s*(.*?)</textarea>", form, re.S):
        found[name] = unescape(text).strip()
    for name, options in re.findall(r"<select[^>]*name=\"([^\"]*)\"[^>]*>(.*?)</select>", form, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


# ------------------------------------------------------------------ reading
def test_the_plan_reads_from_scenario_to_steps_with_who_in_bold(client: ReadingClient, by: Actor) -> None:
    plan = copy_template(template=load_example(), by=by)
    text = client.get(url(by, "detail", plan.pk)).content.decode()
    order = [
        text.index(f'id="{name}-head"') for name in ("scenario", "challenge", "barriers", "recommendations", "steps")
    ]
    assert order == sorted(order)
    assert "<strong>Police chiefs and officers</strong>" in text
    assert text.count("nobody holds this yet") == 8
    assert "2.6" in text


def test_what_needs_somebody_comes_first(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by, scenario="Our scenario")
    vacant = Position.objects.create(coalition=by.coalition, title="Harm reduction champion")
    make_step(plan, "Late step", due_on=days_ago(by, 1), owner=vacant)
    make_step(plan, "Orphan step")
    text = client.get(url(by, "detail", plan.pk)).content.decode()
    needs = text[text.index('id="needs"') : text.index("Our scenario")]
    for said in ("Overdue:", "Late step", "Nobody is responsible:", "Orphan step", "Harm reduction champion"):
        assert said in needs


def test_observers_read_approved_plans_without_the_names_of_people(client: ReadingClient, by: Actor) -> None:
    person = make_contact(make_partner(by.coalition, name="Riverbend Police"), name="Dana Reyes")
    champion = Position.objects.create(coalition=by.coalition, title="Champion", contact=person)
    plan, hidden = make_plan(by, title="Open plan"), make_plan(by, title="Hidden plan")
    make_step(plan, owner=person)
    make_step(plan, owner=champion)
    make_step(hidden)
    observer = make_actor(Role.OBSERVER, coalition=by.coalition)
    reader = ReadingClient()
    sign_in(reader, observer.user)
    assert reader.get(url(by, "detail", plan.pk)).status_code == 404
    version = actions.approve_plan(plan=plan, by=by)
    listed = reader.get(url(by, "list")).content.decode()
    assert "Open plan" in listed
    assert "Hidden plan" not in listed
    text = reader.get(url(by, "detail", plan.pk)).content.decode()
    assert "Somebody at Riverbend Police" in text
    assert "Dana Reyes" not in text
    assert reader.get(url(by, "changes", plan.pk)).status_code == 403
    actions.withdraw_version(version=version, by=by)
    assert reader.get(url(by, "detail", plan.pk)).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_only_who_may_edit_is_shown_how(role: Role) -> None:
    boss = make_actor()
    plan = make_plan(boss, approved_at="2026-01-01T00:00Z", approved_by=boss.user)
    make_step(plan)
    actor = boss if role == Role.COORDINATOR else make_actor(role, coalition=boss.coalition)
    reader = ReadingClient()
    sign_in(reader, actor.user)
    text = reader.get(url(boss, "detail", plan.pk)).content.decode()
    may = TABLE[Action.PLANS_EDIT][role] != Scope.NONE
    assert ("Add a step" in text) == may
    assert ("Start a plan" in reader.get(url(boss, "list")).content.decode()) == may
    assert reader.get(url(boss, "new")).status_code == (200 if may else 403)


def test_a_wrong_address_inside_the_plan_is_not_found(client: ReadingClient, by: Actor) -> None:
    foreign = make_actor(coalition=make_coalition("theirs", name="Theirs"))
    theirs, mine = make_step(make_plan(foreign)), make_plan(by)
    for path in (
        url(by, "step", theirs.pk),
        url(by, "step_add", mine.pk) + f"?parent={theirs.pk}",
        url(by, "step_add", mine.pk) + "?parent=x",
        url(by, "template", "no-such-template"),
    ):
        assert client.get(path).status_code == 404, path
    offered = client.get(url(by, "step_add", mine.pk)).content.decode()
    partner = make_partner(foreign.coalition, name="Foreign partner")
    assert "Foreign partner" not in offered
    answer = client.post(url(by, "step_add", mine.pk), {"step-title": "T", "step-party": f"partner-{partner.pk}"})
    assert answer.status_code == 422
    assert not Step.objects.filter(plan=mine).exists()


# ------------------------------------------------------------------ forms, without a script
def test_a_plan_is_started_copied_and_edited(client: ReadingClient, by: Actor) -> None:
    assert client.post(url(by, "new"), {"title": ""}).status_code == 422
    answer = client.post(
        url(by, "new"), {"title": "Ours", "scenario": "S", "status": "archived", "approved_at": "2026-01-01"}
    )
    plan = Plan.objects.get(title="Ours")
    assert answer.url == url(by, "stage", plan.pk, "challenge"), "what is not written yet comes next"
    assert (plan.status, plan.approved_at, plan.created_by) == ("draft", None, by.user)
    load_example()
    shown = client.get(url(by, "template", EXAMPLE)).content.decode()
    assert "Police chiefs and officers" in shown, "what a copy would make can be read first"
    client.post(url(by, "template", EXAMPLE))
    assert Plan.objects.get(copied_from=EXAMPLE).steps.count() == 8
    page = client.get(url(by, "edit", plan.pk)).content.decode()
    sent = fields(page, url(by, "edit", plan.pk)) | {"status": "active", "challenge": "C"}
    assert client.post(url(by, "edit", plan.pk), sent).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.scenario, plan.challenge) == ("active", "S", "C")


@pytest.mark.parametrize("model", [Barrier, Recommendation])
def test_barriers_and_recommendations_are_added_edited_moved_removed_and_brought_back(
    client: ReadingClient, by: Actor, model: Any
) -> None:
    plan, name = make_plan(by), model._meta.model_name
    add = url(by, f"{name}_add", plan.pk)
    for text in ("One", "Two"):
        answer = client.post(add, fields(client.get(add).content.decode(), add) | {f"{name}-text": text})
        assert answer.status_code == 302
    one, two = model.objects.filter(plan=plan)
    edit = url(by, f"{name}_edit", two.pk)
    page = client.get(edit).content.decode()
    client.post(edit, fields(page, edit) | {f"{name}-{two.pk}-text": "Second"})
    client.post(url(by, f"{name}_move", two.pk), {"to": "up"})
    assert [item.text for item in model.objects.present().filter(plan=plan)] == ["Second", "One"]
    answer = client.post(url(by, f"{name}_remove", one.pk), follow=True)
    assert f"removed the {name} “One”" in answer.content.decode(), "so it can be undone at once"
    assert [item.text for item in model.objects.present().filter(plan=plan)] == ["Second"]
    assert client.get(url(by, f"{name}_edit", one.pk)).status_code == 404
    client.post(url(by, f"{name}_restore", one.pk))
    assert [item.text for item in model.objects.present().filter(plan=plan)] == ["Second", "One"]


def test_a_step_is_added_with_its_owner_and_due_date_in_one_form(client: ReadingClient, by: Actor) -> None:
    plan, partner = make_plan(by), make_partner(by.coalition)
    add = url(by, "step_add", plan.pk)
    page = client.get(add).content.decode()
    sent = fields(page, add) | {"step-title": "Call", "step-due": "quarterly", "step-party": f"partner-{partner.pk}"}
    answer = client.post(add, sent, follow=True)
    step = plan.steps.get()
    assert (step.due_said, step.due_on, step.responsibilities.get().party) == ("quarterly", None, partner)
    assert 'id="add-step"' in answer.content.decode()
    assert 'name="step-title"' in answer.content.decode(), "the next step can be typed at once"
    wrong = client.post(add, sent | {"step-title": "Next", "step-due": "2/30"})
    assert wrong.status_code == 422
    assert "is not a day in the calendar" in wrong.content.decode()
    assert 'value="Next"' in wrong.content.decode()
    sub = url(by, "step_add", plan.pk) + f"?parent={step.pk}"
    client.post(sub, {f"step-{step.pk}-title": "Sub"})
    assert outline_of(plan) == {"Call": {"Sub": {}}}


def test_a_step_is_edited_placed_moved_removed_and_brought_back(client: ReadingClient, by: Actor) -> None:
    plan = make_plan(by)
    a, b = make_step(plan, "A"), make_step(plan, "B")
    edit = url(by, "step_edit", b.pk)
    client.post(edit, fields(client.get(edit).content.decode(), edit) | {f"step-{b.pk}-due_said": "end of June"})
    b.refresh_from_db()
    assert (b.title, b.due_said, b.due_on.month, b.due_on.day) == ("B", "end of June", 6, 30)
    client.post(url(by, "step_place", b.pk), {f"step-{b.pk}-parent": str(a.pk)})
    assert outline_of(plan) == {"A": {"B": {}}}
    assert client.post(url(by, "step_place", a.pk), {f"step-{a.pk}-parent": str(b.pk)}).status_code == 422
    client.post(url(by, "step_move", b.pk), {"to": "out"})
    client.post(url(by, "step_move", b.pk), {"to": "up"})
    client.post(url(by, "step_move", b.pk), {"to": "nonsense"})
    assert list(outline_of(plan)) == ["B", "A"]
    page = client.post(url(by, "step_remove", a.pk), follow=True).content.decode()
    restore = url(by, "step_restore", a.pk)
    assert f'action="{restore}"' in page
    assert "removed “A”" in page, "so it can be undone at once"
    client.post(restore)
    assert list(outline_of(plan)) == ["B", "A"]


def test_who_is_responsible_is_set_by_the_form(client: ReadingClient, by: Actor) -> None:
    plan, partner = make_plan(by), make_partner(by.coalition)
    person = make_contact(partner)
    step = make_step(plan, owner=partner)
    address, prefix = url(by, "step_responsible", step.pk), f"step-{step.pk}"
    page = client.get(address).content.decode()
    for group in ("Partners", "People"):
        assert f'<optgroup label="{group}">' in page
    first = step.responsibilities.get().pk
    sent = fields(page, address) | {f"{prefix}-party_1": f"contact-{person.pk}", f"{prefix}-as_1": "partner"}
    client.post(address, sent)
    assert [(str(r.party), r.part) for r in step.responsibilities.all()] == [
        (partner.name, "lead"),
        (person.name, "partner"),
    ]
    page = client.get(address).content.decode()
    client.post(address, fields(page, address) | {f"{prefix}-part_{first}": "off"})
    assert [str(r.party) for r in step.responsibilities.all()] == [person.name]


def test_a_step_is_updated_in_two_taps(client: ReadingClient) -> None:
    boss = make_actor()
    agency = make_partner(boss.coalition, name="Riverbend", agency_type="other")
    step = make_step(make_plan(boss), "Bring the data", owner=agency)
    other = make_step(step.plan, "Somebody else's")
    member = make_actor(Role.MEMBER, coalition=boss.coalition, partner=agency)
    sign_in(client, member.user)
    page = client.get(url(boss, "mine")).content.decode()
    assert "Bring the data" in page
    assert "Somebody else" not in page
    update = url(boss, "step_update", step.pk)
    assert f'action="{update}?back=mine"' in page
    answer = client.post(f"{update}?back=mine", {"status": "done"}, follow=True)
    assert answer.request["PATH_INFO"] == url(boss, "mine")
    assert "is now: done" in answer.content.decode()
    assert step.updates.get().by == member.user
    assert client.post(update, {"note": "kept"}).status_code == 422
    assert "kept" in client.post(update, {"note": "kept"}).content.decode()
    assert client.post(url(boss, "step_update", other.pk), {"status": "done"}).status_code == 404


def test_two_people_who_edit_one_step_see_both_values_and_lose_nothing(client: ReadingClient, by: Actor) -> None:
    step = make_step(make_plan(by), "As it was")
    edit, prefix = url(by, "step_edit", step.pk), f"step-{step.pk}"
    first = fields(client.get(edit).content.decode(), edit)
    second = dict(first)
    client.post(edit, first | {f"{prefix}-title": "Hers"})
    answer = client.post(edit, second | {f"{prefix}-title": "His", f"{prefix}-detail": "His detail"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Hers" in text
    assert 'value="His"' in text
    assert "His detail" in text
    step.refresh_from_db()
    assert step.title == "Hers"
    assert client.post(edit, fields(text, edit)).status_code == 302
    step.refresh_from_db()
    assert (step.title, step.detail) == ("His", "His detail")


# ------------------------------------------------------------------ with htmx
@pytest.mark.parametrize("name", ["step_edit", "step_responsible", "step_update", "step_place"])
def test_a_form_asked_for_by_htmx_comes_alone_in_the_place_of_its_step(
    client: ReadingClient, by: Actor, name: str
) -> None:
    step = make_step(make_plan(by))
    alone = client.get(url(by, name, step.pk), headers=HTMX).content.decode()
    assert alone.lstrip().startswith(f'<div class="slot" id="step-{step.pk}" hx-morph-skip>')
    assert "<html" not in alone
    whole = client.get(url(by, name, step.pk)).content.decode()
    assert "<html" in whole
    assert "hx-post" not in whole


def test_fragments_are_guarded_like_pages(client: ReadingClient) -> None:
    boss = make_actor()
    step = make_step(make_plan(boss))
    observer = make_actor(Role.OBSERVER, coalition=boss.coalition)
    sign_in(client, observer.user)
    assert client.get(url(boss, "step_edit", step.pk), headers=HTMX).status_code == 403
    assert client.get(url(boss, "detail", step.plan_id), headers=HTMX).status_code == 404
    nobody = ReadingClient()
    assert nobody.get(url(boss, "step_edit", step.pk), headers=HTMX).status_code == 401


# ------------------------------------------------------------------ the same number of queries for one and for many
def _queries(client: ReadingClient, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("page", "limit"),
    [
        (lambda by, plan: url(by, "list"), 15),
        (lambda by, plan: url(by, "mine"), 15),
        (lambda by, plan: url(by, "detail", plan.pk), 24),
        (lambda by, plan: url(by, "detail", plan.pk) + "?adding=step", 27),
        (lambda by, plan: url(by, "step", plan.steps.first().pk), 20),
        (lambda by, plan: reverse("coalitions:home", args=[by.coalition.slug]), 15),
    ],
    ids=["list", "mine", "plan", "adding", "step", "home"],
)
def test_pages_ask_as_often_for_many_as_for_one(
    client: ReadingClient, by: Actor, page: Callable[[Actor, Plan], str], limit: int
) -> None:
    agency = make_partner(by.coalition)
    me = make_contact(agency, by.user)

    def fill(plan: Plan, n: int) -> None:
        vacant = Position.objects.create(coalition=by.coalition, title=f"Vacant {n}")
        top = make_step(plan, f"Top {n}", owner=me, due_on=days_ago(by, n))
        actions.update_step(step=top, status="in_progress", note="n", by=by)
        sub = make_step(plan, f"Sub {n}", parent=top, owner=agency)
        make_step(plan, f"Sub sub {n}", parent=sub, owner=vacant)
        remove_step(step=make_step(plan, f"Gone {n}"), by=by)
        barrier = actions.add_item(Barrier, plan=plan, values={"text": f"B {n}"}, by=by)
        actions.add_item(Recommendation, plan=plan, values={"text": f"R {n}", "barriers": [barrier]}, by=by)

    plan = make_plan(by)
    fill(plan, 1)
    path = page(by, plan)
    client.get(path)
    one = _queries(client, path)
    for n in range(2, 5):
        fill(plan, n)
        fill(make_plan(by, title=f"Plan {n}"), n * 10)
    many = _queries(client, path)
    assert one == many
    assert many <= limit
