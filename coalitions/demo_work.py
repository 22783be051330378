"""What the demo coalition works with, from `data/demo/`: agreements, money, policies, the library, listening, engagement, readiness.
Days are counted from today. Found again by title, so that loading twice adds nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.utils import timezone

from phast import offers

from .actions.engagement import filled_sectors
from .models import (
    Agreement,
    Contact,
    Engagement,
    FundingApplication,
    FundingSource,
    LibraryItem,
    ListeningSession,
    Policy,
    ReadinessRating,
    SectorCoverage,
)
from .reference import rows

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.accounts.models import User

    from .models import Coalition, Partner

# Sectors that joined late, and how many months ago: before that, coverage over time lacks them.
JOINED_LATE = {"parents": 5, "prescribers": 4, "pharmacies": 7, "universities-colleges": 8, "recovery-community": 3}
MONTHS = 9  # of coverage kept


def load(coalition: Coalition, partners: Mapping[str, Partner], coordinator: User) -> None:
    """Everything but which steps money pays for, which waits for the plans (`pay`)."""
    _agreements(coalition, partners)
    _money(coalition, partners)
    _shelf(coalition)
    _engagement(coalition, partners)
    _readiness(coalition, coordinator)


def pay(coalition: Coalition, coordinator: Actor) -> None:
    """Says which open steps the sources pay for."""
    if not offers.step_money:
        return
    sources = {source.name: source for source in FundingSource.objects.of(coalition)}
    linked = offers.steps[0].of(coordinator, list(sources.values()))
    open_steps = {one.step.title: one.step.key for one in offers.step_money[0].open(coordinator)}
    for row in rows("demo/funding.csv"):
        source = sources[row["name"]]
        wanted = [open_steps[title] for title in row["steps"].split("; ") if title in open_steps]
        if wanted and source.pk not in linked:
            offers.step_money[0].pay(source=source, steps=wanted, by=coordinator)


def _agreements(coalition: Coalition, partners: Mapping[str, Partner]) -> None:
    there = set(coalition.agreements.values_list("title", flat=True))
    for row in rows("demo/agreements.csv"):
        if row["title"] in there:
            continue
        agreement = Agreement.objects.create(
            coalition=coalition,
            dataset_id=row["dataset"] or None,
            giver=partners.get(row["giver"]),
            receiver=partners.get(row["receiver"]),
            signed_on=_day(coalition, row["signed_days"]),
            effective_on=_day(coalition, row["effective_days"]),
            expires_on=_day(coalition, row["expires_days"]),
            **_texts(row, "title kind status others purpose dataset_other direction granularity timeliness"),
        )
        agreement.parties.set([partners[key] for key in row["parties"].split()])


def _money(coalition: Coalition, partners: Mapping[str, Partner]) -> None:
    there = {source.name: source for source in coalition.funding_sources.all()}
    sources = {}
    for row in rows("demo/funding.csv"):
        sources[row["key"]] = there.get(row["name"]) or FundingSource.objects.create(
            coalition=coalition,
            holder=partners[row["holder"]],
            amount=row["amount"],
            from_on=_day(coalition, row["from_days"]),
            to_on=_day(coalition, row["to_days"]),
            **_texts(row, "name kind pays_for"),
        )
    titles = set(coalition.funding_applications.values_list("title", flat=True))
    for row in rows("demo/applications.csv"):
        if row["title"] not in titles:
            application = FundingApplication.objects.create(
                coalition=coalition,
                amount=row["amount"],
                deadline=_day(coalition, row["deadline_days"]),
                lead=partners[row["lead"]],
                source=sources.get(row["became"]),
                **_texts(row, "title kind funder status benefit benefit_source stories"),
            )
            application.co_applicants.set([partners[key] for key in row["together"].split()])


def _shelf(coalition: Coalition) -> None:
    policies = set(coalition.policies.values_list("title", flat=True))
    for row in rows("demo/policies.csv"):
        if row["title"] not in policies:
            _policy(coalition, row)
    titles = set(coalition.library.values_list("title", flat=True))
    LibraryItem.objects.bulk_create(
        LibraryItem(
            coalition=coalition,
            reviewed_on=_day(coalition, row["reviewed_days"]),
            **_texts(row, "title topic audience link about"),
        )
        for row in rows("demo/library.csv")
        if row["title"] not in titles
    )
    heard = set(coalition.listening_sessions.values_list("title", flat=True))
    ListeningSession.objects.bulk_create(
        ListeningSession(
            coalition=coalition,
            sector_id=row["sector"],
            held_on=_day(coalition, row["held_days"]),
            people=int(row["people"]),
            **_texts(row, "title kind themes followed"),
        )
        for row in rows("demo/listening.csv")
        if row["title"] not in heard
    )


def _policy(coalition: Coalition, row: Mapping[str, str]) -> None:
    """A policy that came to where it is: its history begins half a year before it was looked at last."""
    reviewed = _day(coalition, row["reviewed_days"])
    policy = Policy.objects.create(
        coalition=coalition,
        status=row["first_status"],
        reviewed_on=reviewed,
        **_texts(row, "kind title jurisdiction model_text data_brief link"),
    )
    if policy.status != row["status"]:
        policy.status = row["status"]
        policy.save()
    events: Any = policy.events  # type: ignore[attr-defined]  # made by pghistory
    at = timezone.now() + dt.timedelta(days=int(row["reviewed_days"]))
    with pgtrigger.ignore():
        for event in events.order_by("-pk"):
            events.filter(pk=event.pk).update(pgh_created_at=at)
            at -= dt.timedelta(days=180)


def _engagement(coalition: Coalition, partners: Mapping[str, Partner]) -> None:
    people = {contact.email: contact for contact in Contact.objects.of(coalition)}
    for row in rows("demo/engagements.csv"):
        Engagement.objects.get_or_create(
            coalition=coalition,
            **{f"{row['kind']}_id": row["key"]},
            defaults={
                "status": row["status"],
                "lead": people.get(row["lead"]),
                "partner": partners[row["partner"]],
                "touched_on": _day(coalition, row["touched_days"]),
                "notes": row["notes"],
            },
        )
    if not SectorCoverage.objects.of(coalition).exists():
        _coverage(coalition)


def _coverage(coalition: Coalition) -> None:
    """The sectors filled at the start of each of the last months."""
    filled, month = filled_sectors(coalition), coalition.today().replace(day=1)
    for ago in range(1, MONTHS + 1):
        month = (month - dt.timedelta(days=1)).replace(day=1)
        there = [key for key in filled if JOINED_LATE.get(key, MONTHS) >= ago]
        SectorCoverage.objects.create(coalition=coalition, on=month, filled=there)


def _readiness(coalition: Coalition, coordinator: User) -> None:
    if ReadinessRating.objects.of(coalition).exists():
        return
    ReadinessRating.objects.bulk_create(
        ReadinessRating(
            coalition=coalition,
            element_id=row["element"],
            rating=int(row["rating"]),
            evidence=row["evidence"],
            on=_day(coalition, row["days"]),
            by=coordinator,
        )
        for row in rows("demo/readiness.csv")
    )


def _texts(row: Mapping[str, str], names: str) -> dict[str, str]:
    return {name: row[name] for name in names.split()}


def _day(coalition: Coalition, days: str) -> Any:
    return coalition.today() + dt.timedelta(days=int(days)) if days else None
