"""The automaton of a pattern's letters (Glushkov's), and whether a repetition can take one text in two ways.

Two ways that lead from a letter back to it over the same text are found by walking the automaton in two ways at once (Weber and
Seidl, 1991): such a pattern takes a time that doubles with each letter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from asnforge.rules.patterns import Choice, Letters, Node, Refused, Repeated, Row

UNROLLED = 40
"""Repetitions of a fixed text are written out up to so many letters; longer ones count as without end."""

_LETTERS = 400
_STEPS = 100_000


@dataclass(slots=True)
class Automaton:
    """The letters of a pattern as places, and which place can follow which, in how many ways."""

    accepted: list[int] = field(default_factory=list)
    following: Counter[tuple[int, int]] = field(default_factory=Counter)
    loops: list[tuple[str, range]] = field(default_factory=list)

    def judge(self, tree: Node) -> None:
        """Refuse a pattern in which a repetition takes one text in two ways."""
        self._add(tree)
        after: dict[int, list[tuple[int, bool]]] = {}
        for (one, other), ways in self.following.items():
            after.setdefault(one, []).append((other, ways > 1))
        steps = 0
        for text, places in self.loops:
            for start in places:
                found, steps = self._two_ways(start, after, steps)
                if found:
                    raise Refused(f"can take one text in many ways with {text}")

    def _two_ways(self, start: int, after: dict[int, list[tuple[int, bool]]], steps: int) -> tuple[bool, int]:
        """Whether two different ways lead from a place back to it over the same text."""
        waiting = [(start, start, False)]
        seen = set(waiting)
        while waiting:
            one, other, apart = waiting.pop()
            for next_one, twice in after.get(one, ()):
                for next_other, _ in after.get(other, ()):
                    steps += 1
                    if steps > _STEPS:
                        raise Refused("is too complicated to be sure that it ends")
                    if not self.accepted[next_one] & self.accepted[next_other]:
                        continue
                    state = (next_one, next_other, apart or next_one != next_other or (twice and one == other))
                    if state == (start, start, True):
                        return True, steps
                    if state not in seen:
                        seen.add(state)
                        waiting.append(state)
        return False, steps

    def _add(self, node: Node) -> tuple[bool, list[int], list[int]]:
        """Add a part: whether it can be empty, and the places that it begins and ends with."""
        match node:
            case Letters(accepted=accepted):
                if len(self.accepted) >= _LETTERS:
                    raise Refused(f"stands for more than {_LETTERS} letters in a row")
                self.accepted.append(accepted)
                place = [len(self.accepted) - 1]
                return False, place, place
            case Row(parts=parts):
                return self._add_row(parts)
            case Choice(options=options):
                if sum(map(can_be_empty, options)) > 1:
                    raise Refused("has two options that can be empty")
                added = [self._add(option) for option in options]
                firsts = [place for _, first, _ in added for place in first]
                lasts = [place for _, _, last in added for place in last]
                return any(empty for empty, _, _ in added), firsts, lasts
            case Repeated():
                return self._add_repeated(node)

    def _add_row(self, parts: tuple[Node, ...]) -> tuple[bool, list[int], list[int]]:
        empty, first, last = True, list[int](), list[int]()
        for part in parts:
            part_empty, part_first, part_last = self._add(part)
            self.following.update((one, other) for one in last for other in part_first)
            first = first + part_first if empty else first
            last = last + part_last if part_empty else part_last
            empty = empty and part_empty
        return empty, first, last

    def _add_repeated(self, node: Repeated) -> tuple[bool, list[int], list[int]]:
        if can_be_empty(node.part):
            raise Refused(f"repeats what can be empty with {node.text}")
        if node.at_most == 1:
            _, first, last = self._add(node.part)
            return node.at_least == 0, first, last
        if node.at_most is not None and _is_fixed(node.part) and node.at_most * _size(node.part) <= UNROLLED:
            return self._add(_unrolled(node))
        start = len(self.accepted)
        _, first, last = self._add(node.part)
        self.following.update((one, other) for one in last for other in first)
        self.loops.append((node.text, range(start, len(self.accepted))))
        return node.at_least == 0, first, last


def _unrolled(node: Repeated) -> Node:
    assert node.at_most is not None  # noqa: S101 - only such repetitions are unrolled
    tail: tuple[Node, ...] = ()
    for _ in range(node.at_most - node.at_least):
        tail = (Choice((Row(()), Row((node.part, *tail)))),)
    return Row((*(node.part for _ in range(node.at_least)), *tail))


def _is_fixed(node: Node) -> bool:
    """Whether a part takes so many letters in just one way."""
    match node:
        case Letters():
            return True
        case Row(parts=parts):
            return all(map(_is_fixed, parts))
        case Choice():
            return False
        case Repeated(part=part, at_least=at_least, at_most=at_most):
            return at_least == at_most and _is_fixed(part)


def can_be_empty(node: Node) -> bool:
    """Whether a part can take nothing at all."""
    match node:
        case Letters():
            return False
        case Row(parts=parts):
            return all(map(can_be_empty, parts))
        case Choice(options=options):
            return any(map(can_be_empty, options))
        case Repeated(part=part, at_least=at_least):
            return at_least == 0 or can_be_empty(part)


def _size(node: Node) -> int:
    match node:
        case Letters():
            return 1
        case Row(parts=parts) | Choice(options=parts):
            return max(1, sum(map(_size, parts)))
        case Repeated(part=part, at_most=at_most):
            return _size(part) * max(1, at_most or 1)
