"""What beat does for counting."""

from celery import shared_task

from coalitions.models import Coalition
from lbn.actions import ensure_periods


@shared_task(name="lbn.open_periods")
def open_periods() -> None:
    """Opens the reporting periods that have begun. Hourly, because midnight comes at another hour in every time zone."""
    for coalition in Coalition.objects.all():
        ensure_periods(coalition=coalition, today=coalition.today())
