"""How a coalition wants its pages and papers to look: its logo, a colour, a sentence at the foot. And colours that can be read."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from phast import offers

READABLE = 4.5  # to 1, against white: WCAG 2.2, contrast (minimum), for text of any size
ON_TINT = 5.3  # against white; then it is 4.5 to 1 on the pages' tinted grounds as well
STRONG = 8.0  # against white, for what is pointed at
OURS = "#3e4ded"  # the portal's own colour, as drawings have it
# What drawings are made of besides, from pale to dark: all that turns with the colour.
SHADES = ("#eef0f9", "#dfe6ff", "#dee5ff", "#b8c8ff", "#628ef4", OURS, "#222fbf", "#222fbe", "#1b2b85", "#14145a")


@dataclass(frozen=True)
class Look:
    """`accent`: "#rrggbb", readable on white; "" is the portal's own. `confidentiality`: what every paper says at its foot.

    `logo_url` and `style_url`: addresses of the logo and of a style sheet with the colour, "" without one. `logo`: reads the logo, a
    PNG; no bytes without one.
    """

    accent: str = ""
    confidentiality: str = ""
    logo_url: str = ""
    style_url: str = ""
    logo: Callable[[], bytes] = bytes

    def logo_data(self) -> str:
        """The logo as an address that holds the picture itself; "" without one."""
        content = self.logo()
        return f"{PNG}{base64.b64encode(content).decode()}" if content else ""


PNG = "data:image/png;base64,"
PLAIN = Look()


def look_of(coalition: object) -> Look:
    """How this coalition wants it; the portal's own look for none."""
    return offers.looks[0](coalition) if coalition is not None and offers.looks else PLAIN


def contrast(color: str) -> float:
    """How well "#rrggbb" stands out from white, 1 to 21 (WCAG 2.2, contrast ratio)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def at_least(color: str, wanted: float) -> str:
    """The same colour, darkened as little as gives it this contrast to white."""
    parts = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    for share in range(100, -1, -1):
        darker = "#" + "".join(f"{part * share // 100:02x}" for part in parts)
        if contrast(darker) >= wanted:
            return darker
    return "#000000"


def in_colour(drawing: str, accent: str) -> str:
    """A drawing of ours (SVG) in another colour than the portal's: as light or dark where it was, so that letters on it can be read and
    steps told apart as before, in black and white too. The same drawing for no colour."""
    return re.sub("|".join(SHADES), lambda found: _shade(accent, found[0]), drawing) if accent else drawing


@cache
def _shade(accent: str, like: str) -> str:
    """`accent` as it stands out from white as `like` does: whitened, or darkened."""
    if like == OURS and READABLE <= contrast(accent) <= STRONG:
        return accent
    wanted = contrast(like)
    if wanted > contrast(accent):
        return at_least(accent, wanted)
    parts = [int(accent[at : at + 2], 16) for at in (1, 3, 5)]
    for share in range(101):
        paler = "#" + "".join(f"{part + (255 - part) * share // 100:02x}" for part in parts)
        if contrast(paler) <= wanted:
            break
    return paler
