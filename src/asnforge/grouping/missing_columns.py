"""Columns that a pool does not have, and what does not work without them: one warning per pool, as it concerns all rows.

Every value of a missing column is undefined; the consequences for constraints and derived columns follow from the rules alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from asnforge.findings import Finding, FindingCode, InputError, SourceLocation, truncated
from asnforge.pool.model import Pool
from asnforge.rules.attachment import Attachment, Distance, Interval, SameValue, SkyDistance
from asnforge.rules.constraints import Constraint, Defined, InTable, Leaf, OneOf, columns_read, truth_value
from asnforge.rules.derived import Case, Derived
from asnforge.rules.rule import DistinctRequired, Key, MembersRequired, Rule
from asnforge.rules.ruleset import Ruleset

MISSING_COLUMN = FindingCode(
    "G101",
    "a column that every rule needs is missing",
    "Without the column of file names there are no members, and every rule groups by some columns. Name the columns in the "
    "header line as the rule set does; case is ignored.",
    wrong="FILE|PROPOSAL\na_raw.fits|7",
    right="FILE|PROPOSAL|CAMERA\na_raw.fits|7|red",
)
INCOMPLETE_COLUMNS = FindingCode(
    "G112",
    "a column that some rules need is missing",
    "In a column that the pool does not have, every value is undefined. The message says what does not work for this pool: "
    "rules that need a value there, types of candidates that give no associations, exposures that are not attached. If the "
    "pool has no exposures for them, nothing is wrong. If the pool has the column under another name, declare that name in the "
    "rule set's block `columns`.",
    wrong="FILE|PROPOSAL|CAMERA\na_raw.fits|7|red",
    right="FILE|PROPOSAL|CAMERA|CANDIDATES\na_raw.fits|7|red|[('o1', 'night')]",
)

_SHOWN = 8

_Columns = tuple[str, ...]
"""Columns of the pool, any one of which would be enough."""

_Effect = tuple[str, tuple[str, ...]]
"""What does not work: one of the kinds below, and the names that it concerns."""

_RULE, _KEY, _SCOPES, _ATTACHMENT, _EXPTYPE = "rule", "key", "scopes", "attachment", "exptype"


def require_columns(pool: Pool, ruleset: Ruleset) -> None:
    """Require the column of file names, and those that every rule groups by; `InputError` with those that are missing."""
    required = dict.fromkeys([ruleset.members.file_name, *sorted(columns_of_every_rule(ruleset))])
    missing = [name for name in required if name not in pool.columns]
    header = {name.casefold() for name in pool.header}
    unread = [name.upper() for name in missing if ruleset.find_column(name, header)]
    if unread:
        raise InputError(
            MISSING_COLUMN.finding(
                "the pool was read without {columns}, which every rule needs",
                pool.path,
                hint="read it with columns=ruleset.columns_read(), or read all columns",
                columns=tuple(unread),
            )
        )
    if missing:
        raise InputError(
            MISSING_COLUMN.finding(
                f"the pool has no {'column' if len(missing) == 1 else 'columns'} {{columns}}, which every rule needs",
                SourceLocation(pool.path, pool.header_line or None),
                hint=f"{_other_names(missing, ruleset)}its columns are {_listed(list(map(truncated, pool.header)))}",
                columns=tuple(map(str.upper, missing)),
            )
        )


@lru_cache(maxsize=16)
def columns_of_every_rule(ruleset: Ruleset) -> frozenset[str]:
    """The columns of the pool that every rule about its exposures groups by and requires to be defined."""
    bound = [
        {key.columns[0] for key in _binding(rule) if len(key.columns) == 1}
        for rule in ruleset.rules
        if rule.product_of is None
    ]
    return frozenset(set.intersection(*bound) - ruleset.derived.keys()) if bound else frozenset()


def missing_columns(pool: Pool, ruleset: Ruleset) -> tuple[Finding, ...]:
    """One warning that says for each missing column what does not work without it; none if everything works.

    These are keys that need a value, constraints that no exposure passes, requirements of scopes, columns that attachments
    match on, and exptypes that derived columns can no longer have.
    """
    missing = ruleset.columns_needed().difference(pool.columns)
    entries = _incomplete(ruleset, missing) if missing else ()
    if not entries:
        return ()
    message = "; ".join(f"{{columns[{index}]}}: {_literal(effect)}" for index, (_, effect) in enumerate(entries))
    names = dict.fromkeys(name for columns, _ in entries for name in columns)
    finding = INCOMPLETE_COLUMNS.finding(
        f"missing column{'s:' if len(entries) > 1 else ''} {message}",
        SourceLocation(pool.path, pool.header_line or None),
        hint=_other_names(names, ruleset).removesuffix("; "),
        severity="warning",
        columns=tuple(" or ".join(map(str.upper, columns)) for columns, _ in entries),
        effects=tuple(effect for _, effect in entries),
    )
    return (finding,)


@lru_cache(maxsize=64)
def _incomplete(ruleset: Ruleset, missing: frozenset[str]) -> tuple[tuple[_Columns, str], ...]:
    """What does not work without some columns, each with those of them that it needs, sorted."""
    undefined = _UndefinedColumns(missing, ruleset)
    keys = {rule.name: frozenset(key.name.casefold() for key in rule.group_by) for rule in ruleset.rules}
    rules: dict[_Columns, dict[_Effect, list[str]]] = defaultdict(lambda: defaultdict(list))
    for rule in ruleset.rules:
        # The products of a rule have its keys as columns.
        given = missing & keys.get(rule.product_of or "", frozenset())
        known = _UndefinedColumns(missing - given, ruleset) if given else undefined
        for columns, effect in dict.fromkeys(_effects(rule, known, keys, ruleset)):
            rules[columns][effect].append(rule.name)
    effects = {columns: [_described(*entry, ruleset) for entry in kinds.items()] for columns, kinds in rules.items()}
    listing = ruleset.candidates.column
    if listing in missing:
        everywhere = "no exposure names a candidate, so all associations are over the whole pool"
        effects[listing,] = [everywhere, *effects.get((listing,), ())]
    return tuple((columns, ", and ".join(texts)) for columns, texts in sorted(effects.items()))


def _effects(
    rule: Rule, undefined: _UndefinedColumns, keys: Mapping[str, frozenset[str]], ruleset: Ruleset
) -> Iterator[tuple[_Columns, _Effect]]:
    """What does not work in a rule, each with the missing columns that it needs; `keys` are the keys of each rule."""
    binding = _binding(rule)
    needed = {undefined.sources(names) for key in binding for names in key.readings if undefined.includes(names)}
    needed |= {undefined.sources_of(select.constraint) for select in rule.select if undefined.never(select.constraint)}
    for columns in sorted(needed):
        yield columns, (_RULE, ())
    for key in rule.group_by:
        for names in key.readings if not key.optional and key not in binding else ():
            if undefined.includes(names):
                yield undefined.sources(names), (_KEY, (key.name,))
    for attachment in rule.attach:
        effect = _ATTACHMENT, (attachment.name,)
        given = keys.get(attachment.product_of or "", frozenset())
        matched = filter(undefined.includes, _needed_columns(attachment, given))
        yield from ((undefined.sources(columns), effect) for columns in matched)
        if attachment.when is not None and not given and undefined.never(attachment.when):
            yield undefined.sources_of(attachment.when), effect
    exptypes = undefined.values_lost(ruleset.members.exptype)
    for need in rule.require:
        if isinstance(need, DistinctRequired) and need.at_least and undefined.includes((need.column,)):
            yield undefined.sources((need.column,)), (_SCOPES, need.scope_types) if need.scope_types else (_RULE, ())
        elif (
            isinstance(need, MembersRequired)
            and need.at_least
            and need.exptype in exptypes
            and not _sets(rule, need.exptype)
        ):
            yield exptypes[need.exptype], (_EXPTYPE, (need.exptype,))


def _binding(rule: Rule) -> tuple[Key, ...]:
    """The keys that must be defined for every exposure."""
    return tuple(
        key for key in rule.group_by if key.columns and not key.optional and key.when is None and key.instead is None
    )


def _needed_columns(attachment: Attachment, given: Collection[str]) -> Iterator[tuple[str, ...]]:
    """The columns, of which any is enough, without whose values an attachment takes nothing; `given` are those of products."""
    for relation in attachment.match:
        if relation.optional == "no" and relation.when is None:
            match relation:
                case SameValue(instead=None) | Distance() | Interval():
                    of_products = not frozenset(relation.columns).isdisjoint(given)
                    yield from dict.fromkeys(
                        ((relation.own_columns if of_products else relation.columns), relation.own_columns)
                    )
                case SkyDistance():
                    yield from ((name,) for name in dict.fromkeys((*relation.position, *relation.own_position)))


def _sets(rule: Rule, exptype: str) -> bool:
    """Whether a rule itself sets an exptype."""
    set_here = [exptype.casefold() for attachment in rule.attach for exptype in attachment.exptypes()] + [
        repeat.repeat_as for repeat in rule.repeat
    ]
    return exptype in set_here or (rule.take_as is not None and rule.take_as.exptype == exptype)


def _described(effect: _Effect, rules: Collection[str], ruleset: Ruleset) -> str:
    """What does not work, as part of a sentence."""
    kind, names = effect
    all_rules = f"{'rule' if len(rules) == 1 else 'rules'} {_listed(rules)}"
    of_rules = "" if len(rules) == len(ruleset.rules) else f" of {all_rules}"
    match kind:
        case "rule":
            return f"{all_rules} cannot match any exposure"
        case "key":
            return f"{all_rules} cannot match exposures that need a value for the key {names[0]}"
        case "scopes":
            return f"candidates of type {' and '.join(sorted(names))} give no associations{of_rules}"
        case "attachment":
            return f"{names[0].replace('_', ' ')} are not attached{' to groups' if of_rules else ''}{of_rules}"
        case _:
            return f"no exposure becomes {names[0]}, which {all_rules} require{'s' * (len(rules) == 1)}"


def _other_names(columns: Collection[str], ruleset: Ruleset) -> str:
    return "".join(
        f"{name.upper()} can also be named {' or '.join(map(str.upper, ruleset.other_names[name]))}; "
        for name in columns
        if name in ruleset.other_names
    )


def _literal(text: str) -> str:
    """A string as a literal part of a message template, with its braces escaped."""
    return text.replace("{", "{{").replace("}", "}}")


def _listed(names: Collection[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(list(names)[:_SHOWN]) + more


class _UndefinedColumns:
    """The columns that a pool does not have, in lower case, and the derived columns that are undefined because of it."""

    def __init__(self, missing: Collection[str], ruleset: Ruleset) -> None:
        self._missing = frozenset(missing)
        self._ruleset = ruleset
        self._derived: Mapping[str, Derived] = ruleset.derived
        self._undefined: set[str] = set(missing)
        while more := {name for name in self._derived if name not in self._undefined and self._is_undefined(name)}:
            self._undefined |= more

    def includes(self, columns: Collection[str]) -> bool:
        """Whether all of some columns are undefined."""
        return self._undefined.issuperset(columns)

    def sources(self, columns: Collection[str]) -> _Columns:
        """The missing columns of the pool behind some columns, through derived ones as well, sorted."""
        return tuple(sorted((self._ruleset.with_sources(columns) - self._derived.keys()) & self._missing))

    def sources_of(self, constraint: Constraint) -> _Columns:
        """The missing columns of the pool that a constraint reads, through derived columns as well, sorted."""
        return self.sources(columns_read(constraint))

    def values_lost(self, name: str) -> dict[str, _Columns]:
        """The values that a derived column can no longer have, each with the missing columns that it would need."""
        cases = self._derived[name].cases if name in self._derived else ()
        lost: dict[str, set[str]] = {}
        for case in cases:
            if case.copy is None and case.when is not None and self.never(case.when):
                lost.setdefault(case.value.casefold(), set()).update(self.sources_of(case.when))
        possible = {case.value.casefold() for case in cases if case.copy is None and not self._is_unused(case)}
        return {value: tuple(sorted(columns)) for value, columns in lost.items() if value and value not in possible}

    def never(self, constraint: Constraint) -> bool:
        """Whether no exposure can pass a constraint."""
        return truth_value(constraint, self._known) is False

    def _known(self, constraint: Constraint) -> bool | None:
        """Whether every exposure passes a constraint that reads columns (True), none does (False), or it depends (None)."""
        if not isinstance(constraint, Leaf):
            return None
        undefined = self.includes(constraint.columns)
        match constraint:
            case Defined(expected=expected):
                return not expected if undefined else None
            case InTable(columns=columns):
                undefined = not self._undefined.isdisjoint(columns)
            case OneOf(columns=(name,), values=values) if name in self._derived and not undefined:
                possible = self._possible_values(name)
                undefined = possible is not None and possible.isdisjoint(values) and bool(self.values_lost(name))
        return False if undefined else None

    def _is_unused(self, case: Case) -> bool:
        """Whether a case defines the value of no exposure."""
        if case.when is not None and self.never(case.when):
            return True
        if isinstance(case.divide_by, tuple) and self.includes(case.divide_by):
            return True
        return not case.value if case.copy is None else case.copy in self._undefined

    def _is_undefined(self, name: str) -> bool:
        """Whether a derived column is undefined because columns of the pool are missing."""
        return all(map(self._is_unused, self._derived[name].cases)) and bool(self.sources((name,)))

    def _possible_values(self, name: str) -> frozenset[str] | None:
        """The values that a derived column can have; None if it copies another column."""
        used = [case for case in self._derived[name].cases if not self._is_unused(case)]
        if any(case.copy is not None for case in used):
            return None
        return frozenset(case.value.casefold() for case in used)
