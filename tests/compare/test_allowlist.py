"""Allowlists: differences that are accepted."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.runs import association

from asnforge.compare import ReadAssociation, compare
from asnforge.compare.allowlist import ALLOWLIST, apply_allowlist, read_allowlist
from asnforge.compare.load_sides import read_association
from asnforge.compare.model import KINDS
from asnforge.findings import InputError
from asnforge.json_schema import schema

Result = tuple[list[str], list[str], list[int | None]]
Compare = Callable[[str, Sequence[ReadAssociation], Sequence[ReadAssociation]], Result]


def read(folder: str = ".", **keywords: Any) -> ReadAssociation:
    name = keywords.pop("name", "product-a")
    return read_association(json.dumps(association(name, **keywords)).encode(), f"{name}_asn.json", folder)


@pytest.fixture
def allowed(tmp_path: Path) -> Compare:
    """Compare with an allowlist: the kinds of the other differences, the reasons, and the lines of unused entries."""

    def run(text: str, expected: Sequence[ReadAssociation], actual: Sequence[ReadAssociation]) -> Result:
        path = tmp_path / "allow.yaml"
        path.write_text(text)
        result = apply_allowlist(compare(expected, actual), read_allowlist(str(path)))
        return (
            [difference.kind for difference in result.differences],
            [item.reason for item in result.allowed],
            [finding.line for finding in result.unused],
        )

    return run


@pytest.mark.parametrize(
    ("entry", "matches"),
    [
        ("kind: unexpected", True),
        ("kind: missing", False),
        ("product: product-a", True),
        ("product: 'product-*'", True),
        ("product: product", False),
        ("rule: Rule_*", True),
        ("type: image", True),
        ("type: spectrum", False),
        ("member: '*_1_cal.fits'", True),
        ("member: '*_2_cal.fits'", False),
        ("program: '00007'", True),
        ("program: '8*'", False),
        ("asn_id: o0*", True),
        ("asn_id: c1000", False),
        ("asn_pool: night.tsv", True),
        ("asn_pool: day.tsv", False),
        ("folder: night", True),
        ("folder: day", False),
        ("what: target", False),
        ("kind: unexpected, product: product-b", False),
        ("kind: unexpected, product: product-?", True),
        ("product: '[p]roduct-a'", False),
    ],
)
def test_an_entry_allows_differences_that_match_all_its_keys(allowed: Compare, entry: str, matches: bool) -> None:
    text = f"allow:\n- {{{entry}, reason: intended}}\n"
    assert allowed(text, [], [read("night")]) == (([], ["intended"], []) if matches else (["unexpected"], [], [2]))


@pytest.mark.parametrize("rule", ["Rule_Image", "candidate_Rule_Image"])
def test_a_rule_is_allowed_with_and_without_the_prefix_of_the_peer(allowed: Compare, rule: str) -> None:
    text = f"allow:\n- {{rule: {rule}, reason: intended}}\n"
    assert allowed(text, [], [read(asn_rule="candidate_Rule_Image")]) == ([], ["intended"], [])


@pytest.mark.parametrize("keyword", ["asn_id", "asn_pool"])
def test_a_changed_keyword_is_allowed_by_its_name(allowed: Compare, keyword: str) -> None:
    text = f"allow:\n- {{what: {keyword}, reason: intended}}\n"
    assert allowed(text, [read()], [read(**{keyword: "another"})]) == ([], ["intended"], [])


@pytest.mark.parametrize(("what", "matches"), [("target", False), ("*", True), ("[at]*", False)])
def test_what_must_match_every_change(allowed: Compare, what: str, matches: bool) -> None:
    text = f"allow:\n- what: '{what}'\n  reason: intended\n"
    result = allowed(text, [read()], [read(target="t009", asn_rule="Another")])
    assert result == (([], ["intended"], []) if matches else (["changed"], [], [2]))


def test_the_first_matching_entry_gives_the_reason(allowed: Compare) -> None:
    text = "allow:\n- kind: unexpected\n  reason: all of\n    them\n- product: b\n  reason: this one\n"
    assert allowed(text, [], [read(name="a"), read(name="b")]) == ([], ["all of them", "all of them"], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "- kind: missing",
            ["1:1: C110 expected a mapping, got a list; Differences between associations that are accepted"],
        ),
        ("allow: []\nmore: 1", ["2:1: C110 unknown key 'more'; keys are allow"]),
        ("allow:\n- missing", ["2:3: C110 expected a mapping for item 1 of 'allow', got the string 'missing'; "]),
        (
            "allow:\n- kind: missing",
            ["2:3: C110 required key 'reason' is missing in item 1 of 'allow'; Why the difference "],
        ),
        ("allow:\n- reason: x", ["2:3: C110 item 1 of 'allow' needs one of the keys kind, product, rule, "]),
        (
            "allow:\n- kind: lost\n  reason: x",
            ["2:9: C110 invalid value 'lost' for 'kind' of item 1; must be missing, "],
        ),
        ("allow:\n- knid: missing\n  type: x\n  reason: x", ["2:3: C110 unknown key 'knid'; did you mean kind?"]),
        ("allow:\n- kind: missing\n  reason: ''", ["3:11: C110 'reason' of item 1 is empty; Why the difference "]),
        ("allow:\n- kind: missing\n  reason: ' '", ["3:11: C110 invalid value ' ' for 'reason' of item 1; Why the "]),
        (
            "allow:\n- kind: [missing]\n  reason: x",
            ["2:9: C110 expected a string for 'kind' of item 1, got a list; The kind of difference"],
        ),
        (
            "allow:\n- type: x\n- kind: y\n  reason: x",
            [
                "2:3: C110 required key 'reason' is missing in item 1 of 'allow'",
                "3:9: C110 invalid value 'y' for 'kind' of item 2",
            ],
        ),
        ("allow: [", ["2:1: C110 invalid YAML"]),
    ],
)
def test_problems_of_an_allowlist_are_reported_with_line_and_column(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    path = tmp_path / "allow.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_allowlist(str(path))
    findings = [str(finding).removeprefix(f"{path}:") for finding in caught.value.findings]
    assert len(findings) == len(expected), findings
    assert all(finding.startswith(start) for finding, start in zip(findings, expected, strict=True)), findings


def test_a_missing_allowlist_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="C110 cannot be read: no such file; check the name"):
        read_allowlist(str(tmp_path / "absent.yaml"))


def test_the_examples_of_the_code_have_and_fix_the_problem(tmp_path: Path) -> None:
    path = tmp_path / "allow.yaml"
    path.write_text(ALLOWLIST.wrong)
    with pytest.raises(InputError, match=ALLOWLIST.code):
        read_allowlist(str(path))
    path.write_text(ALLOWLIST.right)
    assert len(read_allowlist(str(path))) == 1


def test_the_schema_has_the_kinds_of_differences() -> None:
    assert schema("allowlist")["$defs"]["entry"]["properties"]["kind"]["enum"] == list(KINDS)
