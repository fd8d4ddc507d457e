"""Columns that a pool does not have, and what does not work without them: one warning for each pool, as no row can show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from asnforge.findings import Finding, InputError
from asnforge.grouping import codes
from asnforge.grouping.undefined_columns import UndefinedColumns
from asnforge.pool.model import Pool
from asnforge.rules.rule import DistinctRequired, Key, MembersRequired, Rule
from asnforge.rules.ruleset import Ruleset

_SHOWN = 8

Columns = tuple[str, ...]
"""Columns of the pool of which one would be enough."""


Effect = tuple[str, tuple[str, ...]]
"""What does not work: one of the kinds below, and what it concerns."""

_RULE, _KEY, _SCOPES, _ATTACHMENT, _EXPTYPE = "rule", "key", "scopes", "attachment", "exptype"


def require_columns(pool: Pool, ruleset: Ruleset) -> None:
    """Refuse a pool without the column of file names, or without one that every rule groups by.

    Parameters
    ----------
    pool : Pool
        The pool, with columns under the names that the rule set declares.
    ruleset : Ruleset
        The rules.

    Raises
    ------
    InputError
        With the columns that are missing, and the first of those that are there.
    """
    needed = dict.fromkeys([ruleset.members.file_name, *sorted(columns_of_every_rule(ruleset))])
    missing = [name for name in needed if name not in pool.columns]
    header = {name.casefold() for name in pool.header}
    unread = [name.upper() for name in missing if ruleset.find_column(name, header)]
    if unread:
        message = f"the pool was read without {' and '.join(unread)}, which every rule needs"
        hint = "read it with columns=ruleset.columns_read(), or with all"
        raise InputError(Finding(codes.MISSING_COLUMN.code, message, pool.path, hint=hint))
    if missing:
        what = "no column" if len(missing) == 1 else "no columns"
        message = f"the pool has {what} {' and '.join(map(str.upper, missing))}, which every rule needs"
        hint = f"{_other_names(missing, ruleset)}its columns are {_listed(pool.header)}"
        line = pool.header_line or None
        raise InputError(Finding(codes.MISSING_COLUMN.code, message, pool.path, line, hint=hint))


def columns_of_every_rule(ruleset: Ruleset) -> frozenset[str]:
    """The pool's columns that every rule groups by and needs a value of."""
    bound = [{key.columns[0] for key in _binding(rule) if len(key.columns) == 1} for rule in ruleset.rules]
    return frozenset(set.intersection(*bound) - ruleset.derived.keys()) if bound else frozenset()


def missing_columns(pool: Pool, ruleset: Ruleset) -> tuple[Finding, ...]:
    """A warning, if any, that says for each missing column what does not work without it.

    It follows from the rules alone: the keys that need a value, constraints that no exposure passes whose values there are
    undefined, requirements of scopes, columns that attachments match on, exptypes that derived columns no longer give.
    """
    missing = ruleset.columns_needed() - pool.columns.keys()
    if not missing:
        return ()
    undefined = UndefinedColumns(missing, ruleset)
    found: dict[Columns, dict[Effect, list[str]]] = defaultdict(lambda: defaultdict(list))
    for rule in ruleset.rules:
        for columns, effect in dict.fromkeys(_effects(rule, undefined, ruleset)):
            found[columns][effect].append(rule.name)
    effects = {columns: [_described(*entry, ruleset) for entry in kinds.items()] for columns, kinds in found.items()}
    listing = ruleset.candidates.column
    if listing in missing:
        everywhere = "no exposure names a candidate, so all associations are over the whole pool"
        effects[listing,] = [everywhere, *effects.get((listing,), ())]
    if not effects:
        return ()
    entries = [
        (" or ".join(map(str.upper, columns)), ", and ".join(texts)) for columns, texts in sorted(effects.items())
    ]
    message = (
        f"missing column {entries[0][0]}: {entries[0][1]}"
        if len(entries) == 1
        else f"missing columns: {'; '.join(f'{columns}: {text}' for columns, text in entries)}"
    )
    hint = _other_names(dict.fromkeys(name for columns in sorted(effects) for name in columns), ruleset).removesuffix(
        "; "
    )
    line = pool.header_line or None
    return (Finding(codes.LACKING_COLUMN.code, message, pool.path, line, hint=hint, severity="warning"),)


def _effects(rule: Rule, undefined: UndefinedColumns, ruleset: Ruleset) -> Iterator[tuple[Columns, Effect]]:
    """What does not work in a rule, each with the missing columns that it needs."""
    for columns in sorted(_needs(rule, undefined)):
        yield columns, (_RULE, ())
    for key in rule.group_by:
        if not key.optional and key not in _binding(rule) and all(name in undefined for name in key.columns):
            yield undefined.sources(key.columns), (_KEY, (key.name,))
    for attachment in rule.attach:
        effect = _ATTACHMENT, (attachment.name,)
        yield from ((undefined.sources((name,)), effect) for name in attachment.match if name in undefined)
        if undefined.never(attachment.when):
            yield undefined.sources_of(attachment.when), effect
    yield from _unmet(rule, undefined, ruleset)


def _unmet(rule: Rule, undefined: UndefinedColumns, ruleset: Ruleset) -> Iterator[tuple[Columns, Effect]]:
    """The requirements of a rule that no group can meet."""
    exptypes = undefined.values_lost(ruleset.members.exptype)
    for need in rule.require:
        if isinstance(need, DistinctRequired) and need.column in undefined:
            yield undefined.sources((need.column,)), (_SCOPES, need.scope_types) if need.scope_types else (_RULE, ())
        elif isinstance(need, MembersRequired) and need.exptype in exptypes and not _gives(rule, need.exptype):
            yield exptypes[need.exptype], (_EXPTYPE, (need.exptype,))


def _gives(rule: Rule, exptype: str) -> bool:
    """Whether a rule gives an exptype itself."""
    given = [attachment.exptype for attachment in rule.attach] + [repeat.repeat_as for repeat in rule.repeat]
    return exptype in given or (rule.take_as is not None and rule.take_as.exptype == exptype)


def _described(effect: Effect, rules: Collection[str], ruleset: Ruleset) -> str:
    """What does not work, as part of a sentence."""
    kind, names = effect
    of = "" if len(rules) == len(ruleset.rules) else f" of {_rules(rules)}"
    match kind:
        case "rule":
            return f"{_rules(rules)} cannot match any exposure"
        case "key":
            return f"{_rules(rules)} cannot match exposures that need a value for the key {names[0]}"
        case "scopes":
            return f"candidates of type {_all_of(names)} make no associations{of}"
        case "attachment":
            return f"{names[0].replace('_', ' ')} are not attached{' to groups' if of else ''}{of}"
        case _:
            return (
                f"no exposure becomes {names[0]}, which {_rules(rules)} {'requires' if len(rules) == 1 else 'require'}"
            )


def _needs(rule: Rule, undefined: UndefinedColumns) -> set[Columns]:
    """The columns, alternatives together, without which the rule matches no exposure."""
    needs = {undefined.sources(key.columns) for key in _binding(rule) if all(name in undefined for name in key.columns)}
    for select in rule.select:
        if undefined.never(select.constraint):
            needs.add(undefined.sources_of(select.constraint))
    return needs


def _binding(rule: Rule) -> tuple[Key, ...]:
    """The keys that need a value of every exposure."""
    return tuple(key for key in rule.group_by if not key.optional and key.when is None and key.instead is None)


def _other_names(columns: Collection[str], ruleset: Ruleset) -> str:
    named = [(name, ruleset.other_names[name]) for name in columns if name in ruleset.other_names]
    return "".join(
        f"{name.upper()} can also be named {' or '.join(map(str.upper, others))}; " for name, others in named
    )


def _rules(names: Collection[str]) -> str:
    return f"{'rule' if len(names) == 1 else 'rules'} {_listed(names)}"


def _all_of(names: Collection[str]) -> str:
    *first, last = sorted(names)
    return f"{', '.join(first)} and {last}" if first else last


def _listed(names: Collection[str]) -> str:
    shown = list(names)[:_SHOWN]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return ", ".join(shown)
