"""Names of products as members of other associations: rules that give the same one, and names that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.findings import Finding, FindingCode
from asnforge.lint.satisfiability import Domain
from asnforge.lint.subject import Subject, check, warning
from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.describe import listed
from asnforge.rules.rule import Rule
from asnforge.rules.templates import PRODUCT, parse_template

SAME_FILE_NAME = FindingCode(
    "R330",
    "two rules whose products have the same file name",
    "The templates of both rules are the same, and both group by the keys in them, so that products of both can have the same "
    "file name. A member with this name can be either of them, and a pipeline overwrites one with the other. Write in "
    "product_file, or in the product's name, what distinguishes the products.",
    wrong="rule: Bias\nproduct_file: 'master.fits'\n---\nrule: Flat\nproduct_file: 'master.fits'",
    right="rule: Bias\nproduct_file: 'bias.fits'\n---\nrule: Flat\nproduct_file: 'flat.fits'",
)
FILE_NAME_WITHOUT_KEY = FindingCode(
    "R331",
    "product_file without a part of the product's name",
    "The name of the product has a value that its file name does not have, so that products with different names have the same "
    "file name: a member with this name can be any of them. Use {product} in product_file, or the same name parts.",
    wrong="product: 'bias_{camera}'\nproduct_file: 'bias.fits'",
    right="product: 'bias_{camera}'\nproduct_file: '{product}.fits'",
)
UNUSED_FILE_NAME = FindingCode(
    "R332",
    "product_file without a use",
    "It is the name that the rule's products have as members of other associations, but no rule has product_of for this rule. "
    "Remove it, or write the rule that uses the products.",
    wrong="rule: Stack\nproduct_file: '{product}.fits'",
    right="rule: Stack\nproduct_file: '{product}.fits'\n---\nrule: Mosaic\nproduct_of: Stack",
)

_FACTS_OF_RULE = frozenset({"asn_type", "rule", "version"})
"""The facts in names that are the same for all products of a rule in a run."""


@check
def file_names_of_products(subject: Subject) -> Iterator[Finding]:
    """Rules whose products have the file names of products of an earlier rule, or of each other, or that nothing uses."""
    used = frozenset[str]().union(*(rule.depends_on() for rule in subject.ruleset.rules))
    making = [rule for rule in subject.ruleset.rules if rule.product_file is not None]
    for index, rule in enumerate(making):
        node = subject.documents[rule.name]["product_file"]
        facts = {"rule": rule.name, "file": node.value}
        earlier = next((other for other in making[:index] if _have_same_name(rule, other, subject)), None)
        missing = _varying(rule.product, subject) - _part_names(rule.product_file or "")
        if earlier is not None:
            columns = _columns(rule, subject)
            agree = ", if they agree in {columns}" if columns else ""
            message = f"products of {{rule}} and {{other}} have the same file name, {{file}}{agree}"
            named = listed(sorted(columns), "and") if columns else ""
            hint = "add text to product_file, or to product, of one of them"
            yield warning(node, SAME_FILE_NAME, message, hint, other=earlier.name, columns=named, **facts)
        elif missing and PRODUCT not in _part_names(rule.product_file or ""):
            message = (
                "product_file of {rule} does not have {parts}, so products with different names have the same file"
            )
            parts = listed([f"{{{name}}}" for name in sorted(missing)], "and")
            yield warning(node, FILE_NAME_WITHOUT_KEY, message, "use {product}", parts=parts, **facts)
        if rule.name not in used:
            message = "no rule uses products of {rule}, so product_file has no effect"
            yield warning(node, UNUSED_FILE_NAME, message, f"remove it, or write product_of: {rule.name}", **facts)


def _have_same_name(rule: Rule, other: Rule, subject: Subject) -> bool:
    """Whether products of two rules have the same file name if they have the same values of the keys in it."""
    if _pieces(rule) != _pieces(other):
        return False
    names = {name for _, name in _pieces(rule) if name is not None}
    facts = {key for name in names for key in subject.ruleset.names[name].keys}
    if not facts.isdisjoint({"rule", "sequence"}) or ("asn_type" in facts and rule.asn_type != other.asn_type):
        return False
    columns = [{key.name: key.columns for key in each.group_by if key.name in facts} for each in (rule, other)]
    return columns[0] == columns[1] and _can_agree(
        rule, other, {name for names in columns[0].values() for name in names}
    )


def _can_agree(rule: Rule, other: Rule, columns: set[str]) -> bool:
    """Whether exposures of two rules can have the same values in some columns: no constraints of these exclude each other."""
    constraints: list[Constraint] = [
        select.constraint
        for each in (rule, other)
        for select in each.select
        if columns_read(select.constraint) <= columns
    ]
    domain = Domain.of(constraints, {})
    return all(
        domain.truth_value(constraint, constraints[:index]) is not False for index, constraint in enumerate(constraints)
    )


def _pieces(rule: Rule) -> list[tuple[str, str | None]]:
    """The file name of a rule's products in lower case, as texts and the name parts after them; {product} is filled in."""
    pieces: list[tuple[str, str | None]] = []
    text = ""
    for literal, name in parse_template((rule.product_file or "").replace(f"{{{PRODUCT}}}", rule.product)):
        text += literal.casefold()
        if name is not None:
            pieces.append((text, name))
            text = ""
    return [*pieces, (text, None)]


def _varying(template: str, subject: Subject) -> set[str]:
    """The name parts of a template that can be different for two products of a rule."""
    names = subject.ruleset.names
    return {name for name in _part_names(template) if not set(names[name].keys or ("column",)) <= _FACTS_OF_RULE}


def _part_names(template: str) -> set[str]:
    return {name for _, name in parse_template(template) if name is not None}


def _columns(rule: Rule, subject: Subject) -> set[str]:
    """The columns of the keys in the file name of a rule's products."""
    names = {name for _, name in _pieces(rule) if name is not None}
    keys = {key for name in names for key in subject.ruleset.names[name].keys}
    return {column.upper() for key in rule.group_by if key.name in keys for column in key.columns}
