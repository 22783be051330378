"""The two Celery tasks: run one job, and find those nobody runs."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from .lease import run
from .models import job_models
from .queue import nudge

SWEEP_AFTER = 10  # seconds a job may wait before the sweep nudges again


@shared_task(name="phast.jobs.run")
def run_job(label: str, pk: int) -> None:
    """Runs one job: `label` is its model ("reports.Report"), `pk` its key."""
    run(apps.get_model(label), pk)


@shared_task(name="phast.jobs.tasks.sweep")
def sweep() -> None:
    """Nudges every job that has waited for a while, and every one whose worker has gone silent."""
    long_ago = timezone.now() - dt.timedelta(seconds=SWEEP_AFTER)
    for model in job_models():
        lost = model.objects.filter(model.waiting() & Q(requested_at__lt=long_ago) | model.abandoned())
        for pk in lost.order_by("requested_at").values_list("pk", flat=True)[:500]:
            nudge(model._meta.label, pk, model.QUEUE)
