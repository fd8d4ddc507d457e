"""Suites: pools with the associations expected of them, generated anew and compared."""

from asnforge.regression.entries import Entry
from asnforge.regression.run import Outcome, run_entries, run_entry
from asnforge.regression.suite import Suite, read_suite

__all__ = ["Entry", "Outcome", "Suite", "read_suite", "run_entries", "run_entry"]
