"""Violations of the published schemas in plain sentences."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.findings import FindingCode
from asnforge.json_schema import SchemaName, is_valid, schema
from asnforge.schema_errors import KeyPath, schema_problems, value_at

CODE = FindingCode("X100", "a violation", "For tests.")
RULE = {"rule": "Image", "title": "Images", "asn_type": "image", "product": "usual"}
SUITE = {"entries": [{"pool": "night.tsv", "expected": "expected"}]}
CASE = {"exposures": {"a": {"BAND": "g"}}, "expect": {"together": [["a"]]}}
ENTRY: KeyPath = ("entries", 0)


def problems(name: SchemaName, value: Any) -> list[tuple[str, KeyPath, bool, str]]:
    """The kind and path of each problem, whether it concerns the key, and the message with its hint."""
    result: list[tuple[str, KeyPath, bool, str]] = []
    for problem in schema_problems(value, name):
        finding = CODE.finding(problem.message, hint=problem.hint, **problem.details)
        sentence = f"{finding.message}; {finding.hint}" if finding.hint else finding.message
        result.append((problem.kind, problem.path, problem.at_key, sentence))
    return result


@pytest.mark.parametrize(("name", "value"), [("rule", RULE), ("suite", SUITE), ("cases", {"cases": {"one": CASE}})])
def test_a_valid_value_has_no_problems(name: SchemaName, value: Any) -> None:
    assert is_valid(value, name)
    assert problems(name, value) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"pool": ["a"]},
            ("wrong type", "pool", False, "expected a string for 'pool' of item 1, got a list; A pool, or "),
        ),
        (
            {"rules": "a"},
            ("wrong type", "rules", False, "expected a list for 'rules' of item 1, got the string 'a'; Rule "),
        ),
        (
            {"rules": {}},
            ("wrong type", "rules", False, "expected a list for 'rules' of item 1, got an empty mapping; "),
        ),
        ({"rules": ""}, ("wrong type", "rules", False, "expected a list for 'rules' of item 1, got nothing; ")),
        (
            {"merge": "yes"},
            ("wrong value", "merge", False, "invalid value 'yes' for 'merge' of item 1; must be true or false"),
        ),
        ({"merge": ["true"]}, ("wrong type", "merge", False, "expected a string for 'merge' of item 1, got a list; ")),
        ({"merge": ""}, ("wrong value", "merge", False, "'merge' of item 1 is empty; ")),
        (
            {"scopes": "al"},
            ("wrong value", "scopes", False, "invalid value 'al' for 'scopes' of item 1; did you mean all?"),
        ),
        ({"pool": ""}, ("empty", "pool", False, "'pool' of item 1 is empty; A pool, or a pattern ")),
        ({"expectd": "x"}, ("unknown key", "expectd", True, "unknown key 'expectd'; did you mean expected?")),
        ({"zzz": "x"}, ("unknown key", "zzz", True, "unknown key 'zzz'; keys are name, pool, expected, ")),
        ({"\x1b": "x"}, ("unknown key", "\x1b", True, r"unknown key '\x1b'; keys are ")),
    ],
)
def test_a_problem_of_an_entry_is_described(changes: dict[str, Any], expected: tuple[str, str, bool, str]) -> None:
    ((kind, path, at_key, sentence),) = problems("suite", {"entries": [{**SUITE["entries"][0], **changes}]})
    assert (kind, path, at_key) == (expected[0], (*ENTRY, expected[1]), expected[2])
    assert sentence.startswith(expected[3])


@pytest.mark.parametrize(
    ("attachment", "expected"),
    [
        ({"at_most": "0"}, "invalid value '0' for 'at_most' of 'flat'; must be a whole number from 1"),
        ({"at_least": "three"}, "invalid value 'three' for 'at_least' of 'flat'; must be a whole number from 1"),
        ({"at_least": "2.5"}, "invalid value '2.5' for 'at_least' of 'flat'; must be a whole number from 1"),
        (
            {"prefer": [{"column": "TEMP", "when_more_than": "-1"}]},
            "invalid value '-1' for 'when_more_than' of item 1; must be a whole number from 1, or a name, or a list of names",
        ),
        (
            {"match": {"place": {"position": ["RA"], "within": "1 deg"}}},
            "'position' of 'place' has 1 item and must have 2; The columns of longitude and latitude",
        ),
        (
            {"match": {"place": {"position": ["RA", "DEC", "Z"], "within": "1 deg"}}},
            "'position' of 'place' has 3 items and must have 2; The columns of longitude and latitude",
        ),
        (
            {"match": {"place": {"position": [], "within": "1 deg"}}},
            "'position' of 'place' is empty; The columns of longitude and latitude",
        ),
    ],
)
def test_a_number_or_list_of_an_attachment_says_what_it_must_be(attachment: dict[str, Any], expected: str) -> None:
    rule = {**RULE, "attach": {"flat": {"match": ["BAND"], **attachment}}}
    ((_, path, _, sentence),) = problems("rule", rule)
    assert path[:2] == ("attach", "flat")
    assert sentence.startswith(expected)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"use": ["a", "a"]}, [("duplicate", ("use", 1), "'a' is listed twice in 'use'")]),
        ({"titel": "x", "title": None}, [("unknown key", ("titel",), "unknown key 'titel'; did you mean title?")]),
        (
            {"title": None},
            [("missing key", (), "required key 'title' is missing; The rule in a few words, as a heading")],
        ),
        (
            {"select": {"a b": {"column": "X", "is": "y"}}},
            [
                (
                    "wrong value",
                    ("select", "a b"),
                    "invalid name 'a b'; use letters, digits and underscores, starting with a letter",
                )
            ],
        ),
        (
            {"select": {"a": {"table": "t"}}},
            [
                (
                    "missing key",
                    ("select", "a"),
                    "required key 'columns' is missing in 'a' of 'select'; Columns of the pool",
                )
            ],
        ),
        (
            {"select": {"a": {"is": "x", "in": ["y"], "column": "z"}}},
            [
                (
                    "exclusive keys",
                    ("select", "a"),
                    "'is' and 'in' are mutually exclusive in 'a' of 'select'; Which exposures",
                )
            ],
        ),
        (
            {"select": {"a": {"use": "x", "column": "z"}}},
            [
                (
                    "exclusive keys",
                    ("select", "a"),
                    "'use' and 'column' are mutually exclusive in 'a' of 'select'; Which ",
                )
            ],
        ),
        (
            {"select": {"a": {"column": "z"}}},
            [
                (
                    "exclusive keys",
                    ("select", "a"),
                    "'a' of 'select' needs one of the keys is, in, matches, at_least, above, at_most, below, defined, all, ",
                )
            ],
        ),
        (
            {"select": {f"c{number}": {"column": "z", "is": "x"} for number in range(101)}},
            [("too many", ("select",), "'select' has 101 items; the limit is 100; split it")],
        ),
    ],
)
def test_a_problem_of_a_rule_is_described(changes: dict[str, Any], expected: list[tuple[str, KeyPath, str]]) -> None:
    value = {key: entry for key, entry in {**RULE, **changes}.items() if entry is not None}
    result = problems("rule", value)
    assert [(kind, path) for kind, path, _, _ in result] == [(kind, path) for kind, path, _ in expected]
    assert all(item[3].startswith(sentence) for item, (_, _, sentence) in zip(result, expected, strict=True)), result


def test_all_missing_and_unknown_keys_are_reported() -> None:
    result = problems("rule", {"one": "x", "rule": "Image", "two": "x"})
    assert sorted(sentence.partition(";")[0] for _, _, _, sentence in result) == [
        "required key 'asn_type' is missing",
        "required key 'product' is missing",
        "required key 'title' is missing",
        "unknown key 'one'",
        "unknown key 'two'",
    ]


@pytest.mark.parametrize(
    ("value", "sentence"), [(None, "the file is empty"), ([], "expected a mapping, got an empty list")]
)
def test_a_file_of_another_type_is_described(value: Any, sentence: str) -> None:
    ((kind, path, _, message),) = problems("suite", value)
    assert (kind, path) == ("wrong type", ())
    assert message.startswith(sentence)


def test_a_key_that_requires_another_is_described() -> None:
    ((kind, path, _, sentence),) = [
        problem for problem in problems("ruleset", {"candidates": {"column": "PLAN"}}) if problem[0] == "exclusive keys"
    ]
    assert (kind, path, sentence) == ("exclusive keys", ("candidates",), "'column' requires 'id' in 'candidates'")


def words_of(node: Any) -> set[str]:
    """The keys and enumerated values of a schema."""
    if isinstance(node, list):
        return set().union(*map(words_of, node))
    if not isinstance(node, dict):
        return set()
    own = {*node.get("properties", {}), *(word for word in node.get("enum", ()) if isinstance(word, str))}
    return own.union(*map(words_of, node.values()))


WORDS = {name: sorted(words_of(schema(name)) | words_of(schema("rule"))) for name in get_args(SchemaName)}


@st.composite
def values(draw: st.DrawFn, name: SchemaName) -> Any:
    """A value that consists of words of a schema."""
    keys = st.sampled_from([*WORDS[name], "two words", "3", "x"])

    def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5)

    return draw(st.recursive(keys | st.just(""), containers, max_leaves=25))


@pytest.mark.parametrize("name", get_args(SchemaName))
@given(st.data())
def test_every_invalid_value_has_a_problem_at_an_existing_path(name: SchemaName, data: st.DataObject) -> None:
    value = data.draw(values(name))
    result = list(schema_problems(value, name))
    assert bool(result) is not is_valid(value, name)
    for problem in result:
        assert problem.finding(CODE).message
        value_at(value, problem.path)
