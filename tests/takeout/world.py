"""An export of everything that is kept, and a redaction that was made."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.utils import timezone

from coalitions.models import Coalition
from phast.access.table import Role
from phast.accounts.models import User
from phast.jobs.models import JobState
from phast.redaction.models import Redaction
from phast.takeout.models import Takeout


def populate(coalition: Coalition, users: dict[Role, User], text: str) -> None:
    takeout = Takeout(
        coalition=coalition,
        requested_by=users[Role.COORDINATOR],
        state=JobState.DONE,
        finished_at=timezone.now(),
        data_as_of=timezone.now(),
    )
    takeout.file.save("x.zip", ContentFile(text.encode()))
    Redaction.objects.create(coalition=coalition, by=users[Role.COORDINATOR], reason="person", places=3)
