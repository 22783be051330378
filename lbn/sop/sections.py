"""The sections of a procedure as a version keeps them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lbn.models import SopSection, SopVersion

NOTICE = "notice"  # the fixed section, which stands first and unnumbered
OWN = "own-"  # how keys of sections begin that an agency adds
MOST = 40


@dataclass(frozen=True)
class Section:
    """A section as it was written: `wording` has names in braces where the portal fills something in.

    In a version that is approved, `text` is what it says, and `filled` what was put in for each name; in a draft both are not yet
    known: `text` is the wording.
    """

    key: str
    title: str
    text: str
    wording: str
    filled: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """True for a section the agency added."""
        return self.key.startswith(OWN)

    def with_words(self, title: str, wording: str) -> Section:
        """The section of a draft, written anew."""
        return replace(self, title=title, text=wording, wording=wording, filled={})

    def kept(self) -> dict[str, Any]:
        """As `SopVersion.sections` keeps it."""
        kept: dict[str, Any] = {"key": self.key, "title": self.title, "text": self.text}
        return kept | {"wording": self.wording, "filled": dict(self.filled)} if self.filled else kept


def new_section(title: str, wording: str, key: str = "") -> Section:
    """A section of a draft. Without a key it is the agency's own, under a key no other version has."""
    return Section(key or OWN + secrets.token_hex(4), title, wording, wording)


def sections_of(version: SopVersion) -> list[Section]:
    """The sections in their order."""
    return [
        Section(
            one.get("key") or f"{OWN}{n}",
            one["title"],
            one["text"],
            one.get("wording", one["text"]),
            one.get("filled", {}),
        )
        for n, one in enumerate(version.sections)
    ]


def complete(sections: Iterable[Section], standard: Sequence[SopSection]) -> list[Section]:
    """With every section of the product's own sample: the notice first and word for word, one that is missing in its place."""
    kept = {section.key: section for section in sections if section.key != NOTICE}
    order = list(kept)
    before: str | None = None
    for row in standard:
        if row.fixed:
            continue
        if row.key not in kept:
            kept[row.key] = new_section(row.title, row.text, row.key)
            order.insert(order.index(before) + 1 if before else 0, row.key)
        before = row.key
    fixed = [new_section(row.title, row.text, row.key) for row in standard if row.fixed]
    return [*fixed, *(kept[key] for key in order)]


def numbered(sections: Iterable[Section]) -> list[tuple[int | None, Section]]:
    """The sections with the numbers they are printed under; the notice has none."""
    number, found = 0, []
    for section in sections:
        if section.key != NOTICE:
            number += 1
        found.append((None if section.key == NOTICE else number, section))
    return found
