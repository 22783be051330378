"""Making and revoking the tokens with which agencies' records systems send counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from lbn.models import ApiToken
from lbn.tokens import SHOWN, digest_of, new_secret
from phast.audit import record

if TYPE_CHECKING:
    from coalitions.models import Partner
    from phast.access.actor import Actor


@transaction.atomic
def make_token(*, partner: Partner, name: str, by: Actor) -> tuple[ApiToken, str]:
    """A new token for the agency, and its secret: kept nowhere, shown once."""
    secret = new_secret()
    token = ApiToken.objects.create(
        coalition=by.coalition,
        partner=partner,
        name=name,
        digest=digest_of(secret),
        begins=secret[:SHOWN],
        created_by=by.user,
    )
    record("token.made", by=by, partner=partner, target=token)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor) -> None:
    """The token opens nothing from now on; what it sent stays. Once or twice is the same."""
    mine = ApiToken.objects.filter(pk=token.pk, revoked_at=None)
    if mine.update(revoked_at=timezone.now(), revoked_by=by.user):
        record("token.revoked", by=by, partner=token.partner, target=token)
