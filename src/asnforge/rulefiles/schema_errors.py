"""Rule files against their published JSON Schema: a fast yes or no, and where it is no, findings for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, Literal

from asnforge.findings import Finding, did_you_mean
from asnforge.rulefiles.documents import Document
from asnforge.rulefiles.yaml_nodes import Step, shortened
from asnforge.rules.codes import (
    EMPTY_OR_TWICE,
    MISSING_KEY,
    NOT_TOGETHER,
    TOO_MUCH,
    UNKNOWN_KEY,
    WRONG_KIND,
    WRONG_VALUE,
)

Kind = Literal["rule", "ruleset", "cases"]

MOST = 50
"""How many faults of a file's shape are reported."""

_MOST_ERRORS = 4_000
_TELL_ENOUGH = ("additionalProperties", "minProperties", "type")
_TOGETHER = ("oneOf", "dependentSchemas", "anyOf", "not")
_LETTERS = "letters, digits and underscores, a letter first"


def check_schema(document: Document, kind: Kind) -> tuple[Finding, ...]:
    """What a document's shape has against the schema of its kind; nothing where it is right."""
    if _gate(kind).is_valid(document.content):
        return ()
    from jsonschema.exceptions import best_match

    found = islice(_validator(kind).iter_errors(document.content), _MOST_ERRORS)
    errors = sorted(found, key=lambda error: document.values.get(tuple(error.absolute_path), (1, 1)))[: 2 * MOST]
    told = (best_match([error]) or error for error in _telling(errors))
    findings = dict.fromkeys(finding for error in told for finding in _findings(document, error, errors))
    return tuple(sorted(findings, key=lambda finding: (finding.line or 0, finding.column or 0)))[:MOST]


def _telling(errors: list[Any]) -> Iterator[Any]:
    """The errors without those that only say again, in other words, what another one says of the same place."""
    told = {tuple(error.absolute_path) for error in errors if error.validator in _TELL_ENOUGH}
    for error in errors:
        path = tuple(error.absolute_path)
        if error.validator in _TOGETHER:
            if path in told:
                continue
            told.add(path)
        yield error


def _unknown_key(error: Any) -> tuple[str, str | None]:
    """The key that is not known, and the one that it is likely meant to be."""
    known = tuple(error.schema.get("properties", {}))
    unknown = next(key for key in error.instance if key not in known)
    return unknown, did_you_mean(unknown, known)


def _missing_keys(error: Any) -> list[str]:
    return [key for key in error.validator_value if key not in error.instance]


def schema(kind: str) -> dict[str, Any]:
    """A published schema by its name, such as ``rule``."""
    text = (files("asnforge") / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _findings(document: Document, error: Any, errors: list[Any]) -> Iterator[Finding]:
    """A finding for an error, or for each key that is missing and not among the keys of the same place that are misspelled."""
    if error.validator != "required":
        yield _finding(document, error)
        return
    path = tuple(error.absolute_path)
    others = (each for each in errors if each.validator == "additionalProperties" and tuple(each.absolute_path) == path)
    misspelled = {_unknown_key(each)[1] for each in others}
    for missing in _missing_keys(error):
        if missing not in misspelled:
            hint = _description(error.schema, missing)
            message = f"{_what(path)} lacks {missing}"
            yield document.finding(MISSING_KEY.code, message, *path, hint=hint, key=True)


def _finding(document: Document, error: Any) -> Finding:
    """A finding for people from what the validator says."""
    path, value, wanted = tuple(error.absolute_path), error.instance, error.validator_value
    match error.validator:
        case "additionalProperties":
            unknown, near = _unknown_key(error)
            hint = f"did you mean {near}?" if near else f"there can be {', '.join(error.schema.get('properties', {}))}"
            message = f"{shortened(unknown)} is not known here"
            return document.finding(UNKNOWN_KEY.code, message, *path, unknown, hint=hint, key=True)
        case "type":
            kind = {"object": "a mapping", "array": "a list"}.get(str(wanted), "a text")
            return document.finding(
                WRONG_KIND.code, f"{_what(path)} is {_kind(value)}, wanted is {kind}", *path, hint=_own(error.schema)
            )
        case "pattern" if "propertyNames" in error.schema_path:
            message = f"{shortened(value)!r} is no name"
            return document.finding(WRONG_VALUE.code, message, *path, value, hint=_LETTERS, key=True)
        case "pattern" | "minimum":
            hint = _LETTERS if error.schema.get("pattern", "").startswith("^[A-Za-z]") else _own(error.schema)
            return document.finding(WRONG_VALUE.code, f"{_what(path)} {_cannot_be(value)}", *path, hint=hint)
        case "enum":
            hint = f"wanted is {' or '.join(map(str, wanted))}"
            return document.finding(WRONG_VALUE.code, f"{_what(path)} {_cannot_be(value)}", *path, hint=hint)
        case "uniqueItems":
            place, again = _again(value)
            message = f"{_what(path)} lists {shortened(str(again))} twice"
            return document.finding(EMPTY_OR_TWICE.code, message, *path, place)
        case "minItems" | "minLength" | "minProperties":
            return document.finding(EMPTY_OR_TWICE.code, f"{_what(path)} is empty", *path, hint=_own(error.schema))
        case "maxItems" | "maxProperties":
            message = f"{_what(path)} has {len(value)} entries, at most {wanted} are read"
            return document.finding(TOO_MUCH.code, message, *path, hint="split it")
        case _:
            message, hint = _together(value, error)
            return document.finding(NOT_TOGETHER.code, f"{_what(path)} {message}", *path, hint=hint, key=True)


def _together(value: Any, error: Any) -> tuple[str, str]:
    """What is said of keys of a mapping that do not go together, or of which one is missing."""
    given = [key for key in value if key != "about"] if isinstance(value, dict) else []
    if error.validator in ("oneOf", "anyOf"):
        alternatives = [key for one in error.validator_value for key in one.get("required", ())]
        if not set(alternatives) & set(given):
            return f"lacks one of {', '.join(alternatives)}", ""
        given = [key for key in given if key in alternatives]
    if error.validator == "dependentRequired":
        key, wanted = next((key, wanted) for key, wanted in error.validator_value.items() if key in given)
        return f"has {key} without {' and '.join(wanted)}", ""
    return f"has {' and '.join(given)}, which do not go together", _own(error.schema)


def _again(values: list[Any]) -> tuple[int, Any]:
    seen: set[str] = set()
    for place, value in enumerate(values):
        if str(value) in seen:
            return place, value
        seen.add(str(value))
    return 0, values[0]


def _what(path: tuple[Step, ...]) -> str:
    """What a path leads to, with what it belongs to: ``column of night``, ``entry 2 of use``."""
    if not path:
        return "the file"
    names = [str(step) if isinstance(step, str) else f"entry {step + 1}" for step in path]
    return " of ".join(reversed(names[-2:]))


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return f"the text {shortened(value)!r}" if value else "empty"


def _cannot_be(value: Any) -> str:
    return f"cannot be {_kind(value)}" if value else "is empty"


def _own(schema: Any) -> str:
    return str(schema.get("description", "")).rstrip(".") if isinstance(schema, dict) else ""


def _description(schema: Any, key: str) -> str:
    inner = schema.get("properties", {}).get(key, {}) if isinstance(schema, dict) else {}
    return f"{key}: {_own(inner)}" if _own(inner) else ""


@cache
def _gate(kind: Kind) -> Any:
    import jsonschema_rs

    registry = jsonschema_rs.Registry([(f"{name}.schema.json", schema(name)) for name in ("rule",)])
    return jsonschema_rs.validator_for(schema(kind), registry=registry)


@cache
def _validator(kind: Kind) -> Any:
    import jsonschema
    from referencing import Registry, Resource

    registry: Registry[Any] = Registry().with_resources([("rule.schema.json", Resource.from_contents(schema("rule")))])
    keywords = {"additionalProperties": _other_keys}
    ordered = jsonschema.validators.extend(jsonschema.Draft202012Validator, keywords)  # type: ignore[no-untyped-call]
    return ordered(schema(kind), registry=registry)


def _other_keys(validator: Any, wanted: Any, instance: Any, within: dict[str, Any]) -> Iterator[Any]:
    """``additionalProperties`` in the order of the file: jsonschema goes through a set, which differs from run to run."""
    if not isinstance(instance, dict):
        return
    others = [key for key in instance if key not in within.get("properties", {})]
    if isinstance(wanted, dict):
        for key in others:
            yield from validator.descend(instance[key], wanted, path=key)
    elif others and not wanted:
        from jsonschema import ValidationError

        yield ValidationError(f"{', '.join(others)} unexpected")
