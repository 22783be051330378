"""The pages of a program, as its people use them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from coalitions.models import Contact, Position
from deflection.actions import assign_activities, plan_activity, update_activity
from deflection.enums import ActivityStatus
from deflection.models import Evidence, Program, ProgramActivity
from deflection.selectors import checklist_of
from phast.access.actor import Actor
from phast.access.table import Role
from tests.factories import make_partner

from .factories import line, make_actor, make_program, models, row, say
from .pages import client_of, opened, read, url

DONE = ActivityStatus.DONE
DAY = dt.timedelta(days=1)


# ------------------------------------------------------------------ programs
def test_a_program_of_two_models_has_its_checklist_at_once(by: Actor) -> None:
    police, ems = make_partner(by.coalition, "Police"), make_partner(by.coalition, "EMS")
    chair = Position.objects.create(coalition=by.coalition, title="Chair")
    sent = {
        "name": "Second chance",
        "lead": police.pk,
        "agencies": [ems.pk],
        "models": [model.pk for model in models(1, 2)],
        "starts_on": "2027-01-04",
        "coordinator": f"position-{chair.pk}",
        "assessed_by_said": "The nurse on call",
    }
    response = client_of(by).post(url("program_new"), sent)
    program = Program.objects.get()
    assert response.url == url("program_detail", program.pk)
    assert (program.lead, program.coordinator, program.assessed_by_said) == (police, chair, "The nurse on call")
    page = read(by, "program_detail", program.pk)
    for each in checklist_of(program):
        assert each.title in page


def test_a_program_without_a_model_comes_back_with_all_that_was_typed(by: Actor) -> None:
    models(1)
    response = client_of(by).post(url("program_new"), {"name": "Second chance", "starts_on": "2027-01-04"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Choose at least one model." in page
    assert 'value="Second chance"' in page
    assert 'value="2027-01-04"' in page


def test_models_that_were_compared_are_chosen_for_the_new_program(by: Actor) -> None:
    models(1)
    page = read(by, "program_new", query="?model=2&model=5")
    assert re.findall(r'name="models" value="([\w-]+)"[^>]* checked', page) == ["self-referral", "officer-intervention"]


def test_an_agency_starts_programs_that_it_leads_and_no_others(by: Actor) -> None:
    lead, other = make_actor(Role.LEAD), make_partner(by.coalition, "Other")
    [own] = lead.own_partner_ids
    chosen = {"models": [model.pk for model in models(2)]}
    client = client_of(lead)
    assert client.post(url("program_new"), {"name": "Theirs", "lead": other.pk, **chosen}).status_code == 422
    assert client.post(url("program_new"), {"name": "Ours", "lead": own, **chosen}).status_code == 302
    assert [program.name for program in Program.objects.all()] == ["Ours"]


def test_two_people_who_edit_a_program_both_see_what_the_other_saved(by: Actor) -> None:
    program = make_program(by, 2)
    sent = opened(by, "program_edit", program.pk)
    client = client_of(by)
    assert client.post(url("program_edit", program.pk), sent | {"name": "First"}).status_code == 302
    response = client.post(url("program_edit", program.pk), sent | {"name": "Second"})
    assert response.status_code == 422
    assert "First" in response.content.decode()
    assert "Second" in response.content.decode()


def test_a_second_model_says_what_it_brings_before_it_is_saved(by: Actor) -> None:
    program = make_program(by, 3)
    say(program, "public-information", by, "disorders", "treatment", "program")
    say(program, "insurance", by, status=DONE)
    page = read(by, "program_models", program.pk, query="?look=1&models=active-outreach&models=officer-intervention")
    assert "<strong>5. Officer Intervention Response</strong> joins with <strong>1 of 12</strong> done at once." in page
    assert "Inform the public: Supportive services" in page
    assert "<li>Officer discretion</li>" in page
    assert [model.number for model in program.follows.all()] == [3]


def test_a_second_model_is_added_and_nothing_is_retyped(by: Actor) -> None:
    program = make_program(by, 3)
    say(program, "insurance", by, status=DONE, notes="At the front desk")
    sent = {"look": "1", "version": program.version, "models": ["active-outreach", "officer-intervention"]}
    client_of(by).post(url("program_models", program.pk), sent)
    assert [model.number for model in program.follows.all()] == [3, 5]
    assert line(program, "insurance").credited == {3: DONE, 5: DONE}
    assert row(program, "insurance").notes == "At the front desk"
    late = client_of(by).post(url("program_models", program.pk), sent)
    assert late.status_code == 422
    assert "The checklist changed since you looked" in late.content.decode()


@pytest.mark.parametrize("ticked", ["topics", "status"])
def test_what_was_ticked_after_the_look_at_a_second_model_is_shown_before_it_counts(by: Actor, ticked: str) -> None:
    program = make_program(by, 3)
    path = url("program_models", program.pk)
    asked = {"look": "1", "models": ["active-outreach", "officer-intervention"]}
    client = client_of(by)

    def seen(response: Any) -> dict[str, Any]:
        found = dict(re.findall(r'name="(version|seen)" value="([^"]*)"', response.content.decode()))
        return asked | found

    looked = client.get(path, asked)
    assert "joins with <strong>0 of 12</strong>" in looked.content.decode()
    if ticked == "topics":
        say(program, "public-information", by, "disorders")
    else:
        say(program, "insurance", by, status=DONE)
    told = client.post(path, seen(looked))
    assert told.status_code == 422
    assert [model.number for model in program.follows.all()] == [3]
    assert ("joins with <strong>1 of 12</strong>" in told.content.decode()) == (ticked == "status")
    assert client.post(path, seen(told)).status_code == 302
    assert [model.number for model in program.follows.all()] == [3, 5]


def test_a_program_ends_and_goes_on_again(by: Actor) -> None:
    program = make_program(by, 2, name="Second chance")
    client = client_of(by)
    sent = opened(by, "program_end", program.pk)
    to_come = str(by.coalition.today() + dt.timedelta(days=1))
    assert client.post(url("program_end", program.pk), sent | {"ended_on": to_come}).status_code == 422
    client.post(url("program_end", program.pk), sent | {"ended_on": "2026-06-30"})
    assert program.name not in read(by, "program_list")
    assert program.name in read(by, "program_list", query="?ended=1")
    client.post(url("program_end", program.pk), opened(by, "program_end", program.pk) | {"ended_on": ""})
    assert program.name in read(by, "program_list")


def test_observers_read_a_shared_program_without_names_notes_and_evidence(by: Actor) -> None:
    observer = make_actor(Role.OBSERVER)
    program = make_program(by, 2)
    person = Contact.objects.create(partner=program.lead, name="Quentin Marlowe")
    activity = row(program, "insurance")
    assign_activities(program=program, activities=[activity], owner=person, by=by)
    update_activity(activity=activity, notes="Between us", version=None, by=by)
    Evidence.objects.create(
        program_activity=activity, kind="link", url="https://example.org/x", label="Minutes", added_by=by.user
    )
    assert client_of(observer).get(url("program_detail", program.pk)).status_code == 404
    client_of(by).post(url("program_share", program.pk), {"shared": "1"})
    pages = [
        read(observer, "program_list"),
        read(observer, "program_detail", program.pk),
        read(observer, "program_progress", program.pk),
        read(observer, "activity_detail", activity.pk),
    ]
    assert program.name in pages[0]
    assert "A person" in pages[1]
    for page in pages:
        assert not [word for word in ("Quentin", "Between us", "Minutes") if word in page]
    evidence = Evidence.objects.get()
    assert client_of(observer).get(url("evidence_open", evidence.pk)).status_code == 403


# ------------------------------------------------------------------ the checklist
def test_the_checklist_is_narrowed_by_the_address(by: Actor) -> None:
    program, police = make_program(by, 1, 2), make_partner(by.coalition, "Police")
    plan = {"owner": police, "due_on": by.coalition.today() - DAY}
    plan_activity(activity=row(program, "insurance"), values=plan, version=None, by=by)
    say(program, "coordinator", by, status=DONE)

    def titles(query: str) -> set[str]:
        page = client_of(by).get(url("program_detail", program.pk) + query)
        rows = page.context["rows"]
        return {each.activity.activity_id for top in rows for each in (top, *top.parts) if not each.around}

    assert titles("?overdue=on") == titles(f"?owner=partner-{police.pk}") == {"insurance"}
    assert titles("?status=done") == {"coordinator"}
    assert titles("?section=agreements") == {"treatment-agreements"}
    assert titles("?model=2") == {item.work.key for item, _ in checklist_of(program).of_model(2)}
    assert len(titles("?owner=nobody")) == 16
    assert len(titles("?owner=x&status=y")) == 18


def test_each_model_shows_its_own_numbers_in_its_own_order(by: Actor) -> None:
    program = make_program(by, 1, 2)
    page = client_of(by).get(url("program_detail", program.pk) + "?model=2")
    rows = page.context["rows"]
    assert [each.number for top in rows for each in (top, *top.parts)] == [
        "1", "2", "3", "4", "5", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7",
    ]  # fmt: skip


def test_a_status_changes_on_the_checklist_and_the_page_stays_as_narrow(by: Actor) -> None:
    program = make_program(by, 1, 2)
    activity = row(program, "insurance")
    response = client_of(by).post(url("activity_status", activity.pk) + "?model=2", {"status": "done"})
    assert response.url == f"{url('program_detail', program.pk)}?model=2#activity-{activity.pk}"
    assert line(program, "insurance").credited == {1: DONE, 2: DONE}


def test_ticks_and_all_of_it_are_said_on_the_checklist(by: Actor) -> None:
    program = make_program(by, 2)
    activity, client = row(program, "intake"), client_of(by)
    client.post(url("activity_status", activity.pk), {"status": "topics", "topics": ["intake--procedures"]})
    assert [mark.done for mark in line(program, "intake").topics] == [True, False]
    client.post(url("activity_status", activity.pk), {"status": "all"})
    assert line(program, "intake").status == DONE


def test_a_status_that_means_nothing_changes_nothing_and_says_so(by: Actor) -> None:
    program = make_program(by, 2)
    response = client_of(by).post(url("activity_status", row(program, "insurance").pk), {"status": "x"}, follow=True)
    assert "Choose where it stands." in response.content.decode()


def test_the_narrower_is_offered_and_one_press_takes_it(by: Actor) -> None:
    program = make_program(by, 1, 2)
    say(program, "level-of-care", by, "assess", "by-whom")
    say(program, "connection", by, "connect", "transport")
    assert "Do they cover this one, too?" in read(by, "program_detail", program.pk)
    narrower = row(program, "care-and-transport")
    assert narrower.status == ActivityStatus.NOT_STARTED
    client_of(by).post(url("activity_take", narrower.pk))
    assert line(program, "care-and-transport").status == DONE
    assert "Do they cover" not in read(by, "program_detail", program.pk)


def test_ten_activities_are_assigned_in_one_go(by: Actor) -> None:
    program, police = make_program(by, 1, 2), make_partner(by.coalition, "Police")
    ticked = [each.row.pk for each in checklist_of(program).work[:10]]
    sent = {"activity": ticked, "owner": f"partner-{police.pk}", "due_on": "2027-02-01"}
    client = client_of(by)
    assert client.post(url("program_assign", program.pk), {"owner": f"partner-{police.pk}"}).status_code == 422
    response = client.post(url("program_assign", program.pk), sent, follow=True)
    assert "10 activities assigned to Police." in response.content.decode()
    assert ProgramActivity.objects.filter(partner=police, due_on=dt.date(2027, 2, 1)).count() == 10
    other = make_program(by, 2, name="Other")
    forged = sent | {"activity": [row(program, "insurance").pk, row(program, "protocols").pk], "due_on": ""}
    refused = client.post(url("program_assign", program.pk), forged)
    assert refused.status_code == 422
    assert "“Adopt written protocols” follows its parts, so nobody owns it by itself." in refused.content.decode()
    assert ProgramActivity.objects.filter(partner=police).count() == 10
    foreign = {"activity": [row(other, "intake").pk], "owner": f"partner-{police.pk}"}
    assert client.post(url("program_assign", program.pk), foreign).status_code == 404


def test_an_own_activity_is_added_removed_and_brought_back(by: Actor) -> None:
    program, client = make_program(by, 2), client_of(by)
    client.post(url("activity_new", program.pk), {"title": "Buy a van", "needed_to_launch": "on"})
    own = ProgramActivity.objects.get(title="Buy a van")
    assert "Buy a van" in read(by, "program_detail", program.pk)
    client.post(url("activity_remove", own.pk))
    assert not [each for each in checklist_of(program) if each.is_own]
    assert "Bring back" in read(by, "program_detail", program.pk)
    client.post(url("activity_restore", own.pk))
    assert [each.title for each in checklist_of(program) if each.is_own] == ["Buy a van"]


def test_without_a_partner_the_new_program_says_where_to_add_one(by: Actor) -> None:
    models()
    assert "No partner is on the roster yet." in read(by, "program_new")
    make_partner(by.coalition, agency_type="other")
    assert "No partner is on the roster yet." not in read(by, "program_new")
