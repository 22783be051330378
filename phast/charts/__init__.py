"""Charts as SVG, drawn on the server once for page and PDF, from figures that are already suppressed.

Presentation attributes only: WeasyPrint's SVG knows neither the page's CSS nor `currentColor`. A value of None is one that is
not shown (hidden, or not reported: the caller says which in `missing`); it is drawn at one fixed size. Beside every chart the
page shows a table with the same numbers; `title` and `description` are what a screen reader says instead of the picture.
"""

from .bars import bars
from .columns import columns
from .course import Dot, Line, course, figure
from .field import Point, field
from .gauge import gauge
from .series import Series
from .trend import trend

__all__ = ["Dot", "Line", "Point", "Series", "bars", "columns", "course", "field", "figure", "gauge", "trend"]
