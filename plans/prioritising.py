"""What partners and lived-experience seats think of a plan's recommendations: the field, its order, ties, and who has not voted yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet

from coalitions.enums import PartnerStatus
from coalitions.models import Partner, Seat
from phast.access.table import Action
from plans.models import Plan, Recommendation, Vote
from plans.models.vote import POINTS

if TYPE_CHECKING:
    from phast.access.actor import Actor

# Who does not see votes is shown means of whole threes: from the mean of two, or from the means before and after a fourth vote, somebody
# else's vote could be worked out.
SHOWN_FROM = 3
FAR_APART = 3  # between the lowest and the highest vote
TENTH = Decimal("0.1")
QUARTERS = ("Plan for it", "Do first", "Leave for now", "Quick gain")  # by impact, then by feasibility


@dataclass(frozen=True)
class Voter:
    """A partner or a seat that has a vote. `key` as a form sends it: partner-3."""

    row: Partner | Seat

    @property
    def key(self) -> str:
        return f"{'seat' if self.is_seat else 'partner'}-{self.row.pk}"

    @property
    def is_seat(self) -> bool:
        return isinstance(self.row, Seat)

    def __str__(self) -> str:
        return f"{self.row} (lived-experience seat)" if self.is_seat else str(self.row)


def key_of(vote: Vote) -> str:
    """The voter's."""
    return f"seat-{vote.seat_id}" if vote.seat_id else f"partner-{vote.partner_id}"


@dataclass(frozen=True)
class Scale:
    """What was said on one of the two scales. `mean` to one decimal: what looks equal is equal."""

    points: list[int]

    @property
    def mean(self) -> Decimal:
        return (Decimal(sum(self.points)) / len(self.points)).quantize(TENTH, ROUND_HALF_UP)

    @property
    def spread(self) -> str:
        """From the lowest to the highest, or that all agree."""
        low, high = min(self.points), max(self.points)
        return f"all say {low}" if low == high else f"{low} to {high}"

    @property
    def is_far_apart(self) -> bool:
        return max(self.points) - min(self.points) >= FAR_APART


@dataclass(frozen=True)
class Opinion:
    """What was said about one recommendation. `number`: its place in the plan. `votes`: those that count for this reader; without
    any, `impact` and `feasibility` are None. `cast`: how many there are."""

    recommendation: Recommendation
    number: int
    votes: list[Vote]
    cast: int

    @property
    def shown(self) -> bool:
        return bool(self.votes)

    @property
    def impact(self) -> Scale | None:
        return Scale([vote.impact for vote in self.votes]) if self.shown else None

    @property
    def feasibility(self) -> Scale | None:
        return Scale([vote.feasibility for vote in self.votes]) if self.shown else None

    @property
    def score(self) -> Decimal | None:
        """Mean impact × mean feasibility, 1 to 25."""
        if self.impact is None or self.feasibility is None:
            return None
        return (self.impact.mean * self.feasibility.mean).quantize(TENTH, ROUND_HALF_UP)

    @property
    def quarter(self) -> str:
        """Where in the field it lies, in words. The middle counts as high."""
        if self.impact is None or self.feasibility is None:
            return ""
        middle = Decimal(POINTS[0] + POINTS[-1]) / 2
        return QUARTERS[(0 if self.impact.mean >= middle else 2) + (self.feasibility.mean >= middle)]

    @property
    def differs(self) -> str:
        """Where opinions lie far apart, in a sentence; empty where they do not."""
        if self.impact is None or self.feasibility is None:
            return ""
        far = [
            (name, scale)
            for name, scale in (("impact", self.impact), ("feasibility", self.feasibility))
            if scale.is_far_apart
        ]
        return f"Opinions differ on {' and '.join(f'{name}: {scale.spread}' for name, scale in far)}." if far else ""


@dataclass(frozen=True)
class Priorities:
    """A plan's recommendations as they were weighed, in the plan's order. `votes`: by recommendation, every one; `voters`: who could
    vote; `voted`: the keys of those who did on at least one recommendation; `complete`: on every one."""

    opinions: list[Opinion]
    votes: dict[int, list[Vote]] = field(default_factory=dict)
    voters: list[Voter] = field(default_factory=list)
    voted: frozenset[str] = frozenset()
    complete: frozenset[str] = frozenset()

    @property
    def by_score(self) -> list[Opinion]:
        return _by_score(self.opinions)

    @property
    def is_in_order(self) -> bool:
        """True when the plan's order is that of the votes."""
        return self.by_score == self.opinions

    @property
    def placed(self) -> list[Opinion]:
        return [opinion for opinion in self.opinions if opinion.shown]

    @property
    def ties(self) -> list[str]:
        """Recommendations that came out equal, by their numbers: "2 and 5 are tied"."""
        groups: dict[Decimal, list[int]] = {}
        for opinion in self.by_score:
            if opinion.score is not None:
                groups.setdefault(opinion.score, []).append(opinion.number)
        return [f"{_listed(group)} are tied" for group in groups.values() if len(group) > 1]

    def votes_of(self, voter: Voter) -> dict[int, Vote]:
        """The voter's own votes, by the key of the recommendation."""
        return {key: vote for key, votes in self.votes.items() for vote in votes if voter.key == key_of(vote)}

    @property
    def missing(self) -> list[Voter]:
        """Who has not voted on anything yet."""
        return [voter for voter in self.voters if voter.key not in self.voted]

    @property
    def unfinished(self) -> list[Voter]:
        """Who has voted on some, not on all."""
        return [voter for voter in self.voters if voter.key in self.voted - self.complete]


def priorities(plan: Plan, actor: Actor) -> Priorities:
    """Four queries. Who entered and cast which vote is for those who may vote for everybody; the others get means of threes."""
    sees_all = actor.everywhere(Action.RECOMMENDATION_VOTE)
    recommendations = list(Recommendation.objects.present().filter(plan=plan))
    by_recommendation: dict[int, list[Vote]] = {each.pk: [] for each in recommendations}
    done: dict[str, int] = {}
    for vote in counted(recommendations).select_related("partner", "seat", "by"):
        by_recommendation[vote.recommendation_id].append(vote)
        done[key_of(vote)] = done.get(key_of(vote), 0) + 1
    opinions = [
        Opinion(each, number, said if sees_all else in_threes(said), len(said))
        for number, each in enumerate(recommendations, 1)
        for said in [by_recommendation[each.pk]]
    ]
    return Priorities(
        opinions,
        by_recommendation,
        electorate(actor),
        frozenset(done),
        frozenset(key for key, number in done.items() if number == len(recommendations)),
    )


def counted(recommendations: Sequence[Recommendation]) -> QuerySet[Vote]:
    """The votes on these that count: of a partner and one merged into it, the partner's own."""
    votes = Vote.objects.filter(recommendation__in=recommendations)
    of_kept = Vote.objects.filter(recommendation=OuterRef("recommendation"), partner=OuterRef("partner__merged_into"))
    return votes.exclude(Exists(of_kept))


def in_threes(votes: Iterable[Vote]) -> list[Vote]:
    """The votes that everybody's means count: whole threes, the oldest first."""
    oldest = sorted(votes, key=lambda vote: (vote.at, vote.pk))
    return oldest[: len(oldest) // SHOWN_FROM * SHOWN_FROM]


def electorate(actor: Actor) -> list[Voter]:
    """Who has a vote: the active partners and the seats. Two queries."""
    partners = Partner.objects.visible_to(actor, Action.ROSTER_SEE).filter(status=PartnerStatus.ACTIVE)
    seats = Seat.objects.visible_to(actor, Action.ROSTER_SEE).filter(left_on=None)
    return [Voter(row) for row in (*partners, *seats)]


def voters_for(actor: Actor, among: Iterable[Voter]) -> list[Voter]:
    """For whom this person may vote: the coordinator for all, others for their own partner. Their own come first."""
    everybody, own = actor.everywhere(Action.RECOMMENDATION_VOTE), actor.partner_ids(Action.RECOMMENDATION_VOTE)
    theirs = {f"partner-{key}" for key in actor.own_partner_ids}
    allowed = {f"partner-{key}" for key in own}
    found = [voter for voter in among if everybody or voter.key in allowed]
    return sorted(found, key=lambda voter: voter.key not in theirs)


def votes_of(voter: Voter, plan: Plan) -> dict[int, Vote]:
    """The voter's own votes, by the key of the recommendation."""
    whose = {"seat": voter.row} if voter.is_seat else {"partner": voter.row}
    votes = Vote.objects.filter(recommendation__plan=plan, recommendation__removed_at=None, **whose)
    return {vote.recommendation_id: vote for vote in votes}


def ranked(plan: Plan) -> list[Recommendation]:
    """The recommendations in the order of all votes. Two queries."""
    recommendations = list(Recommendation.objects.present().filter(plan=plan))
    votes: dict[int, list[Vote]] = {}
    for vote in counted(recommendations):
        votes.setdefault(vote.recommendation_id, []).append(vote)
    opinions = [
        Opinion(each, number, said, len(said))
        for number, each in enumerate(recommendations, 1)
        for said in [votes.get(each.pk, [])]
    ]
    return [opinion.recommendation for opinion in _by_score(opinions)]


def _by_score(opinions: Iterable[Opinion]) -> list[Opinion]:
    """The highest first; equal ones as they stand in the plan, those without a score last."""
    return sorted(opinions, key=lambda opinion: (opinion.score is None, -(opinion.score or 0), opinion.number))


def _listed(numbers: list[int]) -> str:
    """2 and 5; 1, 3 and 4."""
    return f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
