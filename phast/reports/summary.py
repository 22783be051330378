"""What an app writes for the summaries of a coalition: its own section, for a time and for who reads it.

    def summary(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
        if audience.sees(Action.PLANS_FOLLOW) != Scope.COALITION:
            return []
        ...
        return [Section(30, "Plans", figures=[Big("41", "plan steps done", of="57")], tables=[...])]

    offers.register_summary(summary)  # in `AppConfig.ready()`

`span` has `from_on` and `to_on`, is a quarter or a year that is over, and says itself in words. A section is words and figures alone: it
is frozen with the report. What the audience may not read is not in it, and a figure of a release that is hidden is None.

A reader takes what stands in a summary for the time's own. So what is known only as it is now is marked: `now=True`, or stands in
`says_now`. The summary then says as of which day it is, beside it and wherever it goes. What is about the time names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phast.access.table import TABLE, Action, Role, Scope


@dataclass(frozen=True)
class Audience:
    """Who reads a summary: everybody to whom the policy gives `action` for the whole coalition; with `is_released` also those who read
    what is released. `label`: how it is chosen; `says`: as every page of the report says it."""

    key: str
    label: str
    action: Action
    says: str
    is_released: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that read it."""
        reach = {Scope.COALITION, Scope.RELEASED} if self.is_released else {Scope.COALITION}
        return frozenset(role for role, scope in TABLE[self.action].items() if scope in reach)

    def sees(self, action: Action) -> Scope:
        """How far all of them may: COALITION, RELEASED, or NONE as soon as one of them may not."""
        scopes = {TABLE[action][role] for role in self.roles}
        if scopes == {Scope.COALITION}:
            return Scope.COALITION
        return Scope.RELEASED if scopes <= {Scope.COALITION, Scope.RELEASED} else Scope.NONE


EVERYBODY = Audience(
    "everybody",
    "For everybody",
    Action.RELEASES_SEE,
    "For everybody. Only what is published: small counts are hidden.",
    is_released=True,
)
OWN_PEOPLE = Audience(
    "coalition",
    "For the coalition’s own people",
    Action.ENGAGEMENT_SEE,
    "For the coalition’s own people. Counts are those that are published.",
)
EXACT = Audience(
    "exact",
    "Exact figures, for the coordinator",
    Action.COUNTS_SEE,
    "Exact figures: for the coordinator only. Do not pass on.",
)
# The kinds of report that are made of these sections.
QUARTERLY, ANNUAL = "coalition_summary", "annual"
AUDIENCES = {audience.key: audience for audience in (EVERYBODY, OWN_PEOPLE, EXACT)}


@dataclass(frozen=True)
class Big:
    """A figure that stands at the head of the summary: "41" `of` "57" "plan steps done", and a few words more."""

    figure: str
    label: str
    note: str = ""
    of: str = ""
    now: bool = False


@dataclass(frozen=True)
class Table:
    """A table. The first `words` columns are words, the others figures; None is what `missing` says. `total` is its last row."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str | int | None]]
    words: int = 1
    total: Sequence[str | int | None] = ()
    missing: str = "hidden"
    now: bool = False


@dataclass(frozen=True)
class Chart:
    """Columns over time, of the same figures as a table of the section; None is what `missing` says. `says` is read out in its place."""

    title: str
    says: str
    labels: Sequence[str]
    values: Sequence[int | None]
    missing: str = "hidden"


@dataclass(frozen=True)
class Section:
    """What an app has to say. Sections stand in `order`; the figures of all of them are the head of the summary.

    `says`: sentences about the time; `says_now`: how things stand now; `quotes`: what people said, in their words; `notes`: for the end
    of the report, where figures come from.
    """

    order: int
    title: str
    figures: Sequence[Big] = ()
    says: Sequence[str] = ()
    says_now: Sequence[str] = ()
    chart: Chart | None = None
    tables: Sequence[Table] = ()
    quotes: Sequence[str] = ()
    notes: Sequence[str] = ()
