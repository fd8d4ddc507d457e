"""Check a pool before rules are applied to it: everything in it that most likely is not as it was meant."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from asnforge.columns import Mask
from asnforge.findings import Finding, FindingCode, did_you_mean
from asnforge.generation.engine import ALL_SCOPES, Grouping, group
from asnforge.generation.result import ordered_findings
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.model import Pool
from asnforge.rules.constraints import InTable, Matches, OneOf, expanded, leaves
from asnforge.rules.regex import compiled
from asnforge.rules.rule import DistinctRequired
from asnforge.rules.ruleset import Ruleset

TOO_FEW = FindingCode(
    "P131",
    "a candidate with fewer exposures than rules need",
    "Rules select exposures of the candidate, but need several, such as several observations for a mosaic, and the pool has "
    "fewer: no association is made of this candidate. Most often rows are missing, or name another candidate.",
    wrong="FILE|PROPOSAL|CAMERA|FIELD|CANDIDATES\na_raw.fits|7|red|1|[('c1', 'mosaic')]",
    right="FILE|PROPOSAL|CAMERA|FIELD|CANDIDATES\na_raw.fits|7|red|1|[('c1', 'mosaic')]\n"
    "b_raw.fits|7|red|2|[('c1', 'mosaic')]",
)
UNKNOWN_VALUE = FindingCode(
    "P132",
    "a value that is similar to one that rules compare with",
    "No rule names this value of the column, and it differs only a little from one that rules name, so it is most likely "
    "misspelled: the exposures are treated as having any other value.",
    wrong="FILE|PROPOSAL|CAMERA|MODE\na_raw.fits|7|red|imgae",
    right="FILE|PROPOSAL|CAMERA|MODE\na_raw.fits|7|red|image",
)
NO_RULE = FindingCode(
    "P133",
    "an exposure type that no rule takes",
    "No rule selects or attaches any exposure of this type, so all of them are in no association. Nothing is wrong if they "
    "are not meant to be; `asnforge explain POOL --orphans` says why.",
    wrong="FILE|PROPOSAL|CAMERA|MODE\na_raw.fits|7|red|dark",
    right="FILE|PROPOSAL|CAMERA|MODE\na_raw.fits|7|red|image",
)

_LINES = 5
_SIMILAR = 0.88
_SHORTEST = 4
"""Values that are shorter differ from each other by one character without being misspelled."""

_NUMBERS = re.compile(r"\d+")
_PUNCTUATION = re.compile(r"[\W_]+")
_MOST_VALUES = 500
"""A column with more distinct values that no rule knows does not have names as values."""


def check_pool(pool: Pool, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES) -> tuple[Finding, ...]:
    """The problems of a pool for the rules of a rule set, by line.

    These are the findings of reading and grouping it (malformed and duplicate rows, cells that cannot be used, missing columns
    with what does not work without them, equal numbers in several spellings), candidates with fewer exposures than rules
    need, values that are most likely misspelled, and exposure types that no rule takes.

    Parameters
    ----------
    pool : Pool
        The pool, with the columns of `Ruleset.columns_read`.
    ruleset : Ruleset
        The rules.
    choice : ScopeChoice
        The scopes that are considered.

    Raises
    ------
    InputError
        The pool does not have a column that every rule needs, or a chosen candidate.
    """
    return check_together([(pool, ruleset, choice)])


def check_together(applied: Sequence[tuple[Pool, Ruleset, ScopeChoice]]) -> tuple[Finding, ...]:
    """The problems of a pool for several rule sets, as `check_pool`.

    What another rule set has a use for is not a problem: a value that it knows, an exposure type that it takes, and a candidate
    of which it makes an association.

    Parameters
    ----------
    applied : sequence of (Pool, Ruleset, ScopeChoice)
        The pool as each rule set reads it, the rule set, and the scopes that are considered.
    """
    each = [(group(*arguments), arguments[1]) for arguments in applied]
    findings: list[Finding] = []
    for grouping, _ in each:
        pool = grouping.prepared.pool
        findings += [*pool.findings, *grouping.prepared.findings, *grouping.faults.findings(pool.path)]
    rulesets = [ruleset for _, ruleset in each]
    known, patterns = _known_values(rulesets)
    complete = {scope for grouping, _ in each for scope in _complete_scopes(grouping)}
    taken = {value for grouping, ruleset in each for value in _types_with_rule(grouping, ruleset)}
    for grouping, ruleset in each:
        findings += _too_few(grouping, complete)
        findings += _similar_values(grouping, ruleset, known, patterns)
        findings += _types_without_rule(grouping, ruleset, taken)
    return ordered_findings(findings)


def _complete_scopes(grouping: Grouping) -> Iterator[tuple[str, str]]:
    """The candidates with an association, by id and type."""
    scopes = grouping.scopes
    for result in grouping.results:
        for index in np.unique(result.members.groups.scope[result.members.valid()]).tolist():
            yield scopes.scopes[index]


def _too_few(grouping: Grouping, complete: Collection[tuple[str, str]]) -> Iterator[Finding]:
    """Candidates without an association, whose groups have too few distinct values of a column."""
    scopes, prepared = grouping.scopes, grouping.prepared
    is_complete: Mask = np.array([scope in complete for scope in scopes.scopes], np.bool_)
    is_complete[scopes.discovered : scopes.discovered + 1] = True
    lacking: dict[tuple[int, str, int], _Lacking] = {}
    for result in grouping.results:
        groups, members = result.members.groups, result.members
        for need, unmet in zip(result.rule.require, members.unmet, strict=True):
            if not isinstance(need, DistinctRequired):
                continue
            for index in np.flatnonzero(unmet & ~is_complete[groups.scope]).tolist():
                rows = members.row[members.starts[index] : members.starts[index + 1]]
                codes = groups.evaluator.column((need.column,)).codes[rows]
                key = int(groups.scope[index]), need.column, need.at_least
                found = lacking.setdefault(key, _Lacking(int(rows.min())))
                found.most = max(found.most, len(np.unique(codes[codes > 0])))
                found.rules.setdefault(result.rule.name)
    for (scope, column, at_least), found in sorted(lacking.items()):
        candidate, kind = scopes.scopes[scope]
        verb = "need" if len(found.rules) > 1 else "needs"
        yield TOO_FEW.finding(
            "candidate {candidate} ({type}) has no more than {found} {column} in a group, "
            f"and {{rules}} {verb} {{at_least}}",
            prepared.pool.location(found.row),
            severity="warning",
            candidate=candidate,
            type=kind,
            found=found.most,
            column=column.upper(),
            rules=tuple(found.rules),
            at_least=at_least,
        )


@dataclass(slots=True)
class _Lacking:
    """Groups of a candidate that lack values: a row of them, the most values that a group has, and the rules."""

    row: int
    most: int = 0
    rules: dict[str, None] = field(default_factory=dict)


def _similar_values(
    grouping: Grouping, ruleset: Ruleset, known: Mapping[str, set[str]], patterns: Mapping[str, set[str]]
) -> Iterator[Finding]:
    """Values that no rule knows, and that are similar to one that rules know, in the columns of the pool."""
    prepared, exposure_type = grouping.prepared, _exposure_type(ruleset)
    for name in sorted(known.keys() & prepared.columns.keys()):
        column = prepared.columns[name]
        unknown = [
            code
            for code, value in enumerate(column.values)
            if value and value not in known[name] and not any(compiled(text).matches(value) for text in patterns[name])
        ]
        if len(unknown) > _MOST_VALUES:
            continue
        for code in unknown:
            intended = _intended(column.values[code], known[name], is_type=name == exposure_type)
            if intended is not None:
                message = "{column} {value:quoted} of {exposures:exposure} is not a value that rules know"
                yield from _of_value(UNKNOWN_VALUE, message, name, code, grouping, f"did you mean {intended}?")


def _known_values(rulesets: Sequence[Ruleset]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The values that constraints compare each column with, and the regular expressions for it."""
    constraints = [constraint for ruleset in rulesets for rule in ruleset.rules for constraint in rule.constraints()]
    constraints += [
        case.when
        for ruleset in rulesets
        for derived in ruleset.derived.values()
        for case in derived.cases
        if case.when is not None
    ]
    known: dict[str, set[str]] = defaultdict(set)
    patterns: dict[str, set[str]] = defaultdict(set)
    for leaf in (leaf for constraint in constraints for leaf in leaves(expanded(constraint))):
        if isinstance(leaf, OneOf):
            for column in leaf.columns:
                known[column].update(leaf.values)
        elif isinstance(leaf, InTable):
            for index, column in enumerate(leaf.columns):
                known[column].update(row[index] for row in leaf.rows)
        elif isinstance(leaf, Matches):
            for column in leaf.columns:
                patterns[column].add(leaf.pattern)
    return known, patterns


def _intended(value: str, known: set[str], *, is_type: bool) -> str | None:
    """The known value that was most likely meant; values that differ in a number are different on purpose.

    Detectors and filters have names that differ in one character, so for them only other punctuation, two exchanged
    characters, and one character too many or too few inside are taken as errors. Exposure types are similar to none other.
    """
    if len(value) < _SHORTEST:
        return None
    numbers = _NUMBERS.findall(value)
    words = sorted(word for word in known if _NUMBERS.findall(word) == numbers)
    misspelled = next((word for word in words if _is_misspelled(value, word)), None)
    return did_you_mean(value, words, _SIMILAR) if misspelled is None and is_type else misspelled


def _is_misspelled(value: str, word: str) -> bool:
    if _PUNCTUATION.sub("", value) == _PUNCTUATION.sub("", word):
        return True
    if len(value) == len(word):
        differing = [index for index, pair in enumerate(zip(value, word, strict=True)) if pair[0] != pair[1]]
        first = differing[0]
        return differing == [first, first + 1] and value[first : first + 2] == word[first : first + 2][::-1]
    shorter, longer = sorted((value, word), key=len)
    return any(longer[:index] + longer[index + 1 :] == shorter for index in range(1, len(longer) - 1))


def _exposure_type(ruleset: Ruleset) -> str:
    """The column of exposure types, in lower case; empty if the rule set does not name it."""
    candidates = ruleset.headers.candidates if ruleset.headers is not None else None
    return candidates.exposure_type.casefold() if candidates is not None else ""


def _types_with_rule(grouping: Grouping, ruleset: Ruleset) -> set[str]:
    """Exposure types of which an exposure is in a group of a rule."""
    prepared, name = grouping.prepared, _exposure_type(ruleset)
    column = prepared.pool.columns.get(name)
    if column is None:
        return set()
    taken: Mask = np.zeros(len(prepared), np.bool_)
    for result in grouping.results:
        taken[result.members.groups.selected.row] = True
        taken[result.members.groups.supporting.row] = True
    codes = column.codes[: prepared.exposures][taken[: prepared.exposures]]
    return {column.values[code].casefold() for code in np.unique(codes).tolist()}


def _types_without_rule(grouping: Grouping, ruleset: Ruleset, taken: Collection[str]) -> Iterator[Finding]:
    """Exposure types that no rule takes."""
    name = _exposure_type(ruleset)
    if name in grouping.prepared.columns:
        for code, value in enumerate(grouping.prepared.columns[name].values):
            if code and value not in taken:
                message = "no rule takes any of the {exposures:exposure} with {column} {value}"
                yield from _of_value(NO_RULE, message, name, code, grouping)


def _of_value(
    finding_code: FindingCode, message: str, name: str, code: int, grouping: Grouping, hint: str = ""
) -> Iterator[Finding]:
    """A warning about all rows with a value of a column, at the first of them; none if there are no such rows."""
    pool, column = grouping.prepared.pool, grouping.prepared.columns[name]
    rows = np.flatnonzero(column.codes == code)
    if len(rows):
        first = int(rows[np.argmin(pool.lines[rows])])
        text = pool.columns[name][first] if name in pool.columns else column.values[code]
        yield finding_code.finding(
            message,
            pool.location(first),
            hint=hint,
            severity="warning",
            column=name.upper(),
            value=text,
            exposures=len(rows),
            lines=tuple(np.sort(pool.lines[rows])[:_LINES].tolist()),
        )
