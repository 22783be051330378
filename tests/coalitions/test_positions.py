"""Positions: which are offered, where a vacant one is seen, who held one before."""

from __future__ import annotations

import datetime as dt

import pgtrigger
import time_machine

from coalitions.actions.positions import add_position, update_position
from coalitions.holders import CHAMPIONS_OF
from coalitions.models import Contact, Position, PositionKind, Sector

from .conftest import Cast
from .test_roster import text_of


def test_both_kinds_of_champion_of_the_source_are_offered(cast: Cast) -> None:
    page = text_of(cast, "coordinator", "position_list")
    for title in (
        "Public health champion",
        "Public safety champion",
        "Champion of innovative efforts",
        "Champion in law enforcement or a HIDTA",
        "Drug intelligence officer (DIO)",
        "Public health analyst (PHA)",
        "Peer trainer",
    ):
        assert title in page


def test_a_vacant_champion_is_seen_where_the_two_champions_are_rated(cast: Cast) -> None:
    actor = cast.actor("coordinator")
    champion = add_position(by=actor, kind=PositionKind.objects.get(pk="public-safety-champion"))
    assert "Vacant" in text_of(cast, "member", "readiness")
    holder = Contact.objects.create(partner=cast.police, name="Ann Holder")
    update_position(position=champion, by=actor, version=None, values={"contact": holder})
    assert "Vacant" not in text_of(cast, "member", "readiness")


def test_a_vacant_champion_is_seen_on_the_pages_of_the_sectors_it_opens(cast: Cast) -> None:
    kind = PositionKind.objects.get(pk="public-safety-champion")
    position = Position.objects.create(coalition=cast.coalition, kind=kind, title=kind.title)
    assert "nobody opens doors here" in text_of(cast, "member", "sector_detail", "law-enforcement")
    assert "nobody opens doors here" not in text_of(cast, "member", "sector_detail", "prescribers")
    position.contact = Contact.objects.create(partner=cast.police, name="Alex Doe")
    position.save()
    assert "nobody opens doors here" not in text_of(cast, "member", "sector_detail", "law-enforcement")


def test_every_champion_of_a_sector_is_a_position_coalitions_have(cast: Cast) -> None:
    assert set().union(*CHAMPIONS_OF.values()) <= set(PositionKind.objects.values_list("pk", flat=True))
    assert set(CHAMPIONS_OF) <= set(Sector.objects.values_list("pk", flat=True))


def test_who_held_a_position_and_for_how_long_is_told(cast: Cast) -> None:
    actor = cast.actor("coordinator")
    first, second = (Contact.objects.create(partner=cast.police, name=name) for name in ("Ann First", "Bea Second"))
    with time_machine.travel(dt.datetime(2026, 1, 5, 17, tzinfo=dt.UTC)):
        position = add_position(by=actor, values={"title": "Chair"})
    for day, contact, since in (
        (dt.date(2026, 2, 2), first, dt.date(2026, 2, 1)),
        (dt.date(2026, 5, 3), None, None),
        (dt.date(2026, 6, 4), second, dt.date(2026, 6, 1)),
    ):
        with time_machine.travel(dt.datetime.combine(day, dt.time(17), dt.UTC)):
            update_position(position=position, by=actor, version=None, values={"contact": contact, "since": since})
    _dated(position)
    page = " ".join(text_of(cast, "coordinator", "position_edit", position.pk).split())
    assert "Bea Second" in page
    assert "since Jun 1, 2026" in page
    assert "Feb 1, 2026 to May 3, 2026" in page
    assert page.index("Bea Second</") < page.rindex("Ann First")


def _dated(position: Position) -> None:
    """The database dates the history itself; a test says when it was."""
    days = [
        dt.datetime(2026, 1, 5, 17, tzinfo=dt.UTC),
        dt.datetime(2026, 2, 2, 17, tzinfo=dt.UTC),
        dt.datetime(2026, 5, 3, 17, tzinfo=dt.UTC),
        dt.datetime(2026, 6, 4, 17, tzinfo=dt.UTC),
    ]
    with pgtrigger.ignore():
        for event, at in zip(position.events.order_by("pk"), days, strict=True):
            position.events.filter(pk=event.pk).update(pgh_created_at=at)
