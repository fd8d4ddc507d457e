"""Keywords of associations from rule sets and rules, and the JSON Schema that associations have to pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from asnforge.findings import FindingCode
from asnforge.json_schema import schema_problem
from asnforge.rulefiles.build_names import build_file_name, check_keyword_template
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.amounts import read_bound
from asnforge.rules.column_types import NUMBER
from asnforge.rules.keyword_values import FORMAT_KEYWORDS, KeywordList, KeywordObject, KeywordRow, KeywordValue
from asnforge.rules.ruleset import Keywords, OutputSchema
from asnforge.system_errors import reading_reason

RESERVED_KEYWORD = FindingCode(
    "R297",
    "keyword of the format",
    "asnforge itself writes the keywords of the format, so that a rule set cannot set them; program and target are templates. "
    "Give the keyword another name.",
    wrong="keywords:\n  asn_pool: nights",
    right="keywords:\n  data_release: nights",
)
TABLE_WITHOUT_COLUMNS = FindingCode(
    "R298",
    "table without names of columns",
    "A keyword that is a row of a table has the values of the row by the names of the columns. List them in the table, in the "
    "order of the values; the first one is the column in which the row is found.",
    wrong="keywords:\n  tile: {table: tiles, row: '{field}'}\n---\ntables:\n  tiles: {rows: [[t1, '10.5']]}",
    right="keywords:\n  tile: {table: tiles, row: '{field}'}\n---\n"
    "tables:\n  tiles: {columns: {name: {}, ra: {type: number}}, rows: [[t1, '10.5']]}",
)
UNUSABLE_SCHEMA = FindingCode(
    "R299",
    "schema that cannot be used",
    "The file that schema names in ruleset.yaml, relative to it, must be a JSON Schema. It is read when the rules are, and "
    "must not refer to other files or to addresses, so that rules mean the same everywhere.",
    wrong="schema: missing.schema.json",
    right="schema: association.schema.json",
)

_LARGEST_SCHEMA = 1_000_000


def build_keywords(shared: SharedBlocks) -> Keywords:
    """The keywords of a rule set, with the template of the file name."""
    node = shared.block("keywords")
    assert node is not None  # noqa: S101 - the schema requires the block
    content = node.value
    for template in ("program", "target"):
        check_keyword_template(node[template], shared)
    file_name = build_file_name(node["file_name"], shared)
    status = content["degraded_status"]
    extra = build_extra_keywords(node, shared, own=("file_name", "program", "target"))
    return Keywords(file_name, content["program"], content["target"], status["none"], status["some"], extra)


def build_extra_keywords(
    node: YamlNode | None, shared: SharedBlocks, own: tuple[str, ...] = ()
) -> dict[str, KeywordValue]:
    """The keywords of a block that the format does not have, by name; `own` are those that the block has for other purposes."""
    result: dict[str, KeywordValue] = {}
    for name, entry in node.items() if node is not None else ():
        if name in own or (name == "degraded_status" and own):
            continue
        if name in FORMAT_KEYWORDS:
            message = "{keyword} is a keyword of the format, which asnforge writes"
            shared.add_finding(entry.finding(RESERVED_KEYWORD, message, "give it another name", keyword=name))
            continue
        result[name] = _value(entry, shared)
    return result


def _value(node: YamlNode, shared: SharedBlocks) -> KeywordValue:
    if isinstance(node.value, dict):
        if node.value.keys() == {"table", "row"} and isinstance(node.value["table"], str):
            return _row(node, shared)
        return KeywordObject(tuple((name, _value(entry, shared)) for name, entry in node.items()))
    if isinstance(node.value, list):
        return KeywordList(tuple(_value(entry, shared) for entry in node.items_list()))
    check_keyword_template(node, shared)
    return str(node.value)


def _row(node: YamlNode, shared: SharedBlocks) -> KeywordValue:
    """A row of a table, whose first column has the value of a template."""
    check_keyword_template(node["row"], shared)
    table = shared.require("tables", node.value["table"], node["table"], "table")
    rows: dict[str, Mapping[str, str | int | float]] = {}
    columns: dict[str, Any] = table.value.get("columns", {}) if table is not None else {}
    if table is not None and not columns:
        message = "table {table:quoted} has no names of columns"
        hint = "add columns to the table, such as {name: {}, ra: {type: number}}"
        shared.add_finding(node["table"].finding(TABLE_WITHOUT_COLUMNS, message, hint, table=node.value["table"]))
    for row in table["rows"].items_list() if table is not None and columns else ():
        if len(row.value) == len(columns):
            cells = (
                _cell(cell, columns[name].get("type", "text")) for name, cell in zip(columns, row.value, strict=True)
            )
            rows[row.value[0].casefold()] = dict(zip(columns, cells, strict=True))
    return KeywordRow(node.value["table"], node.value["row"], rows)


def _cell(text: str, kind: str) -> str | int | float:
    """A cell of a table: a number if the column has numbers and the cell is one."""
    number = read_bound(text, NUMBER) if kind == "number" else None
    if not isinstance(number, Decimal):
        return text
    return int(number) if number == number.to_integral_value() and "." not in text else float(number)


def schema_file(shared: SharedBlocks) -> Path | None:
    """The JSON Schema that the rule set names: a path relative to the file that names it; None if there is none."""
    node = shared.block("schema")
    return None if node is None else Path(node.document.file).parent / node.value


def build_output_schema(shared: SharedBlocks) -> OutputSchema | None:
    """The JSON Schema that the rule set names, which every association has to pass; problems are added to `shared`."""
    node, path = shared.block("schema"), schema_file(shared)
    if node is None or path is None:
        return None
    problem, details = "", {"path": str(path)}
    try:
        data = path.read_bytes()
        if len(data) > _LARGEST_SCHEMA:
            problem = "has more than a million bytes"
        else:
            content: Any = json.loads(data)
            text = json.dumps(content)
            problem = schema_problem(text)
    except OSError as error:
        problem = f"cannot be read: {reading_reason(error)[0]}"
    except (ValueError, RecursionError) as error:
        problem = f"is not JSON: {error}"
    if problem:
        message = "the schema {path} {problem}"
        shared.add_finding(node.finding(UNUSABLE_SCHEMA, message, "", problem=problem, **details))
        return None
    return OutputSchema(str(path), text)
