"""Rules as plain values: parts are filled in, rules have what they use, and written as YAML they are the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from support.every_key import DOCUMENTS
from support.observatory import rule, write_ruleset, write_yaml
from support.schema_keys import write_documents

from asnforge.findings import SourceLocation
from asnforge.rulefiles.load import read_own_sources, read_ruleset
from asnforge.rulefiles.rule_documents import Document, ruleset_document
from asnforge.rulefiles.shipped import rulesets_folder
from asnforge.rules.rule import Rule

SHIPPED = sorted(path.parent for path in rulesets_folder().glob("*/ruleset.yaml"))
NOWHERE = SourceLocation("", 1, 1)


def document(path: Path, *chosen: str) -> Document:
    return ruleset_document(read_own_sources(path), chosen)


def as_written(value: Any) -> Any:
    """A document as it is in a file, where every value is a string."""
    match value:
        case dict():
            return {key: as_written(entry) for key, entry in value.items()}
        case list():
            return [as_written(entry) for entry in value]
    return str(value)


def without_locations(rules: tuple[Rule, ...]) -> list[tuple[Rule, Any]]:
    return [
        (replace(each, location=NOWHERE, product_file_location=None, keywords={}), comparable(each.keywords))
        for each in rules
    ]


def comparable(value: Any) -> Any:
    """A value whose constraints and patterns are compared by what they say, in whatever order sets are."""
    match value:
        case SourceLocation():
            return None
        case set() | frozenset():
            return sorted(map(comparable, value), key=repr)
        case list() | tuple():
            return [*map(comparable, value)]
        case Mapping():
            return {key: comparable(entry) for key, entry in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), {
            field.name: comparable(getattr(value, field.name)) for field in fields(value) if field.repr
        }
    return repr(value)


def check_same_rules(folder: Path, other: Path) -> None:
    """Read both, and compare everything but positions in files and the path of the schema of associations."""
    one, two = read_ruleset(folder), read_ruleset(other)
    assert without_locations(one.rules) == without_locations(two.rules)
    left, right = vars(one) | {"rules": None}, vars(two) | {"rules": None}
    for name in ("headers", "keywords"):
        left[name], right[name] = comparable(left[name]), comparable(right[name])
    assert left["schema"] == right["schema"] or left["schema"].text == right["schema"].text
    assert {name: left[name] for name in left if name != "schema"} == {
        name: right[name] for name in right if name != "schema"
    }


def write_document(content: Document, folder: Path) -> Path:
    """Write the document as a rule set, in which nothing is shared but conditions, tables and the like."""
    shared = {name: as_written(value) for name, value in content.items() if name != "rules"}
    write_yaml(folder / "ruleset.yaml", shared)
    for each in content["rules"]:
        write_yaml(folder / f"{each['rule'].lower()}.yaml", as_written(each))
    return folder


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_document_of_a_shipped_rule_set_is_the_same_rule_set(folder: Path, tmp_path: Path) -> None:
    sources = read_own_sources(folder)
    content = ruleset_document(sources)
    if sources.shared is not None and sources.shared.borrowed:  # what can be combined names keys of these parts
        content["parts"] = {name: node.value for name, node in sources.shared.entries("parts").items()}
    written = write_document(content, tmp_path)
    for schema in folder.glob("*.schema.json"):
        (tmp_path / schema.name).write_bytes(schema.read_bytes())
    check_same_rules(folder, written)


def test_a_document_with_every_key_is_the_same_rule_set(tmp_path: Path) -> None:
    folder = write_documents(DOCUMENTS, tmp_path / "lynx")
    (tmp_path / "again").mkdir()
    (tmp_path / "again/lynx.schema.json").write_bytes((folder / "lynx.schema.json").read_bytes())
    check_same_rules(folder, write_document(document(folder), tmp_path / "again"))


def test_shared_parts_are_filled_in(tmp_path: Path) -> None:
    part = {
        "group_by": {"tile": {"each": "TILES"}, "band": {"column": "BAND", "optional": "yes"}},
        "require": {"two": {"members": "any", "at_least": "2"}},
        "repeat": [{"members": "science", "as": "sky", "at_least": "3"}],
        "take_as": {"exptype": "science"},
        "prefer": [{"column": "BAND", "is": "g"}],
    }
    attach = {"sky": {"when": {"use": "sky"}, "match": {"use": ["part"], "band": {"column": "BAND", "differs": "yes"}}}}
    columns = {"TILES": {"type": "list"}}
    folder = write_ruleset(tmp_path, rule(use=["part"], attach=attach), parts={"part": part}, columns=columns)
    (found,) = document(folder)["rules"]
    assert found == {
        "rule": "Image",
        "title": "Images",
        "asn_type": "stack",
        "product": "{program}-{scope}_{field}_{camera}_{light}{slits}{frame}",
        "group_by": part["group_by"],
        "attach": {
            "sky": {
                "when": {"use": "sky"},
                "match": {"tile": {"column": "TILES"}, "band": {"column": "BAND", "differs": "yes"}},
            }
        },
        "require": {
            "two": {"members": "any", "at_least": 2},
            "science_member": {"members": "science", "at_least": 1},
        },
        "prefer": [{"column": "BAND", "is": "g"}],
        "repeat": [{"members": "science", "as": "sky", "at_least": 3}],
        "take_as": {"exptype": "science"},
    }


def test_products_have_the_name_of_the_attachment_as_exptype(tmp_path: Path) -> None:
    master = rule("Master", product_file="{product}.f")
    attach = {
        "dark": {"product_of": "Master", "match": ["CAMERA"]},
        "flat": {"product_of": "Master", "match": ["CAMERA"], "as": "even"},
        "list": {"product_of": "Master", "match": ["CAMERA"], "members": [{"name": "{product}.t", "exptype": "list"}]},
    }
    rules = document(write_ruleset(tmp_path, master, rule("Target", attach=attach)))["rules"]
    assert {name: entry.get("as") for name, entry in rules[1]["attach"].items()} == {
        "dark": "dark",
        "flat": "even",
        "list": None,
    }


def test_bounds_of_columns_are_as_written_and_counts_are_integers(tmp_path: Path) -> None:
    select = {"long": {"column": "TIME", "at_least": "10", "at_most": "20"}}
    content = rule(select=select, require={"three": {"members": "any", "exactly": "3"}})
    (found,) = document(write_ruleset(tmp_path, content, columns={"TIME": {"type": "number"}}))["rules"]
    assert found["select"] == select
    assert found["require"]["three"] == {"members": "any", "exactly": 3}


def test_a_rule_has_what_it_uses_of_the_rule_set(tmp_path: Path) -> None:
    conditions = {
        "calm": {"not": {"use": "gale"}},
        "gale": {"column": "WIND", "is": "gale"},
        "other": {"column": "WIND", "is": "none"},
    }
    tables = {"pairs": {"rows": [["1", "2"]]}, "others": {"rows": [["1", "2"]]}}
    columns = {"LONG": {"type": "number"}, "SHORT": {"type": "number"}}
    derived = {"half": {"type": "number", "cases": [{"copy": "LONG", "divide_by": "2"}]}}
    select = {
        "calm": {"use": "calm"},
        "pair": {"table": "pairs", "columns": ["A", "B"]},
        "short": {"column": "half", "below": "9"},
    }
    rules = (rule(select=select, product="{program}-{field}"), rule("Other", select={"all": {"use": "other"}}))
    folder = write_ruleset(tmp_path, *rules, conditions=conditions, tables=tables, columns=columns, derived=derived)
    found = document(folder, "Image")
    assert {name: list(found[name]) for name in ("conditions", "tables", "columns", "derived", "names")} == {
        "conditions": ["calm", "gale"],
        "tables": ["pairs"],
        "columns": ["LONG"],
        "derived": ["role", "half"],
        "names": ["program", "field"],
    }
    assert [each["rule"] for each in found["rules"]] == ["Image"]
    assert found.keys() == {
        *("ruleset", "title", "undefined", "columns", "conditions", "derived", "tables", "names", "rules")
    }


def test_a_rule_set_that_extends_another_has_the_blocks_of_both(tmp_path: Path) -> None:
    write_ruleset(tmp_path / "base", rule(), about="The base", columns={"A": {"type": "time"}})
    more = {"ruleset": "more", "title": "More", "extends": "../base", "columns": {"A": {"type": "number"}, "B": {}}}
    write_yaml(tmp_path / "more/ruleset.yaml", more)
    write_yaml(tmp_path / "more/other.yaml", rule("Other"))
    found = document(tmp_path / "more")
    assert found["columns"] == {"A": {"type": "number"}, "B": {}}
    assert [each["rule"] for each in found["rules"]] == ["Other"]
    assert (found["title"], "about" in found, "extends" in found) == ("More", False, False)
