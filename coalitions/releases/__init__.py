"""What a release is made of: which spans can be released, its tables before and after suppression, its hash.

`spans` says what can be released, `making` makes the tables, `tables` reads them back for drawing.
"""

from .making import Made, drawn_from, make, prepare
from .spans import Span, quarters_to_release, span_named, spans_over
from .tables import (
    NOT_REPORTED,
    WITHOUT_ZIP,
    Figure,
    Row,
    Table,
    TableRow,
    by_quarter,
    by_span,
    hidden_count,
    is_intact,
    linked,
    rows,
    sha256,
    table_of,
    tables_of,
    trend,
    zip_cells,
)

__all__ = [
    "NOT_REPORTED",
    "WITHOUT_ZIP",
    "Figure",
    "Made",
    "Row",
    "Span",
    "Table",
    "TableRow",
    "by_quarter",
    "by_span",
    "drawn_from",
    "hidden_count",
    "is_intact",
    "linked",
    "make",
    "prepare",
    "quarters_to_release",
    "rows",
    "sha256",
    "span_named",
    "spans_over",
    "table_of",
    "tables_of",
    "trend",
    "zip_cells",
]
