"""What the schema has to say about an association, made into sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from asnforge.asnfiles.codes import EMPTY, MISSING, MISSPELLED, NO_SCIENCE, WRONG_TYPE
from asnforge.asnfiles.json_positions import Path
from asnforge.asnfiles.schema import association_schema, schema_errors
from asnforge.asnfiles.spelling import did_you_mean
from asnforge.findings import Severity, quoted

_TYPE_WORDS = {
    "string": "text in double quotes",
    "number": "a number",
    "null": "null",
    "array": "a list [...]",
    "object": "an object {...}",
}
_MAY_BE_EMPTY = ("asn_type", "asn_rule")
"""Optional keywords that pipelines accept without any text; an empty string says no more than an absent keyword."""

_NOT_READ = ("code_version", "degraded_status", "version_id", "exposerr", "asn_candidate")
"""Keywords that inform a reader: pipelines do not read their values."""

MOST_KEYWORDS = 100
"""The largest number of keywords in one object for which misspelled ones are looked for; more are not spelling mistakes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault at a place inside a value, before the place has a line and a column.

    Attributes
    ----------
    code : str
        The code of the finding that it becomes.
    path : Path
        The way to the value from the top.
    message, hint : str
        As in a finding.
    severity : {"error", "warning"}
        As in a finding.
    at_key : bool
        Whether the fault is the key that the value stands under.
    """

    code: str
    path: Path
    message: str
    hint: str = ""
    severity: Severity = "error"
    at_key: bool = False


def known_keywords(path: Path) -> tuple[str, ...]:
    """The keywords that the schema names for an object, by the object's place: the top, a product or a member."""
    return _keywords_at(len(path))


@cache
def _keywords_at(depth: int) -> tuple[str, ...]:
    return tuple(_schema_of((0,) * depth)["properties"]) if depth in (0, 2, 4) else ()


def noun(path: Path) -> str:
    """What stands at a place, in the field's word, with its number from 1."""
    if not path:
        return "the association"
    if isinstance(path[-1], int):
        return f"{'member' if 'members' in path else 'product'} {path[-1] + 1}"
    return f"the keyword '{path[-1]}'"


def misspelled(present: Mapping[str, object], wanted: str, path: Path) -> str | None:
    """The unknown keyword of an object that is likely meant to be `wanted`, if there is one."""
    if len(present) > MOST_KEYWORDS:
        return None
    known = known_keywords(path)
    return did_you_mean(wanted, (key for key in present if key not in known))


def schema_problems(association: object) -> Iterator[Problem]:
    """Each fault that the schema finds in an association."""
    reported: set[Path] = set()
    for path, keyword in schema_errors(association):
        value = _value_at(association, path)
        match keyword:
            case "required":
                if path not in reported:
                    reported.add(path)
                    yield from _missing(value, path)
            case "type":
                yield _wrong_type(value, path)
            case "minItems" | "minLength":
                severity: Severity = "warning" if path[-1] in _MAY_BE_EMPTY else "error"
                yield Problem(EMPTY.code, path, f"{noun(path)} is empty", _needs(path), severity)
            case "contains":
                yield from _no_science(value, path)
            case _:
                yield Problem(WRONG_TYPE.code, path, f"{noun(path)} does not pass the schema: {keyword}")


def _value_at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _schema_of(path: Path) -> dict[str, Any]:
    """The part of the schema for an object or for one of its keywords, by the path to it."""
    schema = association_schema()
    parts: dict[int, dict[str, Any]] = {0: schema, 2: schema["$defs"]["product"], 4: schema["$defs"]["member"]}
    if len(path) in parts:
        return parts[len(path)]
    keyword: dict[str, Any] = parts[len(path) - 1]["properties"][path[-1]]
    return keyword


def _missing(instance: Mapping[str, object], path: Path) -> Iterator[Problem]:
    """The required keywords that one object lacks."""
    required = _schema_of(path)["required"]
    for name in required:
        if name in instance:
            continue
        wrong = misspelled(instance, name, path)
        if wrong is None:
            hint = f'add "{name}"; required are {", ".join(required)}' if len(required) > 1 else f'add "{name}"'
            yield Problem(MISSING.code, path, f"{noun(path)} has no '{name}'", hint)
        else:
            message = f"{quoted(wrong)} is no keyword of {noun(path)}, which has no '{name}'"
            yield Problem(MISSPELLED.code, (*path, wrong), message, f'write "{name}"', at_key=True)


def _wrong_type(value: object, path: Path) -> Problem:
    right = _schema_of(path)["type"]
    words = [_TYPE_WORDS[name] for name in ([right] if isinstance(right, str) else right)]
    hint = f"it must be {' or '.join(words)}"
    return Problem(WRONG_TYPE.code, path, f"{noun(path)} is {type_in_words(value)}", hint, _severity(value, path))


def _severity(value: object, path: Path) -> Severity:
    """A warning where pipelines process the association all the same; an error where they reject it."""
    harmless = path[-1] in _NOT_READ or (path[-1] == "asn_id" and isinstance(value, int | float))
    return "warning" if harmless else "error"


def type_in_words(value: object) -> str:
    """The type of a JSON value, with the value where it is short."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {str(value)[:20]}"
        case str():
            return f"the text {quoted(value, 30)}"
        case list():
            return "a list"
        case _:
            return "an object"


def _needs(path: Path) -> str:
    match path[-1]:
        case "products":
            return "an association needs one product or more"
        case "members":
            return "a product needs one member or more"
        case _:
            return "it needs some text"


def _no_science(members: object, path: Path) -> Iterator[Problem]:
    """Nothing where another finding says it already: no member at all, or an exptype that is not a string."""
    types = (
        [member.get("exptype") for member in members if isinstance(member, dict)] if isinstance(members, list) else []
    )
    if types and all(isinstance(exptype, str) and exptype for exptype in types):
        product = noun(path[:-1])
        hint = 'the exptype of one member or more must be "science"'
        yield Problem(NO_SCIENCE.code, path, f"{product} has no science member", hint)
