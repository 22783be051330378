"""Two that turn out to be one: a partner merged into another, a contact into another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.duplicates import kind_of
from coalitions.enums import PartnerStatus
from coalitions.models import Contact, Partner, PartnerMerge, ToldApart
from phast import audit, merging
from phast.access.actor import Actor
from phast.constraints import readable

from .contacts import update_contact
from .partners import update_partner

UNDO_WITHIN = dt.timedelta(days=1)


@transaction.atomic
def merge_partner(*, gone: Partner, into: Partner, values: Mapping[str, Any], by: Actor) -> PartnerMerge:
    """`gone` turns out to be `into`: it becomes inactive, its people, work and agreements follow (`coalitions.merging`), and `into` gets
    the `values` chosen. What was counted and reported stays where it is; the people of `into` see it.

    Raises ValidationError when one of them was merged before, or when only `gone` counts kits: then it is the one to keep.
    """
    locked = {
        row.pk: row for row in Partner.objects.select_for_update().filter(pk__in=(gone.pk, into.pk)).order_by("pk")
    }
    gone, into = locked[gone.pk], locked[into.pk]
    if gone.pk == into.pk or gone.merged_into_id or into.merged_into_id:
        raise ValidationError("One of the two was merged meanwhile. Look at the roster again.")
    if gone.counts_since and not into.counts_since:
        raise ValidationError(f"{gone} reports kits, so it is the one to keep. Merge {into} into it.")
    status = gone.status
    gone.lock(None)
    gone.merged_into, gone.status = into, PartnerStatus.INACTIVE
    gone.save()
    moved = merging.move(gone=gone, kept=into, by=by)
    update_partner(partner=into, by=by, version=None, values=values)
    audit.record("partner.merged", by=by, target=into, gone=gone.pk, called=gone.name)
    return PartnerMerge.objects.create(
        coalition=by.coalition, kept=into, gone=gone, status=status, moved=moved, by=by.user
    )


def can_be_undone(merge: PartnerMerge) -> bool:
    """Within a day, while nothing else was merged since."""
    return merge.undone_at is None and timezone.now() - merge.at < UNDO_WITHIN


@transaction.atomic
def tell_apart(*, one: Partner | Contact, other: Partner | Contact, by: Actor) -> None:
    """They look alike and are two: nobody is asked about them again."""
    kind, keys = kind_of(one), sorted((one.pk, other.pk))
    if kind != kind_of(other) or one.pk == other.pk:
        raise ValidationError("Choose two of the same kind.")
    _, new = ToldApart.objects.get_or_create(
        coalition=by.coalition, kind=kind, one=keys[0], other=keys[1], defaults={"by": by.user}
    )
    if new:
        audit.record("duplicates.told_apart", by=by, target=one, kind=kind, other=other.pk)


@transaction.atomic
def ask_again(*, told: ToldApart, by: Actor) -> None:
    """Takes that back."""
    audit.record("duplicates.asked_again", by=by, target=told, kind=told.kind)
    told.delete()


@transaction.atomic
def undo_merge(*, merge: PartnerMerge, by: Actor) -> Partner:
    """They are two after all: what followed goes back. What was put together of two stays with the kept partner, and so do the values
    chosen. Raises ValidationError when it is too late, or both have the same name now."""
    merge = PartnerMerge.objects.select_for_update(of=("self",)).select_related("gone", "kept").get(pk=merge.pk)
    gone = merge.gone
    if not can_be_undone(merge) or gone.merged_into_id != merge.kept_id:
        raise ValidationError("This can no longer be undone. The history tells what was.")
    gone.lock(None)
    gone.merged_into, gone.status = None, merge.status
    with readable(partner_name=f"Both are called {gone} now. Give {merge.kept} another name first."):
        gone.save()
    merging.move_back(merge.moved, gone=gone, kept=merge.kept, by=by)
    merge.undone_at = timezone.now()
    merge.save(update_fields=["undone_at"])
    audit.record("partner.merge_undone", by=by, target=merge.kept, gone=gone.pk)
    return gone


@transaction.atomic
def merge_contact(*, gone: Contact, into: Contact, values: Mapping[str, Any], by: Actor) -> Contact:
    """Two entries for one person: what `gone` holds, leads and is responsible for is `into`'s, which gets the `values` chosen; `gone` is
    deleted, its history stays. Raises ValidationError when they are one already."""
    if gone.pk == into.pk:
        raise ValidationError("This is one contact. Choose two.")
    user = into.user or gone.user
    merging.move(gone=gone, kept=into, by=by)
    audit.record("contact.merged", by=by, target=into, gone=gone.pk)
    gone.delete()
    kept = update_contact(contact=into, by=by, version=None, values=values)
    if kept.user is None and user is not None:
        kept.user = user
        kept.save(update_fields=["user"])
    return kept
