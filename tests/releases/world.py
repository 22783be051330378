"""A published quarter, and one that can be published."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from coalitions.models import Coalition, Release, ReleaseDraft, SealedFigures
from coalitions.releases import Span, sha256
from phast.access.table import Role
from phast.accounts.models import User
from phast.jobs.models import JobState

LAST = Span.quarter_of(dt.datetime.now(ZoneInfo("America/New_York")).date()).quarter_before


def populate(coalition: Coalition, users: dict[Role, User], text: str) -> None:
    for number, quarter in enumerate((LAST.quarter_before.quarter_before, LAST.quarter_before), 1):
        table = {
            "cells": [["12180", 40 + number], ["12182", None], ["12207", None], ["unknown", 0]],
            "total": 90,
            "left_out": False,
        }
        moment = dt.datetime.combine(quarter.to_on, dt.time(12), dt.UTC)
        release = Release.objects.create(
            coalition=coalition,
            number=number,
            from_on=quarter.from_on,
            to_on=quarter.to_on,
            threshold=coalition.threshold,
            table=table,
            sha256=sha256(quarter, coalition.threshold, table),
            data_as_of=moment,
            published_at=moment,
            published_by=users[Role.COORDINATOR],
        )
    SealedFigures.objects.create(release=release, tables={"was": [], "agency_rows": None})
    ReleaseDraft.objects.create(
        coalition=coalition,
        from_on=LAST.from_on,
        to_on=LAST.to_on,
        state=JobState.DONE,
        requested_by=users[Role.COORDINATOR],
    )
