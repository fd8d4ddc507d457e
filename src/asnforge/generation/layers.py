"""Apply the rules of a rule set layer by layer: products of one layer are exposures for the rules of later layers.

A rule set in which no rule uses products has one layer. With several, the groups of earlier layers are kept as they are; only
what counts exposures by row, such as names, is done again after products are appended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from asnforge.associations.drafts import Draft, RuleResult, rule_result, valid_drafts
from asnforge.associations.duplicates import Duplicate, drop_duplicates, resolve_duplicates
from asnforge.associations.member_names import MemberNamer
from asnforge.associations.members import GroupMembers, find_members
from asnforge.grouping.evaluate import Evaluators
from asnforge.grouping.groups import find_groups
from asnforge.grouping.name_values import NameValues
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT

if TYPE_CHECKING:
    from asnforge.grouping.product_rows import ProductRows

_GroupOf = tuple[str, int]
"""A group by the name of its rule and its index."""


@dataclass(frozen=True, slots=True, eq=False)
class AppliedRules:
    """The result of all rules, before it is written.

    Attributes
    ----------
    prepared, scopes : PreparedPool, Scopes
        The pool with the products that rules use, and its scopes.
    results : tuple of RuleResult
        The result of each rule, in the order of the rule set.
    kept, duplicates : tuple of Draft, tuple of Duplicate
        The valid groups that become associations, and those that duplicate another.
    product_files : mapping of Draft to str
        The file names that products of `kept` have as members of others.
    """

    prepared: PreparedPool
    scopes: Scopes
    evaluators: Evaluators
    namer: MemberNamer
    results: tuple[RuleResult, ...]
    kept: tuple[Draft, ...]
    duplicates: tuple[Duplicate, ...]
    product_files: Mapping[Draft, str]


def apply_rules(prepared: PreparedPool, scopes: Scopes, ruleset: Ruleset, name_values: NameValues) -> AppliedRules:
    """Apply the rules of a rule set to a pool; `name_values` says which values cannot be part of names."""
    layers = ruleset.layers() or ((),)
    used = frozenset[str]().union(*(rule.depends_on() for rule in ruleset.rules))
    members: dict[str, GroupMembers] = {}
    files: dict[_GroupOf, str] = {}
    evaluators = Evaluators(prepared, ruleset)
    for number, layer in enumerate(layers):
        if number:
            evaluators = Evaluators(prepared, ruleset, evaluators)
        namer = MemberNamer(prepared, ruleset)
        members = {name: _read_by(evaluators, found) for name, found in members.items()}
        for rule in layer:
            evaluator = evaluators.for_rule(rule.take_as)
            groups = find_groups(rule, evaluator, prepared, scopes, name_values, ruleset.most_wildcard_groups)
            members[rule.name] = find_members(groups, prepared, scopes, ruleset)
        results = [
            rule_result(members[rule.name], prepared, scopes, namer, ruleset, of_layer)
            for of_layer, earlier in enumerate(layers[: number + 1])
            for rule in earlier
        ]
        drafts = _drafts(results, namer, scopes)
        kept, duplicates = drop_duplicates(drafts, ruleset.duplicates or "members")
        _name_products(kept, files)
        if number + 1 < len(layers):
            sources = [result for result in results if result.layer == number and result.rule.name in used]
            from asnforge.grouping.product_rows import scopes_with_products, with_products

            kept_instead = {entry.draft: entry.kept_instead for entry in resolve_duplicates(duplicates)}
            products = [
                _products(result, drafts, kept_instead, files, evaluators, prepared, ruleset) for result in sources
            ]
            prepared = with_products(prepared, products, ruleset)
            scopes = scopes_with_products(scopes, products)
            del namer, results, drafts, kept, duplicates, sources, products, kept_instead  # frees memory
    by_rule = {result.rule.name: result for result in results}
    return AppliedRules(
        prepared=prepared,
        scopes=scopes,
        evaluators=evaluators,
        namer=namer,
        results=tuple(by_rule[rule.name] for rule in ruleset.rules),
        kept=tuple(kept),
        duplicates=tuple(duplicates),
        product_files={draft: files[_key(draft)] for draft in kept if _key(draft) in files},
    )


def _read_by(evaluators: Evaluators, members: GroupMembers) -> GroupMembers:
    """The groups of a rule, for a pool with more products; none of their rows is another one."""
    groups = members.groups
    return replace(members, groups=replace(groups, evaluator=evaluators.for_rule(groups.rule.take_as)))


def _drafts(results: Sequence[RuleResult], namer: MemberNamer, scopes: Scopes) -> list[Draft]:
    namer.number_names(result.valid_members() for result in results)
    exptype_numbers: dict[str, int] = {}
    return [draft for result in results for draft in valid_drafts(result, namer, scopes, exptype_numbers)]


def _key(draft: Draft) -> _GroupOf:
    return draft.source.rule.name, draft.group


def _name_products(kept: Iterable[Draft], files: dict[_GroupOf, str]) -> None:
    """Add the file names of the products that have one."""
    by_rule: dict[RuleResult, list[Draft]] = defaultdict(list)
    for draft in kept:
        if draft.source.rule.product_file is not None and _key(draft) not in files:
            by_rule[draft.source].append(draft)
    for drafts in by_rule.values():
        files.update(zip(map(_key, drafts), _files(drafts, drafts), strict=True))


def _files(drafts: Sequence[Draft], kept: Sequence[Draft]) -> list[str]:
    """The file names of the products of one rule; `kept` are the drafts whose products they are."""
    result, groups = drafts[0].source, np.array([draft.group for draft in drafts], np.int64)
    return result.names.fill(result.rule.product_file or "", groups, **{PRODUCT: [draft.product for draft in kept]})


def _products(
    result: RuleResult,
    drafts: Iterable[Draft],
    kept_instead: Mapping[Draft, Draft],
    files: dict[_GroupOf, str],
    evaluators: Evaluators,
    prepared: PreparedPool,
    ruleset: Ruleset,
) -> ProductRows:
    """The products of a rule. That of a dropped duplicate has the file of the association that is kept instead."""
    from asnforge.grouping.product_rows import product_rows

    own = [draft for draft in drafts if draft.source is result]
    for draft in own:
        kept = kept_instead.get(draft, draft)
        if _key(kept) not in files:
            files[_key(kept)] = _files([draft], [kept])[0]
    names = [files[_key(kept_instead.get(draft, draft))] for draft in own]
    chosen = np.array([draft.group for draft in own], np.int64)
    return product_rows(result.members.groups, chosen, names, evaluators.for_rule(None), prepared, ruleset)
