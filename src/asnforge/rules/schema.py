"""Rule files against their published JSON Schema: a fast yes or no, and where it is no, findings for people."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from asnforge.findings import Finding
from asnforge.rules.documents import Document

Kind = Literal["rule", "ruleset", "cases"]


def check_schema(document: Document, kind: Kind) -> tuple[Finding, ...]:
    """What a document's shape has against the schema of its kind; nothing where it is right."""
    if _gate(kind).is_valid(document.content):
        return ()
    from jsonschema.exceptions import best_match

    errors = sorted(
        _validator(kind).iter_errors(document.content), key=lambda error: list(map(str, error.absolute_path))
    )
    findings = []
    for error in errors:
        deepest = best_match([error]) if error.context else error
        findings.append(_finding(document, deepest))
    return tuple(dict.fromkeys(findings))


def schema(kind: str) -> dict[str, Any]:
    """A published schema by its name, such as ``rule``."""
    text = (files("asnforge") / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _finding(document: Document, error: Any) -> Finding:
    path = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            known = tuple(error.schema.get("properties", {}))
            unknown = [key for key in error.instance if key not in known]
            near = get_close_matches(unknown[0].lower(), known, 1, 0.6)
            hint = f"did you mean {near[0]}?" if near else f"there can be {', '.join(known)}"
            return document.finding("R104", f"{unknown[0]} is not known here", *path, unknown[0], hint=hint, key=True)
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            hint = _description(error.schema, missing[0])
            return document.finding("R105", f"{_what(path)} lacks {missing[0]}", *path, hint=hint)
        case "type" | "minProperties":
            wanted = {"object": "a mapping", "array": "a list", "string": "a text"}.get(
                str(error.validator_value), "a text"
            )
            return document.finding("R106", f"{_what(path)} is {_kind(error.instance)}, wanted is {wanted}", *path)
        case "pattern" if error.schema_path and "propertyNames" in error.schema_path:
            hint = "letters, digits and underscores"
            return document.finding(
                "R107", f"{error.instance!r} is no name", *path, error.instance, hint=hint, key=True
            )
        case "pattern" | "minimum":
            return document.finding(
                "R107", f"{_what(path)} cannot be {error.instance!r}", *path, hint=_own(error.schema)
            )
        case "enum":
            hint = f"wanted is {' or '.join(map(str, error.validator_value))}"
            return document.finding("R107", f"{_what(path)} cannot be {error.instance!r}", *path, hint=hint)
        case "uniqueItems":
            return document.finding("R108", f"{_what(path)} lists a value twice", *path)
        case "minItems" | "minLength":
            return document.finding("R108", f"{_what(path)} is empty", *path)
        case "oneOf" | "dependentSchemas" | "not" | "anyOf":
            given = ", ".join(error.instance) if isinstance(error.instance, dict) else str(error.instance)
            return document.finding(
                "R109", f"{_what(path)} cannot have just {given} together", *path, hint=_own(error.schema)
            )
        case _:
            return document.finding("R109", f"{_what(path)}: {error.message}", *path)


def _what(path: tuple[str | int, ...]) -> str:
    names = [str(step) for step in path if isinstance(step, str)]
    return " ".join(names[-2:]) if names else "the file"


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping" if value else "empty"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return f"the text {value!r}" if value else "empty"


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
    return jsonschema.Draft202012Validator(schema(kind), registry=registry)
