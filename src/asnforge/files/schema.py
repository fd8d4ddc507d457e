"""The published JSON Schema of associations, and the quick answer whether something passes it."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jsonschema_rs


@functools.cache
def association_schema() -> dict[str, Any]:
    """The schema, ``asnforge/schemas/association.schema.json``, as an object. Not to be changed."""
    text = resources.files("asnforge").joinpath("schemas/association.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def check_generated(association: object) -> bool:
    """Whether an association passes the schema: the gate that each one goes through before it is written.

    Parameters
    ----------
    association : bytes or object
        JSON, or what JSON is read into: dict, list, str, ...

    Returns
    -------
    bool
        False also for bytes that are no JSON. `asnforge.files.validate` says why.
    """
    if isinstance(association, bytes):
        import msgspec

        try:
            association = msgspec.json.decode(association)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
    try:
        return _validator().is_valid(association)
    except ValueError:  # half a surrogate pair: no text that can be written
        return False


@functools.cache
def _validator() -> jsonschema_rs.Validator:
    """Built once: building takes as long as some hundred checks."""
    import jsonschema_rs

    return jsonschema_rs.validator_for(association_schema())
