"""Mail about a meeting: an invitation that calendars understand (RFC 5545 and 5546), an update of it, or that it does not take place.

Everybody gets a mail of their own, with nobody else's address in it.
"""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress

from phast import mail as post
from phast.jobs.models import JobFailed

from .enums import InviteMethod
from .meetings import when
from .models import Meeting, MeetingMail

KIND = "text/calendar; method={}"


def send(mail: MeetingMail) -> None:
    """Sends it, unless a later mail to the same address took its place. Mail that is down raises, and the job is tried again until the
    meeting is over."""
    meeting = mail.meeting
    later = MeetingMail.objects.filter(meeting=meeting, address__iexact=mail.address, pk__gt=mail.pk)
    if later.exists():
        return
    if meeting.ends_at < timezone.now():
        raise JobFailed("The meeting was over before mail could be sent.")
    try:
        post.send(message(mail))
    except post.Refused:
        raise JobFailed("This address refuses mail. Check how it is written.") from None


def message(mail: MeetingMail) -> EmailMultiAlternatives:
    """The mail: words, and the same for calendars."""
    meeting = mail.meeting
    with timezone.override(ZoneInfo(meeting.coalition.time_zone)):
        words = {
            "mail": mail,
            "meeting": meeting,
            "when": when(meeting),
            "agenda": list(meeting.agenda.all()) if mail.method == InviteMethod.REQUEST else [],
            "is_update": mail.sequence > 0,
        }
        subject = render_to_string("coalitions/mail/meeting_subject.txt", words)
        body = render_to_string("coalitions/mail/meeting.txt", words)
    found = EmailMultiAlternatives(
        subject=" ".join(subject.split()), body=body, to=[mail.address], reply_to=[meeting.created_by.email]
    )
    file = as_invitation(mail)
    found.attach_alternative(file.decode(), KIND.format(mail.method))
    found.attach("meeting.ics", file, "application/ics")
    return found


def as_invitation(mail: MeetingMail) -> bytes:
    """What a calendar reads. The uid is the meeting's for good; a higher sequence replaces what came before. Its times are in UTC, so
    that they mean the same moment everywhere."""
    meeting, calendar, event = mail.meeting, Calendar(), Event()
    calendar.add("prodid", "-//PHAST portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", mail.method)
    event.add("uid", f"{meeting.uid}@{settings.SITE_URL.rpartition('/')[2]}")
    event.add("sequence", mail.sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", meeting.starts_at.astimezone(ZoneInfo("UTC")))
    event.add("dtend", meeting.ends_at.astimezone(ZoneInfo("UTC")))
    event.add("summary", meeting.title)
    event.add("status", "CANCELLED" if mail.method == InviteMethod.CANCEL else "CONFIRMED")
    if meeting.place or meeting.link:
        event.add("location", meeting.place or meeting.link)
    if text := "\n\n".join(filter(None, [meeting.purpose, meeting.link])):
        event.add("description", text)
    event.add("organizer", _person(meeting.created_by.email, str(meeting.created_by)))
    invited = _person(mail.address, mail.name)
    invited.params["ROLE"] = "REQ-PARTICIPANT"
    invited.params["PARTSTAT"] = "NEEDS-ACTION"
    invited.params["RSVP"] = "TRUE"
    event.add("attendee", invited)
    calendar.add_component(event)
    return cast("bytes", calendar.to_ical())


def _person(address: str, name: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    if name and name != address:
        found.params["CN"] = " ".join(name.replace('"', "'").split())
    return found


def recipients(meeting: Meeting) -> list[tuple[int, str, str]]:
    """Key of the attendance, address and name of everybody on the list who can be written to, each address once. One query."""
    found: dict[str, tuple[int, str, str]] = {}
    for row in meeting.attendances.select_related("contact"):
        address = row.contact.email if row.contact else row.guest_email
        if address:
            found.setdefault(address.lower(), (row.pk, address, row.contact.name if row.contact else row.guest_name))
    return list(found.values())
