"""The order in which rules are applied: a rule whose exposures are products of another one comes after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asnforge.rules.rule import Rule


def rule_layers(rules: Iterable[Rule]) -> tuple[tuple[Rule, ...], ...]:
    """The rules in layers: those of a layer use only products of earlier layers (docs/grouping.md#products).

    Each rule is in the first layer in which it can be, and the rules of a layer are in the order of `rules`. There is one layer
    if no rule uses products. No rule depends on itself (see `find_cycles`).
    """
    remaining = {rule.name: rule for rule in rules}
    layers: list[tuple[Rule, ...]] = []
    while remaining:
        layer = tuple(rule for rule in remaining.values() if rule.depends_on().isdisjoint(remaining))
        if not layer:
            raise ValueError(f"rules depend on each other: {', '.join(remaining)}")
        layers.append(layer)
        for rule in layer:
            del remaining[rule.name]
    return tuple(layers)


def find_cycles(depends_on: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """The cycles of rules that depend on each other: one for each set of rules that can all be reached from one another.

    Parameters
    ----------
    depends_on : mapping of str to iterable of str
        For each rule the rules that it depends on; names that are not keys of the mapping are ignored.

    Yields
    ------
    tuple of str
        The rules of a shortest cycle, beginning with the first by name; each depends on the next, and the last on the first.
    """
    in_cycle: set[str] = set()
    for name in sorted(depends_on):
        if name not in in_cycle and (cycle := _shortest_cycle(name, depends_on)):
            reached = with_sources([name], depends_on)
            in_cycle.update(other for other in reached if name in with_sources([other], depends_on))
            yield cycle


def with_sources(names: Iterable[str], depends_on: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Some rules, and all rules that they depend on, directly or through others."""
    queue, found = list(names), set[str]()
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue.extend(other for other in depends_on.get(name, ()) if other in depends_on)
    return frozenset(found)


def _shortest_cycle(start: str, depends_on: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    paths: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while paths:
        longer = []
        for path in paths:
            for name in sorted(depends_on[path[-1]]):
                if name == start:
                    return path
                if name in depends_on and name not in seen:
                    seen.add(name)
                    longer.append((*path, name))
        paths = longer
    return ()
