"""The helpers for tests of other projects, and the sample pools with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.runs import association, write_run

from asnforge.compare import Options
from asnforge.findings import InputError
from asnforge.regress import read_suite
from asnforge.testing import assert_same, suite_test

DATA = Path(__file__).parents[2] / "data"

test_sample_pools_give_the_expected_associations = suite_test(DATA / "suite.yaml")

pytest_plugins = ["pytester"]


def test_sample_suite_has_every_sample_pool() -> None:
    entries = read_suite(DATA / "suite.yaml").entries
    assert sorted(Path(entry.pool).name for entry in entries) == sorted(path.name for path in DATA.glob("*.tsv"))


def test_suite_test_has_a_case_for_each_entry(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("suite.yaml").write_text(
        "entries:\n- {pool: absent.tsv, expected: x}\n- {pool: gone.tsv, expected: y}\n"
    )
    pytester.makepyfile(
        """
        from pathlib import Path
        from asnforge.testing import suite_test
        test_associations = suite_test(Path(__file__).parent / "suite.yaml")
        """
    )
    result = pytester.runpytest("-p", "no:xdist", "-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*absent: cannot be generated or compared", "FAILED *test_associations?gone?*"])


def test_assert_same_passes_for_the_same_associations(tmp_path: Path) -> None:
    expected = write_run(tmp_path / "one", association("a"), association("b"))
    actual = write_run(tmp_path / "other", association("b"), association("a"))
    assert_same(expected, actual)


def test_assert_same_fails_with_the_report(tmp_path: Path) -> None:
    expected, actual = (
        write_run(tmp_path / "one", association("a")),
        write_run(tmp_path / "other", association("a", target="t2")),
    )
    with pytest.raises(AssertionError, match="target: expected t001, actual t2"):
        assert_same(expected, actual)
    assert_same(expected, actual, options=Options(ignore=frozenset({"target"})))
    (tmp_path / "allow.yaml").write_text("allow: [{what: target, reason: moved}]")
    assert_same(expected, actual, allow=tmp_path / "allow.yaml")


def test_assert_same_raises_for_a_missing_side(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        assert_same(tmp_path, tmp_path / "absent.yaml")
