"""What pipelines could not make of generated associations, as warnings; the rule set declares what they need and read.

`asnforge.asnfiles.pipeline_checks` reports the same about files. Here rules are examined, and their groups as arrays: a pool
of a million exposures has too many members to examine each by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asnforge.associations.constraints_text import constraint_values
from asnforge.associations.drafts import Draft, RuleResult
from asnforge.associations.member_names import MemberNamer
from asnforge.associations.model import Association, Member
from asnforge.associations.shared_names import members_of_their_own
from asnforge.columns import Mask
from asnforge.findings import Finding, pluralize, truncated
from asnforge.grouping import codes
from asnforge.rules.pipelines import AsnType, ExptypeSpelling, file_suffix
from asnforge.rules.ruleset import Ruleset

_MOST_FILES = 20


def shared_products(associations: Iterable[Association], ruleset: Ruleset, pool: str) -> Iterator[Finding]:
    """One warning for each product name, ignoring case, that several associations have; `pool` is the pool's file."""
    associations = tuple(associations)
    names = [product.name.casefold() for association in associations for product in association.products]
    if len(set(names)) == len(names):
        return
    counts = Counter(names)
    named: dict[str, list[Association]] = defaultdict(list)
    for association in associations:
        for name in {product.name.casefold() for product in association.products}:
            if counts[name] > 1:
                named[name].append(association)
    for name, same in named.items():
        features = _distinguishing(same, name, ruleset)
        listed = [
            f"{association.file_name} ({', '.join((pluralize(len(_members(association, name)), 'member'), *own))})"
            for association, own in zip(same[:_MOST_FILES], features, strict=False)
        ]
        more = f" and {len(same) - _MOST_FILES} more" if len(same) > _MOST_FILES else ""
        message = f"{pluralize(len(same), 'association')} have the product name {name}: {', '.join(listed)}{more}"
        hint = "pipelines that run on all of them in one folder overwrite their products and leave those of the last"
        yield Finding(codes.SAME_PRODUCT.code, message, pool, hint=hint, severity="warning")


def merged_products(associations: Iterable[Association], ruleset: Ruleset, pool: str) -> Iterator[Finding]:
    """One warning for each asn_type with associations of several products, where its pipeline makes only the first."""
    several: dict[str, list[Association]] = defaultdict(list)
    for association in associations:
        if len(association.products) > 1:
            several[association.asn_type].append(association)
    for asn_type, found in several.items():
        facts = ruleset.pipelines.find(asn_type)
        if facts is not None and facts.first_product_only:
            have = f"{pluralize(len(found), f'{asn_type} association')} {'has' if len(found) == 1 else 'have'}"
            message = f"{have} several products, of which {facts.describe_pipeline()} makes only the first"
            hint = f"generate without --merge; the first of them is {found[0].file_name}"
            yield Finding(codes.MERGED_PRODUCTS.code, message, pool, hint=hint, severity="warning")


def unusable_groups(
    made: Iterable[RuleResult], kept: Iterable[Draft], expnames: MemberNamer, ruleset: Ruleset, pool: str
) -> Iterator[Finding]:
    """Warnings for the rules whose groups their pipelines cannot use.

    Parameters
    ----------
    made : iterable of RuleResult
        What each rule made.
    kept : iterable of Draft
        The groups that become associations.
    expnames : MemberNamer
        The members' file names.
    ruleset : Ruleset
        The rules, and what the pipelines for their asn_types need and read.
    pool : str
        The pool's file.
    """
    if not ruleset.pipelines.asn_types:
        return
    drafts: dict[RuleResult, list[Draft]] = defaultdict(list)
    for draft in kept:
        drafts[draft.of].append(draft)
    words = _Exptypes(ExptypeSpelling(ruleset.pipelines.exptypes), ruleset.exptype_spellings())
    for rule_drafts in made:
        facts = ruleset.pipelines.find(rule_drafts.rule.asn_type)
        if facts is None or rule_drafts not in drafts:
            continue
        chosen = np.zeros(len(rule_drafts.memberships.groups), np.bool_)
        chosen[[draft.group for draft in drafts[rule_drafts]]] = True
        members = members_of_their_own(rule_drafts, expnames) & chosen[rule_drafts.memberships.group]
        for message, hint in (
            *_exptype_faults(rule_drafts, members, facts, words),
            *_wrong_counts(rule_drafts, members, chosen, facts, words),
            *_wrong_suffixes(rule_drafts, members, facts, expnames),
        ):
            yield Finding(codes.NOT_USABLE.code, message, pool, hint=hint, severity="warning")


@dataclass(frozen=True, slots=True)
class _Exptypes:
    """The exptypes that pipelines know, and how exptypes, in lower case, are spelled in files."""

    meant: ExptypeSpelling
    spelled: Mapping[str, str]

    def spell(self, exptype: str) -> str:
        """How an exptype is spelled in files."""
        return self.spelled.get(exptype, exptype)


def _exptype_faults(made: RuleResult, chosen: Mask, facts: AsnType, words: _Exptypes) -> Iterator[tuple[str, str]]:
    """Message and hint for each exptype that is unknown, or that the pipeline ignores because of its capital letters.

    `chosen` are here and below the members of associations, each counted once.
    """
    for code, exptype in enumerate(made.memberships.exptypes):
        spelled, known = words.spell(exptype), words.meant.known
        unknown = bool(known) and exptype not in known
        if not unknown and not facts.ignores_spelling(spelled):
            continue
        count = int((chosen & (made.memberships.exptype == code)).sum())
        if not count:
            continue
        message = f"{made.rule.name} makes {pluralize(count, 'member')} of the exptype {truncated(spelled, 30)}, which "
        if unknown:
            meant = words.meant.meant(exptype)
            hint = f'did you mean "{meant}"?' if meant else f"known exptypes are {', '.join(known)}"
            yield f"{message}pipelines do not know", hint
        else:
            hint = f'write "{exptype}" in the rule set: {facts.describe_pipeline()} compares exptype case-sensitively'
            yield f"{message}{facts.describe_pipeline()} ignores", hint


def _wrong_counts(
    made: RuleResult, members: Mask, chosen: Mask, facts: AsnType, words: _Exptypes
) -> Iterator[tuple[str, str]]:
    """Message and hint for each number of members that the pipeline does not allow; `chosen` are the groups."""
    memberships = made.memberships
    for need in facts.require:
        read = need.exptype in memberships.exptypes and not facts.ignores_spelling(words.spell(need.exptype))
        code = memberships.exptypes.index(need.exptype) if read else -1
        groups = memberships.group[members & (memberships.exptype == code)]
        counts = np.bincount(groups, minlength=len(chosen))[chosen]
        for count in np.unique(counts).tolist():
            if not need.allows(count):
                found = pluralize(int((counts == count).sum()), f"{facts.name} association")
                yield f"{made.rule.name} makes {found} with {need.describe(count)}", need.otherwise


def _wrong_suffixes(made: RuleResult, chosen: Mask, facts: AsnType, expnames: MemberNamer) -> Iterator[tuple[str, str]]:
    members = made.memberships
    for exptype, suffixes in facts.suffixes.items():
        forms = [form for form, suffix in expnames.suffixes().items() if suffix in suffixes.wrong]
        if not forms or exptype not in members.exptypes:
            continue
        of_exptype = members.exptype == members.exptypes.index(exptype)
        found = np.flatnonzero(np.isin(made.forms, forms) & of_exptype & chosen)
        for form in np.unique(made.forms[found]).tolist():
            same = found[made.forms[found] == form]
            name = expnames.name(int(members.row[same[0]]), form)
            if file_suffix(name) in suffixes.wrong:
                what = f"{pluralize(len(same), f'{exptype} member')} with the suffix {file_suffix(name)}"
                message = f"{made.rule.name} makes {what}, which {facts.describe_pipeline()} does not take"
                yield message, f"the suffix must be {' or '.join(suffixes.right)}"


def _members(association: Association, name: str) -> Sequence[Member]:
    """The members of the product of a name, in lower case."""
    return next(product.members for product in association.products if product.name.casefold() == name)


def _distinguishing(same: Sequence[Association], name: str, ruleset: Ruleset) -> list[tuple[str, ...]]:
    """For each of some associations what the others have otherwise: rule, scope and values of keys, or else a member."""
    features = {
        "rule": [association.asn_rule for association in same],
        "scope": [association.asn_id for association in same],
    }
    if len(set(features["rule"])) == 1:
        (keys,) = (rule.group_by for rule in ruleset.rules if rule.name == same[0].asn_rule)
        values = [dict(constraint_values(association.constraints)) for association in same]
        for key in keys:
            columns = (column if column in ruleset.derived else column.upper() for column in key.columns)
            features[" or ".join(columns)] = [found.get(key.name, "") for found in values]
    telling = {what: texts for what, texts in features.items() if len(set(texts)) > 1}
    if telling:
        return [
            tuple(f"{what} {truncated(texts[at], 40)}" for what, texts in telling.items()) for at in range(len(same))
        ]
    names = [{member.expname for member in _members(association, name)} for association in same]
    common = frozenset.intersection(*map(frozenset, names))
    return [(f"member {truncated(min(own - common), 80)}",) if own - common else () for own in names]
