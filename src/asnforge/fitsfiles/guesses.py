"""Guess candidates from headers: which background or reference belongs to which target, and which fields are one mosaic.

No header says what a proposer meant. A guess is certain only where there is nothing to choose from: one science target and
one supporting target. Every guess is a finding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asnforge.fitsfiles.exposure_rows import Rows
from asnforge.fitsfiles.exposures import Exposure
from asnforge.rules.header_candidates import CandidateGuess, HeaderCandidates
from asnforge.rules.header_mapping import UNDEFINED_CELL


@dataclass(frozen=True, slots=True)
class Guess:
    """Observations of a program that are guessed to belong together.

    Attributes
    ----------
    program : str
        The number of the program.
    candidate_type : str
        The type of the candidate.
    observations : frozenset of str
        The numbers of the observations.
    reason : str
        What was given to what, and why.
    is_certain : bool
        Whether there was nothing to choose from.
    order : tuple
        The order in which guesses are numbered.
    """

    program: str
    candidate_type: str
    observations: frozenset[str]
    reason: str
    is_certain: bool
    order: tuple[object, ...]


_ROUNDING = 1e-9
"""More than the error of an angle in degrees that is computed."""


@dataclass(frozen=True, slots=True)
class _Field:
    """All exposures of one observation, target and exposure type."""

    observation: str
    target: str
    name: str
    is_supporting: bool
    right_ascension: float
    declination: float
    time: float

    def is_near(self, other: _Field, degrees: float) -> bool:
        """Whether the angle between two fields is at most a number of degrees; most are not, by their declinations alone."""
        return abs(self.declination - other.declination) <= degrees + _ROUNDING and self.distance(other) <= degrees

    def distance(self, other: _Field) -> float:
        """The angle between two fields in degrees; infinite if a position is unknown."""
        first, second = math.radians(self.declination), math.radians(other.declination)
        difference = math.radians(self.right_ascension - other.right_ascension)
        half = math.sin((first - second) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(difference / 2) ** 2
        return math.inf if math.isnan(half) else math.degrees(2 * math.asin(min(1.0, math.sqrt(half))))


def guess_candidates(exposures: Sequence[Exposure], rows: Rows, rules: HeaderCandidates) -> list[Guess]:
    """All guesses, in the order in which they are numbered within each program.

    Parameters
    ----------
    exposures : sequence of Exposure
        The exposures.
    rows : list of dict
        Their rows.
    rules : HeaderCandidates
        How candidates are guessed.
    """
    groups: dict[tuple[str, str, str], list[int]] = {}
    for index, row in enumerate(rows):
        exposure_type = row.get(rules.exposure_type, "").casefold()
        if exposure_type not in rules.ignored:
            key = (row.get(rules.program, ""), row.get(rules.instrument, ""), exposure_type)
            groups.setdefault(key, []).append(index)
    guesses: list[Guess] = []
    for (program, _, exposure_type), indices in sorted(groups.items()):
        for rule in rules.guesses:
            if exposure_type in rule.exposure_types:
                fields = _fields(exposures, rows, indices, rule, rules)
                found = _supported(fields, rule) if rule.support else _mosaics(fields, rule)
                for observations, reason, is_certain in found:
                    order = (rule.candidate_type, exposure_type, min(map(_number, observations)))
                    guesses.append(Guess(program, rule.candidate_type, observations, reason, is_certain, order))
    return sorted(guesses, key=lambda guess: (guess.program, guess.order))


_Found = tuple[frozenset[str], str, bool]
"""Observations, the reason, and whether it is certain."""


def _supported(fields: list[_Field], rule: CandidateGuess) -> Iterator[_Found]:
    """Each science target with its supporting observations."""
    science, supporting = _by_target(fields, is_supporting=False), _by_target(fields, is_supporting=True)
    is_certain = len(science) == len(supporting) == 1
    for target in science.values():
        chosen = list(supporting.values())
        why = "the only supporting target" if len(chosen) == 1 else "all supporting targets"
        if rule.nearest and len(chosen) > 1:
            chosen = [min(chosen, key=lambda other: _separation(target, other))]
            why = f"the nearest supporting target, {_separation(target, chosen[0])[0]:.3g} degrees away"
        if chosen:
            support = [field for group in chosen for field in group]
            names = ", ".join(dict.fromkeys(field.name for field in support))
            reason = f"{_named(target)} with {_named(support, names)}: {why}"
            yield frozenset(field.observation for field in (*target, *support)), reason, is_certain


def _mosaics(fields: list[_Field], rule: CandidateGuess) -> Iterator[_Found]:
    """Observations whose fields are near to each other, directly or through others."""
    remaining = list(fields)
    while remaining:
        group = [remaining.pop(0)]
        for field in group:
            near: list[_Field] = []
            far: list[_Field] = []
            for other in remaining:
                (near if field.is_near(other, rule.within_degrees) else far).append(other)
            group += near
            remaining = far
        observations = frozenset(field.observation for field in group)
        if len(observations) > 1:
            times = [field.time for field in group]
            is_one_epoch = max(times) - min(times) <= rule.within_days
            is_one_target = len({field.target for field in group}) == 1
            reason = f"{_named(group)}: less than {rule.within_degrees:g} degrees apart"
            if not is_one_epoch:
                reason += f", but up to {max(times) - min(times):.0f} days"
            yield observations, reason, is_one_epoch and is_one_target


def _fields(
    exposures: Sequence[Exposure], rows: Rows, indices: Sequence[int], rule: CandidateGuess, rules: HeaderCandidates
) -> list[_Field]:
    """The fields of some exposures, in the order of observations, each at its first exposure's position and time."""
    fields: dict[tuple[str, str, bool], _Field] = {}
    for index in indices:
        header, row = exposures[index].header, rows[index]
        observation = row.get(rules.observation, UNDEFINED_CELL)
        if observation == UNDEFINED_CELL:
            continue
        is_supporting = bool(rule.support) and header.get(rule.support) == "T"
        target = row.get(rules.target, UNDEFINED_CELL)
        field = _Field(
            observation,
            target,
            next((row[name] for name in rules.target_names if row.get(name, UNDEFINED_CELL) != UNDEFINED_CELL), target),
            is_supporting,
            _float(header.get(rules.right_ascension)),
            _float(header.get(rules.declination)),
            _float(header.get(rules.time)),
        )
        fields.setdefault((observation, target, is_supporting), field)
    return sorted(fields.values(), key=lambda field: (_number(field.observation), field.target))


def _by_target(fields: list[_Field], *, is_supporting: bool) -> dict[str, list[_Field]]:
    targets: dict[str, list[_Field]] = {}
    for field in fields:
        if field.is_supporting == is_supporting:
            targets.setdefault(field.target, []).append(field)
    return targets


def _separation(target: list[_Field], other: list[_Field]) -> tuple[float, float]:
    """The angle between two targets in degrees, and between their first exposures in days."""
    angle = min(left.distance(right) for left in target for right in other)
    days = min(abs(left.time - right.time) for left in target for right in other)
    return angle, days


def _named(fields: Sequence[_Field], name: str = "") -> str:
    """``TARGET (observations 1, 2)``."""
    observations = list(dict.fromkeys(field.observation for field in fields))
    noun = "observation" if len(observations) == 1 else "observations"
    names = name or ", ".join(dict.fromkeys(field.name for field in fields))
    return f"{names} ({noun} {', '.join(observations)})"


def _number(observation: str) -> tuple[int, str]:
    return (int(observation), "") if observation.isdecimal() else (0, observation)


def _float(value: str | None) -> float:
    try:
        return float(value) if value is not None else math.nan
    except ValueError:
        return math.nan
