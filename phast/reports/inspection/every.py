"""Every report that people may ask for, drawn as it would be now: for the command `check_reports` and its test."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from phast import offers
from phast.access.actor import Actor
from phast.reports.actions import as_it_is_now
from phast.reports.draw import pdf
from phast.reports.kinds import ReportKind, Request


@dataclass(frozen=True)
class Offered:
    """A report that somebody may ask for. `label`: what it is called among the choices."""

    kind: ReportKind
    label: str
    request: Request
    actor: Actor


def offered(actors: Iterable[Actor], kinds: Iterable[ReportKind] | None = None) -> Iterator[Offered]:
    """Each report once, even if several of these people may ask for it."""
    seen = set()
    for actor in actors:
        for kind in offers.report_kinds.values() if kinds is None else kinds:
            for choice in kind.choices(actor) if actor.can(kind.right) else ():
                request = kind.request(actor, choice.fields)
                key = (kind.key, repr(sorted(request.parameters.items())), request.audience, request.action)
                if key not in seen:
                    seen.add(key)
                    yield Offered(
                        kind, f"{choice.group}: {choice.label}" if choice.group else choice.label, request, actor
                    )


def drawn(one: Offered) -> Any:
    """The pages, as a `typeset.Drawn`; nothing is kept. Raises JobFailed with a sentence when there is nothing to draw."""
    with timezone.override(zoneinfo.ZoneInfo(one.actor.coalition.time_zone)):
        return pdf(one.kind, as_it_is_now(one.kind.key, one.request, one.actor))
