"""Describe the errors of a value that does not match a published JSON Schema, in plain sentences.

jsonschema finds the errors, and this module describes them, in the same words for every kind of file. Callers turn each
`SchemaProblem` into a finding, with their own code and the line and column of its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from asnforge.findings import (
    Finding,
    FindingCode,
    Severity,
    SourceLocation,
    did_you_mean,
    quoted,
    suggestion,
    truncated,
)
from asnforge.json_schema import SchemaName, is_valid, iter_errors, subschema

if TYPE_CHECKING:
    from jsonschema import ValidationError

KeyPath = tuple[str | int, ...]
"""The keys and list indices that lead from the top of a value to a part of it: ``("products", 0, "name")``."""

ProblemKind = Literal[
    "missing key",
    "unknown key",
    "exclusive keys",
    "wrong type",
    "wrong value",
    "empty",
    "duplicate",
    "too many",
    "other",
]

MOST_PROBLEMS = 50
"""The most problems that are reported for a file, and the most unknown keys for a mapping."""

_SUFFICIENT = ("additionalProperties", "minProperties", "type")
"""Keywords whose errors make an error of one of `_COMBINATIONS` in the same value redundant."""
_COMBINATIONS = ("oneOf", "anyOf", "not", "dependentRequired")
_INVALID_VALUE = "invalid value {value:quoted} for {subject}"
_PATTERN_HINTS = {
    "^[A-Za-z][A-Za-z0-9_]*$": "use letters, digits and underscores, starting with a letter",
    "^[1-9][0-9]{0,8}$": "must be a whole number from 1",
    "^[1-9][0-9]?$": "must be a whole number from 1 to 99",
    "^[0-9]{1,9}$": "must be a whole number from 0",
    "^([1-9][0-9]{0,8}|[A-Za-z][A-Za-z0-9_]*)$": "must be a whole number from 1, or a name, or a list of names",
}


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """A violation of a schema.

    Attributes
    ----------
    kind : str
        The kind of problem, which callers map to a code.
    path : KeyPath
        The path to the value.
    message, hint, details
        As for `FindingCode.finding`.
    at_key : bool
        Whether the problem is with the key rather than with its value.
    """

    kind: ProblemKind
    path: KeyPath
    message: str
    hint: str
    at_key: bool
    details: Mapping[str, Any]

    def finding(self, code: FindingCode, at: SourceLocation | str = "", severity: Severity = "error") -> Finding:
        """The problem as a finding."""
        return code.finding(self.message, at, hint=self.hint, severity=severity, **self.details)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a file format.

    Attributes
    ----------
    types : mapping of str to str
        A description of each type of JSON Schema, with an article: ``{"object": "a mapping"}``; other types are strings.
    key : str
        The noun for a key.
    name : callable
        The name of the value at a path: ``'column' of 'night'``.
    show : callable
        The description of a value, or only of its type: ``the string 'night'``, ``a list``.
    """

    types: Mapping[str, str]
    key: str
    name: Callable[[KeyPath], str]
    show: Callable[[Any], str]


def _yaml_name(path: KeyPath) -> str:
    steps = [f"item {step + 1}" if isinstance(step, int) else quoted(step) for step in path[-2:]]
    return " of ".join(reversed(steps)) or "the file"


def _yaml_value(value: Any) -> str:
    if isinstance(value, dict | list):
        noun = "mapping" if isinstance(value, dict) else "list"
        return f"a {noun}" if value else f"an empty {noun}"
    return f"the string {quoted(value)}" if value else "nothing"


YAML = Vocabulary({"object": "a mapping", "array": "a list"}, "key", _yaml_name, _yaml_value)
"""The words for YAML files, whose scalars are all strings."""


def schema_problems(value: object, name: SchemaName, words: Vocabulary = YAML) -> Iterator[SchemaProblem]:
    """All problems of a value, in the order of the schema.

    Parameters
    ----------
    value : object
        Any combination of mappings (without empty keys), lists, strings, numbers, booleans and None.
    name : str
        The schema.
    words : Vocabulary
        The words of the file format.

    Raises
    ------
    ValueError
        The value contains a lone surrogate.
    """
    if is_valid(value, name):
        return
    unsorted = (_Error(value, name, words, error) for error in iter_errors(value, name))
    errors = sorted({(error.path, error.steps): error for error in unsorted}.values(), key=_Error.is_dependent)
    explained = {error.path for error in errors if error.keyword in _SUFFICIENT}
    misspelled = {
        (*error.path, did_you_mean(key, error.known))
        for error in errors
        if error.keyword == "additionalProperties"
        for key in islice(error.unknown_keys(), MOST_PROBLEMS)
    }
    for error in errors:
        if error.keyword in _COMBINATIONS:
            if error.path in explained:
                continue
            explained.add(error.path)
        for problem in _SENTENCES.get(error.keyword, _other)(error):
            if problem.kind != "missing key" or (*problem.path, problem.details["key"]) not in misspelled:
                yield problem


class _Error:
    """An error of the validator, with the parts of the value and of the schema that it concerns."""

    def __init__(self, value: Any, name: SchemaName, words: Vocabulary, error: ValidationError) -> None:
        self.path: KeyPath = tuple(error.absolute_path)
        self.steps = tuple(map(str, error.absolute_schema_path))
        self.keyword = self.steps[-1]
        self.words = words
        self.limit: Any = error.validator_value
        nearest: Any = error.schema
        if self.is_dependent() or "then" in self.steps[-2:]:  # a part that applies to some values has no properties
            nearest = subschema(name, self.steps[:-3] if self.is_dependent() else self.steps[:-2])
        self.schema: Mapping[str, Any] = nearest
        self.known: Mapping[str, Any] = self.schema.get("properties", {})
        self.value: Any = value_at(value, self.path)

    def is_dependent(self) -> bool:
        """Whether the keyword applies only because of another key: such an error is harder to understand than others."""
        return "dependentSchemas" in self.steps[-3:]

    def unknown_keys(self) -> Iterator[str]:
        """The unknown keys of a mapping, in the order of the file."""
        return (key for key in self.value if key not in self.known)

    def problem(
        self,
        kind: ProblemKind,
        message: str,
        *below: str | int,
        hint: str | None = None,
        at_key: bool = False,
        **details: object,
    ) -> SchemaProblem:
        """A problem of the value or of a part of it; the hint is by default the description in the schema."""
        details["subject"] = self.words.name(self.path)
        hint = _description(self.schema) if hint is None else hint
        return SchemaProblem(kind, (*self.path, *below), message, hint, at_key, details)


def _missing_keys(error: _Error) -> Iterator[SchemaProblem]:
    message = f"required {error.words.key} {{key:quoted}} is missing" + (" in {subject}" if error.path else "")
    for key in (key for key in error.limit if key not in error.value):
        yield error.problem("missing key", message, hint=_description(error.known.get(key, {})), at_key=True, key=key)


def _unknown_keys(error: _Error) -> Iterator[SchemaProblem]:
    noun = error.words.key
    for key in islice(error.unknown_keys(), MOST_PROBLEMS):
        hint = suggestion(key, error.known, f"{noun}s")
        yield error.problem("unknown key", f"unknown {noun} {{key:quoted}}", key, hint=hint, at_key=True, key=key)


def _wrong_type(error: _Error) -> Iterator[SchemaProblem]:
    if not error.path and error.value in (None, ""):
        yield error.problem("wrong type", "{subject} is empty")
        return
    names = ["string"] if error.keyword == "enum" else [error.limit] if isinstance(error.limit, str) else error.limit
    expected = _either(error.words.types.get(name, "a string") for name in names)
    message = "expected {expected}" + (" for {subject}" if error.path else "") + ", got {actual}"
    yield error.problem("wrong type", message, expected=expected, actual=error.words.show(error.value))


def _wrong_value(error: _Error) -> Iterator[SchemaProblem]:
    if error.value == "":
        yield error.problem("wrong value", "{subject} is empty")
    elif isinstance(error.value, list | dict):
        yield from _wrong_type(error)
    elif error.keyword == "enum":
        words = [str(word).lower() for word in error.limit]
        closest = did_you_mean(str(error.value), words)
        hint = f"did you mean {closest}?" if closest else f"must be {_either(words)}"
        yield error.problem("wrong value", _INVALID_VALUE, hint=truncated(hint), value=error.value)
    else:
        yield error.problem("wrong value", _INVALID_VALUE, hint=_PATTERN_HINTS.get(error.limit), value=error.value)


def _wrong_pattern(error: _Error) -> Iterator[SchemaProblem]:
    if "propertyNames" not in error.steps[-3:]:
        yield from _wrong_value(error)
        return
    hint = _PATTERN_HINTS.get(error.limit)
    for name in islice((key for key in error.value if not re.search(error.limit, key)), MOST_PROBLEMS):
        yield error.problem("wrong value", "invalid name {name:quoted}", name, hint=hint, at_key=True, name=name)


def _duplicates(error: _Error) -> Iterator[SchemaProblem]:
    seen: set[str] = set()
    for index, value in enumerate(error.value):
        if str(value) in seen:
            message = "{item:quoted} is listed twice in {subject}"
            yield error.problem("duplicate", message, index, hint="", item=value)
            return
        seen.add(str(value))


def _empty(error: _Error) -> Iterator[SchemaProblem]:
    yield from _wrong_length(error) if error.value else [error.problem("empty", "{subject} is empty")]


def _too_many(error: _Error) -> Iterator[SchemaProblem]:
    if error.limit == error.schema.get("minItems"):
        yield from _wrong_length(error)
        return
    message, count = "{subject} has {count:item}; the limit is {limit}", len(error.value)
    yield error.problem("too many", message, hint="split it", count=count, limit=error.limit)


def _wrong_length(error: _Error) -> Iterator[SchemaProblem]:
    message = "{subject} has {count:item} and must have {limit}"
    yield error.problem("wrong value", message, count=len(error.value), limit=error.limit)


def _combinations(error: _Error) -> Iterator[SchemaProblem]:
    """Keys that exclude each other, or of which one is required."""
    limit = error.limit
    if error.keyword == "not":
        limit = limit.get("anyOf", [limit])
    choices = [choice for part in limit for choice in part.get("anyOf", [part])]
    alternatives = [key for choice in choices for key in choice["required"]]
    present = [key for key in error.value if key in alternatives]
    if not present:
        message = "{subject} needs one of the keys {keys}"
        yield error.problem("exclusive keys", message, hint="", at_key=True, keys=tuple(alternatives))
        return
    if error.keyword == "not" and error.is_dependent():
        present.insert(0, error.steps[-2])
    keys = " and ".join(map(quoted, present))
    yield error.problem("exclusive keys", "{keys} are mutually exclusive in {subject}", at_key=True, keys=keys)


def _dependent_keys(error: _Error) -> Iterator[SchemaProblem]:
    for key, required in error.limit.items():
        if key in error.value and (missing := [name for name in required if name not in error.value]):
            message, names = "{key:quoted} requires {missing} in {subject}", " and ".join(map(quoted, missing))
            yield error.problem("exclusive keys", message, hint="", at_key=True, key=key, missing=names)


def _other(error: _Error) -> Iterator[SchemaProblem]:
    yield error.problem("other", "{subject} does not match the schema: {keyword}", keyword=error.keyword)


_SENTENCES: Mapping[str, Callable[[_Error], Iterator[SchemaProblem]]] = {
    "required": _missing_keys,
    "additionalProperties": _unknown_keys,
    "type": _wrong_type,
    "pattern": _wrong_pattern,
    **dict.fromkeys(("minimum", "enum"), _wrong_value),
    "uniqueItems": _duplicates,
    **dict.fromkeys(("minItems", "minLength", "minProperties"), _empty),
    **dict.fromkeys(("maxItems", "maxProperties"), _too_many),
    **dict.fromkeys(("oneOf", "anyOf", "not"), _combinations),
    "dependentRequired": _dependent_keys,
}
"""The functions that describe the errors of each JSON Schema keyword."""


def _either(words: Iterable[str]) -> str:
    """Join words, without duplicates, into a list: ``a, b or c``."""
    *first, last = dict.fromkeys(words)
    return f"{', '.join(first)} or {last}" if first else last


def _description(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description", "")).rstrip(".")


def value_at(value: Any, path: KeyPath) -> Any:
    """The part of a value at a path."""
    for step in path:
        value = value[step]
    return value
