"""Plans to copy, loaded from `plans/data/` by natural key (see `plans.templates`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from plans.enums import Direction, ItemKind, Standing


class PlanTemplate(models.Model):
    """A plan to copy. `source`: the title of the document it comes from."""

    key = models.SlugField(primary_key=True, max_length=80)
    title = models.CharField(max_length=160)
    source = models.CharField(max_length=200)
    scenario = models.TextField()
    challenge = models.TextField()

    class Meta:
        ordering: ClassVar = ["title"]

    def __str__(self) -> str:
        return self.title


class PlanTemplateItem(models.Model):
    """A barrier, a recommendation or a step of a template; `parent` makes it a sub-step.

    `answers`: the barriers a recommendation answers; the recommendation a step carries out.
    """

    template = models.ForeignKey(PlanTemplate, on_delete=models.CASCADE, related_name="items")
    key = models.SlugField(max_length=80)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    kind = models.CharField(max_length=15, choices=ItemKind)
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    standing = models.CharField(max_length=10, choices=Standing, blank=True)
    how_learned = models.CharField(max_length=300, blank=True)
    answers = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="answered_by")

    class Meta:
        ordering: ClassVar = ["template", "kind", "order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["template", "key"], name="template_item_key")]

    def __str__(self) -> str:
        return self.title


class PlanTemplateParty(models.Model):
    """Who is responsible for a template's step: in a copy, the coalition's position of that kind."""

    item = models.ForeignKey(PlanTemplateItem, on_delete=models.CASCADE, related_name="parties")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    position_kind = models.ForeignKey("coalitions.PositionKind", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "plan template parties"
        ordering: ClassVar = ["item", "order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "order"], name="template_party_order")]

    def __str__(self) -> str:
        return self.name


class PlanTemplateMeasure(models.Model):
    """What a template proposes to measure; `items` are the steps that move it. Fields as in `Measure`."""

    template = models.ForeignKey(PlanTemplate, on_delete=models.CASCADE, related_name="measures")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, blank=True)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.UP)
    source = models.CharField(max_length=40, blank=True)
    items = models.ManyToManyField(PlanTemplateItem, blank=True, related_name="measures")

    class Meta:
        ordering: ClassVar = ["template", "order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["template", "order"], name="template_measure_order")]

    def __str__(self) -> str:
        return self.text
