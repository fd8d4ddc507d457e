"""Report the violations of the JSON Schema by an association."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from asnforge.findings import Finding, FindingCode, Severity, did_you_mean, quoted
from asnforge.json_schema import schema
from asnforge.schema_errors import KeyPath, SchemaProblem, Vocabulary, schema_problems, value_at

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

_MAY_BE_EMPTY = ("asn_type", "asn_rule")
"""Optional keywords that pipelines accept as empty strings: these mean the same as an absent keyword."""

_NOT_READ = ("code_version", "degraded_status", "version_id", "exposerr", "asn_candidate")
"""Keywords that are for people: pipelines do not read their values."""

SIMILARITY = 0.8
"""How similar a misspelled keyword or exptype must be to the right one, from 0 to 1: one or two characters differ."""

MOST_KEYWORDS = 100
"""The most keywords of an object in which misspelled ones are searched for; an object with more is something else."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding about a part of a JSON value, without its line and column, which are not known yet.

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


@cache
def known_keywords(depth: int) -> tuple[str, ...]:
    """The keywords of the schema for an object, by the length of its path: the association, a product or a member."""
    association = schema("association")
    parts = {0: association, 2: association["$defs"]["product"], 4: association["$defs"]["member"]}
    return tuple(parts[depth]["properties"]) if depth in parts else ()


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


JSON = Vocabulary(
    {"string": "a string", "number": "a number", "null": "null", "array": "a list [...]", "object": "an object {...}"},
    "keyword",
    name_part,
    describe_value,
)
"""The words for association files."""


def violations(association: object) -> Iterator[Problem]:
    """All violations of the schema by an association."""
    for problem in schema_problems(association, "association", JSON):
        path, value = problem.path, value_at(association, problem.path)
        match problem.kind:
            case "missing key":
                yield _missing(problem, value)
            case "wrong type":
                harmless = path[-1] in _NOT_READ or (path[-1] == "asn_id" and isinstance(value, int | float))
                yield Problem(path, problem.finding(WRONG_TYPE, severity="warning" if harmless else "error"))
            case "empty":
                severity: Severity = "warning" if path[-1] in _MAY_BE_EMPTY else "error"
                yield Problem(path, problem.finding(EMPTY, severity=severity))
            case _:
                yield from _no_science(value, path)


def _missing(problem: SchemaProblem, value: Mapping[str, object]) -> Problem:
    """A missing keyword; if a similar unknown keyword is present, that one is misspelled instead."""
    key, known = problem.details["key"], known_keywords(len(problem.path))
    unknown = [key for key in value if key not in known] if len(value) <= MOST_KEYWORDS else []
    misspelled = did_you_mean(key, unknown, SIMILARITY)
    if misspelled is None:
        return Problem(problem.path, problem.finding(MISSING))
    message, part = (
        "unknown keyword {key:quoted} in {part}, where {required:quoted} is missing",
        name_part(problem.path),
    )
    finding = MISSPELLED.finding(message, hint=f"did you mean {key}?", key=misspelled, part=part, required=key)
    return Problem((*problem.path, misspelled), finding, at_key=True)


def _no_science(members: object, path: KeyPath) -> Iterator[Problem]:
    """A product without a science member, unless another finding explains it: no members, or an exptype that is not text."""
    items = [item for item in members if isinstance(item, dict)] if isinstance(members, list) else []
    if items and all(isinstance(exptype := item.get("exptype"), str) and exptype for item in items):
        message, hint = "{part} has no science member", "at least one member must have the exptype science"
        yield Problem(path, NO_SCIENCE.finding(message, hint=hint, part=name_part(path[:-1])))
