"""The rows of the strips: which exposures and products each association has as members, and why."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from asnforge.associations.drafts import Draft
from asnforge.associations.keywords import constraint_values
from asnforge.associations.model import Association, Product
from asnforge.explain.attachment_outcomes import AttachmentChoice
from asnforge.explain.choices import choices_for
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.generation.inputs import Evaluated
from asnforge.grouping.arrays import IndexArray
from asnforge.report.model import ProductMember, ShownAssociation
from asnforge.rules.constraints import Constraint, Defined, Matches, OneOf, expanded
from asnforge.rules.header_mapping import HeaderMapping
from asnforge.rules.rule import Rule
from asnforge.rules.templates import file_name_key

MOST_WITH_CHOICES = 5_000
"""The largest number of associations whose choices are explained."""


class Memberships:
    """The associations of one rule set as rows of the strips.

    Parameters
    ----------
    part : Evaluated
        The pool, the groups and the associations.
    trace : Trace
        What the rules did.
    numbers : ndarray of int64
        For each row of the pool the number of its exposure in the report.
    associations : sequence of Association
        The associations that are shown.
    """

    def __init__(self, part: Evaluated, trace: Trace, numbers: IndexArray, associations: Sequence[Association]) -> None:
        self._part = part
        self._trace = trace
        self._numbers = numbers
        self._associations = associations
        self._rules = {rule.name: rule for rule in trace.rules}
        self._bound = {rule.name: _bound_names(rule.rule) for rule in trace.rules}
        self._made_from: dict[int, IndexArray] = {}
        self._choices = dict(self._explained_choices()) if len(trace.kept) <= MOST_WITH_CHOICES else {}

    def rows(self, roles: dict[str, int], makers: Mapping[str, int]) -> Iterator[ShownAssociation]:
        """A row for each product.

        Parameters
        ----------
        roles : dict of str to int
            The numbers of exptypes; new ones are added.
        makers : mapping of str to int
            The number of the row that makes each product, by the key of the product's file name.
        """
        for association in self._associations:
            for product in association.products:
                yield self._row(association, product, makers, roles)

    def _row(
        self, association: Association, product: Product, makers: Mapping[str, int], roles: dict[str, int]
    ) -> ShownAssociation:
        draft = self._part.drafts[association.file_name, product.name]
        rule = self._rules[association.asn_rule]
        rows, codes = self._members(draft, product, association)
        is_exposure = rows < self._trace.exposures.exposures
        exposures = self._numbers[rows[is_exposure]]
        role = self._roles(draft, codes[is_exposure], roles)
        order = np.lexsort((role, exposures))
        constraints = constraint_values(association.constraints)
        bound = self._bound[rule.name]
        folded = [entry for entry in constraints if entry[0] not in bound]
        return ShownAssociation(
            heading=", ".join(dict.fromkeys((association.asn_id, draft.scope[1]))),
            product=product.name,
            file=association.file_name,
            asn_type=association.asn_type,
            rule=rule.name,
            ruleset=self._part.ruleset.name,
            scope=association.asn_id,
            scope_type=draft.scope[1],
            exposures=exposures[order],
            roles=role[order],
            sides=np.zeros(len(order), np.int64),
            products=_product_members(product, makers) if product.needs else (),
            through=None if is_exposure.all() else self._exposures_of(rows[~is_exposure]),
            constraints=(*(entry for entry in constraints if entry[0] in bound), *folded),
            folded=len(folded),
            errors=self._errors(association, product),
            choices=self._choices.get(draft, ()),
        )

    def _roles(self, draft: Draft, codes: IndexArray, roles: dict[str, int]) -> IndexArray:
        """The numbers of the exptypes of members; new ones are added to `roles`."""
        numbers = np.zeros(len(draft.source.members.exptypes), np.int64)
        for code in np.unique(codes).tolist():
            exptype = draft.source.members.exptypes[code]
            numbers[code] = roles.setdefault(self._trace.spellings.get(exptype, exptype), len(roles))
        return numbers[codes]

    def _members(self, draft: Draft, product: Product, association: Association) -> tuple[IndexArray, IndexArray]:
        """The rows and the codes of the exptypes of the members, without those that were left out as they have no file."""
        members = draft.source.members
        start, stop = members.starts[draft.group], members.starts[draft.group + 1]
        rows = members.row[start:stop].astype(np.int64)
        codes = members.exptype[start:stop].astype(np.int64)
        if not association.has_paths or len(product.members) >= len(rows) - draft.shared_names():
            return rows, codes
        headers = self._part.ruleset.headers
        kept = {_root(member.expname, headers) for member in product.members}
        is_kept = [_root(name, headers) in kept for _, _, name in self._trace.members(draft)]
        return rows[is_kept], codes[is_kept]

    def _exposures_of(self, products: IndexArray) -> IndexArray:
        """The exposures that products are made from, directly or through others, ascending."""
        parts = []
        for row in products.tolist():
            if row not in self._made_from:
                rows = np.fromiter(self._trace.made_from(row), np.int64)
                self._made_from[row] = self._numbers[rows[rows < self._trace.exposures.exposures]]
            parts.append(self._made_from[row])
        return np.unique(np.concatenate(parts))

    def _errors(self, association: Association, product: Product) -> int:
        if association.degraded_status == self._part.ruleset.keywords.not_degraded:
            return 0
        return sum(bool(member.exposerr) for member in product.members)

    def _explained_choices(self) -> Iterator[tuple[Draft, tuple[AttachmentChoice, ...]]]:
        """The choices of each group, in the order of exposures, as neighbors are explained together."""
        rules = [rule for rule in self._trace.rules if any(attachment.has_sets for attachment in rule.rule.attach)]
        for rule in rules:
            own = [draft for draft in self._part.drafts.values() if draft.source.rule.name == rule.name]
            for draft in sorted(own, key=lambda draft: int(draft.rows().min())):
                yield draft, tuple(self._choices_of(rule, draft.group))

    def _choices_of(self, rule: RuleTrace, group: int) -> Iterator[AttachmentChoice]:
        for attachment in rule.rule.attach:
            if attachment.has_sets:
                yield from choices_for(self._trace, rule, group, attachment)


def _root(name: str, headers: HeaderMapping | None) -> str:
    """What the names of all products of an exposure have in common."""
    base = os.path.basename(name)  # noqa: PTH119
    parts = headers.names.split(base) if headers is not None else None
    return base if parts is None else parts[0]


def _bound_names(rule: Rule) -> frozenset[str]:
    """The names of keys, of preferences, and of constraints that require a value; other constraints exclude something."""
    bound = {select.name for select in rule.select if _requires_value(select.constraint)}
    keys = (key.name for key in rule.group_by)
    return frozenset((*bound, *keys, *(f"{attachment.name}_preferences" for attachment in rule.attach)))


def _requires_value(constraint: Constraint) -> bool:
    inner = expanded(constraint)
    return isinstance(inner, OneOf | Matches) or (isinstance(inner, Defined) and inner.expected)


def _product_members(product: Product, makers: Mapping[str, int]) -> tuple[ProductMember, ...]:
    needs = set(product.needs)
    return tuple(
        ProductMember(name, member.exptype, makers.get(file_name_key(name), -1))
        for member in product.members
        if (name := os.path.basename(member.expname)) in needs or member.expname in needs  # noqa: PTH119
    )
