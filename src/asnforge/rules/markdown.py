"""What rules mean, as Markdown made from the rules themselves: one rule in full, or a rule set as a catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asnforge.findings import markdown
from asnforge.findings import markdown_code as code
from asnforge.rules.constraints import Condition, Constraint, InTable, leaves, parts
from asnforge.rules.describe import (
    attachment_words,
    case_words,
    column_words,
    constraint_lines,
    duplicates_words,
    key_words,
    listed,
    member_name_words,
    name_part_words,
    pool_columns,
    prose,
    repeat_words,
    spoken,
    take_as_words,
)
from asnforge.rules.model import PRODUCT, Rule, Ruleset
from asnforge.rules.templates import pieces

_BAR, _ESCAPED_BAR = re.compile(r"(?<!\\)\|"), r"\\|"


@dataclass(frozen=True, slots=True)
class Said:
    """A list of what rules say in one block: a heading, and an entry for each thing, of one line or more."""

    heading: str
    entries: tuple[tuple[str, ...], ...]


def rule_page(rule: Rule, ruleset: Ruleset) -> str:
    """A rule in full: everything that it asks, what its conditions stand for, and the columns that it reads."""
    lines = [*_title(rule, "#")]
    for said in _blocks(rule):
        lines += _block(said)
    lines += _product(rule)
    lines += ["", *_columns(rule, ruleset)]
    conditions = _conditions_of(rule.constraints())
    if conditions:
        lines += ["", "What the conditions stand for:", ""]
        lines += [line for condition in conditions for line in _condition(condition, ruleset)]
    derived = [name for name in ruleset.derived if name in _through(rule, ruleset)]
    if derived:
        lines += ["", "What the columns are made of that a pool does not have:", ""]
        lines += [line for name in derived for line in _derived(name, ruleset)]
    tables = {leaf.table: leaf for one in rule.constraints() for leaf in leaves(one) if isinstance(leaf, InTable)}
    for table in tables.values():
        lines += ["", *_table(table, ruleset)]
    return "\n".join(lines) + "\n"


def catalogue(ruleset: Ruleset, *, links: bool = True) -> str:
    """A rule set: its rules, what all of them ask, each rule, and what they share.

    Parameters
    ----------
    ruleset : Ruleset
        The rule set.
    links : bool
        Link each rule in the first table to its section.
    """
    common = _common(ruleset.rules)
    lines = [f"# {prose(ruleset.title)}", ""]
    lines += [
        f"The rule set {code(ruleset.name)} in words, as `asnforge rules show --rules PATH --markdown` writes it.",
        "",
    ]
    lines += ["| rule | makes | for |", "|---|---|---|"]
    for rule in ruleset.rules:
        name = f"[{markdown(rule.name)}](#{_anchor(rule)})" if links else markdown(rule.name)
        lines.append(_row(name, code(rule.asn_type), prose(rule.title)))
    if common:
        lines += ["", "## Every rule", "", "Each rule below asks this, and then more:"]
        for said in common:
            lines += _block(said)
    for rule in ruleset.rules:
        lines += ["", *_title(rule, "##")]
        for said in _without(_blocks(rule), common):
            lines += _block(said)
        lines += [*_product(rule), "", *_columns(rule, ruleset)]
    lines += _shared(ruleset)
    return "\n".join(lines) + "\n"


def _title(rule: Rule, level: str) -> Iterator[str]:
    title = prose(rule.title)
    yield f"{level} {markdown(rule.name)}: {title[:1].lower() + title[1:] if _is_plain(title) else title}"
    yield ""
    yield f"{prose(rule.about)} It makes {code(rule.asn_type)} associations.".strip()


def _is_plain(title: str) -> bool:
    """Whether a title begins with a plain word, which needs no capital inside a line."""
    first = title.partition(" ")[0]
    return first[1:].islower() or len(first) == 1


def _anchor(rule: Rule) -> str:
    heading = next(_title(rule, "")).strip().lower()
    return "".join(letter for letter in heading.replace(" ", "-") if letter.isalnum() or letter in "-_")


def _blocks(rule: Rule) -> tuple[Said, ...]:
    select = tuple(tuple(constraint_lines(each.constraint, f"- **{markdown(each.name)}**: ")) for each in rule.select)
    keys = tuple((f"- **{markdown(key.name)}**: {key_words(key)}",) for key in rule.group_by)
    attached = tuple((f"- **{markdown(each.name)}**: {attachment_words(each)}",) for each in rule.attach)
    repeats = tuple((f"- {repeat_words(each)}",) for each in rule.repeat)
    needs = tuple((f"- **{markdown(need.name)}**: {markdown(need.describe())}",) for need in rule.require)
    taken = ((f"- {take_as_words(rule.take_as)}",),) if rule.take_as is not None else ()
    return (
        Said("It takes exposures that pass all of these:", select),
        Said("As it sees them:", taken),
        Said(
            "It makes a group of those that agree in all of these, and what may have any joins every such group:", keys
        ),
        Said("These join the groups that they match:", attached),
        Said("In a group:", repeats),
        Said("A group becomes an association when it has:", needs),
    )


def _common(rules: Iterable[Rule]) -> tuple[Said, ...]:
    """What all rules ask alike; nothing where there is but one rule."""
    all_blocks = [_blocks(rule) for rule in rules]
    if len(all_blocks) < 2:
        return ()
    return tuple(
        Said(
            said.heading, tuple(entry for entry in said.entries if all(entry in of[place].entries for of in all_blocks))
        )
        for place, said in enumerate(all_blocks[0])
    )


def _without(blocks: Iterable[Said], common: tuple[Said, ...]) -> Iterator[Said]:
    for place, said in enumerate(blocks):
        known = common[place].entries if common else ()
        yield Said(said.heading, tuple(entry for entry in said.entries if entry not in known))


def _block(said: Said) -> list[str]:
    if not said.entries:
        return []
    return ["", said.heading, "", *(line for entry in said.entries for line in entry)]


def _product(rule: Rule) -> list[str]:
    lines = ["", f"Its product: {code(rule.product)}"]
    if rule.file_name is not None:
        lines += ["", f"Its files: {code(rule.file_name)}"]
    if rule.member_name is not None:
        lines += ["", f"Its members: {code(rule.member_name)}"]
    return lines


def _columns(rule: Rule, ruleset: Ruleset) -> Iterator[str]:
    found = pool_columns({*rule.columns_read(), ruleset.members.exptype}, ruleset)
    direct = [column_words(name) for name, through in found.items() if not through]
    yield f"It reads {listed(direct, 'and')}." if direct else "It reads no column itself."
    ways: dict[str, list[str]] = {}
    for name, through in found.items():
        for way in through:
            ways.setdefault(way, []).append(column_words(name))
    for way, names in sorted(ways.items()):
        yield f"Through {column_words(way)} it reads {listed(names, 'and')}."


def _through(rule: Rule, ruleset: Ruleset) -> frozenset[str]:
    waiting = [*rule.columns_read(), ruleset.members.exptype]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in ruleset.derived and name not in found:
            found.add(name)
            waiting.extend(ruleset.derived[name].columns_read())
    return frozenset(found)


def _conditions_of(constraints: Iterable[Constraint]) -> list[Condition]:
    found: dict[str, Condition] = {}
    waiting = list(constraints)
    while waiting:
        constraint = waiting.pop()
        if isinstance(constraint, Condition):
            found[constraint.name] = constraint
        waiting.extend(parts(constraint))
    return [found[name] for name in sorted(found)]


def _condition(condition: Condition, ruleset: Ruleset) -> Iterator[str]:
    about = prose(ruleset.abouts.get(f"conditions.{condition.name}", ""))
    yield from constraint_lines(condition.part, f"- **{spoken(condition.name)}**: " + (f"{about}; " if about else ""))


def _derived(name: str, ruleset: Ruleset) -> Iterator[str]:
    about = prose(ruleset.abouts.get(f"derived.{name}", ""))
    yield f"- **{column_words(name)}**" + (f": {about}" if about else "")
    for place, case in enumerate(ruleset.derived[name].cases, 1):
        yield f"  {place}. {'else ' if case.when is None and place > 1 else ''}{case_words(case)}"


def _table(table: InTable, ruleset: Ruleset) -> Iterator[str]:
    about = prose(ruleset.abouts.get(f"tables.{table.table}", ""))
    yield f"The table {code(table.table)}" + (f": {about}" if about else "")
    yield ""
    yield _row(*map(column_words, table.columns))
    yield f"|{'---|' * len(table.columns)}"
    for row in sorted(table.rows):
        yield _row(*map(markdown, row))


def _row(*cells: str) -> str:
    """A row of a table; a vertical bar inside code, which ends a cell too, is escaped."""
    return f"| {' | '.join(_BAR.sub(_ESCAPED_BAR, cell) for cell in cells)} |"


def _other_names(ruleset: Ruleset) -> Iterator[str]:
    if ruleset.other_names:
        yield from ("", "## Other names of columns", "", "| column | also named |", "|---|---|")
        for name, others in ruleset.other_names.items():
            yield _row(column_words(name), ", ".join(map(column_words, others)))


def _shared(ruleset: Ruleset) -> Iterator[str]:
    yield from _other_names(ruleset)
    everything = [constraint for rule in ruleset.rules for constraint in rule.constraints()]
    everything += [case.when for derived in ruleset.derived.values() for case in derived.cases if case.when is not None]
    conditions = _conditions_of(everything)
    if conditions:
        yield from ("", "## Conditions", "")
        yield from (line for condition in conditions for line in _condition(condition, ruleset))
    if ruleset.derived:
        yield from (
            "",
            "## Columns made from others",
            "",
            "The first case that an exposure passes gives the value.",
            "",
        )
        yield from (line for name in ruleset.derived for line in _derived(name, ruleset))
    tables = {leaf.table: leaf for one in everything for leaf in leaves(one) if isinstance(leaf, InTable)}
    if tables:
        yield from ("", "## Tables")
        for name in sorted(tables):
            yield from ("", *_table(tables[name], ruleset))
    yield from ("", "## Duplicates", "", duplicates_words(ruleset.duplicates))
    yield from ("", "## Names of members", "", member_name_words(ruleset.members))
    yield from (
        "",
        "## Parts of names",
        "",
        "In names of products and files, values are written in lower case; the text of a template is not changed.",
        "",
    )
    yield from ("| part | what it is |", "|---|---|")
    used = {name for rule in ruleset.rules for _, name in pieces(rule.product)}
    keywords = ruleset.keywords
    used |= {name for rule in ruleset.rules for _, name in pieces(ruleset.file_name_of(rule))}
    used |= {name for each in (keywords.file_name, keywords.program, keywords.target) for _, name in pieces(each)}
    if PRODUCT in used and PRODUCT not in ruleset.names:
        yield f"| {code('{' + PRODUCT + '}')} | the product's name |"
    for name, part in ruleset.names.items():
        if name in used:
            yield _row(code("{" + name + "}"), name_part_words(part))
