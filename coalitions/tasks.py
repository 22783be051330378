"""What beat does for coalitions."""

from celery import shared_task

from coalitions.actions.engagement import record_coverage
from coalitions.actions.requests import forget_unconfirmed
from coalitions.expiry import warn
from coalitions.models import Coalition, RosterImport


@shared_task(name="coalitions.record_coverage")
def record_all_coverage() -> None:
    """Keeps which sectors are filled, once a month. Daily, so that a day without power skips no month."""
    for coalition in Coalition.objects.all():
        record_coverage(coalition=coalition)


@shared_task(name="coalitions.forget_imports")
def forget_imports() -> None:
    """Empties the spreadsheets that nobody brought in. Daily."""
    RosterImport.forget_abandoned()


@shared_task(name="coalitions.warn_of_expiry")
def warn_of_expiry() -> None:
    """Tells coordinators which agreements expire soon. Hourly, since the morning begins at another hour in each time zone."""
    for coalition in Coalition.objects.all():
        warn(coalition=coalition)


@shared_task(name="coalitions.forget_requests")
def forget_requests() -> None:
    """Deletes requests for help that nobody confirmed. Daily."""
    forget_unconfirmed()
