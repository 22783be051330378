"""Several questions in one query: for a page that needs a little of everything, such as the home page.

A question is a query set (answered by its rows) or `Counts`. PostgreSQL answers each as an array of JSON beside the others, and the
rows come back as model instances. Nothing is kept: who asks again reads again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, ForeignKey, Model, Q, QuerySet, Value
from django.db.models.functions import JSONObject

if TYPE_CHECKING:
    from phast.access.actor import Actor

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Counts:
    """How many of the rows are so: answered by a dict with a number for each of `which`."""

    rows: QuerySet
    which: Mapping[str, Q]


Questions = Mapping[str, QuerySet | Counts]
# a list of instances for a query set, a dict of numbers for `Counts`
Answers = Mapping[str, Any]


def together(coalition: Model, questions: Questions) -> Answers:
    """The answers by the questions' names, in one query. Annotations and relations of `select_related` come along, one step far;
    `prefetch_related` and `distinct` do not."""
    if not questions:
        return {}
    columns = {f"answer_to_{name}": ArraySubquery(_as_json(asked)) for name, asked in questions.items()}
    row = type(coalition)._default_manager.filter(pk=coalition.pk).values(**columns).get()
    return {name: _answer(asked, row[f"answer_to_{name}"] or []) for name, asked in questions.items()}


def _as_json(asked: QuerySet | Counts) -> QuerySet:
    if isinstance(asked, Counts):
        numbers = JSONObject(**{name: Count("pk", filter=which) for name, which in asked.which.items()})
        return asked.rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them").values(answer=numbers)
    names = {name: name for name in (*_columns(asked.model), *asked.query.annotations)}
    nested = {
        relation: JSONObject(**{name: f"{relation}__{name}" for name in _columns(field.related_model)})
        for relation, field in _related(asked)
    }
    return asked.values(answer=JSONObject(**names, **nested))


def _answer(asked: QuerySet | Counts, found: list[dict[str, Any]]) -> Any:
    if isinstance(asked, Counts):
        return found[0] if found else dict.fromkeys(asked.which, 0)
    rows = []
    for values in found:
        row = _instance(asked.model, values)
        for name, annotation in asked.query.annotations.items():
            setattr(row, name, annotation.output_field.to_python(values[name]))
        for relation, field in _related(asked):
            if getattr(row, field.attname) is not None:
                setattr(row, relation, _instance(field.related_model, values[relation]))
        rows.append(row)
    return rows


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _related(asked: QuerySet) -> list[tuple[str, ForeignKey]]:
    wanted = asked.query.select_related
    return [(name, asked.model._meta.get_field(name)) for name in wanted] if isinstance(wanted, dict) else []


def _instance(model: type[Model], values: Mapping[str, Any]) -> Any:
    fields = model._meta.concrete_fields
    row = model(**{field.attname: field.to_python(values[field.attname]) for field in fields})
    row._state.adding = False
    row._state.db = "default"
    return row


@dataclass(frozen=True)
class Asking(Generic[Answer]):
    """A function of an actor that says beforehand what it has to know, so that its questions can go with those of others."""

    asks: Callable[[Actor], Questions]
    say: Callable[[Actor, Answers], Answer]

    def __call__(self, actor: Actor) -> Answer:
        return self.say(actor, together(actor.coalition, self.asks(actor)))


def asking(asks: Callable[[Actor], Questions]) -> Callable[[Callable[[Actor, Answers], Answer]], Asking[Answer]]:
    """Makes a function of an actor out of one that is given the answers, too: `asks(actor)` has the questions."""
    return lambda say: Asking(asks, say)


def all_of(sources: Iterable[Callable[[Actor], Answer]], actor: Actor) -> list[Answer]:
    """What each source says to the actor, in their order. Those that are `asking` ask together, in one query."""
    sources = list(sources)
    questions = {
        f"{n}_{name}": asked
        for n, source in enumerate(sources)
        if isinstance(source, Asking)
        for name, asked in source.asks(actor).items()
    }
    answers = together(actor.coalition, questions)
    said = []
    for n, source in enumerate(sources):
        if isinstance(source, Asking):
            mine = {name.removeprefix(f"{n}_"): answer for name, answer in answers.items() if name.startswith(f"{n}_")}
            said.append(source.say(actor, mine))
        else:
            said.append(source(actor))
    return said
