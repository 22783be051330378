"""The admin asks of its people what the portal asks of coordinators: who they are, lately, and with a second factor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from . import proof


class PortalAdmin(AdminSite):
    """Who may open it can change any account, and so reach any coalition."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not _to_prove(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The portal's own pages, with their limits, never a form of the admin's."""
        back = request.GET.get(REDIRECT_FIELD_NAME) or resolve_url("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(back)
        if not super().has_permission(request):
            raise PermissionDenied
        asked = _to_prove(request)
        if asked == resolve_url("mfa_index"):
            return redirect(asked)
        return redirect_to_login(back, asked) if asked else super().login(request, extra_context)


def _to_prove(request: HttpRequest) -> str:
    """The address where the person proves what is missing; empty when nothing is."""
    if not settings.DEMO:
        if not proof.has_second_factor(request):
            return resolve_url("mfa_index")
        if not proof.showed_second_factor(request):
            return proof.where_to_show_it(request)
    return "" if proof.is_recent(request) else resolve_url("account_reauthenticate")
