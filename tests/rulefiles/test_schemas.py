"""The JSON Schemas that editors use: every key explained, every example right, and each rule file points to its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from asnforge.rulefiles.schema_errors import schema
from referencing import Registry, Resource

from asnforge.rulefiles.shipped import rulesets_folder
from asnforge.rulefiles.yaml_document import read_yaml

KINDS = ("rule", "ruleset")
REGISTRY: Registry[Any] = Registry().with_resources(
    [(f"{kind}.schema.json", Resource.from_contents(schema(kind))) for kind in KINDS]
)
RULE_FILES = sorted(path for path in rulesets_folder().glob("*/*.yaml") if not path.name.endswith(".cases.yaml"))


def validator(contents: dict[str, Any], kind: str) -> jsonschema.Draft202012Validator:
    """A validator of a part of a schema, with the definitions of the whole."""
    inside = {**contents, "$id": f"{kind}.schema.json", "$defs": schema(kind).get("$defs", {})}
    return jsonschema.Draft202012Validator(inside, registry=REGISTRY)


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


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained(kind: str) -> None:
    silent = [path for path, node in nodes(schema(kind)) if not node.get("description", "$ref" in node)]
    assert silent == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_is_right(kind: str) -> None:
    wrong = [
        (path, example)
        for path, node in [((), schema(kind)), *nodes(schema(kind))]
        for example in node.get("examples", ())
        if not validator({key: value for key, value in node.items() if key != "$id"}, kind).is_valid(example)
    ]
    assert wrong == []


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_rule_file_points_to_the_schema_that_it_keeps(file: Path) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    target = (file.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
    kind = "ruleset" if file.name == "ruleset.yaml" else "rule"
    assert json.loads(target.read_text(encoding="utf-8")) == schema(kind)
    assert list(validator(schema(kind), kind).iter_errors(read_yaml(file).value)) == []
