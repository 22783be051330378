"""Ends a worker that outruns its lease: the solo pool has no time limits of its own, so a job that hangs would block its queue."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

EVERY = 2.0  # seconds between two looks; the sweep comes by less often, so that a hung worker is found while the job is still its own

# A job is a row of any table with these columns (`phast.jobs.models.Job`).
TABLES = """
    SELECT table_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND column_name IN ('lease_until', 'worker', 'claim')
    GROUP BY table_name HAVING count(*) = 3
"""
OVERDUE = "SELECT worker FROM {} WHERE state = 'running' AND lease_until < now()"


class OverdueWorkers:
    """Looks into the database now and then. A database that is away is no reason to end anybody."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.next_look = 0.0
        self.connection: psycopg.Connection | None = None
        self.tables: list[str] = []

    def pids(self) -> list[int]:
        """Process ids, on this machine, of workers whose lease ran out since the last look."""
        if time.monotonic() < self.next_look:
            return []
        self.next_look = time.monotonic() + EVERY
        import psycopg  # here, because the address is printed sooner without it
        from psycopg import sql

        try:
            if self.connection is None or self.connection.closed:
                self.connection = psycopg.connect(self.database_url, connect_timeout=2, autocommit=True)
                self.tables = [name for (name,) in self.connection.execute(TABLES)]
            queries = [sql.SQL(OVERDUE).format(sql.Identifier(table)) for table in self.tables]
            workers = [worker for query in queries for (worker,) in self.connection.execute(query)]
        except psycopg.OperationalError:
            self.connection = None
            return []
        here = f"{socket.gethostname()}:"
        return [int(worker.removeprefix(here)) for worker in workers if worker.startswith(here)]
