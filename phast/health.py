"""Is the portal alive, and is it ready for people? For load balancers and the start script."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from phast.access.guards import public


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
