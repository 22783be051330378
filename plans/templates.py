"""Plans to copy: how they come in from `plans/data/`, and what copying one would make."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from plans.enums import ItemKind
from plans.models import PlanTemplate, PlanTemplateItem, PlanTemplateMeasure, PlanTemplateParty

DATA = Path(__file__).parent / "data"

Templates = dict[str, PlanTemplate]
Items = dict[tuple[str, str], PlanTemplateItem]


@transaction.atomic
def load() -> str:
    """Loads the plan templates by their keys and says what it did. What is gone from the files is deleted."""
    templates = {}
    for row in rows("templates.csv"):
        key = row.pop("key")
        templates[key], _ = PlanTemplate.objects.update_or_create(key=key, defaults=row)
    PlanTemplate.objects.exclude(key__in=templates).delete()
    items = _load_items(templates)
    _load_parties(items)
    _load_measures(templates, items)
    return f"{len(templates)} plan templates with {len(items)} items"


def _load_items(templates: Templates) -> Items:
    items: Items = {}
    for row in rows(
        "template_items.csv"
    ):  # a parent stands before its sub-steps, and what is answered before what answers it
        template = templates[row["template"]]
        item, _ = PlanTemplateItem.objects.update_or_create(
            template=template,
            key=row["key"],
            defaults={
                "parent": items[template.key, row["parent"]] if row["parent"] else None,
                "kind": ItemKind(row["kind"]),
                "order": int(row["order"]),
                "title": row["title"],
                "detail": row["detail"],
                "standing": row["status"],
                "how_learned": row["how_learned"],
            },
        )
        item.answers.set([items[template.key, key] for key in row["answers"].split()])
        items[template.key, row["key"]] = item
    PlanTemplateItem.objects.exclude(pk__in=[item.pk for item in items.values()]).delete()
    return items


def _load_parties(items: Items) -> None:
    parties = [
        PlanTemplateParty.objects.update_or_create(
            item=items[row["template"], row["item"]],
            order=int(row["order"]),
            defaults={"name": row["party"], "position_kind_id": row["position_key"]},
        )[0]
        for row in rows("template_parties.csv")
    ]
    PlanTemplateParty.objects.exclude(pk__in=[party.pk for party in parties]).delete()


def _load_measures(templates: Templates, items: Items) -> None:
    measures = []
    for row in rows("template_measures.csv"):
        measure, _ = PlanTemplateMeasure.objects.update_or_create(
            template=templates[row["template"]],
            order=int(row["order"]),
            defaults={name: row[name] for name in ("text", "unit", "direction")} | {"source": row["values_from"]},
        )
        measure.items.set([items[row["template"], key] for key in row["items"].split()])
        measures.append(measure)
    PlanTemplateMeasure.objects.exclude(pk__in=[measure.pk for measure in measures]).delete()


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file below `plans/data/`."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
