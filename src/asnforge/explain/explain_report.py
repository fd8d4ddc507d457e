"""Explanations for people: lines of text, at most as wide as the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from asnforge.explain.attachment_outcomes import SupportingSet
from asnforge.explain.model import (
    Explanation,
    Exposure,
    GroupOutcome,
    Orphans,
    RuleOutcome,
    Separation,
    WhyNot,
)
from asnforge.explain.product_failures import listed_unmet
from asnforge.findings import fitted, hanging, padded, pluralize, printable, text_width, truncated

_SHOWN = 10
"""The number of exposures that are listed for one reason, unless all are requested."""


def explanation_text(explanation: Explanation, width: int | None = None) -> str:
    """The outcome for one exposure: the rules that selected it first, those that rejected it last."""
    return _lines(_explanation(explanation, width), width)


def brief_text(whereabouts: Iterable[tuple[Exposure, str]], width: int | None = None) -> str:
    """A line for each exposure: its associations, or why it is in none."""
    entries = list(whereabouts)
    numbered = _numbered([exposure for exposure, _ in entries])
    return _lines(_columns(list(zip(numbered, (where for _, where in entries), strict=True)), "", width), width)


def orphans_text(orphans: Iterable[Orphans], every: bool = False, width: int | None = None) -> str:
    """The orphans by reason, with the lines and files of some or all."""
    lines = []
    for entry in orphans:
        count = len(entry.exposures)
        lines += hanging(f"{pluralize(count, 'exposure')}: ", entry.reason, width)
        shown = entry.exposures if every else entry.exposures[:_SHOWN]
        lines += [f"    {line}".rstrip() for line in _numbered(shown)]
        if len(shown) < count:
            lines.append(f"    and {count - len(shown)} more; --all shows them")
    return _lines(lines, width) if lines else "no orphans: every exposure is in an association"


def why_not_text(result: WhyNot, every: bool = False, width: int | None = None) -> str:
    """Why two exposures are not together, according to the nearest rules, or to every rule."""
    named = ((result.one, result.product), (result.other, result.other_product))
    head = [f"{exposure}, of product {product}" if product else str(exposure) for exposure, product in named]
    if result.together:
        return _lines([*head, f"are together in {', '.join(result.together)}"], width)
    near = [entry for entry in result.rules if every or entry.how != "rejected" or len(entry.reasons) == 1]
    entries = [(_rule_name(entry), "; ".join(entry.reasons)) for entry in near or result.rules[:1]]
    more = len(result.rules) - len(entries)
    select = "selects" if more == 1 else "select"
    rest = [f"    {pluralize(more, 'more rule')} {select} neither; --all shows them"] if more else []
    return _lines([*head, "are together in no association:", *_columns(entries, "    ", width), *rest], width)


def _lines(lines: Iterable[str], width: int | None) -> str:
    """Lines as text; in each line, everything that is not printable is escaped, line breaks included."""
    return "\n".join(part for line in lines for part in fitted(line, width))


def _explanation(explanation: Explanation, width: int | None) -> Iterator[str]:
    count = len(explanation.associations())
    yield f"{explanation.exposure}: in {pluralize(count, 'association') if count else 'no association'}"
    if explanation.made_from:
        yield from hanging("    made from: ", "; ".join(map(str, explanation.made_from)), width)
    if explanation.stand_in:
        yield f"    {explanation.stand_in.position} has the same file, and is in one"
    if explanation.orphan:
        yield from hanging("    why: ", explanation.orphan, width)
    scopes = ", ".join(f"{scope_id} ({scope_type})" for scope_id, scope_type in explanation.scopes)
    yield from hanging("    scopes: ", scopes or "none", width)
    grouped = [rule for rule in explanation.rules if rule.groups]
    for rule in sorted(grouped, key=lambda rule: rule.verdict != "selected"):
        yield f"    {_rule_name(rule)}: {rule.verdict}"
        longest = max(text_width(printable(group.scope_id)) for group in rule.groups)
        for group in rule.groups:
            yield from _columns([(padded(printable(group.scope_id), longest), _group(group))], "        ", width)
            yield from _columns(list(_choices(group)), "            ", width)
        if rule.why:
            yield f"        {rule.why}"
    others: dict[str, list[tuple[str, str]]] = {}
    for rule in explanation.rules:
        if not rule.groups:
            others.setdefault(rule.ruleset, []).append((rule.rule, _not_selected(rule)))
    for ruleset, entries in others.items():
        of_ruleset = f" of {ruleset}" if ruleset else ""
        yield f"    not selected by {pluralize(len(entries), 'rule')}{of_ruleset}:"
        yield from _columns(entries, "        ", width)


def _rule_name(entry: RuleOutcome | Separation) -> str:
    """A rule, with its rule set if there are several."""
    return f"{entry.rule} of {entry.ruleset}" if entry.ruleset else entry.rule


def _group(group: GroupOutcome) -> str:
    return "; ".join([_outcome(group), *group.ranges])


def _outcome(group: GroupOutcome) -> str:
    match group.outcome:
        case "association":
            return f"{group.role} in {group.file_name}, product {group.product}"
        case "duplicate":
            return f"{group.role} in a duplicate of {group.file_name}: {group.why}"
        case "incomplete":
            return f"{group.role} in a group that {listed_unmet(group.lacks)}"
        case "duplicate row" | "not preferred":
            return group.why
        case "not attached":
            group_words = f"the group of product {group.product}" if group.product else "an incomplete group"
            return f"matches {group_words}, but is not attached"


def _choices(group: GroupOutcome) -> Iterator[tuple[str, str]]:
    """The sets that attachments had to choose from, each below the name of its attachment."""
    for choice in group.choices:
        head = choice.attachment + (f" for {choice.chosen_for}" if choice.chosen_for else "")
        if not choice.sets:
            yield head, "nothing matches"
        for number, each in enumerate(choice.sets):
            yield "" if number else head, _set(each)
        if choice.more:
            taken = f", {choice.more_taken} of them taken" if choice.more_taken else ""
            yield "", f"and {pluralize(choice.more, 'more set')}{taken}; --all shows them"


def _set(entry: SupportingSet) -> str:
    """``night 2026-03-10, 3 files, taken: DATE-OBS 11.05 d before; although not: DATE-OBS within 1 d``."""
    files = f", {pluralize(entry.files, 'file')}" if entry.files > 1 or entry.outcome == "too small" else ""
    how = "taken" if entry.outcome == "taken" else "passed over"
    facts = [", ".join(entry.distances), entry.reason]
    if entry.outcome != "taken":
        facts.reverse()
    why = "; ".join(filter(None, facts))
    return f"{truncated(entry.name)}{files}, {how}" + (f": {why}" if why else "")


def _not_selected(rule: RuleOutcome) -> str:
    return rule.why or "; and ".join(map(str, rule.failures))


def _numbered(exposures: Sequence[Exposure]) -> list[str]:
    """Line numbers of the pool, right-aligned, each with its exposure's file."""
    digits = max((len(str(exposure.line)) for exposure in exposures), default=0)
    return [f"{exposure.line:>{digits}}  {truncated(exposure.file_name)}" for exposure in exposures]


def _columns(entries: Sequence[tuple[str, str]], indent: str, width: int | None) -> Iterator[str]:
    """Two columns; the second is wrapped if a width is given."""
    names = [printable(name) for name, _ in entries]
    longest = max(map(text_width, names), default=0)
    for name, (_, text) in zip(names, entries, strict=True):
        yield from hanging(f"{indent}{padded(name, longest)}  ", text, width)
