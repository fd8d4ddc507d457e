"""Every key of rules has mutants, so that the cases of the rule sets show that each of their keys is tested."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from support.every_key import DOCUMENTS
from support.mutants import mutants, option_mutants
from support.schema_keys import KEYS_BY_NAME, changed, write_documents

from asnforge.rulefiles.sources import read_sources

WITHOUT = {
    "about": "a comment",
    "rule": "the name of the rule",
    "title": "a comment",
    "file_name": "cases do not compare the names of association files",
    "keywords": "cases do not compare keywords",
}
"""Keys without mutants, and why not."""


def changes(documents: dict[str, dict[str, Any]]) -> Counter[str] | None:
    """What the mutants of the rules of the documents change; None if the documents have errors."""
    with TemporaryDirectory() as folder:
        ruleset = read_sources(write_documents(documents, Path(folder))).ruleset
    if ruleset is None:
        return None
    found = Counter(mutant.change for rule in ruleset.rules for mutant in mutants(rule, ruleset.names))
    return found + Counter(text for text, _ in option_mutants(ruleset.rules))


@cache
def changes_before() -> Counter[str] | None:
    return changes(DOCUMENTS)


def has_mutants(key: str) -> bool:
    definition, _, name = key.partition(".")
    return definition not in ("ruleset", "headers") and name.rpartition(".")[2] not in WITHOUT


@pytest.mark.parametrize("key", [key for key in sorted(KEYS_BY_NAME) if has_mutants(key)])
def test_without_a_key_there_are_other_mutants(key: str) -> None:
    """A key that is required, and cannot be removed, is one that every mutant of what has it changes."""
    found = [changes(changed(file, path, removed=True)) for file, path in KEYS_BY_NAME[key]]
    valid = [each for each in found if each is not None]
    assert not valid or any(each != changes_before() for each in valid)
