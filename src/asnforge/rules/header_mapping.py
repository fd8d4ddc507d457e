"""How the headers of FITS files become the rows of a pool: the block ``headers`` of a rule set, as values.

The schema ``headers.schema.json`` describes each key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asnforge.rules.header_candidates import HeaderCandidates
from asnforge.rules.regex import compiled

UNDEFINED_CELL = "NULL"
"""What a cell holds if the header says nothing."""

FITS_ENDINGS = (".fits", ".fit", ".fts", ".fits.gz", ".fit.gz", ".fts.gz")
"""How the names of FITS files end, in lower case."""

_PLACEHOLDER = re.compile(r"\{([A-Z0-9_-]+)(?::(\d+))?\}")


@dataclass(frozen=True, slots=True)
class ProductNames:
    """What the name of a FITS file says.

    Attributes
    ----------
    keyword : str
        The keyword with the file's original name, which survives renaming; the name on disk is used where it is absent.
    root : str
        A regular expression for the part that all products of one exposure share.
    scope : str
        A regular expression for the id of a candidate between root and suffix; empty if names have none.
    suffixes : tuple of str
        The suffixes of products, the least processed first; the header of the first that exists makes the row.
    templates : tuple of str
        The root of a file that was renamed: the first template whose keywords are all present, as ``{KEYWORD}`` or, filled
        with zeros, ``{KEYWORD:5}``.
    made_by : mapping of str to str
        What makes a product, by its suffix in lower case.
    replaceable : frozenset of str
        The suffixes of products that a user's own products can replace.
    """

    keyword: str
    root: str
    scope: str = ""
    suffixes: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    made_by: Mapping[str, str] = field(default_factory=dict)
    replaceable: frozenset[str] = frozenset()

    def split(self, name: str) -> tuple[str, str] | None:
        """Root and suffix of a file name without folder; None if it is not the name of an exposure's product.

        The suffix is empty where the name is nothing but the root.
        """
        stem = without_fits_ending(name)
        for cut in (stem, *_shorter(stem)):
            if compiled(self.root).matches(cut.casefold()):
                suffix = stem[len(cut) + 1 :]
                scope, _, rest = suffix.partition("_")
                if rest and self.scope and compiled(self.scope).matches(scope.casefold()):
                    suffix = rest
                return cut, suffix
        return None

    def root_of(self, cards: Mapping[str, str]) -> str:
        """The root that the keywords of a header make; empty if a keyword is missing."""
        for template in self.templates:
            keywords = _PLACEHOLDER.findall(template)
            if all(cards.get(keyword) for keyword, _ in keywords):
                return _PLACEHOLDER.sub(
                    lambda match: cards[match[1]].rjust(int(match[2] or 0), "0"), template
                ).casefold()
        return ""

    def keywords(self) -> frozenset[str]:
        """All keywords that are read."""
        names = {keyword for template in self.templates for keyword, _ in _PLACEHOLDER.findall(template)}
        return frozenset(names | {self.keyword} - {""})

    def rank(self, suffix: str) -> tuple[int, str]:
        """The order of products, the least processed first; those that are not listed come last, by name."""
        return (self.suffixes.index(suffix), "") if suffix in self.suffixes else (len(self.suffixes), suffix)


def without_fits_ending(name: str) -> str:
    """A file name without the ending of a FITS file; any other name unchanged."""
    folded = name.casefold()
    ending = next((ending for ending in FITS_ENDINGS if folded.endswith(ending)), "")
    return name[: len(name) - len(ending)]


def _shorter(stem: str) -> list[str]:
    """The stem without its last part, its last two parts and so on, as parts are joined by underscores."""
    parts = stem.split("_")
    return ["_".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


@dataclass(frozen=True, slots=True)
class NotAnExposure:
    """Files that are counted but not used: those with a keyword, or whose name matches a regular expression."""

    kind: str
    keyword: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class HeaderWarning:
    """A warning about exposures: values of a keyword, in lower case, and what they mean."""

    keyword: str
    values: frozenset[str]
    message: str


@dataclass(frozen=True, slots=True)
class KeywordSource:
    """A keyword, and the part of its value that is used: the group of a regular expression for all of it, or the value."""

    keyword: str
    matching: str = ""


@dataclass(frozen=True, slots=True)
class HeaderColumn:
    """A column that is made from keywords.

    Attributes
    ----------
    name : str
        The name of the column.
    sources : tuple of KeywordSource
        The first that is present gives the value.
    number : bool
        Leading zeros are removed.
    absent : tuple of str
        Values, in lower case, that mean that nothing is known.
    values : mapping of str to str
        The cell for some values, in lower case.
    otherwise : str
        The cell for every other value, if `values` is given; the cell where no keyword is present.
    """

    name: str
    sources: tuple[KeywordSource, ...] = ()
    number: bool = False
    absent: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = UNDEFINED_CELL

    def cells(self, headers: Sequence[Mapping[str, str]]) -> list[str]:
        """The cells of many exposures; those of the same keywords are made once."""
        if len(self.sources) != 1:
            return [self.cell(cards) for cards in headers]
        keyword = self.sources[0].keyword
        values = [cards.get(keyword, "") for cards in headers]
        cells = {value: self.cell({keyword: value}) for value in set(values)}
        return [cells[value] for value in values]

    def cell(self, cards: Mapping[str, str]) -> str:
        """The cell of one exposure, from the keywords of its header."""
        for source in self.sources:
            value = cards.get(source.keyword, "")
            if source.matching and value:
                match = compiled(source.matching).fullmatch(value)
                value = match[1] if match is not None else ""
            if value and value.casefold() not in self.absent:
                if self.values:
                    return self.values.get(value.casefold(), self.otherwise)
                return (value.lstrip("0") or "0") if self.number else value
        return self.otherwise


@dataclass(frozen=True, slots=True)
class NumberedColumn:
    """A column that numbers distinct things from 1, such as the targets of a program, in the order of the exposures' roots.

    Attributes
    ----------
    name : str
        The name of the column.
    within : tuple of str
        The columns within which numbers start at 1.
    keys : tuple of tuple of str
        Lists of keywords: the first list whose keywords are all present identifies a thing.
    absent : tuple of str
        Values of these keywords, in lower case, that mean that nothing is known.
    places : int
        To how many decimal places numbers are compared.
    """

    name: str
    within: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    absent: tuple[str, ...] = ()
    places: int = 4


@dataclass(frozen=True, slots=True)
class RankColumn:
    """A column with the rank, from 1, of an exposure's values in some columns among those with the same values in others."""

    name: str
    of: tuple[str, ...]
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CombinedProducts:
    """What a product of several exposures says about them.

    Attributes
    ----------
    association : str
        The keyword with the name of the association file that it was made from; empty if there is none.
    table, column : str
        The extension, and its column, that list the files that it was made from; empty if there is none.
    """

    association: str = ""
    table: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class HeaderMapping:
    """The block ``headers`` of a rule set.

    Attributes
    ----------
    exposure : str
        The keyword that every exposure has.
    newest : str
        The keyword with the time when a file was written, to choose among copies.
    names : ProductNames
        What file names say.
    file_name : str
        The cell of the column of file names, with ``{root}``.
    not_exposures : tuple of NotAnExposure
        Which files are counted but not used.
    columns : tuple of HeaderColumn
        Columns from keywords, in the order of the pool.
    numbered, ranks : tuple
        Columns that are derived from several exposures.
    candidates : HeaderCandidates or None
        How exposures get candidates; None for a rule set without candidates.
    combined : CombinedProducts
        What products of several exposures say about them.
    warnings : tuple of HeaderWarning
        What is reported about exposures.
    """

    exposure: str
    newest: str
    names: ProductNames
    file_name: str
    not_exposures: tuple[NotAnExposure, ...] = ()
    columns: tuple[HeaderColumn, ...] = ()
    numbered: tuple[NumberedColumn, ...] = ()
    ranks: tuple[RankColumn, ...] = ()
    candidates: HeaderCandidates | None = None
    combined: CombinedProducts = CombinedProducts()
    warnings: tuple[HeaderWarning, ...] = ()

    def keywords(self) -> frozenset[str]:
        """All keywords that are read."""
        found = {self.exposure, self.newest, *self.names.keywords()}
        found.update(source.keyword for column in self.columns for source in column.sources)
        found.update(keyword for column in self.numbered for keys in column.keys for keyword in keys)
        found.update(kind.keyword for kind in self.not_exposures)
        found.update(warning.keyword for warning in self.warnings)
        return frozenset(found - {""}) | (self.candidates.keywords() if self.candidates is not None else frozenset())
