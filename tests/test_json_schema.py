"""The published JSON Schemas: every key is described, every example is valid, and each file names its own schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest

from asnforge import json_schema
from asnforge.compare.model import IGNORABLE
from asnforge.json_schema import SchemaName, iter_errors, schema
from asnforge.json_schema import is_valid as matches
from asnforge.rulefiles.check_schema import check_schema
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, rulesets_folder
from asnforge.rulefiles.yaml_document import read_yaml

ALL: tuple[SchemaName, ...] = get_args(SchemaName)
EDITED: tuple[SchemaName, ...] = ("rule", "ruleset", "suite", "allowlist", "compact")
REGISTRY = jsonschema_rs.Registry(
    [(schema(name)["$id"], schema(name)) for name in ("rule", "ruleset", "association", "headers")]
)
ROOT = Path(__file__).parents[1]
RULE_FILES = sorted(path for path in rulesets_folder().glob("*/*.yaml") if not path.name.endswith(CASES_SUFFIX))
FILES: dict[Path, SchemaName] = {
    **{path: "ruleset" if path.name == RULESET_FILE else "rule" for path in RULE_FILES},
    ROOT / "data" / "suite.yaml": "suite",
    ROOT / "tests" / "peer" / "allow.yaml": "allowlist",
}


def is_valid(value: Any, node: dict[str, Any], name: SchemaName) -> bool:
    """Whether a value matches a part of a schema, with the definitions of the whole schema."""
    part = {**node, "$id": f"{name}.part.schema.json", "$defs": schema(name).get("$defs", {})}
    return bool(jsonschema_rs.validator_for(part, registry=REGISTRY).is_valid(value))


def nodes(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Each property, definition and kind of value of a schema."""
    if isinstance(node, list):
        for entry in node:
            yield from nodes(entry, path)
    if not isinstance(node, dict):
        return
    for block in ("properties", "$defs"):
        for name, inner in node.get(block, {}).items():
            yield (*path, name), inner
            yield from nodes(inner, (*path, name))
    for block in ("additionalProperties", "items"):
        if isinstance(node.get(block), dict):
            yield (*path, block), node[block]
            yield from nodes(node[block], (*path, block))


@pytest.mark.parametrize("name", ALL)
def test_it_is_a_json_schema(name: SchemaName) -> None:
    jsonschema_rs.meta.validate(schema(name))


@pytest.mark.parametrize("name", EDITED)
def test_every_key_is_described(name: SchemaName) -> None:
    assert [path for path, node in nodes(schema(name)) if not node.get("description", "$ref" in node)] == []


@pytest.mark.parametrize("name", EDITED)
def test_names_of_keys_are_described_in_place(name: SchemaName) -> None:
    """jsonschema-rs reports an invalid name without the path to its schema if this is a reference."""
    names = [node["propertyNames"] for _, node in nodes(schema(name)) if "propertyNames" in node]
    assert all("pattern" in node for node in names)


@pytest.mark.parametrize("name", EDITED)
def test_every_example_is_valid(name: SchemaName) -> None:
    invalid = [
        (path, example)
        for path, node in [((), schema(name)), *nodes(schema(name))]
        for example in node.get("examples", ())
        if not is_valid(example, node, name)
    ]
    assert invalid == []


@pytest.mark.parametrize(("file", "name"), FILES.items(), ids=[f"{path.parent.name}/{path.name}" for path in FILES])
def test_a_file_names_the_schema_that_it_matches(file: Path, name: SchemaName) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    target = (file.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
    assert target.name == f"{name}.schema.json"
    assert check_schema(read_yaml(file), name) == ()


def test_the_schema_of_suites_has_the_keywords_and_parts_that_can_be_ignored() -> None:
    assert schema("suite")["$defs"]["entry"]["properties"]["ignore"]["items"]["enum"] == list(IGNORABLE)


@pytest.mark.parametrize("name", ALL)
def test_validators_know_all_schemas_that_a_schema_refers_to(name: SchemaName) -> None:
    assert not matches(1, name)
    assert [error.message for error in iter_errors(1, name)]
    known = (name, *json_schema._REFERENCES.get(name, ()))
    found = {file for each in known for file in re.findall(r'"\$ref": "([^"#]+)', json.dumps(schema(each)))}
    assert found == {schema(other)["$id"] for other in known[1:]}
