"""Counts from a file somebody keeps: CSV or XLSX.

The way of a file: `phast.sheets` reads it as rows and refuses what is dangerous; `personal` refuses one about persons; `headers`
proposes what each column is, and the person says (`reading`); `rows` turns a row into an entry, or says why not; the job then runs
twice: `check` looks at every row and writes the preview, `write` puts all of it, or none, into the database. `actions` are what
people do; `undo` takes an import out again as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lbn.models import CountImport


def work(count_import: CountImport) -> None:
    """One run of the job: checks, writes or takes out again, as the stage says. A stage that waits for a person has nothing to do."""
    from .check import check_file
    from .undo import undo_counts
    from .write import write_counts

    stages = count_import.Stage
    if count_import.stage == stages.CHECKING:
        check_file(count_import)
    elif count_import.stage in (stages.IMPORTING, stages.IMPORTED):
        write_counts(count_import)
    elif count_import.stage == stages.UNDOING:
        undo_counts(count_import)
