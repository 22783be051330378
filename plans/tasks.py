"""What beat does for plans."""

from celery import shared_task

from coalitions.models import Coalition
from plans.actions.mail import make_digests
from plans.models import PlanImport


@shared_task(name="plans.make_digests")
def make_all_digests() -> None:
    """Makes the mails about steps. Every quarter of an hour: seven in the morning comes at another time in every time zone."""
    for coalition in Coalition.objects.all():
        make_digests(coalition=coalition)


@shared_task(name="plans.forget_imports")
def forget_imports() -> None:
    """Empties the spreadsheets whose steps nobody brought in. Daily."""
    PlanImport.forget_abandoned()
