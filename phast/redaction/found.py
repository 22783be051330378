"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .matching import Preview

PREVIEWS = 3  # of one kind of place


@dataclass
class Places:
    """The places of one kind: a field of a table, files, accounts, unsent forms. `keys`: of the rows it stands in.

    `does`: what redacting does there, when that is more than replacing the text.
    """

    key: str
    label: str
    does: str = ""
    count: int = 0
    keys: list[Any] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)

    @property
    def is_files(self) -> bool:
        """True for files: they are deleted whole."""
        return self.key.endswith((":added", ":made", ":unsearched"))

    def add(self, key: Any, preview: Preview | None = None) -> None:
        self.count += 1
        self.keys.append(key)
        if preview is not None and len(self.previews) < PREVIEWS and preview not in self.previews:
            self.previews.append(preview)


@dataclass
class Found:
    """Where it stands. `unread`: names of files that nobody but a person can look into. `stays`: sentences on places that are not the
    coalition's to change.
    """

    groups: list[Places]
    unread: list[str]
    stays: list[str]

    @property
    def count(self) -> int:
        """In how many places it stands, besides files."""
        return sum(group.count for group in self.groups if not group.is_files)

    @property
    def files(self) -> int:
        """How many files hold it, as far as they can be searched."""
        return sum(group.count for group in self.groups if group.is_files and not group.key.endswith(":unsearched"))
