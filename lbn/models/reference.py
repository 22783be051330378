"""Reference data of running a program, loaded from `lbn/data/` by natural key.

`source` says where in the source document a row has its place; the words are the portal's own. `order` is where a row stands
in its file; it is not unique: a row that left the file but is in use stays beside a new one.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from lbn.enums import Evidence, KitPart, PackPart, PhraseKind


class Listed(models.Model):
    """A row of a list that people read in its order."""

    key = models.SlugField(primary_key=True, max_length=60)
    order = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        abstract = True
        ordering: ClassVar = ["order"]


class Practice(Listed):
    """One of the eight practices. `heading`: what the source calls it, as far as its text is kept: "shortened" or "lost"."""

    class Heading(models.TextChoices):
        SHORTENED = "shortened", "Our short form of the source’s heading"
        LOST = "lost", "The source’s heading is lost: this one is ours"

    number = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=80)
    text = models.TextField()
    heading = models.CharField(max_length=10, choices=Heading)

    def __str__(self) -> str:
        return self.title


class PracticeElement(Listed):
    """What a practice asks for. `evidence`: what the portal knows that may show it; `next`: what to do where it is missing."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="elements")
    title = models.CharField(max_length=80)
    text = models.TextField()
    next = models.CharField(max_length=200)
    evidence = models.CharField(max_length=11, choices=Evidence)

    class Meta(Listed.Meta):
        ordering: ClassVar = ["practice__number", "order"]

    def __str__(self) -> str:
        return self.title


class RiskGroup(Listed):
    """One of the six groups to whom a kit is offered (practice 2)."""

    title = models.CharField(max_length=80)
    text = models.TextField()

    def __str__(self) -> str:
        return self.title


class TrainingElement(Listed):
    """One of the eight things personnel learn before they leave kits (practice 7)."""

    title = models.CharField(max_length=80)
    text = models.TextField()

    def __str__(self) -> str:
        return self.title


class KitItem(Listed):
    """Something a kit may hold (practice 1). `quantity`: how many a standard kit has of it."""

    part = models.CharField(max_length=10, choices=KitPart)
    name = models.CharField(max_length=80)
    text = models.TextField()
    quantity = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Phrase(Listed):
    """Words to use with somebody who is offered a kit, or a way of talking to avoid (attachment A). `use_when`: if not always. Of words
    to avoid, `why`, and what to say `instead`."""

    kind = models.CharField(max_length=5, choices=PhraseKind)
    text = models.CharField(max_length=200)
    use_when = models.CharField("when", max_length=80, blank=True)
    why = models.CharField(max_length=120, blank=True)
    instead = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.text


class FocusTheme(Listed):
    """What people said who experienced an overdose and were brought back with naloxone (attachment B). One theme is a bare heading in
    the source: it has no points."""

    title = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.title


class FocusPoint(Listed):
    """A point of such a theme."""

    theme = models.ForeignKey(FocusTheme, on_delete=models.CASCADE, related_name="points")
    text = models.TextField()

    class Meta(Listed.Meta):
        ordering: ClassVar = ["theme__order", "order"]

    def __str__(self) -> str:
        return self.text


class SopSection(Listed):
    """A section of a standard operating procedure. `text`: what it says until an agency changes it, with `{agency}` and other names in
    braces for what the portal fills in; `guide`: what to think about. `fixed`: it belongs to every procedure and stays as it is."""

    title = models.CharField(max_length=80)
    text = models.TextField()
    guide = models.TextField(blank=True)
    fixed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class PackText(Listed):
    """A piece of the roll-call pack. `minutes`: how long it takes to speak; `element`: which training element it covers."""

    part = models.CharField(max_length=8, choices=PackPart)
    title = models.CharField(max_length=80)
    text = models.TextField()
    minutes = models.PositiveSmallIntegerField(default=0)
    element = models.ForeignKey(TrainingElement, on_delete=models.PROTECT, null=True, related_name="pack_texts")

    def __str__(self) -> str:
        return self.title


class PathStep(Listed):
    """A step from the invitation to an agency's first count."""

    title = models.CharField(max_length=80)
    text = models.TextField()
    minutes = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.title
