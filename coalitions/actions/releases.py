"""Publishing a quarter."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from coalitions.models import Coalition, Release
from coalitions.releases import Preview, Quarter, preview
from phast import audit
from phast.access.actor import Actor


class CannotRelease(Exception):
    """The quarter cannot be released. The message is a sentence for the person."""


class CountsChanged(CannotRelease):
    """The counts are no longer those the person looked at."""


@transaction.atomic
def publish_release(*, quarter: Quarter, seen: str, by: Actor) -> Release:
    """Freezes the quarter's table for members and observers. `seen` is the hash of the preview the person agreed to.

    Raises CountsChanged when the table is no longer that one, CannotRelease when the quarter is not over or is released already.
    """
    coalition = Coalition.objects.select_for_update().get(pk=by.coalition.pk)  # numbers follow one another
    if quarter != Quarter.holding(quarter.from_on) or quarter.to_on >= coalition.today():
        raise CannotRelease("This quarter is not over yet. Publish it when it is.")
    if Release.objects.of(coalition).filter(from_on=quarter.from_on).exists():
        raise CannotRelease("This quarter has been released. A release stays as it is.")
    now = timezone.now()
    ready: Preview = preview(coalition, quarter)
    if ready.sha256 != seen:
        raise CountsChanged(
            "Counts changed since you looked. Here is the table as it is now: look again, then publish."
        )
    last = Release.objects.of(coalition).order_by("-number").values_list("number", flat=True).first() or 0
    release = Release.objects.create(
        coalition=coalition,
        number=last + 1,
        from_on=quarter.from_on,
        to_on=quarter.to_on,
        threshold=coalition.threshold,
        table=ready.table,
        sha256=ready.sha256,
        data_as_of=now,
        published_at=now,
        published_by=by.user,
    )
    audit.record("release.published", by=by, target=release, sha256=release.sha256)
    return release
