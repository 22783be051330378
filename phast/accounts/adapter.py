"""How allauth behaves here: an account is opened by invitation only."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from phast.access import proof


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed; `coalitions.actions.accept_invitation` opens accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not from somebody who has just signed in: a new coordinator sets up the second factor without typing the password twice."""
        just_now = proof.is_recent(self.request, within=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
        return super().is_reauthentication_required(app=app, **kwargs) and not just_now

    def get_user_display(self, user: Any) -> str:
        return str(user)
