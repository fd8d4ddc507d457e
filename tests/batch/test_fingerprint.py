"""Hashes of rule sets are equal for equal meaning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.observatory import rule, ruleset, write_ruleset

from asnforge.batch.fingerprint import digest, ruleset_digest
from asnforge.rulefiles.load import read_ruleset

PRINT_DIGEST = """
import sys
from asnforge.batch.fingerprint import ruleset_digest
from asnforge.rulefiles.load import read_ruleset
print(ruleset_digest(read_ruleset(sys.argv[1])))
"""


def test_the_digest_does_not_depend_on_process_and_folder(tmp_path: Path) -> None:
    folder = write_ruleset(tmp_path / "here", rule(), rule("Other"))
    again = write_ruleset(tmp_path / "there", rule("Other"), rule())
    text = (again / "image.yaml").read_text()
    (again / "image.yaml").write_text(f"# a comment\n\n{text}")
    expected = ruleset_digest(read_ruleset(folder))
    command = [sys.executable, "-c", PRINT_DIGEST, str(again)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == expected


@pytest.mark.parametrize(
    "change",
    [
        {"undefined": ["none"]},
        {"keywords": {"target": "{camera}"}},
        {"names": {"camera": {"key": "camera", "before": "c"}}},
    ],
)
def test_rule_sets_of_different_meaning_have_different_digests(change: dict[str, object]) -> None:
    assert ruleset_digest(ruleset(**change)) != ruleset_digest(ruleset())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("a", "b"), ("ab",)),
        (("a", ("b",)), (("a",), "b")),
        ((1,), ("1",)),
        ((None,), ("None",)),
        (frozenset("ab"), ("a", "b")),
        ({"a": "b"}, ("a", "b")),
        ((True,), (1,)),
    ],
)
def test_different_values_have_different_digests(left: object, right: object) -> None:
    assert digest(left) != digest(right)


def test_the_order_of_sets_and_mappings_does_not_matter() -> None:
    assert digest(frozenset(["a", "b"])) == digest({"b", "a"})
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
