"""What apps offer one another, in one place.

The three leaf apps (`plans`, `lbn`, `deflection`) never import each other, and `phast` knows none of them. What crosses goes
through here: an app registers in its `AppConfig.ready()`, whoever needs it reads the list. Every offer is a plain callable, so
a reader can jump from the registry to the code. `shapes` says what each offer holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .shapes import (
    CalendarEntry,
    DueStep,
    DueWork,
    Figure,
    HomeCard,
    LinkedStep,
    MeasurePoint,
    MeasureSeries,
    MeasureSource,
    NavItem,
    PartnerPage,
    PayableStep,
    PlanProgress,
    ReleaseAgencies,
    ReleaseKind,
    ReleaseTable,
    Sop,
    StepMoney,
    Steps,
)

if TYPE_CHECKING:
    from phast.access.actor import Actor

__all__ = [  # whoever offers something takes its shape from here too
    "CalendarEntry",
    "DueStep",
    "DueWork",
    "Figure",
    "HomeCard",
    "LinkedStep",
    "MeasurePoint",
    "MeasureSeries",
    "MeasureSource",
    "NavItem",
    "PartnerPage",
    "PayableStep",
    "PlanProgress",
    "ReleaseAgencies",
    "ReleaseKind",
    "ReleaseTable",
    "Sop",
    "StepMoney",
    "Steps",
]

nav_items: list[NavItem] = []
# "app.Model.field" -> what becomes of rows when the record they point to is merged into another (`phast.merging`)
merging: dict[str, Any] = {}
# section -> the pages of that section, shown as tabs; an app may add a page to another's section
tabs: dict[str, list[NavItem]] = {}
# (actor) -> home cards for that actor, most urgent first
home_cards: list[Callable[[Actor], Sequence[HomeCard]]] = []
# name -> loads that reference data from the app's CSV files, idempotent; returns a line to print. Loaded in this order.
reference_loaders: dict[str, Callable[[], str]] = {}
# (actor) -> keys of the positions that something counts on, so that it matters when nobody holds them
positions_counted_on: list[Callable[[Actor], Sequence[int]]] = []
# (actor) -> big numbers for that actor's home page
figures: list[Callable[[Actor], Sequence[Figure]]] = []
# (coalition, actors by e-mail address) -> creates what is missing of that app's part of the fictional coalition; run again, it
# changes nothing. Run in this order, in one transaction.
demo_loaders: list[Callable[[Any, dict[str, Actor]], None]] = []
# key -> a kind of table that releases may hold, in the order in which they are shown
release_kinds: dict[str, ReleaseKind] = {}
# what releases must know of agencies, from each app that offers tables
release_agencies: list[ReleaseAgencies] = []
# (actor, first day, last day) -> sentences to read before that span is released, such as periods that are still open
release_warnings: list[Callable[..., Sequence[str]]] = []
# key -> a series that measures of plans may follow
measure_sources: dict[str, MeasureSource] = {}
# how other work becomes steps of plans; one app offers it
steps: list[Steps] = []
# how steps are paid for; one app offers it
step_money: list[StepMoney] = []
# (coalition, last day) -> work that is open, has an owner and is due by then
due_work: list[Callable[[Any, dt.date], Iterable[DueWork]]] = []
# (coalition) -> how far its active plans are
plan_progress: list[Callable[[Any], Sequence[PlanProgress]]] = []
# (actor, "mine" or "all") -> what stands in a calendar of the actor's own things, or of the whole coalition's
calendars: list[Callable[[Actor, str], Iterable[CalendarEntry]]] = []
# (actor) -> the standard operating procedures the actor may point to, as evidence that something is done
sops: list[Callable[[Actor], Sequence[Sop]]] = []
# (actor, partner) -> the pages an app has about the partner that the actor may open
partner_pages: list[Callable[[Actor, Any], Sequence[PartnerPage]]] = []
# report kind -> how it is described, collected and drawn; see phast.reports.kinds
report_kinds: dict[str, Any] = {}
# (coalition, span, audience) -> an app's sections of the coalition's summaries; see phast.reports.summary
summaries: list[Callable[..., Sequence[Any]]] = []
# (coalition) -> how it wants its papers to look, a phast.look.Look; one app knows
looks: list[Callable[[Any], Any]] = []


def register_nav(*items: NavItem) -> None:
    """Adds entries to the main navigation, which keeps them in `order`."""
    nav_items.extend(items)
    nav_items.sort(key=lambda item: item.order)


def register_tabs(*items: NavItem) -> None:
    """Adds pages to the tabs of their `section`, which keeps them in `order`."""
    for item in items:
        tabs.setdefault(item.section, []).append(item)
        tabs[item.section].sort(key=lambda tab: tab.order)


def register_home(cards: Callable[[Actor], Sequence[HomeCard]]) -> None:
    """Adds a source of home-page cards."""
    home_cards.append(cards)


def register_figures(source: Callable[[Actor], Sequence[Figure]]) -> None:
    """Adds a source of big numbers for the home page."""
    figures.append(source)


def register_positions_counted_on(source: Callable[[Actor], Sequence[int]]) -> None:
    """Adds a source of positions that should not be vacant."""
    positions_counted_on.append(source)


def register_reference(name: str, load: Callable[[], str]) -> None:
    """Adds reference data to `manage.py load_reference`."""
    reference_loaders[name] = load


def register_demo(load: Callable[[Any, dict[str, Actor]], None]) -> None:
    """Adds a part to `manage.py load_demo`: `load(coalition, by_email)`, where `by_email` has the demo's people as actors
    ("coordinator@example.org" and so on). It finds its own rows by natural key, so that running again adds nothing twice.
    """
    demo_loaders.append(load)


def register_release_kinds(agencies: ReleaseAgencies, *kinds: ReleaseKind) -> None:
    """Offers tables that releases may hold, and what they must know of agencies to make them. What apps know of agencies adds up."""
    release_agencies.append(agencies)
    release_kinds.update({kind.key: kind for kind in kinds})


def register_release_warnings(warnings: Callable[..., Sequence[str]]) -> None:
    """Adds what a coordinator should know before a span is released."""
    release_warnings.append(warnings)


def register_measure_source(source: MeasureSource) -> None:
    """Offers a series that measures of plans may follow."""
    measure_sources[source.key] = source


def register_calendar(source: Callable[[Actor, str], Iterable[CalendarEntry]]) -> None:
    """Adds a source of entries to the calendars people follow. `source(actor, kind)`: kind "mine" for what is the actor's own."""
    calendars.append(source)


def register_due_work(source: Callable[[Any, dt.date], Iterable[DueWork]]) -> None:
    """Adds a source of work for the mail that tells people what is due: `source(coalition, last_day)`."""
    due_work.append(source)


def register_sops(source: Callable[[Actor], Sequence[Sop]]) -> None:
    """Offers standard operating procedures as evidence."""
    sops.append(source)


def register_partner_pages(source: Callable[[Actor, Any], Sequence[PartnerPage]]) -> None:
    """Adds a source of pages about a partner."""
    partner_pages.append(source)


def pages_about(actor: Actor, partner: Any) -> list[PartnerPage]:
    """What the apps have about a partner, for this actor."""
    return [page for source in partner_pages for page in source(actor, partner)]


def register_report(kind: Any) -> None:
    """Offers a kind of PDF report; `kind` is a `phast.reports.kinds.ReportKind`."""
    report_kinds[kind.key] = kind


def register_summary(source: Callable[..., Sequence[Any]]) -> None:
    """Adds sections to the coalition's summaries: `source(coalition, span, audience)` gives `phast.reports.summary.Section`s."""
    summaries.append(source)


def register_look(source: Callable[[Any], Any]) -> None:
    """Says how a coalition wants its papers to look: `source(coalition)` gives a `phast.look.Look`."""
    looks[:] = [source]


def register_steps(offer: Steps) -> None:
    """Offers to make steps out of other work."""
    steps[:] = [offer]


def register_merging(*rules: Any) -> None:
    """Says what becomes of the app's rows when what they point to is merged into another: `phast.merging.Follows` or `Stays`."""
    merging.update({rule.field: rule for rule in rules})


def register_step_money(offer: StepMoney) -> None:
    """Offers to link steps with what pays for them."""
    step_money[:] = [offer]


def register_plan_progress(source: Callable[[Any], Sequence[PlanProgress]]) -> None:
    """Adds a source of how far plans are."""
    plan_progress.append(source)
