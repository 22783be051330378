"""From degrees to pixels: an Albers equal-area cone laid on the region itself, so that a county or a state looks right."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, hypot, radians, sin, sqrt

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Cone:
    """Albers' formulas on a sphere of radius 1, with both standard parallels inside the region."""

    n: float
    c: float
    rho: float
    middle: float

    @classmethod
    def over(cls, south: float, north: float, middle: float) -> "_Cone":
        low, high = radians(south + (north - south) / 6), radians(north - (north - south) / 6)
        n = (sin(low) + sin(high)) / 2
        c = cos(low) ** 2 + 2 * n * sin(low)
        return cls(n, c, sqrt(c - 2 * n * sin(radians((south + north) / 2))) / n, middle)

    def project(self, longitude: float, latitude: float) -> Point:
        rho = sqrt(self.c - 2 * self.n * sin(radians(latitude))) / self.n
        turn = self.n * radians(longitude - self.middle)
        return rho * sin(turn), rho * cos(turn) - self.rho  # y grows southward, as on a screen

    def degrees(self, x: float, y: float) -> Point:
        rho = hypot(x, y + self.rho)
        return self.middle + degrees(atan2(x, y + self.rho) / self.n), degrees(
            asin((self.c - (rho * self.n) ** 2) / (2 * self.n))
        )


@dataclass(frozen=True, slots=True)
class Projection:
    """Fits a region into a frame. Call with longitude and latitude in degrees; longitudes east of Greenwich are taken westward."""

    cone: _Cone
    scale: float
    left: float
    top: float
    height: float

    @classmethod
    def fit(cls, outline: Sequence[Point], *, width: float, max_height: float, margin: float) -> "Projection":
        """The projection that shows all of `outline` (longitude, latitude) as large as the frame allows, and the height it takes."""
        longitudes, latitudes = [x for x, _ in outline], [y for _, y in outline]
        cone = _Cone.over(min(latitudes), max(latitudes), (min(longitudes) + max(longitudes)) / 2)
        flat = [cone.project(*point) for point in outline]
        xs, ys = [x for x, _ in flat], [y for _, y in flat]
        across, down = max(xs) - min(xs), max(ys) - min(ys)
        scale = min((width - 2 * margin) / across, (max_height - 2 * margin) / down)
        return cls(
            cone,
            scale,
            left=width / 2 - scale * (min(xs) + max(xs)) / 2,
            top=margin - scale * min(ys),
            height=scale * down + 2 * margin,
        )

    def __call__(self, longitude: float, latitude: float) -> Point:
        x, y = self.cone.project(longitude - 360 if longitude > 0 else longitude, latitude)
        return self.left + self.scale * x, self.top + self.scale * y

    def box(self, width: float) -> tuple[float, float, float, float]:
        """The degrees (west, south, east, north) that the frame of this width spans."""
        edge = [
            self.cone.degrees((x * width - self.left) / self.scale, (y * self.height - self.top) / self.scale)
            for x, y in ((0, 0), (0.5, 0), (1, 0), (0, 1), (0.5, 1), (1, 1))
        ]
        longitudes, latitudes = [x for x, _ in edge], [y for _, y in edge]
        return min(longitudes), min(latitudes), max(longitudes), max(latitudes)
