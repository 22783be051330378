"""What the parts of suppression have in common."""

from typing import Final

HIDDEN: Final = None
"""What stands where a figure is held back: in a table, in stored JSON (null), in a chart and on a map."""


class NotYetSafe(ValueError):
    """No table of these counts can stand beside the ones already published. The message says what is in the way."""
