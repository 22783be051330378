"""A spreadsheet between upload and "bring in": its cells are kept while somebody answers questions about them, and no longer."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from phast.access.funnel import Tenant
from phast.audit import record

ABANDONED = dt.timedelta(days=7)
NAME_LENGTH = 120


class WaitingSheet(Tenant):
    """The cells of a spreadsheet and what the person said about them, until what it holds is in the portal.

    `rows`: the cells as text; `answers`: which column is what, and what the person said. Both are emptied when the import is finished or
    given up. `OVER`: what somebody reads who comes back to it then; `VERB`: what the audit log calls it.
    """

    OVER: ClassVar[str] = "This import is over."
    VERB: ClassVar[str] = "import"
    typed_keys = frozenset({"answers"})

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("name of the file", max_length=NAME_LENGTH)
    rows = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def waiting(cls, pk: int) -> Self:
        """The import, locked until the transaction ends. Raises ValidationError when it is over."""
        found = cls.objects.select_for_update(of=("self",)).get(pk=pk)
        if found.finished_at is not None:
            raise ValidationError(cls.OVER)
        return found

    def finish(self, answers: dict[str, Any] | None = None) -> None:
        """Empties it; of the answers only what is given here stays. The caller saves nothing else of it."""
        self.rows, self.answers, self.finished_at = [], answers or {}, timezone.now()
        self.save(update_fields=["rows", "answers", "finished_at"])

    @classmethod
    def forget_abandoned(cls) -> int:
        """Gives up the imports that nobody finished for a week; answers how many."""
        old = cls.objects.filter(finished_at=None, created_at__lt=timezone.now() - ABANDONED)
        keys = list(old.values_list("pk", flat=True))
        for key in keys:
            with transaction.atomic():
                found = old.select_for_update(of=("self",)).filter(pk=key).first()
                if found is None:  # somebody came back this moment
                    continue
                found.finish()
                record(f"{cls.VERB}.abandoned", coalition=found.coalition, target=found)
        return len(keys)
