"""Reference data from the source documents, loaded from `coalitions/data/` by natural key.

`order` is where a row stands in its file. It is not unique: a row that left the file but is in use stays beside a new one.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Sector(models.Model):
    """One of the 17 partner sectors. `source`: the title of the document that names it."""

    key = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(max_length=80, unique=True)
    order = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.name


class SectorExample(models.Model):
    """Who belongs to a sector, for example."""

    sector = models.ForeignKey(Sector, on_delete=models.CASCADE, related_name="examples")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["sector__order", "order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sector", "order"], name="example_once")]

    def __str__(self) -> str:
        return self.text


class Opportunity(models.Model):
    """Something a coalition can work on with a sector. `group` is the heading several of them share, if any."""

    key = models.SlugField(primary_key=True, max_length=80)
    sector = models.ForeignKey(Sector, on_delete=models.CASCADE, related_name="opportunities")
    order = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=60)
    text = models.TextField()

    class Meta:
        verbose_name_plural = "opportunities"
        ordering: ClassVar = ["sector__order", "order"]

    def __str__(self) -> str:
        return self.title


class PositionKind(models.Model):
    """A position coalitions usually have (a champion, the PHAST coordinator), or a role that a plan template names."""

    class Kind(models.TextChoices):
        STANDARD = "standard", "Position of a coalition"
        PLAN_ROLE = "plan_role", "Role in a plan"

    key = models.SlugField(primary_key=True, max_length=60)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.title


class Takeaway(models.Model):
    """One of the six takeaways of ASTHO's focus groups. `number`: 1 to 6."""

    key = models.SlugField(primary_key=True, max_length=60)
    number = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=160)
    source = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return self.title


class TakeawayAction(models.Model):
    """Something to do about a takeaway."""

    key = models.SlugField(primary_key=True, max_length=80)
    takeaway = models.ForeignKey(Takeaway, on_delete=models.CASCADE, related_name="actions")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    text = models.TextField()

    class Meta:
        ordering: ClassVar = ["takeaway__number", "order"]

    def __str__(self) -> str:
        return self.title


class CriticalElement(models.Model):
    """One of the six critical elements of a PHAST."""

    key = models.SlugField(primary_key=True, max_length=60)
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.title


class Dataset(models.Model):
    """A dataset partners share about overdoses, as the source documents name them."""

    key = models.SlugField(primary_key=True, max_length=60)
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.name
