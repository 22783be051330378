"""The words to have at hand: phrases to use, ways of talking to avoid, and what people who experienced an overdose said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lbn.enums import PhraseKind
from lbn.models import FocusPoint, FocusTheme, Phrase
from lbn.reference import rows


@dataclass(frozen=True)
class ToUse:
    """Words to use; `when`: if not always."""

    text: str
    when: str


@dataclass(frozen=True)
class ToAvoid:
    """A way of talking to avoid, why, and what to say instead."""

    text: str
    why: str
    instead: str


@dataclass(frozen=True)
class Theme:
    """What people said about one thing. The source has a theme that is a bare heading: it has no points."""

    title: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class AtHand:
    """What the card shows."""

    use: tuple[ToUse, ...]
    avoid: tuple[ToAvoid, ...]
    themes: tuple[Theme, ...]


def at_hand() -> AtHand:
    """The words in three queries."""
    return _made(Phrase.objects.values(), FocusTheme.objects.values(), FocusPoint.objects.values())


@cache
def at_hand_on_phones() -> AtHand:
    """The same from the release's own files: the phone page is one of those, and is made without the database."""
    points = [row | {"theme_id": row["theme"]} for row in rows("focus_points.csv")]
    return _made(rows("phrases.csv"), rows("focus_themes.csv"), points)


def _made(
    phrases: Iterable[Mapping[str, Any]], themes: Iterable[Mapping[str, Any]], points: Iterable[Mapping[str, Any]]
) -> AtHand:
    phrases, points = list(phrases), list(points)
    return AtHand(
        use=tuple(ToUse(row["text"], row["use_when"]) for row in phrases if row["kind"] == PhraseKind.USE),
        avoid=tuple(
            ToAvoid(row["text"], row["why"], row["instead"]) for row in phrases if row["kind"] == PhraseKind.AVOID
        ),
        themes=tuple(
            Theme(theme["title"], tuple(point["text"] for point in points if point["theme_id"] == theme["key"]))
            for theme in themes
        ),
    )
