"""One association by hand: the members and names that a rule gives to exposures, in the roles that the user gives them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from asnforge.associations.drafts import Draft
from asnforge.associations.keywords import build_associations
from asnforge.associations.member_paths import PathStyle, written_path
from asnforge.associations.model import Association, Member, Product
from asnforge.byhand.given_files import GivenExposure
from asnforge.byhand.rule_choice import choose_rule, differing_keys, not_taken
from asnforge.explain.group_outcomes import unmet_words
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace, trace_rules
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.fitsfiles.exposure_rows import Rows
from asnforge.fitsfiles.fits_pool import pool_of_rows
from asnforge.fitsfiles.missing_members import NearestFile, missing_member
from asnforge.grouping.evaluate import Evaluators
from asnforge.grouping.scopes import ScopeChoice
from asnforge.overview.setups import setup_columns
from asnforge.rules.derived import Case, Derived
from asnforge.rules.rule import SCIENCE, Key, ScopeRequired
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import parse_template

SEVERAL_SETUPS = FindingCode(
    "A137",
    "the science exposures differ in a column by which the rule groups",
    "If the column is part of the setup, such as a filter, the rule would make several products, and a product with all of "
    "them needs a name. If it is not, as for tiles of different targets, the association is written with a warning.",
    wrong="asnforge new red_cal.fits blue_cal.fits -o x_asn.json",
    right="asnforge new red_cal.fits blue_cal.fits -o x_asn.json --split COLOR",
)
UNMET = FindingCode(
    "A141",
    "an association by hand does not meet a requirement of its rule",
    "The rule would not generate this association, because members are missing. It is written if the pipeline can process it.",
    wrong="asnforge new star_cal.fits -o x_asn.json",
    right="asnforge new star_cal.fits --psf reference_cal.fits -o x_asn.json",
)

OTHER_ROLE = FindingCode(
    "A143",
    "a science exposure whose header gives it another role",
    "Some of the exposures that are given as science are backgrounds, references or acquisitions by their headers, and the "
    "others are not. Most often a pattern matches more files than intended.",
    wrong="asnforge new *_cal.fits -o x_asn.json",
    right="asnforge new star*_cal.fits --background sky*_cal.fits -o x_asn.json",
)

_GIVEN = "given exptype"
"""A column that no header makes, in upper case in the pool: the role that the user gives."""

_OPTIONS = {"background": "--background PATH", "psf": "--psf PATH"}
_DISCOVERED = ScopeChoice(candidates=False)


@dataclass(frozen=True, slots=True)
class NewOptions:
    """How an association is made by hand.

    Attributes
    ----------
    product : str or None
        The name of the product; None for the one that the rule gives.
    rule : str or None
        The rule; None for the one that takes the science exposures.
    split : tuple of str
        Columns: an association is made for each combination of their values.
    style : {"relative", "absolute", "bare"}
        How the files of members are named.
    """

    product: str | None = None
    rule: str | None = None
    split: tuple[str, ...] = ()
    style: PathStyle = "relative"


class Composer:
    """Makes one association.

    Parameters
    ----------
    ruleset : Ruleset
        The rules, and how headers are read.
    given : sequence of GivenExposure
        The exposures with their roles.
    rows : list of dict
        Their rows.
    options : NewOptions
        How the association is made.
    folder : str
        The folder of its file.

    Attributes
    ----------
    findings : list of Finding
        What is not as the rule would have it.
    """

    def __init__(
        self, ruleset: Ruleset, given: Sequence[GivenExposure], rows: Rows, options: NewOptions, folder: str
    ) -> None:
        self.findings: list[Finding] = []
        self._options = options
        self._folder = os.path.realpath(folder)
        copied = Derived(ruleset.members.exptype, (Case(None, copy=_GIVEN),))
        self._from_headers = ruleset
        self._ruleset = replace(ruleset, derived={**ruleset.derived, copied.name: copied})
        # An exposure in two roles, such as a nod, is one row of the pool; its second role is not a matter of rules.
        first: dict[str, int] = {}
        for index, exposure in enumerate(given):
            first.setdefault(exposure.exposure.root.casefold(), index)
        self._given = [given[index] for index in first.values()]
        self._repeated = [exposure for index, exposure in enumerate(given) if index not in first.values()]
        self._rows = [{**rows[index], _GIVEN.upper(): given[index].exptype} for index in first.values()]
        self._science = [row for row, exposure in enumerate(self._given) if exposure.exptype == SCIENCE]
        self._others = [
            (row, exposure.exptype) for row, exposure in enumerate(self._given) if exposure.exptype != SCIENCE
        ]

    def association(self) -> Association:
        """The association.

        Raises
        ------
        InputError
            No rule takes the exposures, they are of several setups, or a science file does not exist.
        """
        ruleset = self._ruleset if self._options.rule is None else self._ruleset.only(self._options.rule)
        trace = trace_rules(pool_of_rows("", self._rows, ruleset), ruleset, _DISCOVERED)
        files = [exposure.path for exposure in self._given]
        roles = self._own_roles(trace)
        if self._options.rule is None:
            hints = {row: f"its header says {role}, so {_advice(role)}" for row, role in roles.items()}
            rule = choose_rule(trace, self._science, self._others, hints, files)
        else:
            rule = trace.rules[0]
        if len(roles) < len(self._science):
            message = "it is given as science, and its header says {exptype}"
            self.findings += (
                OTHER_ROLE.finding(message, files[row], hint=_advice(role), severity="warning", exptype=role)
                for row, role in roles.items()
            )
        rejected = [row for row in self._science if not rule.selected_rows[row]]
        self.findings += (not_taken(rule, row, self._given[row].path) for row in rejected)
        trace, rule = self._in_one_group(trace, rule, bool(rejected))
        groups = np.unique(np.concatenate([rule.groups_of(row) for row in self._science]))
        if not len(groups):
            raise InputError(*(not_taken(rule, row, self._given[row].path) for row in self._science))
        self._check_requirements(trace, rule, int(groups[0]))
        associations = self._drafted(trace, rule, groups)
        members = dict.fromkeys(member for association in associations for member in association.products[0].members)
        inside = {row for group in groups.tolist() for row in rule.rows_of(group).tolist()}
        named = [*members, *self._outside(trace, rule, inside)]
        located = self._located(named, rule.rule.asn_type)
        name = self._options.product or associations[0].products[0].name
        return replace(associations[0], asn_pool="none", products=(Product(name, tuple(located)),))

    def _own_roles(self, trace: Trace) -> dict[int, str]:
        """The roles of science exposures that their headers give another role, by row."""
        evaluator = Evaluators(trace.exposures, self._from_headers).for_rule(None)
        own = evaluator.column((self._ruleset.members.exptype,))
        spellings = self._from_headers.exptype_spellings()
        return {row: spellings.get(own[row], own[row]) for row in self._science if own[row] not in ("", SCIENCE)}

    def _in_one_group(self, trace: Trace, rule: RuleTrace, has_rejected: bool) -> tuple[Trace, RuleTrace]:
        """The rule without the keys in which the science exposures differ, and without constraints that they do not meet."""
        differing = differing_keys(rule, self._science)
        if not differing and not has_rejected:
            return trace, rule
        setup = {name.casefold() for name in setup_columns(self._ruleset).setup}
        in_setup = [key for key in differing if setup.intersection(key.columns)]
        for keys, is_setup in ((in_setup, True), ([key for key in differing if key not in in_setup], False)):
            if keys:
                self._report_differences(keys, rule, is_setup=is_setup)
        changed = replace(
            rule.rule,
            group_by=tuple(key for key in rule.rule.group_by if key not in differing),
            select=() if has_rejected else rule.rule.select,
        )
        trace = trace_rules(trace.pool, replace(trace.ruleset, rules=(changed,)), _DISCOVERED)
        return trace, trace.rules[0]

    def _report_differences(self, keys: Sequence[Key], rule: RuleTrace, *, is_setup: bool) -> None:
        """An error if the product has no name without these keys, else a warning."""
        columns = {column: values for key in keys for column in key.columns if len(values := self._values(column)) > 1}
        has_name = self._options.product is not None
        if not is_setup:
            has_name = has_name or all(self._is_named_without(key, rule) for key in keys)
        names = ",".join(name.upper() for name in columns)
        finding = SEVERAL_SETUPS.finding(
            "the science exposures differ in {columns}",
            self._given[self._science[0]].path,
            hint=""
            if has_name
            else f"--split {names} makes an association of each; --product NAME combines them under a name",
            severity="warning" if has_name else "error",
            columns=tuple(
                f"{name.upper()} ({', '.join(f'{value}: {count}' for value, count in values.items())})"
                for name, values in columns.items()
            ),
        )
        if not has_name:
            raise InputError(finding)
        self.findings.append(finding)

    def _values(self, column: str) -> dict[str, int]:
        """How many science exposures have each value of a column."""
        name = self._ruleset.find_column(column, {name.casefold() for name in self._rows[0]})
        cells = [self._rows[row].get((name or column).upper(), "") for row in self._science]
        return {cell: cells.count(cell) for cell in dict.fromkeys(cells)}

    def _is_named_without(self, key: Key, rule: RuleTrace) -> bool:
        """Whether all parts of the product's name that have a key say what they are without a value."""
        parts = [self._ruleset.names.get(name or "") for _, name in parse_template(rule.rule.product)]
        return all(
            part.empty for part in parts if part is not None and (key.name in part.keys or part.values_of == key.name)
        )

    def _check_requirements(self, trace: Trace, rule: RuleTrace, group: int) -> None:
        needs = [need for need, unmet in zip(rule.rule.require, rule.members.unmet, strict=True) if unmet[group]]
        for need, words in zip(needs, unmet_words(trace, rule, group), strict=True):
            if not isinstance(need, ScopeRequired):
                self.findings.append(
                    UNMET.finding(
                        "for {rule}, the association {words}", severity="warning", rule=rule.name, words=words
                    )
                )

    def _drafted(
        self, trace: Trace, rule: RuleTrace, groups: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> list[Association]:
        products = rule.result.names.fill(rule.rule.product, groups)
        drafts = [
            Draft(rule.result, group, trace.scopes.scopes[rule.groups.scope[group]], product, b"")
            for group, product in zip(groups.tolist(), products, strict=True)
        ]
        ruleset = replace(self._ruleset, rules=(rule.rule,))
        built = build_associations(drafts, trace.exposures, trace.grouping.namer, ruleset, None)
        return list(built.values())

    def _outside(self, trace: Trace, rule: RuleTrace, inside: Collection[int]) -> Iterator[Member]:
        """The members that the user gives and the rule does not take, and the second roles of exposures."""
        template_ids = trace.grouping.namer.template_ids(
            rule.rule.member_name or self._ruleset.members.name, rule.evaluator
        )
        roots = {exposure.exposure.root: row for row, exposure in enumerate(self._given)}
        for row, exptype in self._others:
            if row not in inside:
                self.findings.append(not_taken(rule, row, self._given[row].path))
                yield Member(trace.grouping.namer.name(row, int(template_ids[row])), exptype)
        for exposure in self._repeated:
            row = roots[exposure.exposure.root]
            yield Member(trace.grouping.namer.name(row, int(template_ids[row])), exposure.exptype)

    def _located(self, members: Sequence[Member], asn_type: str) -> list[Member]:
        """The members with the names of their files, science first, and without those that others replace."""
        facts = self._ruleset.pipelines.find(asn_type)
        assert self._ruleset.headers is not None  # noqa: S101 - it made the rows
        names = self._ruleset.headers.names
        given_roles = {exposure.exptype for exposure in (*self._given, *self._repeated)}
        by_role = {(e.exptype, e.exposure.root.casefold()): e for e in (*self._given, *self._repeated)}
        by_root = {exposure.exposure.root.casefold(): exposure for exposure in self._given}
        result: list[Member] = []
        errors: list[Finding] = []
        for member in members:
            root, suffix = names.split(member.expname) or (member.expname, "")
            exptype = member.exptype.casefold()
            given = by_role.get((exptype, root.casefold()))
            if given is None and exptype in given_roles:
                continue  # a repetition by the rule, in a role for which the user gives other exposures
            given = given or by_root[root.casefold()]
            suffixes = facts.suffixes.get(exptype) if facts is not None else None
            right, wrong = (suffixes.right, suffixes.wrong) if suffixes is not None else ((), ())
            expected = [each for each in (suffix.casefold(), *right) if each not in wrong]
            file = given.file(expected, wrong)
            if file is None:
                finding = missing_member(
                    member.expname,
                    member.exptype,
                    given.path,
                    facts,
                    NearestFile(given.path),
                    names.made_by.get(suffix.casefold(), ""),
                )
                (errors if finding.severity == "error" else self.findings).append(finding)
                file = os.path.join(os.path.dirname(given.path), member.expname)  # noqa: PTH118, PTH120
            result.append(replace(member, expname=written_path(file, self._options.style, self._folder)))
        if errors:
            raise InputError(*errors)
        result.sort(key=lambda member: (member.exptype != SCIENCE, member.exptype, os.path.basename(member.expname)))  # noqa: PTH119
        return list(dict.fromkeys(result))


def _advice(exptype: str) -> str:
    return f"give it with {_OPTIONS.get(exptype, f'--member {exptype}=PATH')}"
