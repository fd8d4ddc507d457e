"""Checks of YAML files against their published JSON Schemas, with the line and column of each problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from asnforge.findings import Finding, FindingCode, InputError
from asnforge.json_schema import SchemaName
from asnforge.rulefiles.yaml_document import TOO_LARGE, YamlDocument, read_yaml
from asnforge.schema_errors import MOST_PROBLEMS, ProblemKind, SchemaProblem, schema_problems

UNKNOWN_KEY = FindingCode(
    "R104",
    "unknown key",
    "The word before a colon is misspelled or belongs elsewhere. The JSON Schema of rule files lists the keys; an editor with "
    "a YAML language server completes them.",
    wrong="slect:\n  dark: {column: MOON, is: new}",
    right="select:\n  dark: {column: MOON, is: new}",
)
MISSING_KEY = FindingCode(
    "R105",
    "missing key",
    "A rule needs a name, a title, an asn_type and a product; a constraint that uses a table needs columns.",
    wrong="select:\n  path: {table: paths}",
    right="select:\n  path: {table: paths, columns: [BAND, SIDE]}",
)
WRONG_TYPE = FindingCode(
    "R106",
    "value of the wrong type",
    "A mapping is written as key: value lines or as {key: value}, a list as lines that begin with - or as [one, two]; "
    "everything else is a string.",
    wrong="use: every_rule",
    right="use: [every_rule]",
)
WRONG_VALUE = FindingCode(
    "R107",
    "invalid value",
    "A name has letters, digits and underscores; optional, sort and defined are yes or no; counts are 1 or more.",
    wrong="group_by:\n  band: {column: BAND, optional: perhaps}",
    right="group_by:\n  band: {column: BAND, optional: yes}",
)
EMPTY_OR_DUPLICATE = FindingCode(
    "R108",
    "empty or duplicate value",
    "An empty list would match nothing, and one of two equal values is most often meant to be another value.",
    wrong="select:\n  dark: {column: MOON, in: [new, new]}",
    right="select:\n  dark: {column: MOON, in: [new, crescent]}",
)
EXCLUSIVE_KEYS = FindingCode(
    "R109",
    "mutually exclusive keys",
    "A constraint tests one thing: is, in, matches or defined of a column (or columns); or all, any, not or use; or a table of "
    "columns. To test two things, write two constraints, or all.",
    wrong="select:\n  dark: {column: MOON, is: new, in: [new, crescent]}",
    right="select:\n  dark: {column: MOON, in: [new, crescent]}",
)

_CODES: Mapping[ProblemKind, FindingCode] = {
    "missing key": MISSING_KEY,
    "unknown key": UNKNOWN_KEY,
    "wrong type": WRONG_TYPE,
    "wrong value": WRONG_VALUE,
    "empty": EMPTY_OR_DUPLICATE,
    "duplicate": EMPTY_OR_DUPLICATE,
    "too many": TOO_LARGE,
    "exclusive keys": EXCLUSIVE_KEYS,
}


def check_schema(document: YamlDocument, schema: SchemaName, code: FindingCode | None = None) -> tuple[Finding, ...]:
    """The problems of a document according to a schema, in the order of lines, `MOST_PROBLEMS` at most.

    Parameters
    ----------
    document : YamlDocument
        The file.
    schema : str
        The name of its schema.
    code : FindingCode or None
        The code of all findings; None: the codes of rule files, by the kind of problem.
    """

    def finding(problem: SchemaProblem) -> Finding:
        at = document.key_location(*problem.path) if problem.at_key else document.location(*problem.path)
        return problem.finding(code or _CODES.get(problem.kind, EXCLUSIVE_KEYS), at)

    findings = dict.fromkeys(map(finding, schema_problems(document.value, schema)))
    return tuple(sorted(findings, key=lambda finding: (finding.line or 0, finding.column or 0))[:MOST_PROBLEMS])


def read_checked(path: Path, schema: SchemaName, code: FindingCode | None = None) -> YamlDocument:
    """Read a YAML file and check it; parameters as for `check_schema`.

    Raises
    ------
    InputError
        The file cannot be read or does not match the schema; with all problems.
    """
    try:
        document = read_yaml(path)
        if problems := check_schema(document, schema, code):
            raise InputError(*problems)
    except InputError as stop:
        raise with_code(stop, code) from stop
    return document


def with_code(error: InputError, code: FindingCode | None) -> InputError:
    """The error with `code` for all of its findings; with None, the error unchanged."""
    return InputError(*(replace(finding, code=code.code) for finding in error.findings)) if code else error
