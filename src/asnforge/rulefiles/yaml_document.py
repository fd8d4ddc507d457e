"""YAML files as mappings, lists and strings, with the line and column of each key and value.

YAML's own typing reads ``OFF``, ``N``, ``NULL`` and ``1`` as booleans, nulls and numbers, but these are values in pools, so
every scalar stays a string. Anchors and aliases are rejected, because a few lines of them can expand to more than fits in
memory. Deep nesting is rejected as well.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from asnforge.findings import Finding, FindingCode, InputError, SourceLocation
from asnforge.rulefiles.shipped import UNREADABLE
from asnforge.schema_errors import KeyPath
from asnforge.system_errors import reading_reason

INVALID_YAML = FindingCode(
    "R102",
    "invalid YAML",
    "YAML is text in UTF-8 whose structure is given by indentation with spaces, never tabs. Quote a value that begins with "
    "one of {, [, *, &, !, %, @, a quote or a backtick, or that contains a colon followed by a space.",
    wrong="title: Images: deep fields",
    right="title: 'Images: deep fields'",
)
ANCHOR_OR_TAG = FindingCode(
    "R110",
    "an anchor, alias or tag",
    "Every value in a rule file is a string and needs no tag. Shared content has a name instead of an anchor: define a "
    "condition or a part in ruleset.yaml and use it. A few lines of anchors and aliases can expand to more than the memory.",
    wrong="title: &heading Images",
    right="title: Images",
)
TOO_LARGE = FindingCode(
    "R111",
    "too large or too deeply nested",
    "A rule is a few kilobytes long and a few levels deep. A file far beyond that is not a rule file.",
    wrong="title: [[[[[[[[[[[[[[[[[[[[[[[[[Images]]]]]]]]]]]]]]]]]]]]]]]]]",
    right="title: Images",
)
DUPLICATE_KEY = FindingCode(
    "R112",
    "duplicate key",
    "The second value would silently replace the first. Keep one of them.",
    wrong="title: Images\ntitle: Spectra",
    right="title: Images",
)

LARGEST = 100_000
"""The largest size of a rule file in bytes; the largest that ships has a tenth of this size."""

DEEPEST = 24
"""The deepest nesting of a YAML file."""

_Positions = dict[KeyPath, tuple[int, int]]
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_BRACKET = re.compile(r"[\[{]")
_USE_NAMES = "write the value itself; rules share conditions and parts by name"
_SYNTAX_HINTS = {
    "cannot start any token": "indent with spaces, not tabs, and quote values that begin with @, %, * or a backtick",
    "mapping values are not allowed": "quote a value that contains a colon and a space; indent keys equally",
    "flow mapping": "a brace or a comma is missing",
    "flow sequence": "a bracket or a comma is missing",
    "unknown escape character": "put it in single quotes, where a backslash is literal",
    "block mapping": "indent all keys of a mapping equally",
    "simple key": "a colon or a quote is missing",
    "quoted scalar": "a quote is missing",
}
"""What usually fixes a syntax error, by a part of the parser's message."""


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The content of a YAML file, with positions.

    Attributes
    ----------
    file : str
        The file as the user named it.
    value : object
        Mappings, lists and strings.
    value_positions, key_positions : mapping of path to (line, column)
        Where the value at a path begins, and its key; both counted from 1.
    """

    file: str
    value: Any
    value_positions: _Positions
    key_positions: _Positions

    @property
    def root(self) -> YamlNode:
        """The whole content."""
        return YamlNode(self, (), self.value)

    def location(self, *path: str | int) -> SourceLocation:
        """The position of the value at a path; of the nearest value around it if the path does not exist."""
        for length in range(len(path), -1, -1):
            if (position := self.value_positions.get(path[:length])) is not None:
                return SourceLocation(self.file, *position)
        return SourceLocation(self.file, 1, 1)

    def key_location(self, *path: str | int) -> SourceLocation:
        """The position of the key at a path; of the value if it has no key."""
        position = self.key_positions.get(path)
        return SourceLocation(self.file, *position) if position is not None else self.location(*path)

    def finding(
        self, code: FindingCode, message: str, *path: str | int, hint: str = "", at_key: bool = False, **details: Any
    ) -> Finding:
        """A finding at the value at a path, or at its key; message and details as for `FindingCode.finding`."""
        return code.finding(message, self.key_location(*path) if at_key else self.location(*path), hint=hint, **details)


@dataclass(frozen=True, slots=True)
class YamlNode:
    """A value inside a YAML document: a mapping, list or string with its path."""

    document: YamlDocument
    path: KeyPath
    value: Any

    def __getitem__(self, step: str | int) -> YamlNode:
        """The node at a key or list index."""
        return YamlNode(self.document, (*self.path, step), self.value[step])

    def get(self, key: str) -> YamlNode | None:
        """The node at a key; None if there is none."""
        return self[key] if isinstance(self.value, dict) and key in self.value else None

    def items(self) -> Iterator[tuple[str, YamlNode]]:
        """The keys and nodes of a mapping."""
        for key in self.value:
            yield key, self[key]

    def items_list(self) -> Iterator[YamlNode]:
        """The nodes of a list."""
        for index in range(len(self.value)):
            yield self[index]

    def strings(self) -> tuple[str, ...]:
        """The strings of a list of strings."""
        return tuple(self.value)

    @property
    def location(self) -> SourceLocation:
        """The position of the value."""
        return self.document.location(*self.path)

    @property
    def key_location(self) -> SourceLocation:
        """The position of the value's key."""
        return self.document.key_location(*self.path)

    def finding(self, code: FindingCode, message: str, hint: str = "", **details: Any) -> Finding:
        """A finding at this value; message and details as for `FindingCode.finding`."""
        return code.finding(message, self.location, hint=hint, **details)


def read_yaml(path: Path) -> YamlDocument:
    """Read a YAML file.

    Raises
    ------
    InputError
        The file cannot be read, is invalid YAML, has a duplicate key, or uses a feature that rule files do not have.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            raise InputError(UNREADABLE.finding("not a regular file", str(path)))
        if status.st_size > LARGEST:
            raise _too_large(status.st_size, str(path))
        data = path.read_bytes()
    except OSError as error:
        reason, hint = reading_reason(error)
        raise InputError(UNREADABLE.finding("cannot be read: {reason}", str(path), hint=hint, reason=reason)) from error
    return parse_yaml(data, str(path))


def parse_yaml(data: bytes, file: str) -> YamlDocument:
    """Parse the bytes of a YAML file; errors as for `read_yaml`."""
    if len(data) > LARGEST:
        raise _too_large(len(data), file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        at = SourceLocation(file, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        byte = f"0x{data[error.start]:02x}"
        raise InputError(
            INVALID_YAML.finding("not UTF-8: invalid byte {byte}", at, hint="save it as UTF-8", byte=byte)
        ) from error
    return parse_yaml_text(text, file)


def parse_yaml_text(text: str, file: str) -> YamlDocument:
    """Parse YAML of any length; errors as for `read_yaml`."""
    builder = _Builder(file)
    try:
        value = builder.build(text)
    except yaml.MarkedYAMLError as error:
        problem = " ".join(part for part in (error.context, error.problem) if part)
        mark: Any = error.problem_mark or error.context_mark
        position: tuple[int, int] = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        hint = next((hint for part, hint in _SYNTAX_HINTS.items() if part in problem), "")
        raise InputError(_invalid(file, position, problem, hint)) from error
    except (yaml.YAMLError, ValueError) as error:
        character = _control_character(text)
        problem = "control character" if character else " ".join(str(error).split())
        raise InputError(_invalid(file, character or (1, 1), problem)) from error
    return YamlDocument(file, value, builder.value_positions, builder.key_positions)


def _invalid(file: str, position: tuple[int, int], problem: str, hint: str = "") -> Finding:
    return INVALID_YAML.finding("invalid YAML: {problem}", SourceLocation(file, *position), hint=hint, problem=problem)


def _too_large(size: int, file: str) -> InputError:
    message = "the file has {size} bytes; the limit is {limit}"
    return InputError(TOO_LARGE.finding(message, file, size=size, limit=LARGEST))


def _control_character(text: str) -> tuple[int, int] | None:
    for number, line in enumerate(text.split("\n"), 1):
        for column, character in enumerate(line, 1):
            if not character.isprintable() and character not in "\t\r":
                return number, column
    return None


class _Builder:
    """Builds mappings, lists and strings from the events of a YAML parser."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.value_positions: _Positions = {}
        self.key_positions: _Positions = {}
        self._events: Iterator[Any] = iter(())
        self._end = 0

    def build(self, text: str) -> Any:
        """The value of a text; raises `InputError` or `yaml.YAMLError`."""
        try:
            return self._build(text)
        except yaml.MarkedYAMLError:
            self._check_depth_ahead(text)
            raise

    def _check_depth_ahead(self, text: str) -> None:
        """Report brackets that are nested too deeply if the parser failed before it produced events for them.

        The parser reads ahead of its events, and its own depth limit differs between versions of PyYAML. So the text is parsed
        again, up to a few brackets after the last event.
        """
        ends = [bracket.end() for bracket in islice(_BRACKET.finditer(text, self._end), 2 * DEEPEST)]
        try:
            _Builder(self.file)._build(text[: max(ends, default=0)])
        except yaml.YAMLError:
            return
        except InputError as stop:
            if stop.findings[0].code == TOO_LARGE.code:
                raise

    def _build(self, text: str) -> Any:
        root: Any = None
        documents = 0
        self._events = self._checked_events(text)
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, ())
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise self._error(INVALID_YAML, event, "second document in the file", "write one document per file")
        return root

    def _checked_events(self, text: str) -> Iterator[Any]:
        event: Any
        for event in yaml.parse(text, Loader=_Loader):
            self._end = event.end_mark.index
            if isinstance(event, yaml.AliasEvent):
                raise self._error(ANCHOR_OR_TAG, event, "alias *{name}", _USE_NAMES, name=event.anchor)
            if getattr(event, "anchor", None):
                raise self._error(ANCHOR_OR_TAG, event, "anchor &{name}", _USE_NAMES, name=event.anchor)
            tag = getattr(event, "tag", None)
            if tag and tag != "!":
                hint = "every value is a string and needs no tag"
                raise self._error(ANCHOR_OR_TAG, event, "tag {name}", hint, name=tag)
            yield event

    def _node(self, event: Any, path: KeyPath) -> Any:
        """The value that begins with an event."""
        self.value_positions[path] = _position(event)
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        if len(path) >= DEEPEST:
            message = "nested more than {limit} levels deep"
            raise self._error(TOO_LARGE, event, message, "use conditions and parts to nest less", limit=DEEPEST)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                items.append(self._node(event, (*path, len(items))))
            return items
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, mapping, path)
            mapping[key] = self._node(next(self._events), (*path, key))
        return mapping

    def _key(self, event: Any, mapping: dict[str, Any], path: KeyPath) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            hint = "quote strings that begin with a bracket or brace"
            raise self._error(INVALID_YAML, event, "a key must be a string", hint)
        key = str(event.value)
        if not key:
            raise self._error(INVALID_YAML, event, "a key must not be empty", "write a name before the colon")
        if key in mapping:
            line = self.key_positions[*path, key][0]
            message = "duplicate key {key:quoted}, first on line {first_line}"
            raise self._error(DUPLICATE_KEY, event, message, "keep one of the two", key=key, first_line=line)
        self.key_positions[*path, key] = _position(event)
        return key

    def _error(self, code: FindingCode, event: Any, message: str, hint: str, **details: Any) -> InputError:
        return InputError(code.finding(message, SourceLocation(self.file, *_position(event)), hint=hint, **details))


def _position(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
