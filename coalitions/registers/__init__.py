"""Registers: lists that a coalition keeps, such as agreements, funding or policies. They differ in what they hold, not in what can be
done with them: look through, find, read, add, change with nothing lost when two do so at once, remove, keep a file, see the history,
take along as a spreadsheet. `base` says what a register is, `pages` makes its pages, each other module holds registers of a kind.
"""

from .base import Choice, Column, EntryForm, Part, Register

__all__ = ["Choice", "Column", "EntryForm", "Part", "Register"]
