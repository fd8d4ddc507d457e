"""The data of the page: a report as compact JSON, with each string once and members as differences of their numbers.

The script of the page is the only reader. Every string is displayable: control characters and marks that change
the direction of text are escaped, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from asnforge.explain.attachment_outcomes import AttachmentChoice
from asnforge.findings import printable
from asnforge.grouping.arrays import IndexArray
from asnforge.report.model import SIDES, Report, ShownAssociation, ShownColumn, ShownExposures

_ARCSECONDS = 36_000
"""Corners of footprints are in tenths of an arcsecond."""


def page_data(report: Report) -> dict[str, Any]:
    """A report as the script of the page reads it."""
    words = _Words()
    prefix = common_prefix([association.product for association in report.associations])
    return {
        "comparison": report.is_comparison,
        "exposures": _exposures(report.exposures),
        "roles": list(map(printable, report.roles)),
        "prefix": printable(prefix),
        "associations": [_association(association, words) for association in report.associations],
        "orphans": [
            {
                "why": printable(entry.reason),
                "almost": entry.almost,
                "n": entry.total,
                "e": _differences(entry.exposures),
            }
            for entry in report.orphans
        ],
        "words": words.all(),
    }


def common_prefix(names: Sequence[str]) -> str:
    """What all names begin with, up to the last delimiter; empty for a single name."""
    prefix = min(names)[: _shared_length(min(names), max(names))] if len(names) > 1 else ""
    end = max(map(prefix.rfind, "_-"), default=-1)
    return prefix[: end + 1]


class _Words:
    """Strings that occur often, each once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers))

    def all(self) -> list[str]:
        return list(map(printable, self._numbers))


def _association(association: ShownAssociation, words: _Words) -> dict[str, Any]:
    codes = association.roles * len(SIDES) + association.sides
    pairs = np.empty(2 * len(codes), np.int64)
    pairs[::2] = np.diff(association.exposures, prepend=0)
    pairs[1::2] = codes
    data: dict[str, Any] = {
        "p": printable(association.product),
        "f": printable(association.file),
        "t": words.number(association.asn_type),
        "r": words.number(association.rule),
        "z": words.number(association.ruleset),
        "g": words.number(association.heading),
        "s": words.number(association.scope_type),
        "m": pairs.tolist(),
        "c": [words.number(text) for entry in association.constraints for text in entry],
    }
    optional = {
        "k": association.folded,
        "e": association.errors,
        "u": [[printable(each.expname), words.number(each.role), each.association] for each in association.products],
        "y": [] if association.through is None else _differences(association.through),
        "h": [_choice(choice) for choice in association.choices],
        "d": list(map(printable, association.changes)),
    }
    return data | {name: value for name, value in optional.items() if value}


def _choice(choice: AttachmentChoice) -> list[Any]:
    sets = [
        [printable(each.name), each.files, each.outcome, printable(each.reason), list(map(printable, each.distances))]
        for each in choice.sets
    ]
    return [choice.attachment, printable(choice.chosen_for), sets, choice.more, choice.more_taken]


def _exposures(exposures: ShownExposures) -> dict[str, Any]:
    data: dict[str, Any] = {
        "names": _front_coded(exposures.names),
        "lines": exposures.lines.tolist() if exposures.lines.any() else None,
        "columns": [_column(column) for column in exposures.columns],
        "instrument": exposures.instrument,
        "program": _column(exposures.program) if exposures.program is not None else None,
        "observation": _column(exposures.observation) if exposures.observation is not None else None,
        "counts": exposures.counts.tolist() if exposures.counts is not None else None,
        "last": _front_coded(exposures.last_names),
        "times": None,
        "regions": None,
    }
    if exposures.times is not None:
        data["times"] = [None if np.isnan(time) else round(time, 5) for time in exposures.times.tolist()]
    if len(exposures.regions) > 1 and exposures.region_codes is not None:
        data["regions"] = {
            "words": [[_corners(region) for region in regions] for regions in exposures.regions],
            "codes": exposures.region_codes.tolist(),
        }
    return data


def _column(column: ShownColumn) -> dict[str, Any]:
    """A column with the values that occur, those that occur first having the smallest numbers."""
    used, first, codes = np.unique(column.codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    words = [printable(column.words[used[index]]) for index in order.tolist()]
    return {"title": printable(column.title), "words": words, "codes": rank[codes].tolist()}


def _front_coded(names: Iterable[str]) -> list[int | str]:
    """Names as pairs: how many characters are those of the name before, and the rest."""
    coded: list[int | str] = []
    before = ""
    for name in map(printable, names):
        shared = _shared_length(before, name)
        coded += (shared, name[shared:])
        before = name
    return coded


def _shared_length(one: str, other: str) -> int:
    """The number of characters with which both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (left, right) in pairs if left != right), min(len(one), len(other)))


def _differences(numbers: IndexArray) -> list[int]:
    differences: list[int] = np.diff(numbers, prepend=0).tolist()
    return differences


def _corners(region: Sequence[tuple[float, float]]) -> list[int]:
    """The corners of a polygon: the first, and the differences to the corner before."""
    corners = np.rint(np.array(region) * _ARCSECONDS).astype(np.int64)
    differences: list[int] = np.diff(corners, axis=0, prepend=0).ravel().tolist()
    return differences
