"""What pages and reports of deflection read more than once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q, QuerySet

from coalitions.enums import AgreementKind, PartnerStatus
from coalitions.models import Agreement, Partner
from phast.access.table import Action

from .checklist import Checklist, Item, Line, ModelList, Tally, Work, checklist
from .enums import ActivityStatus, Section
from .models import Activity, ActivityOffer, DeflectionModel, ModelItem, Program, ProgramActivity, Topic, TrainingCount

if TYPE_CHECKING:
    from phast.access.actor import Actor

TREATMENT_PROVIDERS = "treatment-providers"  # the sector


def model_lists(models: QuerySet[DeflectionModel] | None = None) -> list[ModelList]:
    """The models, or these of them, each with its own list. Five queries, however many."""
    works = {
        activity.pk: Work(
            key=activity.pk,
            title=activity.title,
            text=activity.text,
            section=Section(activity.section),
            topics={topic.pk: topic.title for topic in activity.topics.all()},
        )
        for activity in Activity.objects.prefetch_related("topics")
    }
    lines = ModelItem.objects.prefetch_related(Prefetch("topics", Topic.objects.order_by()))
    chosen = DeflectionModel.objects.all() if models is None else models
    return [
        ModelList(
            key=model.key,
            number=model.number,
            name=model.name,
            text=model.text,
            items=tuple(
                Item(
                    number=item.number,
                    parent=item.parent,
                    work=works[item.activity_id],
                    topics=frozenset(topic.pk for topic in item.topics.all()),
                    place=item.place,
                )
                for item in model.items.all()
            ),
        )
        for model in chosen.order_by("number").prefetch_related(Prefetch("items", lines))
    ]


def checklist_of(program: Program) -> Checklist:
    """The program's checklist as it stands. The same number of queries for every program."""
    rows = _rows(ProgramActivity.objects.filter(program=program))
    return checklist(model_lists(program.follows.all()), rows, _done(program), _offers())


@dataclass(frozen=True)
class Standing:
    """How far a program is, and how much of it is overdue."""

    progress: Tally
    overdue: int


def standings_of(programs: Iterable[Program], *, today: dt.date) -> dict[int, Standing]:
    """How far programs are, by their keys, as their checklists have it. One query."""
    rows = ProgramActivity.objects.filter(
        program__in=[program.pk for program in programs], activity__parts=None
    ).asked()
    done, none = Q(status=ActivityStatus.DONE), Q(status=ActivityStatus.NOT_APPLICABLE)
    counted = (
        rows.order_by()
        .values("program")
        .annotate(
            done=Count("pk", filter=done),
            none=Count("pk", filter=none),
            open=Count("pk", filter=~done & ~none),
            late=Count("pk", filter=Q(due_on__lt=today) & ~done & ~none),
        )
    )
    found = {one["program"]: Standing(Tally(one["done"], one["open"], one["none"]), one["late"]) for one in counted}
    return {program.pk: found.get(program.pk, Standing(Tally(), 0)) for program in programs}


@dataclass(frozen=True)
class Change:
    """What becomes of a program's checklist when it follows other models: the lines as they would stand. `again`: work that was done
    and that another model wants more of, with the topics it adds; `aside`: work that no model would ask for any more."""

    added: Sequence[ModelList]
    dropped: Sequence[ModelList]
    kept: Sequence[Line]
    new: Sequence[Line]
    again: Sequence[tuple[Line, Sequence[str]]]
    aside: Sequence[Line]
    then: Checklist


def seen_of(program: Program) -> str:
    """A fingerprint of where each activity stands, topics and all: tells whether what somebody was shown of it is still so."""
    rows = ProgramActivity.objects.filter(program=program, removed_at=None)
    stands = rows.order_by("pk").values_list("pk", "status", "reason")
    ticked = rows.filter(topics_done__isnull=False).order_by("pk", "topics_done").values_list("pk", "topics_done")
    return hashlib.sha256(repr([*stands, *ticked]).encode()).hexdigest()[:16]


def change_of(program: Program, wanted: Collection[str]) -> Change:
    """What choosing these models, by key, would change. Writes nothing."""
    now = checklist_of(program)
    lists = model_lists(DeflectionModel.objects.filter(pk__in=wanted))
    rows = _rows(ProgramActivity.objects.filter(program=program))
    asked = {item.work.key for one in lists for item in one.items} - {row.activity_id for row in rows}
    missing = [ProgramActivity(program=program, activity=one) for one in Activity.objects.filter(pk__in=asked)]
    then = checklist(lists, [*rows, *missing], _done(program), _offers())
    before = {line.row.activity_id: line for line in now.work if not line.is_own}
    after = {line.row.activity_id: line for line in then.work if not line.is_own}
    again = [
        (line, [mark.title for mark in line.topics if not mark.done])
        for key, line in after.items()
        if key in before and before[key].status == ActivityStatus.DONE and line.status != ActivityStatus.DONE
    ]
    keys = {one.key for one in now.models}
    return Change(
        added=[one for one in lists if one.key not in keys],
        dropped=[one for one in now.models if one.key not in wanted],
        kept=[line for key, line in after.items() if key in before],
        new=[line for key, line in after.items() if key not in before],
        again=again,
        aside=[line for key, line in before.items() if key not in after],
        then=then,
    )


def _rows(rows: QuerySet[ProgramActivity]) -> list[ProgramActivity]:
    return list(rows.select_related("activity", "partner", "contact", "position").order_by("activity__order", "pk"))


def _done(program: Program) -> dict[int, frozenset[str]]:
    """Topics ticked, by the key of the activity's row."""
    ticks: dict[int, set[str]] = {}
    pairs = ProgramActivity.topics_done.through.objects.filter(programactivity__program=program)
    for row, topic in pairs.values_list("programactivity_id", "topic_id"):
        ticks.setdefault(row, set()).add(topic)
    return {row: frozenset(keys) for row, keys in ticks.items()}


def _offers() -> dict[str, tuple[frozenset[str], str]]:
    return {
        offer.narrower_id: (frozenset(richer.pk for richer in offer.richer.all()), offer.text)
        for offer in ActivityOffer.objects.prefetch_related("richer")
    }


def trained(trainings: Iterable[TrainingCount]) -> dict[tuple[str, str], int]:
    """People trained by audience and topic, by their keys. Somebody trained twice counts twice: nobody is named. Prefetch `topics`."""
    found: dict[tuple[str, str], int] = {}
    for training in trainings:
        for topic in training.topics.all():
            key = (training.audience_id, topic.pk)
            found[key] = found.get(key, 0) + training.people
    return found


@dataclass(frozen=True)
class ProviderAgreement:
    """A treatment provider and an MOU of it; None: it has none in effect. `expires_soon`: in 90 days. `others`: with whom the MOU is."""

    provider: Partner
    agreement: Agreement | None
    expires_soon: bool
    others: str


def provider_agreements(actor: Actor, *, program: Program, today: dt.date) -> list[ProviderAgreement]:
    """Every active treatment provider with its MOU, those without one first. What the actor may not see of agreements is not there.

    Of several it is one with whoever leads the program or takes part in it, and of those the one that holds longest.
    """
    ours = {program.lead_id, *program.agencies.values_list("pk", flat=True)}
    providers = Partner.objects.visible_to(actor, Action.ENGAGEMENT_SEE).filter(
        sectors=TREATMENT_PROVIDERS, status=PartnerStatus.ACTIVE, merged_into=None
    )
    agreements = (
        Agreement.objects.visible_to(actor, Action.ENGAGEMENT_SEE)
        .filter(kind=AgreementKind.MOU, parties__in=providers)
        .prefetch_related("parties")
        .distinct()
    )
    best: dict[int, Agreement] = {}
    for agreement in agreements:
        if agreement.is_in_effect(today):
            for party in agreement.parties.all():
                best[party.pk] = max(
                    best.get(party.pk, agreement), agreement, key=lambda one: (_is_with(one, ours), _holds_until(one))
                )
    found = [_provider(one, best.get(one.pk), today) for one in providers]
    return sorted(found, key=lambda one: (one.agreement is not None, one.provider.name.casefold()))


def _provider(provider: Partner, agreement: Agreement | None, today: dt.date) -> ProviderAgreement:
    parties = [str(party) for party in agreement.parties.all() if party.pk != provider.pk] if agreement else []
    outside = [agreement.others] if agreement and agreement.others else []
    return ProviderAgreement(provider, agreement, _expires_soon(agreement, today), ", ".join([*parties, *outside]))


def _is_with(agreement: Agreement, partners: Collection[int]) -> bool:
    return any(party.pk in partners for party in agreement.parties.all())


def _holds_until(agreement: Agreement) -> dt.date:
    return agreement.expires_on or dt.date.max


def _expires_soon(agreement: Agreement | None, today: dt.date) -> bool:
    return bool(agreement and agreement.expires_on and agreement.expires_on <= today + dt.timedelta(days=90))


def crosswalk(models: Iterable[DeflectionModel]) -> Mapping[str, list[str]]:
    """By the model's key, the names of the pathways it is, the nearest first. Prefetch `pathways__pathway`."""
    return {model.key: [one.pathway.name for one in model.pathways.all()] for model in models}
