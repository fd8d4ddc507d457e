"""Parse JSON with the position of every key and value, for findings.

The standard library's parser, which is used here as well, keeps no positions and silently accepts a repeated key. Finding the
positions is slow, so this is done only for files with findings.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace

from asnforge.asnfiles.read_text import TOO_LARGE, Lines
from asnforge.findings import Finding, FindingCode, InputError, quoted
from asnforge.schema_errors import KeyPath

SYNTAX = FindingCode(
    "A104",
    "invalid JSON",
    "A comma, a quote or a brace is missing or superfluous, often after editing by hand or an incomplete copy.",
    wrong='"asn_id": "o001" "asn_pool": "night.tsv"',
    right='"asn_id": "o001", "asn_pool": "night.tsv"',
)

DEEPEST = 64
_LONGEST_NUMBER = 400
_TOKEN = re.compile(r'[{}\[\],]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\]:,"]+')
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_NUMBER = "JSON has no such number; use null"
_HINTS = [
    (re.compile(pattern, re.IGNORECASE), hint)
    for pattern, hint in (
        (r"\s*\Z", "the file is cut short"),
        (r"//|/\*|#", "JSON has no comments: remove it"),
        (r",\s*[}\]]", "remove the comma"),
        (r"'", "use double quotes"),
        (r"[\n\r]", "a closing quote is missing"),
        (r"[-+]?(nan|inf(inity)?)\b", _NO_NUMBER),
        (r"(none|nil|null|undefined)\b", "write null"),
        (r"true\b", "write true"),
        (r"false\b", "write false"),
        (r"\\", "write \\\\ for a backslash"),
        (r"[\x00-\x1f]", "write it as an escape"),
    )
]
"""How to fix an error, by the text at its position."""
_PROBLEM_HINTS = {
    "extra data": "a file has one value",
    "unterminated string": "the file is cut short, or a closing quote is missing",
}
"""How to fix an error, by the message of the json module."""


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON value with the positions of its parts.

    Attributes
    ----------
    value : object
        The value as the json module returns it.
    values, keys : dict of KeyPath to int
        The offset of each value, and of its key.
    repeated : list of (KeyPath, int)
        Each key that its object already has, with the offset of its second appearance.
    """

    value: object
    values: dict[KeyPath, int] = field(default_factory=dict)
    keys: dict[KeyPath, int] = field(default_factory=dict)
    repeated: list[tuple[KeyPath, int]] = field(default_factory=list)


def parse(text: str, file: str) -> JsonDocument:
    """Parse JSON and find the positions of its parts.

    Raises
    ------
    InputError
        The text is invalid JSON, or nested deeper than `DEEPEST`; with line and column.
    """
    try:
        value = json.loads(text, parse_int=_parse_int)
    except json.JSONDecodeError as error:
        if not _is_too_deep(text[: error.pos]):
            raise _syntax_error(text, file, error) from error
        value = None  # `_find_positions` reports the depth
    except RecursionError:
        value = None
    document = JsonDocument(value)
    _find_positions(text, file, document)
    return document


def _is_too_deep(text: str) -> bool:
    """Whether JSON that is valid up to its end is nested deeper than `DEEPEST` anywhere."""
    depth = 0
    for match in _TOKEN.finditer(text):
        depth += (match[0] in ("{", "[")) - (match[0] in ("}", "]"))
        if depth > DEEPEST:
            return True
    return False


def _parse_int(digits: str) -> int:
    """A number; zero for one that is too long, which `_find_positions` reports."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else 0


def _syntax_error(text: str, file: str, error: json.JSONDecodeError) -> InputError:
    """The error of the json module, with a hint."""
    problem = re.sub(r"( starting)? at$|: *$", "", error.msg)
    problem = problem[0].lower() + problem[1:]
    offset = error.pos
    before = text[:offset].rstrip()
    if before.endswith(",") and text[offset : offset + 1] in (
        "}",
        "]",
    ):  # the json module of Python 3.13 reports the comma
        offset = len(before) - 1
    hint = _PROBLEM_HINTS.get(problem) or next((hint for pattern, hint in _HINTS if pattern.match(text, offset)), "")
    if not hint and problem == "expecting value" and text[offset].isalnum():
        hint = "put strings in double quotes"
    if problem == "invalid control character" and text[offset] in "\r\n":
        problem, offset = "unterminated string", _string_start(text, offset)
    word = _TOKEN.match(text, offset)
    found = quoted(word[0].strip('"'), 40) if word else ""
    message = "invalid JSON: {problem}" + (", found {found}" if found and problem.startswith("expecting") else "")
    at = Lines(text, file).location(offset)
    return InputError(SYNTAX.finding(message, at, hint=hint, problem=problem, found=found))


def _string_start(text: str, offset: int) -> int:
    """The opening quote of the string that an offset is in."""
    start = text.rindex('"', 0, offset)
    while (start - len(text[:start].rstrip("\\"))) % 2:  # an escaped quote
        start = text.rindex('"', 0, start)
    return start


def _find_positions(text: str, file: str, document: JsonDocument) -> None:
    """Record the positions of all keys and values of JSON that the json module accepts; refuse what it accepts wrongly."""
    outer: list[tuple[KeyPath, set[str] | None]] = []
    path: KeyPath = ()
    keys: set[str] | None = None  # of the innermost object; None in a list
    expect_key = False
    for match in _TOKEN.finditer(text):
        part, offset = match[0], match.start()
        if part == ",":
            path = path if keys is not None else (*path[:-1], int(path[-1]) + 1)
            expect_key = keys is not None
        elif part in ("}", "]"):
            path, keys = outer.pop()
            expect_key = False
        elif (finding := _check_token(part, len(outer))) is not None:
            at = Lines(text, file).location(offset)
            raise InputError(replace(finding, file=file, line=at.line, column=at.column))
        elif expect_key and keys is not None:
            key: str = json.loads(part) if "\\" in part else part[1:-1]
            path = (*outer[-1][0], key)
            document.keys[path] = offset
            if key in keys:
                document.repeated.append((path, offset))
            keys.add(key)
            expect_key = False
        else:
            document.values[path] = offset
            if part in ("{", "["):
                outer.append((path, keys))
                expect_key = part == "{"
                keys, path = (set(), path) if expect_key else (None, (*path, 0))


def _check_token(part: str, depth: int) -> Finding | None:
    """A finding, without a position, about a part of JSON that the json module accepts and asnforge does not."""
    if part in ("{", "["):
        if depth >= DEEPEST:
            return TOO_LARGE.finding("the JSON is nested deeper than {limit} levels", limit=DEEPEST)
    elif part[0] == '"':
        if "\\u" in part and _SURROGATE.search(json.loads(part)):
            hint = "write the character itself"
            return SYNTAX.finding("invalid JSON: lone surrogate in a string", hint=hint)
    elif part in ("NaN", "Infinity", "-Infinity"):
        return SYNTAX.finding("invalid JSON: {value} is not a JSON number", hint=_NO_NUMBER, value=part)
    elif len(part) > _LONGEST_NUMBER:
        hint = "put it in double quotes"
        return SYNTAX.finding("invalid JSON: a number of {count:character}", hint=hint, count=len(part))
    return None
