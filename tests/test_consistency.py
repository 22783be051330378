"""Nothing points nowhere, and nothing lies about unused."""

from __future__ import annotations

import re
from pathlib import Path

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


def test_every_right_of_the_foundation_guards_something() -> None:
    """A right that no address asks for is either dead or a promise of a later part: those are listed here with their part."""
    later: set[Action] = set()
    guarding = {end.access for end in walk() if isinstance(end.access, Action)}
    assert set(Action) - guarding == later
