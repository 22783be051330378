"""Preparing a release, and publishing it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from coalitions.models import Coalition, Release, ReleaseDraft, SealedFigures
from coalitions.releases import Made, Span, drawn_from, spans_over
from phast import audit
from phast.access.actor import Actor
from phast.jobs.queue import enqueue

NOT_OVER = "Only a quarter or a year that is over can be published."


class CannotRelease(Exception):
    """The span cannot be released. The message is a sentence for the person."""


class CountsChanged(CannotRelease):
    """The counts are no longer those the person looked at."""


@transaction.atomic
def request_draft(*, span: Span, by: Actor) -> ReleaseDraft:
    """Has a worker prepare a release of the span, in place of the draft there was. A second click while it is being made gives the
    same one. Raises CannotRelease when the span is not over."""
    coalition = _lock(by)
    if span not in spans_over(coalition):
        raise CannotRelease(NOT_OVER)
    found = ReleaseDraft.objects.of(coalition).first()
    if found is not None:
        if (found.from_on, found.to_on) == (span.from_on, span.to_on) and not found.is_over:
            return found
        found.delete()
    draft = ReleaseDraft.objects.create(
        coalition=coalition, from_on=span.from_on, to_on=span.to_on, requested_by=by.user
    )
    enqueue(draft)
    audit.record("release.prepared", by=by, target=draft)
    return draft


@transaction.atomic
def publish_release(*, made: Made | ReleaseDraft, seen: str, by: Actor) -> Release:
    """Freezes the tables for members and observers. `seen` is the hash of those the person agreed to.

    Raises CountsChanged when counts or settings are no longer those they were made from, CannotRelease when the span is not over.
    """
    coalition = _lock(by)  # numbers follow one another
    span = Span(made.from_on, made.to_on)
    if span not in spans_over(coalition):
        raise CannotRelease(NOT_OVER)
    now_drawn_from, exact = drawn_from(coalition, span)
    is_same = made.sha256 == seen and now_drawn_from == made.drawn_from_sha256
    if not (made.table and made.data_as_of and is_same):
        raise CountsChanged(
            "Counts or settings changed since these tables were made. Look at the new ones, then publish."
        )
    last = Release.objects.of(coalition).order_by("-number").values_list("number", flat=True).first() or 0
    release = Release.objects.create(
        coalition=coalition,
        number=last + 1,
        from_on=span.from_on,
        to_on=span.to_on,
        threshold=made.threshold,
        table=made.table,
        sha256=made.sha256,
        data_as_of=made.data_as_of,
        published_at=timezone.now(),
        published_by=by.user,
    )
    SealedFigures.objects.create(release=release, tables=exact)
    ReleaseDraft.objects.of(coalition).delete()
    audit.record("release.published", by=by, target=release, sha256=release.sha256)
    return release


@transaction.atomic
def discard_draft(*, draft: ReleaseDraft, by: Actor) -> None:
    """Throws the draft away. Nothing was published."""
    audit.record("release.draft_discarded", by=by, target=draft)
    draft.delete()


def _lock(by: Actor) -> Coalition:
    return Coalition.objects.select_for_update(of=("self",), no_key=True).get(pk=by.coalition.pk)
