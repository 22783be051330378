"""`manage.py check` fails when something slips past the policy."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import models

from .funnel import Tenant
from .table import TABLE, Action, Role
from .urls import walk

LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "testserver", ".localhost"}


@register(Tags.urls)
def views_declare_access(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """Every view of ours says who may use it."""
    return [
        Error(
            f"{end.name or end.route} does not declare who may use it.",
            hint="Add @requires, @bearer or @public.",
            id="access.E001",
        )
        for end in walk()
        if end.ours and end.access is None
    ]


@register(Tags.models)
def tenant_models_have_a_path(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """A model that reaches a coalition by foreign keys is a `Tenant`, and its declared path leads to one."""
    errors = []
    for model in apps.get_models():
        if model._meta.auto_created or hasattr(model, "pgh_tracked_model"):
            continue  # join tables are read through their owners; history tables only through the rows they tell of
        if issubclass(model, Tenant):
            if not _leads_to_coalition(model, model.coalition_path):
                errors.append(Error(f"{model.__name__}.coalition_path leads nowhere.", obj=model, id="access.E002"))
        elif any(_is_coalition(field.related_model) for field in model._meta.fields if field.is_relation):
            errors.append(Error(f"{model.__name__} has a coalition but is no Tenant.", obj=model, id="access.E003"))
    return errors


@register()
def policy_is_complete(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """Every action answers for every role."""
    return [
        Error(f"The policy table has no answer for {action} and {role}.", id="access.E004")
        for action in Action
        for role in Role
        if role not in TABLE.get(action, {})
    ]


@register(Tags.security)
def demo_stays_home(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """Demo mode prints passwords on the sign-in page: never on a host that others can reach."""
    if settings.DEMO and not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return [
            Error(
                "DEMO is on and the portal answers to a host that is not this machine.",
                hint="Set DEMO=0, or ALLOWED_HOSTS to localhost and 127.0.0.1 only.",
                id="access.E005",
            )
        ]
    return []


def _is_coalition(model: Any) -> bool:
    return getattr(getattr(model, "_meta", None), "label", "") == "coalitions.Coalition"


def _leads_to_coalition(model: type[models.Model], path: str) -> bool:
    if path == "pk":
        return _is_coalition(model)
    current: Any = model
    for part in path.split("__"):
        current = current._meta.get_field(part).related_model
    return _is_coalition(current)
