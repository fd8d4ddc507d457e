"""Suites: pools with the associations expected of them, generated anew and compared."""

from asnforge.regress.entries import Entry
from asnforge.regress.run_suite import Outcome, run_entries, run_entry
from asnforge.regress.suite import Suite, read_suite

__all__ = ["Entry", "Outcome", "Suite", "read_suite", "run_entries", "run_entry"]
