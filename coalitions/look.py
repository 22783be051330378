"""The coalition's own look, as pages and papers ask for it."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from PIL import Image, ImageOps

from phast.look import ON_TINT, PLAIN, READABLE, STRONG, Look, at_least, contrast

from .models import Coalition
from .models import Look as LookRow

if TYPE_CHECKING:
    from typing import Any

LARGEST = 1024 * 1024  # bytes of what is sent
KEPT = (600, 200)  # pixels of what is kept, at most
MOST_PIXELS = 20_000_000  # of what is sent: a small file can hold a huge picture
KINDS = ("PNG", "JPEG")
PALEST = 215  # of 255: what is paler than this everywhere cannot be seen on paper
SEE_THROUGH = {"RGBA", "LA", "PA", "P"}  # of Pillow's modes


def look_of(coalition: Coalition) -> Look:
    """One query, or none where the coalition was read with its look."""
    try:
        row = coalition.look
    except LookRow.DoesNotExist:
        return PLAIN
    version = f"?v={row.version}"
    return Look(
        accent=row.accent,
        confidentiality=row.confidentiality,
        logo_url=reverse("coalitions:look_logo", args=[coalition.slug]) + version if row.logo else "",
        style_url=reverse("coalitions:look_style", args=[coalition.slug]) + version if row.accent else "",
        logo=lambda: logo_of(row),
    )


def logo_of(row: LookRow) -> bytes:
    """The logo, a PNG; nothing when there is none, or its file is gone."""
    if not row.logo:
        return b""
    try:
        with row.logo.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        return b""


def cleaned_logo(file: IO[bytes], size: int) -> bytes:
    """The picture drawn anew as a PNG of at most 600 by 200 pixels: what else the file held, such as where it was taken, is gone.

    Raises ValidationError with a sentence for what is no PNG or JPEG, is damaged, or is too large.
    """
    if size > LARGEST:
        raise ValidationError("This picture is larger than 1 MB. Make it smaller: 600 by 200 pixels are enough.")
    try:
        with Image.open(file, formats=KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError("This picture has too many pixels. Make it smaller: 600 by 200 are enough.")
            picture.verify()  # a process that draws PDFs would take half a picture: WeasyPrint tells Pillow so
        file.seek(0)
        with Image.open(file, formats=KINDS) as picture:
            upright = ImageOps.exif_transpose(picture)
            if upright.mode not in SEE_THROUGH:
                upright = upright.convert("RGB")
            upright = upright.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(
            "This is no picture the portal can read. Save it as PNG or JPEG, and try again."
        ) from error
    upright.thumbnail(KEPT, Image.Resampling.LANCZOS)
    if _is_white(upright):
        raise ValidationError(
            "On white paper this picture cannot be seen. Send it dark, or with a dark ground behind it."
        )
    kept = io.BytesIO()
    Image.frombytes("RGBA", upright.size, upright.tobytes()).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _is_white(picture: Image.Image) -> bool:
    """Nothing in it stands out from paper, as a logo that is made for dark grounds."""
    paper = Image.new("RGBA", picture.size, "white")
    on_paper = Image.alpha_composite(paper, picture).convert("L")
    return on_paper.point(lambda level: 255 if level <= PALEST else 0).getbbox() is None


def contrast_words(color: str) -> str:
    """How well a colour can be read, in a sentence."""
    ratio = contrast(color)
    if ratio >= READABLE:
        return f"{color} has a contrast of {_floor(ratio)} to 1 on white: text in it can be read well."
    return (
        f"{color} has a contrast of {_floor(ratio)} to 1 on white. Text needs {READABLE} to 1. "
        f"{at_least(color, READABLE)} is the same colour, dark enough."
    )


def _floor(ratio: float) -> str:
    """One digit, never rounded up to what it is not."""
    return f"{int(ratio * 10) / 10:.1f}"


def style_sheet(accent: str) -> str:
    """The colour in place of the portal's own. On tinted grounds it has to be a little darker than on white."""
    colors = {"accent": accent, "brand": at_least(accent, ON_TINT), "strong": at_least(accent, STRONG)}
    return render_to_string("coalitions/look.css", colors)


def sample(accent: str) -> dict[str, Any]:
    """What the settings page shows of a colour, and says of it."""
    return {"accent": accent, "says": contrast_words(accent)}
