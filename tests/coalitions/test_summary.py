"""The coalition's summaries: each audience gets what the policy gives it, and no hidden count can be read from any (THREATS 51–53)."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from coalitions import releases
from coalitions.actions.releases import publish_release
from coalitions.models import (
    Agreement,
    Engagement,
    FundingApplication,
    FundingSource,
    Meeting,
    MeetingAction,
    Opportunity,
    Release,
)
from deflection import reference
from phast import offers
from phast.access.table import Action, Role, Scope
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.reports.actions import as_it_is_now, preview, request_report
from phast.reports.kinds import kind_of
from phast.reports.models import Report
from phast.reports.summary import AUDIENCES, EVERYBODY, EXACT, OWN_PEOPLE
from plans.actions.versions import approve_plan, withdraw_version
from plans.models import Plan, Step
from tests.deflection.factories import make_program
from tests.factories import make_person
from tests.lbn.world import make_count
from tests.reports.pdfua import assert_pdf_ua, words

from .conftest import Cast, make_cast

SUMMER = releases.Span(dt.date(2026, 7, 1), dt.date(2026, 9, 30))
KITS = {"12180": 1204, "12182": 517, "12207": 9, "12208": 4}
ASKED = {"time": "2026-07"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC), tick=True):
        yield


@pytest.fixture
def counted(transactional_db: None) -> Cast:
    """Counts of a summer, money, an agreement that expires, a meeting, a plan."""
    cast = make_cast()
    by = cast.people["coordinator"]
    for zip_code, kits in KITS.items():
        make_count(cast.police, by, dt.date(2026, 8, 3), zip_code=zip_code, kits=kits)
    cast.police.sectors.add("law-enforcement")
    FundingSource.objects.create(coalition=cast.coalition, kind="jag", name="Bridge grant", amount=120_000)
    Agreement.objects.create(
        coalition=cast.coalition,
        kind="mou",
        title="Warm handover",
        status="signed",
        expires_on=dt.date(2026, 12, 24),
    )
    begins = dt.datetime(2026, 8, 11, 14, tzinfo=dt.UTC)
    Meeting.objects.create(
        coalition=cast.coalition,
        title="August meeting",
        starts_at=begins,
        ends_at=begins + dt.timedelta(hours=1),
        status="held",
        created_by=by,
    )
    plan = Plan.objects.create(coalition=cast.coalition, title="Carry naloxone", status="active", created_by=by)
    Step.objects.create(plan=plan, title="Train officers")
    return cast


def published(cast: Cast) -> Release:
    by = cast.actor("coordinator")
    return publish_release(made=(made := releases.make(cast.coalition, SUMMER)), seen=made.sha256, by=by)


def drawn(cast: Cast, role: str, audience: str, kind: str = "coalition_summary", **fields: str) -> tuple[Report, bytes]:
    report = request_report(kind=kind, fields=ASKED | {"for": audience} | fields, by=cast.actor(role))
    run(Report, report.pk)
    report.refresh_from_db()
    assert report.state == JobState.DONE, report.message
    with report.file.open() as file:
        return report, file.read()


def figures_in(section: dict[str, Any]) -> set[int]:
    """Every whole number of a section's tables and chart."""
    rows = [row for table in section["tables"] for row in [*table["rows"], table["total"]]]
    cells = {cell for row in rows for cell in row if isinstance(cell, int)}
    return cells | {value for value in (section["chart"] or {"values": ()})["values"] if value is not None}


# ------------------------------------------------------------------ who may
def test_an_audience_may_what_all_of_its_roles_may() -> None:
    assert set(Role) == EVERYBODY.roles
    assert {Role.COORDINATOR, Role.LEAD, Role.MEMBER} == OWN_PEOPLE.roles
    assert {Role.COORDINATOR} == EXACT.roles
    assert {one.key: one.sees(Action.COUNTS_SEE) for one in AUDIENCES.values()} == {
        "everybody": Scope.NONE,
        "coalition": Scope.NONE,
        "exact": Scope.COALITION,
    }
    assert EVERYBODY.sees(Action.ENGAGEMENT_SEE) == Scope.NONE
    assert EVERYBODY.sees(Action.ROSTER_SEE) == EVERYBODY.sees(Action.PLANS_SEE) == Scope.RELEASED
    assert OWN_PEOPLE.sees(Action.PLANS_FOLLOW) == OWN_PEOPLE.sees(Action.ENGAGEMENT_SEE) == Scope.COALITION


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("coordinator", {"everybody", "coalition", "exact"}),
        ("lead", {"everybody", "coalition"}),
        ("member", {"everybody", "coalition"}),
        ("reporter", {"everybody"}),
        ("observer", {"everybody"}),
    ],
)
def test_everybody_asks_for_what_they_may_read(counted: Cast, role: str, allowed: set[str]) -> None:
    by = counted.actor(role)
    assert {choice.fields["for"] for choice in kind_of("coalition_summary").choices(by)} == allowed
    for audience in AUDIENCES:
        if audience in allowed:
            report = request_report(kind="coalition_summary", fields=ASKED | {"for": audience}, by=by)
            assert Report.objects.readable_by(by).filter(pk=report.pk).exists()
        else:
            with pytest.raises(PermissionDenied):
                request_report(kind="coalition_summary", fields=ASKED | {"for": audience}, by=by)


@pytest.mark.parametrize("wrong", [{}, {"time": "2026-10"}, {"time": "2025"}, {"time": "x"}, {"for": "x"}])
def test_a_time_that_is_not_over_or_no_audience_is_refused(counted: Cast, wrong: dict[str, str]) -> None:
    fields = ASKED | {"for": "everybody"} | wrong if wrong else {}
    with pytest.raises(ValidationError, match="Choose a quarter that is over"):
        request_report(kind="coalition_summary", fields=fields, by=counted.actor("coordinator"))


# ------------------------------------------------------------------ what it says
def test_everybodys_summary_holds_published_figures_and_nothing_else(counted: Cast) -> None:
    release = published(counted)
    report, pdf = drawn(counted, "observer", "everybody")
    text = words(pdf)
    section = next(one for one in report.data["sections"] if one["title"] == "Naloxone kits left behind")
    linked = releases.linked(release)
    shown = {kits for table in linked.tables for kits in table.cells.values() if kits is not None}
    assert figures_in(section) <= shown | {release.table["total"]}
    hidden = releases.table_of(release).hidden
    assert hidden >= {"12207", "12208"}
    for label in hidden:
        assert all(following == "hidden" for following in re.findall(rf"\b{label}(?: [A-Z]\w+)* (\w+)", text)), text
    assert not figures_in(section) & {KITS[label] for label in hidden if label in KITS}
    for inside in ("Bridge grant", "Warm handover", "August meeting", "Train officers", "Carry naloxone"):
        assert inside not in text
    assert not any(str(person) in text for person in counted.people.values())
    assert_pdf_ua(pdf)


def test_no_picture_or_name_of_the_summary_tells_a_hidden_figure(counted: Cast) -> None:
    release = published(counted)
    page = preview(kind="coalition_summary", fields=ASKED | {"for": "everybody"}, by=counted.actor("observer"))
    hidden = {KITS[label] for label in releases.table_of(release).hidden}
    report, _ = drawn(counted, "observer", "everybody")
    drawings = kind_of("coalition_summary").extras(report.data)["sections"]
    for figure in hidden:
        assert not re.search(rf">{figure}<", page)
        assert not any(re.search(rf"\b{figure:,}</t", one["drawing"]) for one in drawings)


def test_the_coalitions_own_people_read_meetings_money_and_agreements_but_no_live_count(counted: Cast) -> None:
    report, pdf = drawn(counted, "member", "coalition")
    text = words(pdf)
    for inside in ("Bridge grant", "$120,000", "Warm handover", "August meeting", "Carry naloxone"):
        assert inside in text
    assert not {*KITS.values(), sum(KITS.values())} & {
        figure for one in report.data["sections"] for figure in figures_in(one)
    }
    assert "1,204" not in text
    published(counted)
    _, pdf = drawn(counted, "member", "coalition")
    assert "Naloxone kits left behind" in words(pdf)
    assert_pdf_ua(pdf)


def test_the_coordinators_summary_is_exact_and_for_nobody_else(counted: Cast) -> None:
    report, pdf = drawn(counted, "coordinator", "exact")
    text = words(pdf)
    assert f"{sum(KITS.values()):,}" in text
    assert "for the coordinator only" in text
    for role in ("lead", "reporter", "member", "observer"):
        assert not Report.objects.readable_by(counted.actor(role)).filter(pk=report.pk).exists()
    assert_pdf_ua(pdf)


def test_observers_read_of_plans_the_approved_versions(counted: Cast) -> None:
    plan = Plan.objects.get(title="Carry naloxone")
    approve_plan(plan=plan, by=counted.actor("coordinator"))
    Plan.objects.filter(pk=plan.pk).update(title="Renamed since")
    report, _ = drawn(counted, "observer", "everybody")
    told = json.dumps(report.data)
    assert "Carry naloxone" in told
    assert "Renamed since" not in told


def test_a_summary_that_shows_a_withdrawn_version_is_no_longer_observers(counted: Cast) -> None:
    by = counted.actor("coordinator")
    before, _ = drawn(counted, "observer", "everybody")
    version = approve_plan(plan=Plan.objects.get(title="Carry naloxone"), by=by)
    after, _ = drawn(counted, "observer", "everybody")
    withdraw_version(version=version, by=by)
    assert set(Report.objects.readable_by(counted.actor("observer"))) == {before}
    assert set(Report.objects.readable_by(counted.actor("member"))) == {before, after}


def test_a_year_is_drawn_from_the_same_sections(counted: Cast) -> None:
    make_count(counted.police, counted.people["coordinator"], dt.date(2025, 5, 4), zip_code="12180", kits=300)
    report, pdf = drawn(counted, "coordinator", "exact", kind="annual", time="2025")
    assert report.title == "Annual report, 2025"
    assert "300" in words(pdf)
    assert_pdf_ua(pdf)
    with pytest.raises(ValidationError, match="Choose a year"):
        request_report(kind="annual", fields=ASKED | {"for": "exact"}, by=counted.actor("coordinator"))


def test_a_year_says_which_of_its_quarters_are_published(counted: Cast) -> None:
    """It does not say that nothing is published above the figures of some of it."""
    by = counted.actor("coordinator")
    make_count(counted.police, by.user, dt.date(2025, 5, 4), zip_code="12180", kits=300)
    asked = {"kind": "annual", "fields": {"time": "2025", "for": "everybody"}, "by": by}
    said = []
    for month in (None, 4, 7):
        if month:
            made = releases.make(counted.coalition, releases.Span.of_months(2025, month, 3))
            publish_release(made=made, seen=made.sha256, by=by)
        page = preview(**asked)
        found = re.search(r"[^>]* published(?:\.|: )[^<]*", page.partition("Naloxone kits left behind</h2>")[2])
        said.append(found[0] if found else "")
    assert said == [
        "",
        "1 of 4 quarters of 2025 is published: Apr–Jun 2025. The year as a whole is not.",
        "2 of 4 quarters of 2025 are published: Apr–Jun 2025 and Jul–Sep 2025. The year as a whole is not.",
    ]


def test_what_happens_after_a_year_changes_nothing_of_it_but_what_says_as_of_when(counted: Cast) -> None:
    """A report about a past year is not taken for the state of today, nor the other way round."""
    reference.load()
    by = counted.actor("coordinator")
    program = make_program(by, 1, lead=counted.police, starts_on=dt.date(2026, 3, 1))
    opportunity, touched = Opportunity.objects.first(), dt.date(2025, 5, 2)
    begun = Engagement.objects.create(
        coalition=counted.coalition, opportunity=opportunity, status="contacted", touched_on=touched
    )
    held = Meeting.objects.get()
    Meeting.objects.filter(pk=held.pk).update(starts_at=held.starts_at.replace(year=2025))
    action = MeetingAction.objects.create(meeting=held, text="Call the hospital", done_at=None)

    def told() -> tuple[list[dict[str, Any]], str]:
        asked = {"kind": "annual", "fields": {"time": "2025", "for": "coalition"}, "by": by}
        data = as_it_is_now("annual", kind_of("annual").request(by, asked["fields"]), by).data
        for section in data["sections"]:
            del section["says_now"]
            for part in ("figures", "tables"):
                section[part] = [one for one in section[part] if not one["now"]]
        said = [one for one in data["sections"] if one["figures"] or one["says"] or one["tables"]]
        return said, preview(**asked)

    before, page = told()
    assert "None of the programs below ran in 2025." in page
    assert "As of Nov 20, 2026: 1 agreement is in effect." in page
    assert "Expire within 90 days, as of Nov 20, 2026</caption>" in page
    counted.ems.status = "inactive"
    counted.ems.save()
    Agreement.objects.update(status="ended")
    Engagement.objects.filter(pk=begun.pk).update(status="established", touched_on=dt.date(2026, 11, 1))
    MeetingAction.objects.filter(pk=action.pk).update(done_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
    Step.objects.update(status="done", finished_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
    FundingApplication.objects.create(coalition=counted.coalition, kind="jag", title="Naloxone for 2027")
    type(program).objects.filter(pk=program.pk).update(starts_on=dt.date(2027, 1, 1))
    after, page = told()
    assert after == before
    assert "As of Nov 20, 2026: 1 program in preparation." in page


def test_a_coalition_that_has_nothing_still_gets_a_summary(counted: Cast) -> None:
    from tests.factories import make_coalition

    coalition = make_coalition(slug="new", name="New coalition")
    user = make_person("new@example.org", coalition=coalition, role=Role.COORDINATOR)
    from tests.world import actor_of

    report = request_report(kind="coalition_summary", fields=ASKED | {"for": "everybody"}, by=actor_of(user, coalition))
    run(Report, report.pk)
    report.refresh_from_db()
    assert report.state == JobState.DONE, report.message
    assert report.data["figures"][0]["figure"] == "0"
    assert report.data["figures"][0]["of"] == "17"


# ------------------------------------------------------------------ choosing
def test_a_quarter_is_offered_to_readers_once_its_kits_are_published(counted: Cast) -> None:
    spring = releases.Span(dt.date(2026, 4, 1), dt.date(2026, 6, 30))
    by = counted.actor("coordinator")
    publish_release(made=(made := releases.make(counted.coalition, spring)), seen=made.sha256, by=by)
    offered = kind_of("coalition_summary").choices(by)
    newest = {key: next(one.fields["time"] for one in offered if one.fields["for"] == key) for key in AUDIENCES}
    assert newest == {"everybody": "2026-04", "coalition": "2026-04", "exact": "2026-07"}
    assert {one.each for one in offered} == {audience.label for audience in AUDIENCES.values()}
    assert offered[0].fields == {"time": "2026-04", "for": "everybody"}  # what is safe and published is preselected
    assert [one.fields["for"] == "exact" for one in offered] == sorted(one.fields["for"] == "exact" for one in offered)


def test_every_section_is_of_words_and_figures(counted: Cast) -> None:
    """What is frozen with a report is JSON, whatever an app has to say."""
    for audience in AUDIENCES.values():
        for source in offers.summaries:
            for section in source(counted.coalition, SUMMER, audience):
                for table in section.tables:
                    assert all(len(row) == len(table.heads) for row in table.rows), section.title
                    cells = [cell for row in table.rows for cell in row[table.words :]]
                    assert all(cell is None or isinstance(cell, int) for cell in cells), section.title
