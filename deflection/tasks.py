"""What beat does for the directory."""

from celery import shared_task

from coalitions.models import Coalition
from deflection.actions.importing import forget_undo
from deflection.models import ResourceImport
from deflection.verifying import remind


@shared_task(name="deflection.remind_to_verify")
def remind_to_verify() -> None:
    """Reminds those who keep entries to verify them. Hourly, since the morning begins at another hour in each time zone."""
    for coalition in Coalition.objects.all():
        remind(coalition=coalition)


@shared_task(name="deflection.forget_imports")
def forget_imports() -> None:
    """Empties the lists that nobody brought in, and what was kept for taking one back. Daily."""
    ResourceImport.forget_abandoned()
    forget_undo()
