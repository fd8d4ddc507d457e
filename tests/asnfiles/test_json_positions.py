"""JSON is parsed with the position of every key and value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.asnfiles.json_positions import DEEPEST, parse
from asnforge.asnfiles.read_text import Lines
from asnforge.findings import InputError, SourceLocation

scalars = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    [':,"', "{[", "\\", '\\"}', "NaN"]
)
values = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(values, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_value_is_that_of_the_standard_library(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert parse(text, "x").value == json.loads(text)


@given(values, st.data())
def test_text_with_one_character_changed_is_rejected_if_the_standard_library_rejects_it(
    value: Any, data: st.DataObject
) -> None:
    text = json.dumps(value)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.sampled_from([*'{}[],:"0a\\. -\n', ""])) + text[at + 1 :]
    try:
        expected = json.loads(changed, parse_constant=int)
    except ValueError:
        with pytest.raises(InputError):
            parse(changed, "x")
    else:
        if json.dumps(expected).count("\\ud") == 0:
            assert parse(changed, "x").value == expected


@given(values, st.sampled_from([None, 1]))
def test_each_path_leads_to_the_value_and_key_at_its_offset(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    document = parse(text, "x")
    for path, offset in document.values.items():
        part: Any = document.value
        for step in path:
            part = part[step]
        assert json.JSONDecoder().raw_decode(text, offset)[0] == part
    for path, offset in document.keys.items():
        assert json.JSONDecoder().raw_decode(text, offset)[0] == path[-1]
    assert len(document.keys) == sum(isinstance(path[-1], str) for path in document.values if path)


CUT = "the file is cut short"
NO_NUMBER = "JSON has no such number; use null"


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ('{"a": 1,\n}', 1, 8, "remove the comma"),
        ("[1, ]", 1, 3, "remove the comma"),
        ('{"a": 1\n "b": 2}', 2, 2, ""),
        ('{"a": [1', 1, 9, CUT),
        ('{"a": "b', 1, 7, "the file is cut short, or a closing quote is missing"),
        ('{"a": "b\n"}', 1, 7, "a closing quote is missing"),
        ('{"a": "b\\"c\\\\\r"}', 1, 7, "a closing quote is missing"),
        ('{"a": 1, ', 1, 10, CUT),
        ("{a: 1}", 1, 2, ""),
        ('{"a" 1}', 1, 6, ""),
        ('{"a": }', 1, 7, ""),
        ("['x']", 1, 2, "use double quotes"),
        ("{'x': 1}", 1, 2, "use double quotes"),
        ("[None]", 1, 2, "write null"),
        ("[True]", 1, 2, "write true"),
        ("[FALSE]", 1, 2, "write false"),
        ("[NaN]", 1, 2, NO_NUMBER),
        ("[-Infinity]", 1, 2, NO_NUMBER),
        ("[inf]", 1, 2, NO_NUMBER),
        ("[abc]", 1, 2, "put strings in double quotes"),
        ("[01]", 1, 3, ""),
        ('["C:\\path"]', 1, 5, "write \\\\ for a backslash"),
        ('["a\tb"]', 1, 4, "write it as an escape"),
        ('["\\ud800"]', 1, 2, "write the character itself"),
        ("[ // x\n1]", 1, 3, "JSON has no comments: remove it"),
        ("[ # x\n1]", 1, 3, "JSON has no comments: remove it"),
        ("{} {}", 1, 4, "a file has one value"),
        (f"[{'9' * 5000}]", 1, 2, "put it in double quotes"),
    ],
)
def test_syntax_error_has_position_and_hint(text: str, line: int, column: int, hint: str) -> None:
    with pytest.raises(InputError) as stop:
        parse(text, "x.json")
    (finding,) = stop.value.findings
    assert (finding.code, finding.file, finding.line, finding.column, finding.hint) == (
        "A104",
        "x.json",
        line,
        column,
        hint,
    )
    assert finding.message.startswith("invalid JSON: ")


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 65 + "1" + "]" * 65, '{"a": [' * 40 + "1" + "]}" * 40])
def test_depth_is_limited(text: str) -> None:
    with pytest.raises(InputError) as stop:
        parse(text, "x")
    assert stop.value.findings[0].code == "A103"
    assert stop.value.findings[0].message == f"the JSON is nested deeper than {DEEPEST} levels"
    assert (
        text[: stop.value.findings[0].column].count("[") + text[: stop.value.findings[0].column].count("{")
        == DEEPEST + 1
    )


def test_repeated_keys_have_the_position_of_the_second() -> None:
    assert parse('{"a": {"x": 1, "x": 2}}', "x").repeated == [(("a", "x"), 15)]
    assert parse('{"a": {"x": 1}, "b": {"x": 2}}', "x").repeated == []
    assert parse('{"a": {"x": 1}, "a": {"x": 2}}', "x").repeated == [(("a",), 16)]


@pytest.mark.parametrize(
    ("text", "offset", "line", "column"),
    [("abc", 0, 1, 1), ("a\nbc", 3, 2, 2), ("a\r\n\r\nb", 5, 3, 1), ("é\n", 2, 2, 1), ("a\u2028b\n", 2, 1, 3)],
)
def test_lines_and_columns_are_counted_from_one(text: str, offset: int, line: int, column: int) -> None:
    assert Lines(text, "x").location(offset) == SourceLocation("x", line, column)


@given(st.text("ab\n\r\u2028", max_size=30))
def test_position_of_each_offset_is_that_of_its_line(text: str) -> None:
    lines = Lines(text, "x")
    for offset in range(len(text) + 1):
        before = text[:offset].split("\n")
        assert lines.location(offset) == SourceLocation("x", len(before), len(before[-1]) + 1)
