"""How rules allow a pool to be divided into parts, so that no association has exposures of two parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from asnforge.pieces import LARGE
from asnforge.rules.attachment import Attachment, Relation, SameValue
from asnforge.rules.file_names import NameEnding
from asnforge.rules.rule import Key
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT, NamePart, parse_template


@dataclass(frozen=True, slots=True)
class CutSizes:
    """The sizes at which pools are cut."""

    large: int = LARGE  # the smallest size in bytes of a pool that is cut
    scan: int = 32 << 20  # the bytes of a large pool that are scanned in one task
    rows: int = 40_000  # the smallest number of rows of a piece: its fixed cost is small, and so is its memory


DEFAULT_SIZES = CutSizes()


@dataclass(frozen=True, slots=True)
class PartColumns:
    """The columns that decide which part of a pool an exposure is in.

    Attributes
    ----------
    part, file_name : tuple of str
        The names in lower case, of which the first that a pool has is used: those of the column whose values give the parts,
        and those of the column of file names.
    ending : NameEnding
        How file names are split: exposures whose members could have the same name are in one part.
    """

    part: tuple[str, ...]
    file_name: tuple[str, ...]
    ending: NameEnding

    def find(self, available: Collection[str]) -> tuple[str, str] | None:
        """The two columns, given those of a pool in lower case; None if it does not have both."""
        part, file_name = (
            next((name for name in names if name in available), None) for names in (self.part, self.file_name)
        )
        return None if part is None or file_name is None else (part, file_name)


@dataclass(frozen=True, slots=True)
class Partition:
    """How a rule set allows the exposures of a pool to be divided into independent parts."""

    columns: PartColumns
    name_part: NamePart  # the first part of file names, which shows the column's value
    undefined: frozenset[str]  # undefined values in lower case

    def part(self, cell: str) -> str | None:
        """The part of an exposure with this value in the column, as file names show it.

        Values that file names show in the same way are in one part, as their files are numbered together. The part of an
        undefined value is the empty string; None means that file names of different parts could be the same.
        """
        value = cell.strip().casefold()
        if value in self.undefined or not value:
            return ""
        return self.name_part.join_values((value,)).casefold() if value.isalnum() else None

    def order_of_file(self, file_name: str) -> str:
        """The beginning of a file name that puts the files of a part between those of others, in the order of their names."""
        start = len(self.name_part.before)
        end = next((index for index in range(start, len(file_name)) if not file_name[index].isalnum()), len(file_name))
        return file_name[: end + 1]


def find_partitions(rulesets: Sequence[Ruleset]) -> tuple[Partition, ...] | None:
    """How pools can be cut for each of several rule sets; None if one of them does not allow it.

    No association, file or product of one part has anything in common with those of another part.
    """
    found = [(ruleset, find_partition(ruleset)) for ruleset in rulesets]
    allowed = [each for ruleset, each in found if each is not None and _has_separate_products(ruleset, each)]
    return tuple(allowed) if len(allowed) == len(found) else None


def columns_of_parts(partitions: Sequence[Partition]) -> tuple[PartColumns, ...]:
    """The columns that decide the parts of each partition, without repetition."""
    return tuple(dict.fromkeys(each.columns for each in partitions))


def _has_separate_products(ruleset: Ruleset, partition: Partition) -> bool:
    """Whether products of two parts cannot have the same name or file, as these begin as file names do."""
    name = next(name for name, part in ruleset.names.items() if part is partition.name_part)
    return all(
        _first_part(rule.product) == name and _first_part(rule.product_file or rule.product) in (name, PRODUCT)
        for rule in ruleset.rules
    ) and all(new.isalnum() or not new for _, new in partition.name_part.replace)


def find_partition(ruleset: Ruleset) -> Partition | None:
    """How pools can be cut so that no association of a rule set has exposures of two parts; None if they cannot.

    The condition concerns the rules, not an observatory. All file names begin with the same key; every rule groups by this
    key, never as a wildcard, from the same column of the pool, and matches supporting exposures by this column. The column has
    no type, as equal values could be spelled differently. Names of members keep the root of the file name, so that exposures of
    two parts are not the same members. A product has
    the value of the exposures that it is made from in this column, so products of other parts are not used either.
    """
    names = {_first_part(ruleset.file_name_of(rule)) for rule in ruleset.rules}
    name = names.pop() if len(names) == 1 else None
    part = ruleset.names.get(name) if name is not None else None
    if part is None or part.values_of is not None or len(part.keys) != 1:
        return None
    if not all(_keeps_root(rule.member_name or ruleset.members.name, ruleset.members.parts) for rule in ruleset.rules):
        return None
    columns = set()
    for rule in ruleset.rules:
        key = next((key for key in rule.group_by if key.name == part.keys[0]), None)
        if key is None or not _is_never_wildcard(key):
            return None
        if any(SameValue("", key.columns, key.columns) not in _unnamed(supporting) for supporting in rule.attach):
            return None
        columns.add(key.columns[0])
    if len(columns) != 1 or columns & (ruleset.derived.keys() | ruleset.column_types.keys()):
        return None
    read = PartColumns(
        part=ruleset.names_of(columns.pop()),
        file_name=ruleset.names_of(ruleset.members.file_name),
        ending=ruleset.members.parts,
    )
    return Partition(read, part, ruleset.undefined)


def _first_part(template: str) -> str | None:
    """The name part that a template begins with, if a delimiter follows it."""
    parts = parse_template(template)
    if len(parts) < 2 or parts[0][0]:
        return None
    after = parts[1][0]
    return parts[0][1] if after and not after[0].isalnum() else None


def _keeps_root(member_name: str, ending: NameEnding) -> bool:
    """Whether a name that is not split can only be that of a member whose root it begins with."""
    parts = parse_template(member_name)
    is_split = not ending.suffix and parts[-1][1] == "extension"
    return parts[:1] == (("", "root"),) or (is_split and any(name == "root" for _, name in parts))


def _unnamed(attachment: Attachment) -> Iterator[Relation]:
    """The relations that must hold, whatever their names."""
    return (replace(relation, name="") for relation in attachment.match)


def _is_never_wildcard(key: Key) -> bool:
    return (
        key.candidate is None
        and key.is_plain
        and not key.optional
        and key.when is None
        and key.instead is None
        and len(key.columns) == 1
    )
