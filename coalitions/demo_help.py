"""Requests for help and alerts of the demo coalition, from `data/demo/`. Found again by agency and title, so that loading twice adds
nothing. No mail goes out: nobody reads at these addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import timezone

from .models import Alert, AlertReceipt, HelpContact, HelpRequest
from .reference import rows

if TYPE_CHECKING:
    from phast.accounts.models import User

    from .models import Coalition, Partner


def load(coalition: Coalition, partners: Mapping[str, Partner], coordinator: User) -> None:
    """Opens the public form with it."""
    if not coalition.takes_requests:
        coalition.takes_requests = True
        coalition.save(update_fields=["takes_requests"])
    _requests(coalition, partners, coordinator)
    _alerts(coalition, partners, coordinator)


def _requests(coalition: Coalition, partners: Mapping[str, Partner], coordinator: User) -> None:
    there = set(HelpRequest.objects.of(coalition).values_list("agency", flat=True))
    today = coalition.today()
    said = (
        "agency",
        "agency_type",
        "county",
        "name",
        "title",
        "email",
        "phone",
        "program",
        "barriers",
        "needs",
        "status",
    )
    for row in rows("demo/help_requests.csv"):
        if row["agency"] in there:
            continue
        sent_at = timezone.now() + dt.timedelta(days=int(row["sent_days"]))
        request = HelpRequest.objects.create(
            coalition=coalition,
            **{name: row[name] for name in said},
            wants_help=row["wants_help"] == "1",
            registers=row["registers"] == "1",
            sent_at=sent_at,
            confirmed_at=sent_at + dt.timedelta(minutes=4),
            next_contact_on=_day(today, row["next_days"]),
        )
        if row["kind"]:
            HelpContact.objects.create(
                request=request,
                kind=row["kind"],
                on=today + dt.timedelta(days=int(row["contact_days"])),
                linked_to=partners.get(row["linked_to"]),
                note=row["note"],
                by=coordinator,
            )


def _alerts(coalition: Coalition, partners: Mapping[str, Partner], coordinator: User) -> None:
    there = set(Alert.objects.of(coalition).values_list("title", flat=True))
    today = coalition.today()
    for row in rows("demo/alerts.csv"):
        if row["title"] in there:
            continue
        issued_at = timezone.now() + dt.timedelta(days=int(row["issued_days"]))
        alert = Alert.objects.create(
            coalition=coalition,
            title=row["title"],
            area=row["area"],
            advice=row["advice"],
            from_on=_day(today, row["from_days"]),
            to_on=_day(today, row["to_days"]),
            lapses_on=_day(today, row["lapses_days"]),
            issued_at=issued_at,
            issued_by=coordinator,
        )
        responses = dict(zip(row["answered"].split(), row["responses"].split("|"), strict=False))
        AlertReceipt.objects.bulk_create(
            AlertReceipt(
                alert=alert,
                partner=partners[key],
                acknowledged_at=issued_at + dt.timedelta(hours=5) if key in responses else None,
                acknowledged_by=coordinator if key in responses else None,
                response=responses.get(key, ""),
            )
            for key in row["partners"].split()
        )


def _day(today: dt.date, days: str) -> dt.date | None:
    return today + dt.timedelta(days=int(days)) if days else None
