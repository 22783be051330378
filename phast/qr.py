"""A QR code drawn on the server: one path of squares, the same on a page and on paper."""

from __future__ import annotations

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.constants import ERROR_CORRECT_Q

QUIET = 4  # modules of white around the code, as the standard asks for


def qr_svg(address: str, *, title: str) -> SafeString:
    """The code of an address as SVG. A quarter of it may be dirty or torn (level Q) and it still opens. `title` is read aloud."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    code.add_data(address)
    rows = code.get_matrix()
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows, QUIET) for x, dark in enumerate(row, QUIET) if dark
    )
    side = len(rows) + 2 * QUIET
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" shape-rendering="crispEdges">'
        '<title>{}</title><path d="M0 0h{}v{}h-{}z" fill="#fff"/><path d="{}" fill="#000"/></svg>',
        side,
        side,
        title,
        side,
        side,
        side,
        squares,
    )
