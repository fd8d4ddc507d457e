"""What attachments took for a group and what not, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["before", "after", ""]


@dataclass(frozen=True, slots=True)
class Difference:
    """A relation of an attachment that holds between a supporting exposure and no exposure of a group.

    Attributes
    ----------
    column : str
        The columns that are compared.
    found : str
        The value of the supporting exposure as the pool spells it, or ``undefined``.
    in_group : tuple of str
        The values of the group's exposures.
    text : str
        The relation in words: ``EXPTIME differs by 0.6 s, at most 0.5 s``.
    distance : float or None
        How far the value is from that of the group's exposure that comes nearest to what is required; None if one of them is
        undefined, or if the relation is not about distances.
    limit : float or None
        The distance that is allowed at most or, if `at_least`, that is required.
    at_least : bool
        Whether the distance must be larger, not smaller.
    side : {"before", "after", ""}
        For times and other values of an interval, the side of the group's exposure on which the value is.
    unit : str
        The unit of `distance` and `limit`: s for times, arcsec for angles, and for numbers that of the column.
    """

    column: str
    found: str
    in_group: tuple[str, ...]
    text: str
    distance: float | None = None
    limit: float | None = None
    at_least: bool = False
    side: Side = ""
    unit: str = ""

    def __str__(self) -> str:
        """The difference in words."""
        return self.text


@dataclass(frozen=True, slots=True)
class MeasuredDistance:
    """How far a set of supporting exposures is from a group, in one column of ``nearest``.

    Attributes
    ----------
    distance : float or None
        The least distance; None if a value is undefined or not on the side that is required, and for texts.
    side : {"before", "after", ""}
        For times, the side of the group's exposures on which all of the nearest are.
    unit : str
        The unit of `distance`: s for times, arcsec for angles, and for numbers that of the column.
    """

    column: str
    distance: float | None
    side: Side
    unit: str


@dataclass(frozen=True, slots=True)
class SupportingSet:
    """A set of supporting exposures that match a group, and whether it is attached.

    Attributes
    ----------
    name : str
        The values in which its exposures agree, ``night 2026-03-10``, or the name of its only file.
    files : int
        The number of its files.
    outcome : {"taken", "too small", "not preferred", "farther"}
        ``farther``: as many sets as the attachment takes come before it.
    reason : str
        Why it is passed over, and how the preferences came out; empty if there is nothing to say.
    distances : tuple of str
        For each column of ``nearest`` how far it is: ``DATE-OBS 11.05 d before``, ``EXPTIME 0.1 s away``.
    measured : tuple of MeasuredDistance
        The same as numbers.
    """

    name: str
    files: int
    outcome: Literal["taken", "too small", "not preferred", "farther"]
    reason: str
    distances: tuple[str, ...]
    measured: tuple[MeasuredDistance, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentChoice:
    """The sets that an attachment had for a group, in the order in which they are taken.

    Attributes
    ----------
    attachment : str
        The attachment.
    chosen_for : str
        The exposure of the group for which the choice is made, if each has its own: ``line 7, name``; else empty.
    sets : tuple of SupportingSet
        The first sets and, for a supporting exposure, that of the exposure itself.
    more, more_taken : int
        The number of other sets, and of those that are taken.
    """

    attachment: str
    chosen_for: str
    sets: tuple[SupportingSet, ...]
    more: int = 0
    more_taken: int = 0
