"""Explanations as JSON text, one after another, with text that several of them have in common written once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace

import msgspec

from asnforge.explain.model import Explanation, Orphans, RuleOutcome

INDENT = 4
"""The number of spaces by which each level of an array of explanations is indented."""

_MOST_REMEMBERED = 2000
"""The number of outcomes whose text is remembered at a time."""


def json_lines(explanations: Iterable[Explanation]) -> Iterator[str]:
    """Each explanation as an object on a line of its own, in ASCII."""
    yield from (f"{line}\n" for line in _lines(explanations))


def json_array(explanations: Iterable[Explanation]) -> Iterator[str]:
    """The parts of an array of explanations, in ASCII and indented: joined, what `json.dumps` gives for the whole, and
    a line break.
    """
    indent = f"\n{' ' * INDENT}"
    is_empty = True
    for line in _lines(explanations):
        yield ("[" if is_empty else ",") + indent
        yield msgspec.json.format(line, indent=INDENT).replace("\n", indent)
        is_empty = False
    yield "[]\n" if is_empty else "\n]\n"


def orphans_array(orphans: Iterable[Orphans]) -> Iterator[str]:
    """The parts of an array of orphans by reason, as `json_array` gives those of explanations."""
    indent = f"\n{' ' * INDENT}"
    is_empty = True
    for entry in orphans:
        yield ("[" if is_empty else ",") + f'{indent}{{{indent}    "reason": {json.dumps(entry.reason)},'
        yield f'{indent}    "exposures": '
        separator = f"[{indent}        "
        for exposure in entry.exposures:
            text = msgspec.json.format(json.dumps(asdict(exposure)), indent=INDENT)
            yield separator + text.replace("\n", f"{indent}        ")
            separator = f",{indent}        "
        yield f"{indent}    ]{indent}}}" if entry.exposures else f"[]{indent}}}"
        is_empty = False
    yield "[]\n" if is_empty else "\n]\n"


def orphans_lines(orphans: Iterable[Orphans]) -> Iterator[str]:
    """The parts of orphans by reason, an object on a line for each reason, in ASCII."""
    for entry in orphans:
        yield f'{{"reason": {json.dumps(entry.reason)}, "exposures": ['
        for index, exposure in enumerate(entry.exposures):
            yield f"{', ' if index else ''}{json.dumps(asdict(exposure))}"
        yield "]}\n"


def _lines(explanations: Iterable[Explanation]) -> Iterator[str]:
    texts: dict[int, tuple[RuleOutcome, str]] = {}
    for explanation in explanations:
        if len(texts) >= _MOST_REMEMBERED:
            texts.clear()
        yield _line(explanation, texts)


def _line(explanation: Explanation, texts: dict[int, tuple[RuleOutcome, str]]) -> str:
    """An explanation as one line; `texts` has those of outcomes, by the identity of each outcome, which it keeps."""
    outcomes = []
    for outcome in explanation.rules:
        known = texts.get(id(outcome))
        if known is None:
            known = texts[id(outcome)] = outcome, json.dumps(outcome.as_dict())
        outcomes.append(known[1])
    entries = {name: json.dumps(value) for name, value in replace(explanation, rules=()).as_dict().items()}
    entries["rules"] = f"[{', '.join(outcomes)}]"
    return "{" + ", ".join(f'"{name}": {text}' for name, text in entries.items()) + "}"
