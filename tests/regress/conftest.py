"""The fixture of all tests of suites."""

from support.suites import run

__all__ = ["run"]
