"""A plan's steps as people read them: numbered, nested, each with who is responsible and what holds it up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from plans.due import in_words
from plans.enums import StepStatus
from plans.models import Responsibility, Step, Update


@dataclass(frozen=True)
class Party:
    """A responsible party in words: `name` is what stands in bold; `who` adds the holder of a position or a person's partner."""

    key: int
    name: str
    who: str
    part: str
    part_label: str
    is_vacant: bool

    @classmethod
    def of(cls, responsibility: Responsibility, *, names: bool) -> Party:
        """With `names` False (for people who do not see contacts) a person is "somebody at" their partner."""
        r, who = responsibility, ""
        if r.position is not None:
            name = r.position.title
            if r.position.contact is not None and names:
                who = r.position.contact.name
        elif r.contact is not None:
            name, who = (
                (r.contact.name, r.contact.partner.name) if names else (f"Somebody at {r.contact.partner.name}", "")
            )
        else:
            name = str(r.partner)
        return cls(r.pk, name, who, r.part, r.get_part_display(), r.is_vacant)


@dataclass
class Node:
    """A step where it stands in the outline. `number` as people say it: 2.1; `mine`: assigned to the reader or their partner.

    `before`: the steps after which it can start; `holds_up`: the unfinished steps that wait for it.
    """

    step: Step
    number: str
    parties: list[Party]
    overdue: bool
    mine: bool
    can_update: bool
    latest: Update | None = None
    children: list[Node] = field(default_factory=list)
    before: list[Node] = field(default_factory=list)
    holds_up: list[Node] = field(default_factory=list)
    url: str = ""  # the page adds these two, for those who read it there
    tools: str = ""

    @property
    def key(self) -> str:
        """As the page's anchors name it."""
        return f"step-{self.step.pk}"

    @property
    def step_key(self) -> str:
        return str(self.step.pk)

    @property
    def under(self) -> str:
        """The id of the list of its sub-steps."""
        return f"under-{self.step.pk}"

    @property
    def due(self) -> str:
        return in_words(self.step.due_said, self.step.due_on)

    @property
    def unowned(self) -> bool:
        return not self.parties and not self.step.is_over

    @property
    def vacant(self) -> list[Party]:
        """Positions that nobody holds, while the step still needs them."""
        return [] if self.step.is_over else [party for party in self.parties if party.is_vacant]

    @property
    def waits_for(self) -> list[Node]:
        """The steps it still waits for."""
        return [] if self.step.is_over else [node for node in self.before if not node.step.is_over]

    @property
    def quiet(self) -> list[str]:
        """What else the outline says of it, in a line."""
        step = self.step
        waits = [f"waits for {node.number} {node.step}" for node in self.waits_for]
        said = [
            step.repeats and step.get_repeats_display().lower(),
            *waits,
            step.resources and f"needs: {step.resources}",
        ]
        return [words for words in [*said, step.funding and f"funding: {step.funding}"] if words]

    def walk(self) -> Iterator[Node]:
        """The step and everything below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Outline:
    """A plan's steps, and what in them needs somebody."""

    top: list[Node]

    def __iter__(self) -> Iterator[Node]:
        for node in self.top:
            yield from node.walk()

    @property
    def nodes(self) -> list[Node]:
        return list(self)

    def find(self, step: Step) -> Node | None:
        return next((node for node in self if node.step.pk == step.pk), None)

    @property
    def done(self) -> int:
        return sum(node.step.status == StepStatus.DONE for node in self)

    @property
    def counted(self) -> int:
        """Steps that are meant to be done: all but the dropped ones."""
        return sum(node.step.status != StepStatus.DROPPED for node in self)

    @property
    def overdue(self) -> list[Node]:
        return [node for node in self if node.overdue]

    @property
    def unowned(self) -> list[Node]:
        return [node for node in self if node.unowned]

    @property
    def vacant(self) -> list[Node]:
        return [node for node in self if node.vacant]

    @property
    def needs_somebody(self) -> bool:
        return any(node.overdue or node.unowned or node.vacant for node in self)

    @property
    def mine(self) -> list[Node]:
        """What the reader, their organization or their position has still to do."""
        return [node for node in self if node.mine and not node.step.is_over]
