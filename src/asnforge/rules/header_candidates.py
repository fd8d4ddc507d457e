"""How exposures of FITS files get candidates: the part of the block ``headers`` about them."""

from __future__ import annotations

from dataclasses import dataclass


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
