"""Residents, overdose deaths and EMS runs of the demo coalition's ZIPs, and the yearly deaths of its gauge. All of it is invented."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import timezone

from coalitions.demo import first_of_month
from coalitions.demo_history import moment, telling
from lbn.actions.areas import save_annual_deaths
from lbn.enums import AreaKind
from lbn.models import AreaFigure, AreaFile, ZipRollup
from phast.geo.models import Zip

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

COORDINATOR = "coordinator@example.org"
ORIGIN = "Invented for this demonstration"


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates them, once: the larger a ZIP's kits, the more residents and deaths, with some ZIPs that kits have not followed to."""
    if AreaFile.objects.of(coalition).exists():
        return
    by = by_email[COORDINATOR]
    today = coalition.today()
    year = today.year - 1
    reached = set(ZipRollup.objects.of(coalition).values_list("place", flat=True))
    chance = random.Random(coalition.slug)  # noqa: S311 -- no secret: it has to be the same again
    counties = list(coalition.counties.values_list("pk", flat=True))
    zips = Zip.objects.filter(county__in=counties).order_by("pk")
    residents: dict[str, int] = {}
    deaths: dict[str, int] = {}
    runs: dict[str, int] = {}
    for point in zips:
        # A place with several ZIP codes has post-office boxes among them, where nobody lives.
        if point.pk not in reached and chance.random() < 0.55:
            continue
        residents[point.pk] = chance.randrange(4_000, 32_000) if point.pk in reached else chance.randrange(60, 6_000)
        deaths[point.pk] = round(residents[point.pk] / 10_000 * chance.choice([0, 1, 2, 3, 5]))
        runs[point.pk] = deaths[point.pk] * chance.randrange(4, 9) + chance.randrange(3)
    with telling(coalition) as happened:
        for kind, figures in (
            (AreaKind.POPULATION, residents),
            (AreaKind.DEATHS, deaths),
            (AreaKind.EMS_RUNS, runs),
        ):
            file = AreaFile.objects.create(
                coalition=coalition,
                kind=kind,
                origin=ORIGIN,
                file_label=f"{kind.value}-{year}.csv",
                sha256="0" * 64,
                created_by=by.user,
                loaded_at=timezone.now(),
            )
            AreaFigure.objects.bulk_create(
                AreaFigure(coalition=coalition, file=file, kind=kind, year=year, zip_code=code, figure=figure)
                for code, figure in figures.items()
            )
        for number, share in ((0, 1.0), (1, 1.12)):
            total = max(round(sum(deaths.values()) * share), 1)
            save_annual_deaths(year=year - number, deaths=total, origin=ORIGIN, by=by)
            happened(moment(coalition, first_of_month(today, 2).replace(day=12)))
