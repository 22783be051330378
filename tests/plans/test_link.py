"""The link in the mail: it opens that mail's steps while they are the person's, and nothing else (THREATS 44)."""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail as outbox
from django.core.cache import cache
from django.core.signing import Signer
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coalitions.models import Contact
from phast.access.table import Role
from phast.audit.models import Event
from plans.digest import rhythm_link, steps_link
from plans.models import PlanChange, Step, Subscription, Update
from tests.access.test_fuzz import NASTY
from tests.client import ReadingClient
from tests.factories import make_coalition, make_person
from tests.plans.factories import make_actor, make_plan, make_step
from tests.plans.links import Setting, mail_to, make_setting, path_of, say, shown


@pytest.fixture
def here(db: None) -> Setting:
    return make_setting()


@pytest.fixture
def path(here: Setting) -> str:
    return path_of(steps_link(here.mail))


# ------------------------------------------------------------------ saying where a step stands
def test_a_step_is_updated_without_a_login_and_the_next_is_offered(here: Setting, path: str) -> None:
    first, second = here.steps
    assert "Call the chiefs" in shown(path)
    response = say(path, first, "done", "All nine said yes.")
    page = ReadingClient().get(response["Location"]).content.decode()
    assert "“Call the chiefs” is now: done." in page
    assert "Print the cards" in page
    assert f'value="{first.pk}"' not in page
    first.refresh_from_db()
    assert (first.status, first.finished_by) == ("done", None)
    update = Update.objects.get()
    assert (update.note, update.by, update.by_contact, update.who) == (
        "All nine said yes.",
        None,
        here.ann,
        "Ann Chief",
    )
    assert PlanChange.objects.get().item_id == first.pk
    assert Event.objects.filter(verb="step.updated", detail__contact=here.ann.pk).count() == 1
    last = ReadingClient().get(say(path, second, "in_progress")["Location"]).content.decode()
    assert "Print the cards" in last  # it still needs somebody
    assert "That is all" in ReadingClient().get(say(path, second)["Location"]).content.decode()


def test_somebody_with_an_account_says_it_as_themselves(here: Setting) -> None:
    lead = make_person(
        "lead@example.org", coalition=here.by.coalition, role=Role.LEAD, partner=here.partner, name="Lee"
    )
    step = make_step(here.plan, "For the agency", owner=here.partner)
    say(path_of(steps_link(mail_to(lead, step))), step)
    update = Update.objects.get()
    assert (update.by, update.by_contact, update.who) == (lead, None, "Lee")


def test_the_timeline_names_who_answered_from_a_mail(here: Setting, path: str) -> None:
    from tests.factories import sign_in

    say(path, here.steps[0], "in_progress", "Two are left.")
    client = ReadingClient()
    sign_in(client, here.by.user)
    page = client.get(f"/c/{here.by.coalition.slug}/plans/steps/{here.steps[0].pk}/").content.decode()
    [entry] = [part for part in page.split("<li") if "Two are left." in part]
    assert "Ann Chief" in entry


def test_opening_the_link_changes_nothing(here: Setting, path: str) -> None:
    ReadingClient().get(path + f"?step={here.steps[0].pk}&status=done")
    ReadingClient().head(path)
    assert not Update.objects.exists()
    assert not PlanChange.objects.exists()


def test_what_was_typed_comes_back_with_an_error(here: Setting, path: str) -> None:
    response = say(path, here.steps[0], "nonsense", "Half of them said yes.")
    assert response.status_code == 422
    assert "Half of them said yes." in response.content.decode()
    response = say(path, here.steps[0], "done", "x" * 4001)
    assert response.status_code == 422
    assert "x" * 4001 in response.content.decode()
    assert not Update.objects.exists()


def test_hostile_input_is_answered_and_never_breaks_the_page(here: Setting, path: str) -> None:
    for text in NASTY:
        for sent in ({"note": text, "status": "in_progress"}, {"status": text}, {"step": text, "status": "done"}):
            response = ReadingClient(raise_request_exception=False).post(path, {"step": here.steps[0].pk} | sent)
            assert response.status_code in {302, 404, 422}, (text, sent)
            cache.clear()  # so many wrong ones would be slowed down
        assert ReadingClient().get(path, {"saved": text}).status_code == 200
    assert {update.status for update in Update.objects.all()} == {"in_progress"}


def test_a_fresh_browser_needs_no_session_but_another_site_cannot_post(here: Setting, path: str) -> None:
    browser = ReadingClient(enforce_csrf_checks=True)
    assert say(path, here.steps[0], client=browser).status_code == 403
    page = browser.get(path)
    assert "sessionid" not in browser.cookies
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    data = {"step": here.steps[0].pk, "status": "done", "note": "", "csrfmiddlewaretoken": token}
    assert browser.post(path, data).status_code == 302


def test_the_page_is_kept_from_caches_search_engines_and_other_sites(here: Setting, path: str) -> None:
    for response in (ReadingClient().get(path), ReadingClient().get(path_of(rhythm_link(here.mail)))):
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "strict-origin"
        assert "noindex" in response["X-Robots-Tag"]


def test_the_page_leads_nowhere_into_the_portal(here: Setting, path: str) -> None:
    """Nothing on it but the steps: no navigation, no name of another person, no other step."""
    make_step(here.plan, "Somebody else's step", owner=here.partner)
    make_step(here.plan, "Theirs, but not in this mail", owner=here.ann)
    page = shown(path)
    assert "/c/" not in page
    assert "Somebody else" not in page
    assert "not in this mail" not in page
    assert here.by.user.email not in page


# ------------------------------------------------------------------ guessed and forged
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_opens_nothing(here: Setting, path: str, method: str) -> None:
    mail = here.mail
    signed = [
        Signer(salt="coalitions.invitation").sign_object([mail.pk, mail.nonce]),
        Signer(salt="plans.digest.steps").sign_object([mail.pk, "guessed"]),
        Signer(salt="plans.digest.steps", key="another key").sign_object([mail.pk, mail.nonce]),
        rhythm_link(mail).rstrip("/").split("/u/")[1].removesuffix("/mail"),
        path.strip("/").removeprefix("u/")[:-1] + "x",
        "nonsense",
    ]
    for token in signed:
        assert getattr(ReadingClient(), method)(f"/u/{token}/").status_code == 404
    for address in ("/u/nonsense/mail/", path + "mail/"):
        assert getattr(ReadingClient(), method)(address).status_code == 404


def test_guessing_is_slowed_down(here: Setting, path: str) -> None:
    answers = [ReadingClient().get(f"/u/guess{n}/").status_code for n in range(22)]
    assert answers == [404] * 20 + [429] * 2
    assert ReadingClient().get(path).status_code == 429  # from there
    assert ReadingClient(REMOTE_ADDR="192.0.2.7").get(path).status_code == 200  # not from elsewhere


# ------------------------------------------------------------------ other steps
def test_another_step_cannot_be_said_through_it(here: Setting, path: str) -> None:
    theirs = make_actor(coalition=make_coalition("theirs"))
    foreign = make_step(make_plan(theirs), "Foreign")
    others = [
        make_step(here.plan, "For nobody"),
        make_step(here.plan, "Ann's, but not in the mail", owner=here.ann),
        make_step(here.plan, "For the agency", owner=here.partner),
        make_step(make_plan(here.by, status="draft"), "A draft's", owner=here.ann),
        foreign,
    ]
    for step in others:
        assert say(path, step).status_code == 404, step
    for wrong in ("", "x", "-1", "9" * 30):
        assert ReadingClient().post(path, {"step": wrong, "status": "done"}).status_code == 404
    assert not Update.objects.exists()


def test_nobody_learns_a_title_through_what_was_saved(here: Setting, path: str) -> None:
    other = make_step(here.plan, "Somebody else's step")
    page = ReadingClient().get(f"{path}?saved={other.pk}").content.decode()
    assert "Somebody else" not in page


def test_one_persons_link_does_not_open_anothers_steps(here: Setting) -> None:
    bo = Contact.objects.create(partner=here.partner, name="Bo", email="bo@example.org")
    his = make_step(here.plan, "For Bo", owner=bo)
    path = path_of(steps_link(mail_to(bo, his)))
    assert say(path, here.steps[0]).status_code == 404
    assert "Call the chiefs" not in shown(path)


# ------------------------------------------------------------------ how often
def test_a_mail_program_ends_it_with_one_click(here: Setting) -> None:
    """RFC 8058: no cookie, no page before, no redirect."""
    path = path_of(rhythm_link(here.mail))
    program = ReadingClient(enforce_csrf_checks=True)
    response = program.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert Subscription.objects.get().rhythm == "never"


def test_opening_the_page_ends_nothing(here: Setting) -> None:
    path = path_of(rhythm_link(here.mail))
    assert "You get it every Monday." in shown(path)
    assert Subscription.objects.get().rhythm == "weekly"


def test_the_rhythm_is_chosen_from_the_mail_even_a_year_later(here: Setting) -> None:
    path = path_of(rhythm_link(here.mail))
    with time_machine.travel(timezone.now() + dt.timedelta(days=365)):
        assert "on the first of each month" in ReadingClient().post(path, {"rhythm": "monthly"}).content.decode()
        assert Subscription.objects.get().rhythm == "monthly"
        ReadingClient().post(path, {"rhythm": "hourly"})
    assert Subscription.objects.get().rhythm == "monthly"


def test_the_rhythm_link_opens_no_steps(here: Setting) -> None:
    assert "Call the chiefs" not in shown(path_of(rhythm_link(here.mail)))


# ------------------------------------------------------------------ logs
@pytest.fixture
def log() -> Iterator[io.StringIO]:
    handler = next(each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def test_no_log_holds_a_link_or_an_address(here: Setting, path: str, log: io.StringIO) -> None:
    token = path.strip("/").removeprefix("u/")
    say(path, make_step(here.plan, "For nobody"))  # 404
    ReadingClient(enforce_csrf_checks=True).post(path, {})  # 403
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        ReadingClient().get(path)  # 410
    assert "Not Found" in log.getvalue()
    assert "Gone" in log.getvalue()
    assert token not in log.getvalue()
    assert token.split(":")[0] not in log.getvalue()
    assert "ann@" not in log.getvalue()


@override_settings(ADMINS=[("Who runs it", "admin@example.org")])
def test_an_error_mail_holds_no_link(
    here: Setting, path: str, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away under the page: the one place where a test may break what is ours."""
    monkeypatch.setattr("plans.digest.steps_of", lambda *args: 1 / 0)
    assert ReadingClient(raise_request_exception=False).get(path).status_code == 500
    token = path.strip("/").removeprefix("u/")
    [message] = outbox.outbox
    told = message.subject + message.body + str(message.alternatives) + log.getvalue()
    assert "ZeroDivisionError" in told
    assert token not in told
    assert "ann@" not in told


def test_the_page_asks_the_database_as_often_for_many_steps_as_for_one(here: Setting) -> None:
    def queries(*steps: Step) -> int:
        path = path_of(steps_link(mail_to(here.ann, *steps)))
        with CaptureQueriesContext(connection) as caught:
            assert ReadingClient().get(path).status_code == 200
        return len(caught)

    many = [make_step(here.plan, f"Step {n}", owner=here.ann) for n in range(24)]
    assert queries(here.steps[0]) == queries(*here.steps, *many) <= 15
