"""Agreements: who is told when one expires, and which data flows there are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from django.core import mail

from coalitions import expiry, flows
from coalitions.models import Agreement, ExpiryMail, ExpiryNotice
from phast.jobs.models import JobState
from phast.jobs.tasks import run_job
from tests.factories import make_coalition, make_person

from .conftest import Cast
from .test_roster import opened, text_of

NOON = dt.datetime(2026, 6, 1, 16, tzinfo=dt.UTC)  # in New York


@pytest.fixture
def clock(cast: Cast):
    with time_machine.travel(NOON, tick=False) as moves:
        yield moves


def signed(cast: Cast, in_days: int, **values: object) -> Agreement:
    values = {"kind": "dsa", "title": "EMS data", "status": "signed"} | values
    return Agreement.objects.create(
        coalition=cast.coalition, expires_on=cast.coalition.today() + dt.timedelta(days=in_days), **values
    )


def sent() -> list[str]:
    """Runs the mails that wait, and says the subjects of what went out."""
    for job in ExpiryMail.objects.filter(state=JobState.WAITING):
        run_job(job._meta.label, job.pk)
    subjects = [message.subject for message in mail.outbox]
    mail.outbox.clear()
    return subjects


def test_coordinators_are_told_90_30_and_7_days_before_and_each_time_once(cast: Cast, clock) -> None:
    signed(cast, 100)
    told = {}
    for day in range(101):
        clock.move_to(NOON + dt.timedelta(days=day))
        expiry.warn(coalition=cast.coalition)
        if subjects := sent():
            told[100 - day] = subjects
    assert {left: len(subjects) for left, subjects in told.items()} == {90: 1, 30: 1, 7: 1}
    assert told[30][0].startswith("EMS data expires in 30 days")


def test_what_was_missed_is_told_once_as_it_is_now(cast: Cast, clock) -> None:
    signed(cast, 5)
    expiry.warn(coalition=cast.coalition)
    expiry.warn(coalition=cast.coalition)
    assert sent() == [f"EMS data expires in 5 days · {cast.coalition}"]


def test_a_new_date_begins_anew(cast: Cast, clock) -> None:
    agreement = signed(cast, 30)
    expiry.warn(coalition=cast.coalition)
    assert len(sent()) == 1
    Agreement.objects.filter(pk=agreement.pk).update(expires_on=cast.coalition.today() + dt.timedelta(days=25))
    expiry.warn(coalition=cast.coalition)
    assert len(sent()) == 1


@pytest.mark.parametrize("change", [{"status": "ended"}, {"expires_on": dt.date(2028, 1, 1)}])
def test_nobody_is_told_of_what_was_ended_or_renewed_meanwhile(cast: Cast, clock, change) -> None:
    agreement = signed(cast, 30)
    expiry.warn(coalition=cast.coalition)
    Agreement.objects.filter(pk=agreement.pk).update(**change)
    assert sent() == []


def test_only_coordinators_of_this_coalition_are_told(cast: Cast, clock) -> None:
    make_person("boss@example.org", coalition=make_coalition(slug="theirs"), role="coordinator")
    signed(cast, 30)
    expiry.warn(coalition=cast.coalition)
    [job] = ExpiryMail.objects.all()
    assert job.user == cast.people["coordinator"]


def test_drafts_expire_without_a_word(cast: Cast, clock) -> None:
    signed(cast, 30, status="draft")
    expiry.warn(coalition=cast.coalition)
    assert not ExpiryNotice.objects.exists()


def test_it_is_morning_where_the_coalition_is_before_anybody_is_told(cast: Cast, clock) -> None:
    signed(cast, 30)
    clock.move_to(dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC))  # six in New York
    expiry.warn(coalition=cast.coalition)
    assert not ExpiryNotice.objects.exists()
    clock.move_to(dt.datetime(2026, 6, 1, 11, tzinfo=dt.UTC))
    expiry.warn(coalition=cast.coalition)
    assert ExpiryNotice.objects.exists()


def test_mail_that_is_down_loses_nothing(cast: Cast, clock, settings) -> None:
    signed(cast, 30)
    expiry.warn(coalition=cast.coalition)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert sent() == []
    job = ExpiryMail.objects.get()
    assert job.state == JobState.WAITING
    settings.EMAIL_BACKEND = working
    clock.move_to(NOON + dt.timedelta(days=2))
    assert sent() == [f"EMS data expires in 28 days · {cast.coalition}"]


def test_the_mail_says_what_when_and_where(cast: Cast, clock) -> None:
    agreement = signed(cast, 7, dataset_id="ems")
    agreement.parties.add(cast.police, cast.ems)
    expiry.warn(coalition=cast.coalition)
    for job in ExpiryMail.objects.all():
        run_job(job._meta.label, job.pk)
    body = mail.outbox[0].body
    for piece in (
        "in 7 days, on Jun 8, 2026",
        "River EMS, Troy Police",
        "EMS incidents",
        cast.url("agreement_detail", agreement.pk),
    ):
        assert piece in body


def test_the_list_and_the_page_say_how_far_away_the_end_is(cast: Cast, clock) -> None:
    soon, past = signed(cast, 23), signed(cast, -4, title="Old")
    page = text_of(cast, "member", "agreement_list")
    assert "in 23 days" in page
    assert "expired 4 days ago" in page
    assert "expired 4 days ago" in text_of(cast, "member", "agreement_detail", past.pk)
    assert "4 days ago" not in text_of(cast, "member", "agreement_list", expires="soon")
    assert "in 23 days" not in text_of(cast, "member", "agreement_list", expires="past")
    assert cast.url("agreement_detail", soon.pk) in text_of(cast, "member", "agreement_list", expires="soon")


@pytest.mark.parametrize(
    ("days", "words"), [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (23, "in 23 days"), (-4, "4 days ago")]
)
def test_days_are_said_as_people_say_them(days: int, words: str) -> None:
    today = dt.date(2026, 6, 1)
    assert expiry.days_away(today + dt.timedelta(days=days), today) == words


def test_the_home_page_says_so_to_who_can_renew_it(cast: Cast, clock) -> None:
    agreement = signed(cast, 23)
    home = cast.client("coordinator").get(f"/c/{cast.coalition.slug}/").content.decode()
    assert "EMS data expires in 23 days" in home
    assert cast.url("agreement_detail", agreement.pk) in home
    assert "EMS data" not in cast.client("member").get(f"/c/{cast.coalition.slug}/").content.decode()


# ------------------------------------------------------------------ flows
def states(cast: Cast) -> dict[str, list[str]]:
    return {one["name"]: [flow["state"] for flow in one["flows"]] for one in flows.of(cast.coalition)}


def test_every_dataset_is_there_with_what_flows_and_what_is_lacking(cast: Cast, clock) -> None:
    signed(cast, 30, dataset_id="ems", giver=cast.ems, receiver=cast.police)
    signed(cast, 30, dataset_id="ems", status="review")
    signed(cast, 400, dataset_id="kits", effective_on=cast.coalition.today() + dt.timedelta(days=1))
    signed(cast, -1, dataset_id="seizures")
    signed(cast, 30, dataset_id="potency", status="ended")
    signed(cast, 30, dataset_other="School visits")
    found = states(cast)
    assert len(found) == 12
    assert found["EMS incidents, places and naloxone given"] == ["agreed", "coming"]
    assert found["Naloxone kits given out and used"] == ["coming"]
    assert found["Drug seizures"] == ["expired"]
    assert found["Potency and purity of drugs"] == []
    assert found["School visits"] == ["agreed"]
    words = "2 of 12 kinds of data flow under a signed agreement, 1 on the way, 9 lacking."
    assert words in text_of(cast, "member", "agreement_list")


def test_the_picture_tells_agreed_coming_and_case_level_apart_without_colour(cast: Cast, clock) -> None:
    signed(cast, 30, dataset_id="ems", giver=cast.ems, receiver=cast.police, timeliness="weekly", granularity="case")
    signed(cast, 30, dataset_id="kits", status="draft", direction="two_way")
    svg = flows.picture(flows.of(cast.coalition))
    assert svg.count("stroke-dasharray") == 2  # the legend and the draft
    assert svg.count("<rect") == 2  # the legend and the case-level flow
    assert "Weekly · Case-level" in svg
    assert svg.count("No agreement yet") == 9
    assert set(re.findall(r"#[0-9a-f]{6}", svg)) <= {"#1b1b1b", "#3d4551", "#565c65", "#71767a", "#dfe1e2"}
    assert " style=" not in svg


def test_the_picture_and_the_table_say_the_same(cast: Cast, clock) -> None:
    signed(cast, 30, title="Weekly <EMS>", dataset_id="ems", giver=cast.ems, receiver=cast.police)
    page = text_of(cast, "member", "agreement_list")
    assert page.count("River EMS") >= 2
    assert "Weekly &lt;EMS&gt;" in page
    assert "<EMS>" not in page


def test_data_cannot_go_to_where_it_comes_from(cast: Cast) -> None:
    form = {"kind": "dsa", "title": "T", "status": "draft", "giver": cast.ems.pk, "receiver": cast.ems.pk}
    answer = cast.client("coordinator").post(cast.url("agreement_new"), form)
    assert answer.status_code == 422
    assert "The data would go to where it comes from." in answer.content.decode()


def test_a_part_of_the_form_that_holds_something_is_open(cast: Cast) -> None:
    plain = text_of(cast, "coordinator", "agreement_new")
    assert plain.count('<details class="form-part">') == 2
    agreement = signed(cast, 30, dataset_id="ems")
    page = text_of(cast, "coordinator", "agreement_edit", agreement.pk)
    assert page.count('<details class="form-part" open>') == 1
    saved = cast.client("coordinator").post(
        cast.url("agreement_edit", agreement.pk),
        opened(cast, "coordinator", "agreement_edit", agreement.pk) | {"timeliness": "weekly"},
    )
    assert saved.status_code == 302
    agreement.refresh_from_db()
    assert (agreement.timeliness, agreement.dataset_id) == ("weekly", "ems")


def test_the_flows_are_a_pdf_that_a_screen_reader_can_read(committed: Callable[[], Cast]) -> None:
    from tests.reports.pdfua import assert_pdf_ua, words

    from .pdfs import drawn

    cast = committed()
    signed(cast, 23, dataset_id="ems", giver=cast.ems, receiver=cast.police, granularity="case")
    content = drawn("data_flows", cast.actor("member"))
    assert_pdf_ua(content)
    said = words(content)
    for piece in ("1 of 11 kinds of data flow", "River EMS", "Case-level", "No agreement yet", "in 23 days"):
        assert piece in said
