"""The rows most tests begin with."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from coalitions.models import Coalition, Membership, Partner
from phast.access.table import Role
from phast.accounts.models import User

PASSWORD = "correct horse battery staple"


def make_coalition(slug: str = "ours", **values: Any) -> Coalition:
    """A coalition in New York time."""
    values.setdefault("name", slug.title())
    return Coalition.objects.create(slug=slug, **values)


def make_partner(coalition: Coalition, name: str = "Troy Police", **values: Any) -> Partner:
    """A partner; pass `agency_type` to make it an agency."""
    return Partner.objects.create(coalition=coalition, name=name, **values)


def make_person(
    email: str = "someone@example.org",
    *,
    coalition: Coalition | None = None,
    role: Role | None = None,
    partner: Partner | None = None,
    name: str = "",
) -> User:
    """A person with a verified address and, when asked, a membership. The same address again is the same person."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    if coalition is not None and role is not None:
        Membership.objects.create(user=user, coalition=coalition, role=role, partner=partner)
    return user


def sign_in(client: Client, user: User, *, hours_ago: float = 0) -> None:
    """Signs in as allauth would have, `hours_ago`, with the second factor already shown where the role needs one."""
    from allauth.mfa.models import Authenticator

    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "test"}})
    session = client.session
    at = time.time() - hours_ago * 3600
    session["account_authentication_methods"] = [
        {"method": "password", "at": at},
        {"method": "mfa", "type": "totp", "at": at},
    ]
    session.save()


def let_the_planner_look(*models: type[Any]) -> None:
    """What autovacuum does within a minute in a live portal: after thousands of new rows the planner is told how many there are, or it
    may join them one by one for minutes."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
