"""What shows that an activity is done, and what a program counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from coalitions.models import Agreement
from deflection.actions import (
    add_evidence,
    add_evidence_file,
    count_training,
    delete_training,
    remove_evidence,
    save_quarter,
)
from deflection.enums import ActivityStatus
from deflection.models import Audience, Evidence, Program, QuarterCounts, Topic, TrainingCount
from deflection.selectors import trained
from phast import offers
from phast.access.actor import Actor
from phast.access.table import Action, Role
from phast.versions import EditConflict

from .factories import make_actor, make_program, row
from .pages import client_of, read, url

DONE, NOT_APPLICABLE = ActivityStatus.DONE, ActivityStatus.NOT_APPLICABLE


def refused(found: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(found.value.messages)


def officers_trained(program: Program, by: Actor, *topics: str, **values: Any) -> TrainingCount:
    chosen = Topic.objects.filter(pk__in=[f"staff-training--{topic}" for topic in topics or ("disorders",)])
    values = {"held_on": dt.date(2026, 3, 2), "audience": Audience.objects.get(pk="officers"), "people": 12} | values
    return count_training(program=program, topics=chosen, by=by, **values)


# ------------------------------------------------------------------ evidence
def test_evidence_is_a_link_an_agreement_a_training_or_an_sop(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "sops", [lambda actor: [offers.Sop("7", "SOP of Troy Police", "/sop/7/")]])
    program = make_program(by, 1)
    activity = row(program, "kits")
    mou = Agreement.objects.create(coalition=by.coalition, kind="mou", title="MOU with the clinic")
    training = officers_trained(program, by)
    said: list[dict[str, Any]] = [
        {"url": "https://example.org"},
        {"agreement": mou},
        {"training": training},
        {"sop": "7"},
    ]
    names = [str(add_evidence(activity=activity, by=by, **each)) for each in said]
    assert names == ["https://example.org", "MOU with the clinic", "Training of Mar 2, 2026", "SOP of Troy Police"]
    assert [one.kind for one in Evidence.objects.all()] == ["link", "agreement", "training", "sop"]


def test_the_same_thing_is_evidence_once(by: Actor) -> None:
    program = make_program(by, 2)
    training = officers_trained(program, by)
    for said in ({"url": "https://example.org"}, {"training": training}):
        add_evidence(activity=row(program, "insurance"), by=by, **said)
        add_evidence(activity=row(program, "staff-training"), by=by, **said)
        with pytest.raises(ValidationError, match="among the evidence already"):
            add_evidence(activity=row(program, "insurance"), by=by, **said)


def test_an_sop_opens_for_who_may_read_it_and_is_only_named_to_others(
    by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sops = [offers.Sop("7", "SOP of Troy Police", "/sop/7/")]
    monkeypatch.setattr(offers, "sops", [lambda actor: sops if actor.user == by.user else []])
    activity = row(make_program(by, 2), "insurance")
    evidence = add_evidence(activity=activity, sop="7", by=by)
    assert client_of(by).get(url("evidence_open", evidence.pk)).url == "/sop/7/"
    member = make_actor(Role.MEMBER)
    assert "no longer in force or not yours to open" in read(member, "activity_detail", activity.pk)
    assert (
        client_of(member).get(url("evidence_open", evidence.pk)).url
        == url("activity_detail", activity.pk) + "#evidence"
    )


def test_evidence_that_is_nothing_two_things_or_not_there_is_refused(by: Actor) -> None:
    program, other = make_program(by, 1), make_program(by, 1, name="Other")
    mou = Agreement.objects.create(coalition=by.coalition, kind="mou", title="MOU")
    elsewhere = officers_trained(other, by)
    said: list[dict[str, Any]] = [{}, {"url": "https://a.org", "agreement": mou}, {"sop": "7"}, {"training": elsewhere}]
    for each in said:
        with pytest.raises(ValidationError):
            add_evidence(activity=row(program, "kits"), by=by, **each)
    assert not Evidence.objects.exists()


def test_a_file_is_kept_under_a_name_that_tells_nothing_and_goes_with_its_evidence(
    by: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    activity = row(make_program(by, 2), "intake")
    found = add_evidence_file(activity=activity, file=ContentFile(b"Form", name="intake form.txt"), by=by)
    stored = str(found.file.name)
    assert (str(found), "intake" in stored, default_storage.exists(stored)) == ("intake form.txt", False, True)
    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(evidence=found, by=by)
    assert not default_storage.exists(stored)


# ------------------------------------------------------------------ counts
def test_training_is_counted_by_audience_and_topic(by: Actor) -> None:
    program = make_program(by, 1)
    officers_trained(program, by, "disorders", "naloxone")
    officers_trained(program, by, "naloxone", people=3)
    officers_trained(program, by, audience=Audience.objects.get(pk="dispatchers"), people=5)
    assert trained(program.trainings.prefetch_related("topics")) == {
        ("officers", "staff-training--disorders"): 12,
        ("officers", "staff-training--naloxone"): 15,
        ("dispatchers", "staff-training--disorders"): 5,
    }


def test_a_training_to_come_of_nobody_or_about_nothing_is_refused(by: Actor) -> None:
    program = make_program(by, 1)
    tomorrow = by.coalition.today() + dt.timedelta(days=1)
    said: list[dict[str, Any]] = [{"held_on": tomorrow}, {"people": 0}, {"people": 10_001}]
    for values in said:
        with pytest.raises(ValidationError):
            officers_trained(program, by, **values)
    with pytest.raises(ValidationError):
        officers_trained(program, by, "no such topic")
    assert not TrainingCount.objects.exists()


def test_a_training_entered_by_mistake_goes_with_its_place_as_evidence(by: Actor) -> None:
    program = make_program(by, 1)
    training = officers_trained(program, by)
    add_evidence(activity=row(program, "staff-training"), training=training, by=by)
    delete_training(training=training, by=by)
    assert not Evidence.objects.exists()


def test_a_quarter_keeps_what_was_not_recorded_apart_from_zero(by: Actor) -> None:
    program, first = make_program(by, 2), dt.date(2026, 1, 1)
    saved = save_quarter(program=program, from_on=first, values={"encounters": 0}, version=None, by=by)
    assert (saved.encounters, saved.referrals) == (0, None)
    save_quarter(program=program, from_on=first, values={"referrals": 4}, version=saved.version, by=by)
    found = QuarterCounts.objects.get()
    assert (found.encounters, found.referrals, str(found)) == (0, 4, "Program, 2026, quarter 1")


def test_a_quarter_that_runs_is_no_quarter_or_is_there_already_is_refused(by: Actor) -> None:
    program, today = make_program(by, 2), by.coalition.today()
    running = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    with pytest.raises(ValidationError):
        save_quarter(program=program, from_on=running, values={}, version=None, by=by)
    first = dt.date(2026, 1, 1)
    program.starts_on = dt.date(2026, 4, 1)
    with pytest.raises(ValidationError) as found:
        save_quarter(program=program, from_on=first, values={"encounters": 3}, version=None, by=by)
    assert refused(found) == "The program began on Apr 1, 2026, after this quarter. Look at its start."
    program.starts_on = dt.date(2026, 3, 31)
    saved = save_quarter(program=program, from_on=first, values={"encounters": 3}, version=None, by=by)
    with pytest.raises(ValidationError) as found:
        save_quarter(program=program, from_on=first, values={"encounters": 4}, version=None, by=by)
    assert refused(found) == "This quarter has its counts already. Change those."
    with pytest.raises(ValidationError):
        save_quarter(program=program, from_on=first, values={"encounters": 100_001}, version=saved.version, by=by)
    with pytest.raises(EditConflict):
        save_quarter(program=program, from_on=first, values={"encounters": 5}, version=9, by=by)


def test_exact_counts_are_the_coordinators_and_the_lead_agencys(by: Actor) -> None:
    lead, member = make_actor(Role.LEAD), make_actor(Role.MEMBER)
    program = make_program(by, 2, lead=by.coalition.partners.get(name="lead agency"))
    save_quarter(program=program, from_on=dt.date(2026, 1, 1), values={"encounters": 3}, version=None, by=by)
    seen = [QuarterCounts.objects.visible_to(actor, Action.COUNTS_SEE).count() for actor in (by, lead, member)]
    assert seen == [1, 1, 0]
