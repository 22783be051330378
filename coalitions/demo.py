"""The fictional coalition, from `data/demo/`. Days are counted from today. See `docs/content.md` for the files."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pgtrigger
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, models
from django.utils import timezone

from phast.access.actor import Actor
from phast.access.funnel import Tenant
from phast.accounts.models import User
from phast.jobs.models import JobState

from . import demo_help, demo_work
from .enums import RoleChoice
from .models import Coalition, Contact, Invitation, Membership, Partner, Position, PositionKind, Seat, Sector
from .models.people import INVITATION_LASTS
from .reference import rows
from .selectors import actor_for


class NotTheDemo(Exception):
    """Somebody real is in the coalition that has the demo's address."""


def load(password: str) -> tuple[Coalition, dict[str, Actor]]:
    """Creates what is missing of the coalition, its roster and its people, and gives those of `people.csv` the password.

    Returns the coalition and its people as actors, by e-mail address, for the other apps' parts.
    """
    row = rows("demo/coalition.csv")[0]
    coalition = Coalition.objects.filter(slug=row["slug"]).first()
    if coalition is None:
        coalition = Coalition(
            slug=row["slug"],
            name=row["name"],
            time_zone=row["time_zone"],
            reporting=row["reporting"],
            due_days=int(row["due_days"]),
            threshold=int(row["threshold"]),
        )
        coalition.program_start = first_of_month(coalition.today(), max(_counting().values()))
        coalition.save()
        coalition.counties.set(row["counties"].split())
    _refuse_others(coalition)
    partners = _partners(coalition)
    people = _people(coalition, partners, password) | _reporters(coalition, partners)
    _contacts(partners, people)
    _positions(coalition)
    _seats(coalition)
    _invitations(coalition, partners, people["coordinator@example.org"])
    demo_work.load(coalition, partners, people["coordinator@example.org"])
    demo_help.load(coalition, partners, people["coordinator@example.org"])
    actors = {email: actor_for(user=user, slug=coalition.slug) for email, user in people.items()}
    return coalition, {email: actor for email, actor in actors.items() if actor is not None}


def remove() -> None:
    """Removes the demo coalition and every row of it, also those that nobody may change otherwise. Accounts stay."""
    coalition = Coalition.objects.filter(slug=rows("demo/coalition.csv")[0]["slug"]).first()
    if coalition is None:
        return
    _refuse_others(coalition)
    # Foreign keys are checked at commit, so the order matters only where a row is found through another: the longest way first.
    tenants = [model for model in apps.get_models() if issubclass(model, Tenant) and not model._meta.proxy]
    tenants.sort(key=lambda model: len(model.coalition_path.split("__")) if model is not Coalition else 0, reverse=True)
    with pgtrigger.ignore():
        for model in tenants:
            mine: Any = model.objects.of(coalition)
            for field in model._meta.many_to_many:
                through = field.remote_field.through
                _delete(through._base_manager.filter(**{f"{field.m2m_field_name()}__in": mine}))
            _delete(mine)
        with connection.cursor() as cursor:
            # What waits for the commit is asked here: rows left behind are found, and nobody misses the last coordinator.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _delete(found: models.QuerySet) -> None:
    """Deletes in one statement: nothing cascades, so nothing is left behind unnoticed."""
    found.order_by()._raw_delete(found.db)


def _refuse_others(coalition: Coalition) -> None:
    """The demo has its cast in it, and perhaps people who try out invitations; a real coalition has nobody of the cast."""
    people = coalition.memberships.all()
    cast = [row["email"] for row in rows("demo/people.csv")]
    if people.exists() and not people.filter(user__email__in=cast).exists():
        raise NotTheDemo(f"{coalition} has people of its own, so it is not the demo. Nothing was changed.")


def _partners(coalition: Coalition) -> dict[str, Partner]:
    today = coalition.today()
    counting = _counting()
    there = {partner.name: partner for partner in coalition.partners.all()}
    sectors = Sector.objects.in_bulk()
    found = {}
    for row in rows("demo/partners.csv"):
        partner = there.get(row["name"])
        if partner is None:
            months = counting.get(row["key"])
            partner = Partner.objects.create(
                coalition=coalition,
                name=row["name"],
                agency_type=row["agency_type"],
                status=row["status"],
                website=row["website"],
                address=f"{row['city']}, New York",
                joined_on=first_of_month(today, 24),
                counts_since=first_of_month(today, months) if months else None,
            )
            partner.sectors.set([sectors[key] for key in row["sectors"].split()])
        found[row["key"]] = partner
    return found


def _counting() -> dict[str, int]:
    """How many months ago each agency began to count."""
    return {row["partner"]: int(row["first_month_ago"]) for row in rows("demo/agency_counts.csv")}


def _people(coalition: Coalition, partners: dict[str, Partner], password: str) -> dict[str, User]:
    listed = rows("demo/people.csv")
    there = {user.email: user for user in User.objects.filter(email__in=[row["email"] for row in listed])}
    # One hash for all: the password is the same and is written on the sign-in page.
    known = next((user.password for user in there.values() if check_password(password, user.password)), None)
    hashed = known or make_password(password)
    for row in listed:
        user = there.get(row["email"]) or User(email=row["email"], name=row["name"], last_login=_lately(row["email"]))
        user.password = hashed
        user.save()
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        Membership.objects.get_or_create(
            coalition=coalition, user=user, partner=partners[row["partner"]], defaults={"role": row["role"]}
        )
        there[user.email] = user
    return there


def _reporters(coalition: Coalition, partners: dict[str, Partner]) -> dict[str, User]:
    """Who counts for an agency and is not one of the sign-ins: an account without a password."""
    names = {row["email"]: row["name"] for row in rows("demo/contacts.csv")}
    signs_in = {row["email"] for row in rows("demo/people.csv")}
    found = {}
    for row in rows("demo/agency_counts.csv"):
        email = row["reporter"]
        if email and email not in signs_in:
            user = User.objects.filter(email=email).first() or User.objects.create_user(
                email, name=names[email], last_login=_lately(email)
            )
            EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
            Membership.objects.get_or_create(
                coalition=coalition, user=user, partner=partners[row["partner"]], defaults={"role": RoleChoice.REPORTER}
            )
            found[email] = user
    return found


def _lately(email: str) -> dt.datetime:
    """When the person signed in last, as if they had: within two weeks."""
    return timezone.now() - dt.timedelta(days=1 + sum(map(ord, email)) % 13)


def _invitations(coalition: Coalition, partners: dict[str, Partner], coordinator: User) -> None:
    """Invitations whose mail went out: one that waits for its answer, one that ran out."""
    there = set(coalition.invitations.values_list("email", flat=True))
    for row in rows("demo/invitations.csv"):
        if row["email"] not in there:
            sent = timezone.now() + dt.timedelta(days=int(row["sent_days"]))
            invitation = Invitation.objects.create(
                coalition=coalition,
                email=row["email"],
                name=row["name"],
                role=row["role"],
                partner=partners[row["partner"]],
                expires_at=sent + INVITATION_LASTS,
                created_by=coordinator,
                state=JobState.DONE,
                progress=100,
                requested_at=sent,
                started_at=sent,
                finished_at=sent,
            )
            Invitation.objects.filter(pk=invitation.pk).update(created_at=sent)


def _contacts(partners: dict[str, Partner], people: dict[str, User]) -> None:
    there = set(Contact.objects.filter(partner__in=partners.values()).values_list("email", flat=True))
    Contact.objects.bulk_create(
        Contact(
            partner=partners[row["partner"]],
            name=row["name"],
            title=row["title"],
            email=row["email"],
            phone=row["phone"],
            user=people.get(row["email"]),
        )
        for row in rows("demo/contacts.csv")
        if row["email"] not in there
    )


def _positions(coalition: Coalition) -> None:
    kinds = PositionKind.objects.in_bulk()
    holders = {contact.email: contact for contact in Contact.objects.of(coalition)}
    there = set(coalition.positions.values_list("title", flat=True))
    since = first_of_month(coalition.today(), 20)
    for row in rows("demo/positions_held.csv"):
        kind = kinds.get(row["position"])
        title = row["own_title"] or (kind.title if kind else "")
        if title not in there:
            holder = holders.get(row["contact_email"])
            Position.objects.create(
                coalition=coalition, kind=kind, title=title, contact=holder, since=since if holder else None
            )


def _seats(coalition: Coalition) -> None:
    there = set(coalition.seats.values_list("alias", flat=True))
    for row in rows("demo/seats.csv"):
        if row["alias"] not in there:
            since = first_of_month(coalition.today(), int(row["months_ago"]))
            Seat.objects.create(coalition=coalition, alias=row["alias"], sector_id=row["sector"], since=since)


def first_of_month(today: dt.date, months_ago: int) -> dt.date:
    """The first day of the month that many months before this one."""
    months = today.year * 12 + today.month - 1 - months_ago
    return dt.date(months // 12, months % 12 + 1, 1)
