"""How the headers of FITS files become the rows of a pool: the block ``headers`` of a rule set, as values.

The schema ``headers.schema.json`` describes each key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asnforge.rules.regex import compiled

UNDEFINED_CELL = "NULL"
"""What a cell holds if the header says nothing."""


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
        stem = name.removesuffix(".gz")
        stem = stem[: -len(".fits")] if stem.casefold().endswith(".fits") else stem
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
class CandidateGuess:
    """How candidates of one type are guessed from headers.

    Attributes
    ----------
    candidate_type : str
        The type of the candidates.
    exposure_types : frozenset of str
        The exposure types that take part, in lower case.
    support : str
        The logical keyword that is true for supporting exposures, such as those of a background or a PSF reference; empty
        for candidates of neighboring fields.
    nearest : bool
        A target gets the supporting target that is nearest on the sky; else it gets all of them.
    within_degrees : float
        Without supporting exposures: how near to each other fields are joined, directly or through others.
    within_days : float
        Fields that were observed further apart in time may be epochs on purpose, so joining them is doubtful.
    """

    candidate_type: str
    exposure_types: frozenset[str]
    support: str = ""
    nearest: bool = False
    within_degrees: float = 0.0
    within_days: float = 0.0


@dataclass(frozen=True, slots=True)
class HeaderCandidates:
    """How exposures get candidates without a pool.

    Attributes
    ----------
    program, observation, instrument, exposure_type : str
        The columns with the numbers of the program and the observation, with the instrument and the exposure type.
    id, type : str
        The candidate of an observation: its id with ``{observation}``, filled with zeros to `width`, and its type.
    width : int
        The width of the number in an id.
    target : str
        The column of target numbers.
    target_names : tuple of str
        The columns with names of a target, for messages.
    target_in_associations : str
        A regular expression for the keyword ``target`` of association files, its group the number of the target.
    guessed_id : str
        The ids of guessed candidates, with ``{number}``, which counts from `first_number`.
    right_ascension, declination, time : str
        The keywords with the position of the target in degrees, and the start of the exposure in days.
    ignored : frozenset of str
        Exposure types, in lower case, that never decide about candidates, such as target acquisitions.
    guesses : tuple of CandidateGuess
        Which candidates are guessed, and how.
    archive_pool : str
        The keyword with the name of the archive's pool, which is certain where guesses are not.
    pool_ending : str
        How the names of the archive's pools end.
    """

    program: str
    observation: str
    instrument: str
    exposure_type: str
    id: str
    type: str
    width: int = 0
    target: str = ""
    target_names: tuple[str, ...] = ()
    target_in_associations: str = ""
    guessed_id: str = ""
    first_number: int = 1
    right_ascension: str = ""
    declination: str = ""
    time: str = ""
    ignored: frozenset[str] = frozenset()
    guesses: tuple[CandidateGuess, ...] = ()
    archive_pool: str = ""
    pool_ending: str = ""

    def keywords(self) -> frozenset[str]:
        """All keywords that are read."""
        support = {guess.support for guess in self.guesses}
        return frozenset({self.right_ascension, self.declination, self.time, self.archive_pool, *support} - {""})


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

    def keywords(self) -> frozenset[str]:
        """All keywords that are read."""
        found = {self.exposure, self.newest, *self.names.keywords()}
        found.update(source.keyword for column in self.columns for source in column.sources)
        found.update(keyword for column in self.numbered for keys in column.keys for keyword in keys)
        found.update(kind.keyword for kind in self.not_exposures)
        return frozenset(found - {""}) | (self.candidates.keywords() if self.candidates is not None else frozenset())
