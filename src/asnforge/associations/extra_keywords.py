"""The keywords that a rule set adds to associations, and the check of associations against its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from asnforge.associations.group_names import GroupNames
from asnforge.associations.model import Association
from asnforge.findings import Finding, FindingCode
from asnforge.grouping.arrays import IndexArray
from asnforge.json_schema import own_validator
from asnforge.rules.keyword_values import KeywordList, KeywordObject, KeywordRow, KeywordValue
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT

BREAKS_OWN_SCHEMA = FindingCode(
    "G160",
    "an association does not pass the schema of the rule set",
    "The rule set names a JSON Schema that associations have to pass, and this one does not, so it is not written. Correct the "
    "rules, or the schema.",
    wrong="keywords:\n  data_release: ''",
    right="keywords:\n  data_release: p",
)


def extra_keywords(
    keywords: Mapping[str, KeywordValue], names: GroupNames, groups: IndexArray, products: Sequence[str]
) -> list[dict[str, Any]]:
    """The added keywords of several groups, whose products have some names."""
    if not keywords:
        return [{}] * len(groups)
    columns = [_values(value, names, groups, products) for value in keywords.values()]
    return [dict(zip(keywords, values, strict=True)) for values in zip(*columns, strict=True)]


def _values(value: KeywordValue, names: GroupNames, groups: IndexArray, products: Sequence[str]) -> list[Any]:
    """A value for each of several groups; None for a row that its table does not have."""
    match value:
        case KeywordObject(entries=entries):
            columns = [_values(entry, names, groups, products) for _, entry in entries]
            keys = [name for name, _ in entries]
            return [dict(zip(keys, cells, strict=True)) for cells in zip(*columns, strict=True)] or [{}] * len(groups)
        case KeywordList(items=items):
            columns = [_values(item, names, groups, products) for item in items]
            return [list(cells) for cells in zip(*columns, strict=True)] or [[]] * len(groups)
        case KeywordRow(row=template, rows=rows):
            found = names.fill(template, groups, **{PRODUCT: products})
            return [rows.get(text.casefold()) for text in found]
        case _:
            return list(names.fill(value, groups, **{PRODUCT: products}))


def separate_valid(
    associations: Iterable[Association], ruleset: Ruleset, pool: str
) -> tuple[tuple[Association, ...], tuple[Finding, ...]]:
    """Separate the associations that pass the schema of the rule set from an error for each that does not."""
    if ruleset.schema is None:
        return tuple(associations), ()
    validator = own_validator(ruleset.schema.text)
    valid: list[Association] = []
    findings: list[Finding] = []
    for association in associations:
        error = next(iter(validator.iter_errors(association.to_dict())), None)
        if error is None:
            valid.append(association)
            continue
        findings.append(
            BREAKS_OWN_SCHEMA.finding(
                "{file} of {rule} does not pass {schema}: {path}{problem}",
                pool,
                file=association.file_name,
                rule=association.asn_rule,
                schema=ruleset.schema.path,
                path="".join(f"{step}: " for step in error.instance_path),
                problem=error.message,
            )
        )
    return tuple(valid), tuple(findings)
