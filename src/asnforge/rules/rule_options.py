"""Rule sets changed by options of a run: exposures combined that rules keep apart, and another template of products."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from asnforge.findings import Finding, FindingCode, InputError, SourceLocation, suggestion, wrong_argument
from asnforge.rules.rule import CombinedKey, Rule
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import is_unsafe_path_part

CANNOT_COMBINE = FindingCode(
    "G128",
    "nothing of that name can be combined",
    "The block combine of the rule set lists what can be combined. The rules that are used have to group by one of its keys, "
    "or it changes nothing.",
    wrong="asnforge generate night.tsv --combine propsal",
    right="asnforge generate night.tsv --combine proposal",
)
INVALID_PRODUCT_TEMPLATE = FindingCode(
    "G129",
    "the template of --product cannot be used",
    "A template has text and name parts of the rule set in braces, {like_this}; double braces are literal braces. Products are "
    "files, so the template cannot contain a path.",
    wrong="asnforge generate night.tsv --product 'deep_{bnad}'",
    right="asnforge generate night.tsv --product 'deep_{band}'",
)

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def with_rule_options(ruleset: Ruleset, combined: Sequence[str] = (), product: str | None = None) -> Ruleset:
    """The rule set as the options ``--combine`` and ``--product`` change it; errors as for `combine` and `with_product`."""
    if isinstance(combined, str) or not isinstance(combined, Sequence):
        raise wrong_argument("combine", combined, "a list of names")
    if product is not None and not isinstance(product, str):
        raise wrong_argument("product", product, "a template, such as 'deep_{band}'")
    if combined:
        ruleset = combine(ruleset, combined)
    return ruleset if product is None else with_product(ruleset, product)


def combine(ruleset: Ruleset, names: Sequence[str]) -> Ruleset:
    """The rule set without the keys of some combinations (docs/grouping.md#combining).

    Parameters
    ----------
    ruleset : Ruleset
        The rule set, which says which keys these are.
    names : sequence of str
        The combinations, ignoring case.

    Raises
    ------
    InputError
        The rule set has no combination of that name, or no rule groups by its keys.
    """
    known = {name.casefold(): name for name in ruleset.combinations}
    for name in names:
        if name.casefold() not in known:
            message = "{ruleset} does not say how to combine by {name:quoted}"
            hint = suggestion(name, known.values(), "choices") if known else "add a block combine to its ruleset.yaml"
            raise InputError(CANNOT_COMBINE.finding(message, hint=hint, ruleset=ruleset.name, name=name))
    chosen = tuple(dict.fromkeys(known[name.casefold()] for name in names))
    for name in chosen:
        keys = ruleset.combinations[name].keys
        if keys and not any(key.name in keys for rule in ruleset.rules for key in rule.group_by):
            message = "no rule that is used groups by {keys}, so --combine {name} changes nothing"
            raise InputError(CANNOT_COMBINE.finding(message, hint="leave it out", keys=keys, name=name))
    several = {key: entry.several for name in chosen for entry in (ruleset.combinations[name],) for key in entry.keys}
    compare = {key: columns for name in chosen for key, columns in ruleset.combinations[name].compare.items()}
    rules = tuple(_without_keys(rule, several, compare) for rule in ruleset.rules)
    return replace(ruleset, rules=rules, combined=tuple(dict.fromkeys((*ruleset.combined, *chosen))))


def _without_keys(rule: Rule, several: Mapping[str, str | None], compare: Mapping[str, tuple[str, ...]]) -> Rule:
    """A rule without some keys, given with what names have for several values, and with others that read other columns."""
    combined = tuple(
        CombinedKey(key.name, key.columns if key.is_plain else (), several[key.name])
        for key in rule.group_by
        if key.name in several
    )
    kept = tuple(
        replace(key, columns=compare[key.name]) if key.name in compare else key
        for key in rule.group_by
        if key.name not in several
    )
    return replace(rule, group_by=kept, combined=(*rule.combined, *combined))


def with_product(ruleset: Ruleset, template: str) -> Ruleset:
    """The rule set with one template of product names for all of its rules.

    Parameters
    ----------
    ruleset : Ruleset
        The rule set, whose name parts the template can have.
    template : str
        The template.

    Raises
    ------
    InputError
        The template is empty or contains a path, its braces do not match, or it has an undefined name part.
    """
    findings = tuple(_template_problems(template, ruleset))
    if findings:
        raise InputError(*findings)
    return replace(ruleset, rules=tuple(replace(rule, product=template) for rule in ruleset.rules))


def _template_problems(template: str, ruleset: Ruleset) -> Iterator[Finding]:
    """What is wrong with a template, each with its position in the option."""
    if not template.strip():
        yield _problem(0, "a product needs a name", f"name parts are {', '.join(ruleset.names)}")
    for match in _BRACES.finditer(template):
        name = match[1]
        if match[0] not in ("{{", "}}") and name is None:
            yield _problem(match.start(), "this brace has no partner", f"write {match[0] * 2} for a literal brace")
        elif name is not None and name not in ruleset.names:
            hint = suggestion(name, ruleset.names, "name parts")
            yield _problem(match.start(), "undefined name part {name:quoted}", hint, name=name)
    for position, character in enumerate(template):
        if is_unsafe_path_part(character):
            message = "{character:quoted} cannot be in the name of a product"
            yield _problem(position, message, "use letters, digits, - and _", character=character)


def _problem(position: int, message: str, hint: str, **facts: object) -> Finding:
    at = SourceLocation("--product", 1, position + 1)
    return INVALID_PRODUCT_TEMPLATE.finding(message, at, hint=hint, severity="error", **facts)
