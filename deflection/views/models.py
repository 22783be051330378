"""The five models, to compare before anything is set up."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from deflection.checklist import Item, ModelList, side_by_side
from deflection.models import DeflectionModel
from deflection.selectors import crosswalk, model_lists
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action


@require_GET
@requires(Action.DEFLECTION_SEE)
def model_list(request: ActorRequest) -> HttpResponse:
    """Models side by side: all five, or those that `?model=` names by their numbers, with every activity, part and topic."""
    everything = model_lists()
    wanted = set(request.GET.getlist("model"))
    chosen = [model for model in everything if str(model.number) in wanted] or everything
    pathways = crosswalk(DeflectionModel.objects.prefetch_related("pathways__pathway"))
    compared = side_by_side(chosen)
    shared = [items for _, _, items in compared if all(items)]
    context = {
        "everything": [(model, model in chosen, pathways.get(model.key, [])) for model in everything],
        "chosen": chosen,
        "rows": [
            (work, is_part, [_cell(model, item) for model, item in zip(chosen, items, strict=True)])
            for work, is_part, items in compared
        ],
        "lists": [(model, _nested(model)) for model in chosen],
        "shared": len(shared),
        "same": sum(_is_same(chosen, items) for items in shared),
        "may_add": request.actor.can(Action.DEFLECTION_EDIT),
        "start_query": "&".join(f"model={model.number}" for model in chosen) if len(chosen) < len(everything) else "",
    }
    return render(request, "deflection/model_list.html", context)


def _cell(model: ModelList, item: Item | None) -> tuple[ModelList, str, list[str]]:
    """What a model asks for in a row: its number there, and its topics in words."""
    if item is None:
        return model, "", []
    return model, item.number, [title for key, title in item.work.topics.items() if key in item.topics]


def _is_same(models: list[ModelList], items: list[Item | None]) -> bool:
    """Whether the models ask for the very same: the same topics, and the same parts."""
    asked = {
        (item.topics, frozenset(part.work.key for part in model.below(item.number)))
        for model, item in zip(models, items, strict=True)
        if item
    }
    return len(asked) == 1


def _nested(model: ModelList) -> list[tuple[Item, list[str], list[tuple[Item, list[str]]]]]:
    """A model's own list in its own order, parts below what they belong to, each with its topics in words."""
    return [
        (item, _cell(model, item)[2], [(part, _cell(model, part)[2]) for part in model.below(item.number)])
        for item in model.below("")
    ]
