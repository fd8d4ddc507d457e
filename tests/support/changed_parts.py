"""Parts of rules changed: constraints with one part removed or inverted, lists with one entry less, and other values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from asnforge.rules.constraints import AllOf, AnyOf, Bounded, Comparison, Condition, Constraint, InTable, Not, OneOf
from asnforge.rules.describe import describe

_OTHER_EDGE: Mapping[Comparison, Comparison] = {
    "at_least": "above",
    "above": "at_least",
    "at_most": "below",
    "below": "at_most",
}
"""The comparisons that differ only for the bound itself."""

_T = TypeVar("_T")


def changed_constraints(constraint: Constraint) -> Iterator[tuple[str, Constraint]]:
    """The constraint inverted, and with each part of it removed or inverted."""
    yield f"inverted: {describe(constraint)}", _inverted(constraint)
    yield from _inside(constraint)


def _inside(constraint: Constraint) -> Iterator[tuple[str, Constraint]]:
    """The constraint with one of its parts changed."""
    match constraint:
        case Not(part=part) | Condition(part=part):
            for change, changed in _inside(part):
                yield change, replace(constraint, part=changed)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for index, part in enumerate(parts):
                if len(parts) > 1:
                    yield f"removed: {describe(part)}", replace(constraint, parts=without(parts, index))
                for change, changed in changed_constraints(part):
                    yield change, replace(constraint, parts=replaced(parts, index, changed))
        case _:
            yield from _fewer(constraint)


def _fewer(leaf: Constraint) -> Iterator[tuple[str, Constraint]]:
    """A leaf without one of its several values or of the rows of its table."""
    if isinstance(leaf, OneOf) and len(leaf.values) > 1:
        for index, value in enumerate(leaf.values):
            yield f"value removed: {value}", replace(leaf, values=without(leaf.values, index))
    if isinstance(leaf, Bounded):
        edge = _OTHER_EDGE[leaf.comparison]
        yield f"{leaf.comparison} is {edge}: {describe(leaf)}", replace(leaf, comparison=edge)
    if isinstance(leaf, InTable):
        for row in sorted(leaf.rows):
            yield f"row removed: {', '.join(row)}", replace(leaf, rows=leaf.rows - {row})


def _inverted(constraint: Constraint) -> Constraint:
    return constraint.part if isinstance(constraint, Not) else Not(constraint)


def changed(value: _T, field: str, content: object) -> _T:
    """The value with another content of a field."""
    changes: dict[str, Any] = {field: content}
    return replace(value, **changes)  # type: ignore[type-var]


def without(items: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    return (*items[:index], *items[index + 1 :])


def replaced(items: tuple[Any, ...], index: int, item: Any) -> tuple[Any, ...]:
    return (*items[:index], item, *items[index + 1 :])
