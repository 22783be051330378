"""Undoing an import as a whole: its counts are voided in one transaction, none deleted; the same file may come in again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.db.models import Count as Number
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from coalitions.models import Partner
from coalitions.selectors import actor_for
from lbn.actions.standing import record_for
from lbn.enums import VoidReason
from lbn.models import Count, Period
from lbn.refusals import NotPossible
from phast.access.table import Action
from phast.jobs.lease import write as write_job
from phast.jobs.models import JobFailed

from .source import IMPORT_LOCK

if TYPE_CHECKING:
    from lbn.models import CountImport


@dataclass(frozen=True)
class Undoing:
    """What undoing would do. `entries` and `kits` are taken out; `corrected` of the entries are corrections made since; `gone`: entries of
    the import that somebody corrected or removed before. `closed`: why it is not possible, or ""."""

    entries: int
    kits: int
    corrected: int
    gone: int
    closed: str


def outlook(count_import: CountImport) -> Undoing:
    """What undoing this import would do now."""
    live = _live(count_import)
    sums = live.aggregate(
        entries=Number("pk"), kits=Sum("kits", default=0), own=Number("pk", filter=Q(source=count_import))
    )
    return Undoing(
        entries=sums["entries"],
        kits=sums["kits"],
        corrected=sums["entries"] - sums["own"],
        gone=Count.objects.filter(source=count_import).exclude(voided_at=None).count(),
        closed=_closed(count_import, live),
    )


def refuse_closed(count_import: CountImport) -> None:
    """Raises NotPossible when some of the import's counts are in a closed period."""
    if closed := _closed(count_import, _live(count_import)):
        raise NotPossible(closed)


def undo_counts(count_import: CountImport) -> None:
    """Voids the counts. Raises JobFailed when that is not possible any more; the import then stays as it was."""
    try:
        _undo(count_import)
    except NotPossible as refusal:
        _leave(count_import)
        raise JobFailed(str(refusal)) from None
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "period_is_open":
            raise
        _leave(count_import)
        raise JobFailed("Nothing was undone: a reporting period was closed meanwhile.") from None


def _undo(count_import: CountImport) -> None:
    actor = actor_for(user=count_import.undone_by, slug=count_import.coalition.slug) if count_import.undone_by else None
    if actor is None or not actor.can(Action.COUNTS_WRITE):
        raise NotPossible("Nothing was undone: you can no longer change counts here.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [IMPORT_LOCK, count_import.pk])
        count_import.refresh_from_db(fields=["stage"])
        if count_import.stage != count_import.Stage.UNDOING:
            return
        # Agencies first, as whoever corrects a count does: two that did it in another order would wait for each other.
        keys = Count.objects.filter(source=count_import).values_list("partner", flat=True).distinct()
        locked = Partner.objects.of(count_import.coalition).filter(pk__in=list(keys)).order_by("pk")
        partners = list(locked.select_related("coalition").select_for_update(no_key=True, of=("self",)))
        refuse_closed(count_import)
        live = _live(count_import)
        sums = {
            partner: {"rows": rows, "kits": kits}
            for partner, rows, kits in live.values_list("partner")
            .order_by()
            .annotate(rows=Number("pk"), kits=Sum("kits"))
            .values_list("partner", "rows", "kits")
        }
        now = timezone.now()
        live.update(voided_at=now, voided_by=actor.user, void_reason=VoidReason.IMPORT_UNDONE)
        for partner in partners:
            if partner.pk in sums:
                record_for("counts.import_undone", partner=partner, by=actor, target=count_import, **sums[partner.pk])
        undone = {name: sum(each[name] for each in sums.values()) for name in ("rows", "kits")}
        findings = count_import.findings | {"undone": undone}
        write_job(count_import, {"stage": count_import.Stage.UNDONE, "undone_at": now, "findings": findings})


def _leave(count_import: CountImport) -> None:
    write_job(count_import, {"stage": count_import.Stage.IMPORTED, "undone_by": None})


def _live(count_import: CountImport) -> QuerySet[Count]:
    """The import's entries that count, and those that correct one of them: a correction says what the row should have said."""
    own = Count.objects.filter(source=count_import)
    partners = list(own.values_list("partner", flat=True).distinct())
    # By agency: the only index that reaches corrections.
    corrections = Count.objects.filter(partner__in=partners, replaces__isnull=False)
    found: list[int] = []
    last = list(corrections.filter(replaces__source=count_import).values_list("pk", flat=True))
    while last:
        found += last
        last = list(corrections.filter(replaces__in=last).exclude(pk__in=found).values_list("pk", flat=True))
    return Count.objects.filter(Q(source=count_import) | Q(pk__in=found), voided_at=None)


def _closed(count_import: CountImport, live: QuerySet[Count]) -> str:
    for period in Period.objects.of(count_import.coalition).filter(closed_at__isnull=False):
        if live.filter(from_on__gte=period.from_on, to_on__lte=period.to_on).exists():
            return (
                f"{period} is closed, and this import has counts in it, so it cannot be undone. "
                "Ask the coordinator to reopen the period."
            )
    return ""
