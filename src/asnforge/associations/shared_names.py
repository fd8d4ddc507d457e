"""Exposures that share a member name: those of one product and exptype are one member."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from asnforge.associations.drafts import EXPTYPE_BITS, Draft, RuleResult
from asnforge.associations.member_names import MemberNamer
from asnforge.columns import Mask
from asnforge.findings import Finding, pluralize
from asnforge.grouping import codes
from asnforge.rules.rule import SCIENCE


def count_shared(kept: Iterable[Draft], expnames: MemberNamer) -> int:
    """How many exposures of associations are no member of their own, as another one has the same name and exptype."""
    return sum(draft.shared_names() for draft in kept) if expnames.shared.size else 0


def members_of_their_own(made: RuleResult, expnames: MemberNamer) -> Mask:
    """Which memberships are members of their own: of those with the same group, name and exptype the first one.

    Parameters
    ----------
    made : RuleResult
        What a rule made.
    expnames : MemberNamer
        The members' file names, numbered.

    Returns
    -------
    ndarray of bool, shape (members,)
        True for each membership that is a member of its own.
    """
    memberships = made.memberships
    once = np.ones(len(memberships.row), np.bool_)
    if expnames.shared.size:
        members = (expnames.numbers(memberships.row, made.forms) << EXPTYPE_BITS) | memberships.exptype
        order = np.lexsort((members, memberships.group))
        members, groups = members[order], memberships.group[order]
        once[order[1:][(members[1:] == members[:-1]) & (groups[1:] == groups[:-1])]] = False
    return once


def shared_science_names(kept: Iterable[Draft], expnames: MemberNamer) -> Iterator[Finding]:
    """A warning for each rule with science exposures of one product that share a member name.

    Supporting exposures that share one, such as bias frames that are replaced by a master bias, are only counted.
    """
    if not expnames.shared.size:
        return
    groups: dict[RuleResult, list[int]] = defaultdict(list)
    for draft in kept:
        if draft.shared_names():
            groups[draft.of].append(draft.group)
    for made, shared in groups.items():
        yield from _of_rule(made, shared, expnames)


def _of_rule(made: RuleResult, groups: list[int], expnames: MemberNamer) -> Iterator[Finding]:
    memberships = made.memberships
    concerned = np.isin(memberships.group, groups) & (memberships.exptype == memberships.exptypes.index(SCIENCE))
    places = np.flatnonzero(concerned)
    numbers = expnames.numbers(memberships.row[places], made.forms[places])
    order = np.lexsort((places, numbers, memberships.group[places]))
    places, numbers = places[order], numbers[order]
    again = (numbers[1:] == numbers[:-1]) & (memberships.group[places[1:]] == memberships.group[places[:-1]])
    if not again.any():
        return
    inside = np.zeros(len(places), np.bool_)
    inside[1:] |= again
    inside[:-1] |= again
    exposures = int(inside.sum())
    first = int(np.argmax(again))
    rows = memberships.row[places[first : first + 2]].tolist()
    one, other = sorted(expnames.spelling_of(row) for row in rows)
    name = expnames.name(rows[0], int(made.forms[places[first]]))
    message = (
        f"{exposures} science exposures of {made.rule.name} are only {pluralize(exposures - int(again.sum()), 'member')}, "
        f"as they share member names: {one} and {other} are both {name}"
    )
    hint = "use everything that distinguishes them in name of members, or in member_name of the rule"
    yield Finding(codes.SHARED_NAME.code, message, made.exposures.pool.path, hint=hint, severity="warning")
