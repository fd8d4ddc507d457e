"""Suite files: pools, options, and expected associations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from asnforge.findings import FindingCode, InputError
from asnforge.regress.roots import OUTSIDE
from asnforge.regress.suite import NO_POOL, SAME_NAME, SUITE_FILE, SuiteEntry, read_suite
from asnforge.rulefiles.shipped import shipped

Reader = Callable[[str], tuple[SuiteEntry, ...]]


@pytest.fixture
def suite(tmp_path: Path) -> Reader:
    """Read a suite in a folder with pools."""
    for pool in ("a_pool.tsv", "b_pool.tsv.gz", "other.tsv"):
        (tmp_path / pool).write_text("")
    for folder in ("more", "pools"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pools" / "night.tsv").write_text("")
    (tmp_path / "more" / "a_pool.tsv").write_text("")

    def read(text: str) -> tuple[SuiteEntry, ...]:
        (tmp_path / "suite.yaml").write_text(text)
        return read_suite(tmp_path / "suite.yaml").entries

    return read


def test_paths_of_an_entry_are_relative_to_the_suite(suite: Reader, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    text = """
entries:
- {pool: other.tsv, expected: expected, rules: [mine, longslit-example, absent], only: [Rule], ids: [o001], scopes: candidates,
   merge: true, ignore_default: true, version_id: x, delimiter: '|', format: ascii, allow: allow.yaml, ignore: [target]}
"""
    assert suite(text) == (
        SuiteEntry(
            name="other",
            pool=str(tmp_path / "other.tsv"),
            expected=str(tmp_path / "expected"),
            rules=(str(tmp_path / "mine"), str(shipped("longslit-example")), str(tmp_path / "absent")),
            ignore_default=True,
            only=("Rule",),
            scopes="candidates",
            ids=("o001",),
            merge=True,
            version_id="x",
            delimiter="|",
            format="ascii",
            allow=str(tmp_path / "allow.yaml"),
            ignore=("target",),
        ),
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("pool: a_pool.tsv, expected: x", [("a_pool", "a_pool.tsv", "x")]),
        (
            "pool: '*_pool.tsv*', expected: 'x/{pool}'",
            [("a_pool", "a_pool.tsv", "x/a_pool"), ("b_pool", "b_pool.tsv.gz", "x/b_pool")],
        ),
        (
            "pool: '*/a_pool.tsv', expected: '{pool}.yaml', name: 'more {pool}'",
            [("more a_pool", "more/a_pool.tsv", "a_pool.yaml")],
        ),
        ("pool: absent.tsv, expected: x", [("absent", "absent.tsv", "x")]),
    ],
)
def test_an_entry_is_repeated_for_each_pool_that_its_pattern_matches(
    suite: Reader, tmp_path: Path, entry: str, expected: list[tuple[str, str, str]]
) -> None:
    entries = suite(f"entries:\n- {{{entry}}}\n")
    assert [(item.name, item.pool, item.expected) for item in entries] == [
        (name, str(tmp_path / pool), str(tmp_path / folder)) for name, pool, folder in expected
    ]


def test_an_absolute_pattern_is_not_relative_to_the_suite(suite: Reader, tmp_path: Path) -> None:
    (entry,) = suite(f"entries:\n- {{pool: '{tmp_path}/oth*.tsv', expected: x}}\n")
    assert entry.pool == str(tmp_path / "other.tsv")


def test_an_entry_overrides_the_defaults(suite: Reader) -> None:
    text = "defaults: {merge: true, ids: [o001], expected: '{pool}'}\n"
    text += "entries:\n- pool: other.tsv\n- {pool: a_pool.tsv, ids: []}\n"
    assert [(entry.merge, entry.ids) for entry in suite(text)] == [(True, ("o001",)), (True, ())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "- 1",
            ["1:1: C120 expected a mapping, got a list; Pools, and the associations expected of each. Run it with: "],
        ),
        ("entries: []", ["1:10: C120 'entries' is empty; The pools, "]),
        ("entries: [", ["2:1: C120 invalid YAML"]),
        (
            "entries:\n- other.tsv",
            ["2:3: C120 expected a mapping for item 1 of 'entries', got the string 'other.tsv'; A pool"],
        ),
        ("entries:\n- pool: x", ["2:3: C120 required key 'expected' is missing in item 1 of 'entries'"]),
        ("entries:\n- {pool: x, expectd: y}", ["2:13: C120 unknown key 'expectd'; did you mean expected?"]),
        (
            "entries:\n- {pool: x, expected: y, merge: yes}",
            ["2:33: C120 invalid value 'yes' for 'merge' of item 1; must be true or false"],
        ),
        (
            "entries:\n- {pool: x, expected: y, rules: z}",
            ["2:33: C120 expected a list for 'rules' of item 1, got the string 'z'; Rule sets by folder or name, "],
        ),
        (
            "entries:\n- {pool: [x], expected: y}",
            ["2:10: C120 expected a string for 'pool' of item 1, got a list; A pool"],
        ),
        (
            "entries:\n- {pool: x, expected: y, scopes: both}",
            ["2:34: C120 invalid value 'both' for 'scopes' of item 1; must be all, candidates or discovered"],
        ),
        (
            "entries:\n- {pool: x, expected: y, ignore: [tarjet]}",
            ["2:35: C120 invalid value 'tarjet' for item 1 of 'ignore'; did you mean target?"],
        ),
        ("entries:\n- {pool: 'no*', expected: y}", ["2:10: C121 no pool matches 'no*'"]),
        (
            "entries:\n- {pool: x, expected: y}\n- {pool: z/x, expected: w}",
            ["3:3: C122 {folder}/x and {folder}/z/x have the same name, 'x'; put '{pool}' in the name, or rename one"],
        ),
        ("entries:\n- {pool: x, expected: y}\nmore: 1", ["3:1: C120 unknown key 'more'; keys are defaults, entries"]),
        (
            "defaults: 3\nentries:\n- {pool: x, expected: y}",
            ["1:11: C120 expected a mapping for 'defaults', got the string '3'; A pool"],
        ),
    ],
)
def test_problems_of_a_suite_are_reported_with_line_and_column(
    suite: Reader, tmp_path: Path, text: str, expected: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        suite(text)
    findings = [str(finding).removeprefix(f"{tmp_path}/suite.yaml:") for finding in caught.value.findings]
    assert len(findings) == len(expected), findings
    for finding, start in zip(findings, expected, strict=True):
        assert finding.startswith(start.replace("{folder}", str(tmp_path)))


def test_a_missing_suite_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="C120 cannot be read: no such file; check the name"):
        read_suite(tmp_path / "suite.yaml")


@pytest.mark.parametrize("code", [SUITE_FILE, SAME_NAME, NO_POOL, OUTSIDE], ids=lambda code: code.code)
def test_the_examples_of_a_code_have_and_fix_the_problem(suite: Reader, code: FindingCode) -> None:
    with pytest.raises(InputError) as caught:
        suite(code.wrong)
    assert {finding.code for finding in caught.value.findings} == {code.code}
    assert suite(code.right)
