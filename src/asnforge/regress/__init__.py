"""Regression suites: pools whose generated associations are compared with the expected ones."""

from asnforge.regress.run_suite import EntryResult, run_entries, run_entry
from asnforge.regress.suite import RegressionSuite, SuiteEntry, read_suite

__all__ = ["EntryResult", "RegressionSuite", "SuiteEntry", "read_suite", "run_entries", "run_entry"]
