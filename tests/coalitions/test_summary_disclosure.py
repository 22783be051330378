"""The summaries beside every release: together they tell no hidden count (THREATS 51-53)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import time_machine
from tablib import Dataset

from coalitions import releases
from coalitions.actions.releases import publish_release
from coalitions.models import Release
from coalitions.releases import Span
from coalitions.releases.making import _unsealed
from deflection import reference
from deflection.models import QuarterCounts
from lbn.enums import Setting
from lbn.models import Count, Improvement
from phast import offers
from phast.disclosure import TOTAL, Linked
from phast.jobs.lease import run
from phast.reports.actions import request_report
from phast.reports.draw import collect
from phast.reports.kinds import kind_of
from phast.reports.models import Report
from phast.reports.sheets import sheets_of
from tests.deflection.factories import make_program
from tests.disclosure.attack import Attack
from tests.lbn.world import make_count

from .conftest import Cast, make_cast

QUARTERS = [Span.of_months(2025, month, 3) for month in (1, 4, 7, 10)]
YEAR = Span.of_months(2025, 1, 12)
ZIPS = ("12180", "12182", "12183", "12198", "12207")
FIGURES = ("encounters", "referrals", "reached_in_1_day", "reached_in_3_days", "reached_later", "engaged_at_30_days")
PROGRAMS = {  # how the summary's one table calls the rows of four
    "Encounters": ("deflection_encounters", "all"),
    "Referrals": ("deflection_referrals", "all"),
    "First contact after 1 day or less": ("deflection_contact", "day"),
    "First contact after 2 to 3 days": ("deflection_contact", "three"),
    "First contact after 8 days or more": ("deflection_contact", "later"),
    "Engaged at 30 days": ("deflection_engaged", "all"),
}
Told = dict[tuple[str, tuple[str, ...]], Any]  # table and address → what a summary says there

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Iterator[Cast]:
    """A year of counts, many of them small, and every table of it published: each quarter, then the year."""
    with time_machine.travel(dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC), tick=True):
        cast, random = make_cast(), Random(8)
        reference.load()
        cast.police.named_in_releases = True
        cast.police.save()
        by, agencies = cast.people["coordinator"], (cast.police, cast.ems)
        program = make_program(cast.actor("coordinator"), 1, lead=cast.police)
        for quarter in QUARTERS:
            for zip_code in ZIPS:
                for setting in (Setting.OVERDOSE_SCENE, Setting.OTHER, ""):
                    if random.random() < 0.6:
                        day, kits = quarter.from_on + dt.timedelta(days=40), 1 + int(random.expovariate(1 / 14))
                        make_count(random.choice(agencies), by, day, zip_code=zip_code, kits=kits, setting=setting)
            counted = {name: random.randint(1, 30) for name in FIGURES}
            QuarterCounts.objects.create(program=program, from_on=quarter.from_on, saved_by=by, **counted)
        cast.coalition.release_tables = list(offers.release_kinds)
        cast.coalition.save()
        for span in (*QUARTERS, YEAR):
            made = releases.make(cast.coalition, span)
            publish_release(made=made, seen=made.sha256, by=cast.actor("coordinator"))
        yield cast


def asked(span: Span, audience: str) -> dict[str, Any]:
    kind = "coalition_summary" if span.is_quarter else "annual"
    return {"kind": kind, "fields": {"time": span.slug, "for": audience}}


def told(report: Report, release: Release) -> Told:
    """What the tables of a summary say, read out of the spreadsheet that goes with it."""
    found: Told = {}
    held = {table.name: table for table in releases.linked(release).tables}
    for sheet in sheets_of(kind_of(report.kind), report):
        if sheet.title == "Kits by published quarter":
            for label, kits in sheet:
                span = next(one for one in QUARTERS if one.short == label)
                found["kits_by_zip", (TOTAL, span.label)] = kits
        for key, kind in offers.release_kinds.items():
            if key in held and sheet.title.startswith(kind.title[:31]):
                found |= _cells(sheet, held[key], kind)
            elif key in held and sheet.title == "What programs counted":
                mine = [row for row in sheet if row[0] in PROGRAMS and PROGRAMS[row[0]][0] == key]
                rows = [(next(iter(kind.names([PROGRAMS[row[0]][1]]).values()))[0], *row[1:]) for row in mine]
                found |= _cells(Dataset(*rows, headers=sheet.headers), held[key], kind)
    return found


def _cells(sheet: Any, held: Any, kind: Any) -> Told:
    labels = {address[0] for address in held.cells} - {TOTAL}
    named = {" ".join(words).strip(): label for label, words in kind.names(labels).items()} | {"Total": TOTAL}
    whole = held.whole.get("time") or held.at["time"]
    times = {span.short: span.label for span in QUARTERS} | {"Total": whole, "Count": whole, kind.unit: whole}
    return {
        (held.name, (named[row[0]], times[head])): figure
        for row in sheet
        for head, figure in zip(sheet.headers[1:], row[1:], strict=True)
    }


def with_what_is_told(release: Release, known: Told) -> Linked:
    """The release, its hidden figures filled in where a summary tells them. Raises KeyError for a figure that was not published."""
    linked = releases.linked(release)
    tables = []
    for table in linked.tables:
        cells = dict(table.cells)
        for (name, (label, time)), figure in known.items():
            if name == table.name and (time in (table.at.get("time"), table.whole.get("time")) or "time" in table.dims):
                address = (label,) if len(table.dims) == 1 else (label, time)
                cells[address] = cells[address] if figure == "hidden" else figure
        tables.append(replace(table, cells=cells))
    return replace(linked, tables=tuple(tables))


def attack(known: dict[Release, Told]) -> list[Any]:
    made = list(Release.objects.select_related("sealed").order_by("number"))
    truths = [_unsealed(one.sealed.tables)["was"] for one in made]
    return Attack([with_what_is_told(one, known.get(one, {})) for one in made], truths).unsafe(11)


def test_nobody_works_out_a_hidden_count_from_summaries_and_releases(cast: Cast) -> None:
    known: dict[Release, Told] = {}
    read = 0
    for release in Release.objects.order_by("number"):
        span = Span(release.from_on, release.to_on)
        for role, audience in (("observer", "everybody"), ("member", "coalition")):
            report = request_report(by=cast.actor(role), **asked(span, audience))
            run(Report, report.pk)
            report.refresh_from_db()
            for (name, (label, time)), figure in told(report, release).items():
                # A total of another quarter, from the chart, belongs to that quarter's release.
                of = next((one for one in known | {release: {}} if Span(one.from_on, one.to_on).label == time), release)
                known.setdefault(of, {})[name, (label, time)] = figure
                read += 1
    assert read > 200
    assert any(None in table.cells.values() for one in known for table in releases.linked(one).tables)
    assert attack(known) == []
    # The attack finds what a summary would give away.
    release = Release.objects.get(from_on=QUARTERS[0].from_on, to_on=QUARTERS[0].to_on)
    address = next(one for one in known[release] if known[release][one] == "hidden")
    was = {table.name: table.filled() for table in _unsealed(release.sealed.tables)["was"]}
    known[release][address] = was[address[0]][(address[1][0],)]
    assert attack(known)


@pytest.mark.parametrize("audience", ["everybody", "coalition"])
def test_counts_that_are_not_published_change_nothing_in_a_summary(cast: Cast, audience: str) -> None:
    def said() -> list[Any]:
        by = cast.actor("member")
        wanted = [asked(span, audience) for span in (QUARTERS[-1], YEAR)]
        return [
            collect((kind := kind_of(one["kind"])), cast.coalition, kind.request(by, one["fields"])).data
            for one in wanted
        ]

    before, by = said(), cast.people["coordinator"]
    Count.objects.filter(zip_code="12180").update(voided_at=dt.datetime.now(dt.UTC), voided_by=by)
    for zip_code in ("12182", "12210"):
        make_count(cast.ems, by, QUARTERS[-1].from_on, zip_code=zip_code, kits=77)
    QuarterCounts.objects.update(encounters=78, referrals=None)
    Improvement.objects.create(
        coalition=cast.coalition, partner=cast.ems, made_on=QUARTERS[-1].from_on, text="Seven kits in the library"
    )
    assert said() == before
