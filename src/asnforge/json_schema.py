"""The published JSON Schemas in ``asnforge/schemas``: one for each kind of file, used by editors and to validate."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    import jsonschema_rs

SchemaName = Literal["allowlist", "association", "cases", "compact", "generated", "rule", "ruleset", "suite"]

_REFERENCED: tuple[SchemaName, ...] = ("rule", "association")


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
        return validator(name).is_valid(value)
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
    """The part of a schema at the end of an evaluation path, references followed."""
    file: SchemaName = name
    node: Any = schema(name)
    for step in steps:
        if step != "$ref":
            node = node[int(step) if isinstance(node, list) else step]
            continue
        target, _, pointer = node["$ref"].partition("#")
        file = next((other for other in _REFERENCED if schema(other)["$id"] == target), file)
        node = schema(file)
        for key in pointer.split("/")[1:]:
            node = node[key]
    part: dict[str, Any] = node
    return part


@cache
def validator(name: SchemaName) -> jsonschema_rs.Validator:
    """The validator of a schema, built once: building takes as long as some hundred validations."""
    import jsonschema_rs

    registry = jsonschema_rs.Registry([(schema(other)["$id"], schema(other)) for other in _REFERENCED if other != name])
    return jsonschema_rs.validator_for(schema(name), registry=registry)
