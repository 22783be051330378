"""Which figures may be published. Pure functions over plain mappings: no models, no database, no Django.

The attacker has every published table of every release and knows that a hidden cell is at least 1, because only non-zero
cells are ever hidden. Knowing more (which cell was small, how the further cells were chosen) is outside this promise.
"""

from .earlier import NotYetSafe, problems_with_earlier
from .explain import explain
from .suppression import HIDDEN, Cells, Suppressed, suppress

__all__ = ["HIDDEN", "Cells", "NotYetSafe", "Suppressed", "explain", "problems_with_earlier", "suppress"]
