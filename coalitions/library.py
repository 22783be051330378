"""How old the library is: an item that nobody has looked at for a year may be wrong by now."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .models import LibraryItem

STALE = dt.timedelta(days=365)


def stale(rows: QuerySet, today: dt.date) -> QuerySet:
    """The items that were looked at more than a year ago."""
    return rows.filter(reviewed_on__lt=today - STALE)


def is_stale(item: LibraryItem, today: dt.date) -> bool:
    return item.reviewed_on < today - STALE
