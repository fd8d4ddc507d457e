"""What explaining needs of a grouping: for each rule its checks, its evaluation, and where each exposure went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from asnforge.associations.drafts import Draft, RuleResult
from asnforge.associations.duplicates import Duplicate
from asnforge.associations.keywords import build_associations
from asnforge.associations.model import Association
from asnforge.columns import Mask
from asnforge.explain.blame import constraint_failure, key_failure
from asnforge.explain.model import CheckKind, Exposure, Failure
from asnforge.explain.sisters import Columns, sister_codes, values_asked
from asnforge.explain.values import Values
from asnforge.generation.engine import ALL_SCOPES, Grouping, group
from asnforge.grouping.arrays import IndexArray, distinct
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.groups import has_value
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.model import Pool
from asnforge.rules.constraints import Constraint
from asnforge.rules.rule import Key, Rule
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """Something of a rule that an exposure must pass to be taken.

    Attributes
    ----------
    kind : {"constraint", "key"}
        A constraint of ``select``, or a key that needs a value.
    name : str
        Its name in the rule.
    what : Constraint or Key
        The thing itself.
    passed : ndarray of bool, shape (rows,)
        The exposures that pass it.
    label : str
        The name; for a key that has the name of a constraint ``key NAME``.
    """

    kind: CheckKind
    name: str
    what: Constraint | Key
    passed: Mask
    label: str


class RuleEvidence:
    """What one rule did with a pool's exposures."""

    def __init__(self, made: RuleResult, evaluation: Evaluator, ruleset: Ruleset) -> None:
        self.made = made
        self.rule: Rule = made.rule
        self.evaluation = evaluation
        self.values = Values(made.prepared.pool, evaluation, made.rule, ruleset)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The rule's checks, in the order of the rule: constraints first, then keys."""
        return tuple(self._checks())

    @cached_property
    def asked(self) -> dict[Columns, Mask]:
        """The exposures that have a value that the rule's constraints ask for, by the columns that give the value."""
        return {
            columns: np.logical_or.reduce([self.evaluation.passes(leaf) for leaf in leaves])
            for columns, leaves in values_asked(self.rule).items()
        }

    def failures(self, row: int) -> Iterator[Failure]:
        """Why an exposure is not selected, check by check."""
        for check in self.checks:
            if not check.passed[row]:
                yield self.failure(check, row)

    def failure(self, check: Check, row: int) -> Failure:
        """Why an exposure does not pass a check."""
        if isinstance(check.what, Key):
            return key_failure(check.what, self.values, row, in_name=bool(self._unnamed(check.what)[row]))
        return constraint_failure(check.name, check.what, self.evaluation, self.values, row)

    def members_of(self, row: int) -> IndexArray:
        """The places in the rule's memberships where an exposure is a member."""
        start, stop = np.searchsorted(self._sorted_rows, (row, row + 1))
        return self._by_row[start:stop]

    def groups_of(self, row: int) -> IndexArray:
        """The groups that an exposure is in, also where another line with the same file stands for it."""
        memberships = self.made.members
        own = memberships.groups.selected.group[memberships.groups.selected.row == row] if self.own_rows[row] else ()
        return np.union1d(memberships.group[self.members_of(row)], own).astype(np.int64)

    @cached_property
    def own_rows(self) -> Mask:
        """The exposures that are in a group of the rule as its own."""
        mask = np.zeros(len(self.made.prepared), np.bool_)
        mask[self.made.members.groups.selected.row] = True
        return mask

    @cached_property
    def complete_rows(self) -> Mask:
        """The exposures that the rule selected for a group that has everything that is required."""
        memberships = self.made.members
        groups = memberships.groups
        incomplete = np.zeros(len(groups), np.bool_)
        for lacking in memberships.unmet:
            incomplete |= lacking
        mask = np.zeros(len(self.made.prepared), np.bool_)
        mask[groups.selected.row[~incomplete[groups.selected.group]]] = True
        return mask

    @cached_property
    def grouped_rows(self) -> Mask:
        """The exposures that are in a group of the rule, valid or not: its own, and those attached."""
        mask = self.own_rows.copy()
        mask[self.made.members.row] = True
        return mask

    def is_unnamed(self, row: int) -> bool:
        """Whether a value that cannot be part of a name keeps an exposure out of every group."""
        return any(bool(self._unnamed(key)[row]) for key in self.rule.group_by)

    def _unnamed(self, key: Key) -> Mask:
        """The exposures whose value for a key keeps them out of every group, as it cannot be part of a name."""
        mask = np.zeros(len(self.made.prepared), np.bool_)
        mask[self.made.members.groups.unnamed.get(key.name, [])] = True
        return mask & ~self.own_rows

    @cached_property
    def _by_row(self) -> IndexArray:
        return np.argsort(self.made.members.row, kind="stable")

    @cached_property
    def _sorted_rows(self) -> IndexArray:
        return self.made.members.row[self._by_row]

    def _checks(self) -> Iterator[Check]:
        constraints = {select.name for select in self.rule.select}
        for select in self.rule.select:
            passed = self.evaluation.passes(select.constraint)
            yield Check("constraint", select.name, select.constraint, passed, select.name)
        for key in self.rule.group_by:
            without_name = self._unnamed(key)
            if key.optional and not without_name.any():
                continue
            passed = (has_value(key, self.evaluation) | key.optional) & ~without_name
            if key.instead is not None:
                passed = passed | self.own_rows
            label = f"key {key.name}" if key.name in constraints else key.name
            yield Check("key", key.name, key, passed, label)


class Evidence:
    """All that explaining needs of what rules made of a pool.

    Parameters
    ----------
    grouping : Grouping
        What the rules made.
    ruleset : Ruleset
        The rules.
    """

    def __init__(self, grouping: Grouping, ruleset: Ruleset) -> None:
        self.grouping = grouping
        self.ruleset = ruleset
        self.exposures = grouping.prepared
        self.pool = grouping.prepared.pool
        self.evaluations = grouping.evaluators
        self.rules = tuple(
            RuleEvidence(made, self.evaluations.for_rule(made.rule.take_as), ruleset) for made in grouping.results
        )

    def exposure(self, row: int) -> Exposure:
        """Which exposure a row is."""
        file_name = self.pool.columns[self.ruleset.members.file_name][row]
        return Exposure(int(self.pool.lines[row]), file_name, self.pool.unit)

    @cached_property
    def orphans(self) -> Mask:
        """The exposures that are in no association."""
        return self.grouping.orphans()

    @cached_property
    def looked_at(self) -> Mask:
        """The exposures that are in a scope that was looked at."""
        return np.diff(self.grouping.scopes.starts) > 0

    @cached_property
    def with_sister(self) -> dict[str, Mask]:
        """For each rule the exposures with a sister, of the same type and observation, that it put into a complete group."""
        codes = distinct(sister_codes(self.exposures, self.evaluations.for_rule(None), self.ruleset))[1]
        found = {}
        for rule in self.rules:
            selected = np.zeros(int(codes.max(initial=-1)) + 1, np.bool_)
            selected[codes[rule.complete_rows]] = True
            found[rule.rule.name] = selected[codes]
        return found

    def stand_in(self, row: int) -> int | None:
        """The row with the same file that is in an association, where an exposure is neither in one nor an orphan."""
        if self.orphans[row] or self._in_association[row]:
            return None
        return int(self._stand_ins[self.exposures.columns[self.ruleset.members.file_name].codes[row]])

    @cached_property
    def _stand_ins(self) -> IndexArray:
        """For each code of the files' column a row of it that is in an association, where there is one."""
        files = self.exposures.columns[self.ruleset.members.file_name]
        found = np.zeros(len(files.values), np.int64)
        rows = np.flatnonzero(self._in_association)[::-1]
        found[files.codes[rows]] = rows
        return found

    @cached_property
    def _in_association(self) -> Mask:
        return self.grouping.in_association

    def fault(self, row: int, *, with_value: bool = True) -> str:
        """What is wrong with an exposure that cannot be used; without its value it is the same for all with the same fault."""
        return self.exposures.fault(row, self.ruleset.members.file_name, with_value=with_value)

    def spelled(self, exptype: str) -> str:
        """An exptype as files spell it."""
        return self._spellings.get(exptype, exptype)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        return self.ruleset.exptype_spellings()

    @cached_property
    def kept(self) -> dict[tuple[RuleResult, int], Draft]:
        """The groups that became associations."""
        return {(draft.source, draft.group): draft for draft in self.grouping.kept}

    @cached_property
    def dropped(self) -> dict[tuple[RuleResult, int], Duplicate]:
        """The groups that duplicate another."""
        return {(entry.draft.source, entry.draft.group): entry for entry in self.grouping.duplicates}

    def stays_for(self, made: RuleResult, group: int) -> tuple[Draft, str] | None:
        """The draft that stays for a duplicate, also where that one is a duplicate itself; and why the first went."""
        entry = self.dropped.get((made, group))
        if entry is None:
            return None
        reason, kept = entry.reason, entry.kept_instead
        while (further := self.dropped.get((kept.source, kept.group))) is not None:
            kept = further.kept_instead
            reason = "subset" if further.reason == "subset" else reason
        return kept, reason

    def file_name(self, draft: Draft) -> str:
        """The file of the association that a draft became."""
        found = self._associations[draft.source.rule.name, draft.scope[0], draft.product]
        if len(found) == 1:
            return found[0].file_name
        members = self._members(draft)
        same = (
            each
            for each in found
            if {(member.expname, member.exptype.casefold()) for member in each.products[0].members} == members
        )
        return next(same, found[0]).file_name

    @cached_property
    def _associations(self) -> dict[tuple[str, str, str], list[Association]]:
        grouping = self.grouping
        found: dict[tuple[str, str, str], list[Association]] = defaultdict(list)
        for each in build_associations(grouping.kept, grouping.prepared, grouping.namer, self.ruleset, None):
            found[each.asn_rule, each.asn_id, each.products[0].name].append(each)
        return found

    def _members(self, draft: Draft) -> set[tuple[str, str]]:
        memberships, forms = draft.source.members, draft.source.template_ids
        places = range(memberships.starts[draft.group], memberships.starts[draft.group + 1])
        name = self.grouping.namer.name
        return {
            (name(int(memberships.row[place]), int(forms[place])), memberships.exptypes[memberships.exptype[place]])
            for place in places
        }


def gather(pool: Pool, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES) -> Evidence:
    """Let the rules of a rule set work on a pool, to explain what they do. Errors as for `generate`."""
    return Evidence(group(pool, ruleset, choice), ruleset)
