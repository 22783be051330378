"""A report as a row."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef, Q

from phast.access.funnel import Tenant, TenantQuerySet
from phast.access.table import Action
from phast.jobs.models import Job, JobState
from phast.jobs.queue import nudge
from phast.versions import Versioned

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


class ReportBatch(Job, Tenant):
    """Many reports of one kind at once, such as every agency's of a month, and then one zip file with all of them.

    `wanted`: the fields of each. The job asks for the reports, waits until they are over, and packs them: `sha256` and `size` (bytes)
    are the zip file's. `action`: the right that reading one of them takes.
    """

    codes = frozenset({"kind", "action"})
    drawn_from = "wanted"

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, help_text="A key of phast.offers.report_kinds.")
    title = models.CharField(max_length=200)
    action = models.CharField(max_length=40)
    wanted = models.JSONField(default=list)
    file = models.FileField(upload_to="reports", max_length=120, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False, help_text="Bytes.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "report batches"
        ordering: ClassVar = ["-requested_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def waiting(cls) -> Q:
        """Not while a report of it is under way."""
        under_way = Report.objects.filter(batch=OuterRef("pk"), state__in=[JobState.WAITING, JobState.RUNNING])
        return super().waiting() & ~Q(Exists(under_way))

    @classmethod
    def without_file(cls, by: Any) -> dict[str, Any]:
        """Its reports can be drawn again."""
        return {"state": JobState.FAILED, "message": "A text in it was redacted. Ask for the reports again.", "size": 0}

    @property
    def seen_at(self) -> dt.datetime:
        """Also of its reports."""
        reports = self.reports.only("requested_at", "started_at", "finished_at", "lease_until")
        drawn = reports.filter(lease_until__isnull=False).order_by("-lease_until")[:1]
        ended = reports.filter(finished_at__isnull=False).order_by("-finished_at")[:1]
        return max([super().seen_at, *(one.seen_at for one in (*drawn, *ended))])

    def work(self) -> None:
        """Asks for its reports, then packs them."""
        from .batches import work

        work(self)


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
    batch = models.ForeignKey(ReportBatch, on_delete=models.PROTECT, null=True, editable=False, related_name="reports")
    place = models.PositiveIntegerField(null=True, editable=False, help_text="Which of the batch's reports it is.")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-requested_at", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "place"], name="report_once_a_batch")]
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

    def ended(self) -> None:
        """The last report of a batch lets it go on; whoever waits for a scheduled one gets mail."""
        from .batches import go_on

        if self.batch_id:
            go_on(self.batch_id)
        for mail in self.mails.filter(state=JobState.WAITING):
            nudge(mail._meta.label, mail.pk, mail.QUEUE)


class Every(models.TextChoices):
    MONTH = "month", "Each month"
    QUARTER = "quarter", "Each quarter"


class ReportSchedule(Versioned, Tenant):
    """A report that is made regularly, for chosen people, who get a link to it by e-mail.

    `choice`: `Choice.key` of what is asked for, each time for the newest time there is. `next_on`: the day from which it is due; what has
    no newer figures by then waits for them. `last_fields`: what was asked for last. `created_by`: who set it up or changed it last,
    on whose right it is drawn. `stopped_at`: it is not made any more, and `why_stopped` says why when it was not a person who stopped it.
    """

    codes = frozenset({"kind"})

    coalition = models.ForeignKey("coalitions.Coalition", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, help_text="A key of phast.offers.report_kinds.")
    choice = models.CharField("what it is about, and for whom", max_length=200)
    every = models.CharField("how often", max_length=7, choices=Every, default=Every.MONTH)
    people = models.ManyToManyField("coalitions.Membership", related_name="+", verbose_name="who gets a link")
    next_on = models.DateField()
    last_fields = models.JSONField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True, editable=False)
    why_stopped = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["kind", "pk"]

    def __str__(self) -> str:
        return f"{self.choice}, {self.get_every_display().lower()}"


class ReportMail(Job, Tenant):
    """A mail that says to one person that a scheduled report is there. It holds a link and no figure."""

    coalition_path = "schedule__coalition"
    hides_people = True

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, related_name="mails")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "user"], name="report_mailed_once")]

    def __str__(self) -> str:
        return f"Mail about {self.report}"

    @classmethod
    def waiting(cls) -> Q:
        """Not before the report is over."""
        return super().waiting() & Q(report__state__in=[JobState.DONE, JobState.FAILED])

    def work(self) -> None:
        """Sends it."""
        from .schedules import send

        send(self)
