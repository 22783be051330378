"""A text that is to be taken out, where it stands, and what is left of it."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection

from coalitions.models import Coalition, Contact
from phast.access.actor import Actor, Standing
from phast.access.table import Role
from phast.mail.models import Reason as MailReason
from phast.mail.models import Source
from phast.mail.sending import refuse
from phast.redaction.actions import redact
from phast.redaction.matching import Needle
from phast.redaction.models import Redaction
from phast.redaction.places import find
from tests.kept import stored
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
    found += [path.as_posix() for path in stored() if CANARY.encode() in path.read_bytes()]
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


def text_is_here_alone(world: World) -> World:
    """The text is gone from the county below, which is a coalition of its own."""
    for county in Coalition.objects.filter(parent=world.theirs.coalition):
        by = Actor(world.theirs.users[Role.COORDINATOR], county, [Standing(Role.COORDINATOR)])
        found = find(county, Needle(CANARY)).groups
        assert found
        redact(needle=Needle(CANARY), places=[group.key for group in found], reason="person", by=by)
    return world


def pdf(text: str) -> bytes:
    from weasyprint import HTML

    return HTML(string=f"<html lang=en><title>T</title><p>Hello {text} there").write_pdf()
