"""The five models and what they ask for, loaded from `deflection/data/` by natural key.

An `Activity` is work; a `ModelItem` is a line of one model's list that asks for it. Work that is the same in several models is one
activity with several lines. Where the models differ in what the work must cover, it has topics, and each line names its own.
`order` is where a row stands in its file; `place` where the source has it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from deflection.enums import Fit, Section


class DeflectionModel(models.Model):
    """One of the five models. `number`: 1 to 5, as in the source."""

    key = models.SlugField(primary_key=True, max_length=60)
    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    place = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return self.name


class Activity(models.Model):
    """Work that one model or several ask for. `parent`: the activity whose part it is, and which is done when its parts are."""

    key = models.SlugField(primary_key=True, max_length=60)
    order = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=10, choices=Section)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="parts")
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=300)

    class Meta:
        verbose_name_plural = "activities"
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.title


class Topic(models.Model):
    """Something an activity must cover, as some models ask for it."""

    key = models.SlugField(primary_key=True, max_length=80)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="topics")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar = ["activity__order", "order"]

    def __str__(self) -> str:
        return self.title


class ModelItem(models.Model):
    """A line of a model's list. `number`: "3", or "3.1" for a part of "3"; `topics`: what this model wants covered."""

    model = models.ForeignKey(DeflectionModel, on_delete=models.CASCADE, related_name="items")
    number = models.CharField(max_length=6)
    order = models.PositiveSmallIntegerField()
    parent = models.CharField(max_length=6, blank=True, help_text="The number of the line it is a part of.")
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="items")
    topics = models.ManyToManyField(Topic, related_name="+")
    place = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["model__number", "order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "number"], name="item_once_a_model"),
            # Asked at commit: lines may swap their numbers.
            models.UniqueConstraint(
                fields=["model", "activity"], name="activity_once_a_model", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model.number}: {self.number}"


class ActivityOffer(models.Model):
    """When all of `richer` is done, the portal asks whether `narrower` is, too. It never ticks it by itself."""

    narrower = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="offer")
    richer = models.ManyToManyField(Activity, related_name="+")
    text = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["narrower__order"]

    def __str__(self) -> str:
        return self.text


class Audience(models.Model):
    """Whom training reaches."""

    key = models.SlugField(primary_key=True, max_length=60)
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=200)
    place = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.name


class ResourceCategory(models.Model):
    """One of the nine kinds of local help in the directory."""

    key = models.SlugField(primary_key=True, max_length=60)
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    place = models.CharField(max_length=60)

    class Meta:
        verbose_name_plural = "resource categories"
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.name


class Pathway(models.Model):
    """One of the six pathways in wider use, for partners who know those names."""

    key = models.SlugField(primary_key=True, max_length=60)
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    source = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return self.name


class ModelPathway(models.Model):
    """That a model is what a pathway means, wholly or in part."""

    model = models.ForeignKey(DeflectionModel, on_delete=models.CASCADE, related_name="pathways")
    pathway = models.ForeignKey(Pathway, on_delete=models.CASCADE, related_name="models")
    fit = models.CharField(max_length=6, choices=Fit)

    class Meta:
        ordering: ClassVar = ["model__number", "fit", "pathway__order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["model", "pathway"], name="pathway_once_a_model")]

    def __str__(self) -> str:
        return f"{self.model}: {self.pathway}"
