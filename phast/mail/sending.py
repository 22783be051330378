"""Sending a mail, and keeping what a mail system says to its address."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from phast.accounts.models import User

    from .models import Reason, RefusedAddress, Source

# Enhanced status codes (RFC 3463) that a refusal begins with.
STATUS = re.compile(rb"\b5\.(\d)\.(\d{1,3})\b")


class Refused(Exception):
    """The address does not take mail, now and until somebody does something about it."""


def send(message: EmailMessage) -> None:
    """Sends a mail to its one address.

    Raises Refused when the address does not take it, which is kept; any other error may pass, so the caller tries again. Carries no
    address in what it raises.
    """
    from .models import Source

    [address] = message.recipients()
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        if code < 500:
            raise ConnectionError("The mail system asks to come back later.") from None
        refuse(address, reason=_reason(code, said), source=Source.SMTP)
        raise Refused from None
    clear(address, source=Source.SMTP)


def refuse(address: str, *, reason: Reason, source: Source, at: dt.datetime | None = None) -> None:
    """Keeps that mail to the address came back at that moment; news from before it was cleared is old news."""
    from .models import RefusedAddress

    at = at or timezone.now()
    news = {"at": at, "reason": reason, "source": source, "cleared_at": None, "cleared_by": None}
    known = RefusedAddress.objects.filter(address=address.lower())
    if known.filter(Q(cleared_at=None) | Q(cleared_at__lt=at)).update(**news) or known.exists():
        return
    try:
        with transaction.atomic():
            RefusedAddress.objects.create(address=address.lower(), **news)
    except IntegrityError:
        return  # somebody else kept it a moment ago


def clear(address: str, *, source: Source | None = None, at: dt.datetime | None = None, by: User | None = None) -> bool:
    """Forgets that the address refuses mail, when it does. `source`: only what that source said, for a mail system that takes a mail
    has not delivered it yet. `by`: the person who says so."""
    from .models import RefusedAddress

    known = RefusedAddress.objects.filter(address=address.lower(), cleared_at=None)
    if source is not None:
        known = known.filter(source=source)
    if at is not None:
        known = known.filter(at__lte=at)
    return bool(known.update(cleared_at=timezone.now(), cleared_by=by))


def refusals(addresses: Iterable[str]) -> dict[str, RefusedAddress]:
    """Which of these addresses refuse mail, by the address in lower case. One query, none for no address."""
    from .models import RefusedAddress

    asked = {address.lower() for address in addresses if address}
    if not asked:
        return {}
    return {known.address: known for known in RefusedAddress.objects.filter(address__in=asked, cleared_at=None)}


def _reason(code: int, said: bytes | str) -> Reason:
    from .models import Reason

    found = STATUS.search(said if isinstance(said, bytes) else said.encode())
    kind = (found[1], found[2]) if found else None
    if code == 552 or kind == (b"2", b"2"):
        return Reason.FULL
    if kind and kind[0] == b"7":
        return Reason.BLOCKED
    if (kind and kind[0] == b"1") or (kind is None and code in {550, 551, 553}):
        return Reason.UNKNOWN
    return Reason.OTHER
