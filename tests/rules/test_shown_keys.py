"""Every key of the schemas of rules changes what ``rules show`` writes: none can be forgotten.

`DOCUMENTS` have every key. A key is removed, or has another value, and the text must be another one.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from support.every_key import DOCUMENTS
from support.observatory import write_yaml

from asnforge.findings import InputError
from asnforge.json_schema import schema as read_schema
from asnforge.rulefiles.load import read_ruleset
from asnforge.rules.markdown import catalogue, rule_page

Path_ = tuple[str | int, ...]

NOT_SHOWN = {
    "ruleset.extends": "the rules and blocks are those of both",
    "ruleset.shares": "the blocks are those of both",
    "ruleset.headers": "how FITS files are read, not what rules do",
    "ruleset.run": "`asnforge generate -v` prints the commands",
    "ruleset.setup": "columns that `pool show` displays",
    "ruleset.report": "columns that `report` displays",
    "ruleset.exptypes": "what pipelines read, not what rules do",
    "ruleset.asn_types": "what pipelines read, not what rules do",
    "ruleset.parts[].about": "parts are filled in where rules use them",
}
"""The blocks that are not described, and why not; and keys that have no meaning for rules."""


@cache
def text_before() -> str:
    """What is written of the documents as they are."""
    with TemporaryDirectory() as folder:
        return text_of(DOCUMENTS, Path(folder))


def text_of(documents: dict[str, dict[str, Any]], folder: Path) -> str:
    """What ``rules show`` writes of the rule set and of each rule."""
    for name, content in documents.items():
        write_yaml(folder / f"{name}.yaml", content)
    (folder / "lynx.schema.json").write_text(json.dumps({"type": "object"}))
    (folder / "other.schema.json").write_text(json.dumps({"type": "object"}))
    ruleset = read_ruleset(folder)
    return "\n".join([catalogue(ruleset), *(rule_page(rule, ruleset) for rule in ruleset.rules)])


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


RULE_SCHEMA, RULESET_SCHEMA = read_schema("rule"), read_schema("ruleset")
SCHEMA_KEYS = {
    *schema_keys(RULE_SCHEMA, "rule"),
    *schema_keys(RULESET_SCHEMA, "ruleset"),
    *(key for name, schema in RULE_SCHEMA["$defs"].items() for key in schema_keys(schema, name)),
}


def document_keys(value: Any, schema: dict[str, Any], name: str, path: Path_) -> Iterator[tuple[str, Path_]]:
    """The keys of a document, each by its name in the schema, and its place in the document."""
    if "$ref" in schema:
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


def is_shown(key: str) -> bool:
    return not any(key == block or key.startswith((f"{block}.", f"{block}[")) for block in NOT_SHOWN)


def has_keys(key: str) -> bool:
    """Whether a key has others inside, which are shown by themselves."""
    return any(other.startswith((f"{key}.", f"{key}[]")) for other in KEYS_BY_NAME)


def test_every_key_is_tried() -> None:
    assert sorted(key for key in SCHEMA_KEYS - KEYS_BY_NAME.keys() if is_shown(key)) == []


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
OTHERS |= {"upper": "lower", "keep": "lower", "own": "no", "number": "text"}


@pytest.mark.parametrize("key", [key for key in sorted(KEYS_BY_NAME) if is_shown(key) and not has_keys(key)])
def test_a_key_is_shown(tmp_path: Path, key: str) -> None:
    for number, (file, path) in enumerate(KEYS_BY_NAME[key]):
        for removed in (True, False):
            try:
                if text_of(changed(file, path, removed=removed), tmp_path / f"{number}-{removed}") != text_before():
                    return
            except InputError:
                continue
    pytest.fail(f"{key} can be changed, and rules show writes the same")
