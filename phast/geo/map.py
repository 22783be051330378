"""The map of kits by ZIP code: one SVG, the same in a page and in a PDF, drawn from figures that are already suppressed.

Presentation attributes only, because WeasyPrint's SVG knows neither the page's CSS nor `currentColor`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .circles import Circle, spread
from .labels import place_names
from .legend import legend
from .marks import FINE, KITS, Counted, Sizes, ZipCell, beside, grouped
from .models import County, Zip
from .outlines import Drawing, outlines, path
from .projection import Point, Projection

WIDTH = 760
MAX_HEIGHT = 720
MARGIN = 26
MANY = 12  # counties: from here on names and circles are smaller

__all__ = ["ZipCell", "ZipMap", "beside", "drawn", "zip_map"]


@dataclass(frozen=True, slots=True)
class ZipMap:
    """The drawing, and the cells that have no place on it: unknown, or too far outside the counties."""

    svg: SafeString
    not_placed: list[ZipCell]


def zip_map(
    *, counties: Sequence[str], cells: Iterable[ZipCell], title: str, description: str, prefix: str = "map"
) -> ZipMap:
    """Draws `cells` over `counties` (FIPS codes, at least one known).

    `title` and `description` are read out instead of the picture: say what it shows, and no figure that the table beside it
    hides. `prefix` begins the ids: give each drawing on a page its own. Two queries. Raises ValueError without a county.
    """
    cells = list(cells)
    known = list(County.objects.filter(fips__in=counties))
    places = Zip.objects.in_bulk([cell.zip for cell in cells])
    return drawn(known, cells, places, title=title, description=description, prefix=prefix)


def drawn(
    known: Sequence[County],
    cells: Iterable[ZipCell],
    places: Mapping[str, Zip],
    *,
    title: str,
    description: str,
    prefix: str = "map",
    counted: Counted = KITS,
) -> ZipMap:
    """The same from counties and places that are at hand; asks no database. `counted`: what the circles count."""
    if not known:
        raise ValueError("A map needs at least one county.")
    known = sorted(known, key=lambda county: county.fips)
    fips = [county.fips for county in known]
    source = outlines()
    projection = Projection.fit(source.corners(fips), width=WIDTH, max_height=MAX_HEIGHT, margin=MARGIN)
    drawing = Drawing(source, projection, WIDTH)
    mine = {county.fips: drawing.rings(county.fips) for county in known}
    others = [other for other in source.touching(projection.box(WIDTH)) if other not in mine]
    inside, around = drawing.borders(fips)

    cells = sorted(cells, key=lambda cell: cell.zip)
    at = {
        cell.zip: projection(places[cell.zip].longitude, places[cell.zip].latitude)
        for cell in cells
        if cell.zip in places
    }
    height = projection.height
    placed = [cell for cell in cells if cell.zip in at and 0 < at[cell.zip][0] < WIDTH and 0 < at[cell.zip][1] < height]
    land = sum(_area(ring) for rings in mine.values() for ring in rings)
    many = len(known) >= MANY
    sizes = Sizes.fitting(placed, land=land, cover=0.11, largest=24 if many else 32)
    circles = {cell.zip: Circle(cell.zip, at[cell.zip], sizes.of(cell.kits)) for cell in placed}
    spread(list(circles.values()), width=WIDTH, height=height)
    groups = grouped(((cell, places[cell.zip].place, circles[cell.zip]) for cell in placed), sizes, counted)

    size = FINE if many else 12
    names = [(county.short_name, mine[county.fips]) for county in known]
    labels = place_names(names, list(circles.values()), size=size, width=WIDTH, height=height)
    entries, legend_height = legend(groups, top=ceil(height), width=WIDTH, counted=counted)
    svg = render_to_string(
        "geo/zip_map.svg",
        {
            "prefix": prefix,
            "title": title,
            "description": description,
            "width": WIDTH,
            "map_height": ceil(height),
            "height": ceil(height) + legend_height,
            "neighbours": path((ring for other in others for ring in drawing.rings(other)), closed=True),
            "land": path((ring for rings in mine.values() for ring in rings), closed=True),
            "inside": path(inside),
            "around": path(around),
            "labels": [(label.text, f"{label.x:.1f}", f"{label.y + size * 0.36:.1f}") for label in labels],
            "label_size": size,
            "groups": groups,
            "entries": entries,
        },
    )
    return ZipMap(svg, [cell for cell in cells if cell.zip not in circles])


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2
