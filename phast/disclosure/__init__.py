"""Which figures may be published. Pure functions over plain mappings: no models, no database, no Django.

The attacker has every published table of every release and knows that a hidden figure is at least 1, because only non-zero
figures are ever hidden. A hidden figure is safe when the largest and the smallest whole number it could be differ by at least
the threshold. Knowing more (which figure was small, how the further ones were chosen) is outside this promise.

Linked tables, with all their totals, published together:

    zips = Table("kits_by_zip", ("zip", "time"), {("12203", "2026-Q1"): 144, …}, whole={"time": "2026"})
    agencies = Table("kits_by_agency", ("agency", "time"), {("Fire", "2026-Q1"): 30, …}, whole={"time": "2026"})
    made = suppress_linked([zips, agencies], threshold=11, earlier=[Earlier(Linked.from_json(stored), was=[…])])
    made["kits_by_zip"].cells["12203", "2026-Q1"]    a count, or HIDDEN
    made["kits_by_zip"].cells["12203", "2026"]       the ZIP's total
    made["kits_by_zip"].cells[TOTAL, "2026-Q1"]      the quarter's total, the same in both tables
    made.to_json()                                   for storing and hashing; `Linked.from_json` reads it
    explain(made)                                    the words beside the tables

What callers see to:
- a label means one thing in every table and release: times are named for themselves ("2026-03", "2026-Q1", "2026"), never "first";
- months: `groups={"2026-01": "2026-Q1", …}`; the quarter's figures are then worked out and published too;
- a release of one quarter: `Table(…, ("zip",), {("12203",): 144}, at={"time": "2026-Q1"})`. Give its tables `groups={"2026-Q1": "2026"}`
  as well, so that four quarters and their year are seen to be one sum;
- tables that count the same thing have the same `measure` and the same sums; burden is another `measure`;
- `earlier`: all releases whose span overlaps, oldest first. `was` is their exact tables on that day: keep them sealed beside the
  release, shown to nobody, or rebuild them from history. Without it the engine supposes the smallest correction that fits what was
  published, and promises less: see `past.past_values`;
- `agency_rows`: the stricter setting; give it with each `Earlier` that was made under it, too;
- `NotYetSafe` carries a sentence for the coordinator. ValueError is a mistake of the caller.
"""

from .explain import explain
from .hidden import HIDDEN, NotYetSafe
from .linked import suppress_linked
from .tables import TOTAL, Earlier, Linked, Published, Table

__all__ = [
    "HIDDEN",
    "TOTAL",
    "Earlier",
    "Linked",
    "NotYetSafe",
    "Published",
    "Table",
    "explain",
    "suppress_linked",
]
