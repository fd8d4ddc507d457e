"""Every optional key of rules is counted by coverage as an item of its own, with exceptions that have a reason."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from support.every_key import DOCUMENTS
from support.schema_keys import KEYS_BY_NAME, changed, write_documents

from asnforge.cases.coverage import find_coverage
from asnforge.rulefiles.sources import read_sources

NOT_ITEMS = {
    "about": "a comment",
    "own": "a part of the relation: without it, another one",
    "attachment.nearest[].side": "a part of the entry of nearest: without it, another one",
    "within": "the relation itself",
    "apart": "the relation itself",
    "before": "the relation itself",
    "after": "the relation itself",
    "differs": "the relation itself: without it, its opposite",
    "gap": "the key itself",
    "group_by": "its keys are counted by themselves",
    "file_name": "a name, which every association has",
    "member_name": "a name, which every member has",
    "keywords": "keywords, which every association has",
    "attachment.when": "which exposures can be attached is counted by the attachment",
    "attachment.product_of": "which exposures can be attached is counted by the attachment",
    "rule.product_of": "which exposures the rule is about",
    **dict.fromkeys(
        ("is", "in", "matches", "defined", "above", "below", "use", "not", "any", "all", "table"),
        "the constraint itself",
    ),
    **dict.fromkeys(("preference.at_least", "preference.at_most"), "the constraint itself"),
    **dict.fromkeys(("requirement.at_least", "requirement.at_most", "exactly", "in_scopes"), "the requirement itself"),
    "repeat[].at_least": "the repetition itself",
}
"""Keys that are not items by themselves, and why not; those of a definition of the schema by its name."""


def kinds(documents: dict[str, dict[str, Any]]) -> Counter[str] | None:
    """How many items of each kind coverage has for the rules of the documents; None if they have errors."""
    with TemporaryDirectory() as folder:
        sources = read_sources(write_documents(documents, Path(folder)))
    return None if sources.ruleset is None else Counter(item.kind for item in find_coverage(sources.ruleset, []).items)


@cache
def kinds_before() -> Counter[str] | None:
    return kinds(DOCUMENTS)


def is_an_item(key: str) -> bool:
    definition, _, name = key.partition(".")
    return definition not in ("ruleset", "headers") and key not in NOT_ITEMS and name not in NOT_ITEMS


@pytest.mark.parametrize("key", [key for key in sorted(KEYS_BY_NAME) if is_an_item(key)])
def test_without_a_key_there_are_fewer_items(key: str) -> None:
    counts = [found for file, path in KEYS_BY_NAME[key] if (found := kinds(changed(file, path, removed=True)))]
    assert not counts or any(found != kinds_before() for found in counts)  # a key that is required cannot be removed
