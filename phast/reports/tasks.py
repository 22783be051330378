"""What beat does for reports."""

from celery import shared_task

from .schedules import make_due


@shared_task(name="phast.reports.make_due")
def make_due_reports() -> None:
    """Asks for scheduled reports. Hourly: a day begins at another hour in each time zone."""
    make_due()
