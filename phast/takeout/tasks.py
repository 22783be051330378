"""What beat does for exports."""

from celery import shared_task

from .actions import forget_old


@shared_task(name="phast.takeout.forget")
def forget() -> None:
    """Deletes the files of exports that were kept long enough."""
    forget_old()
