"""Two people, one record: a number that grows with each save tells when somebody else was faster."""

from __future__ import annotations

from typing import Any

from django.db import models


class EditConflict(Exception):
    """Somebody saved the record since the form was opened. `current` is the record as it is now."""

    def __init__(self, current: Versioned) -> None:
        super().__init__("Somebody else saved this since you opened it.")
        self.current = current


class Versioned(models.Model):
    """A record people edit side by side. Forms carry `version`; `lock` compares it under a row lock."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def lock(self, version: int | None) -> None:
        """Locks the row until the transaction ends and counts the version up; the caller then saves the record.

        Raises EditConflict when `version`, the one the form was opened with, is not the one in the database. None skips the
        comparison, for changes that depend on no earlier value.
        """
        current: Any = type(self)._default_manager.select_for_update().get(pk=self.pk)
        if version is not None and current.version != version:
            raise EditConflict(current)
        self.version = current.version + 1
