"""Keywords that a rule set adds to associations, and the schema that associations have to pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.observatory import SHARED, Content, pool, rule, ruleset, shared, write_ruleset

from asnforge.findings import InputError
from asnforge.generation.engine import generate
from asnforge.rulefiles.load import read_ruleset

TABLE = "FILE PROPOSAL CAMERA FIELD\na_raw.fits 7 red t1\nb_raw.fits 7 red t2"
TILES = {
    "columns": {"name": {}, "ra": {"type": "number"}, "size": {"type": "number"}},
    "rows": [["T1", "10.50", "5000"], ["t9", "1e1", "x"]],
}
BY_FIELD = {"field": {"column": "FIELD"}}


def added(keywords: Content, of_rule: Content | None = None, **more: Any) -> list[dict[str, Any]]:
    """The added keywords of the associations of two fields."""
    blocks = shared(keywords={**SHARED["keywords"], **keywords}, tables={"tiles": TILES})
    own = rule(group_by=BY_FIELD, **({"keywords": of_rule} if of_rule else {}))
    made = generate(pool(TABLE), ruleset(own, **{name: blocks[name] for name in ("keywords", "tables")}), **more)
    return [dict(association.extra) for association in made.associations]


@pytest.mark.parametrize(
    ("keywords", "of_rule", "first"),
    [
        ({"release": "p"}, {}, {"release": "p"}),
        ({"of": "{camera} {scope}"}, {}, {"of": "red z9"}),
        ({"file": "{product}.fits"}, {}, {"file": "p007-z9_t1_red_open.fits"}),
        (
            {"origin": {"site": "North", "cameras": ["{camera}", "x"]}},
            {},
            {"origin": {"site": "North", "cameras": ["red", "x"]}},
        ),
        ({"tile": {"table": "tiles", "row": "{field_name}"}}, {}, {"tile": {"name": "T1", "ra": 10.5, "size": 5000}}),
        ({"release": "p"}, {"release": "q", "more": "1"}, {"release": "q", "more": "1"}),
        ({}, {}, {}),
    ],
    ids=["text", "name parts", "the product", "an object", "a row of a table", "of a rule", "none"],
)
def test_keywords_are_added(keywords: Content, of_rule: Content, first: dict[str, Any]) -> None:
    names = {**SHARED["names"], "field": {"key": "field"}, "field_name": {"key": "field"}}
    blocks = {"keywords": {**SHARED["keywords"], **keywords}, "tables": {"tiles": TILES}, "names": names}
    own = rule(group_by=BY_FIELD, **({"keywords": of_rule} if of_rule else {}))
    made = generate(pool(TABLE), ruleset(own, **blocks))
    assert made.associations[0].extra == first
    assert made.associations[0].to_dict().items() >= first.items()


def test_a_row_that_the_table_does_not_have_is_null() -> None:
    found = added({"tile": {"table": "tiles", "row": "{field}"}})
    assert [keywords["tile"] for keywords in found] == [None, None]


def test_merged_associations_join_texts() -> None:
    assert added({"of": "{field}"}, merge=True) == [{"of": "ft1|ft2"}]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"asn_pool": "x"}, "R297 asn_pool is a keyword of the format, which asnforge writes; give it another name"),
        ({"x": {"table": "tile", "row": "a"}}, "R201 undefined table 'tile'"),
        ({"x": "{fild}"}, "R201 undefined name part 'fild'"),
        ({"x": {"y": ["{fild}"]}}, "R201 undefined name part 'fild'"),
        (
            {"x": {"table": "plain", "row": "a"}},
            "R298 table 'plain' has no names of columns; add columns to the table, such as {name: {}, ra: {type: number}}",
        ),
    ],
)
def test_problem_of_a_keyword_is_reported_at_its_position(keywords: Content, message: str) -> None:
    with pytest.raises(InputError) as caught:
        ruleset(
            rule(), keywords={**SHARED["keywords"], **keywords}, tables={"tiles": TILES, "plain": {"rows": [["a"]]}}
        )
    (finding,) = caught.value.findings
    assert message in str(finding)
    assert finding.line is not None


SCHEMA = {
    "type": "object",
    "required": ["release"],
    "properties": {"release": {"enum": ["p", "q"]}, "products": {"items": {"$ref": "#/$defs/product"}}},
    "$defs": {"product": {"properties": {"members": {"maxItems": 1}}}},
}


def with_schema(folder: Path, schema: object, release: str = "p") -> Any:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    (folder / "lynx").mkdir()
    (folder / "lynx" / "own.schema.json").write_text(text, encoding="utf-8")
    keywords = {**SHARED["keywords"], "release": release}
    path = write_ruleset(folder / "lynx", rule(group_by=BY_FIELD), keywords=keywords, schema="own.schema.json")
    return read_ruleset(path, default=False)


def test_associations_that_do_not_pass_the_schema_of_the_rule_set_are_errors(tmp_path: Path) -> None:
    assert len(generate(pool(TABLE), with_schema(tmp_path, SCHEMA)).associations) == 2
    made = generate(pool(TABLE), with_schema(tmp_path / "lynx", SCHEMA, "r"))
    assert made.associations == ()
    first, _ = (finding for finding in made.findings if finding.code == "G160")
    assert first.severity == "error"
    assert str(first.message).startswith("p007-z9_stack_01_asn.json of Image does not pass ")
    assert "release: " in first.message


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ("{", "is not JSON: "),
        ({"type": "objekt"}, "cannot be used: "),
        ({"$ref": "https://example.org/other.json"}, "cannot be used: "),
        ({"$ref": "other.json"}, "cannot be used: "),
    ],
)
def test_schema_that_cannot_be_used_is_reported(tmp_path: Path, schema: object, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        with_schema(tmp_path, schema)
    (finding,) = caught.value.findings
    assert (finding.code, problem in finding.message) == ("R299", True)


def test_missing_schema_is_reported(tmp_path: Path) -> None:
    path = write_ruleset(tmp_path, rule(), schema="missing.json")
    with pytest.raises(InputError) as caught:
        read_ruleset(path, default=False)
    assert "missing.json cannot be read" in str(caught.value.findings[0])


def test_entries_of_lists_are_spelled_as_in_the_pool() -> None:
    table = "FILE PROPOSAL CAMERA TILES\na_raw.fits 7 red B2,a1"
    own = rule(group_by={"tile": {"each": "TILES"}})
    made = generate(pool(table), ruleset(own, columns={"TILES": {"type": "list"}}, duplicates="keep"))
    lines = [
        line for association in made.associations for line in association.constraints.splitlines() if "tile" in line
    ]
    assert lines == ["    tile: a1", "    tile: B2"]
