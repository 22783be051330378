"""An agency rates itself on the eight practices: begun, gone on with, finished on a day. What is finished stays as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from lbn.enums import InPlace
from lbn.models import Assessment, Rating
from lbn.refusals import NotPossible
from lbn.selectors.evidence import evidence_of
from phast.ui.templatetags.ui import local_date

from .standing import record_for

if TYPE_CHECKING:
    from coalitions.models import Partner
    from phast.access.actor import Actor

Ratings = Mapping[str, tuple[InPlace | None, str]]


@transaction.atomic
def begin_assessment(*, partner: Partner, by: Actor) -> Assessment:
    """The assessment the agency has begun, or a new one: pressing twice begins one."""
    begun, is_new = Assessment.objects.get_or_create(
        partner=partner,
        finished_at=None,
        defaults={"coalition_id": partner.coalition_id, "assessed_on": by.coalition.today(), "created_by": by.user},
    )
    if is_new:
        record_for("assessment.begun", partner=partner, by=by, target=begun)
    return begun


@transaction.atomic
def rate_elements(*, assessment: Assessment, ratings: Ratings, version: int | None, by: Actor) -> None:
    """Keeps the ratings given, by the element's key: how far, and what shows it. None takes a rating away.

    Raises EditConflict when somebody rated since `version`, NotPossible when the assessment is finished.
    """
    _still_open(assessment)
    assessment.lock(version)
    taken_away = [key for key, (in_place, _) in ratings.items() if in_place is None]
    Rating.objects.filter(assessment=assessment, element__in=taken_away).delete()
    Rating.objects.bulk_create(
        [
            Rating(assessment=assessment, element_id=key, in_place=in_place, evidence=evidence)
            for key, (in_place, evidence) in ratings.items()
            if in_place is not None
        ],
        update_conflicts=True,
        unique_fields=["assessment", "element"],
        update_fields=["in_place", "evidence"],
    )
    assessment.save(update_fields=["version"])
    record_for("assessment.rated", partner=assessment.partner, by=by, target=assessment, elements=len(ratings))


@transaction.atomic
def finish_assessment(*, assessment: Assessment, on: dt.date, by: Actor) -> None:
    """Finishes it with the day it is about. Where nobody wrote what shows a rating, what the portal knew is kept beside it.

    Raises NotPossible when it is finished already or nothing is rated, ValidationError for a day that is to come or lies before the
    latest assessment.
    """
    _still_open(assessment)
    ratings = list(assessment.ratings.select_related("element"))
    if not ratings:
        raise NotPossible("Nothing is rated yet. Rate at least one element, then finish.")
    if on > by.coalition.today():
        raise ValidationError({"assessed_on": "This day is still to come. Choose today or an earlier day."})
    earlier = Assessment.objects.filter(partner=assessment.partner, finished_at__isnull=False, assessed_on__gt=on)
    if later := earlier.order_by("-assessed_on").first():
        day = local_date(later.assessed_on)
        raise ValidationError({"assessed_on": f"The latest assessment is of {day}. Choose that day or a later one."})
    _keep_evidence(assessment, ratings)
    assessment.lock(None)
    assessment.assessed_on, assessment.finished_at, assessment.finished_by = on, timezone.now(), by.user
    assessment.save()
    record_for("assessment.finished", partner=assessment.partner, by=by, target=assessment, rated=len(ratings))


@transaction.atomic
def discard_assessment(*, assessment: Assessment, by: Actor) -> None:
    """Throws one away that is only begun, with its ratings. Raises NotPossible when it is finished."""
    _still_open(assessment)
    record_for("assessment.discarded", partner=assessment.partner, by=by, target=assessment)
    assessment.delete()


def _still_open(assessment: Assessment) -> None:
    """Waits for whoever is saving or finishing it."""
    now = Assessment.objects.select_for_update(of=("self",)).filter(pk=assessment.pk).first()
    if now is None:
        raise NotPossible("This assessment was thrown away meanwhile.")
    if now.finished_at is not None:
        raise NotPossible("This assessment is finished and stays as it is. Begin a new one to rate again.")


def _keep_evidence(assessment: Assessment, ratings: list[Rating]) -> None:
    silent = [one for one in ratings if not one.evidence]
    shown = evidence_of(assessment.partner, [one.element for one in silent])
    for one in silent:
        known = shown[one.element_id]
        one.evidence = known.says[: Rating._meta.get_field("evidence").max_length] if known.is_some else ""
    Rating.objects.bulk_update(silent, ["evidence"])
