"""Warnings for generated associations that their pipelines cannot use; the rule set declares what the pipelines need and read.

`asnforge.asnfiles.pipeline_checks` reports the same about files. Here the groups of each rule are examined as arrays: a pool of
a million exposures has too many members to examine them one by one. Exposures of a group that share a member name and exptype
are one member.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from asnforge.associations.drafts import EXPTYPE_BITS, Draft, RuleResult, groups_by_rule
from asnforge.associations.member_names import MemberNamer
from asnforge.associations.model import Association
from asnforge.columns import Mask
from asnforge.findings import Finding, FindingCode
from asnforge.rules.pipelines import AsnType, ExptypeSpelling, file_suffix
from asnforge.rules.rule import SCIENCE
from asnforge.rules.ruleset import Ruleset

NOT_USABLE = FindingCode(
    "G119",
    "associations that their pipeline cannot use",
    "The rule set declares what the pipeline for each asn_type needs and reads, and a rule does not comply: members of an "
    "exptype that is unknown, too few or too many of an exptype, or files of another calibration level. The associations "
    "are written nevertheless.",
    wrong="member_name: '{root}_flat{extension}'",
    right="member_name: '{root}_calibrated{extension}'",
)
MERGED_PRODUCTS = FindingCode(
    "G120",
    "the pipeline makes only the first of merged products",
    "With --merge an association has several products, and the pipeline for its asn_type reads only the first one. Generate "
    "without --merge if a pipeline is to run on the associations.",
    wrong="asnforge generate pool.tsv --merge",
    right="asnforge generate pool.tsv",
)
SHARED_NAME = FindingCode(
    "G122",
    "science exposures share a member name",
    "The template of member names gives the same name for several science exposures of a product, so that these are one "
    "member. If they are different files for the pipeline, all but one are lost: use what distinguishes them, such as the "
    "detector, in name of members in ruleset.yaml or in member_name of the rule.",
    wrong="member_name: 'all{extension}'",
    right="member_name: '{root}_flat{extension}'",
)


@dataclass(frozen=True, slots=True)
class _Exptypes:
    """The exptypes that pipelines know, and how exptypes, in lower case, are spelled in files."""

    known: ExptypeSpelling
    spellings: Mapping[str, str]

    def spell(self, exptype: str) -> str:
        return self.spellings.get(exptype, exptype)


def unusable_groups(
    results: Iterable[RuleResult], kept: Iterable[Draft], namer: MemberNamer, ruleset: Ruleset
) -> Iterator[Finding]:
    """Warnings for the rules with groups in `kept`, those that become associations, that their pipelines cannot use."""
    if not ruleset.pipelines.asn_types:
        return
    groups = groups_by_rule(kept)
    exptypes = _Exptypes(ExptypeSpelling(ruleset.pipelines.exptypes), ruleset.exptype_spellings())
    for result in results:
        facts = ruleset.pipelines.find(result.rule.asn_type)
        if facts is None or result not in groups:
            continue
        chosen = np.zeros(len(result.members.groups), np.bool_)
        chosen[groups[result]] = True
        members = _distinct_members(result, namer) & chosen[result.members.group]
        yield from _invalid_exptypes(result, members, facts, exptypes)
        yield from _wrong_counts(result, members, chosen, facts, exptypes)
        yield from _wrong_suffixes(result, members, facts, namer)


def merged_products(associations: Iterable[Association], ruleset: Ruleset, pool: str) -> Iterator[Finding]:
    """One warning for each asn_type with associations of several products, if its pipeline makes only the first."""
    several: dict[str, list[Association]] = defaultdict(list)
    for association in associations:
        if len(association.products) > 1:
            several[association.asn_type].append(association)
    for asn_type, merged in several.items():
        facts = ruleset.pipelines.find(asn_type)
        if facts is not None and facts.first_product_only:
            yield MERGED_PRODUCTS.finding(
                f"{{count}} {{asn_type}} {'association has' if len(merged) == 1 else 'associations have'} several products, "
                "of which {pipeline} makes only the first",
                pool,
                hint=f"generate without --merge; the first of them is {merged[0].file_name}",
                severity="warning",
                count=len(merged),
                asn_type=asn_type,
                pipeline=facts.describe_pipeline(),
            )


def shared_science_names(kept: Iterable[Draft], namer: MemberNamer) -> Iterator[Finding]:
    """A warning for each rule with science exposures of one product that share a member name.

    Supporting exposures that share one, such as bias frames that are replaced by a master bias, are only counted.
    """
    groups: dict[RuleResult, list[int]] = defaultdict(list)
    if namer.shared.size:
        for draft in kept:
            if draft.shared_names():
                groups[draft.source].append(draft.group)
    for result, shared in groups.items():
        members = result.members
        is_science = members.exptype == members.exptypes.index(SCIENCE)
        science = np.flatnonzero(np.isin(members.group, shared) & is_science)
        numbers = namer.numbers(members.row[science], result.template_ids[science])
        order = np.lexsort((science, numbers, members.group[science]))
        science, numbers = science[order], numbers[order]
        repeated = (numbers[1:] == numbers[:-1]) & (members.group[science[1:]] == members.group[science[:-1]])
        if not repeated.any():
            continue
        sharing = np.zeros(len(science), np.bool_)
        sharing[1:] |= repeated
        sharing[:-1] |= repeated
        first = int(np.argmax(repeated))
        rows = members.row[science[first : first + 2]].tolist()
        left, right = sorted(namer.spelling_of(row) for row in rows)
        exposures = int(sharing.sum())
        yield SHARED_NAME.finding(
            "{exposures} science exposures of {rule} become only {members:member}, as they share member names: "
            "{left} and {right} are both {name}",
            result.prepared.pool.path,
            hint="use everything that distinguishes them in name of members, or in member_name of the rule",
            severity="warning",
            exposures=exposures,
            rule=result.rule.name,
            members=exposures - int(repeated.sum()),
            left=left,
            right=right,
            name=namer.name(rows[0], int(result.template_ids[science[first]])),
        )


def count_shared(kept: Iterable[Draft], namer: MemberNamer) -> int:
    """The number of exposures without a member of their own, because another one has the same member name and exptype."""
    return sum(draft.shared_names() for draft in kept) if namer.shared.size else 0


def _distinct_members(result: RuleResult, namer: MemberNamer) -> Mask:
    """The first exposure of each member: of those with the same group, name and exptype."""
    members = result.members
    first = np.ones(len(members.row), np.bool_)
    if namer.shared.size:
        numbers = (namer.numbers(members.row, result.template_ids) << EXPTYPE_BITS) | members.exptype
        order = np.lexsort((numbers, members.group))
        numbers, groups = numbers[order], members.group[order]
        first[order[1:][(numbers[1:] == numbers[:-1]) & (groups[1:] == groups[:-1])]] = False
    return first


def _invalid_exptypes(result: RuleResult, members: Mask, facts: AsnType, exptypes: _Exptypes) -> Iterator[Finding]:
    """Each exptype that is unknown, or that the pipeline ignores because of its capital letters.

    Here and below, `members` selects the distinct members of associations.
    """
    for code, exptype in enumerate(result.members.exptypes):
        spelled, known = exptypes.spell(exptype), exptypes.known.known
        is_unknown = bool(known) and exptype not in known
        if not is_unknown and not facts.ignores_spelling(spelled):
            continue
        count = int((members & (result.members.exptype == code)).sum())
        if not count:
            continue
        if is_unknown:
            effect, meant = "pipelines do not know", exptypes.known.likely_exptype(exptype)
            hint = f'did you mean "{meant}"?' if meant else f"known exptypes are {', '.join(known)}"
        else:
            effect = "{pipeline} ignores"
            hint = f'write "{exptype}" in the rule set: {facts.describe_pipeline()} compares exptype case-sensitively'
        yield _not_usable(
            result,
            facts,
            f"{{count:member}} of the exptype {{exptype}}, which {effect}",
            hint,
            count=count,
            exptype=spelled,
        )


def _wrong_counts(
    result: RuleResult, members: Mask, chosen: Mask, facts: AsnType, exptypes: _Exptypes
) -> Iterator[Finding]:
    """Each number of members that the pipeline does not allow; `chosen` selects the groups."""
    for need in facts.require:
        is_read = need.exptype in result.members.exptypes and not facts.ignores_spelling(exptypes.spell(need.exptype))
        code = result.members.exptypes.index(need.exptype) if is_read else -1
        groups = result.members.group[members & (result.members.exptype == code)]
        counts = np.bincount(groups, minlength=len(chosen))[chosen]
        for members_each in np.unique(counts).tolist():
            if not need.allows(members_each):
                count = int((counts == members_each).sum())
                yield _not_usable(
                    result,
                    facts,
                    f"{{count}} {{asn_type}} association{'' if count == 1 else 's'} with {{problem}}",
                    need.otherwise,
                    count=count,
                    exptype=need.exptype,
                    members=members_each,
                    problem=need.describe(members_each),
                )


def _wrong_suffixes(result: RuleResult, members: Mask, facts: AsnType, namer: MemberNamer) -> Iterator[Finding]:
    """Each suffix of another calibration level than the pipeline can process."""
    for exptype, suffixes in facts.suffixes.items():
        template_ids = [number for number, suffix in namer.suffixes().items() if suffix in suffixes.wrong]
        if not template_ids or exptype not in result.members.exptypes:
            continue
        is_exptype = result.members.exptype == result.members.exptypes.index(exptype)
        is_wrong = np.zeros(int(result.template_ids.max(initial=0)) + 1, np.bool_)
        is_wrong[[number for number in template_ids if number < len(is_wrong)]] = True
        suspects = np.flatnonzero(is_wrong[result.template_ids] & is_exptype & members)
        for number in np.unique(result.template_ids[suspects]).tolist():
            same = suspects[result.template_ids[suspects] == number]
            suffix = file_suffix(namer.name(int(result.members.row[same[0]]), number))
            if suffix in suffixes.wrong:
                yield _not_usable(
                    result,
                    facts,
                    f"{{count}} {{exptype}} member{'' if len(same) == 1 else 's'} with the suffix {{suffix}}, "
                    "which {pipeline} does not accept",
                    f"the suffix must be {' or '.join(suffixes.right)}",
                    count=len(same),
                    exptype=exptype,
                    suffix=suffix,
                )


def _not_usable(result: RuleResult, facts: AsnType, what: str, hint: str, **details: str | int) -> Finding:
    """The warning that a pipeline cannot use the groups of a rule."""
    return NOT_USABLE.finding(
        f"{{rule}} makes {what}",
        result.prepared.pool.path,
        hint=hint,
        severity="warning",
        rule=result.rule.name,
        asn_type=facts.name,
        pipeline=facts.describe_pipeline(),
        **details,
    )
