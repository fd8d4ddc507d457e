"""The published JSON Schemas of associations, and the quick answer whether something passes them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jsonschema_rs

_GENERATED = "generated"


@functools.cache
def association_schema() -> dict[str, Any]:
    """The schema of every association, ``asnforge/schemas/association.schema.json``, as an object. Not to be changed.

    It allows what the format allows, whatever generator made the association.
    """
    return _load("association")


@functools.cache
def generated_schema() -> dict[str, Any]:
    """The schema of what asnforge writes, ``asnforge/schemas/generated.schema.json``, as an object. Not to be changed.

    It is stricter: every keyword is required and has one type. The schema of every association is among its ``$defs``.
    """
    schema = _load(_GENERATED)
    return {**schema, "$defs": {**schema["$defs"], "association": association_schema()}}


def is_association(value: object) -> bool:
    """Whether a JSON value, read into dict, list, str and so on, passes the schema of every association."""
    return _is_valid(_validator("association"), value)


def check_generated(association: object) -> bool:
    """Whether an association passes the schema of what asnforge writes, as each one must before it is written.

    Parameters
    ----------
    association : bytes or object
        JSON, or what JSON is read into: dict, list, str, ...

    Returns
    -------
    bool
        False also for bytes that are not JSON. `asnforge.asnfiles.validate` says why.
    """
    if isinstance(association, bytes):
        import msgspec

        try:
            association = msgspec.json.decode(association)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
    return _is_valid(_validator(_GENERATED), association)


def schema_errors(value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each violation of the schema of every association: the path to the value, and the keyword of the schema.

    Raises
    ------
    ValueError
        The value holds half a surrogate pair, which cannot be written as JSON.
    """
    for error in _validator("association").iter_errors(value):
        yield tuple(error.instance_path), str(error.schema_path[-1])


def _load(name: str) -> dict[str, Any]:
    text = resources.files("asnforge").joinpath(f"schemas/{name}.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _is_valid(validator: jsonschema_rs.Validator, value: object) -> bool:
    try:
        return validator.is_valid(value)
    except ValueError:  # half a surrogate pair, which no JSON file can hold
        return False


@functools.cache
def _validator(name: str) -> jsonschema_rs.Validator:
    """Built once: building takes as long as some hundred checks."""
    import jsonschema_rs

    return jsonschema_rs.validator_for(generated_schema() if name == _GENERATED else association_schema())
