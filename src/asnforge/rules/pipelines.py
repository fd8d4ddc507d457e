"""What pipelines need and read, by asn_type: facts about an observatory, declared in its rule set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from asnforge.findings import Severity, did_you_mean, pluralize

_CUTOFF = 0.8
_SHORTEST_PREFIX = 3
_MOST_SUGGESTIONS = 200
_SEPARATORS = re.compile(r"[-\s.]+")


@dataclass(frozen=True, slots=True)
class MemberCount:
    """The number of members of an exptype (in lower case) that a pipeline needs in each product.

    Attributes
    ----------
    at_least, at_most : int, int or None
        The smallest and the largest number; None if there is no limit.
    otherwise : str
        What the pipeline does with another number; may be empty.
    severity : {"error", "warning"}
        How severe another number is.
    """

    exptype: str
    at_least: int = 0
    at_most: int | None = None
    otherwise: str = ""
    severity: Severity = "warning"

    def allows(self, count: int) -> bool:
        """Whether the pipeline can process this number of members."""
        return self.at_least <= count and (self.at_most is None or count <= self.at_most)

    def describe(self, count: int) -> str:
        """The problem with a number of members: ``no psf member``, ``2 science members, where 1 is the maximum``."""
        members = f"no {self.exptype} member" if count == 0 else pluralize(count, f"{self.exptype} member")
        if count == 0 and self.at_least == 1:
            return members
        limit = f"{self.at_least} is the minimum" if count < self.at_least else f"{self.at_most} is the maximum"
        return f"{members}, where {limit}"


@dataclass(frozen=True, slots=True)
class Suffixes:
    """The suffixes that are usual for members of an exptype, and those of another calibration level, in lower case."""

    right: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AsnType:
    """How the pipeline for one asn_type uses an association.

    Attributes
    ----------
    name : str
        The asn_type.
    pipeline : str
        The pipeline's name, for messages.
    reads : frozenset of str
        The exptypes that the pipeline reads, in lower case; empty if that is unknown.
    case_sensitive : bool
        Whether the pipeline compares exptype case-sensitively.
    first_product_only : bool
        Whether the pipeline makes only the first product.
    require : tuple of MemberCount
        The numbers of members that each product needs.
    suffixes : mapping of str to Suffixes
        The suffixes of member file names, by exptype.
    """

    name: str
    pipeline: str = ""
    reads: frozenset[str] = frozenset()
    case_sensitive: bool = False
    first_product_only: bool = False
    require: tuple[MemberCount, ...] = ()
    suffixes: Mapping[str, Suffixes] = field(default_factory=dict)

    def describe_pipeline(self) -> str:
        """The pipeline's name, or the asn_type if it has none."""
        return self.pipeline or f"the pipeline for {self.name}"

    def reads_exptype(self, exptype: str) -> bool:
        """Whether the pipeline reads members of an exptype; true if it is unknown what it reads."""
        return not self.reads or exptype.casefold() in self.reads

    def ignores_spelling(self, exptype: str) -> bool:
        """Whether the pipeline ignores a member of an exptype only because of its upper-case characters."""
        lower = exptype.casefold()
        return self.case_sensitive and exptype != lower and (not self.reads or lower in self.reads)

    def has_wrong_suffix(self, exptype: str, expname: str) -> bool:
        """Whether a member's file is of a calibration level that the pipeline cannot process."""
        suffixes = self.suffixes.get(exptype.casefold())
        return suffixes is not None and file_suffix(expname) in suffixes.wrong


@dataclass(frozen=True, slots=True)
class Pipelines:
    """What a rule set declares about the pipelines that process its associations.

    Attributes
    ----------
    asn_types : mapping of str to AsnType
        The asn_types, by name in lower case.
    exptypes : mapping of str to tuple of str
        For each known exptype, in lower case, its common misspellings. Empty if the rule set does not declare exptypes: then
        every exptype is accepted.
    undefined : frozenset of str
        The values, in lower case, that are undefined, such as those of an exposerr without an error.
    not_degraded, degraded : str
        The two values of the keyword degraded_status.
    """

    asn_types: Mapping[str, AsnType] = field(default_factory=dict)
    exptypes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    undefined: frozenset[str] = frozenset()
    not_degraded: str = ""
    degraded: str = ""

    def find(self, asn_type: object) -> AsnType | None:
        """The facts of an asn_type, ignoring case; None for an unknown one and for anything but a string."""
        return self.asn_types.get(asn_type.casefold()) if isinstance(asn_type, str) else None


class ExptypeSpelling:
    """The exptypes that misspelled words most likely mean; each distinct word is looked up only once.

    Parameters
    ----------
    exptypes : mapping of str to tuple of str
        As in `Pipelines`.
    """

    def __init__(self, exptypes: Mapping[str, tuple[str, ...]]) -> None:
        self.known = exptypes
        self._words = {word: exptype for exptype, words in exptypes.items() for word in (*words, exptype)}
        self._results: dict[str, str | None] = {}

    def likely_exptype(self, word: str) -> str | None:
        """The known exptype that an unknown word most likely means, such as background for ``bkg``.

        The word is a declared misspelling, the beginning of only one exptype, or similar to either. After `_MOST_SUGGESTIONS`
        distinct words there are no more suggestions: a file with more has another problem.
        """
        if word not in self._results:
            if len(self._results) >= _MOST_SUGGESTIONS:
                return None
            self._results[word] = self._find(_SEPARATORS.sub("_", word.strip().casefold()))
        return self._results[word]

    def _find(self, word: str) -> str | None:
        if word in self._words:
            return self._words[word]
        completions = [exptype for exptype in self.known if exptype.startswith(word)]
        if len(completions) == 1 and len(word) >= _SHORTEST_PREFIX:
            return completions[0]
        closest = did_you_mean(word, self._words, _CUTOFF)
        return None if closest is None else self._words[closest]


def file_suffix(name: str) -> str:
    """The part of a file name between the last underscore and the first dot after it, in lower case; empty if there is none."""
    _, underscore, end = name.rpartition("/")[2].rpartition("_")
    return end.partition(".")[0].casefold() if underscore else ""
