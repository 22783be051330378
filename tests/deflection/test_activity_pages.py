"""The pages of one activity, what a program counts, and what is said elsewhere."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalitions.models import Agreement, Contact, Sector
from deflection.actions import add_evidence, assign_activities, plan_activity, share_program
from deflection.enums import ActivityStatus
from deflection.models import Evidence, ProgramActivity, QuarterCounts, TrainingCount
from deflection.release_tables import NAMES, ROWS
from deflection.reports import PROGRAM as REPORT
from phast.access.actor import Actor
from phast.access.table import Role
from phast.reports.actions import as_it_is_now
from phast.reports.markup import document
from tests.factories import make_partner

from .factories import line, make_actor, make_program, models, row, say
from .pages import client_of, opened, read, url

DONE, NOT_APPLICABLE = ActivityStatus.DONE, ActivityStatus.NOT_APPLICABLE
DAY = dt.timedelta(days=1)


# ------------------------------------------------------------------ one activity
def test_what_does_not_apply_needs_a_reason_and_nothing_is_lost(by: Actor) -> None:
    program = make_program(by, 2)
    activity, client = row(program, "insurance"), client_of(by)
    sent = opened(by, "activity_update", activity.pk) | {"status": NOT_APPLICABLE, "notes": "Talked in May"}
    response = client.post(url("activity_update", activity.pk), sent)
    assert response.status_code == 422
    assert "Say why it does not apply." in response.content.decode()
    assert "Talked in May" in response.content.decode()
    client.post(url("activity_update", activity.pk), sent | {"reason": "The county does it"})
    activity.refresh_from_db()
    assert (activity.status, activity.reason, activity.notes) == (NOT_APPLICABLE, "The county does it", "Talked in May")


def test_ticking_the_last_topic_makes_it_done_and_taking_one_away_undoes_it(by: Actor) -> None:
    program = make_program(by, 2)
    activity, client = row(program, "intake"), client_of(by)
    both = ["intake--procedures", "intake--documentation"]
    client.post(url("activity_update", activity.pk), opened(by, "activity_update", activity.pk) | {"topics_done": both})
    assert line(program, "intake").status == DONE
    sent = opened(by, "activity_update", activity.pk) | {"topics_done": both[:1]}
    assert client.post(url("activity_update", activity.pk), sent).status_code == 302
    assert line(program, "intake").status == ActivityStatus.IN_PROGRESS


def test_done_with_a_topic_open_says_which_one_and_nothing_is_lost(by: Actor) -> None:
    activity = row(make_program(by, 2), "intake")
    sent = opened(by, "activity_update", activity.pk) | {"status": DONE, "topics_done": ["intake--procedures"]}
    response = client_of(by).post(url("activity_update", activity.pk), sent | {"notes": "Talked in May"})
    assert response.status_code == 422
    assert "Still open: Documentation. Tick what is done." in response.content.decode()
    assert "Talked in May" in response.content.decode()


def test_two_people_who_note_something_both_see_it(by: Actor) -> None:
    activity = row(make_program(by, 2), "insurance")
    sent, client = opened(by, "activity_update", activity.pk), client_of(by)
    assert client.post(url("activity_update", activity.pk), sent | {"notes": "First note"}).status_code == 302
    response = client.post(url("activity_update", activity.pk), sent | {"notes": "Second note"})
    assert response.status_code == 422
    assert {"First note", "Second note"} <= set(re.findall(r"(?:First|Second) note", response.content.decode()))


def test_an_owner_and_a_date_are_set_on_the_activity(by: Actor) -> None:
    program = make_program(by, 2)
    person = Contact.objects.create(partner=program.lead, name="Ann")
    activity = row(program, "insurance")
    sent = opened(by, "activity_plan", activity.pk) | {"owner": f"contact-{person.pk}", "due_on": "2027-03-01"}
    assert client_of(by).post(url("activity_plan", activity.pk), sent).status_code == 302
    activity.refresh_from_db()
    assert (activity.owner, activity.due_on) == (person, dt.date(2027, 3, 1))


def test_people_see_buttons_for_what_is_theirs_alone(by: Actor) -> None:
    reporter = make_actor(Role.REPORTER)
    program = make_program(by, 2, lead=make_partner(by.coalition, "Lead"))
    [agency] = by.coalition.partners.filter(name="reporter agency")
    mine, other = row(program, "insurance"), row(program, "eligibility")
    assign_activities(program=program, activities=[mine], owner=agency, by=by)
    page = read(reporter, "program_detail", program.pk)
    assert url("activity_status", mine.pk) in page
    assert url("activity_status", other.pk) not in page
    assert str(mine) in read(reporter, "activity_mine")
    assert client_of(reporter).post(url("activity_status", other.pk), {"status": "done"}).status_code == 404
    assert client_of(reporter).post(url("activity_status", mine.pk), {"status": "done"}).status_code == 302
    assert client_of(reporter).get(url("program_edit", program.pk)).status_code == 403


def test_mous_show_which_treatment_providers_have_one(by: Actor) -> None:
    Sector.objects.get_or_create(key="treatment-providers", defaults={"name": "Treatment Providers", "order": 15})
    clinic, center = make_partner(by.coalition, "Clinic"), make_partner(by.coalition, "Center")
    for each in (clinic, center):
        each.sectors.add("treatment-providers")
    soon = by.coalition.today() + 30 * DAY
    mou = Agreement.objects.create(
        coalition=by.coalition, kind="mou", title="Same-day intake", status="signed", expires_on=soon
    )
    mou.parties.add(clinic)
    page = read(by, "activity_detail", row(make_program(by, 2), "treatment-agreements").pk)
    assert page.index("Center") < page.index("Clinic") < page.index("Same-day intake")
    assert "Expiring" in page


def test_an_expired_agreement_is_offered_last_and_called_expired(by: Actor) -> None:
    activity, client = row(make_program(by, 2), "insurance"), client_of(by)
    over = {"expires_on": by.coalition.today() - DAY}
    titles: dict[str, dict[str, dt.date]] = {"An old one": over, "The new one": {}}
    old, _ = (
        Agreement.objects.create(coalition=by.coalition, kind="mou", title=title, status="signed", **more)
        for title, more in titles.items()
    )
    page = read(by, "activity_detail", activity.pk)
    assert page.index(">The new one<") < page.index(">An old one, expired<")
    client.post(url("evidence_add", activity.pk), {"known": f"agreement-{old.pk}"})
    assert "Agreement, expired, " in read(by, "activity_detail", activity.pk)


def test_evidence_is_a_link_an_agreement_or_a_file_and_goes_again(by: Actor) -> None:
    activity, client = row(make_program(by, 2), "insurance"), client_of(by)
    mou = Agreement.objects.create(coalition=by.coalition, kind="mou", title="MOU with the clinic")
    add = url("evidence_add", activity.pk)
    client.post(add, {"url": "https://example.org/protocol", "label": "Protocol"})
    client.post(add, {"known": f"agreement-{mou.pk}"})
    client.post(add, {"file": SimpleUploadedFile("minutes.txt", b"What was agreed")})
    assert [one.kind for one in Evidence.objects.all()] == ["link", "agreement", "file"]
    page = read(by, "activity_detail", activity.pk)
    assert all(name in page for name in ("Protocol", "MOU with the clinic", "minutes.txt"))
    file = Evidence.objects.get(kind="file")
    answer = client.get(url("evidence_open", file.pk))
    assert (b"".join(answer.streaming_content), answer["X-Content-Type-Options"]) == (b"What was agreed", "nosniff")
    client.post(url("evidence_remove", file.pk))
    assert not Evidence.objects.filter(kind="file").exists()


@pytest.mark.parametrize("sent", [{}, {"url": "https://a.org", "known": "agreement"}, {"known": "agreement-0"}])
def test_evidence_that_is_nothing_or_two_things_comes_back(by: Actor, sent: dict[str, str]) -> None:
    activity = row(make_program(by, 2), "insurance")
    mou = Agreement.objects.create(coalition=by.coalition, kind="mou", title="MOU")
    sent = {name: f"agreement-{mou.pk}" if value == "agreement" else value for name, value in sent.items()}
    response = client_of(by).post(url("evidence_add", activity.pk), sent)
    assert response.status_code == 422
    assert not Evidence.objects.exists()


# ------------------------------------------------------------------ figures
def test_training_is_counted_and_shown_by_audience_and_topic(by: Actor) -> None:
    program = make_program(by, 1)
    sent = {
        "held_on": "2026-03-02",
        "audience": "dispatchers",
        "people": "12",
        "topics": ["staff-training--naloxone", "staff-training--services"],
    }
    client = client_of(by)
    assert client.post(url("training_new", program.pk), sent | {"people": "0"}).status_code == 422
    client.post(url("training_new", program.pk), sent)
    page = client.get(url("training_list", program.pk))
    sums = {topic.title: dict(counts) for topic, counts in page.context["topics"]}
    assert sums["Using naloxone"] == {"Officers": 0, "911 dispatchers": 12, "Civilian staff": 0}
    training = TrainingCount.objects.get()
    add_evidence(activity=row(program, "staff-training"), training=training, by=by)
    taken = client.post(url("training_remove", training.pk), follow=True).content.decode()
    assert "The training is taken out, also where it was evidence." in taken
    assert "No training is counted yet" in taken


def test_the_same_training_again_is_asked_about_and_saved_when_it_is_another(by: Actor) -> None:
    program = make_program(by, 1)
    sent = {"held_on": "2026-03-02", "audience": "dispatchers", "people": "12", "topics": ["staff-training--naloxone"]}
    client = client_of(by)
    assert client.post(url("training_new", program.pk), sent).status_code == 302
    asked = client.post(url("training_new", program.pk), sent)
    assert asked.status_code == 409
    page = asked.content.decode()
    said = "A training for 911 dispatchers on Mar 2, 2026, with 12 people and the same topics, is already recorded."
    assert said in page
    assert 'name="people" value="12"' in page
    assert 'name="confirmed" value="yes"' in page
    assert TrainingCount.objects.count() == 1
    for other in ({"people": "13"}, {"topics": ["staff-training--services"]}, {"confirmed": "yes"}):
        assert client.post(url("training_new", program.pk), sent | other).status_code == 302
    assert TrainingCount.objects.count() == 4


def test_a_time_to_contact_is_called_the_same_wherever_it_stands(by: Actor) -> None:
    """On the form and on the page as in a release."""
    program = make_program(by, 2, starts_on=dt.date(2026, 1, 1))
    sent = opened(by, "quarter_edit", program.pk, "2026-Q1") | {"reached_in_3_days": "8"}
    client_of(by).post(url("quarter_edit", program.pk, "2026-Q1"), sent)
    form, page = read(by, "quarter_edit", program.pk, "2026-Q1"), read(by, "quarter_list", program.pk)
    for key in ROWS["deflection_contact"]:
        assert f">{NAMES[key]}<" in re.sub(r"\s*([<>])\s*", r"\1", form)
        assert f"<dt>First contact after {NAMES[key]}</dt>" in page


def test_a_quarter_is_for_the_coordinator_and_the_lead_agency_alone(by: Actor) -> None:
    lead, member = make_actor(Role.LEAD), make_actor(Role.MEMBER)
    other = make_program(by, 2, name="Other", lead=make_partner(by.coalition, "Other"))
    [own] = by.coalition.partners.filter(name="lead agency")
    program = make_program(by, 2, lead=own, starts_on=dt.date(2026, 1, 1))
    sent = opened(lead, "quarter_edit", program.pk, "2026-Q1") | {"encounters": "0", "referrals": "4"}
    assert client_of(lead).post(url("quarter_edit", program.pk, "2026-Q1"), sent).status_code == 302
    saved = QuarterCounts.objects.get()
    assert (saved.encounters, saved.referrals, saved.engaged_at_30_days) == (0, 4, None)
    assert "January to March 2026" in read(by, "quarter_list", program.pk)
    assert "not reported" in read(lead, "quarter_list", program.pk)
    assert client_of(lead).get(url("quarter_list", other.pk)).status_code == 404
    assert client_of(member).get(url("quarter_list", program.pk)).status_code == 403
    assert url("quarter_list", program.pk) not in read(member, "program_detail", program.pk)


def test_counts_that_hardly_fit_together_are_saved_and_asked_about(by: Actor) -> None:
    program = make_program(by, 2, starts_on=dt.date(2026, 1, 1))
    page = url("quarter_edit", program.pk, "2026-Q1")
    sent = opened(by, "quarter_edit", program.pk, "2026-Q1") | {"encounters": "10", "referrals": "4"}
    odd = {"reached_in_1_day": "8", "reached_later": "3", "engaged_at_30_days": "40"}
    said = client_of(by).post(page, sent | odd, follow=True).content.decode()
    odd_said = "11 first contacts, 10 encounters. 40 engaged at 30 days, 4 referrals."
    assert odd_said in said
    # … as long as they do not fit together: on every later view of the quarters, and where they can be changed
    assert odd_said in read(by, "quarter_list", program.pk)
    assert odd_said in read(by, "quarter_edit", program.pk, "2026-Q1")
    assert QuarterCounts.objects.get().engaged_at_30_days == 40
    sent = opened(by, "quarter_edit", program.pk, "2026-Q1") | odd | {"reached_later": "2", "engaged_at_30_days": "4"}
    assert "look again" not in client_of(by).post(page, sent, follow=True).content.decode()
    for referrals, asked in (("30", False), ("31", True)):  # somebody may be referred to several services at once
        sent = opened(by, "quarter_edit", program.pk, "2026-Q1") | {"referrals": referrals}
        said = client_of(by).post(page, sent, follow=True).content.decode()
        assert ("31 referrals, 10 encounters." in said) is asked


def test_whoever_empties_a_quarter_is_told_that_nothing_of_it_is_reported(by: Actor) -> None:
    program, client = make_program(by, 2), client_of(by)
    address, told = (
        url("quarter_edit", program.pk, "2026-Q1"),
        "All figures of January to March 2026 are now not reported.",
    )
    sent = opened(by, "quarter_edit", program.pk, "2026-Q1") | {"encounters": "0"}
    assert told not in client.post(address, sent, follow=True).content.decode()
    sent = opened(by, "quarter_edit", program.pk, "2026-Q1") | {"encounters": ""}
    page = client.post(address, sent, follow=True).content.decode()
    assert told in page
    assert "are saved" not in page


def test_a_quarter_that_runs_or_is_none_takes_no_counts(by: Actor) -> None:
    program, today = make_program(by, 2), by.coalition.today()
    running = f"{today.year}-Q{(today.month + 2) // 3}"
    assert "This quarter is not over yet" in read(by, "quarter_edit", program.pk, running)
    assert client_of(by).post(url("quarter_edit", program.pk, running), {"encounters": "3"}).status_code == 422
    assert client_of(by).get(url("quarter_edit", program.pk, "2026-Q5")).status_code == 404


# ------------------------------------------------------------------ comparing, progress, home
def test_five_models_stand_side_by_side_before_there_is_a_program(by: Actor) -> None:
    models(1)
    page = client_of(by).get(url("model_list"))
    assert len(page.context["rows"]) == 21
    assert [sum(1 + len(parts) for _, _, parts in items) for _, items in page.context["lists"]] == [12, 12, 13, 13, 13]
    assert (page.context["shared"], page.context["same"]) == (6, 3)
    text = page.content.decode()
    assert "First responder and officer referral" in text
    two = client_of(by).get(url("model_list") + "?model=3&model=4")
    assert [model.number for model in two.context["chosen"]] == [3, 4]
    assert two.context["start_query"] == "model=3&model=4"


def test_progress_says_what_the_launch_waits_for_and_what_is_overdue(by: Actor) -> None:
    today = by.coalition.today()
    program = make_program(by, 2, starts_on=today + 30 * DAY)
    plan_activity(activity=row(program, "intake"), values={"due_on": today - DAY}, version=None, by=by)
    page = client_of(by).get(url("program_progress", program.pk))
    assert [str(each.row.activity_id) for each, _ in page.context["overdue"]] == ["intake"]
    assert page.context["blockers"][0][0].row.activity_id == "intake"
    assert "What the launch waits for" in page.content.decode()


@pytest.mark.parametrize("days", [30, -30])
def test_progress_calls_nothing_done_that_is_open(by: Actor, days: int) -> None:
    """What the launch does not wait for may be open before and after it; after it, what was needed for it is called so."""
    today = by.coalition.today()
    program = make_program(by, 2, starts_on=today + days * DAY)
    report = as_it_is_now("deflection_program", REPORT.request(by, {"program": program.pk}), by)
    said = "What the launch waits for" if days > 0 else "Needed for the launch, still open"
    assert f"{said}</h2>" in read(by, "program_progress", program.pk)
    assert f"{said}</h2>" in document(REPORT, report)
    ProgramActivity.objects.filter(program=program).update(needed_to_launch=False)
    page = read(by, "program_progress", program.pk)
    assert "Everything the program needs" not in page
    assert ("Nothing that the launch waits for is open." in page) == ('id="launch"' in page) == (days > 0)


def test_home_tells_a_coordinator_what_is_overdue_and_an_owner_what_is_theirs(by: Actor) -> None:
    member = make_actor(Role.MEMBER)
    [agency] = by.coalition.partners.filter(name="member agency")
    program = make_program(by, 2, lead=make_partner(by.coalition, "Lead"))
    assign_activities(program=program, activities=[row(program, "intake")], owner=agency, by=by)
    home = reverse("coalitions:home", args=["ours"])
    assert "deflection activity of yours" in client_of(member).get(home).content.decode()
    assert "deflection activit" not in client_of(by).get(home).content.decode()
    late = by.coalition.today() - DAY
    plan_activity(activity=row(program, "intake"), values={"due_on": late}, version=None, by=by)
    assert "deflection activity of yours overdue" in client_of(member).get(home).content.decode()
    assert "deflection activity overdue" in client_of(by).get(home).content.decode()
    client_of(by).post(url("program_end", program.pk), opened(by, "program_end", program.pk) | {"ended_on": f"{late}"})
    assert "deflection activit" not in client_of(by).get(home).content.decode()


@pytest.mark.parametrize("name", ["program_list", "program_detail", "program_progress", "activity_mine"])
def test_a_page_asks_as_often_for_many_as_for_one(by: Actor, name: str) -> None:
    program = make_program(by, 2)
    keys = [program.pk] if "_" in name and name.split("_")[1] in {"detail", "progress"} else []

    def queries() -> int:
        client = client_of(by)
        client.get(url(name, *keys))
        with CaptureQueriesContext(connection) as found:
            client.get(url(name, *keys))
        return len(found)

    one = queries()
    for n in range(3):
        other = make_program(by, 1, 2, 5, name=f"Other {n}")
        say(other, "intake", by, "procedures")
    client_of(by).post(
        url("program_models", program.pk),
        {"look": "1", "version": program.version, "models": [model.pk for model in models(1, 2, 3, 4, 5)]},
    )
    share_program(program=program, shared=True, by=by)
    assert queries() == one <= {"program_list": 15, "activity_mine": 15}.get(name, 22)
