"""The main navigation: what the apps registered in `phast.offers`, less what this actor may not do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from phast import offers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phast.access.actor import Actor


@dataclass(frozen=True)
class Link:
    """An entry as the page shows it. `current` is the value of `aria-current`: "page" on the entry's own page, "true" below it."""

    label: str
    url: str
    current: str = ""


def links(actor: Actor, path: str) -> list[Link]:
    """The entries the actor may open, in the registered order, with the one that holds `path` marked."""
    here = section_of(path, actor.coalition.slug)
    found = []
    for item in offers.nav_items:
        if not _shown(item, actor):
            continue
        url = reverse(item.url_name, args=[actor.coalition.slug])
        current = "page" if path == url else "true" if item.section and item.section == here else ""
        found.append(Link(item.label, url, current))
    return found


def section_of(path: str, slug: str) -> str:
    """The first path segment below `/c/<slug>/`; empty for the coalition's home and for addresses outside it."""
    head, _, rest = path.partition(f"/c/{slug}/")
    return "" if head else rest.split("/", 1)[0]


def tabs(actor: Actor, path: str) -> list[Link]:
    """The pages of this section that the actor may open; none when there is only one, which needs no tabs."""
    slug = actor.coalition.slug
    pages = [tab for tab in offers.tabs.get(section_of(path, slug), []) if _shown(tab, actor)]
    if len(pages) < 2:
        return []
    addresses = [(tab.label, reverse(tab.url_name, args=[slug])) for tab in pages]
    also = {
        reverse(name, args=[slug]): url for tab, (_, url) in zip(pages, addresses, strict=True) for name in tab.also
    }
    return marked(addresses, path, also)


def marked(pages: list[tuple[str, str]], path: str, also: Mapping[str, str] | None = None) -> list[Link]:
    """Labels and addresses as links. The page that `path` is, or else the nearest one that it lies below, is marked as current.

    `also`: addresses elsewhere that belong to a page, each with that page's own.
    """
    spots = {url: url for _, url in pages} | dict(also or {})
    nearest = spots.get(max((spot for spot in spots if path.startswith(spot)), key=len, default=""), "")
    here = "page" if path == nearest else "true"
    return [Link(label, url, here if url == nearest else "") for label, url in pages]


def _shown(item: offers.NavItem, actor: Actor) -> bool:
    return actor.can(item.action) and not (item.unless and actor.can(item.unless))
