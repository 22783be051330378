"""Redaction: what a coordinator takes out is nowhere afterwards, and nothing else has changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from coalitions.models import Contact, Meeting, Partner
from phast import tenancy
from phast.access.table import Role
from phast.accounts.models import User
from phast.audit.models import Event
from phast.redaction.actions import redact
from phast.redaction.matching import REDACTED, Needle
from phast.redaction.models import Redaction
from phast.redaction.places import find
from plans.models import PlanVersion, Update
from plans.versions import is_intact
from tests.client import ReadingClient, body
from tests.coalitions.redactions import coordinator, everything_stored, note_elsewhere, take_out, text_is_here_alone
from tests.factories import sign_in
from tests.world import CANARY, World


@pytest.fixture
def world(world: World) -> World:
    return text_is_here_alone(world)


# ------------------------------------------------------------------ the canary
def test_after_a_redaction_the_text_is_stored_nowhere(world: World, django_capture_on_commit_callbacks: Any) -> None:
    """Every free text of the world holds it: fields, JSON, history, the audit log, frozen versions, files, accounts, sessions."""
    note_elsewhere(world)
    client = ReadingClient()
    sign_in(client, world.theirs.users[Role.LEAD])
    session = client.session
    session["held"] = {"token": "t", "path": "/c/theirs/partners/", "fields": [["name", CANARY]], "person": "", "at": 0}
    session.save()
    before = everything_stored()
    tables = {place.partition(":")[0] for place in before}
    assert {"audit_event", "plans_planversion", "plans_planimport", "accounts_user", "a session"} <= tables
    assert {"mail_refusedaddress", "django_admin_log"} <= tables
    assert any("/agreements/" in name for name in before)
    with django_capture_on_commit_callbacks(execute=True):
        redaction = take_out(world)
    assert everything_stored() == []
    assert redaction.places > 100
    assert redaction.files >= 4


def test_an_address_that_refused_mail_is_told_to_whoever_holds_it_and_nobody_else(world: World) -> None:
    """Else one could learn whether mail to anybody's address came back."""
    note_elsewhere(world)
    ours, needle = world.ours.coalition, Needle(f"sam@{CANARY}")
    assert not {"refused", "admin"} & {group.key for group in find(ours, needle).groups}
    assert {"refused"} <= {group.key for group in find(world.theirs.coalition, needle).groups}


def test_no_table_outside_the_coalitions_is_forgotten() -> None:
    """Every other table with words: reached, or why not. A new one has to be thought of here."""
    others = {
        model._meta.label_lower
        for model in apps.get_models()
        if model not in tenancy.tenant_models()
        and model not in tenancy.history_models()
        and any(
            isinstance(field, models.CharField | models.TextField | models.JSONField) for field in model._meta.fields
        )
    }
    reached = {"accounts.user", "admin.logentry", "mail.refusedaddress", "sessions.session"}
    # How somebody signs in is theirs to change: the page says so.
    signs_in_with = {"account.emailaddress", "account.emailconfirmation"}
    # Names of programs' parts, secrets, kinds of browsers; of a change who made it, and at which address.
    of_programs = {
        label for label in others if label.startswith(("auth.", "contenttypes.", "mfa.", "usersessions.", "pghistory."))
    }
    references = {
        model._meta.label_lower
        for model in apps.get_models()
        if model.__module__.endswith(".models.reference") or model._meta.app_label == "geo"
    }
    assert others - reached - signs_in_with - of_programs - references == set()


def test_what_was_edited_away_and_what_was_deleted_leaves_history_too(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    """History outlives a row, and the row it belonged to."""
    for contact in Contact.objects.of(world.theirs.coalition):
        contact.name = "Somebody"
        contact.save()
    Meeting.objects.of(world.theirs.coalition).delete()
    names = apps.get_model("coalitions", "ContactEvent").objects.filter(name__contains=CANARY)
    items = apps.get_model("coalitions", "AgendaItemEvent").objects.filter(title__contains=CANARY)
    assert names.exists()
    assert items.exists()
    with django_capture_on_commit_callbacks(execute=True):
        take_out(world)
    assert not names.exists()
    assert not items.exists()
    assert everything_stored() == []


def test_no_page_or_search_or_file_shows_it_afterwards(world: World, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        take_out(world)
    client = ReadingClient()
    sign_in(client, world.theirs.users[Role.COORDINATOR])
    for path in ("", "partners/", "plans/", "reports/", "settings/audit/", "library/", "settings/keeping/"):
        assert CANARY.encode() not in body(client.get(f"/c/theirs/{path}")), path
    answer = client.post("/c/theirs/settings/redaction/", {"text": CANARY, "loose": "on", "find": "1"})
    assert "nowhere" in answer.content.decode()


def test_the_other_coalition_keeps_its_words(world: World) -> None:
    from tests.world import OWN_TEXT

    before = Contact.objects.of(world.ours.coalition).filter(name__contains=OWN_TEXT).count()
    by = coordinator(world)
    needle = Needle(OWN_TEXT)
    assert before
    assert find(by.coalition, needle).count == 0
    take_out(world)
    assert Contact.objects.of(world.ours.coalition).filter(name__contains=OWN_TEXT).count() == before


def test_what_is_not_ticked_stays(world: World) -> None:
    by, needle = coordinator(world), Needle(CANARY)
    redact(needle=needle, places=["coalitions.contact.title"], reason="person", by=by)
    contact = Contact.objects.of(by.coalition).filter(title__contains=REDACTED).first()
    assert contact is not None
    assert CANARY in contact.name
    with pytest.raises(ValidationError):
        redact(needle=needle, places=["coalitions.contact.title"], reason="person", by=by)


# ------------------------------------------------------------------ what must not change
def test_only_a_redaction_may_change_what_is_frozen(world: World) -> None:
    """The triggers refuse everybody else, before it, after it, and in the transaction in which it was done."""

    def refused(change: Any) -> bool:
        try:
            with transaction.atomic():
                change()
        except DatabaseError:
            return True
        return False

    changes = [
        lambda: Event.objects.update(target="other"),
        lambda: Event.objects.all()[:1].get().delete(),
        lambda: Update.objects.update(note="other"),
        lambda: PlanVersion.objects.update(note="other"),
        lambda: Redaction.objects.update(places=0),
    ]
    assert all(refused(change) for change in changes)
    take_out(world)
    assert all(refused(change) for change in changes)


def test_a_redaction_that_fails_changes_nothing_and_leaves_the_log_closed(world: World) -> None:
    by, needle = coordinator(world), Needle(CANARY)
    places = [group.key for group in find(by.coalition, needle).groups]
    before = everything_stored()
    with pytest.raises(Exception, match="too long"), transaction.atomic():
        redact(needle=needle, places=places, reason="longer than the column for a reason takes" * 3, by=by)
    assert everything_stored() == before
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.update(target="other")


def test_a_frozen_version_is_whole_again_and_the_old_hash_is_kept(world: World) -> None:
    redaction = take_out(world)
    versions = PlanVersion.objects.of(world.theirs.coalition)
    assert all(is_intact(version) for version in versions)
    kept = {entry["id"]: entry for entry in redaction.sealed}
    assert {version.pk: version.sha256 for version in versions} == {key: entry["after"] for key, entry in kept.items()}
    assert {entry["before"] for entry in kept.values()} == {"0" * 64}


def test_it_is_in_the_audit_log_without_the_text(world: World) -> None:
    redaction = take_out(world)
    event = Event.objects.of(world.theirs.coalition).get(verb="text.redacted")
    assert (event.user, event.target) == (world.theirs.users[Role.COORDINATOR], str(redaction))
    assert event.detail == {"reason": "person", "places": redaction.places, "files": redaction.files}
    assert CANARY not in str(redaction.found)


def test_a_form_that_was_open_meanwhile_cannot_bring_it_back(world: World) -> None:
    from phast.versions import EditConflict

    partner = Partner.objects.of(world.theirs.coalition).filter(name__contains=CANARY).first()
    opened = partner.version
    take_out(world)
    with pytest.raises(EditConflict):
        Partner.objects.get(pk=partner.pk).lock(opened)


def test_two_rows_that_differ_in_nothing_but_the_text_stay_two(world: World) -> None:
    Partner.objects.create(coalition=world.theirs.coalition, name=CANARY.upper() + "x")
    Partner.objects.create(coalition=world.theirs.coalition, name=CANARY + " x")
    Partner.objects.create(coalition=world.theirs.coalition, name=CANARY.replace("-", "\u00ad-", 1) + "x")
    take_out(world)
    names = Partner.objects.of(world.theirs.coalition).values_list("name", flat=True)
    assert {f"{REDACTED}x", f"{REDACTED} x", f"{REDACTED}x 2"} <= set(names)


def test_names_of_accounts_in_two_coalitions_are_theirs_to_change(world: World) -> None:
    User.objects.filter(pk=world.both.pk).update(name=f"Sam {CANARY}")
    by = coordinator(world)
    assert any("another coalition" in sentence for sentence in find(by.coalition, Needle(CANARY)).stays)
    take_out(world)
    world.both.refresh_from_db()
    assert CANARY in world.both.name
    lead = User.objects.get(pk=world.theirs.users[Role.LEAD].pk)
    assert lead.name == f"Lead {REDACTED}"
    assert lead.email == "lead@theirs.example.org"


# ------------------------------------------------------------------ the pages
def test_a_coordinator_finds_ticks_and_confirms(world: World, django_capture_on_commit_callbacks: Any) -> None:
    client = ReadingClient()
    sign_in(client, world.theirs.users[Role.COORDINATOR])
    url = "/c/theirs/settings/redaction/"
    found = client.post(url, {"text": CANARY, "loose": "on", "find": "1"})
    page = found.content.decode()
    assert found.status_code == 200
    assert "places" in page
    assert page.count('name="places"') == page.count(" checked")
    keys = [group.key for group in find(world.theirs.coalition, Needle(CANARY)).groups]
    sent = {"text": CANARY, "loose": "on", "redact": "1", "places": keys, "reason": "person"}
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "Type the word" in refused.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(url, {**sent, "confirm": "redact"})
    assert done.status_code == 302
    assert everything_stored() == []
    assert CANARY not in client.get(done.url).content.decode()


@pytest.mark.parametrize("text", ["", "ab", "  a "])
def test_a_text_too_short_is_refused(world: World, text: str) -> None:
    client = ReadingClient()
    sign_in(client, world.theirs.users[Role.COORDINATOR])
    answer = client.post("/c/theirs/settings/redaction/", {"text": text, "find": "1"})
    assert answer.status_code == 422
    assert "at least 3 characters" in answer.content.decode()
