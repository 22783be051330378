"""A backup, put back on an empty machine, is the same portal: rows, files, audit log and its protection (THREATS 65)."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from coalitions.models import Look
from phast.access.table import Role
from phast.audit import record
from phast.embedded.archive import count_rows
from tests.factories import make_coalition, make_partner, make_person

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Path:
    settings.FILES_ROOT = tmp_path / "files"
    (settings.FILES_ROOT / "reports").mkdir(parents=True)
    (settings.FILES_ROOT / "reports" / "plan.pdf").write_bytes(b"%PDF-1.7 a plan")
    (settings.FILES_ROOT / "looks").mkdir()
    (settings.FILES_ROOT / "looks" / "logo.png").write_bytes(b"\x89PNG a logo")
    (settings.FILES_ROOT / "empty.csv").write_bytes(b"")
    return Path(settings.FILES_ROOT)


@pytest.fixture
def portal(files: Path) -> None:
    coalition = make_coalition()
    partner = make_partner(coalition)
    person = make_person("lead@example.org", coalition=coalition, role=Role.LEAD, partner=partner)
    Look.objects.create(coalition=coalition, logo="looks/logo.png", accent="#1f5f3f", confidentiality="Do not pass on.")
    record("signed in", user=person)
    record("added a partner", user=person, coalition=coalition, target=partner)


class EmptyMachine:
    """A database with nothing in it and a folder for files."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "elsewhere"
        self.name = f"{connection.settings_dict['NAME']}_restored"  # one for each test process
        parameters = {**connection.get_connection_params(), "dbname": self.name}
        self.address = make_conninfo(
            **{key: parameters[key] for key in ("host", "port", "user", "password", "dbname") if parameters.get(key)}
        )
        one = settings.DATABASES["default"]
        self.url = f"postgres://{one['USER']}:{one['PASSWORD']}@{one['HOST']}:{one['PORT']}/{self.name}"

    def restore(self, archive: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "restore", str(archive), *options],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": self.url,
                "FILES_ROOT": str(self.files),
                "DJANGO_SETTINGS_MODULE": "phast.settings.dev",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def rows(self) -> dict[str, int]:
        with psycopg.connect(self.address) as database:
            tables = [
                name for (name,) in database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ]
            return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}


@pytest.fixture
def empty_machine(tmp_path: Path) -> Iterator[EmptyMachine]:
    machine = EmptyMachine(tmp_path)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {machine.name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {machine.name} TEMPLATE template0")
    yield machine
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {machine.name} WITH (FORCE)")


def test_restored_portal_is_the_same(portal: None, files: Path, empty_machine: EmptyMachine, tmp_path: Path) -> None:
    archive = tmp_path / "portal.tar.gz"
    call_command("backup", str(archive))
    assert archive.stat().st_mode & 0o077 == 0  # nobody else may read it
    before = count_rows()
    assert before["audit_event"] >= 2

    done = empty_machine.restore(archive)

    assert done.returncode == 0, done.stderr
    assert empty_machine.rows() == before
    restored = {
        path.relative_to(empty_machine.files): path.read_bytes()
        for path in empty_machine.files.rglob("*")
        if path.is_file()
    }
    assert restored == {path.relative_to(files): path.read_bytes() for path in files.rglob("*") if path.is_file()}
    with psycopg.connect(empty_machine.address) as database:
        with pytest.raises(psycopg.Error, match="append_only"):
            database.execute("UPDATE audit_event SET verb = 'nothing happened'")
        database.rollback()
        looks = database.execute("SELECT logo, accent, confidentiality FROM coalitions_look").fetchall()
        assert looks == [("looks/logo.png", "#1f5f3f", "Do not pass on.")]
        assert (empty_machine.files / looks[0][0]).read_bytes() == b"\x89PNG a logo"
        verbs = {verb for (verb,) in database.execute("SELECT verb FROM audit_event")}
        assert {"signed in", "added a partner"} <= verbs


def test_restore_refuses_a_portal_with_data_unless_forced(
    portal: None, empty_machine: EmptyMachine, tmp_path: Path
) -> None:
    archive = tmp_path / "portal.tar.gz"
    call_command("backup", str(archive))
    empty_machine.restore(archive)
    with psycopg.connect(empty_machine.address) as database:
        database.execute("CREATE TABLE something_else (id int)")
    (empty_machine.files / "later.pdf").write_bytes(b"later")

    refused = empty_machine.restore(archive)
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert (empty_machine.files / "later.pdf").exists()

    forced = empty_machine.restore(archive, "--force")
    assert forced.returncode == 0, forced.stderr
    assert empty_machine.rows() == count_rows()
    assert not (empty_machine.files / "later.pdf").exists()


@pytest.mark.parametrize("damage", ["cut off", "one byte"])
def test_damaged_backup_is_refused_and_changes_nothing(
    portal: None, empty_machine: EmptyMachine, tmp_path: Path, damage: str
) -> None:
    archive = tmp_path / "portal.tar.gz"
    call_command("backup", str(archive))
    if damage == "cut off":
        archive.write_bytes(archive.read_bytes()[:-2000])
    else:
        archive.write_bytes(gzip.compress(gzip.decompress(archive.read_bytes()).replace(b"a plan", b"a plot")))

    done = empty_machine.restore(archive)

    assert done.returncode == 1
    assert "Nothing was changed" in done.stderr
    assert empty_machine.rows() == {}
    assert [path for path in empty_machine.files.rglob("*") if path.is_file()] == []


def test_backup_never_overwrites(portal: None, tmp_path: Path) -> None:
    kept = tmp_path / "portal.tar.gz"
    kept.write_bytes(b"the only good one")
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(kept))
    assert kept.read_bytes() == b"the only good one"


def test_backup_to_a_place_that_cannot_be_written_says_so(portal: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="could not be written"):
        call_command("backup", str(tmp_path / "no such folder" / "portal.tar.gz"))
