"""A table of numbers that stays small: a million entries of it take 19 MB, where a dictionary takes ten times that."""

from __future__ import annotations

from array import array

_FULL = 0.85  # of the slots; beyond, looking for a free one takes long
_LEAST = 1_024


class Slots:
    """From a 64-bit number to another, or (without `values`) only a set of them. `expected`: how many there will be; more make it grow,
    which for a moment takes the room twice."""

    def __init__(self, expected: int = 0, *, values: bool = False) -> None:
        self._with_values = values
        self._make(int(max(expected, _LEAST) / _FULL) + 2)

    def _make(self, size: int) -> None:
        self._size, self._used, self._most = size, 0, int(size * _FULL)
        self._keys = array("q", bytes(8 * size))
        self._values = array("q", bytes(8 * size)) if self._with_values else array("q")

    def _slot(self, key: int) -> int:
        keys, size = self._keys, self._size
        slot = key % size
        while (there := keys[slot]) != key and there:
            slot += 1
            if slot == size:
                slot = 0
        return slot

    def add(self, key: int, value: int = 0) -> int | None:
        """Adds the key; None when it is new, else the value it has, which stays."""
        if self._used >= self._most:
            self._grow()
        key = key or 1  # 0 is an empty slot
        keys, size = self._keys, self._size
        slot = key % size
        while there := keys[slot]:  # as `_slot` looks for it: a call less for each row of a file
            if there == key:
                return self._values[slot] if self._with_values else 0
            slot += 1
            if slot == size:
                slot = 0
        keys[slot] = key
        self._used += 1
        if self._with_values:
            self._values[slot] = value
        return None

    def __contains__(self, key: int) -> bool:
        return bool(self._keys[self._slot(key or 1)])

    def __len__(self) -> int:
        return self._used

    def get(self, key: int) -> int | None:
        """The value of the key, or None."""
        slot = self._slot(key or 1)
        return self._values[slot] if self._keys[slot] else None

    def put(self, key: int, value: int) -> None:
        """Changes the value of a key that is there."""
        self._values[self._slot(key or 1)] = value

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._make(2 * self._size)
        for slot, key in enumerate(keys):
            if key:
                self.add(key, values[slot] if self._with_values else 0)
