"""The published JSON Schemas in ``asnforge/schemas``: one for each kind of file, used by editors and to validate."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import jsonschema_rs
    from jsonschema import Draft202012Validator, ValidationError

SchemaName = Literal["allowlist", "association", "cases", "compact", "generated", "headers", "rule", "ruleset", "suite"]

_REFERENCED: tuple[SchemaName, ...] = ("rule", "association", "headers")


@cache
def schema(name: SchemaName) -> dict[str, Any]:
    """A published schema. Not to be changed.

    ``association`` allows what the format allows, whatever generator made the file; ``generated`` is stricter: what asnforge
    itself writes.
    """
    text = resources.files("asnforge").joinpath(f"schemas/{name}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def is_valid(value: object, name: SchemaName) -> bool:
    """Whether a value matches a schema; fast."""
    try:
        return _validator(name).is_valid(value)
    except ValueError:  # half a surrogate pair, which no JSON file can contain
        return False


def is_generated(association: bytes) -> bool:
    """Whether JSON matches the schema of what asnforge writes, as each association must before it is written."""
    import msgspec

    try:
        return is_valid(msgspec.json.decode(association), "generated")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def subschema(name: SchemaName, steps: Iterable[str]) -> dict[str, Any]:
    """The part of a schema at the end of an error's path through it, which does not mention the references it follows."""
    file: SchemaName = name
    node: Any = schema(name)
    for step in steps:
        while isinstance(node, dict) and "$ref" in node and step not in node:
            file, node = _referenced(file, node["$ref"])
        node = node[int(step) if isinstance(node, list) else step]
    while "$ref" in node:
        file, node = _referenced(file, node["$ref"])
    part: dict[str, Any] = node
    return part


def _referenced(file: SchemaName, reference: str) -> tuple[SchemaName, Any]:
    """The part of a schema that a reference leads to, and the schema that it is in."""
    target, _, pointer = reference.partition("#")
    file = next((other for other in _REFERENCED if schema(other)["$id"] == target), file)
    node: Any = schema(file)
    for key in pointer.split("/")[1:]:
        node = node[key]
    return file, node


def iter_errors(value: object, name: SchemaName) -> Iterator[ValidationError]:
    """The errors of a value, as jsonschema reports them; none if it is valid."""
    return _error_validator(name).iter_errors(value)


@cache
def _error_validator(name: SchemaName) -> Draft202012Validator:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    resources = [(schema(other)["$id"], Resource.from_contents(schema(other))) for other in _REFERENCED]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(schema(name), registry=registry)


@cache
def _validator(name: SchemaName) -> jsonschema_rs.Validator:
    """The fast validator of a schema, built once: building takes as long as some hundred validations."""
    import jsonschema_rs

    registry = jsonschema_rs.Registry([(schema(other)["$id"], schema(other)) for other in _REFERENCED])
    return jsonschema_rs.validator_for(schema(name), registry=registry)
