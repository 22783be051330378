"""Asking for a report, waiting for it, downloading it; and who may."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coalitions.models import Membership
from phast.access.table import Action, Role
from phast.audit.models import Event
from phast.jobs.models import JobState
from phast.reports import files
from phast.reports.actions import request_report, retry_report
from phast.reports.models import Report
from tests.client import ReadingClient, body
from tests.factories import make_partner, make_person, sign_in
from tests.reports.world import finished_report
from tests.world import World, actor_of

LIST = "/c/ours/reports/"


@pytest.fixture
def as_role(world: World):
    def signed_in(role: Role) -> ReadingClient:
        client = ReadingClient()
        sign_in(client, world.ours.users[role])
        return client

    return signed_in


def actor(world: World, role: Role):
    return actor_of(world.ours.users[role], world.ours.coalition)


# ------------------------------------------------------------------ asking
def test_a_click_asks_and_leads_to_the_reports_own_page(world: World, as_role) -> None:
    client = as_role(Role.OBSERVER)
    answer = client.post(LIST + "request/", {"kind": "sample", "choice": "audience=released&rows=3"})
    report = Report.objects.latest("pk")
    assert answer.status_code == 302
    assert answer.url == f"/c/ours/reports/{report.pk}/?now=1"
    assert (report.state, report.parameters) == (JobState.WAITING, {"audience": "released", "rows": "3"})
    page = client.get(answer.url).content.decode()
    assert "Waiting" in page
    assert 'hx-trigger="every 500ms"' in page
    assert ">Refresh<" in page  # the way on without scripts


def test_the_page_tells_progress_and_then_offers_the_download(world: World, as_role) -> None:
    client = as_role(Role.COORDINATOR)
    waiting = client.post(LIST + "request/", {"kind": "sample", "audience": "exact"}).url
    report = Report.objects.latest("pk")
    Report.objects.filter(pk=report.pk).update(state=JobState.RUNNING, progress=40, message="Drawing the pages")
    fragment = client.get(waiting, headers={"HX-Request": "true"}).content.decode()
    assert 'value="40"' in fragment
    assert "Drawing the pages" in fragment
    assert "<html" not in fragment
    assert client.get(f"{LIST}{report.pk}/download").url == f"/c/ours/reports/{report.pk}/"  # not yet
    done = finished_report(world.ours.coalition, world.ours.users[Role.COORDINATOR])
    fragment = client.get(f"{LIST}{done.pk}/?now=1", headers={"HX-Request": "true"}).content.decode()
    assert "data-download-now" in fragment
    assert "hx-get" not in fragment


def test_a_second_click_gives_the_report_that_is_under_way(world: World) -> None:
    by = actor(world, Role.COORDINATOR)
    first = request_report(kind="sample", fields={"audience": "exact"}, by=by)
    assert request_report(kind="sample", fields={"audience": "exact"}, by=by) == first
    assert request_report(kind="sample", fields={"audience": "released"}, by=by) != first
    Report.objects.filter(pk=first.pk).update(state=JobState.DONE)
    assert request_report(kind="sample", fields={"audience": "exact"}, by=by) != first


def test_the_page_says_who_asked_to_them_and_to_coordinators(world: World, as_role) -> None:
    report = finished_report(world.ours.coalition, world.ours.users[Role.LEAD], is_released=True)
    page = {role: as_role(role).get(f"{LIST}{report.pk}/").content.decode() for role in Role}
    assert ", by you" in page[Role.LEAD]
    assert f", by {report.requested_by}" in page[Role.COORDINATOR]
    assert not any(", by " in page[role] for role in (Role.REPORTER, Role.MEMBER, Role.OBSERVER))


def test_asking_is_in_the_audit_log(world: World) -> None:
    by = actor(world, Role.LEAD)
    report = request_report(kind="sample", fields={"audience": "agency", "partner": world.ours.agency.pk}, by=by)
    event = Event.objects.get(verb="report.requested")
    assert (event.user, event.target, event.acting_for) == (by.user, report.title, str(world.ours.agency))


def test_an_address_that_only_takes_a_form_leads_a_person_to_the_page_above(world: World, as_role) -> None:
    client, report = as_role(Role.COORDINATOR), Report.objects.of(world.ours.coalition).latest("pk")
    for path, above in (
        ("request/", LIST),
        (f"{report.pk}/retry/", f"{LIST}{report.pk}/"),
        ("regularly/1/stop/", f"{LIST}regularly/"),
    ):
        answer = client.get(LIST + path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert f'href="{above}">Go to the page it belongs to<' in answer.content.decode()
    assert client.get(f"{LIST}request/", headers={"Accept": "*/*"}).content == b""


def test_a_request_without_sense_says_what_to_do(as_role) -> None:
    client = as_role(Role.COORDINATOR)
    for wrong in ({}, {"kind": "no such kind"}, {"kind": "sample", "audience": "agency", "partner": "x"}):
        answer = client.post(LIST + "request/", wrong)
        assert answer.status_code == 422
        assert "and ask again." in answer.content.decode()


# ------------------------------------------------------------------ who may
def test_a_right_that_is_missing_is_refused_when_asking(world: World, as_role) -> None:
    assert as_role(Role.MEMBER).post(LIST + "request/", {"kind": "sample", "audience": "exact"}).status_code == 403
    assert as_role(Role.OBSERVER).post(LIST + "request/", {"kind": "sample", "audience": "members"}).status_code == 403
    other = make_partner(world.ours.coalition, "Third agency", agency_type="ems_fire")
    with pytest.raises(PermissionDenied):  # a kind that forgot to check whose figures it was asked for
        request_report(kind="sample", fields={"audience": "agency", "partner": other.pk}, by=actor(world, Role.LEAD))
    assert not Report.objects.filter(partner=other).exists()


def test_everybody_reads_what_the_policy_lets_them(world: World) -> None:
    """Own agency's exact figures: its lead and reporter; the coalition's: the coordinator; members' reports: not observers."""
    seen = {
        role: set(
            Report.objects.readable_by(actor(world, role)).filter(state=JobState.DONE).values_list("action", "partner")
        )
        for role in Role
    }
    agency = world.ours.agency.pk
    released, members = (Action.RELEASES_SEE, None), (Action.PLANS_SEE, None)
    assert seen == {
        Role.COORDINATOR: {released, members, (Action.COUNTS_SEE, agency), (Action.COUNTS_SEE, None)},
        Role.LEAD: {released, members, (Action.COUNTS_SEE, agency)},
        Role.REPORTER: {released, members, (Action.COUNTS_SEE, agency)},
        Role.MEMBER: {released, members},
        Role.OBSERVER: {released},
    }


def test_a_guessed_address_is_not_found_for_those_who_may_not_read(world: World, as_role) -> None:
    secret = Report.objects.get(coalition=world.ours.coalition, action=Action.COUNTS_SEE, partner=None)
    foreign = Report.objects.filter(coalition=world.theirs.coalition, is_released=True).first()
    for role in (Role.LEAD, Role.REPORTER, Role.MEMBER, Role.OBSERVER):
        client = as_role(role)
        for report in (secret, foreign):
            for page in ("", "download"):
                assert client.get(f"{LIST}{report.pk}/{page}").status_code == 404
            assert client.post(f"{LIST}{report.pk}/retry/").status_code == 404
        assert f"/{secret.pk}/" not in client.get(LIST).content.decode()


def test_a_role_taken_away_ends_the_download(world: World, as_role) -> None:
    report = Report.objects.get(coalition=world.ours.coalition, partner=world.ours.agency)
    client = as_role(Role.REPORTER)
    assert body(client.get(f"{LIST}{report.pk}/download")).startswith(b"%PDF")
    Membership.objects.filter(user=world.ours.users[Role.REPORTER]).update(role=Role.MEMBER)
    assert client.get(f"{LIST}{report.pk}/download").status_code == 404


# ------------------------------------------------------------------ downloading
def test_a_download_is_private_named_and_in_the_audit_log(world: World, as_role) -> None:
    report = finished_report(
        world.ours.coalition,
        world.ours.users[Role.COORDINATOR],
        title='Kits & "partners": Río, 4/2026\r\nX: y',
        content=b"%PDF-1.7 abc",
    )
    answer = as_role(Role.OBSERVER if report.is_released else Role.MEMBER).get(f"{LIST}{report.pk}/download")
    assert body(answer) == b"%PDF-1.7 abc"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    day = f"{report.data_as_of.astimezone(ZoneInfo(report.coalition.time_zone)):%Y-%m-%d}"
    assert (
        answer.headers["Content-Disposition"]
        == f'attachment; filename="kits-partners-rio-42026-x-y-internal-{day}.pdf"'
    )
    event = Event.objects.get(verb="report.downloaded")
    assert (event.user, event.target_id) == (world.ours.users[Role.MEMBER], str(report.pk))


@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_file_that_is_not_the_one_drawn_is_not_sent(world: World, as_role, harm: str) -> None:
    report = finished_report(world.ours.coalition, world.ours.users[Role.COORDINATOR], content=b"%PDF-1.7 true figures")
    path = Path(report.file.path)
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(b"%PDF-1.7 false figures" if harm == "changed" else b"%PDF-1.7 tr")
    answer = as_role(Role.COORDINATOR).get(f"{LIST}{report.pk}/download")
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "is not the one that was drawn" in page
    assert "Ask for a new one" in page
    assert Event.objects.filter(verb="report.found_changed").count() == 1


# ------------------------------------------------------------------ failed, and again
def test_a_failed_report_says_why_and_can_be_asked_for_again(world: World, as_role) -> None:
    client = as_role(Role.COORDINATOR)
    report = Report.objects.get(coalition=world.ours.coalition, state=JobState.FAILED)
    released = {"parameters": {"audience": "released"}, "action": Action.RELEASES_SEE, "is_released": True}
    Report.objects.filter(pk=report.pk).update(message="Failed: storage.", **released)
    page = client.get(f"{LIST}{report.pk}/").content.decode()
    assert "Failed: storage." in page
    assert ">Ask again<" in page
    assert client.post(f"{LIST}{report.pk}/retry/").status_code == 302
    report.refresh_from_db()
    assert (report.state, report.attempts, report.message) == (JobState.WAITING, 0, "")
    assert Event.objects.filter(verb="report.retried").count() == 1
    client.post(f"{LIST}{report.pk}/retry/")  # a second click changes nothing
    assert Event.objects.filter(verb="report.retried").count() == 1


def test_asking_again_needs_the_right_again(world: World) -> None:
    report = Report.objects.get(coalition=world.ours.coalition, state=JobState.FAILED)
    Report.objects.filter(pk=report.pk).update(parameters={"audience": "exact"}, action=Action.COUNTS_SEE)
    with pytest.raises(PermissionDenied):
        retry_report(report=report, by=actor(world, Role.MEMBER))
    Report.objects.filter(pk=report.pk).update(
        parameters={"audience": "released"}
    )  # would now be for more people than before
    with pytest.raises(ValidationError):
        retry_report(report=report, by=actor(world, Role.COORDINATOR))


# ------------------------------------------------------------------ the list
def test_the_list_asks_the_database_as_often_for_many_as_for_few(world: World, as_role) -> None:
    client = as_role(Role.COORDINATOR)
    client.get(LIST)  # a session's first page writes down where it is used from
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _ in range(20):
        finished_report(world.ours.coalition, make_person("ana@example.org"))
    with CaptureQueriesContext(connection) as many:
        page = client.get(LIST).content.decode()
    assert len(many) == len(few) <= 15
    assert page.count(">Download<span") == 24


def test_made_reports_say_when_and_many_can_be_narrowed_to_a_kind(world: World, as_role) -> None:
    client, who = as_role(Role.OBSERVER), world.ours.users[Role.COORDINATOR]
    finished_report(world.ours.coalition, who, title="A card", kind="phrase_card", is_released=True)
    few = client.get(LIST).content.decode()
    assert re.search(r'data-label="Data as of">[A-Z][a-z]+ \d+, \d+, \d+:\d\d [ap]m<', few)
    assert "Kind of report" not in few
    for _ in range(25):
        finished_report(world.ours.coalition, who, is_released=True)
    many = client.get(LIST).content.decode()
    assert "Kind of report" in many
    assert 'href="?page=2#made"' in many
    assert ">Show all</a>" not in many
    assert ">A card</a>" not in many
    narrowed = client.get(f"{LIST}?kind=phrase_card").content.decode()
    assert ">A card</a>" in narrowed
    assert ">A report</a>" not in narrowed
    assert ">Show all</a>" in narrowed


def test_the_list_offers_what_the_person_may_ask_for(as_role) -> None:
    client = as_role(Role.OBSERVER)
    assert 'href="/c/ours/reports/new/?kind=sample"' in client.get(LIST).content.decode()
    page = client.get(f"{LIST}new/?kind=sample").content.decode()
    assert re.search(
        r'<optgroup label="Releases">\s*<option value="audience=released">April to June 2026</option>', page
    )


def test_a_button_on_any_page_asks_for_a_report(world: World, rf) -> None:
    from django.template import engines

    request = rf.get("/")
    request.actor = actor(world, Role.MEMBER)
    template = engines["django"].from_string('{% load reports %}{% pdf_button "sample" label="Plan as PDF" plan=7 %}')
    html = template.render({}, request)
    assert 'action="/c/ours/reports/request/"' in html
    assert '<input type="hidden" name="plan" value="7">' in html
    assert "Plan as PDF</button>" in html


def test_a_file_name_tells_nothing_about_its_report(world: World) -> None:
    report = finished_report(world.ours.coalition, world.ours.users[Role.COORDINATOR], title="Secret words")
    assert re.fullmatch(rf"reports/{report.pk}-[0-9a-f]{{32}}\.pdf", files.name_for(report))
