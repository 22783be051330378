"""The measures of a plan as this person may read them, and as everybody may."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.safestring import SafeString

from phast import charts, offers
from phast.access.table import Action
from phast.offers import MeasurePoint, MeasureSeries
from plans.adoption import adoption_series
from plans.curve import Curve
from plans.models import Measure, MeasureValue, Plan, Step

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

# With fewer partners asked, a number would tell who.
FEWEST = 3
MONTHS = 36  # of the adoption grid's history
ADOPTED = "Counted from the adoption grid: how many partners have adopted it."
TOO_FEW = f"Not shown while fewer than {FEWEST} partners have said where they stand."


@dataclass(frozen=True)
class Value:
    """A value as it is read. `key`: of the row somebody entered. `value` None is not shown, and `note` says why."""

    on: dt.date
    value: Decimal | None
    time: str = ""
    note: str = ""
    key: int | None = None

    @property
    def when(self) -> str:
        return self.dot.time

    @property
    def figure(self) -> str:
        return charts.figure(self.value)

    @property
    def dot(self) -> charts.Dot:
        return charts.Dot(self.on, self.value, self.time)


@dataclass(frozen=True)
class Reading:
    """A measure with its values, oldest first. `basis` says where they come from when nobody enters them."""

    measure: Measure
    values: list[Value]
    today: dt.date
    basis: str = ""
    steps: list[Step] = field(default_factory=list)

    @property
    def is_entered(self) -> bool:
        return not self.measure.source

    @cached_property
    def curve(self) -> Curve:
        m = self.measure
        return Curve(
            [value.dot for value in self.values],
            self.today,
            m.unit,
            m.direction,
            m.baseline,
            m.baseline_on,
            m.target,
            m.target_on,
            entered=self.is_entered,
        )

    @property
    def sentences(self) -> list[str]:
        return self.curve.sentences()

    @property
    def where(self) -> str:
        return self.curve.where()

    @property
    def standing(self) -> Any:
        return self.curve.standing()

    @property
    def latest_first(self) -> list[Value]:
        return self.values[::-1]

    @property
    def has_notes(self) -> bool:
        return any(value.note for value in self.values)

    @property
    def baseline(self) -> str:
        return self._amount(self.measure.baseline)

    @property
    def target(self) -> str:
        return self._amount(self.measure.target)

    @property
    def chart(self) -> SafeString:
        return self._drawn()

    @property
    def small_chart(self) -> SafeString:
        """For a list that says the numbers beside it."""
        return self._drawn(small=True)

    def _amount(self, value: Decimal | None) -> str:
        return "" if value is None else self.curve.amount(value)

    def _drawn(self, *, small: bool = False) -> SafeString:
        m = self.measure
        return charts.course(
            title=m.text,
            description=" ".join(self.sentences),
            dots=self.curve.dots,
            baseline=None if m.baseline is None else charts.Line(m.baseline, m.baseline_on),
            target=None if m.target is None else charts.Line(m.target, m.target_on),
            prefix=f"measure-{m.pk}{'-small' if small else ''}",
            small=small,
        )


# ------------------------------------------------------------------ for a reader
def readings(plan: Plan, actor: Actor) -> list[Reading]:
    """The plan's measures in their order, with what this actor may see of each. At most four queries and one for each source."""
    return _read(Measure.objects.visible_to(actor, Action.PLANS_FOLLOW).present().filter(plan=plan), _Seen(actor))


def reading(measure: Measure, actor: Actor) -> Reading:
    """One measure as this actor may see it."""
    return _read(Measure.objects.visible_to(actor, Action.PLANS_FOLLOW).filter(pk=measure.pk), _Seen(actor))[0]


def released_readings(plan: Plan, coalition: Coalition) -> list[Reading]:
    """The plan's measures as everybody may see them: for versions, files and PDFs. Nobody's exact figures are in it."""
    return _read(Measure.objects.of(coalition).present().filter(plan=plan), _Released(coalition))


@dataclass(frozen=True)
class _Seen:
    """What one actor may see of a source."""

    actor: Actor

    @property
    def today(self) -> dt.date:
        return self.actor.coalition.today()

    @property
    def sees_the_grid(self) -> bool:
        return self.actor.can(Action.ADOPTION_SEE)

    def series(self, source: offers.MeasureSource) -> MeasureSeries:
        return source.values(self.actor)


@dataclass(frozen=True)
class _Released:
    """What everybody may see of a source."""

    coalition: Coalition
    sees_the_grid = False

    @property
    def today(self) -> dt.date:
        return self.coalition.today()

    def series(self, source: offers.MeasureSource) -> MeasureSeries:
        return source.released(self.coalition)


def _read(measures: Any, view: _Seen | _Released) -> list[Reading]:
    entered = Prefetch("values", MeasureValue.objects.order_by("on"))
    steps = Prefetch("steps", Step.objects.present().order_by("order", "pk"))
    found = list(measures.select_related("intervention").prefetch_related(entered, steps))
    adopted = _adoption([m for m in found if m.source == Measure.ADOPTION], view)
    offered: dict[str, MeasureSeries] = {}
    made = []
    for measure in found:
        if not measure.source:
            values = [Value(v.on, v.value, note=v.note, key=v.pk) for v in measure.values.all()]
            basis = ""
        else:
            if measure.source == Measure.ADOPTION:
                series = adopted[measure.pk]
            elif (source := offers.measure_sources.get(measure.source)) is not None:
                if measure.source not in offered:
                    offered[measure.source] = view.series(source)
                series = offered[measure.source]
            else:
                series = MeasureSeries("What this measure followed is no longer there.", [])
            basis, values = series.basis, [_value(point) for point in series.points]
        made.append(Reading(measure, values, view.today, basis, list(measure.steps.all())))
    return made


def _value(point: MeasurePoint) -> Value:
    return Value(point.on, None if point.value is None else Decimal(point.value), point.time, point.note)


# ------------------------------------------------------------------ the adoption grid as a series
def _adoption(measures: list[Measure], view: _Seen | _Released) -> dict[int, MeasureSeries]:
    """How many partners have adopted each measure's intervention, month by month; never who. By the keys of the measures. One query."""
    series = adoption_series(
        {m.intervention_id for m in measures if m.intervention_id}, until=view.today, months=MONTHS
    )
    return {m.pk: _adopted(series.get(m.intervention_id or 0, []), view) for m in measures}


def _adopted(counts: list[tuple[dt.date, int, int]], view: _Seen | _Released) -> MeasureSeries:
    points = [
        MeasurePoint(day, f"{day:%B %Y}", adopted)
        for day, adopted, asked in counts
        if asked >= FEWEST or view.sees_the_grid
    ]
    return MeasureSeries(ADOPTED if points or view.sees_the_grid else TOO_FEW, points)


def sources_of(plan: Plan) -> list[tuple[str, str]]:
    """Where a measure's values may come from, as choices: people, what the portal offers, the plan's adoption grid."""
    offered = [(source.key, source.label) for source in offers.measure_sources.values()]
    grid = [
        (f"{Measure.ADOPTION}-{intervention.pk}", f"Partners that have adopted: {intervention}")
        for intervention in plan.interventions.filter(removed_at=None)
    ]
    return [("", "People enter them"), *offered, *grid]
