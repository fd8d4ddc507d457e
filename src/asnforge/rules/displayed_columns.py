"""Columns that are displayed to people: those that say how an exposure was taken, and those of a report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetupColumns:
    """Which columns say how an exposure was taken.

    Attributes
    ----------
    setup : tuple of str
        The columns whose values define a setup.
    exposure : tuple of str
        The columns that are shown for each exposure, after its file name.
    expected : str
        The column with the number of exposures that there should be; empty if there is none.
    counter : str
        The column with the number of the exposure, whose distinct values are counted.
    within : tuple of str
        The columns within which exposures are counted.
    """

    setup: tuple[str, ...]
    exposure: tuple[str, ...] = ()
    expected: str = ""
    counter: str = ""
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """Which columns a report displays, and how it orders exposures.

    Attributes
    ----------
    columns : tuple of str
        The columns that are shown for each exposure.
    instrument : str
        The column by which exposures can be selected; empty if there is none.
    observation : tuple of str
        The columns that together identify an observation; exposures are in the order of observations, then of file names.
    activity : tuple of str
        The columns that together identify the part of an observation whose exposures belong together.
    footprint : str
        The column with the region on the sky, such as ``POLYGON ICRS 10 20 10.1 20 10.1 20.1``; empty if there is none.
    time : tuple of str
        The columns with the time of an exposure; the first that is defined is used.
    """

    columns: tuple[str, ...]
    instrument: str = ""
    observation: tuple[str, ...] = ()
    activity: tuple[str, ...] = ()
    footprint: str = ""
    time: tuple[str, ...] = ()

    def every_column(self) -> frozenset[str]:
        """The names of all of these columns, in lower case."""
        named = (self.instrument, self.footprint, *self.columns, *self.observation, *self.activity, *self.time)
        return frozenset(map(str.casefold, filter(None, named)))
