"""Compare two sets of associations, folder by folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from asnforge.asnfiles.search import is_folder
from asnforge.compare.changes import NameIndex, find_changes
from asnforge.compare.compact import COMPACT_SUFFIXES
from asnforge.compare.load_sides import UNREADABLE, Side, load_side
from asnforge.compare.matching import Matching, match_associations
from asnforge.compare.model import (
    KINDS,
    Comparison,
    Difference,
    Kind,
    Options,
    ReadAssociation,
    ReadProduct,
    sort_products,
)
from asnforge.compare.normalize import rule_name, split_suffix
from asnforge.findings import Finding, FindingCode, InputError, suggestion

UNKNOWN_FILTER = FindingCode(
    "C102",
    "no association has the type or rule of --only",
    "No association of either side has this type or rule, so nothing would be compared. Usually it is misspelled.",
    wrong="asnforge compare expected actual --only stakc",
    right="asnforge compare expected actual --only stack",
)

BothSides = tuple[list[ReadAssociation], list[ReadAssociation]]


def compare_paths(expected: str, actual: str, options: Options | None = None) -> Comparison:
    """Compare two files, two folders, or two trees of folders.

    Parameters
    ----------
    expected, actual : str
        Association files, compact files, or folders with association files in them or below. If one of them is a single
        association, its file name is not compared: the user chose it.
    options : Options, optional
        What is compared and reported.

    Returns
    -------
    Comparison
        If a file in a folder cannot be read, this is among its findings; the others are compared.

    Raises
    ------
    InputError
        A side cannot be read at all, or neither side has a type or rule that `Options.only` selects.
    """
    options = options or Options()
    sides = load_side(expected, strict=options.strict), load_side(actual, strict=options.strict)
    findings = [finding for side in sides for finding in side.findings]
    associations = [association for side in sides for association in side.associations]
    unreadable = [finding for side in sides if not is_folder(side.name) for finding in side.findings]
    unknown = () if findings else _unknown_filters(associations, options)
    if unreadable or unknown:
        raise InputError(*unreadable, *unknown)
    if not all(path.endswith(COMPACT_SUFFIXES) or is_folder(path) for path in (expected, actual)):
        options = replace(options, ignore=options.ignore | {"file_name"})
    comparison = compare_sides(*sides, options)
    if findings or associations:
        return comparison
    hint = "folders are searched for *_asn.json, and for other JSON files that contain an association"
    finding = UNREADABLE.finding("nothing to compare: neither side has an association", expected, hint=hint)
    return replace(comparison, findings=(finding,))


def compare(
    expected: Iterable[ReadAssociation], actual: Iterable[ReadAssociation], options: Options | None = None
) -> Comparison:
    """Compare associations that were read from files or generated (see `asnforge.compare.load_sides.from_associations`).

    Parameters
    ----------
    expected, actual : iterable of ReadAssociation
        The two sides, in any order.
    options : Options, optional
        What is compared and reported.
    """
    return compare_sides(Side("expected", tuple(expected)), Side("actual", tuple(actual)), options or Options())


def compare_sides(expected: Side, actual: Side, options: Options) -> Comparison:
    """Compare two sides, folder by folder."""
    same: list[ReadAssociation] = []
    differences: list[Difference] = []
    for before, after in _by_folder(expected, actual, options):
        matching = match_associations(before, after, options.ignore)
        names = NameIndex(before, after)
        for left, right in matching.pairs:
            changes = find_changes(left, right, options)
            if not changes:
                same.append(left)
            else:
                kind: Kind = "renamed" if names.is_renaming(left, right, changes) else "changed"
                differences.append(Difference(kind, (left,), (right,), changes))
        differences += _unpaired(matching, expected, actual)
    return Comparison(
        expected.name,
        actual.name,
        len(expected.associations),
        len(actual.associations),
        tuple(association for association in same if _is_selected((association,), options)),
        tuple(sorted((d for d in differences if _is_selected(d.expected + d.actual, options)), key=_order)),
        findings=tuple(dict.fromkeys(expected.findings + actual.findings)),  # one side may contain the other
        skipped=tuple(dict.fromkeys(expected.skipped + actual.skipped)),
    )


def _by_folder(expected: Side, actual: Side, options: Options) -> Iterable[BothSides]:
    """The associations of folders with the same name.

    All folders that only one side has are compared with all that only the other has: the folders of pools were renamed, or
    one side has everything in one folder.
    """
    folders: dict[str, BothSides] = defaultdict(lambda: ([], []))
    for side, associations in enumerate((expected.associations, actual.associations)):
        for association in associations:
            folders[association.folder][side].append(_without_ignored(association, options))
    unpaired = [[name for name, sides in folders.items() if not sides[1 - side]] for side in (0, 1)]
    if unpaired[0] and unpaired[1]:
        together: BothSides = ([], [])
        for name in unpaired[0] + unpaired[1]:
            before, after = folders.pop(name)
            together[0].extend(before)
            together[1].extend(after)
        folders["/"] = together
    return folders.values()


def _without_ignored(association: ReadAssociation, options: Options) -> ReadAssociation:
    """An association without the ignored parts of its members, so that these do not affect the matching."""
    if options.ignore.isdisjoint({"exptype", "suffix"}):
        return association
    exptype, suffix = "exptype" in options.ignore, "suffix" in options.ignore
    products = (
        ReadProduct(
            product.name,
            tuple(sorted((split_suffix(n)[0] if suffix else n, "" if exptype else t) for n, t in product.members)),
        )
        for product in association.products
    )
    return replace(association, products=sort_products(products))


def _unpaired(matching: Matching, expected: Side, actual: Side) -> Iterator[Difference]:
    for split in matching.splits:
        yield Difference("split", (split.whole,), split.parts)
    for merge in matching.merges:
        yield Difference("merged", merge.parts, (merge.whole,))
    for pair in matching.expected_duplicates:
        yield Difference("duplicate", pair, ())
    for pair in matching.actual_duplicates:
        yield Difference("duplicate", (), pair)
    for association in matching.missing:
        if (association.folder, association.file_name) not in actual.unreadable:
            yield Difference("missing", (association,), ())
    for association in matching.unexpected:
        if (association.folder, association.file_name) not in expected.unreadable:
            yield Difference("unexpected", (), (association,))


def _is_selected(associations: tuple[ReadAssociation, ...], options: Options) -> bool:
    return not options.only or any(
        not options.only.isdisjoint(map(str.casefold, _type_and_rule(association))) for association in associations
    )


def _type_and_rule(association: ReadAssociation) -> tuple[str, ...]:
    names = (association.keywords.get("asn_type", ""), rule_name(association.keywords.get("asn_rule", "")))
    return tuple(name for name in names if name)


def _unknown_filters(associations: Iterable[ReadAssociation], options: Options) -> tuple[Finding, ...]:
    """A finding for each selected type or rule that no association has: it would hide every difference."""
    if not options.only:
        return ()
    known = {name.casefold(): name for association in associations for name in _type_and_rule(association)}
    message = "no association of either side has the type or rule {name}"
    return tuple(
        UNKNOWN_FILTER.finding(message, hint=suggestion(name, known.values()), name=name)
        for name in sorted(options.only - known.keys())
    )


def _order(difference: Difference) -> tuple[object, ...]:
    files = tuple(association.file for association in difference.expected + difference.actual)
    return KINDS.index(difference.kind), difference.title, files
