"""Helpers for the tests of projects that use asnforge. Three lines define a test for each entry of a suite:

::

    from pathlib import Path
    from asnforge.testing import suite_test
    test_associations = suite_test(Path(__file__).parent / "suite.yaml")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from asnforge.compare.allowlist import apply_allowlist, read_allowlist
from asnforge.compare.compare_report import text_report
from asnforge.compare.comparison import compare_paths
from asnforge.compare.model import Options
from asnforge.regress.regress_report import failure_message
from asnforge.regress.run_suite import run_entry
from asnforge.regress.suite import SuiteEntry, read_suite

__all__ = ["assert_same", "suite_test"]


def suite_test(path: str | Path, roots: Iterable[str | Path] = ()) -> Callable[[SuiteEntry], None]:
    """A pytest test with a case for each entry of a suite, which fails with a report if the entry differs.

    Parameters
    ----------
    path : str or Path
        The suite file.
    roots : iterable of str or Path
        Folders, besides the suite's own, that its files may be read from.

    Raises
    ------
    InputError
        While tests are collected: the suite file is invalid.
    """
    import pytest

    entries = read_suite(path, roots).entries

    @pytest.mark.parametrize("entry", entries, ids=[entry.name for entry in entries])
    def test_suite(entry: SuiteEntry) -> None:
        message = failure_message(run_entry(entry))
        if message:
            pytest.fail(message, pytrace=False)

    return test_suite


def assert_same(
    expected: str | Path, actual: str | Path, *, allow: str | Path | None = None, options: Options | None = None
) -> None:
    """Fail unless two files, folders or trees of folders have the same associations.

    Parameters
    ----------
    expected, actual : str or Path
        As for `asnforge.compare.compare_paths`.
    allow : str or Path, optional
        The file of an allowlist.
    options : Options, optional
        What is compared.

    Raises
    ------
    AssertionError
        They differ; the message is the report.
    InputError
        A side cannot be read at all, or the allowlist is invalid.
    """
    comparison = compare_paths(str(expected), str(actual), options)
    if allow is not None:
        comparison = apply_allowlist(comparison, read_allowlist(str(allow)))
    if comparison.status:
        raise AssertionError("\n".join((*map(str, comparison.findings), *text_report(comparison))))
