"""Nothing points nowhere, and nothing lies about unused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState

from phast.access.table import Action
from phast.access.urls import walk

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"
CODE = [path for app in ("phast", "coalitions", "plans", "lbn", "deflection") for path in (ROOT / app).rglob("*.py")]
# Found by name by Django and allauth, not by our code.
BY_CONVENTION = re.compile(r"^(\d{3}\w*\.html|account/|mfa/|usersessions/|allauth/|django/|admin/)")


def test_every_address_named_in_a_template_exists() -> None:
    names = {end.name for end in walk()}
    missing = {
        f"{path.relative_to(TEMPLATES)}: {name}"
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'\{% url "([\w:]+)"', path.read_text())
        if name not in names
    }
    assert not missing


def test_every_template_is_used() -> None:
    texts = "\n".join(path.read_text() for path in [*CODE, *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")])
    unused = {
        name
        for path in TEMPLATES.rglob("*.*")
        if path.is_file()
        and not BY_CONVENTION.match(name := path.relative_to(TEMPLATES).as_posix())
        and f"{name}" not in texts
        and f"{name.rpartition('.')[0]}" not in texts
    }
    assert not unused


def test_every_migration_app_has_no_reference_data_in_migrations() -> None:
    """House rule: reference data is CSV, loaded by a command."""
    guilty = [path.as_posix() for path in ROOT.glob("*/migrations/*.py") if "RunPython" in path.read_text()]
    assert not guilty


@pytest.mark.parametrize("app", ["coalitions", "lbn", "plans", "deflection", "reports"])
def test_a_new_portal_gets_the_tables_an_old_one_has(app: str) -> None:
    """A new portal runs the short way, a migration that replaces the first ones; one that is upgraded went the long way."""
    every = MigrationLoader(None, replace_migrations=False)
    (short,) = [key for key, migration in every.disk_migrations.items() if key[0] == app and migration.replaces]
    last = every.disk_migrations[short].replaces[-1]
    one, other = every.project_state(short), every.project_state(last)
    assert {key for key in one.models if key[0] == app} == {key for key in other.models if key[0] == app}
    compared = MigrationAutodetector(one, other)
    for key in (key for key in one.models if key[0] == app):
        assert _whole(compared, one.models[key]) == _whole(compared, other.models[key])


def _whole(compared: MigrationAutodetector, model: ModelState) -> dict[str, object]:
    """Fields, constraints, indexes and triggers, so that they can be compared."""
    options = {name: value for name, value in model.options.items() if value not in ([], {})}
    return compared.deep_deconstruct({**model.fields, **options})


def test_every_right_of_the_foundation_guards_something() -> None:
    """A right that no address asks for is either dead or a promise of a later part: those are listed here with their part."""
    later: set[Action] = set()
    guarding = {end.access for end in walk() if isinstance(end.access, Action)}
    assert set(Action) - guarding == later
