"""Redaction: what a coordinator takes out is nowhere afterwards, and nothing else has changed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from coalitions.models import Agreement, Coalition, Contact, Meeting, Partner
from lbn.models import Count
from phast import tenancy
from phast.access.actor import Actor, Standing
from phast.access.table import Role
from phast.accounts.models import User
from phast.audit.models import Event
from phast.jobs.models import JobState
from phast.mail.models import Reason as MailReason
from phast.mail.models import Source
from phast.mail.sending import refuse
from phast.redaction import contents
from phast.redaction.actions import redact
from phast.redaction.matching import REDACTED, Needle
from phast.redaction.models import Redaction
from phast.redaction.places import find
from phast.reports.models import Report
from phast.takeout.models import Takeout
from plans.models import PlanVersion, Step, StepFile, Update
from plans.versions import is_intact
from tests.client import ReadingClient, body
from tests.factories import sign_in
from tests.world import CANARY, World, actor_of


def everything_stored() -> list[str]:
    """Tables with the canary, whatever they are, and files with it."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{CANARY}%"])
            found += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    for session in Session.objects.all():
        if CANARY in str(session.get_decoded()):
            found.append("a session")
    for path in Path(default_storage.path("")).rglob("*"):
        if path.is_file() and CANARY.encode() in path.read_bytes():
            found.append(path.as_posix())
    return found


def note_elsewhere(world: World) -> None:
    """The text where no tenant row keeps it: an address that refused mail, and what the admin noted of an account and the coalition."""
    address = f"Sam@{CANARY}.example.org"
    Contact.objects.create(partner=world.theirs.agency, name="Sam", email=address)
    refuse(address, reason=MailReason.UNKNOWN, source=Source.SMTP)
    for noted in (world.theirs.coalition, world.theirs.users[Role.LEAD]):
        LogEntry.objects.create(
            user=world.both,
            content_type=ContentType.objects.get_for_model(noted),
            object_id=str(noted.pk),
            object_repr=str(noted),
            action_flag=CHANGE,
            change_message=f"Changed {CANARY}.",
        )


def coordinator(world: World) -> Any:
    return actor_of(world.theirs.users[Role.COORDINATOR], world.theirs.coalition)


def take_out(world: World, **options: Any) -> Redaction:
    """The canary out of everything where it stands."""
    by, needle = coordinator(world), Needle(CANARY, **options)
    places = [group.key for group in find(by.coalition, needle).groups]
    return redact(needle=needle, places=places, reason="person", by=by)


@pytest.fixture
def world(world: World) -> World:
    """Files of earlier tests are gone, and so is the text from the county below, which is a coalition of its own."""
    for path in Path(default_storage.path("")).rglob("*"):
        if path.is_file() and path.stat().st_mtime < world.theirs.coalition.created_at.timestamp():
            path.unlink()
    for county in Coalition.objects.filter(parent=world.theirs.coalition):
        by = Actor(world.theirs.users[Role.COORDINATOR], county, [Standing(Role.COORDINATOR)])
        found = find(county, Needle(CANARY)).groups
        assert found
        redact(needle=Needle(CANARY), places=[group.key for group in found], reason="person", by=by)
    return world


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


# ------------------------------------------------------------------ files
def office(text: str) -> bytes:
    """A Word document, with the word cut in two as Word does."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        half = len(text) // 2
        archive.writestr(
            "word/document.xml",
            f"<w:p><w:r><w:t>{text[:half]}</w:t></w:r><w:r><w:t>{text[half:]}</w:t></w:r></w:p>",
        )
    return out.getvalue()


def pdf(text: str) -> bytes:
    from weasyprint import HTML

    return HTML(string=f"<html lang=en><title>T</title><p>Hello {text} there").write_pdf()


@pytest.mark.parametrize(
    "content",
    [
        f"a,{CANARY},b".encode(),
        f"caf\xe9 {CANARY}".encode("cp1252"),
        CANARY.encode("utf-16"),
        office(CANARY),
        pdf(CANARY),
    ],
    ids=["csv", "old text", "utf-16", "word", "pdf"],
)
def test_files_people_added_are_looked_into_and_deleted(
    world: World, content: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    step = Step.objects.of(world.theirs.coalition).first()
    added = StepFile(step=step, name="flyer", size=len(content), added_by=world.theirs.users[Role.COORDINATOR])
    added.file.save("x", ContentFile(content))
    stored = added.file.name
    by = coordinator(world)
    group = next(g for g in find(by.coalition, Needle(CANARY)).groups if g.key == "plans.stepfile.file:added")
    assert added.pk in group.keys
    with django_capture_on_commit_callbacks(execute=True):
        take_out(world)
    added.refresh_from_db()
    assert not default_storage.exists(stored)
    assert (added.file.name, added.name, added.removed_at is None) == ("", REDACTED, False)


def test_files_nobody_can_read_are_named(world: World) -> None:
    agreement = Agreement.objects.of(world.theirs.coalition)[0]
    agreement.file_name = "scan.png"
    agreement.file.save("x", ContentFile(b"\x89PNG\r\n\x1a\nnothing to read"))
    assert find(world.theirs.coalition, Needle(CANARY)).unread == ["scan.png", "the logo"]


@pytest.mark.parametrize("content", [b"%PDF-1.4 damaged", pdf("")[:300], b"PK\x03\x04 damaged"])
def test_a_damaged_file_counts_as_unread(content: bytes) -> None:
    with pytest.raises(contents.CannotRead):
        list(contents.texts_in(io.BytesIO(content)))


def test_reports_with_it_are_deleted_and_can_be_drawn_again(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    report = Report(
        coalition=world.theirs.coalition,
        kind="sample",
        title="Plain",
        action="plans.see",
        audience="All",
        data={"deep": [{"text": f"x {CANARY} y"}]},
        state=JobState.DONE,
        requested_by=world.theirs.users[Role.COORDINATOR],
    )
    report.file.save("x.pdf", ContentFile(b"%PDF-1.7"))
    stored = report.file.name
    with django_capture_on_commit_callbacks(execute=True):
        take_out(world)
    report.refresh_from_db()
    assert report.data == {"deep": [{"text": f"x {REDACTED} y"}]}
    assert (report.state, report.file.name) == (JobState.FAILED, "")
    assert not default_storage.exists(stored)


def test_what_is_being_made_from_the_old_words_is_begun_anew(world: World) -> None:
    Takeout.objects.of(world.theirs.coalition).update(state=JobState.RUNNING, file="", claim="0" * 32)
    take_out(world)
    takeout = Takeout.objects.of(world.theirs.coalition).get()
    assert (takeout.state, takeout.claim) == (JobState.WAITING, None)


# ------------------------------------------------------------------ finding
@pytest.mark.parametrize(
    ("sought", "text", "left"),
    [
        ("Jose Muñoz", "met josé  muñoz.", f"met {REDACTED}."),
        ("José Muñoz", "met JOSE\nMUNOZ.", f"met {REDACTED}."),
        ("jose", "Jose\u0301!", f"{REDACTED}!"),
        ("john", "Jo\u00adhn", REDACTED),
        ("john doe", "john\u00a0doe", REDACTED),
        ("Ann", "planning, Ann", f"pl{REDACTED}ing, {REDACTED}"),
        ("518-555-0100", "call 518-555-0100 now", f"call {REDACTED} now"),
        ("Юрий", "юрий", REDACTED),
    ],
)
def test_it_is_found_however_it_is_written(sought: str, text: str, left: str) -> None:
    assert Needle(sought).out_of(text) == left


def test_it_is_found_only_as_written_when_asked() -> None:
    assert Needle("Ann", loose=False).out_of("ann Ann") == f"ann {REDACTED}"
    assert Needle("Ann", whole_words=True).out_of("planning, Ann") == f"planning, {REDACTED}"


def test_the_database_finds_what_is_written_otherwise(world: World) -> None:
    """What the database looks for first may not miss what is looked for then."""
    contact = Contact.objects.of(world.theirs.coalition)[0]
    for written in ("José Mun\u0303oz", "JOSE\u00a0MUÑOZ", "Jo\u00adse  Muñoz"):
        Contact.objects.filter(pk=contact.pk).update(name=written)
        groups = find(world.theirs.coalition, Needle("jose munoz")).groups
        assert "coalitions.contact.name" in {group.key for group in groups}, written


def test_keys_people_typed_are_redacted_and_keys_of_the_program_are_not(world: World) -> None:
    needle = Needle("smith")
    assert needle.out_of_json({"smith": "Smith"}) == {"smith": REDACTED}
    assert needle.out_of_json({"smith": "x", "J. Smith": "y"}, keys=True) == {REDACTED: "x", f"J. {REDACTED}": "y"}
    assert needle.out_of_json({"J. Smith": "y"}) == {f"J. {REDACTED}": "y"}


def test_counts_are_not_read_when_a_text_is_looked_for(world: World) -> None:
    """A million counts hold no free text."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        find(world.theirs.coalition, Needle(CANARY))
    assert not [query["sql"] for query in queries if f'FROM "{Count._meta.db_table}"' in query["sql"]]


def test_every_field_for_words_is_looked_into_without_a_list() -> None:
    """Whatever is left out is a choice, a key, a hash, a secret, an address of the program's, or said to be a code by its model."""
    left_out = {
        f"{model.__name__}.{field.name}"
        for model in tenancy.tenant_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and field not in tenancy.words_in(model)
        and not (field.choices or field.primary_key)
        and field.name not in model.codes
    }
    assert {name for name in left_out if not name.endswith((".nonce", ".worker", ".sha256"))} == {
        "Coalition.slug",
        "Coalition.parent_asked",
        "Count.fingerprint",
    }


def test_every_code_a_model_names_is_a_field_of_it() -> None:
    for model in tenancy.tenant_models():
        names = {field.name for field in model._meta.concrete_fields}
        assert model.codes | model.typed_keys <= names, model


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
