"""Reads the two parts of an ESRI shapefile that the build needs: attribute rows and polygon rings."""

import struct
from collections.abc import Iterator
from pathlib import Path

Point = tuple[float, float]
POLYGON = 5


def read_attributes(path: Path) -> list[dict[str, str]]:
    """The rows of a .dbf file, in file order, as text."""
    raw = path.read_bytes()
    count, header_size, row_size = struct.unpack("<IHH", raw[4:12])
    fields = []
    at = 32
    while raw[at] != 0x0D:
        fields.append((raw[at : at + 11].split(b"\0")[0].decode(), raw[at + 16]))
        at += 32
    rows = []
    for number in range(count):
        at = header_size + number * row_size + 1  # one byte says whether the row is deleted
        row = {}
        for name, width in fields:
            row[name] = raw[at : at + width].decode("utf-8").strip()
            at += width
        rows.append(row)
    return rows


def read_polygons(path: Path) -> Iterator[list[list[Point]]]:
    """The rings (longitude, latitude) of each polygon of a .shp file, in file order; a ring ends where it began."""
    raw = path.read_bytes()
    at = 100
    while at < len(raw):
        _, words = struct.unpack(">II", raw[at : at + 8])
        at += 8
        kind, *_, parts, points = struct.unpack("<i4dii", raw[at : at + 44])
        if kind != POLYGON:
            raise ValueError(f"{path.name} holds a shape of kind {kind}; only polygons are expected.")
        starts = struct.unpack(f"<{parts}i", raw[at + 44 : at + 44 + 4 * parts])
        flat = struct.unpack(f"<{2 * points}d", raw[at + 44 + 4 * parts : at + 44 + 4 * parts + 16 * points])
        vertices = list(zip(flat[::2], flat[1::2], strict=True))
        yield [vertices[a:b] for a, b in zip(starts, [*starts[1:], points], strict=True)]
        at += 2 * words
