"""Hashes of rule sets: the same for the same meaning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.observatory import rule, ruleset, write_ruleset

from asnforge.batch.fingerprint import digest, ruleset_digest
from asnforge.rulefiles.load import read_ruleset

LOOK = """
import sys
from asnforge.batch.fingerprint import ruleset_digest
from asnforge.rulefiles.load import read_ruleset
print(ruleset_digest(read_ruleset(sys.argv[1])))
"""


def test_it_is_the_same_in_any_process_and_any_folder(tmp_path: Path) -> None:
    folder = write_ruleset(tmp_path / "here", rule(), rule("Other"))
    again = write_ruleset(tmp_path / "there", rule("Other"), rule())
    text = (again / "image.yaml").read_text()
    (again / "image.yaml").write_text(f"# a comment\n\n{text}")
    wanted = ruleset_digest(read_ruleset(folder))
    command = [sys.executable, "-c", LOOK, str(again)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == wanted


@pytest.mark.parametrize(
    "change",
    [
        {"undefined": ["none"]},
        {"keywords": {"target": "{camera}"}},
        {"names": {"camera": {"key": "camera", "before": "c"}}},
    ],
)
def test_it_is_another_for_another_meaning(change: dict[str, object]) -> None:
    assert ruleset_digest(ruleset(**change)) != ruleset_digest(ruleset())


@pytest.mark.parametrize(
    ("one", "other"),
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
def test_values_that_are_not_the_same(one: object, other: object) -> None:
    assert digest(one) != digest(other)


def test_the_order_of_sets_and_mappings_does_not_count() -> None:
    assert digest(frozenset(["a", "b"])) == digest({"b", "a"})
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
