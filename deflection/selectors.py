"""What pages and reports of deflection read more than once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from coalitions.enums import AgreementKind, PartnerStatus
from coalitions.models import Agreement, Partner
from phast.access.table import Action

from .checklist import Checklist, Item, ModelList, Work, checklist
from .enums import Section
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
    rows = list(
        ProgramActivity.objects.filter(program=program)
        .select_related("activity", "partner", "contact", "position")
        .order_by("activity__order", "pk")
    )
    ticks: dict[int, set[str]] = {}
    pairs = ProgramActivity.topics_done.through.objects.filter(programactivity__program=program)
    for row, topic in pairs.values_list("programactivity_id", "topic_id"):
        ticks.setdefault(row, set()).add(topic)
    offers = {
        offer.narrower_id: (frozenset(richer.pk for richer in offer.richer.all()), offer.text)
        for offer in ActivityOffer.objects.prefetch_related("richer")
    }
    done = {row: frozenset(keys) for row, keys in ticks.items()}
    return checklist(model_lists(program.follows.all()), rows, done, offers)


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
    """A treatment provider and its MOU that holds longest; None: it has none in effect. `expires_soon`: within 90 days."""

    provider: Partner
    agreement: Agreement | None
    expires_soon: bool


def provider_agreements(actor: Actor, *, today: dt.date) -> list[ProviderAgreement]:
    """Every active treatment provider with its MOU, those without one first. What the actor may not see of agreements is not there."""
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
                best[party.pk] = max(best.get(party.pk, agreement), agreement, key=_holds_until)
    found = [ProviderAgreement(one, best.get(one.pk), _expires_soon(best.get(one.pk), today)) for one in providers]
    return sorted(found, key=lambda one: (one.agreement is not None, one.provider.name.casefold()))


def _holds_until(agreement: Agreement) -> dt.date:
    return agreement.expires_on or dt.date.max


def _expires_soon(agreement: Agreement | None, today: dt.date) -> bool:
    return bool(agreement and agreement.expires_on and agreement.expires_on <= today + dt.timedelta(days=90))


def crosswalk(models: Iterable[DeflectionModel]) -> Mapping[str, list[str]]:
    """By the model's key, the names of the pathways it is, the nearest first. Prefetch `pathways__pathway`."""
    return {model.key: [one.pathway.name for one in model.pathways.all()] for model in models}
