"""Pictures to send."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def picture(width: int, height: int, kind: str = "PNG", mode: str = "RGB", **more: Any) -> bytes:
    """A plain green one. `more`: what `PIL.Image.Image.save` takes besides."""
    color = {"RGB": (31, 95, 63), "RGBA": (31, 95, 63, 128), "CMYK": (200, 20, 200, 60), "L": 90, "P": 3}[mode]
    file = io.BytesIO()
    Image.new(mode, (width, height), color).save(file, kind, **more)
    return file.getvalue()
