"""Explanations of several rule sets for one pool, each applied by itself, as one answer for each exposure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import merge

from asnforge.explain.exposure import (
    NO_SUCH_EXPOSURE,
    Explainer,
    explain_all,
    exposure_of_product,
    find_exposures,
    one_exposure,
    unreadable_explanation,
    whereabouts,
)
from asnforge.explain.model import Explanation, Exposure, Orphans, WhyNot
from asnforge.explain.orphans import find_orphans, ordered_orphans, unreadable
from asnforge.explain.trace import Trace, trace_rules
from asnforge.explain.why_not import why_not
from asnforge.findings import InputError
from asnforge.generation.inputs import GenerateOptions, PoolInput
from asnforge.generation.rulesets_together import first_lines

_ExposureId = tuple[int, str, str]
"""An exposure: its line in the first pool, and 0, or the product of a rule: the rule and the product's file."""


class Traces:
    """What one or more rule sets did with a pool.

    Each answer about an exposure has the outcomes of all rule sets, one after another, and says of which rule set each is if
    there are several. An exposure is an orphan if it is in no association of any rule set.

    Parameters
    ----------
    traces : sequence of Trace
        The evaluation of each rule set, at least one.
    """

    def __init__(self, traces: Sequence[Trace]) -> None:
        self.each = tuple(traces)
        self._faulty_lines = [frozenset(trace.pool.faulty_lines) for trace in self.each]
        self._lines = first_lines([trace.pool for trace in traces], [trace.ruleset for trace in traces])

    def find(self, names: Sequence[str]) -> list[list[int]]:
        """For each rule set the rows of the exposures that a user names.

        Parameters
        ----------
        names : sequence of str
            For each rule set the name, as for `find_exposures`.

        Raises
        ------
        InputError
            No rule set has such an exposure.
        """
        found: list[list[int]] = []
        errors: list[InputError] = []
        for trace, name in zip(self.each, names, strict=True):
            try:
                found.append([*_find(trace, name)])
            except InputError as error:
                found.append([])
                errors.append(error)
        if len(errors) == len(self.each):
            raise errors[0]
        return found

    def explain(self, rows: Sequence[Sequence[int]], every: bool = False) -> Iterator[Explanation]:
        """The outcome for the exposures of these rows of each rule set, as `explain_exposure`, each exposure once."""
        found: dict[_ExposureId, list[tuple[int, int]]] = defaultdict(list)
        for index, (trace, own) in enumerate(zip(self.each, rows, strict=True)):
            for row in dict.fromkeys(own):
                found[self._id(index, trace.exposure(row))].append((index, row))
        explain = self._explainers(max(map(len, rows)), every)
        for parts in found.values():
            yield self._together([(index, explain[index](row)) for index, row in parts])

    def explain_all(self, every: bool = False) -> Iterator[Explanation]:
        """The outcome for each exposure of the pool, as `asnforge.explain.exposure.explain_all`."""
        if len(self.each) == 1:
            yield from explain_all(self.each[0], every)
            return
        found: dict[_ExposureId, list[tuple[int, int | Explanation]]] = defaultdict(list)
        lines: dict[_ExposureId, int] = {}
        for index, trace in enumerate(self.each):
            read: list[tuple[Exposure, int | Explanation]] = [
                (trace.exposure(row), row) for row in range(trace.exposures.exposures)
            ]
            not_read = [(exposure, unreadable_explanation(exposure, why)) for exposure, why in unreadable(trace.pool)]
            for exposure, what in (*read, *not_read):
                key = self._id(index, exposure)
                found[key].append((index, what))
                lines.setdefault(key, exposure.line)
        explain = self._explainers(len(found), every)
        for key in sorted(found, key=lines.__getitem__):
            parts = ((index, explain[index](what) if isinstance(what, int) else what) for index, what in found[key])
            yield self._together([*parts])

    def whereabouts(self) -> Iterator[tuple[Exposure, str]]:
        """Each exposure of the pool with its associations, or why it is in none, as `asnforge.explain.exposure.whereabouts`."""
        if len(self.each) == 1:
            yield from whereabouts(self.each[0])
            return
        orphans = [(exposure, f"orphan: {entry.reason}") for entry in self.orphans() for exposure in entry.exposures]
        left_out = {self._id(0, exposure) for exposure, _ in orphans}
        exposures: dict[_ExposureId, Exposure] = {}
        places: dict[_ExposureId, list[str]] = defaultdict(list)
        for index, trace in enumerate(self.each):
            for exposure, where in whereabouts(trace):
                key = self._id(index, exposure)
                if key not in left_out and not where.startswith("orphan: "):
                    exposures.setdefault(key, exposure)
                    places[key].append(where)
        used = ((exposure, ", ".join(places[key])) for key, exposure in exposures.items())
        yield from merge(
            sorted(used, key=lambda entry: entry[0].line),
            sorted(orphans, key=lambda entry: entry[0].line),
            key=lambda entry: entry[0].line,
        )

    def orphans(self) -> tuple[Orphans, ...]:
        """The exposures that are in no association of any rule set, by the reasons in each, as `find_orphans`."""
        if len(self.each) == 1:
            return find_orphans(self.each[0])
        reasons: dict[_ExposureId, list[str]] = defaultdict(list)
        exposures: dict[_ExposureId, Exposure] = {}
        for index, trace in enumerate(self.each):
            for entry in find_orphans(trace):
                for exposure in entry.exposures:
                    key = self._id(index, exposure)
                    exposures.setdefault(key, exposure)
                    reasons[key].append(self._named(index, exposure, entry.reason))
        used = {
            (line, "", "")
            for lines, trace in zip(self._lines, self.each, strict=True)
            for line in trace.pool.lines[: trace.exposures.exposures][~trace.orphans].tolist()
            for line in (lines.get(line),)
            if line is not None
        }
        by_reason: dict[str, list[Exposure]] = defaultdict(list)
        for key, exposure in exposures.items():
            if key not in used:
                by_reason["; ".join(dict.fromkeys(reasons[key]))].append(exposure)
        return ordered_orphans(by_reason)

    def why_not(self, ones: Sequence[str], others: Sequence[str]) -> WhyNot:
        """Why two exposures are in no association together, as `asnforge.explain.why_not.why_not`.

        Parameters
        ----------
        ones, others : sequence of str
            For each rule set the names of the two exposures; the name of a product or association file is its first exposure.

        Raises
        ------
        InputError
            No rule set has such an exposure, or it has several.
        """
        results: list[tuple[int, WhyNot]] = []
        errors: list[InputError] = []
        for index, (trace, one, other) in enumerate(zip(self.each, ones, others, strict=True)):
            try:
                (first, product), (second, other_product) = (_find_one(trace, name) for name in (one, other))
                separated = why_not(trace, first, second)
                results.append((index, replace(separated, product=product, other_product=other_product)))
            except InputError as error:
                errors.append(error)
        if not results:
            raise errors[0]
        whole = results[0][1]
        if len(self.each) == 1:
            return whole
        together = tuple(file for _, result in results for file in result.together)
        rules = tuple(
            replace(separation, ruleset=self.each[index].ruleset.name)
            for index, result in results
            for separation in result.rules
        )
        return replace(whole, together=together, rules=() if together else rules)

    def _explainers(self, count: int, every: bool) -> list[Explainer]:
        return [Explainer(trace, count, every) for trace in self.each]

    def _together(self, parts: Sequence[tuple[int, Explanation]]) -> Explanation:
        """The explanations of one exposure as one; that of a single rule set as it is."""
        if len(self.each) == 1:
            return parts[0][1]
        explanations = [explanation for _, explanation in parts]
        is_orphan = all(explanation.orphan for explanation in explanations)
        is_used = any(explanation.associations() for explanation in explanations)
        stand_ins = (explanation.stand_in for explanation in explanations if explanation.stand_in is not None)
        return Explanation(
            exposure=explanations[0].exposure,
            scopes=tuple(dict.fromkeys(scope for explanation in explanations for scope in explanation.scopes)),
            orphan="; ".join(
                dict.fromkeys(
                    self._named(index, explanation.exposure, explanation.orphan)
                    for index, explanation in parts
                    if is_orphan
                )
            ),
            stand_in=None if is_used else next(stand_ins, None),
            rules=tuple(
                replace(rule, ruleset=self.each[index].ruleset.name)
                for index, explanation in parts
                for rule in explanation.rules
            ),
            made_from=tuple(dict.fromkeys(each for explanation in explanations for each in explanation.made_from)),
        )

    def _named(self, index: int, exposure: Exposure, reason: str) -> str:
        """The reason for an exposure with its rule set; the reason alone if its line cannot be read, whatever the rules are."""
        is_unreadable = not exposure.made_by and exposure.line in self._faulty_lines[index]
        return reason if is_unreadable else f"{self.each[index].ruleset.name}: {reason}"

    def _id(self, index: int, exposure: Exposure) -> _ExposureId:
        if exposure.made_by:
            return 0, f"{self.each[index].ruleset.name}: {exposure.made_by}", exposure.file_name
        line = self._lines[index].get(exposure.line)
        return (exposure.line, str(index), "") if line is None else (line, "", "")


def trace_inputs(sources: Sequence[PoolInput], options: GenerateOptions) -> list[Trace]:
    """What each rule set does with the pool that it reads; errors as for `asnforge.explain.trace.trace_rules`."""
    return [
        trace_rules(source.pool, own.ruleset, own.scopes_for(source.name))
        for source, own in zip(sources, options.for_each_ruleset(), strict=True)
    ]


def _find(trace: Trace, name: str) -> tuple[int, ...]:
    """The rows of the exposures that a user names."""
    products = trace.ruleset.headers.names if trace.ruleset.headers is not None else None
    column = trace.ruleset.members.file_name
    return find_exposures(trace.pool, column, name, products, trace.exposures.exposures)


def _find_one(trace: Trace, name: str) -> tuple[int, str]:
    """The row of the one exposure that a user names; or of the first exposure of a product, and the product."""
    try:
        return one_exposure(trace.pool, _find(trace, name), name), ""
    except InputError as error:
        found = exposure_of_product(trace, name)
        if found is None or any(finding.code != NO_SUCH_EXPOSURE.code for finding in error.findings):
            raise
        return found
