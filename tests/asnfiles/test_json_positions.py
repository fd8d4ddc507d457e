"""JSON read with the place of everything in it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.asnfiles.json_positions import DEEPEST, JSONSyntaxError, Lines, line_and_column, parse

scalars = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(values, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_every_json_value_is_read_as_the_standard_library_reads_it(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert parse(text).value == json.loads(text)


@given(values, st.data())
def test_a_text_with_one_character_changed_is_refused_exactly_where_the_standard_library_refuses_it(value, data):
    text = json.dumps(value)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.sampled_from([*'{}[],:"0a\\. -\n', ""])) + text[at + 1 :]
    try:
        wanted = json.loads(changed, parse_constant=int)
    except ValueError:
        with pytest.raises(JSONSyntaxError):
            parse(changed)
    else:
        if json.dumps(wanted).count("\\ud") == 0:
            assert parse(changed).value == wanted


@given(values)
def test_each_value_is_where_its_place_says(value):
    text = json.dumps(value, indent=1)
    document = parse(text)
    for path, offset in document.values.items():
        found = document.value
        for step in path:
            found = found[step]
        assert json.JSONDecoder().raw_decode(text, offset)[0] == found
    for path, offset in document.keys.items():
        assert json.JSONDecoder().raw_decode(text, offset)[0] == path[-1]


@pytest.mark.parametrize(
    ("text", "message", "line", "column", "hint"),
    [
        ('{"a": 1,\n}', "a comma stands before the closing '}'", 1, 8, "remove the comma"),
        ("[1, ]", "a comma stands before the closing ']'", 1, 3, "remove the comma"),
        ('{"a": 1\n "b": 2}', "a comma or '}' is missing before 'b'", 2, 2, "inside the '{' of line 1, column 1"),
        ('{"a": [1', "the file ends before the '[' of line 1, column 7 is closed", 1, 9, "the file is cut short"),
        ('{"a": "b', "a text has no closing quote on its line", 1, 7, "the file is cut short"),
        ('{"a": "b\n"}', "a text has no closing quote on its line", 1, 7, 'end it with "'),
        ('{"a": 1, ', "the end of the file stands where a keyword must be", 1, 10, "the file is cut short"),
        ("{a: 1}", "'a' stands where a keyword must be", 1, 2, "keywords stand in double quotes"),
        ('{"a" 1}', "a colon is missing after the keyword 'a'", 1, 6, ""),
        ('{"a": }', "'}' stands where a value must be", 1, 7, ""),
        ("['x']", "a text stands in single quotes", 1, 2, 'JSON has double quotes: "..."'),
        ("[None]", "'None' is no JSON value", 1, 2, "JSON spells it null"),
        ("[True]", "'True' is no JSON value", 1, 2, "JSON spells it true"),
        ("[NaN]", "'NaN' is no JSON value", 1, 2, "JSON has no such number; put null in its place"),
        ("[-Infinity]", "'-Infinity' is no JSON value", 1, 2, "JSON has no such number; put null in its place"),
        ("[abc]", "'abc' is no JSON value", 1, 2, "put text in double quotes"),
        ("[01]", "'01' is no JSON value", 1, 2, "put text in double quotes"),
        ('["C:\\path"]', "a backslash in this text begins no escape of JSON", 1, 5, "write \\\\ for a backslash"),
        ('["a\tb"]', "the control character '\\t' stands inside a text", 1, 4, "write it as \\u0009"),
        ('["\\ud800"]', "a text holds half a surrogate pair, which is no letter", 1, 2, "write the letter itself"),
        ("[ // x\n1]", "a comment stands here", 1, 3, "JSON has no comments: remove it"),
        ("{} {}", "'{' follows the end of the JSON", 1, 4, "a file holds one value"),
        (f"[{'9' * 5000}]", "a number of 5000 characters stands here", 1, 2, "put it in double quotes"),
        ("[" * 100_000, f"the JSON is nested deeper than {DEEPEST} levels", 1, DEEPEST + 1, ""),
    ],
)
def test_each_fault_is_told_in_words_with_its_place(text, message, line, column, hint):
    with pytest.raises(JSONSyntaxError) as caught:
        parse(text)
    error = caught.value
    assert (error.message, *line_and_column(text, error.offset), error.hint) == (message, line, column, hint)


def test_a_repeated_key_is_kept_with_its_second_place():
    assert parse('{"a": {"x": 1, "x": 2}}').repeated == [(("a", "x"), 15)]


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [("abc", 0, (1, 1)), ("a\nbc", 3, (2, 2)), ("a\r\n\r\nb", 5, (3, 1)), ("é\n", 2, (2, 1))],
)
def test_lines_and_columns_count_from_one(text, offset, place):
    assert line_and_column(text, offset) == place


@given(st.text("ab\n\r\u2028", max_size=30))
def test_lines_are_found_once_for_all_offsets(text):
    lines = Lines(text)
    offsets = range(len(text) + 1)
    assert [lines.line_and_column(offset) for offset in offsets] == [
        line_and_column(text, offset) for offset in offsets
    ]
