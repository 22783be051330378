"""What the rows of a file are compared with, read once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Max

from lbn.models import Count, KitType, Period
from lbn.refusals import PeriodClosed
from lbn.selectors.agencies import agencies_for
from lbn.selectors.counting import limits_for
from phast.access.table import Action
from phast.sheets.cells import words_of
from phast.sheets.refused import FileRefused

from .values import Surroundings

if TYPE_CHECKING:
    from lbn.models import CountImport
    from phast.access.actor import Actor


def surroundings(count_import: CountImport, actor: Actor, *, since_1904: bool) -> Surroundings:
    """For this import, by what the person may write now. Raises FileRefused when that is nothing any more."""
    agencies = [
        agency for agency in agencies_for(actor, Action.COUNTS_WRITE) if count_import.partner_id in (None, agency.pk)
    ]
    if not agencies:
        raise FileRefused("You can no longer import counts of this agency. Ask the coordinator.")
    coalition = count_import.coalition
    kit_types = KitType.objects.of(coalition).filter(is_active=True)
    largest = dict(
        Count.objects.of(coalition)
        .filter(partner__in=agencies, voided_at=None)
        .values_list("partner")
        .annotate(largest=Max("kits"))
        .values_list("partner", "largest")
    )
    common = limits_for(agencies[0])
    return Surroundings(
        limits={
            agency.pk: replace(common, largest=largest.get(agency.pk, 0), agency=agency.name) for agency in agencies
        },
        agencies={words_of(agency.name): agency.pk for agency in agencies},
        partner_id=count_import.partner_id,
        kit_types={words_of(kit_type.name): kit_type.pk for kit_type in kit_types},
        closed=closed_spans(count_import),
        since_1904=since_1904,
    )


def closed_spans(count_import: CountImport) -> list[tuple[dt.date, dt.date, str]]:
    """The coalition's closed periods, with what to say about a row in them."""
    closed = Period.objects.of(count_import.coalition).filter(closed_at__isnull=False)
    return [(period.from_on, period.to_on, str(PeriodClosed(period))) for period in closed]
