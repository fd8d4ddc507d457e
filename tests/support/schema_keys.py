"""Every key of the schemas of rules: where it is in `DOCUMENTS`, and the documents with another value of it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.every_key import DOCUMENTS
from support.observatory import write_yaml

from asnforge.json_schema import schema as read_schema

Path_ = tuple[str | int, ...]


def write_documents(documents: dict[str, dict[str, Any]], folder: Path) -> Path:
    """Write the documents as a rule set, with the schemas of associations that they name."""
    for name, content in documents.items():
        write_yaml(folder / f"{name}.yaml", content)
    (folder / "lynx.schema.json").write_text(json.dumps({"type": "object"}))
    (folder / "other.schema.json").write_text(json.dumps({"type": "object"}))
    return folder


def schema_keys(schema: dict[str, Any], name: str) -> Iterator[str]:
    """The keys of a schema, each with its place in it; those of a definition once, with its name."""
    for key, value in schema.get("properties", {}).items():
        yield f"{name}.{key}"
        if "$ref" not in value:
            yield from schema_keys(value, f"{name}.{key}")
    for inside in (schema.get("additionalProperties"), schema.get("items")):
        if isinstance(inside, dict) and "$ref" not in inside:
            yield from schema_keys(inside, f"{name}[]")
    for option in schema.get("anyOf", schema.get("oneOf", ())):
        if "$ref" not in option:
            yield from schema_keys(option, name)


RULE_SCHEMA, RULESET_SCHEMA, HEADERS_SCHEMA = read_schema("rule"), read_schema("ruleset"), read_schema("headers")
SCHEMA_KEYS = {
    *schema_keys(RULE_SCHEMA, "rule"),
    *schema_keys(RULESET_SCHEMA, "ruleset"),
    *schema_keys(HEADERS_SCHEMA, "headers"),
    *(key for name, schema in RULE_SCHEMA["$defs"].items() for key in schema_keys(schema, name)),
}


def document_keys(value: Any, schema: dict[str, Any], name: str, path: Path_) -> Iterator[tuple[str, Path_]]:
    """The keys of a document, each by its name in the schema, and its place in the document."""
    if schema.get("$ref") == HEADERS_SCHEMA["$id"]:
        schema, name = HEADERS_SCHEMA, "headers"
    elif "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        schema, name = RULE_SCHEMA["$defs"].get(target, {}), target
    if isinstance(value, dict):
        for key, entry in value.items():
            inside = schema.get("properties", {}).get(key)
            if inside is not None:
                yield f"{name}.{key}", (*path, key)
                yield from document_keys(entry, inside, f"{name}.{key}", (*path, key))
            else:
                more = schema.get("additionalProperties")
                yield from document_keys(entry, more if isinstance(more, dict) else {}, f"{name}[]", (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from document_keys(entry, schema.get("items", {}), f"{name}[]", (*path, index))
    for option in schema.get("anyOf", schema.get("oneOf", ())):
        yield from document_keys(value, option, name, path)


KEYS_BY_NAME: dict[str, list[tuple[str, Path_]]] = {}
for _file, _content in DOCUMENTS.items():
    _schema, _name = (RULESET_SCHEMA, "ruleset") if _file == "ruleset" else (RULE_SCHEMA, "rule")
    for _key, _path in document_keys(_content, _schema, _name, ()):
        KEYS_BY_NAME.setdefault(_key, []).append((_file, _path))


def has_keys(key: str) -> bool:
    """Whether a key has others inside, which are tried by themselves."""
    return any(other.startswith((f"{key}.", f"{key}[]")) for other in KEYS_BY_NAME)


def changed(file: str, path: Path_, *, removed: bool) -> dict[str, dict[str, Any]]:
    """The documents without a key, or with another value of it."""
    documents = copy.deepcopy(DOCUMENTS)
    place: Any = documents[file]
    for step in path[:-1]:
        place = place[step]
    if removed:
        del place[path[-1]]
    else:
        place[path[-1]] = other_value(place[path[-1]])
    return documents


def other_value(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case dict():
            return {name: other_value(entry) for name, entry in value.items()}
        case list():
            return [other_value(entry) for entry in value]
        case "yes" | "no":
            return "no" if value == "yes" else "yes"
        case str() if value.isdecimal():
            return str(int(value) + 1)
    return OTHERS.get(value, f"{value}q")


OTHERS = {
    "members": "keep",
    "after": "before",
    "before": "after",
    "select": "pool",
    "lynx.schema.json": "other.schema.json",
}
OTHERS |= {
    "paths": "others",
    "calm": "gale",
    "TILES": "CELLS",
    "RA": "RB",
    "DEC": "DB",
    "LIMIT": "LONG",
    "darks": "lamps",
}
OTHERS |= {"kg": "g", "role": "kind", "time": "number", "LONG": "LIMIT", "s": "min"}
OTHERS |= {
    "OBS": "NAME",
    "NAME": "OBS",
    "CAMERA": "VISIT",
    "PROPOSAL": "CAMERA",
    "INTENT": "VISIT",
    "VISIT": "OBS",
    "STAR": "VISITS",
}
OTHERS |= {"14 d": "15 d", "1 d": "2 d", "2 h": "3 h", "3 h": "2 h", "11 h": "12 h", "-12": "-11", "0.1": "0.2"}
OTHERS |= {"sensitive": "ignored", "first": "all", "error": "warning", "Base": "Later"}
OTHERS |= {"upper": "lower", "keep": "lower", "own": "no", "number": "text"}
