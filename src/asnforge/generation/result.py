"""What is generated from a pool: associations by name, orphans and problems; written to a folder by one call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from asnforge.asnfiles.output_checks import unexpected_files
from asnforge.asnfiles.write import Written, write_associations
from asnforge.associations.dependence_graph import Dependence, find_dependence
from asnforge.associations.drafts import Draft
from asnforge.associations.duplicates import DroppedAssociation
from asnforge.associations.member_paths import PathStyle
from asnforge.associations.model import Association
from asnforge.findings import Finding, closest_words, limit_per_code, pluralize, printable, quoted
from asnforge.grouping.pool_faults import PoolFaults
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.model import Pool
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from asnforge.report.notebook import ReportPage


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many associations a rule generated, and from how many exposures of the pool and products of other rules.

    `ruleset` is the name of the rule's set, where several are applied together.
    """

    rule: str
    associations: int
    exposures: int
    products: int = 0
    ruleset: str = ""


class NoSuchAssociation(KeyError):
    """Raised by `Generation` for a name that no association has, or several; the message names the most similar ones."""

    def __str__(self) -> str:
        """The message without the quotes that `KeyError` adds."""
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class AssociationOptions:
    """How groups become associations; parameters of `asnforge.generate`."""

    version_id: str | None = None
    merge: bool = False
    present_only: bool = False
    suffix: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class GenerationSource:
    """The pool, the rules, the scopes and the options from which associations were generated."""

    pool: Pool
    ruleset: Ruleset
    choice: ScopeChoice
    options: AssociationOptions


@dataclass(frozen=True, slots=True, repr=False)
class Generation:
    """What is generated from a pool: a collection of associations, which can be found by the name of a product.

    ``generation["p007-red"]`` is the association with this product, ``generation[0]`` the first one;
    iteration and ``len`` are about associations.

    Attributes
    ----------
    associations : tuple of Association
        The associations, in the order of their file names; those that use products of others come after these.
    orphans : tuple of int
        The lines of the pool whose exposures are in no association, including faulty lines.
    exposures : int
        The number of the pool's exposures, including faulty lines.
    counts : tuple of RuleCount
        The counts of each rule with an association.
    pool : str
        The pool's file as the user named it.
    faults : PoolFaults
        The problems of the pool's cells and columns.
    notes : tuple of Finding
        Other problems of the pool and of the result. An error concerns associations that are not among `associations`
        because their files would be the same or outside their folder.
    dropped : tuple of DroppedAssociation
        The duplicates that are dropped.
    shared_names : int
        The number of exposures without a member of their own, because another one has the same member name and exptype.
    source : GenerationSource or None
        What it was generated from, for `report`; None for a result of the command line.
    """

    associations: tuple[Association, ...]
    orphans: tuple[int, ...]
    exposures: int
    counts: tuple[RuleCount, ...]
    pool: str
    faults: PoolFaults
    notes: tuple[Finding, ...]
    dropped: tuple[DroppedAssociation, ...] = ()
    shared_names: int = 0
    source: GenerationSource | None = field(default=None, compare=False)

    def dependence(self) -> tuple[Dependence, ...]:
        """Which associations use products of which others (docs/grouping.md#products)."""
        return find_dependence(self.associations)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The problems of the pool and of the result, in the order of lines."""
        return ordered_findings((*self.notes, *self.faults.findings(self.pool)))

    def write(self, folder: str | os.PathLike[str], *, paths: PathStyle = "relative") -> Written:
        """Write all associations to a folder, which is created if it is missing.

        Parameters
        ----------
        folder : path
            The folder of the files.
        paths : {"relative", "absolute", "bare"}
            How members whose files are known are written, as for `asnforge.write_associations`.

        Returns
        -------
        Written
            The paths of the files, and a warning if the folder has association files of another run.

        Raises
        ------
        InputError
            The folder cannot be written; as for `asnforge.write_associations`.
        """
        written = write_associations(self.associations, folder, paths=paths)
        return replace(written, findings=unexpected_files(Path(folder), {path.name for path in written.paths}))

    def __getitem__(self, name: str | int) -> Association:
        """The association with a product or file of this name, or at this position.

        Raises
        ------
        KeyError
            No association has this name, or several have a product of this name.
        """
        if not isinstance(name, str):
            return self.associations[name]
        matching = [
            association
            for association in self.associations
            if association.file_name == name or any(product.name == name for product in association.products)
        ]
        if len(matching) == 1:
            return matching[0]
        if matching:
            files = ", ".join(association.file_name for association in matching)
            raise NoSuchAssociation(f"several associations have the product {name}; give the name of a file: {files}")
        names = [product.name for association in self.associations for product in association.products]
        closest = closest_words(name, names)
        hint = f"did you mean {', '.join(closest)}?" if closest else "for association in generation lists all"
        raise NoSuchAssociation(f"no association has a product or file named {quoted(name)}; {hint}")

    def __contains__(self, item: object) -> bool:
        """Whether an association is one of them, or a product or file has this name."""
        if isinstance(item, Association):
            return item in self.associations
        return any(
            association.file_name == item or any(product.name == item for product in association.products)
            for association in self.associations
        )

    def __iter__(self) -> Iterator[Association]:
        """The associations, in the order of their file names."""
        return iter(self.associations)

    def __len__(self) -> int:
        """The number of associations."""
        return len(self.associations)

    def __bool__(self) -> bool:
        """Always true, even without associations: there is a result."""
        return True

    def __repr__(self) -> str:
        """The numbers of associations, exposures, orphans and problems."""
        return f"<Generation: {self._summary()}>"

    def _summary(self) -> str:
        parts = [
            f"{pluralize(len(self), 'association')} from {pluralize(self.exposures, 'exposure')}",
            pluralize(len(self.orphans), "orphan"),
        ]
        for severity in ("error", "warning"):
            count = sum(finding.severity == severity for finding in self.findings)
            parts += [pluralize(count, severity)] if count else []
        return ", ".join(parts)

    def report(self) -> ReportPage:
        """A page that shows which exposure is in which association, and why others are in none.

        A notebook displays it in a frame; its method `write` writes it to a file. Columns that no rule reads, such as
        footprints, are shown if the pool is a file that has not changed, or was read by `asnforge.read_pool`.

        Raises
        ------
        ValueError
            The result does not know its pool, as it was not returned by `asnforge.generate`.
        """
        from asnforge.report.notebook import page_of

        return page_of(self)

    def _repr_html_(self) -> str:
        """A picture of the first associations, for notebooks: a row for each, with marks where exposures are members."""
        notes = "".join(f"<div>{escape(str(finding))}</div>" for finding in limit_per_code(self.findings)[0])
        from asnforge.generation.strip_picture import strip_picture

        picture = strip_picture(self, len(self))
        return f'<div style="overflow-x: auto"><div><b>{escape(printable(self._summary()))}</b></div>{picture}{notes}</div>'


@dataclass(frozen=True, eq=False)
class DraftsByProduct(Mapping[tuple[str, str], Draft]):
    """The group of each product, by the names of the association's file and of the product; found when one is read.

    `built` has the association of each group before associations were merged, and `associations` those after it.
    """

    built: Mapping[Draft, Association]
    associations: tuple[Association, ...]

    def __getitem__(self, names: tuple[str, str]) -> Draft:
        """The group of a product."""
        return self._drafts[names]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """The names of files and products."""
        return iter(self._drafts)

    def __len__(self) -> int:
        """The number of products."""
        return len(self._drafts)

    @cached_property
    def _drafts(self) -> dict[tuple[str, str], Draft]:
        files = {id(product): each.file_name for each in self.associations for product in each.products}
        return {(files[id(each.products[0])], draft.product): draft for draft, each in self.built.items()}


def ordered_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by line or row, code and message."""
    return tuple(
        sorted(set(findings), key=lambda finding: (finding.line or finding.row or 0, finding.code, finding.message))
    )
