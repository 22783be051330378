"""The mail about somebody's steps, and other work of theirs that is due: what it says, its links, and sending it.

Each link is signed out of a row's key and nonce; nothing of it is stored. The steps' link is good for 14 days and opens what that mail
was about and is still theirs; the other one changes how often mail comes, and works as long as mail goes to that address.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from coalitions.models import Membership
from phast import mail as post
from phast import offers
from phast.access.table import Action, Role
from phast.jobs.models import JobFailed
from plans.due import in_words
from plans.enums import PlanStatus, Rhythm
from plans.models import DigestMail, PlanChange, Step, Subscription, Update
from plans.owners import Owner, owner_of
from plans.radar import SILENCE

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor
    from phast.offers import DueWork

SOON = dt.timedelta(days=14)
LISTED = 25  # more than that nobody reads in a mail; the rest is a number
STEPS = Signer(salt="plans.digest.steps")
RHYTHM = Signer(salt="plans.digest.rhythm")


# ------------------------------------------------------------------ what it says
@dataclass(frozen=True)
class Line:
    """A step in the mail."""

    step: Step
    about: str  # when it is due, or since when nothing was heard


@dataclass
class Digest:
    """Somebody's steps by what they need, the most urgent first; each step once. `rest`: how many more there are. `work`: what else is
    overdue or due soon, whoever offers it."""

    overdue: list[Line] = field(default_factory=list)
    soon: list[Line] = field(default_factory=list)
    silent: list[Line] = field(default_factory=list)
    new: list[Line] = field(default_factory=list)
    also: list[Line] = field(default_factory=list)
    rest: int = 0
    work: list[DueWork] = field(default_factory=list)

    @property
    def sections(self) -> list[tuple[str, list[Line]]]:
        """What there is, under headings."""
        all_of_them = [
            ("Overdue", self.overdue),
            ("Due in the next two weeks", self.soon),
            ("No news for a month", self.silent),
            ("New for you", self.new),
            ("Also yours", self.also),
        ]
        return [(heading, lines) for heading, lines in all_of_them if lines]

    @property
    def steps(self) -> list[Step]:
        """The steps the mail names."""
        return [line.step for _, lines in self.sections for line in lines]

    @property
    def says(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.sections or self.work)

    @property
    def summary(self) -> str:
        """As a subject says it: "2 steps overdue, 1 due soon", "3 new steps, 1 deflection activity overdue"."""
        parts = [
            (self.overdue, "overdue"),
            (self.soon, "due soon"),
            (self.silent, "without news"),
            (self.new, "new"),
            (self.also, "waiting"),
        ]
        said = _counted(("step", "steps"), [(len(lines), words) for lines, words in parts])
        for kind in dict.fromkeys(work.kind for work in self.work):
            late = [work.overdue for work in self.work if work.kind == kind]
            said += _counted(kind, [(late.count(True), "overdue"), (late.count(False), "due soon")])
        return ", ".join(said)


def _counted(kind: tuple[str, str], parts: list[tuple[int, str]]) -> list[str]:
    """ "2 steps overdue", "1 due soon": the first that counts something names what is counted."""
    some = [(number, words) for number, words in parts if number]
    said = [f"{number} {words}" for number, words in some]
    for number, words in some[:1]:
        noun = kind[number != 1]
        said[0] = f"{number} {words} {noun}" if words == "new" else f"{number} {noun} {words}"
    return said


def other_work(coalition: Coalition) -> list[DueWork]:
    """What is overdue or due soon and is no step, the first to be due in front."""
    last_day = coalition.today() + SOON
    found = [work for source in offers.due_work for work in source(coalition, last_day)]
    return sorted(found, key=lambda work: work.due_on)


def open_steps(actor: Actor) -> QuerySet:
    """What the actor has to do in active plans, each with the moment it was last heard of (`heard_at`)."""
    return with_news(Step.objects.visible_to(actor, Action.STEP_UPDATE).unfinished()).filter(Step.assigned_to(actor))


def with_news(steps: QuerySet) -> QuerySet:
    """The steps with their plans and `heard_at`, those due first in front. As on the radar, a step that is young, or whose plan was
    made active lately, was heard of then."""
    said = Update.objects.filter(step=OuterRef("pk")).order_by().values("step").annotate(last=Max("at")).values("last")
    activated = PlanChange.objects.filter(plan=OuterRef("plan"), item="plan", undo__new__status=PlanStatus.ACTIVE)
    since = activated.order_by().values("plan").annotate(last=Max("at")).values("last")
    return (
        steps.select_related("plan")
        .annotate(heard_at=Greatest("created_at", Subquery(said), Subquery(since)))
        .order_by(F("due_on").asc(nulls_last=True), "plan__title", "order", "pk")
    )


def digest_of(steps: Iterable[Step], *, today: dt.date, told: Set[int], whole: bool = False) -> Digest:
    """Sorts somebody's open steps, given in order. `told`: keys of the steps an earlier mail named; with nothing urgent about them
    they are the rest, or with `whole` named again."""
    groups: dict[str, list[Line]] = {name: [] for name in ("overdue", "soon", "silent", "new", "also")}
    long_ago, found = timezone.now() - SILENCE, Digest()
    for step in steps:
        due = in_words(step.due_said, step.due_on)
        line = Line(step, f"due {due}" if due else "no due date")
        if step.due_on and step.due_on < today:
            groups["overdue"].append(line)
        elif step.due_on and step.due_on <= today + SOON:
            groups["soon"].append(line)
        elif step.heard_at < long_ago:
            groups["silent"].append(line)
        elif step.pk not in told:
            groups["new"].append(line)
        elif whole:
            groups["also"].append(line)
        else:
            found.rest += 1
    room = LISTED
    for name, lines in groups.items():
        setattr(found, name, lines[:room])
        found.rest += len(lines[room:])
        room -= len(lines[:room])
    return found


def preview(owner: Owner, coalition: Coalition) -> Digest:
    """What the person's mail would say now. Two queries, and what other work asks."""
    mails = DigestMail.objects.of(coalition).filter(**_subscriber(owner))
    found = digest_of(
        open_steps(owner.actor(coalition)), today=coalition.today(), told=set(mails.values_list("steps", flat=True))
    )
    found.work = list(filter(owner.has, other_work(coalition)))
    return found


def _subscriber(owner: Owner) -> dict[str, object]:
    return {"subscription__user": owner.user} if owner.user else {"subscription__contact": owner.contact}


# ------------------------------------------------------------------ links
def steps_link(mail: DigestMail) -> str:
    """The full address that opens the mail's steps."""
    return _link("step_link", STEPS.sign_object([mail.pk, mail.nonce]))


def rhythm_link(mail: DigestMail) -> str:
    """The full address that changes how often mail comes to where this mail went."""
    subscription = mail.subscription
    return _link("mail_choice", RHYTHM.sign_object([subscription.pk, subscription.nonce, _mark(mail.address)]))


def find_mail(token: str) -> DigestMail | None:
    """The mail of a link, whether it can still be used or not; None when we never made that link."""
    try:
        pk, nonce = STEPS.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    found = DigestMail.objects.filter(pk=pk, nonce=nonce)
    return found.select_related("coalition", *_people("subscription__")).first()


def find_subscription(token: str) -> Subscription | None:
    """The same for the other link. None, too, when mail goes to another address by now: somebody else may have the job."""
    try:
        pk, nonce, mark = RHYTHM.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    found = Subscription.objects.filter(pk=pk, nonce=nonce).select_related("coalition", *_people()).first()
    owner = owner_of(found) if found else None
    return found if owner is not None and mark == _mark(owner.address) else None


def owner_by(mail: DigestMail) -> Owner | None:
    """Who may use the mail's link; None when it went to an address that is no longer theirs."""
    owner = owner_of(mail.subscription)
    return owner if owner is not None and owner.address.lower() == mail.address.lower() else None


def steps_of(mail: DigestMail, actor: Actor) -> QuerySet:
    """What the mail was about and is still theirs and unfinished."""
    return open_steps(actor).filter(pk__in=mail.steps.through.objects.filter(digestmail=mail.pk).values("step"))


def _link(name: str, token: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[token])}"


def _mark(address: str) -> str:
    """Tells one address from another without naming it."""
    return salted_hmac("plans.digest.rhythm", address.lower(), algorithm="sha256").hexdigest()[:16]


def _people(before: str = "") -> list[str]:
    return [f"{before}coalition", f"{before}user", f"{before}contact__user"]


# ------------------------------------------------------------------ sending
def send(mail: DigestMail) -> None:
    """Sends the mail, with what is still to be done now. Whoever wants none any more, has nothing left to do or has another address
    meanwhile gets none; mail that is down raises, and the job is tried again until the link runs out."""
    mail = DigestMail.objects.select_related("coalition", *_people("subscription__")).get(pk=mail.pk)
    subscription, coalition = mail.subscription, mail.coalition
    if timezone.now() >= mail.expires_at:
        raise JobFailed("Mail was down until this mail’s link ran out.")
    owner = owner_by(mail)
    if owner is None or _stopped_since(mail):
        return
    actor = owner.actor(coalition)
    earlier = DigestMail.objects.filter(subscription=subscription, pk__lt=mail.pk)
    told = set(earlier.values_list("steps", flat=True))
    digest = digest_of(steps_of(mail, actor), today=coalition.today(), told=told, whole=True)
    digest.work = list(filter(owner.has, other_work(coalition)))
    if not digest.says:
        return
    digest.rest = open_steps(actor).count() - len(digest.steps)
    try:
        post.send(message(mail, owner, digest))
    except post.Refused:
        raise JobFailed("The address refuses mail. Correct it among the partner’s contacts.") from None


def message(mail: DigestMail, owner: Owner, digest: Digest) -> EmailMultiAlternatives:
    """The mail itself: plain text and HTML, without pictures and without anything that tells us whether it was read."""
    coalition, stop = mail.coalition, rhythm_link(mail)
    coordinators = [
        membership.user
        for membership in Membership.objects.of(coalition)
        .filter(role=Role.COORDINATOR, user__is_active=True)
        .select_related("user")
        .order_by("pk")[:3]
    ]
    words = {
        "coalition": coalition,
        "owner": owner,
        "digest": digest,
        "link": steps_link(mail),
        "site": settings.SITE_URL,
        "rhythm_link": stop,
        "rhythm": Rhythm(mail.subscription.rhythm),
        "expires_at": mail.expires_at,
        "coordinators": " or ".join(str(user) for user in coordinators),
    }
    with timezone.override(ZoneInfo(coalition.time_zone)):
        text = render_to_string("plans/mail/digest.txt", words)
        html = render_to_string("plans/mail/digest.html", words)
    built = EmailMultiAlternatives(
        subject=" ".join(f"{digest.summary} · {coalition}".split()),
        body=text,
        to=[mail.address],
        reply_to=[user.email for user in coordinators],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            "Auto-Submitted": "auto-generated",  # no out-of-office answers to coordinators
        },
    )
    built.attach_alternative(html, "text/html")
    return built


def _stopped_since(mail: DigestMail) -> bool:
    """True when the person chose to get no mail after this one was made. A link they asked for themselves comes all the same."""
    subscription = mail.subscription
    chosen_at = subscription.last_made_at
    return subscription.rhythm == Rhythm.NEVER and chosen_at is not None and mail.created_at < chosen_at
