"""What apps offer one another, in one place.

The three leaf apps (`plans`, `lbn`, `deflection`) never import each other, and `phast` knows none of them. What crosses goes
through here: an app registers in its `AppConfig.ready()`, whoever needs it reads the list. Every offer is a plain callable, so
a reader can jump from the registry to the code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.access.table import Action


@dataclass(frozen=True)
class NavItem:
    """An entry of the navigation, shown to actors who may do `action` but not `unless`. `url_name` takes the coalition's slug."""

    label: str
    url_name: str
    action: Action
    order: int
    section: str  # the first path segment below /c/<slug>/, which marks the entry as current
    unless: Action | None = None  # a right that has an entry of its own in this place
    also: tuple[str, ...] = ()  # pages that belong to a tab though their addresses do not lie below its own


@dataclass(frozen=True)
class HomeCard:
    """Something that needs this actor: a sentence, an optional big number, where to go. `order`: lower is more urgent.

    `post_url` and `post`: an address and a button that deals with it at once.
    """

    order: int
    text: str
    url: str
    link: str
    number: str = ""
    note: str = ""
    urgent: bool = False
    post_url: str = ""
    post: str = ""


@dataclass(frozen=True)
class Figure:
    """A big number on the home page: "41 of 57 plan steps done". Figures stand in `order`; `note` is a few words."""

    order: int
    number: str
    label: str
    of: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class PartnerPage:
    """A page that an app has about a partner, for those who may open it: what it is called, and how things stand in a few words."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Sop:
    """A standard operating procedure. `key`: digits or letters, at most 40; `url`: where it is read."""

    key: str
    title: str
    url: str


@dataclass(frozen=True)
class ReleaseTable:
    """A table a release may hold, before suppression: exact figures.

    `cells`: a label, such as a ZIP, → its figure in each of the spans that were asked for. `left_out`: what belongs to none of them but
    reaches into one, as kits counted for a longer span do. `silent`: a label → the spans, by their place, of which nobody reported a
    figure: its zero there is none. `notes`: sentences that a reader needs beside it, without figures.
    """

    cells: Mapping[str, Sequence[int]]
    left_out: int = 0
    silent: Mapping[str, Collection[int]] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class ReleaseKind:
    """A kind of table that a coalition may choose for its releases.

    `title`: "Kits by ZIP code"; `head`: what its rows are; `unit`: what its figures are. Tables of one `measure` divide the same sum,
    by different `dim`s, so that they are made safe together. `exact(coalition, spans, named)`: the figures; each entry counts in
    the first span that holds it, and `named` are the keys of the agencies it may name. `names(labels)`: what people read for a
    label, and a note or "". `yearly`: it has figures of whole years only; `quarterly`: of whole quarters, so that there is no month of it.
    """

    key: str
    title: str
    head: str
    unit: str
    measure: str
    dim: str
    exact: Callable[..., ReleaseTable]
    names: Callable[[Iterable[str]], Mapping[str, tuple[str, str]]]
    yearly: bool = False
    quarterly: bool = False


@dataclass(frozen=True)
class ReleaseAgencies:
    """What a release must know of agencies. `to_name(coalition, spans)`: keys of those a table may name. `shares(coalition, spans, named)`:
    what each knows of each table by itself: agency → table → label → its own figures."""

    to_name: Callable[..., frozenset[str]]
    shares: Callable[..., Mapping[str, Mapping[str, Mapping[str, Sequence[int]]]]]


@dataclass(frozen=True)
class MeasurePoint:
    """What was measured when a time ended on a day. `time` says it in words ("January to March 2026"); a `value` of None is not
    shown, and `note` says why."""

    on: dt.date
    time: str
    value: int | None
    note: str = ""


@dataclass(frozen=True)
class MeasureSeries:
    """Points in the order of their days. `basis`: where they come from, in a sentence for who reads them."""

    basis: str
    points: Sequence[MeasurePoint]


@dataclass(frozen=True)
class MeasureSource:
    """A series that a plan may follow as one of its measures.

    `values` answers what this actor may see; `released(coalition)` what everybody may, for what is frozen and passed on.
    """

    key: str
    label: str
    unit: str
    values: Callable[[Actor], MeasureSeries]
    released: Callable[[Any], MeasureSeries]


@dataclass(frozen=True)
class LinkedStep:
    """A plan's step as other pages show it. `plan`: the key of its plan; `is_over`: it is done or was dropped."""

    key: int
    plan: int
    title: str
    status: str
    due: str
    url: str
    is_over: bool


@dataclass(frozen=True)
class DueStep:
    """A plan's step that is due soon or overdue, with who is responsible for it, in words."""

    title: str
    who: str
    due: str
    overdue: bool
    url: str


@dataclass(frozen=True)
class DueWork:
    """Work that is overdue or due soon and is no step of a plan, for the mail that tells people what is due.

    `of`: what it belongs to, in words; `kind`: what one and what several of its kind are called; `url`: a path of the portal. It is
    a partner's or a person's, by key; what a position owns is its holder's.
    """

    title: str
    of: str
    kind: tuple[str, str]
    due_on: dt.date
    overdue: bool
    url: str
    partner: int | None = None
    contact: int | None = None


@dataclass(frozen=True)
class Steps:
    """What plans do for other work that wants to become a step.

    `plans(actor)`: key and title of the plans the person may add to. `add(plan=, title=, detail=, origin=, party=, due=, by=)`: adds a
    step that remembers what it came of, to a new plan when `plan` is None. `of(actor, rows)`: the steps of rows of one kind, by
    the row's key. `due(actor)`: steps of active plans that are overdue or due within two weeks, the first to be due first.
    """

    plans: Callable[[Actor], Sequence[tuple[int, str]]]
    add: Callable[..., LinkedStep]
    of: Callable[[Actor, Sequence[Any]], Mapping[int, Sequence[LinkedStep]]]
    due: Callable[[Actor], Sequence[DueStep]]


@dataclass(frozen=True)
class PayableStep:
    """An unfinished step of an active plan: of which `plan` (its title), whether a source of funding pays for it, and what people
    wrote about money (`said`)."""

    step: LinkedStep
    plan: str
    is_paid: bool
    said: str


@dataclass(frozen=True)
class StepMoney:
    """What plans know of money. `open(actor)`: the steps that may need some, by plan. `pay(source=, steps=, by=)`: says which of them, by
    key, the source pays for; what it paid for and is finished stays."""

    open: Callable[[Actor], Sequence[PayableStep]]
    pay: Callable[..., None]


@dataclass(frozen=True)
class PlanProgress:
    """How far an active plan is."""

    title: str
    done: int
    steps: int


@dataclass(frozen=True)
class CalendarEntry:
    """Something in a person's calendar: a whole day (`starts` is a date, without a time zone), or from `starts` to `ends`.

    `uid` stays the same whatever changes; `changed`: when it last did. `url`: a path of the portal. What `text` says, this person may
    read.
    """

    uid: str
    starts: dt.date | dt.datetime
    title: str
    url: str
    changed: dt.datetime
    text: str = ""
    ends: dt.datetime | None = None


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
