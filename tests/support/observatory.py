"""An invented observatory, Lynx: its rule set, pools of a few rows, and helpers to generate from them.

In tables of tests, spaces separate cells, ``.`` is an empty cell, and ``o1/night+c5/tile`` is a list of candidates.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from asnforge.associations.model import Association
from asnforge.columns import Column, Mask, coalesce, constant, recategorize
from asnforge.generation.engine import Grouping, generate, group
from asnforge.generation.result import Generation
from asnforge.pool.model import Pool, TextColumn
from asnforge.rulefiles.load import read_ruleset
from asnforge.rules.constraints import Constraint
from asnforge.rules.ruleset import Ruleset

Content = dict[str, Any]

SHARED: Content = {
    "ruleset": "lynx",
    "title": "Associations of the Lynx telescope",
    "undefined": ["none", "-"],
    "candidates": {"column": "CANDIDATES", "id": r"[a-z]\d+", "discovered": {"id": "z9", "type": "everything"}},
    "members": {
        "file_name": "FILE",
        "suffix": "_raw",
        "name": "{root}_{level}{extension}",
        "exposerr": "TROUBLE",
        "exptype": "role",
    },
    "keywords": {
        "file_name": "{program}-{scope}{version}_{asn_type}_{sequence}_asn.json",
        "program": "{number}",
        "target": "{field}",
        "degraded_status": {"none": "All is well.", "some": "Not all is well."},
    },
    "duplicates": "members",
    "conditions": {
        "setup": {"column": "role", "is": "setup"},
        "sky": {"column": "role", "is": "background"},
        "science": {"column": "role", "is": "science"},
    },
    "derived": {
        "role": {
            "cases": [
                {"when": {"column": "INTENT", "is": "setup"}, "copy": "INTENT"},
                {"when": {"column": "STAR", "defined": "yes"}, "value": "psf"},
                {"when": {"column": "SKY", "defined": "yes"}, "value": "background"},
                {"value": "science"},
            ]
        },
        "level": {"cases": [{"when": {"use": "sky"}, "value": "spectrum"}, {"value": "flat"}]},
    },
    "names": {
        "program": {"key": "program", "zero_fill": 3, "before": "p"},
        "number": {"key": "program", "zero_fill": 3},
        "scope": {"key": "scope"},
        "version": {"key": "version", "before": "_"},
        "asn_type": {"key": "asn_type"},
        "sequence": {"key": "sequence", "zero_fill": 2},
        "field": {"key": "field", "zero_fill": 2, "before": "f", "empty": "f00"},
        "camera": {"key": "camera"},
        "light": {"keys": ["band", "grid"], "sort": "yes", "empty": "open"},
        "slits": {"values_of": "slit", "before": "-"},
        "frame": {"key": "frame", "leave_out": ["whole"], "before": "-"},
    },
    "products": {"usual": "{program}-{scope}_{field}_{camera}_{light}{slits}{frame}"},
    "parts": {
        "basic": {
            "group_by": {"program": {"column": "PROPOSAL"}, "camera": {"column": "CAMERA"}},
            "require": {"science": {"members": "science"}},
        }
    },
}
"""The shared parts of the rules."""

IMAGE: Content = {
    "rule": "Image",
    "title": "Images",
    "asn_type": "stack",
    "use": ["basic"],
    "product": "usual",
}
"""A rule that groups all exposures by program and camera; tests add the blocks that they test."""

COLUMNS = "FILE PROPOSAL CAMERA CANDIDATES"


def rule(name: str = "Image", /, **blocks: Any) -> Content:
    """`IMAGE` with another name and with other blocks."""
    return {**copy.deepcopy(IMAGE), "rule": name, **blocks}


def shared(**blocks: Any) -> Content:
    """`SHARED` with entries of its blocks added or replaced, and without blocks and entries that are None."""
    content = {name: block for name, block in copy.deepcopy(SHARED).items() if blocks.get(name, block) is not None}
    for name, block in blocks.items():
        if block is not None:
            content[name] = _merged(content.get(name, {}), block) if isinstance(block, Mapping) else block
    return content


def _merged(entries: Content, more: Mapping[str, Any]) -> Content:
    return {name: value for name, value in {**entries, **more}.items() if value is not None}


def write_ruleset(folder: Path, *rules: Content, **blocks: Any) -> Path:
    """Write a rule set to a new folder, one file for each rule."""
    folder.mkdir(parents=True, exist_ok=True)
    write_yaml(folder / "ruleset.yaml", shared(**blocks))
    for content in rules:
        write_yaml(folder / f"{content['rule'].lower()}.yaml", content)
    return folder


class _Plain(yaml.SafeDumper):
    """Writes no anchors, which are not allowed in rule files."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def write_yaml(path: Path, content: Content) -> Path:
    """Write a YAML file; every scalar is a string."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def ruleset(*rules: Content, **blocks: Any) -> Ruleset:
    """A rule set with these rules."""
    with tempfile.TemporaryDirectory() as folder:
        return read_ruleset(write_ruleset(Path(folder), *(rules or (IMAGE,)), **blocks))


def pool_rows(table: str) -> list[list[str]]:
    """The cells of a table, header included, with empty cells and candidates in the spelling of pools."""
    header, *rows = [line.split() for line in table.strip().splitlines()]
    result = [header]
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        result.append([_cell(column, cell) for column, cell in cells.items()])
    return result


def pool_text(table: str, delimiter: str = "\t") -> str:
    """A table as the content of a pool file."""
    return "".join(delimiter.join(cells) + "\n" for cells in pool_rows(table))


def pool(table: str, name: str = "night.tsv") -> Pool:
    """A table as a pool, with the header on line 1."""
    header, *rows = pool_rows(table)
    return pool_of(header, rows, name)


def pool_of(header: Sequence[str], rows: Sequence[Sequence[str]], name: str = "night.tsv") -> Pool:
    """A pool with these cells."""
    columns = {}
    for index, column in enumerate(header):
        cells = [row[index] for row in rows]
        values = tuple(sorted(set(cells)))
        codes = np.array([values.index(cell) for cell in cells], np.int32)
        columns[column.casefold()] = TextColumn(column, codes, values)
    return Pool(
        path=f"nights/{name}",
        name=name,
        header=tuple(header),
        columns=columns,
        lines=np.arange(2, len(rows) + 2, dtype=np.int64),
        header_line=1,
    )


def generated(table: str, *rules: Content, **more: Any) -> Generation:
    """Generate associations from a table with these rules."""
    return generate(pool(table), ruleset(*rules), **more)


def members(association: Association) -> list[str]:
    """The members of an association, as ``expname exptype``."""
    return [f"{member.expname} {member.exptype}" for product in association.products for member in product.members]


def groups(table: str, *rules: Content, **blocks: Any) -> list[tuple[str, str, str, str]]:
    """All groups of the first rule, valid or not, as `shown_group` shows them."""
    grouping = group(pool(table), ruleset(*rules, **blocks))
    return sorted(shown_group(grouping, 0, number) for number in range(len(grouping.results[0].members.groups)))


def shown_group(grouping: Grouping, of_rule: int, number: int) -> tuple[str, str, str, str]:
    """One group of a rule: scope, values of the keys except program and camera, selected files, supporting files."""
    made = grouping.results[of_rule]
    found = made.members.groups
    names = grouping.prepared.pool.columns["file"]
    own = sorted(names[row] for row in found.selected.row[found.selected.group == number].tolist())
    attached = sorted(names[row] for row in found.supporting.row[found.supporting.group == number].tolist())
    keys = [key.name for key in made.rule.group_by if key.name not in ("program", "camera")]
    return (
        grouping.scopes.scopes[found.scope[number]][0],
        " ".join(made.names.keys(name, np.array([number]))[0] or "." for name in keys),
        " ".join(own),
        " ".join(attached),
    )


def pool_findings(table: str, *rules: Content, **blocks: Any) -> list[str]:
    """The findings about cells and rows of a pool, without those about missing columns."""
    grouping = group(pool(table), ruleset(*rules, **blocks))
    findings = (*grouping.prepared.findings, *grouping.faults.findings("night.tsv"))
    return [str(finding).removeprefix("nights/") for finding in findings if finding.code != "G112"]


class Table:
    """Columns of strings on which constraints are evaluated; the empty string is undefined."""

    def __init__(self, **columns: Sequence[str]) -> None:
        self.rows = len(next(iter(columns.values())))
        self._columns = {name: recategorize(texts, np.arange(self.rows)) for name, texts in columns.items()}

    def column(self, names: tuple[str, ...]) -> Column:
        return coalesce([self._columns.get(name, constant("", self.rows)) for name in names])

    def passes(self, constraint: Constraint) -> Mask:
        return constraint.evaluate(self)


def _cell(column: str, cell: str) -> str:
    if column == "CANDIDATES" and "/" in cell:
        return str([tuple(entry.split("/")) for entry in cell.split("+")])
    return "" if cell == "." else cell
