"""Regular expressions that can run away: for some text the time to match grows beyond all measure.

A backtracking matcher tries every way in which a text can be taken. So a pattern is judged by how many ways there can be:
without bound where a repetition can take one text in two ways, and as a power of the text's length where several
repetitions stand in a row that can take the same letters.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

from asnforge.rules.automaton import UNROLLED, Automaton
from asnforge.rules.patterns import Choice, Letters, Node, Refused, Repeated, Row, read_pattern

LONGEST = 500
"""The letters that a pattern can have."""

REPETITIONS = 3
"""How many repetitions in a row can take the same letters."""

WAYS = 4096
"""In how many ways options in a row can take the same letters."""

_RANGE = 9


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a pattern: that it does not compile, or that it can run away."""

    compiles: bool
    message: str
    hint: str = ""


@lru_cache(maxsize=1024)
def pattern_fault(pattern: str) -> Fault | None:
    """What is wrong with a regular expression; None where it can be used."""
    if len(pattern) > LONGEST:
        return Fault(False, f"is {len(pattern)} letters long, at most {LONGEST} are read", "list the values with in")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        return Fault(False, f"does not compile: {error}")
    try:
        tree = read_pattern(pattern)
        Automaton().judge(tree)
        _refuse_repetitions_in_a_row(tree)
    except Refused as refusal:
        return Fault(True, str(refusal), refusal.hint)
    return None


def _letters(node: Node) -> int:
    """All letters that a part can take."""
    match node:
        case Letters(accepted=accepted):
            return accepted
        case Row(parts=parts) | Choice(options=parts):
            found = 0
            for part in parts:
                found |= _letters(part)
            return found
        case Repeated(part=part):
            return _letters(part)


def _refuse_repetitions_in_a_row(tree: Node) -> None:
    """Refuse a pattern in which too many repetitions or options can take the same letters, with nothing to part them."""
    open_loops: list[tuple[int, int]] = []
    open_ways: list[tuple[int, int]] = []
    for node in _flat(tree):
        letters = _letters(node)
        if isinstance(node, Letters):
            open_loops = [(mask, count) for mask, count in open_loops if mask & letters]
            open_ways = [(mask, ways) for mask, ways in open_ways if mask & letters]
            continue
        if _is_loop(node):
            count = 1 + max((count for mask, count in open_loops if mask & letters), default=0)
            if count > REPETITIONS:
                raise Refused(f"has {count} repetitions in a row that can take the same letters")
            open_loops.append((letters, count))
            continue
        ways = _ways(node) * max((ways for mask, ways in open_ways if mask & letters), default=1)
        if ways > WAYS:
            raise Refused("has too many options in a row that can take the same letters")
        open_ways.append((letters, ways))


def _flat(node: Node) -> list[Node]:
    """The parts of a pattern in a row; what repeats, and a choice, as one."""
    match node:
        case Row(parts=parts):
            return [inner for part in parts for inner in _flat(part)]
        case Repeated(part=part, at_least=at_least, at_most=at_most) if at_least == at_most:
            return _flat(part) * min(at_least, UNROLLED)
        case Choice(options=options):
            return [node, *(inner for option in options for inner in _flat(option) if not isinstance(inner, Letters))]
        case Repeated(part=part) if not _is_loop(node):
            return [node, *(inner for inner in _flat(part) if not isinstance(inner, Letters))]
        case _:
            return [node]


def _is_loop(node: Node) -> bool:
    return isinstance(node, Repeated) and (node.at_most is None or node.at_most - node.at_least > _RANGE)


def _ways(node: Node) -> int:
    if isinstance(node, Repeated):
        return 1 + (node.at_most or 0) - node.at_least
    if isinstance(node, Choice):
        masks = [_letters(option) for option in node.options]
        return max(1, *(sum(1 for other in masks if mask & other) for mask in masks))
    return 1
