"""What parts of rules mean, in words made from the rule itself; Markdown, a line or a list each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asnforge.findings import markdown
from asnforge.findings import markdown_code as code
from asnforge.rules.constraints import AllOf, AnyOf, Condition, Constraint, Defined, InTable, Matches, Not, OneOf
from asnforge.rules.conventions import Members
from asnforge.rules.derived import Case
from asnforge.rules.file_names import NamePattern
from asnforge.rules.model import Attachment, Duplicates, ExptypeOverride, Key, Repeat, Ruleset
from asnforge.rules.templates import NamePart

_INDENT = "  "


def constraint_words(constraint: Constraint, *, expand: bool = True) -> str:
    """A constraint on one line.

    Parameters
    ----------
    constraint : Constraint
        The constraint.
    expand : bool
        What a condition stands for follows its name.
    """
    match constraint:
        case Defined(columns=columns, wanted=wanted):
            return f"{columns_words(columns)} has {'a' if wanted else 'no'} value"
        case OneOf(columns=columns, values=values):
            return f"{columns_words(columns)} is {listed(map(code, values), 'or')}"
        case Matches(columns=columns, pattern=pattern):
            return f"{columns_words(columns)} matches {code(pattern)}"
        case InTable(columns=columns, table=table):
            return f"{listed(map(column_words, columns), 'and')} are a row of the table {code(table)}"
        case Condition(name=name, part=part):
            return f"*{spoken(name)}*" + (f" ({constraint_words(part)})" if expand else "")
        case Not(part=part):
            return negated(part, expand=expand)
        case AllOf(parts=parts):
            return " and ".join(_bracketed(part, expand=expand) for part in parts)
        case AnyOf(parts=parts):
            return " or ".join(_bracketed(part, expand=expand) for part in parts)


def negated(constraint: Constraint, *, expand: bool = True) -> str:
    """That a constraint does not pass, on one line."""
    match constraint:
        case Defined(columns=columns, wanted=wanted):
            return constraint_words(Defined(columns, not wanted))
        case OneOf(columns=columns, values=(value,)):
            return f"{columns_words(columns)} is not {code(value)}"
        case OneOf(columns=columns, values=values):
            return f"{columns_words(columns)} is none of {listed(map(code, values), 'and')}"
        case Matches(columns=columns, pattern=pattern):
            return f"{columns_words(columns)} does not match {code(pattern)}"
        case Not(part=part):
            return constraint_words(part, expand=expand)
        case Condition():
            return f"not {constraint_words(constraint, expand=expand)}"
        case _:
            return f"not ({constraint_words(constraint, expand=expand)})"


def constraint_lines(constraint: Constraint, before: str = "- ", depth: int = 0) -> Iterator[str]:
    """A constraint as a list, what it is made of below it; short ones on one line."""
    words = constraint_words(constraint, expand=False)
    match constraint:
        case AllOf(parts=parts) if _is_long(constraint):
            yield f"{_INDENT * depth}{before}all of"
            for part in parts:
                yield from constraint_lines(part, "- ", depth + 1)
        case AnyOf(parts=parts) if _is_long(constraint):
            yield f"{_INDENT * depth}{before}one of"
            for part in parts:
                yield from constraint_lines(part, "- ", depth + 1)
        case Not(part=AllOf() | AnyOf() as part) if _is_long(part):
            yield from constraint_lines(part, f"{before}not ", depth)
        case _:
            yield f"{_INDENT * depth}{before}{words}"


def key_words(key: Key) -> str:
    """What a key divides by, and which exposures have any value of it."""
    words = columns_words(key.columns)
    if key.when is not None:
        words += f", or any where {negated(key.when, expand=False)}"
    if key.optional:
        words += ", or any where it has no value"
    if key.instead is not None:
        kind, ids = key.instead.candidate_type, key.instead.candidate_id
        words += f"; {code(key.instead.value)} for all in the scope of a candidate {code(ids)} of type {code(kind)}"
    return words


def attachment_words(attachment: Attachment) -> str:
    """Which supporting exposures join a group, and as what."""
    words = f"exposures where {constraint_words(attachment.when, expand=False)}, that have "
    words += f"{listed(map(column_words, attachment.match), 'and')} of one of the group's own"
    return words + (f"; as {code(attachment.exptype)}" if attachment.exptype is not None else "")


def repeat_words(repeat: Repeat) -> str:
    """Which members appear a second time."""
    where = f", where there are {repeat.at_least} or more" if repeat.at_least > 1 else ""
    return f"each {code(repeat.exptype)} member appears a second time as {code(repeat.repeat_as)}{where}"


def take_as_words(take_as: ExptypeOverride) -> str:
    """As what exposures count."""
    excepted = f", {listed(map(code, take_as.excepted), 'and')} excepted" if take_as.excepted else ""
    return f"each exposure counts as {code(take_as.exptype)}, whatever it is{excepted}"


def duplicates_words(duplicates: Duplicates | None) -> str:
    """Which associations are dropped as duplicates."""
    match duplicates:
        case "keep":
            return "No association is dropped as a duplicate of another."
        case "members_and_product":
            same = "the same members and the same product name"
        case _:
            same = "the same members, whatever their products are called,"
    return (
        f"Of associations with {same} one stays: that of the highest scope id, then of the last rule by name. "
        "Of those with the same product name, one with only some of the members of another is dropped."
    )


def case_words(case: Case) -> str:
    """A value of a derived column, and who has it."""
    value = code(case.value) if case.value else "no value"
    if case.copy is not None:
        value = f"the value of {column_words(case.copy)}{_changed(case)}"
    return f"{value} where {constraint_words(case.when, expand=False)}" if case.when is not None else value


def _changed(case: Case) -> str:
    moved = f", {abs(case.plus_hours)} hours {'earlier' if case.plus_hours < 0 else 'later'}" if case.plus_hours else ""
    return moved + (f", the part that matches {code(case.matching)}" if case.matching is not None else "")


def member_name_words(members: Members) -> str:
    """Which file names are changed, and what they become."""
    if isinstance(members.parts, NamePattern):
        which = f"matches {code(members.parts.pattern)}"
    else:
        suffix, extensions = members.parts.suffix, members.parts.extensions
        endings = [listed(map(code, extensions), "or")] if extensions else ["an extension"]
        which = f"ends in {' and '.join([code(suffix), *endings] if suffix else endings)}"
    return f"A file name in {column_words(members.file_name)} that {which} becomes {code(members.name)}; any other is kept."


def name_part_words(part: NamePart) -> str:
    """What a part of a name is made of."""
    keys = listed(map(spoken, part.keys), "and") if part.keys else ""
    words = keys if part.values_of is None else f"all values of {spoken(part.values_of)}"
    if part.zero_fill:
        words += f", {part.zero_fill} places filled with zeros"
    if part.sort and len(part.keys) != 1:
        words += f", sorted and joined by {code(part.join)}"
    words += f", {code(part.before)} before it" if part.before else ""
    words += f", {code(part.after)} after it" if part.after else ""
    words += f", left out where it is {listed(map(code, part.leave_out), 'or')}" if part.leave_out else ""
    return words + (f"; {code(part.empty)} where there is none" if part.empty else "")


def pool_columns(names: Iterable[str], ruleset: Ruleset) -> dict[str, tuple[str, ...]]:
    """The pool's columns behind some columns, each with the derived columns that it is read through."""
    found: dict[str, dict[str, None]] = {}
    waiting = [(name, name) for name in sorted(names)]
    while waiting:
        name, through = waiting.pop()
        if name in ruleset.derived:
            waiting.extend((inner, through) for inner in ruleset.derived[name].columns_read())
        else:
            found.setdefault(name, {})[through] = None
    return {name: () if name in through else tuple(sorted(through)) for name, through in sorted(found.items())}


def columns_words(columns: Iterable[str]) -> str:
    """Columns of which the first that is defined counts."""
    return ", else ".join(map(column_words, columns))


def column_words(name: str) -> str:
    """A column's name, as pools spell it."""
    return markdown(name.upper())


def spoken(name: str) -> str:
    """A name of a rule file as words."""
    return markdown(name.replace("_", " "))


def prose(text: str) -> str:
    """A title or description of a rule file, as one paragraph of plain text."""
    return markdown(" ".join(text.split()))


def listed(words: Iterable[str], joining: str) -> str:
    """Words in a row: one, two and three."""
    *first, last = words
    return f"{', '.join(first)} {joining} {last}" if first else last


def _bracketed(constraint: Constraint, *, expand: bool) -> str:
    words = constraint_words(constraint, expand=expand)
    return f"({words})" if isinstance(constraint, AllOf | AnyOf) else words


def _is_long(constraint: Constraint) -> bool:
    return len(constraint_words(constraint, expand=False)) > 90
