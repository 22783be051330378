"""Figures by area, and the yearly deaths of the saturation gauge: loaded, replaced a year at a time, removed. The coordinator's alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lbn.area_files import read_areas
from lbn.enums import AreaKind
from lbn.models import AnnualDeaths, AreaFigure, AreaFile
from phast import audit
from phast.geo.models import Zip
from phast.personal import refuse_personal
from phast.sheets.source import fingerprint
from phast.uploads import short_name

if TYPE_CHECKING:
    from phast.access.actor import Actor

ABANDONED = dt.timedelta(days=7)


@transaction.atomic
def take_area_file(*, file: BinaryIO, name: str, kind: AreaKind, origin: str, year: int | None, by: Actor) -> AreaFile:
    """Reads a file and keeps its figures until somebody agrees to them or a week is over; nothing is loaded yet.

    Raises FileRefused for a file that is not such figures, and ValidationError when `origin` seems to name a person.
    """
    refuse_personal(origin, names=False)
    coalition = by.coalition
    counties = {county.fips: county.name for county in coalition.counties.all()}
    zips = set(Zip.objects.filter(county__in=counties).values_list("pk", flat=True))
    label = short_name(name)
    found = read_areas(file, label, kind=kind, year=year, counties=counties, zips=zips)
    AreaFile.objects.of(coalition).filter(loaded_at=None, created_at__lt=timezone.now() - ABANDONED).delete()
    return AreaFile.objects.create(
        coalition=coalition,
        kind=kind,
        origin=origin,
        file_label=label,
        sha256=fingerprint(file),
        created_by=by.user,
        findings={
            "rows": found.rows,
            "problems": found.problems,
            "more_problems": found.more_problems,
            "elsewhere": found.elsewhere,
            "left_out": found.left_out,
        },
    )


@transaction.atomic
def load_area_file(*, area_file: AreaFile, by: Actor) -> int:
    """Loads the figures of a file, answers how many. Of each year in it, what was loaded of this kind before by ZIP or by county goes.

    Raises ValidationError when it is loaded already.
    """
    area_file = AreaFile.objects.select_for_update().get(pk=area_file.pk)
    if area_file.loaded_at:
        raise ValidationError("These figures are loaded already.")
    rows = area_file.findings.pop("rows", [])
    by_zip = {year for code, _, year, _ in rows if code}
    by_county = {year for _, county, year, _ in rows if county}
    earlier = AreaFigure.objects.of(by.coalition).filter(kind=area_file.kind)
    earlier.filter(Q(year__in=by_zip, county="") | Q(year__in=by_county, zip_code="")).delete()
    AreaFigure.objects.bulk_create(
        AreaFigure(
            coalition=by.coalition,
            file=area_file,
            kind=area_file.kind,
            year=year,
            zip_code=code,
            county=county,
            figure=figure,
        )
        for code, county, year, figure in rows
    )
    area_file.loaded_at = timezone.now()
    area_file.save(update_fields=["loaded_at", "findings"])
    audit.record("areas.loaded", by=by, target=area_file, kind=area_file.kind, figures=len(rows))
    return len(rows)


@transaction.atomic
def remove_area_file(*, area_file: AreaFile, by: Actor) -> None:
    """Takes a file and its figures out."""
    audit.record("areas.removed", by=by, target=area_file, kind=area_file.kind, figures=area_file.figures.count())
    area_file.delete()


@transaction.atomic
def save_annual_deaths(*, year: int, deaths: int, origin: str, by: Actor) -> AnnualDeaths:
    """Enters a year's opioid-related deaths, or changes them. Raises ValidationError when `origin` seems to name a person."""
    refuse_personal(origin, names=False)
    entered, is_new = AnnualDeaths.objects.update_or_create(
        coalition=by.coalition, year=year, defaults={"deaths": deaths, "origin": origin}
    )
    audit.record("deaths.entered" if is_new else "deaths.changed", by=by, target=entered, year=year, deaths=deaths)
    return entered


@transaction.atomic
def remove_annual_deaths(*, annual_deaths: AnnualDeaths, by: Actor) -> None:
    """Takes a year's figure out of the gauge."""
    audit.record("deaths.removed", by=by, target=annual_deaths, year=annual_deaths.year)
    annual_deaths.delete()
