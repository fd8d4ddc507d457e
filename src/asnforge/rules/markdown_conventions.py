"""What rules share besides conditions and columns, as Markdown: undefined values, candidates, keywords, combinations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from asnforge.findings import markdown
from asnforge.findings import markdown_code as code
from asnforge.rules.describe import MARKDOWN, describe_columns, listed
from asnforge.rules.keyword_values import KeywordList, KeywordObject, KeywordRow, KeywordValue
from asnforge.rules.ruleset import Ruleset

_BAR, _ESCAPED_BAR = re.compile(r"(?<!\\)\|"), r"\\|"


def table_row(*cells: str) -> str:
    """A row of a table; a vertical bar inside code, which would end a cell, is escaped."""
    return f"| {' | '.join(_BAR.sub(_ESCAPED_BAR, cell) for cell in cells)} |"


def undefined_values(ruleset: Ruleset) -> Iterator[str]:
    """The strings that are undefined values."""
    values = [value for value in sorted(ruleset.undefined) if value]
    if values:
        yield from (
            "",
            "## Undefined values",
            "",
            f"Undefined, besides empty cells: {listed(map(code, values), 'and')}.",
        )


def candidates(ruleset: Ruleset) -> Iterator[str]:
    """Where pools list candidates, and the scope over the whole pool."""
    found = ruleset.candidates
    if found.column is None:
        return
    yield from ("", "## Candidates", "")
    yield f"{MARKDOWN.column(found.column)} lists the candidates of an exposure, whose ids match {code(found.id)}."
    yield f"The scope over the whole pool is {code(found.discovered_id)}, of type {code(found.discovered_type)}."


def combinations(ruleset: Ruleset) -> Iterator[str]:
    """What can be combined on request."""
    if not ruleset.combinations:
        return
    yield from ("", "## Combining", "", "With `--combine NAME`, exposures are joined that rules keep apart.", "")
    yield from ("| name | what | keys that are left out | in names | read instead |", "|---|---|---|---|---|")
    for name, combination in ruleset.combinations.items():
        compared = (
            f"{MARKDOWN.name(key)}: {describe_columns(columns, MARKDOWN)}"
            for key, columns in combination.compare.items()
        )
        yield table_row(
            code(name),
            markdown(combination.about),
            ", ".join(map(MARKDOWN.name, combination.keys)),
            "all values" if combination.several is None else code(combination.several),
            "; ".join(compared),
        )


def keywords(ruleset: Ruleset) -> Iterator[str]:
    """The keywords of associations that the rule set defines, and the schema that associations have to pass."""
    conventions = ruleset.keywords
    yield from ("", "## Keywords", "", "| keyword | value |", "|---|---|")
    yield table_row("file name", code(conventions.file_name))
    yield table_row("program", code(conventions.program))
    yield table_row("target", code(conventions.target))
    degraded = (
        f"{code(conventions.degraded)}, if a member has a note of an error; else {code(conventions.not_degraded)}"
    )
    yield table_row("degraded_status", degraded)
    for name, value in conventions.extra.items():
        yield table_row(markdown(name), describe_keyword(value))
    if ruleset.schema is not None:
        yield from ("", f"Every association passes the JSON Schema {code(ruleset.schema.path)}.")


def extra_keywords(values: Mapping[str, KeywordValue]) -> Iterator[str]:
    """The keywords that a rule adds to its associations, as a list."""
    for name, value in values.items():
        yield f"- **{markdown(name)}**: {describe_keyword(value)}"


def keyword_tables(ruleset: Ruleset) -> Iterator[str]:
    """The tables whose rows are keywords, each with the types of its columns."""
    values = [value for rule in ruleset.rules for value in ruleset.keywords_of(rule).values()]
    tables = {row.table: row for value in values for row in _rows_in(value)}
    for name, table in sorted(tables.items()):
        columns = {column: value for row in table.rows.values() for column, value in row.items()}
        yield from ("", f"## Table {code(name)} of keywords", "")
        yield table_row(
            *(
                f"{markdown(column)}{'' if isinstance(value, str) else ' (a number)'}"
                for column, value in columns.items()
            )
        )
        yield f"|{'---|' * len(columns)}"
        for row in table.rows.values():
            yield table_row(*(markdown(str(value)) for value in row.values()))


def _rows_in(value: KeywordValue) -> Iterator[KeywordRow]:
    match value:
        case KeywordRow():
            yield value
        case KeywordObject(entries=entries):
            for _, entry in entries:
                yield from _rows_in(entry)
        case KeywordList(items=items):
            for item in items:
                yield from _rows_in(item)


def describe_keyword(value: KeywordValue) -> str:
    """The value of a keyword in words: templates, in objects and lists, or a row of a table."""
    match value:
        case KeywordObject(entries=entries):
            inside = ", ".join(f"{code(name)}: {describe_keyword(entry)}" for name, entry in entries)
            return f"an object with {inside}"
        case KeywordList(items=items):
            return f"a list of {', '.join(map(describe_keyword, items))}"
        case KeywordRow(table=table, row=row):
            return f"the row of the table {code(table)} for {code(row)}"
        case _:
            return code(value)
