"""Problems of an association that its JSON Schema finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from asnforge.asnfiles.json_positions import KeyPath
from asnforge.asnfiles.schema import association_schema, schema_errors
from asnforge.asnfiles.spelling import did_you_mean
from asnforge.findings import Finding, FindingCode, Severity, quoted

MISSING = FindingCode(
    "A110",
    "a required keyword is missing",
    "An association needs asn_id, asn_pool and products; a product needs members; a member needs expname and exptype.",
    wrong='"products": [{"name": "star"}]',
    right='"products": [{"name": "star", "members": [{"expname": "a_flat.fits", "exptype": "science"}]}]',
)
MISSPELLED = FindingCode(
    "A111",
    "a keyword is misspelled",
    "Unknown keywords are allowed, but this one is similar to a keyword of the format that is missing.",
    wrong='"asn_typ": "stack"',
    right='"asn_type": "stack"',
)
WRONG_TYPE = FindingCode(
    "A112",
    "a value has the wrong type",
    "The values of nearly all keywords are strings in double quotes; products and members are lists of objects. It is a "
    "warning for keywords that no pipeline reads.",
    wrong='"program": 1234',
    right='"program": "01234"',
)
EMPTY = FindingCode(
    "A113",
    "a value is empty",
    "An association has at least one product, a product at least one member, and required strings are not empty.",
    wrong='"asn_id": ""',
    right='"asn_id": "o001"',
)
NO_SCIENCE = FindingCode(
    "A114",
    "a product has no science member",
    "At least one exposure of an association has the exptype science (docs/format.md#members).",
    wrong='"members": [{"expname": "a_flat.fits", "exptype": "background"}]',
    right='"members": [{"expname": "a_flat.fits", "exptype": "science"}]',
)

_TYPES = {
    "string": "a string",
    "number": "a number",
    "null": "null",
    "array": "a list [...]",
    "object": "an object {...}",
}
_MAY_BE_EMPTY = ("asn_type", "asn_rule")
"""Optional keywords that pipelines accept as empty strings: these mean the same as an absent keyword."""

_NOT_READ = ("code_version", "degraded_status", "version_id", "exposerr", "asn_candidate")
"""Keywords that are for people: pipelines do not read their values."""

MOST_KEYWORDS = 100
"""The most keywords of an object among which misspelled ones are searched for; more are not spelling mistakes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding about a part of a JSON value, whose line and column are not known yet.

    Attributes
    ----------
    path : KeyPath
        The path to the part.
    finding : Finding
        The finding, without a position.
    at_key : bool
        Whether the finding is about the key of that part.
    """

    path: KeyPath
    finding: Finding
    at_key: bool = False


def known_keywords(path: KeyPath) -> tuple[str, ...]:
    """The keywords of the schema for an object, by its path: the association, a product or a member."""
    return _keywords_at(len(path))


@cache
def _keywords_at(depth: int) -> tuple[str, ...]:
    return tuple(_schema_of((0,) * depth)["properties"]) if depth in (0, 2, 4) else ()


def name_part(path: KeyPath) -> str:
    """A name for the part of an association at a path: ``the association``, ``member 2``, ``the keyword 'target'``."""
    if not path:
        return "the association"
    if isinstance(path[-1], int):
        return f"{'member' if 'members' in path else 'product'} {path[-1] + 1}"
    return f"the keyword {quoted(path[-1])}"


def describe_value(value: object) -> str:
    """The type of a JSON value, with the value if it is short."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {str(value)[:20]}"
        case str():
            return f"the string {quoted(value, 30)}"
        case list():
            return "a list"
        case _:
            return "an object"


def schema_problems(association: object) -> Iterator[Problem]:
    """All violations of the schema by an association."""
    reported: set[KeyPath] = set()
    for path, keyword in schema_errors(association):
        value: Any = association
        for step in path:
            value = value[step]
        part = name_part(path)
        match keyword:
            case "required":
                if path not in reported:
                    reported.add(path)
                    yield from _missing(value, path)
            case "type":
                yield _wrong_type(value, path)
            case "minItems" | "minLength":
                severity: Severity = "warning" if path[-1] in _MAY_BE_EMPTY else "error"
                hint = f"at least one {str(path[-1])[:-1]} is required" if keyword == "minItems" else ""
                yield Problem(path, EMPTY.finding("{part} is empty", hint=hint, severity=severity, part=part))
            case "contains":
                yield from _no_science(value, path)
            case _:
                message = "{part} does not match the schema: {keyword}"
                yield Problem(path, WRONG_TYPE.finding(message, part=part, keyword=keyword))


def _schema_of(path: KeyPath) -> dict[str, Any]:
    """The part of the schema for an object or for one of its keywords."""
    schema = association_schema()
    parts: dict[int, dict[str, Any]] = {0: schema, 2: schema["$defs"]["product"], 4: schema["$defs"]["member"]}
    if len(path) in parts:
        return parts[len(path)]
    keyword: dict[str, Any] = parts[len(path) - 1]["properties"][path[-1]]
    return keyword


def _missing(value: Mapping[str, object], path: KeyPath) -> Iterator[Problem]:
    """The missing keywords of an object; a similar unknown one is reported as misspelled."""
    required, known, part = _schema_of(path)["required"], known_keywords(path), name_part(path)
    unknown = [key for key in value if key not in known] if len(value) <= MOST_KEYWORDS else []
    for key in required:
        if key in value:
            continue
        misspelled = did_you_mean(key, unknown)
        if misspelled is None:
            message, hint = "required keyword {key:quoted} is missing in {part}", f"required are {', '.join(required)}"
            hint = hint if len(required) > 1 else ""
            yield Problem(path, MISSING.finding(message, hint=hint, key=key, part=part))
        else:
            message = "unknown keyword {key:quoted} in {part}, where {required:quoted} is missing"
            hint = f"did you mean {key}?"
            finding = MISSPELLED.finding(message, hint=hint, key=misspelled, part=part, required=key)
            yield Problem((*path, misspelled), finding, at_key=True)


def _wrong_type(value: object, path: KeyPath) -> Problem:
    """A wrong type; a warning if pipelines process the association anyway."""
    types = _schema_of(path)["type"]
    expected = " or ".join(_TYPES[name] for name in ([types] if isinstance(types, str) else types))
    harmless = path[-1] in _NOT_READ or (path[-1] == "asn_id" and isinstance(value, int | float))
    finding = WRONG_TYPE.finding(
        "expected {expected} for {part}, got {actual}",
        severity="warning" if harmless else "error",
        expected=expected,
        part=name_part(path),
        actual=describe_value(value),
    )
    return Problem(path, finding)


def _no_science(members: object, path: KeyPath) -> Iterator[Problem]:
    """Nothing if another finding says it already: there are no members, or an exptype is not a string."""
    items = [item for item in members if isinstance(item, dict)] if isinstance(members, list) else []
    if items and all(isinstance(exptype := item.get("exptype"), str) and exptype for item in items):
        message, hint = "{part} has no science member", "at least one member must have the exptype science"
        yield Problem(path, NO_SCIENCE.finding(message, hint=hint, part=name_part(path[:-1])))
