"""The programs of a list, its rows, and the directory they are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coalitions.models import Partner
from coalitions.names import Names, organization, page_of
from deflection.models import Resource
from phast.access.table import Action

from . import cells as meaning

if TYPE_CHECKING:
    from phast.access.actor import Actor


class Directory:
    """The coalition's directory and partners, as an import compares with them. Five queries."""

    def __init__(self, actor: Actor) -> None:
        rows = Resource.objects.visible_to(actor, Action.SETTINGS_MANAGE).listed()
        self.resources = list(rows.prefetch_related("sites", "categories").order_by("pk"))
        self.by_name = {row.name.casefold(): row for row in self.resources}
        partners = Partner.objects.visible_to(actor, Action.SETTINGS_MANAGE).filter(merged_into=None)
        self.partners = {row.name.casefold(): row for row in partners}
        self.kinds = meaning.Kinds()
        self.today = actor.coalition.today()


@dataclass(eq=False)
class Place:
    """A program of the file. `resource`: the entry it is; None for a new one, and while that is open. `changes`, `new_kinds` and
    `all_sites`: what that entry gets; `loses_verified`: it is verified no longer then. `about`: what the file says of it, for the page;
    `only_hours`: hours of rows that name no site, each with the notes of its row."""

    key: str
    name: str
    rows: list[int] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    sites: list[dict[str, str]] = field(default_factory=list)
    only_hours: list[tuple[str, list[str]]] = field(default_factory=list)
    verified_on: Any = None
    about: str = ""
    resource: Resource | None = None
    same_as: Place | None = None
    is_open: bool = False
    changes: dict[str, Any] = field(default_factory=dict)
    new_kinds: set[str] = field(default_factory=set)
    all_sites: list[dict[str, Any]] | None = None
    newly_verified: bool = False
    loses_verified: bool = False

    @property
    def standing(self) -> str:
        """What becomes of it, in a word."""
        if self.is_open:
            return "which?"
        if self.resource is None:
            return "new"
        changed = self.changes or self.new_kinds or self.all_sites is not None or self.newly_verified
        return "changes it" if changed else "there already"


@dataclass
class Line:
    """A row of the file as it would come in. `notes`: what to look at; `refused`: why it does not come in."""

    row: int
    place: Place | None
    notes: list[str]
    said: str = ""
    refused: str = ""


@dataclass(frozen=True)
class Marks:
    """What tells that two programs may be one."""

    words: str
    phone: str
    page: str

    @classmethod
    def of(cls, name: str, phone: str, website: str) -> Marks:
        return cls(organization(name), meaning.digits(phone), page_of(website))

    def signs(self) -> set[tuple[str, str]]:
        """What of them another program may have as well."""
        said = {("words", self.words), ("phone", self.phone), ("page", self.page)}
        return said - {("phone", ""), ("page", "")}


class Pool:
    """What a program of the file may be: the entries of the directory, and the programs above it."""

    def __init__(self) -> None:
        self.ones: dict[str, Resource | Place] = {}
        self._names = Names()
        self._keys: dict[tuple[str, str], list[str]] = {}

    def add(self, key: str, one: Resource | Place, marks: Marks) -> None:
        """One more."""
        self.ones[key] = one
        self._names.add(key, marks.words)
        for sign in marks.signs():
            self._keys.setdefault(sign, []).append(key)

    def alike(self, marks: Marks) -> list[str]:
        """The keys of those that share a mark, in their order, then of those whose name is near."""
        sharing = {key for sign in marks.signs() for key in self._keys.get(sign, ())}
        near = (key for key in self._names.near(marks.words) if key not in sharing)
        return [*(key for key in self.ones if key in sharing), *near] if sharing else list(near)
