"""What pipelines need and read of associations, by asn_type: facts of an observatory, declared in its rule set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from asnforge.findings import Severity, did_you_mean, pluralize

_CLOSE = 0.8
_SHORTEST_PREFIX = 3
_MOST_SUGGESTIONS = 200
_SEPARATORS = re.compile(r"[-\s.]+")


@dataclass(frozen=True, slots=True)
class MemberCount:
    """How many members of an exptype a pipeline needs in each product.

    Attributes
    ----------
    exptype : str
        The exptype, in lower case.
    at_least : int
        The smallest number of members.
    at_most : int or None
        The largest number; None where there is no limit.
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
        """What is wrong with a number of members: ``no psf member``, ``2 science members, where 1 is the maximum``."""
        found = f"no {self.exptype} member" if count == 0 else pluralize(count, f"{self.exptype} member")
        if count == 0 and self.at_least == 1:
            return found
        limit = f"{self.at_least} is the minimum" if count < self.at_least else f"{self.at_most} is the maximum"
        return f"{found}, where {limit}"


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
        The exptypes that the pipeline reads, in lower case; empty where that is not known.
    case_sensitive : bool
        Whether the pipeline compares exptype case-sensitively.
    first_product_only : bool
        Whether the pipeline makes the first product only.
    require : tuple of MemberCount
        How many members each product needs.
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
        """The pipeline's name, or the asn_type where it has none."""
        return self.pipeline or f"the pipeline for {self.name}"

    def ignores_spelling(self, exptype: str) -> bool:
        """Whether the pipeline ignores a member of an exptype because of its upper-case characters alone."""
        lower = exptype.casefold()
        return self.case_sensitive and exptype != lower and (not self.reads or lower in self.reads)

    def has_wrong_suffix(self, exptype: str, expname: str) -> bool:
        """Whether a member's file is of another calibration level than the pipeline can process."""
        suffixes = self.suffixes.get(exptype.casefold())
        return suffixes is not None and file_suffix(expname) in suffixes.wrong


@dataclass(frozen=True, slots=True)
class Pipelines:
    """What a rule set declares of the pipelines that process its associations.

    Attributes
    ----------
    asn_types : mapping of str to AsnType
        The asn_types, by name in lower case.
    exptypes : mapping of str to tuple of str
        For each known exptype, in lower case, the words that are written by mistake in its place. Empty where the rule set
        does not declare exptypes: every exptype is accepted then.
    undefined : frozenset of str
        The values in lower case that mean no value, such as an exposerr that is no error.
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
    """Which exptype was meant by a word; each distinct word is examined once.

    Parameters
    ----------
    exptypes : mapping of str to tuple of str
        As in `Pipelines`.
    """

    def __init__(self, exptypes: Mapping[str, tuple[str, ...]]) -> None:
        self.known = exptypes
        self._words = {word: exptype for exptype, words in exptypes.items() for word in (*words, exptype)}
        self._meant: dict[str, str | None] = {}

    def meant(self, word: str) -> str | None:
        """The known exptype that an unknown word most likely means, such as background for ``bkg``.

        The word is a declared misspelling, the beginning of one exptype only, or a character or two away from either. After
        `_MOST_SUGGESTIONS` distinct words no more suggestions are made: a file with so many is not a misspelled one.
        """
        if word not in self._meant:
            if len(self._meant) >= _MOST_SUGGESTIONS:
                return None
            self._meant[word] = self._find(_SEPARATORS.sub("_", word.strip().casefold()))
        return self._meant[word]

    def _find(self, word: str) -> str | None:
        if word in self._words:
            return self._words[word]
        begun = [exptype for exptype in self.known if exptype.startswith(word)]
        if len(begun) == 1 and len(word) >= _SHORTEST_PREFIX:
            return begun[0]
        near = did_you_mean(word, self._words, _CLOSE)
        return None if near is None else self._words[near]


def file_suffix(name: str) -> str:
    """The part of a file's name between the last underscore and the first dot after it, in lower case; empty without one."""
    _, underscore, end = name.rpartition("/")[2].rpartition("_")
    return end.partition(".")[0].casefold() if underscore else ""
