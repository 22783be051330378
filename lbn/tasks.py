"""What beat does for counting."""

from celery import shared_task

from coalitions.models import Coalition
from lbn.actions import ensure_periods
from lbn.importing.actions import forget_abandoned
from lbn.reminders import remind


@shared_task(name="lbn.open_periods")
def open_periods() -> None:
    """Opens the reporting periods that have begun. Every ten minutes: midnight comes at another hour in every
    time zone, and an agency that has just begun to count waits for its first period."""
    for coalition in Coalition.objects.all():
        ensure_periods(coalition=coalition, today=coalition.today())


@shared_task(name="lbn.forget_abandoned")
def forget_abandoned_uploads() -> None:
    """Deletes uploads that nobody finished. Daily."""
    forget_abandoned()


@shared_task(name="lbn.remind_reports")
def remind_of_reports() -> None:
    """Reminds agencies of their reports. Hourly, since the morning begins at another hour in each time zone."""
    for coalition in Coalition.objects.filter(remind_reports=True):
        remind(coalition=coalition)
