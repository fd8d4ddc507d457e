"""From drafts that stay to associations: keywords, members, file names, the sequence (docs/format.md#names-of-files)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import numpy as np

from asnforge.associations.constraints_text import constraints_texts
from asnforge.associations.drafts import Draft, RuleResult
from asnforge.associations.member_cache import MemberMaker
from asnforge.associations.member_names import MemberNamer
from asnforge.associations.model import Association, Product
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT
from asnforge.version import __version__

CODE_VERSION = f"asnforge {__version__}"
"""The keyword ``code_version``: the generator and its version."""


def build_associations(
    drafts: Iterable[Draft], exposures: PreparedPool, expnames: MemberNamer, ruleset: Ruleset, version_id: str | None
) -> tuple[Association, ...]:
    """The associations of drafts, in the order of their file names' stems and sequence.

    Parameters
    ----------
    drafts : iterable of Draft
        What stays after duplicates are dropped, in any order.
    exposures, expnames, ruleset
        What the drafts were made of.
    version_id : str or None
        The keyword ``version_id``, also part of the file's name.
    """
    by_rule: dict[RuleResult, list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_rule[draft.of].append(draft)
    stems = [
        ((stem, made.rule.name, draft.product), draft)
        for made, kept in by_rule.items()
        for stem, draft in zip(_file_names(made, kept, [""] * len(kept), ruleset, version_id), kept, strict=True)
    ]
    maker = MemberMaker(exposures, expnames, ruleset)
    counter: Counter[str] = Counter()
    places: dict[Draft, tuple[int, str]] = {}
    for place, ((stem, *_), draft) in enumerate(_ordered(stems, maker)):
        counter[stem] += 1
        places[draft] = place, str(counter[stem])
    found = {}
    for made, kept in by_rule.items():
        names = _file_names(made, kept, [places[draft][1] for draft in kept], ruleset, version_id)
        for draft, association in zip(kept, _associations(made, kept, names, maker, ruleset, version_id), strict=True):
            found[places[draft][0]] = association
    return tuple(found[place] for place in range(len(found)))


def _ordered(
    stems: list[tuple[tuple[str, str, str], Draft]], maker: MemberMaker
) -> Iterator[tuple[tuple[str, ...], Draft]]:
    """Drafts by stem, rule and product, then by the names of members: nothing that exposures of other groups could change."""
    stems.sort(key=itemgetter(0))
    for _, entries in groupby(stems, key=itemgetter(0)):
        same = list(entries)
        if len(same) > 1:
            same.sort(key=lambda entry: (maker.names(entry[1]), entry[1].scope))
        yield from same


def _file_names(
    made: RuleResult, kept: list[Draft], sequence: list[str], ruleset: Ruleset, version_id: str | None
) -> list[str]:
    products = [draft.product for draft in kept]
    facts = {**_facts(made, kept), "version": [version_id or ""] * len(kept), "sequence": sequence, PRODUCT: products}
    return made.names.fill(ruleset.file_name_of(made.rule), _groups(kept), facts)


def _facts(made: RuleResult, kept: list[Draft]) -> dict[str, list[str]]:
    rule = made.rule
    scopes = [draft.scope[0] for draft in kept]
    return {"scope": scopes, "asn_type": [rule.asn_type] * len(kept), "rule": [rule.name] * len(kept)}


def _associations(
    made: RuleResult,
    kept: list[Draft],
    file_names: list[str],
    maker: MemberMaker,
    ruleset: Ruleset,
    version_id: str | None,
) -> Iterator[Association]:
    """The associations of one rule's drafts."""
    rule, groups, facts = made.rule, _groups(kept), _facts(made, kept)
    pool = made.exposures.pool.name
    for draft, file_name, program, target, constraints, members, degraded in zip(
        kept,
        file_names,
        made.names.fill(ruleset.keywords.program, groups, facts),
        made.names.fill(ruleset.keywords.target, groups, facts),
        constraints_texts(rule, made.names, groups),
        maker.members(made, groups),
        maker.degraded(made, groups),
        strict=True,
    ):
        yield Association(
            file_name=file_name,
            asn_type=rule.asn_type,
            asn_rule=rule.name,
            asn_id=draft.scope[0],
            asn_pool=pool,
            program=program,
            target=target,
            constraints=constraints,
            degraded_status=ruleset.keywords.degraded if degraded else ruleset.keywords.not_degraded,
            version_id=version_id,
            code_version=CODE_VERSION,
            products=(Product(draft.product, members),),
        )


def _groups(kept: list[Draft]) -> IndexArray:
    return np.fromiter((draft.group for draft in kept), np.int64, len(kept))
