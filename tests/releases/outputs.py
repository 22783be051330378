"""Everything a person gets out of the portal, gathered without a list of addresses, filters, reports or mails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import tinyhtml5
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from phast import offers
from phast.access.actor import Actor
from phast.access.urls import Endpoint, walk
from phast.accounts.models import User
from phast.celery import app as celery
from phast.exports import FORMATS
from phast.jobs.lease import run
from phast.jobs.models import Job, JobFailed
from phast.reports.draw import collect
from tests.access.test_matrix import TENANT_PAGES, Visitor, row_arguments
from tests.world import World, actor_of

Outputs = dict[str, str]  # what was asked for → what came
OPEN_PAGES = [end for end in walk() if end.access in ("public", "signed in")]
ROWS = 3  # of a kind that are opened, the newest
# What differs from one answer to the next and says nothing: the token of a form, and the key of a row that was taken back.
PASSING = [
    (re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken&quot;: &quot;|csrftoken=)[\w-]+'), r"\1"),
    (re.compile(r'("csrf": ")[\w-]+'), r"\1"),
    (re.compile(r'(name="(?:client|page)_key" value=")[\w-]+'), r"\1"),
    (re.compile(r"(?<=Location: )(\S*?)\d+"), r"\1"),
]
QUERY = re.compile(r'href="([^"#]*\?[^"#]+)"')


def outputs(user: User, world: World, *, filters: bool = True) -> Outputs:
    """Every page, file, fragment, filter and report that this person may have of `ours`."""
    cache.clear()
    actor = actor_of(user, world.ours.coalition)
    return {**pages(user, actor, world, filters), **reports(user, actor), **mails(user)}


def pages(user: User, actor: Actor, world: World, filters: bool) -> Outputs:
    """The answer of every address that the person may ask, and of each filter that the answer offers."""
    visitor = Visitor(user)
    found: Outputs = {}
    waiting = [("GET", path) for end in TENANT_PAGES if actor.can(end.access) for path in addresses(end, actor, world)]
    waiting += [("POST", path) for _, path in waiting]
    waiting += [("GET", path) for end in OPEN_PAGES for path in open_addresses(end, actor)]
    while waiting:
        method, path = waiting.pop()
        answer = visitor.ask(method, path)
        if answer.status_code in (403, 404, 405):
            continue
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
        found[f"{method} {path}"] = said = text_of(answer, answer.whole)
        if filters and method == "GET" and "text/html" in answer.headers.get("Content-Type", "") and "?" not in path:
            waiting += [("GET", one) for one in sorted(queries(path, said)) if f"GET {one}" not in found]
    return found


def addresses(end: Endpoint, actor: Actor, world: World) -> Iterator[str]:
    """The address with each row that the person may open, each format of a file, each release of a child."""
    more = {"table_format": tuple(FORMATS), "release_number": (1, 2)}
    choices: list[dict[str, Any]] = [{"slug": actor.coalition.slug}]
    models = row_arguments(end)
    for name in end.converters:
        if name == "slug":
            continue
        if name in models:
            rows = models[name].objects.visible_to(actor, end.access)
            rows = models[name].objects.readable_by(actor) if hasattr(rows, "readable_by") else rows
            values = tuple(rows.order_by("-pk").values_list("pk", flat=True)[: ROWS if len(models) == 1 else 1])
        else:
            values = more.get(name, (world.arguments[name],))
        choices = [one | {name: value} for one in choices for value in values]
    return (reverse(end.name, kwargs=one) for one in choices)


def open_addresses(end: Endpoint, actor: Actor) -> list[str]:
    """An address that takes no rights, of our coalition; one with a key is not ours to guess."""
    if set(end.converters) - {"slug"}:
        return []
    return [reverse(end.name, kwargs={"slug": actor.coalition.slug} if end.converters else {})]


def queries(path: str, said: str) -> set[str]:
    """What a page's own links and forms narrow it to: each link, and each choice of each form."""
    found = {unescape(link) for link in QUERY.findall(said)}
    if 'method="get"' in said:
        tree = tinyhtml5.parse(said, namespace_html_elements=False)
        for form in tree.iter("form"):
            if form.get("method", "get").lower() != "get":
                continue
            for field in form.iter("select"):
                values = [option.get("value", "") for option in field.iter("option")]
                to = form.get("action") or path
                found |= {f"{to}?{urlencode({field.get('name', ''): value})}" for value in values if value}
    own = {link if link.startswith("/") else f"{path}{link}" for link in found if link.startswith(("/", "?"))}
    return (
        {link for link in own if urlsplit(link).path.startswith(f"/c/{path.split('/')[2]}/")}
        if path.startswith("/c/")
        else set()
    )


def reports(user: User, actor: Actor) -> Outputs:
    """Every kind of report with each choice the person has: the frozen figures, and the document that is drawn from them."""
    visitor, found = Visitor(user), Outputs()
    preview = reverse("reports:preview", args=[actor.coalition.slug])
    for kind in offers.report_kinds.values():
        for choice in kind.choices(actor) if actor.can(kind.right) else ():
            name = f"report {kind.key}: {choice.group} {choice.label}"
            try:
                data = collect(kind, actor.coalition, kind.request(actor, choice.fields)).data
            except (JobFailed, PermissionDenied) as failure:
                found[name] = str(failure)
                continue
            found[name] = json.dumps(data)
            asked = f"{preview}?{urlencode({'kind': kind.key, **choice.fields})}"
            found[f"{name}, drawn"] = text_of(drawn := visitor.ask("GET", asked), drawn.whole)
    return found


def mails(user: User) -> Outputs:
    """What beat's tasks and the mails that wait send to this person, or to an address that is nobody's account."""
    mail.outbox.clear()
    celery.loader.import_default_modules()
    with transaction.atomic():
        for entry in settings.CELERY_BEAT_SCHEDULE.values():
            if entry["task"] != "phast.jobs.sweep":  # it nudges workers
                celery.tasks[entry["task"]]()
        for model in apps.get_models():
            if issubclass(model, Job) and model.__name__.endswith(("Mail", "Invitation")):
                for pk in model.objects.filter(model.waiting()).order_by("pk").values_list("pk", flat=True):
                    run(model, pk)
        transaction.set_rollback(True)
    others = set(User.objects.exclude(pk=user.pk).values_list("email", flat=True))
    sent = [one for one in mail.outbox if set(one.to) - others]
    return {f"mail {n} to {one.to}": f"{one.subject}\n{one.body}\n{one.attachments}" for n, one in enumerate(sent)}


def text_of(answer: Any, whole: bytes) -> str:
    """What an answer says: its status, the headers that carry names, and its words. A workbook is unpacked."""
    heads = [
        f"{name}: {answer.headers[name]}" for name in ("Location", "Content-Disposition") if name in answer.headers
    ]
    said = "\n".join([str(answer.status_code), *heads, whole.decode(errors="replace")])
    for pattern, kept in PASSING:
        said = pattern.sub(kept, said)
    return said
