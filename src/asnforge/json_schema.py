"""The published JSON Schemas in ``asnforge/schemas``: one for each kind of file, used by editors and to validate."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import jsonschema_rs
    from jsonschema import Draft202012Validator, ValidationError

SchemaName = Literal["allowlist", "association", "cases", "compact", "generated", "headers", "rule", "ruleset", "suite"]

_REFERENCES: dict[SchemaName, tuple[SchemaName, ...]] = {
    "generated": ("association",),
    "headers": ("rule",),
    "ruleset": ("rule", "headers"),
}
"""The other schemas that a schema refers to, directly or through others."""


@cache
def schema(name: SchemaName) -> dict[str, Any]:
    """A published schema, which callers must not modify.

    ``association`` allows everything that the format allows, whatever generator wrote the file; ``generated`` is stricter and
    allows only what asnforge itself writes.
    """
    from importlib import resources  # slow to import

    text = resources.files("asnforge").joinpath(f"schemas/{name}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def is_valid(value: object, name: SchemaName) -> bool:
    """Whether a value matches a schema; much faster than `iter_errors`."""
    try:
        return _validator(name).is_valid(value)
    except ValueError:  # a lone surrogate, which no JSON file can contain
        return False


def subschema(name: SchemaName, steps: Iterable[str]) -> dict[str, Any]:
    """The part of a schema that an error's schema path leads to; the path omits the references that it follows."""
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
    """The part of a schema that a reference leads to, and the name of the schema that contains it."""
    target, _, pointer = reference.partition("#")
    file = next((name for name in _REFERENCES.get(file, ()) if schema(name)["$id"] == target), file)
    node: Any = schema(file)
    for key in pointer.split("/")[1:]:
        node = node[key]
    return file, node


def iter_errors(value: object, name: SchemaName) -> Iterator[ValidationError]:
    """The errors of a value, as jsonschema reports them; none if it is valid."""
    return _error_validator(name).iter_errors(value)


@cache
def own_validator(text: str) -> jsonschema_rs.Validator:
    """The validator of a schema of somebody else, from its JSON, which refers to nothing outside.

    Raises
    ------
    ValueError
        It is not a schema, or it refers to another file or to an address.
    """
    import jsonschema_rs

    return jsonschema_rs.validator_for(json.loads(text), retriever=_refuse)


def schema_problem(text: str) -> str:
    """Why JSON cannot be used as a schema, as the end of a sentence; empty if it can be."""
    try:
        own_validator(text)
    except ValueError as error:
        return f"cannot be used: {' '.join(str(error).split())[:300]}"
    return ""


def _refuse(uri: str) -> dict[str, Any]:
    raise ValueError(f"it refers to {uri}, which is outside")


@cache
def _error_validator(name: SchemaName) -> Draft202012Validator:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    contents = map(schema, _REFERENCES.get(name, ()))
    resources = [(content["$id"], Resource.from_contents(content)) for content in contents]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(schema(name), registry=registry)


@cache
def _validator(name: SchemaName) -> jsonschema_rs.Validator:
    """The fast validator of a schema, built once: building one takes as long as about a hundred validations."""
    import jsonschema_rs

    referenced = (schema(reference) for reference in _REFERENCES.get(name, ()))
    registry = jsonschema_rs.Registry([(content["$id"], content) for content in referenced])
    return jsonschema_rs.validator_for(schema(name), registry=registry)
