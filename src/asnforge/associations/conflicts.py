"""Conflicts of associations: files that cannot be written or are the same, and products that overwrite each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from asnforge.associations.keywords import constraint_values
from asnforge.associations.model import Association, Member
from asnforge.findings import Finding, FindingCode, pluralize, truncated
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import file_name_key, is_unsafe_path_part

SAME_PRODUCT = FindingCode(
    "G106",
    "associations have the same product name",
    "Their members differ, and none has all of another's, so all are written. A pipeline that runs on all of them in one "
    "folder overwrites its earlier products, so that only those of the last one remain: run it in different folders. The "
    "message gives the number of members of each file, and what distinguishes the file from the others.",
    wrong="product: '{program}-{camera}'",
    right="product: '{program}-{camera}-{field}'",
)
BREAKS_SCHEMA = FindingCode(
    "G108",
    "an association does not pass the schema",
    "The rules generate an association that is not valid, and it is not written. Check the rules.",
    wrong="product: '{frame}'",
    right="product: '{program}-{camera}'",
)
OUTSIDE = FindingCode(
    "G110",
    "a file would be outside the folder",
    "The template of file names or products, or a value in the pool, gives a name with a folder in it. That association is not "
    "written.",
    wrong="file_name: '..'",
    right="file_name: '{program}-{field}_asn.json'",
)
SAME_FILE = FindingCode(
    "G113",
    "associations would be the same file",
    "The template of file names gives the same name for several associations, or names that differ only in case, so "
    "all but one would be lost, at least on some systems. None of these is written; all others are. Use the name parts of "
    "the program, the scope, the type and the sequence, or {product}, with a delimiter between them, in file_name of the "
    "rule or of keywords in ruleset.yaml.",
    wrong="file_name: '{program}_asn.json'",
    right="file_name: '{program}-{field}_asn.json'",
)

_MOST_FILES = 20
_PRODUCT_HINT = "change the product template of the rule"
_FILE_HINT = "change file_name of the rule, or of keywords in ruleset.yaml"


def separate_files(
    associations: Iterable[Association], pool: str
) -> tuple[tuple[Association, ...], tuple[Finding, ...]]:
    """Separate the associations of a folder that can be written from an error for each file that cannot be.

    Of several associations that would be the same file, on any system, none can be written. `pool` is the path of their pool.
    """
    associations = tuple(associations)
    if _are_usual(associations):
        return associations, ()
    by_file: dict[str, list[Association]] = defaultdict(list)
    for association in associations:
        by_file[file_name_key(association.file_name)].append(association)
    errors = {name: finding for name, same in by_file.items() if (finding := _file_error(same, pool)) is not None}
    writable = (association for association in associations if file_name_key(association.file_name) not in errors)
    return tuple(writable), tuple(errors.values())


def _are_usual(associations: Sequence[Association]) -> bool:
    """Whether all have files of their own, whose names can be used, as nearly always."""
    files = [association.file_name for association in associations]
    products = [product.name for association in associations for product in association.products]
    return (
        all(files)
        and all(products)
        and not is_unsafe_path_part("".join((*files, *products)))
        and {".", ".."}.isdisjoint(files)
        and len(set(map(file_name_key, files))) == len(files)
    )


def _file_error(same: list[Association], pool: str) -> Finding | None:
    """What keeps the associations of a file from being written."""
    file_name = same[0].file_name
    products = [product.name for association in same for product in association.products]
    files = tuple(dict.fromkeys(association.file_name for association in same))
    if file_name in ("", ".", "..") or is_unsafe_path_part(file_name):
        code, hint = OUTSIDE, _FILE_HINT
        message = "would be written to {files[0]:quoted}, which is not the name of a file in the folder"
    elif any(map(is_unsafe_path_part, products)):
        code, hint = OUTSIDE, _PRODUCT_HINT
        message = "would have a product whose files are outside the folder"
    elif not all(products):
        code, hint = BREAKS_SCHEMA, _PRODUCT_HINT
        message = "has a product without a name"
    elif len(same) > 1:
        code = SAME_FILE
        hint = f"{_FILE_HINT}: {{product}}, or name parts of the rule, the scope and the sequence, distinguish files"
        ignoring = ", ignoring case" if len(files) > 1 else ""
        names = " and ".join(f"{{files[{index}]}}" for index in range(len(files)))
        message = f"would be the same file {names}{ignoring}: none of them is written"
    else:
        return None
    subject = "{associations[0]}" if len(same) == 1 else "{associations[0]} and {associations[1]}"
    return code.finding(
        f"{subject}{' and {more} more' if len(same) > 2 else ''} {message}",
        pool,
        hint=hint,
        associations=tuple(f"{each.asn_rule} in {each.asn_id} (product {each.products[0].name})" for each in same[:2]),
        more=max(len(same) - 2, 0),
        files=files,
    )


def shared_products(associations: Iterable[Association], ruleset: Ruleset, pool: str) -> Iterator[Finding]:
    """One warning for each product name, ignoring case, that several associations have; `pool` is the pool's file."""
    associations = tuple(associations)
    counts = Counter(product.name.casefold() for association in associations for product in association.products)
    if len(counts) == counts.total():
        return
    by_name: dict[str, list[Association]] = defaultdict(list)
    for association in associations:
        for name in {product.name.casefold() for product in association.products}:
            if counts[name] > 1:
                by_name[name].append(association)
    for name, same in by_name.items():
        files = tuple(
            f"{association.file_name} ({', '.join((pluralize(len(_members(association, name)), 'member'), *differences))})"
            for association, differences in zip(same, _differences(same, name, ruleset), strict=True)
        )
        yield SAME_PRODUCT.finding(
            "{count:association} have the product name {product}: "
            + ", ".join(f"{{files[{index}]}}" for index in range(min(len(files), _MOST_FILES)))
            + (" and {more} more" if len(files) > _MOST_FILES else ""),
            pool,
            hint="run pipelines on them in different folders; in one folder, only the products of the last one remain",
            severity="warning",
            count=len(same),
            product=name,
            files=files[:_MOST_FILES],
            more=max(len(files) - _MOST_FILES, 0),
        )


def _members(association: Association, name: str) -> Sequence[Member]:
    """The members of the product of a name, in lower case."""
    return next(product.members for product in association.products if product.name.casefold() == name)


def _differences(same: Sequence[Association], name: str, ruleset: Ruleset) -> list[tuple[str, ...]]:
    """For each of some associations how it differs from the others: rule, scope and values of keys, or else a member."""
    features = {
        "rule": [association.asn_rule for association in same],
        "scope": [association.asn_id for association in same],
    }
    if len(set(features["rule"])) == 1:
        keys = next(rule.group_by for rule in ruleset.rules if rule.name == same[0].asn_rule)
        values = [dict(constraint_values(association.constraints)) for association in same]
        for key in keys:
            columns = (column if column in ruleset.derived else column.upper() for column in key.columns)
            features[" or ".join(columns) or key.name] = [by_name.get(key.name, "") for by_name in values]
    differing = {feature: values for feature, values in features.items() if len(set(values)) > 1}
    if differing:
        return [
            tuple(f"{feature} {truncated(values[index], 40)}" for feature, values in differing.items())
            for index in range(len(same))
        ]
    names = [{member.expname for member in _members(association, name)} for association in same]
    common = frozenset.intersection(*map(frozenset, names))
    return [(f"member {truncated(min(own - common), 80)}",) if own - common else () for own in names]
