"""Differences of rule sets key by key: every key of the schemas of rules is reported with both values."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from support.every_key import DOCUMENTS
from support.observatory import Content, rule, write_ruleset
from support.schema_keys import KEYS_BY_NAME, SCHEMA_KEYS, changed, has_keys, write_documents

from asnforge.authoring.rule_changes import RuleChange, change_lines, rule_changes
from asnforge.rulefiles.rule_documents import Document, ruleset_document
from asnforge.rulefiles.sources import read_sources

NOT_WRITTEN = {
    "ruleset.extends": "the rules and blocks of both are one document",
    "ruleset.shares": "the blocks of both are one document",
    "ruleset.parts[].about": "parts are filled in where rules use them",
}
"""Keys that are not in documents, and why not."""

FILLED_IN = ("rule.use", "attachment.match.use", "rule.product")
"""Keys that name something else, so that the keys of what they name are reported."""


def document(documents: dict[str, dict[str, Any]], folder: Path) -> Document | None:
    """The document of a rule set; None if it has errors."""
    sources = read_sources(write_documents(documents, folder))
    return None if sources.ruleset is None else ruleset_document(sources)


@cache
def document_before() -> Document:
    with TemporaryDirectory() as folder:
        found = document(DOCUMENTS, Path(folder))
    assert found is not None
    return found


def is_the_change(change: RuleChange, key: str, file: str, path: tuple[str | int, ...]) -> bool:
    """Whether a change is that of a key at a place in the documents, or of what is at this place."""
    if path[0] == "parts" or key in FILLED_IN:
        return bool(change.rules)
    place = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
    where = () if file == "ruleset" else (DOCUMENTS[file]["rule"],)
    if key == "rule.rule":
        return change.rules == where and change.new is None
    if path[0] == "repeat":
        place = place.replace("repeat.1", "repeat.2", 1)  # that of the part comes first
    return change.rules == where and (f"{place}.".startswith(f"{change.key}.") or change.key.startswith(f"{place}."))


def test_the_examples_have_every_key() -> None:
    assert sorted(SCHEMA_KEYS - KEYS_BY_NAME.keys() - NOT_WRITTEN.keys()) == []


@pytest.mark.parametrize("key", [key for key in sorted(KEYS_BY_NAME.keys() - NOT_WRITTEN.keys()) if not has_keys(key)])
def test_another_value_of_a_key_is_reported(tmp_path: Path, key: str) -> None:
    tried = [(place, removed) for removed in (False, True) for place in KEYS_BY_NAME[key]]
    for number, ((file, path), removed) in enumerate(tried):
        after = document(changed(file, path, removed=removed), tmp_path / str(number))
        for change in rule_changes(document_before(), after) if after is not None else ():
            if is_the_change(change, key, file, path) and change.old != change.new:
                return
    pytest.fail(f"{key} can be changed, and the change is not reported")


def changes(folder: Path, old: tuple[Content, ...], new: tuple[Content, ...], **blocks: Any) -> list[str]:
    before = read_sources(write_ruleset(folder / "old", *old))
    after = read_sources(write_ruleset(folder / "new", *new, **blocks))
    return list(change_lines(rule_changes(ruleset_document(before), ruleset_document(after))))


SKY = {"when": {"use": "sky"}, "match": ["CAMERA", "BAND"], "to": ["own"]}
LONG = {"column": "BAND", "in": ["u", "g", "r", "i", "z"]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {}, []),
        ({"asn_type": "a"}, {"asn_type": "b"}, ["Image: asn_type: a -> b"]),
        (
            {},
            {"attach": {"sky": SKY}},
            ["Image: attach: none -> {sky: {when: {use: sky}, match: [CAMERA, BAND], to: [own]}}"],
        ),
        (
            {"attach": {"sky": SKY}},
            {"attach": {"sky": SKY | {"match": ["CAMERA"], "at_most": "1"}}},
            ["Image: attach.sky.match: CAMERA, BAND -> CAMERA", "Image: attach.sky.at_most: none -> 1"],
        ),
        (
            {"select": {"band": LONG}},
            {"select": {"band": {"column": "BAND", "in": ["u", "g", "r", "i", "y", "x"]}}},
            ["Image: select.band.in: without z and with y, x"],
        ),
        (
            {"select": {"band": LONG}},
            {"select": {"band": {"column": "BAND", "in": ["g", "u", "r", "i", "z"]}}},
            ["Image: select.band.in: u, g, r, i, z -> g, u, r, i, z"],
        ),
        (
            {"prefer": [{"column": "BAND", "is": "u"}, {"column": "BAND", "is": "g"}]},
            {"prefer": [{"column": "BAND", "is": "r"}, {"column": "BAND", "is": "u"}, {"column": "BAND", "is": "i"}]},
            ["Image: prefer.1: none -> {column: BAND, is: r}", "Image: prefer.2.is: g -> i"],
        ),
        (
            {"prefer": [{"column": "BAND", "is": "u"}, {"column": "BAND", "is": "g"}]},
            {"prefer": [{"column": "BAND", "is": "g"}]},
            ["Image: prefer.1: {column: BAND, is: u} -> none"],
        ),
        (
            {"require": {"a": {"members": "any", "at_least": "2"}}},
            {},
            ["Image: require.a: {members: any, at_least: 2} -> none"],
        ),
        ({"rule": "Old"}, {"rule": "New"}, ["New: added", "Old: removed"]),
    ],
)
def test_changes_of_a_rule_as_text(tmp_path: Path, old: Content, new: Content, expected: list[str]) -> None:
    count = len(expected)
    heading = f"rules: {count} differences" if count > 1 else "rules: 1 difference" if count else "rules: no difference"
    assert changes(tmp_path, (rule(**old),), (rule(**new),)) == [heading, *(f"    {line}" for line in expected)]


def test_what_rules_share_is_reported_once_and_parts_for_the_rules_that_use_them(tmp_path: Path) -> None:
    rules = tuple(rule(f"Image{number}") for number in range(5))
    basic = {"group_by": {"program": {"column": "PROPOSAL"}, "camera": {"columns": ["CAMERA", "SIDE"]}}}
    found = changes(
        tmp_path,
        rules,
        rules,
        parts={"basic": basic | {"require": {"science": {"members": "science", "at_least": "2"}}}},
        conditions={"sky": {"column": "role", "is": "space"}},
        names={"number": {"key": "program", "empty": ""}},
        undefined=["", "-"],
    )
    assert found == [
        "rules: 7 differences",
        "    ruleset.yaml: undefined: none, - -> '', -",
        "    ruleset.yaml: conditions.sky.is: background -> space",
        "    ruleset.yaml: names.number.zero_fill: 3 -> none",
        "    ruleset.yaml: names.number.empty: none -> ''",
        "    Image0, Image1, Image2 and 2 other rules: group_by.camera.column: CAMERA -> none",
        "    Image0, Image1, Image2 and 2 other rules: group_by.camera.columns: none -> CAMERA, SIDE",
        "    Image0, Image1, Image2 and 2 other rules: require.science.at_least: none -> 2",
    ]


def test_limit_applies_to_the_text() -> None:
    found = tuple(RuleChange(("A",), f"key{number}", "1", "2") for number in range(3))
    assert list(change_lines(found, 1)) == [
        "rules: 3 differences",
        "    A: key0: 1 -> 2",
        "    and 2 more; --limit 0 shows them",
    ]
    assert len(list(change_lines(found, 0))) == 4


def test_a_change_has_its_rules_key_and_values_as_json() -> None:
    change = RuleChange(("A", "B"), "attach.flat.at_most", None, 1)
    assert change.as_dict() == {"rules": ["A", "B"], "key": "attach.flat.at_most", "old": None, "new": 1}
