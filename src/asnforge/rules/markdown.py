"""Rules as Markdown: one rule in full, or the catalogue of a rule set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asnforge.findings import markdown
from asnforge.findings import markdown_code as code
from asnforge.rules.constraints import AllOf, AnyOf, Condition, Constraint, InTable, Not, walk
from asnforge.rules.describe import (
    MARKDOWN,
    describe,
    describe_case,
    describe_duplicates,
    describe_key,
    describe_member_names,
    describe_name_part,
    describe_override,
    describe_repeat,
    describe_requirement,
    describe_wildcard_limit,
    listed,
)
from asnforge.rules.describe_attachments import describe_attachment
from asnforge.rules.keyword_values import templates_of
from asnforge.rules.markdown_conventions import (
    candidates,
    combinations,
    extra_keywords,
    keyword_tables,
    keywords,
    table_row,
    undefined_values,
)
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT, parse_template

_INDENT = "  "
_LONGEST_ON_ONE_LINE = 90


@dataclass(frozen=True, slots=True)
class Section:
    """One block of a rule as a list: a heading, and entries of one line or more."""

    heading: str
    entries: tuple[tuple[str, ...], ...]


def rule_page(rule: Rule, ruleset: Ruleset) -> str:
    """A rule in full, with the conditions, derived columns and tables that it uses."""
    lines = [*_title(rule, "#")]
    for section in _sections(rule, ruleset):
        lines += _list(section)
    lines += [*_names(rule), "", *_columns(rule, ruleset)]
    items = [item for constraint in rule.constraints() for item in walk(constraint)]
    if conditions := _conditions(items, ruleset):
        lines += ["", "Conditions:", "", *conditions]
    read = ruleset.with_sources([*rule.columns_read(), ruleset.members.exptype])
    derived = [line for name in ruleset.derived if name in read for line in _derived(name, ruleset)]
    lines += ["", "Derived columns:", "", *derived] if derived else []
    for table in {item.table: item for item in items if isinstance(item, InTable)}.values():
        lines += ["", *_table(table, ruleset)]
    return "\n".join(lines) + "\n"


def catalogue(ruleset: Ruleset, *, links: bool = True) -> str:
    """The catalogue of a rule set: its rules, what they have in common, each rule, and what they share.

    Parameters
    ----------
    ruleset : Ruleset
        The rule set.
    links : bool
        Link each rule in the first table to its section.
    """
    all_sections = [_sections(rule, ruleset) for rule in ruleset.rules]
    common = _common(all_sections)
    lines = [
        f"# {_prose(ruleset.title)}",
        "",
        *((_prose(ruleset.about), "") if ruleset.about else ()),
        f"The rule set {code(ruleset.name)}, as written by `asnforge rules show --rules PATH --markdown`.",
        "",
        "| rule | asn_type | title |",
        "|---|---|---|",
    ]
    for rule in ruleset.rules:
        name = f"[{markdown(rule.name)}](#{_anchor(rule)})" if links else markdown(rule.name)
        lines.append(table_row(name, code(rule.asn_type), _prose(rule.title)))
    if any(section.entries for section in common):
        lines += ["", "## All rules", "", "Every rule has these in common."]
        for section in common:
            lines += _list(section)
    for rule, sections in zip(ruleset.rules, all_sections, strict=True):
        lines += ["", *_title(rule, "##")]
        for section, shared in zip(sections, common, strict=True):
            entries = tuple(entry for entry in section.entries if entry not in shared.entries)
            lines += _list(Section(section.heading, entries))
        lines += [*_names(rule), "", *_columns(rule, ruleset)]
    lines += _shared(ruleset)
    return "\n".join(lines) + "\n"


def _title(rule: Rule, level: str) -> Iterator[str]:
    title = _prose(rule.title)
    first = title.partition(" ")[0]
    is_plain_word = first[1:].islower() or len(first) == 1
    yield f"{level} {markdown(rule.name)}: {title[:1].lower() + title[1:] if is_plain_word else title}"
    yield ""
    yield f"{_prose(rule.about)} Makes {code(rule.asn_type)} associations.".strip()


def _anchor(rule: Rule) -> str:
    heading = next(_title(rule, "")).strip().lower()
    return "".join(character for character in heading.replace(" ", "-") if character.isalnum() or character in "-_")


def _sections(rule: Rule, ruleset: Ruleset) -> tuple[Section, ...]:
    def about(path: str) -> str:
        text = _prose(ruleset.descriptions.get(f"{rule.name}.{path}", ""))
        return f"{text}; " if text else ""

    def entry(block: str, name: str, words: str) -> tuple[str]:
        return (f"- **{markdown(name)}**: {about(f'{block}.{name}')}{words}",)

    select = (
        tuple(constraint_lines(item.constraint, f"- **{markdown(item.name)}**: {about(f'select.{item.name}')}"))
        for item in rule.select
    )
    keys = (entry("group_by", key.name, describe_key(key, MARKDOWN)) for key in rule.group_by)
    preferred = (
        tuple(constraint_lines(constraint, f"{number}. {about(f'prefer.{number}')}"))
        for number, constraint in enumerate(rule.prefer, 1)
    )
    attached = (entry("attach", item.name, describe_attachment(item, MARKDOWN)) for item in rule.attach)
    repeats = (
        (f"- {about(f'repeat.{number}')}{describe_repeat(repeat, MARKDOWN)}",)
        for number, repeat in enumerate(rule.repeat, 1)
    )
    needs = (entry("require", need.name, markdown(describe_requirement(need))) for need in rule.require)
    overrides = [(f"- {describe_override(rule.take_as, MARKDOWN)}",)] if rule.take_as is not None else []
    source = [(f"- the products of {markdown(rule.product_of)}",)] if rule.product_of is not None else []
    return (
        Section("Its exposures are:", tuple(source)),
        Section("Selects exposures that pass all of:", tuple(select)),
        Section("Exposure types are read as:", tuple(overrides)),
        Section("Grouped by (a wildcard matches every value):", tuple(keys)),
        Section("Of a group, only the exposures that pass the first of these that any passes:", tuple(preferred)),
        Section("Supporting exposures:", tuple(attached)),
        Section("Repeated members:", tuple(repeats)),
        Section("A group becomes an association if it has:", tuple(needs)),
    )


def _common(all_sections: list[tuple[Section, ...]]) -> tuple[Section, ...]:
    """The entries that the sections of all rules have in common; none if there is only one rule."""
    if len(all_sections) < 2:
        return tuple(Section(section.heading, ()) for sections in all_sections for section in sections)
    return tuple(
        Section(first.heading, tuple(entry for entry in first.entries if all(entry in other.entries for other in same)))
        for first, *same in zip(*all_sections, strict=True)
    )


def constraint_lines(constraint: Constraint, before: str = "- ", depth: int = 0) -> Iterator[str]:
    """A constraint as a list, on one line if it is short, else with its parts below it."""
    words = describe(constraint, MARKDOWN)
    negated = isinstance(constraint, Not)
    inner = constraint.part if isinstance(constraint, Not) else constraint
    if len(words) > _LONGEST_ON_ONE_LINE and isinstance(inner, AllOf | AnyOf):
        heading = "all of:" if isinstance(inner, AllOf) else "any of:"
        yield f"{_INDENT * depth}{before}{'not ' * negated}{heading}"
        for part in inner.parts:
            yield from constraint_lines(part, depth=depth + 1)
    else:
        yield f"{_INDENT * depth}{before}{words}"


def _list(section: Section) -> list[str]:
    if not section.entries:
        return []
    return ["", section.heading, "", *(line for entry in section.entries for line in entry)]


def _names(rule: Rule) -> Iterator[str]:
    templates = {
        "Product name": rule.product,
        "Name of the product as a member": rule.product_file,
        "File names": rule.file_name,
        "Member names": rule.member_name,
    }
    for what, template in templates.items():
        if template is not None:
            yield from ("", f"{what}: {code(template)}")
    if rule.keywords:
        yield from ("", "Added keywords:", "", *extra_keywords(rule.keywords))


def _columns(rule: Rule, ruleset: Ruleset) -> Iterator[str]:
    read = {*rule.columns_read(), ruleset.members.exptype}
    direct = read - ruleset.derived.keys()
    yield f"Columns read: {_column_list(direct, ruleset)}." if direct else "Columns read: none directly."
    for name in sorted(read & ruleset.derived.keys()):
        if more := ruleset.with_sources([name]) - ruleset.derived.keys() - direct:
            yield f"Through {MARKDOWN.column(name)}: {_column_list(more, ruleset)}."


def _column_list(names: Iterable[str], ruleset: Ruleset) -> str:
    """Columns by name, each with its type if it has one."""
    types = {name: ruleset.type_of(name) for name in sorted(names)}
    columns = (
        MARKDOWN.column(name) + (f" ({markdown(str(kind))})" if kind.kind != "text" else "")
        for name, kind in types.items()
    )
    return listed(columns, "and")


def _conditions(items: Iterable[Constraint], ruleset: Ruleset) -> list[str]:
    """The conditions among some constraints, spelled out."""
    lines: list[str] = []
    conditions = {item.name: item for item in items if isinstance(item, Condition)}
    for name in sorted(conditions):
        about = _prose(ruleset.descriptions.get(f"conditions.{name}", ""))
        before = f"- **{MARKDOWN.name(name)}**: " + (f"{about}; " if about else "")
        lines += constraint_lines(conditions[name].part, before)
    return lines


def _derived(name: str, ruleset: Ruleset) -> Iterator[str]:
    about = _prose(ruleset.descriptions.get(f"derived.{name}", ""))
    kind = ruleset.type_of(name)
    words = "; ".join(filter(None, (about, "" if kind.kind == "text" else markdown(str(kind)))))
    yield f"- **{MARKDOWN.column(name)}**" + (f": {words}" if words else "")
    for number, case in enumerate(ruleset.derived[name].cases, 1):
        yield f"  {number}. {'else ' if case.when is None and number > 1 else ''}{describe_case(case, MARKDOWN)}"


def _table(table: InTable, ruleset: Ruleset) -> Iterator[str]:
    about = _prose(ruleset.descriptions.get(f"tables.{table.table}", ""))
    yield f"The table {code(table.table)}" + (f": {about}" if about else "")
    yield ""
    yield table_row(*map(MARKDOWN.column, table.columns))
    yield f"|{'---|' * len(table.columns)}"
    for row in sorted(table.rows):
        yield table_row(*map(markdown, row))


def _types(ruleset: Ruleset) -> Iterator[str]:
    """The types of the pool's columns."""
    types = {name: kind for name, kind in ruleset.column_types.items() if name not in ruleset.derived}
    if types:
        yield from ("", "## Types of columns", "", "| column | values |", "|---|---|")
        for name, column_type in sorted(types.items()):
            yield table_row(MARKDOWN.column(name), markdown(str(column_type)))


def _shared(ruleset: Ruleset) -> Iterator[str]:
    yield from undefined_values(ruleset)
    yield from candidates(ruleset)
    yield from _types(ruleset)
    if ruleset.other_names:
        yield from ("", "## Other names of columns", "", "| column | other names |", "|---|---|")
        for name, others in ruleset.other_names.items():
            yield table_row(MARKDOWN.column(name), ", ".join(map(MARKDOWN.column, others)))
    constraints = [constraint for rule in ruleset.rules for constraint in rule.constraints()]
    cases = [case for derived in ruleset.derived.values() for case in derived.cases]
    constraints += [case.when for case in cases if case.when is not None]
    items = [item for constraint in constraints for item in walk(constraint)]
    if conditions := _conditions(items, ruleset):
        yield from ("", "## Conditions", "", *conditions)
    if ruleset.derived:
        yield from ("", "## Derived columns", "", "The first case that an exposure passes gives the value.", "")
        yield from (line for name in ruleset.derived for line in _derived(name, ruleset))
    tables = {item.table: item for item in items if isinstance(item, InTable)}
    if tables:
        yield from ("", "## Tables")
        for name in sorted(tables):
            yield from ("", *_table(tables[name], ruleset))
    yield from keyword_tables(ruleset)
    yield from ("", "## Duplicates", "", describe_duplicates(ruleset.duplicates))
    yield from _wildcards(ruleset)
    yield from combinations(ruleset)
    yield from keywords(ruleset)
    yield from _member_names(ruleset)
    yield from _name_parts(ruleset)


def _member_names(ruleset: Ruleset) -> Iterator[str]:
    yield from ("", "## Member names", "", describe_member_names(ruleset.members, MARKDOWN))
    if ruleset.members.exposerr is not None:
        yield f"{MARKDOWN.column(ruleset.members.exposerr)} has the note of an error in an exposure."


def _name_parts(ruleset: Ruleset) -> Iterator[str]:
    """The name parts that templates use."""
    yield from ("", "## Name parts", "")
    yield from (
        "In product and file names, values are in lower case; the literal text of a template is not changed.",
        "",
    )
    yield from ("| name part | value |", "|---|---|")
    shared = ruleset.keywords
    templates = [shared.file_name, shared.program, shared.target]
    added = [value for rule in ruleset.rules for value in ruleset.keywords_of(rule).values()]
    templates += [template for value in (*shared.extra.values(), *added) for template in templates_of(value)]
    templates += [template for rule in ruleset.rules for template in (rule.product, ruleset.file_name_of(rule))]
    templates += [rule.product_file for rule in ruleset.rules if rule.product_file is not None]
    used = {name for template in templates for _, name in parse_template(template)}
    if PRODUCT in used and PRODUCT not in ruleset.names:
        yield f"| {code('{' + PRODUCT + '}')} | the product name |"
    for name, part in ruleset.names.items():
        if name in used:
            about = _prose(ruleset.descriptions.get(f"names.{name}", ""))
            words = describe_name_part(part, MARKDOWN)
            yield table_row(code("{" + name + "}"), f"{about}; {words}" if about else words)


def _wildcards(ruleset: Ruleset) -> Iterator[str]:
    if any(key.has_wildcards or key.when is not None for rule in ruleset.rules for key in rule.group_by):
        yield from ("", "## Undefined keys", "", describe_wildcard_limit(ruleset.most_wildcard_groups))


def _prose(text: str) -> str:
    """A title or description of a rule file, as one paragraph of plain text."""
    return markdown(" ".join(text.split()))
