"""What in the active plans goes unnoticed: steps nobody owns, nobody speaks of, or that are late; people who cannot be reached.

`sections` has it all, a `Section` each. A new kind of trouble is one more function that makes a section of what `_Found` read.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Max, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone

from coalitions.enums import PartnerStatus
from phast import mail
from phast.access.table import Action
from plans import selectors
from plans.due import in_words
from plans.enums import PlanStatus
from plans.models import Plan, PlanChange, Responsibility, Step, Update
from plans.outline import Party

if TYPE_CHECKING:
    from phast.access.actor import Actor

# A step nobody has spoken of for so long is silent.
SILENCE = dt.timedelta(days=30)
# Which changes of a plan made it active.
MADE_ACTIVE: dict[str, Any] = {"item": "plan", "undo__new__status": PlanStatus.ACTIVE}


@dataclass(frozen=True)
class Row:
    """One thing to mend: a step, or a party with the `steps` that wait for it. `mend` and `url`: the action that mends it."""

    name: str
    note: str
    mend: str
    url: str
    step: Step | None = None
    parties: list[Party] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """One kind of trouble. `why` says what it means, in a sentence."""

    key: str
    heading: str
    why: str
    rows: list[Row]


def sections(actor: Actor, plan: Plan | None = None) -> list[Section]:
    """Everything on the radar that the actor may see, of one plan or of all. Six queries, however much there is."""
    found = _Found(actor, plan)
    made = (_unowned(found), _vacant(found), _overdue(found), _silent(found), _unreachable(found), _refusing(found))
    return [section for section in made if section.rows]


def active_plans(actor: Actor) -> QuerySet:
    """The plans the radar looks at."""
    return Plan.objects.visible_to(actor, Action.PLANS_FOLLOW).carried_out().filter(status=PlanStatus.ACTIVE)


def silent_steps(actor: Actor) -> QuerySet:
    """Unfinished steps of active plans that nobody has spoken of for 30 days, the longest silence first; each says since when
    as `spoken_at`. A step that is younger, or whose plan was made active since, is not silent yet.
    """
    until = timezone.now() - SILENCE
    steps = _spoken(Step.objects.visible_to(actor, Action.PLANS_FOLLOW).unfinished()).filter(spoken_at__lt=until)
    activated = PlanChange.objects.filter(plan=OuterRef("plan"), **MADE_ACTIVE, at__gte=until)
    return steps.filter(~Exists(activated)).order_by("spoken_at", "pk")


def _spoken(steps: QuerySet) -> QuerySet:
    """With `spoken_at`: the last update or comment, or when the step was made."""
    last = Update.objects.filter(step=OuterRef("pk")).order_by().values("step").annotate(last=Max("at")).values("last")
    return steps.annotate(spoken_at=Greatest("created_at", Subquery(last)))


def _active_since(plans: Iterable[Plan]) -> dict[int, dt.datetime]:
    """When plans were last made active, as their changes say; a plan that was active from the start is not in it."""
    changes = PlanChange.objects.filter(plan__in=plans, **MADE_ACTIVE)
    return dict(changes.order_by().values("plan").annotate(last=Max("at")).values_list("plan", "last"))


def _is_silent(step: Any, since: dict[int, dt.datetime], until: dt.datetime) -> bool:
    return step.spoken_at < until and since.get(step.plan_id, step.spoken_at) < until


# ------------------------------------------------------------------ what there is
class _Found:
    """The rows that the sections are made of, each read once."""

    def __init__(self, actor: Actor, plan: Plan | None) -> None:
        self.actor, self.plan = actor, plan
        self.today, self.until = actor.coalition.today(), timezone.now() - SILENCE
        steps = Step.objects.visible_to(actor, Action.PLANS_FOLLOW).unfinished()
        self.unfinished = steps.filter(plan=plan) if plan else steps

    @cached_property
    def steps(self) -> list[Any]:
        """Steps that are late, silent or nobody's."""
        found = _spoken(self.unfinished).filter(
            Q(due_on__lt=self.today) | Q(spoken_at__lt=self.until) | ~selectors.OWNED
        )
        return list(
            found.select_related("plan").prefetch_related(selectors.responsibilities()).order_by("plan__title", "pk")
        )

    @cached_property
    def active_since(self) -> dict[int, dt.datetime]:
        return _active_since({step.plan for step in self.steps})

    @cached_property
    def doubtful(self) -> list[Responsibility]:
        """Responsibilities of positions, people and of partners that left."""
        rows = Responsibility.objects.filter(step__in=self.unfinished.order_by().values("pk"))
        rows = rows.filter(Q(partner=None) | Q(partner__status=PartnerStatus.INACTIVE))
        return list(
            rows.select_related(
                "step__plan", "partner", "contact__partner", "contact__user", "position__contact__partner",
                "position__contact__user",
            ).order_by("step__plan__title", "step__order", "step")
        )  # fmt: skip

    def people(self) -> dict[Any, list[Step]]:
        """The contacts who have something to do, by name or by a position, with their steps."""
        return _by_party((r.contact or (r.position and r.position.contact), r.step) for r in self.doubtful)

    def url(self, name: str, *arguments: int) -> str:
        return reverse(name, args=[self.actor.coalition.slug, *arguments])

    def row(self, step: Step, note: str, mend: str, page: str) -> Row:
        names = selectors.sees_names(self.actor)
        parties = [Party.of(r, names=names) for r in step.responsibilities.all()]
        return Row(step.title, note, mend, f"{self.url(page, step.pk)}?back=radar", step, parties)


def _by_party(pairs: Iterable[tuple[Model | None, Step]]) -> dict[Any, list[Step]]:
    found: dict[Any, dict[int, Step]] = defaultdict(dict)
    for party, step in pairs:
        if party is not None:
            found[party][step.pk] = step
    return {party: list(steps.values()) for party, steps in found.items()}


# ------------------------------------------------------------------ the sections
def _unowned(found: _Found) -> Section:
    rows = [
        found.row(step, _due(step), "Find an owner", "plans:step_responsible")
        for step in found.steps
        if not step.responsibilities.all()
    ]
    return Section("unowned", "Nobody is responsible", "What is everybody’s is nobody’s.", rows)


def _vacant(found: _Found) -> Section:
    waiting = _by_party((r.position, r.step) for r in found.doubtful if r.is_vacant)
    rows = [
        Row(position.title, "", "Fill the position", found.url("coalitions:position_edit", position.pk), steps=steps)
        for position, steps in sorted(waiting.items(), key=_by_name)
    ]
    return Section("vacant", "A position that nobody holds", "These steps wait for somebody to fill it.", rows)


def _overdue(found: _Found) -> Section:
    late = [step for step in found.steps if selectors.is_overdue(step, step.plan, found.today)]
    rows = [
        found.row(step, f"{_days((found.today - step.due_on).days)} late, {_due(step)}", "Update", "plans:step_update")
        for step in sorted(late, key=lambda step: step.due_on)
    ]
    return Section("overdue", "Overdue", "Ask how far it is, or agree on another day.", rows)


def _silent(found: _Found) -> Section:
    silent = [step for step in found.steps if _is_silent(step, found.active_since, found.until)]
    rows = [
        found.row(step, _days((timezone.now() - step.spoken_at).days), "Update", "plans:step_update")
        for step in sorted(silent, key=lambda step: step.spoken_at)
    ]
    return Section(
        "silent", "Silent for a month", "Nobody has updated it or said anything. Ask, and note the answer.", rows
    )


def _unreachable(found: _Found) -> Section:
    """Who left, and who mail cannot reach because there is no address."""
    left = _by_party((r.partner, r.step) for r in found.doubtful)
    rows = [
        Row(str(partner), "is no longer active", "Open the partner", found.url("coalitions:partner_detail", partner.pk),
            steps=steps)
        for partner, steps in sorted(left.items(), key=_by_name)
    ]  # fmt: skip
    for person, steps in sorted(found.people().items(), key=_by_name):
        if person.partner.status == PartnerStatus.INACTIVE:
            note, mend = f"{person.partner} is no longer active", "Open the contact"
        elif not (person.email or (person.user and person.user.is_active)):
            note, mend = f"{person.partner}, no e-mail address", "Add an address"
        else:
            continue
        rows.append(Row(person.name, note, mend, found.url("coalitions:contact_edit", person.pk), steps=steps))
    return Section("unreachable", "Cannot be reached", "Mail about these steps reaches nobody here.", rows)


def _refusing(found: _Found) -> Section:
    """People whose address sends mail back."""
    people = found.people()
    address = {person: person.user.email if person.user else person.email for person in people}
    known = mail.refusals(address.values())
    rows = [
        Row(person.name, f"{person.partner}, {known[address[person].lower()]}", "Correct the address",
            found.url("coalitions:contact_edit", person.pk), steps=steps)
        for person, steps in sorted(people.items(), key=_by_name)
        if address[person].lower() in known
    ]  # fmt: skip
    return Section("refused", "Mail comes back", "The address refuses mail, so these people do not hear of it.", rows)


def _by_name(pair: tuple[Any, list[Step]]) -> str:
    return str(pair[0]).lower()


def _due(step: Step) -> str:
    due = in_words(step.due_said, step.due_on)
    return f"due {due}" if due else ""


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
