"""What happened, by whom. Rows are added and never changed: a database trigger refuses anything else."""

from .record import record, record_each

__all__ = ["record", "record_each"]
