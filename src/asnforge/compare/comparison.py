"""The whole comparison on one screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from asnforge.asnfiles.search import is_folder
from asnforge.asnfiles.spelling import did_you_mean
from asnforge.compare.changes import changes
from asnforge.compare.compact import ENDINGS
from asnforge.compare.load_sides import UNREADABLE, Side, load_side
from asnforge.compare.matching import Pairing, pair
from asnforge.compare.model import KINDS, Comparison, Difference, Kind, Options, ReadAssociation, ReadProduct
from asnforge.compare.normalize import rule_name, split_suffix
from asnforge.compare.renaming import NewNames
from asnforge.findings import Finding, FindingCode, InputError

UNKNOWN_FILTER = FindingCode(
    "C102",
    "no association has the type or rule of --only",
    "With a type or rule that no association of either side has, nothing would be compared. Most often it is misspelled.",
    wrong="asnforge compare expected actual --only imge3",
    right="asnforge compare expected actual --only image3",
)

T = TypeVar("T")
Pool = tuple[list[ReadAssociation], list[ReadAssociation]]


def compare_paths(expected: str, actual: str, options: Options | None = None) -> Comparison:
    """Compare two files, two folders, or two trees of folders.

    Parameters
    ----------
    expected, actual : str
        Association files, compact files, or folders with association files in them or below. Where one of them is a single
        association its file's name does not count: the user chose it.
    options : Options, optional
        What counts.

    Returns
    -------
    Comparison
        A file in a folder that cannot be read is among its findings; the others are compared.

    Raises
    ------
    InputError
        A side cannot be read at all, or neither has a type or rule that is asked for alone.
    """
    options = options or Options()
    one, other = (load_side(path, strict=options.strict) for path in (expected, actual))
    unreadable = [finding for side in (one, other) if not is_folder(side.name) for finding in side.findings]
    if unreadable:
        raise InputError(*unreadable)
    if not one.findings + other.findings and (
        unknown := tuple(_unknown_filters(one.associations + other.associations, options))
    ):
        raise InputError(*unknown)
    if not all(path.endswith(ENDINGS) or is_folder(path) for path in (expected, actual)):
        options = replace(options, ignore=options.ignore | {"file_name"})
    return compare_sides(one, other, options)


def compare(
    expected: Iterable[ReadAssociation], actual: Iterable[ReadAssociation], options: Options | None = None
) -> Comparison:
    """Compare associations that were read, or generated (`asnforge.compare.load_sides.from_associations`).

    Parameters
    ----------
    expected, actual : iterable of ReadAssociation
        The two sides, in any order.
    options : Options, optional
        What counts.
    """
    sides = Side("expected", tuple(expected)), Side("actual", tuple(actual))
    return compare_sides(*sides, options or Options(), empty_is_fault=False)


def compare_sides(expected: Side, actual: Side, options: Options, *, empty_is_fault: bool = True) -> Comparison:
    """Compare two sides, folder by folder."""
    same: list[ReadAssociation] = []
    differences: list[Difference] = []
    for before, after in _pools(expected, actual, options):
        pairing = pair(before, after, options.ignore)
        new_names = NewNames(before, after)
        for one, other in pairing.pairs:
            found = changes(one, other, options)
            if not found:
                same.append(one)
            else:
                kind: Kind = "renamed" if new_names.is_renaming(one, other, found) else "changed"
                differences.append(Difference(kind, (one,), (other,), found))
        differences += _unpaired(pairing, expected, actual)
    findings = _without_repeats(expected.findings + actual.findings)
    if empty_is_fault and not findings and not expected.associations and not actual.associations:
        message = "there is nothing to compare: neither side has an association"
        findings = (
            Finding(
                UNREADABLE.code,
                message,
                expected.name,
                hint="folders are searched for *_asn.json, and for other JSON files that hold an association",
            ),
        )
    return Comparison(
        expected.name,
        actual.name,
        len(expected.associations),
        len(actual.associations),
        tuple(one for one in same if _wanted((one,), options)),
        tuple(sorted((d for d in differences if _wanted(d.expected + d.actual, options)), key=_order)),
        findings=findings,
        skipped=_without_repeats(expected.skipped + actual.skipped),
    )


def _without_repeats(items: tuple[T, ...]) -> tuple[T, ...]:
    """Both sides may be one folder, or one in the other."""
    return tuple(dict.fromkeys(items))


def _pools(expected: Side, actual: Side, options: Options) -> Iterable[Pool]:
    """The associations to compare with each other: those of folders with one name.

    All folders that one side alone has are compared with all that the other side alone has: the folders of pools were
    renamed, or everything is in one folder there.
    """
    folders: dict[str, Pool] = defaultdict(lambda: ([], []))
    for side, associations in enumerate((expected.associations, actual.associations)):
        for association in associations:
            folders[association.folder][side].append(_counted(association, options))
    alone = [[name for name, pool in folders.items() if not pool[1 - side]] for side in (0, 1)]
    if alone[0] and alone[1]:
        together: Pool = ([], [])
        for name in alone[0] + alone[1]:
            before, after = folders.pop(name)
            together[0].extend(before)
            together[1].extend(after)
        folders["/"] = together
    return folders.values()


def _counted(association: ReadAssociation, options: Options) -> ReadAssociation:
    """An association without what is ignored of its members, so that it does not keep it from its partner."""
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
    return replace(association, products=tuple(sorted(products, key=lambda p: (p.name or "", p.members))))


def _unpaired(pairing: Pairing, expected: Side, actual: Side) -> Iterable[Difference]:
    for division in pairing.splits:
        yield Difference("split", (division.whole,), division.parts)
    for division in pairing.merges:
        yield Difference("merged", division.parts, (division.whole,))
    for pair_ in pairing.expected_duplicates:
        yield Difference("duplicate", pair_, ())
    for pair_ in pairing.actual_duplicates:
        yield Difference("duplicate", (), pair_)
    for one in pairing.missing:
        if (one.folder, one.file_name) not in actual.unreadable:
            yield Difference("missing", (one,), ())
    for other in pairing.unexpected:
        if (other.folder, other.file_name) not in expected.unreadable:
            yield Difference("unexpected", (), (other,))


def _wanted(associations: tuple[ReadAssociation, ...], options: Options) -> bool:
    if not options.only:
        return True
    return any(not options.only.isdisjoint(map(str.casefold, _type_and_rule(one))) for one in associations)


def _type_and_rule(association: ReadAssociation) -> tuple[str, ...]:
    """The type and rule by which an association can be asked for, where it has them."""
    found = (association.keywords.get("asn_type", ""), rule_name(association.keywords.get("asn_rule", "")))
    return tuple(name for name in found if name)


def _unknown_filters(associations: Iterable[ReadAssociation], options: Options) -> Iterable[Finding]:
    """A finding for each type or rule asked for that no association has: it would hide every difference."""
    if not options.only:
        return
    known = {name.casefold(): name for association in associations for name in _type_and_rule(association)}
    for name in sorted(options.only - known.keys()):
        near = did_you_mean(name, known.values())
        hint = f"did you mean {near}?" if near else f"there is {', '.join(sorted(known.values()))}"
        yield Finding(UNKNOWN_FILTER.code, f"no association of either side has the type or rule {name}", hint=hint)


def _order(difference: Difference) -> tuple[object, ...]:
    files = tuple(a.file for a in difference.expected + difference.actual)
    return KINDS.index(difference.kind), difference.title, files
