"""Walks the real URLconf, for the system check and for the tests, so that neither keeps a list by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Addresses we did not write. allauth guards its own views (they are about the person's own account); the admin is for superusers
# and knows no tenant model.
OTHER_MODULES = ("allauth.",)
OTHER_NAMESPACES = ("admin:",)


@dataclass(frozen=True)
class Endpoint:
    """One address pattern: its full name (`plans:edit`), its route, its view, the converters of its arguments."""

    name: str
    route: str
    view: Any
    converters: dict[str, Any]

    @property
    def access(self) -> Any:
        """What the view declares: an Action, "public", "signed in", or None when it declares nothing."""
        return getattr(self.view, "access", None)

    @property
    def ours(self) -> bool:
        """False for views of libraries, which guard themselves."""
        view = getattr(self.view, "view_class", self.view)
        return not (view.__module__.startswith(OTHER_MODULES) or self.name.startswith(OTHER_NAMESPACES))


def walk(patterns: list[Any] | None = None, names: tuple[str, ...] = (), route: str = "") -> Iterator[Endpoint]:
    """Every address of the portal."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*names, pattern.namespace) if pattern.namespace else names
            yield from _with(pattern, walk(pattern.url_patterns, inner, here))
        elif isinstance(pattern, URLPattern):
            yield Endpoint(
                ":".join((*names, pattern.name or "")), here, pattern.callback, dict(pattern.pattern.converters)
            )


def _with(resolver: URLResolver, endpoints: Iterator[Endpoint]) -> Iterator[Endpoint]:
    for end in endpoints:
        yield Endpoint(end.name, end.route, end.view, {**resolver.pattern.converters, **end.converters})
