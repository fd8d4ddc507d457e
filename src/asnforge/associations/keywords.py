"""Build associations from the drafts that are kept: keywords, members, file names (docs/format.md#names-of-files).

The keyword ``constraints`` has each key and constraint of a rule by name, with the values that bound it in a group
(docs/format.md#keywords): as the pool spells them, or the constraint itself if it does not require a value. Keys come first,
in the order of the rule, then constraints.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

import numpy as np

from asnforge.associations.drafts import Draft, RuleResult
from asnforge.associations.extra_keywords import extra_keywords
from asnforge.associations.group_names import GroupNames
from asnforge.associations.member_cache import MemberCache
from asnforge.associations.member_names import MemberNamer
from asnforge.associations.model import Association, Product
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.constraints import Constraint, Defined, Matches, OneOf, expanded
from asnforge.rules.describe import describe
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT
from asnforge.version import __version__

CODE_VERSION = f"asnforge {__version__}"
"""The keyword ``code_version``: the generator and its version."""

_UNDEFINED = "undefined"

_LINE_START = re.compile(r"\n    (?=[A-Za-z]\w*: )")
"""Where the line of a constraint begins; a value of a pool may have line breaks of its own."""


def build_associations(
    drafts: Iterable[Draft],
    prepared: PreparedPool,
    namer: MemberNamer,
    ruleset: Ruleset,
    version_id: str | None,
    product_files: Mapping[Draft, str] | None = None,
    part_of: Callable[[Draft], int] = lambda _: 0,
) -> dict[Draft, Association]:
    """The associations of the drafts that are kept, in the order of their file names' stems and sequence.

    Those of a layer of rules follow those of earlier layers, whose products they use. `version_id` is a keyword, and also part
    of the file's name; `product_files` has the file names of products that rules use. Files are numbered separately for each
    part, the result of `part_of`.
    """
    cache = MemberCache(prepared, namer, ruleset)
    names = _names_in_order(drafts, cache, ruleset, version_id, part_of)
    associations: dict[Draft, Association] = {}
    for result, kept in _by_rule(names).items():
        files = [names[draft] for draft in kept]
        associations.update(
            zip(kept, _associations(result, kept, files, cache, ruleset, version_id, product_files or {}), strict=True)
        )
    in_order = sorted(names, key=lambda draft: draft.source.layer)
    return {draft: associations[draft] for draft in in_order}


def name_files(
    drafts: Iterable[Draft], prepared: PreparedPool, namer: MemberNamer, ruleset: Ruleset
) -> dict[Draft, str]:
    """The file names of the associations that `build_associations` builds without a version, and nothing else of them."""
    return _names_in_order(drafts, MemberCache(prepared, namer, ruleset), ruleset, None)


def constraint_values(text: str) -> list[tuple[str, str]]:
    """The names of keys and constraints in the keyword ``constraints`` with their values, in their order."""
    lines = (line.partition(": ") for line in _LINE_START.split(text)[1:])
    return [(name, value) for name, _, value in lines]


def _names_in_order(
    drafts: Iterable[Draft],
    cache: MemberCache,
    ruleset: Ruleset,
    version_id: str | None,
    part_of: Callable[[Draft], int] = lambda _: 0,
) -> dict[Draft, str]:
    """The file names of the associations, in the order of their stems and sequence."""
    by_rule = _by_rule(drafts)
    stems = [
        ((stem, result.rule.name, draft.product), draft)
        for result, kept in by_rule.items()
        for stem, draft in zip(_file_names(result, kept, "", ruleset, version_id), kept, strict=True)
    ]
    counter: Counter[tuple[int, str]] = Counter()
    sequence: dict[Draft, str] = {}
    for stem, draft in _ordered(stems, cache):
        part = part_of(draft)
        counter[part, stem] += 1
        sequence[draft] = str(counter[part, stem])
    names: dict[Draft, str] = {}
    for result, kept in by_rule.items():
        files = _file_names(result, kept, [sequence[draft] for draft in kept], ruleset, version_id)
        names.update(zip(kept, files, strict=True))
    return {draft: names[draft] for draft in sequence}


def _by_rule(drafts: Iterable[Draft]) -> dict[RuleResult, list[Draft]]:
    by_rule: dict[RuleResult, list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_rule[draft.source].append(draft)
    return by_rule


def _ordered(stems: list[tuple[tuple[str, str, str], Draft]], cache: MemberCache) -> Iterator[tuple[str, Draft]]:
    """Drafts by stem, rule, product and names of members: exposures of other groups cannot change this order."""
    stems.sort(key=itemgetter(0))
    for (stem, *_), entries in groupby(stems, key=itemgetter(0)):
        same = [draft for _, draft in entries]
        if len(same) > 1:
            same.sort(key=lambda draft: (cache.names(draft), draft.scope))
        yield from ((stem, draft) for draft in same)


def _file_names(
    result: RuleResult, kept: list[Draft], sequence: str | list[str], ruleset: Ruleset, version_id: str | None
) -> list[str]:
    facts: dict[str, str | list[str]] = {
        "version": version_id or "",
        "sequence": sequence,
        PRODUCT: [draft.product for draft in kept],
    }
    return result.names.fill(ruleset.file_name_of(result.rule), _groups(kept), **facts)


def _associations(
    result: RuleResult,
    kept: list[Draft],
    file_names: list[str],
    cache: MemberCache,
    ruleset: Ruleset,
    version_id: str | None,
    product_files: Mapping[Draft, str],
) -> Iterator[Association]:
    """The associations of one rule's drafts."""
    rule, groups, keywords = result.rule, _groups(kept), ruleset.keywords
    products = [draft.product for draft in kept]
    for draft, file_name, program, target, constraints, members, degraded, extra in zip(
        kept,
        file_names,
        result.names.fill(keywords.program, groups),
        result.names.fill(keywords.target, groups),
        _constraints(rule, result.names, groups),
        cache.members(result, groups),
        cache.degraded(result, groups),
        extra_keywords(ruleset.keywords_of(rule), result.names, groups, products),
        strict=True,
    ):
        yield Association(
            file_name=file_name,
            asn_type=rule.asn_type,
            asn_rule=rule.name,
            asn_id=draft.scope[0],
            asn_pool=result.prepared.pool.name,
            program=program,
            target=target,
            constraints=constraints,
            degraded_status=keywords.degraded if degraded else keywords.not_degraded,
            version_id=version_id,
            code_version=CODE_VERSION,
            products=(Product(draft.product, members, product_files.get(draft, ""), cache.products_used(draft)),),
            extra=extra,
        )


def _groups(kept: list[Draft]) -> IndexArray:
    return np.fromiter((draft.group for draft in kept), np.int64, len(kept))


def _constraints(rule: Rule, names: GroupNames, groups: IndexArray) -> list[str]:
    """The keyword ``constraints`` of several groups, a line for each key and constraint."""
    lines = {key.name: names.spelled_keys(key, groups, _line(key.name)) for key in rule.group_by}
    for select in rule.select:
        if select.name not in lines:
            lines[select.name] = _bound(select.constraint, names, groups, _line(select.name))
    for index, attachment in enumerate(rule.attach):
        name = f"{attachment.name}_preferences"
        if attachment.prefer and name not in lines:
            lines[name] = list(map(_line(name), names.preferences(index, groups)))
    return list(map("".join, zip(["Constraints:"] * len(groups), *lines.values(), strict=True)))


def _line(name: str) -> Callable[[str], str]:
    """The line of a key or constraint, as a function of its value."""
    return lambda value: f"\n    {name}: {value or _UNDEFINED}"


def _bound(constraint: Constraint, names: GroupNames, groups: IndexArray, line: Callable[[str], str]) -> list[str]:
    """The lines with the values that bound a constraint, if it requires a value; else with the constraint itself."""
    inner = expanded(constraint)
    match inner:
        case OneOf(columns=columns) | Matches(columns=columns) | Defined(columns=columns, expected=True):
            return names.spelled_values(columns, groups, line)
        case Defined(expected=False):
            return [line("")] * len(groups)
        case _:
            return [line(describe(inner))] * len(groups)
