"""Plans to copy: how they come in from `plans/data/`, and what copying one would make."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from plans.enums import ItemKind
from plans.models import PlanTemplate, PlanTemplateItem, PlanTemplateParty

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load() -> str:
    """Loads the plan templates by their keys and says what it did. What is gone from the files is deleted."""
    templates, items = {}, {}
    for row in rows("templates.csv"):
        key = row.pop("key")
        templates[key], _ = PlanTemplate.objects.update_or_create(key=key, defaults=row)
    PlanTemplate.objects.exclude(key__in=templates).delete()
    for row in rows("template_items.csv"):  # a parent stands before its sub-steps
        template = templates[row["template"]]
        items[template.key, row["key"]], _ = PlanTemplateItem.objects.update_or_create(
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
    PlanTemplateItem.objects.exclude(pk__in=[item.pk for item in items.values()]).delete()
    parties = [
        PlanTemplateParty.objects.update_or_create(
            item=items[row["template"], row["item"]],
            order=int(row["order"]),
            defaults={"name": row["party"], "position_kind_id": row["position_key"]},
        )[0]
        for row in rows("template_parties.csv")
    ]
    PlanTemplateParty.objects.exclude(pk__in=[party.pk for party in parties]).delete()
    return f"{len(templates)} plan templates with {len(items)} items"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file below `plans/data/`."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
