"""What an offer looks like: the shapes of what apps register in `phast.offers`."""

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
