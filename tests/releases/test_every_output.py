"""Whatever anybody gets out of the portal tells nothing but what is released, and what their own agency counted (THREATS 51–53).

Nothing here lists pages, reports, files, filters or mails. Everything a person can get is gathered twice, and in between every
count that is not theirs is changed while the releases stay. What differs was told of a count that they may not know: a page, a
report or an address that is new tomorrow is held to it, too. So all that goes out is made of releases alone, and those are attacked.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pgtrigger
import pytest
import time_machine
from django.apps import apps
from django.db import models
from django.db.models import Case, When
from django.utils import timezone

from coalitions.actions.releases import publish_release
from coalitions.models import Coalition, Partner, Release, ReleaseDraft, SealedFigures
from coalitions.releases import Span, linked, make, tables_of
from coalitions.releases.making import _unsealed
from deflection.models import Program, QuarterCounts
from deflection.models.indicator import FIGURES
from lbn import reference
from lbn.enums import AreaKind
from lbn.models import AreaFigure, AreaFile, Count
from phast import offers
from phast.access.funnel import Tenant
from phast.access.table import Action, Role
from phast.accounts.models import User
from phast.exports import FORMATS
from phast.geo.models import County
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.reports.kinds import Choice, ReportKind, Request
from phast.reports.markup import document
from phast.reports.models import Report, ReportMail, ReportSchedule
from phast.reports.sheets import TEXT, read
from phast.reports.summary import ANNUAL, QUARTERLY
from plans.models import Measure, Plan
from tests.client import ReadingClient, body
from tests.disclosure import attack
from tests.factories import make_partner, sign_in
from tests.lbn.world import make_count
from tests.reports.pdfua import words
from tests.world import World, actor_of

from .outputs import Outputs, outputs, text_of
from .world import LAST

YEAR = LAST.quarter_before.quarter_before.from_on.year - 1  # nothing of it stands in the world's own releases
SPRING, SUMMER = Span.of_months(YEAR, 4, 3), Span.of_months(YEAR, 7, 3)
KITS = {"12180": (120, 61, 33), "12182": (45, 3, 17), "12207": (14, 0, 2), "12208": (3, 1, 0), "12009": (7, 22, 5)}
SETTINGS = ("residence", "public_space", "")
BURDEN = {"12180": 31, "12182": 14, "12207": 4, "12009": 6}
HUGE = 4_871  # what every count becomes; no count of a day may be more than 5,000
NO_COUNTS = {"version", "year", "number", "doses", "in_place", "settled_id", "minutes"}  # numbers of another sort
READERS = (Role.MEMBER, Role.OBSERVER)
NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\w.])|(?<![\w.,])\d{1,6}(?![\w.,])")
PICTURE = re.compile(r"data:image/svg\+xml;base64,([\w+/=]+)")
UNMISTAKABLE = re.compile(r"\b4,?871\b")


@pytest.fixture(autouse=True)
def _the_clock_stands() -> Iterator[None]:
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture(autouse=True)
def _no_figures_that_are_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of reports have a kind of their own."""
    monkeypatch.delitem(offers.report_kinds, "sample", raising=False)


@pytest.fixture
def published(world: World) -> World:
    """Two quarters and their year are released with every table there is, one of them again after corrections; so is a child's."""
    reference.load()
    ours = world.ours.coalition
    child = Coalition.objects.get(parent=ours)
    for coalition, users in ((ours, world.ours.users), (child, world.ours.users)):
        coalition.release_tables = list(offers.release_kinds)
        coalition.save()
        _count(coalition, users[Role.COORDINATOR])
    _release(ours, world, SPRING, SUMMER)
    for agency in Partner.objects.of(ours).exclude(agency_type="")[:2]:
        make_count(agency, world.ours.users[Role.COORDINATOR], SPRING.from_on, zip_code="12182", kits=2)
        make_count(agency, world.ours.users[Role.COORDINATOR], SPRING.from_on, zip_code="12207", kits=40)
    _release(ours, world, SPRING, Span.of_months(YEAR, 1, 12))
    _release(child, world, SUMMER)
    for plan in Plan.objects.of(ours):
        Measure.objects.create(plan=plan, text="Kits we left", source="kits")
    report = Report.objects.of(ours).filter(is_released=True)[0]
    for user in world.ours.users.values():
        ReportMail.objects.get_or_create(schedule=ReportSchedule.objects.of(ours)[0], report=report, user=user)
    return world


def _count(coalition: Coalition, by: User) -> None:
    """Kits of four agencies, two of which are named, by ZIP and setting; burden; a program's quarters. Most of it is small."""
    County.objects.get_or_create(fips="36083", defaults={"name": "Rensselaer", "state": "NY"})
    coalition.counties.add("36083")
    names = ("North Police", "South Police", "East Fire", "West Fire")
    agencies = [
        make_partner(coalition, name, agency_type="ems_fire", named_in_releases=n < 2) for n, name in enumerate(names)
    ]
    for quarter, times in ((SPRING, 1), (SUMMER, 2)):
        for zip_code, kits in KITS.items():
            for n, number in enumerate(kits):
                day = quarter.from_on + dt.timedelta(days=n)
                values = {"zip_code": zip_code, "kits": number * times, "setting": SETTINGS[n]}
                make_count(agencies[(n + int(zip_code)) % 4], by, day, **values)
    for kind in (AreaKind.DEATHS, AreaKind.EMS_RUNS):
        file = AreaFile.objects.create(
            coalition=coalition, kind=kind, origin="Vital records", file_label="d.csv", sha256="0" * 64, created_by=by
        )
        AreaFigure.objects.bulk_create(
            [
                AreaFigure(coalition=coalition, file=file, kind=kind, year=YEAR, zip_code=zip_code, figure=number)
                for zip_code, number in BURDEN.items()
            ],
            ignore_conflicts=True,  # the world has some
        )
    lead = Program.objects.of(coalition).first() or Program.objects.create(
        coalition=coalition, name="Front door", lead=agencies[0], created_by=by
    )
    for n, quarter in enumerate((SPRING, SUMMER)):
        figures = dict(zip(FIGURES, (40 + n, 31, 12, 5, 2, 14, 9), strict=True))
        QuarterCounts.objects.create(program=lead, from_on=quarter.from_on, saved_by=by, **figures)


def _release(coalition: Coalition, world: World, *spans: Span) -> None:
    by = actor_of(world.ours.users[Role.COORDINATOR], world.ours.coalition)
    for span in spans:
        made = make(coalition, span)
        here = by if coalition == by.coalition else type(by)(by.user, coalition, by.standings)
        publish_release(made=made, seen=made.sha256, by=here)


# ------------------------------------------------------------------ every count changes
def counts() -> Iterator[tuple[type[Tenant], list[models.Field]]]:
    """Every model that holds counts, with the fields that are some: all numbers of naloxone's rows, and programs' quarters."""
    for model in apps.get_models():
        if issubclass(model, Tenant) and (model._meta.app_label == "lbn" or model is QuarterCounts):
            fields = [
                field
                for field in model._meta.concrete_fields
                if isinstance(field, models.IntegerField) and not field.primary_key and field.name not in NO_COUNTS
            ]
            if fields:
                yield model, fields


def change_every_count(world: World, *, but_of: Partner | None = None) -> int:
    """Makes every count an unmistakable number, but those of one agency; adds some where there were none. Releases stay as they are."""
    changed = 0
    with pgtrigger.ignore():
        for model, fields in counts():
            rows: Any = model.objects.all()
            if but_of is not None and model.partner_path:
                rows = rows.exclude(**{model.partner_path: but_of})
            lost = {f.name: When(**{f"{f.name}__lt": 0}, then=-HUGE) for f in fields}  # what left a shelf
            changed += rows.update(**{name: Case(when, default=HUGE) for name, when in lost.items()})
        SealedFigures.objects.update(tables={"was": [], "agency_rows": None})
        for draft in ReleaseDraft.objects.all():
            draft.table = {"cells": [["12180", HUGE]], "total": HUGE, "left_out": False}
            draft.save(update_fields=["table"])
        exact = Report.objects.filter(action=Action.COUNTS_SEE)
        (exact.exclude(partner=but_of) if but_of else exact).update(
            data={"rows": [], "trouble": "", "quarters": [["x", HUGE]]}
        )
    for coalition in (world.ours.coalition, Coalition.objects.get(parent=world.ours.coalition)):
        agency = Partner.objects.of(coalition).filter(name="West Fire").get()
        for span in (SPRING, SUMMER, Span.quarter_of(coalition.today())):
            make_count(agency, world.ours.users[Role.COORDINATOR], span.from_on, zip_code="12345", kits=HUGE)
    return changed


def told(before: Outputs, after: Outputs) -> list[str]:
    """What came out otherwise once the counts had changed, with the first place where it did."""
    found = []
    for name in before.keys() | after.keys():
        was, now = before.get(name, "nothing"), after.get(name, "nothing")
        if was != now:
            n = next((n for n, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
            found.append(f"{name}: …{was[max(0, n - 60) : n + 60]!r} → …{now[max(0, n - 60) : n + 60]!r}")
    return sorted(found)


# ------------------------------------------------------------------ every figure is a published one
def rows_in(said: str) -> Iterator[list[str]]:
    """The rows of the tables of an answer: of a page or a report, of a workbook, of a text file."""
    if "<worksheet" in said:
        for row in re.findall(r"<row.*?</row>", said, re.DOTALL):
            yield [text or number for text, number in re.findall(r"<t[^>]*>([^<]*)</t>|<v>([^<]*)</v>", row)]
    elif ".csv" in said.partition("\n\n")[0][:200]:
        yield from csv.reader(said.splitlines())
    elif "<table" in said:
        yield from ([str(cell) for cell in row] for sheet in read(said) if sheet.title != TEXT for row in sheet)


def figures_of(world: World) -> dict[str, set[int]]:
    """What the releases show of each row of their tables, by what people read for it."""
    shown: dict[str, set[int]] = {}
    for release in Release.objects.filter(coalition__in=[world.ours.coalition, *world.ours.coalition.children.all()]):
        for table in tables_of(release):
            rows = [(row.label, [*row.figures, row.total]) for row in table.rows]
            for label, figures in [*rows, ("Total", [*table.totals, table.total])]:
                shown.setdefault(label, set()).update(one for one in figures if one is not None)
    return shown


def compared(given: Outputs, shown: dict[str, set[int]]) -> tuple[int, list[str]]:
    """How many figures were given out for what releases have rows of, hidden ones among them; and those that no release shows."""
    cells, wrong = 0, []
    for name, said in given.items():
        for first, *others in filter(None, rows_in(said)):
            label = next((one for one in shown if first == one or first.startswith(f"{one} ")), None)
            for cell in others if label else ():
                plain = cell.replace(",", "")
                cells += plain.isdigit() or plain == "hidden"
                if plain.isdigit() and int(plain) not in shown[str(label)]:
                    wrong.append(f"{name}: {label}: {cell}")
    return cells, wrong


# ------------------------------------------------------------------ 51: what is hidden, and what is live, is nowhere
@pytest.mark.parametrize("who", [*READERS, "both"])
def test_nothing_that_a_reader_gets_depends_on_a_count_that_is_not_released(published: World, who: str) -> None:
    user = published.both if who == "both" else published.ours.users[Role(who)]
    before = outputs(user, published)
    cells, wrong = compared(before, figures_of(published))
    assert wrong == []
    assert cells > 500
    assert change_every_count(published) > 100
    after = outputs(user, published)
    assert told(before, after) == []
    assert not [name for name, said in after.items() if UNMISTAKABLE.search(said)]


@pytest.mark.parametrize("who", [Role.LEAD, Role.REPORTER])
def test_an_agency_learns_its_own_counts_and_no_others(published: World, who: Role) -> None:
    user = published.ours.users[who]
    before = outputs(user, published, filters=False)
    change_every_count(published, but_of=published.ours.agency)
    assert told(before, outputs(user, published, filters=False)) == []


def test_a_new_report_page_or_mail_that_tells_a_count_is_found(
    published: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests above can fail: with a kind of report, a figure on a page and a place to choose from that nobody listed here."""
    user = published.ours.users[Role.OBSERVER]

    def kits(*args: Any) -> int:
        return sum(Count.objects.of(published.ours.coalition).values_list("kits", flat=True))

    leaky = ReportKind(
        "leaky",
        "Leaky",
        "coalitions/reports/summary.html",
        lambda actor, fields: Request({}, Action.RELEASES_SEE, "Leaky", "For all", is_released=True),
        lambda coalition, asked: {"counties": [], "figures": [], "sections": [], "notes": [f"{kits()} kits"]},
        lambda actor: [Choice("Everything", {})],
        lambda data: {"sections": []},
    )
    monkeypatch.setitem(offers.report_kinds, "leaky", leaky)
    monkeypatch.setattr(offers, "figures", [lambda actor: [offers.Figure(1, f"{kits():,}", "kits")]])
    before = outputs(user, published)
    change_every_count(published)
    found = " ".join(told(before, outputs(user, published)))
    assert "report leaky:" in found
    assert "Everything, drawn:" in found
    assert f"GET /c/{published.ours.coalition.slug}/:" in found
    shown = figures_of(published)
    assert compared({"a page": "<main><table><tr><th>12208</th><td class='number'>3</td></tr></table></main>"}, shown)[
        1
    ]


# ------------------------------------------------------------------ 52, 53: the releases are all there is, and they hold
def test_no_hidden_figure_of_all_releases_together_can_be_worked_out(
    published: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attack, "YEAR", str(YEAR))
    for coalition in (published.ours.coalition, Coalition.objects.get(parent=published.ours.coalition)):
        mine = [one for one in Release.objects.of(coalition).order_by("number") if one.from_on.year == YEAR]
        truths = [_unsealed(SealedFigures.objects.get(release=one).tables)["was"] for one in mine]
        assert sum(len(linked(one).hidden) for one in mine) > 10
        assert attack.Attack([linked(one) for one in mine], truths).unsafe(coalition.threshold) == []


def test_no_published_figure_moves_by_less_than_the_threshold(published: World) -> None:
    """Two releases of one span, and what two releases say of the same quarter, by whatever filter it is seen."""
    seen: dict[Any, set[int]] = {}
    for release in Release.objects.of(published.ours.coalition):
        for figure, kits in linked(release).figures().items():
            if kits is not None and release.from_on.year == YEAR:
                seen.setdefault(figure, set()).add(kits)
    steps = [b - a for kits in seen.values() for a, b in zip(sorted(kits), sorted(kits)[1:], strict=False)]
    assert steps
    assert min(steps) >= published.ours.coalition.threshold


def with_pictures(markup: str) -> str:
    """The document with what is written in its pictures."""
    return markup + "".join(b64decode(code).decode() for code in PICTURE.findall(markup))


@pytest.mark.django_db(transaction=True)
def test_what_a_reader_has_drawn_says_what_its_document_says_as_pdf_and_as_tables(published: World) -> None:
    """A report of each kind, asked for, drawn, downloaded and held against today's counts once all of them have changed."""
    user, slug = published.ours.users[Role.OBSERVER], published.ours.coalition.slug
    actor, client = actor_of(user, published.ours.coalition), ReadingClient()
    sign_in(client, user)
    drawn = {}
    for kind in offers.report_kinds.values():
        if actor.can(kind.right) and (choices := kind.choices(actor)):
            choice = next((one for one in choices if str(YEAR) in f"{one.group} {one.label}"), choices[0])
            client.post(f"/c/{slug}/reports/request/", {"kind": kind.key, **choice.fields})
            report = Report.objects.of(published.ours.coalition).latest("pk")
            run(Report, report.pk)
            drawn[kind] = Report.objects.get(pk=report.pk, kind=kind.key, state=JobState.DONE)
    assert {"kits", QUARTERLY, ANNUAL} <= {kind.key for kind in drawn}
    change_every_count(published)
    shown, cells = figures_of(published), 0
    for kind, report in drawn.items():
        base = f"/c/{slug}/reports/{report.pk}/"
        pdf = body(client.get(f"{base}download"))
        files = [client.post(f"{base}data/", {"format": one}) for one in FORMATS]
        given = {f"{kind.key} {n}": text_of(file, body(file)) for n, file in enumerate(files)}
        number, wrong = compared(given, shown)
        assert wrong == []
        cells += number
        with timezone.override(ZoneInfo(report.coalition.time_zone)):
            written = with_pictures(document(kind, report))
        extra = set(NUMBER.findall(words(pdf))) - set(NUMBER.findall(written))
        assert not {one for one in extra if int(one.replace(",", "")) > report.pages}, kind.key
        assert "Nothing changed" in client.get(f"{base}changes/").content.decode(), kind.key
        assert not UNMISTAKABLE.search("".join([*given.values(), written, words(pdf)]))
    assert cells > 50
