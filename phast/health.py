"""Is the portal alive, and is it ready for people? For load balancers and the start script. And what people see when it is not."""

from __future__ import annotations

import sys

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from phast.access.guards import public
from phast.ui import views as pages

RETRY_AFTER = 10  # seconds; a restarted database is back sooner


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and its tables are those of this version. The broker is not asked: without it, people can work."""
    try:
        executor = MigrationExecutor(connection)
        behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain")
    if behind:
        return HttpResponse("waiting for migrations", status=503, content_type="text/plain")
    return HttpResponse("ready", content_type="text/plain")


def server_error(request: HttpRequest) -> HttpResponse:
    """The error page: 503 when the database is away or has no connection left, so that browsers and proxies try again; else 500."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)})
    return pages.server_error(request)
