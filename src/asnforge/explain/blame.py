"""Which part of a constraint decided for an exposure: a walk through results that are there, never a second evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from asnforge.explain.model import Failure, Reading
from asnforge.explain.values import Values
from asnforge.grouping.evaluate import Evaluator
from asnforge.rules.constraints import AllOf, AnyOf, Condition, Constraint, InTable, Leaf, Not
from asnforge.rules.describe import describe, describe_required_value
from asnforge.rules.rule import Key

Found = tuple[tuple[Reading, ...], str]


def constraint_failure(name: str, constraint: Constraint, evaluation: Evaluator, values: Values, row: int) -> Failure:
    """Why a constraint that an exposure does not pass has failed."""
    readings, text = _blame(constraint, evaluation, values, row, wanted=True)
    return Failure("constraint", name, describe(constraint), readings, text)


def blamed(constraint: Constraint, evaluation: Evaluator, row: int, wanted: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """The parts that keep a constraint from passing for an exposure, each with whether it should pass or should not."""
    match constraint:
        case Not(part=part):
            yield from blamed(part, evaluation, row, not wanted)
        case Condition(part=part):
            yield from blamed(part, evaluation, row, wanted)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                if evaluation.passes(part)[row] != wanted:
                    yield from blamed(part, evaluation, row, wanted)
        case _:
            yield constraint, wanted


def key_failure(key: Key, values: Values, row: int, *, in_name: bool) -> Failure:
    """Why an exposure is left out that has no value for a key, or one that cannot be part of a name (`in_name`)."""
    column, found, because = values.of(key.columns, row)
    wanted = "a value that can be part of a name" if in_name else "a value, to group by"
    reading = Reading(column, found, wanted, because)
    return Failure("key", key.name, f"group by {values.title(key.columns)}", (reading,), str(reading))


def _blame(constraint: Constraint, evaluation: Evaluator, values: Values, row: int, wanted: bool) -> Found:
    """The readings that keep a constraint from being `wanted`, and as a sentence."""

    def inside(part: Constraint, wanted: bool) -> Found:
        return _blame(part, evaluation, values, row, wanted)

    match constraint:
        case Not(part=part):
            return inside(part, not wanted)
        case Condition(name=name, part=part):
            readings, text = inside(part, wanted)
            return tuple(replace(each, conditions=(name, *each.conditions)) for each in readings), text
        case AllOf(parts=parts) | AnyOf(parts=parts):
            found = [inside(part, wanted) for part in parts if evaluation.passes(part)[row] != wanted]
            each_counts = isinstance(constraint, AllOf) == wanted
            return tuple(reading for readings, _ in found for reading in readings), (_all if each_counts else _one)(
                found
            )
        case _:
            column, value, because = values.of(constraint.columns, row, together=isinstance(constraint, InTable))
            reading = Reading(
                column, value, describe_required_value(constraint, negated=not wanted), because, excluded=not wanted
            )
            return (reading,), str(reading)


def _all(found: list[Found]) -> str:
    """The sentence where each reading would have to be another."""
    texts = dict.fromkeys(text for _, text in found)
    return "; and ".join(f"({text})" if "; or " in text and len(texts) > 1 else text for text in texts)


def _one(found: list[Found]) -> str:
    """The sentence where one other reading would be enough: what is asked for, and where it is asked."""
    excluded = [readings for readings, _ in found if all(reading.excluded for reading in readings)]
    facts = " and ".join(dict.fromkeys(reading.fact() for readings in excluded for reading in readings))
    texts = dict.fromkeys(text for readings, text in found if readings not in excluded)
    asked = "; or ".join(f"({text})" if "; and " in text and len(texts) > 1 else text for text in texts)
    if not found:
        return "nothing can pass"
    if facts and asked:
        return f"where {facts}: {asked}"
    if len(found) == 1 or asked:
        return asked or found[0][1]
    return f"{facts}, which must not occur together"
