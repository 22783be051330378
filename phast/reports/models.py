"""A report as a row."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from phast.access.funnel import Tenant, TenantQuerySet
from phast.access.table import Action
from phast.jobs.models import Job, JobState

if TYPE_CHECKING:
    from phast.access.actor import Actor


class ReportQuerySet(TenantQuerySet):
    def readable_by(self, actor: Actor) -> Self:
        """Every report the actor may read: each asks for the action its audience needs."""
        reach = (self.filter(action=action).visible_to(actor, action) for action in Action if actor.can(action))
        return reduce(or_, reach, self.none())

    def drawn_as(self, sha256: str) -> Report | None:
        """The report whose file has this hash, in whatever coalition: for who has the file."""
        return self.filter(sha256=sha256, state=JobState.DONE).select_related("coalition").first()


class Report(Job, Tenant):
    """A PDF for an audience. `action` is the right it takes to read it (exact counts, releases, plans), `partner` whose figures
    it holds when it is one agency's own, `is_released` whether it shows only what observers may read, `audience` says that in words.

    `data` is what was drawn, frozen at `data_as_of`; `sha256` is the file's.
    """

    partner_path = "partner"
    codes = frozenset({"kind", "action"})
    drawn_from = "data"

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, help_text="A key of phast.offers.report_kinds.")
    title = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict, help_text="What to draw: keys and dates, as the kind defines them.")
    action = models.CharField(max_length=40)
    partner = models.ForeignKey("coalitions.Partner", on_delete=models.PROTECT, null=True, related_name="+")
    is_released = models.BooleanField(default=False)
    audience = models.CharField(max_length=200)
    data = models.JSONField(null=True, encoder=DjangoJSONEncoder, editable=False)
    data_as_of = models.DateTimeField(null=True, editable=False)
    drawn_at = models.DateTimeField(null=True, editable=False)
    file = models.FileField(upload_to="reports", max_length=120, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveIntegerField(default=0, editable=False, help_text="Bytes.")
    pages = models.PositiveSmallIntegerField(default=0, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-requested_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["coalition", "-requested_at"], name="report_of_coalition")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def released(cls) -> Q:
        return Q(is_released=True)

    @classmethod
    def without_file(cls, by: Any) -> dict[str, Any]:
        """It can be drawn again."""
        return {
            "state": JobState.FAILED,
            "message": "A text in it was redacted. Ask for it again.",
            "size": 0,
            "pages": 0,
        }

    def work(self) -> None:
        """Draws it."""
        from .draw import draw

        draw(self)
