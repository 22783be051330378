"""The production files promise what they say: no default secret, no start without one, nothing but the portal in the image."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "EMAIL_URL"}


def test_every_secret_must_come_from_the_environment() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    used = re.findall(r"\$\{(\w+)(:?[^}]*)\}", text)
    assert {name for name, _ in used} >= SECRETS
    assert [name for name, rest in used if name in SECRETS and not rest.startswith(":?")] == []


def test_example_settings_name_every_variable_and_hold_no_secret() -> None:
    variables = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    example = (ROOT / ".env.example").read_text()
    assert {name for name in variables if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)} == set()
    assert re.findall(rf"^({'|'.join(SECRETS)})=.+", example, re.MULTILINE) == []


def test_every_service_restarts_and_what_others_wait_for_has_a_health_check() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"web", "worker-quick", "worker-long", "beat", "migrate", "database", "broker"}
    for name, service in services.items():
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped"), name
        for other, wait in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if other == "migrate" else "service_healthy"
            assert wait["condition"] == expected
            assert other == "migrate" or "healthcheck" in services[other]


def test_image_is_built_from_named_folders_only() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert all((ROOT / name).exists() for name in kept)
    assert {"phast", "coalitions", "plans", "lbn", "templates", "static", "uv.lock"} <= kept
    assert "USER portal" in (ROOT / "Dockerfile").read_text()
