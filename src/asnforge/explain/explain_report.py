"""Explanations for people: lines of text, as wide as the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from asnforge.explain.model import Explanation, Exposure, GroupStory, Orphans, RuleStory, WhyNot
from asnforge.findings import pluralize, printable, truncated

_NARROWEST = 40
_SHOWN = 10
"""So many exposures of one reason are listed, unless all are asked for."""


def explanation_text(explanation: Explanation, width: int | None = None) -> str:
    """The story of one exposure: the rules that took it first, the ones that left it out at the end."""
    return _lines(_explanation(explanation, width))


def brief_text(found: Iterable[tuple[Exposure, str]], width: int | None = None) -> str:
    """A line for each exposure, with where it went."""
    entries = list(found)
    named = _lines_and_files([exposure for exposure, _ in entries])
    return _lines(_columns(list(zip(named, (place for _, place in entries), strict=True)), "", width))


def orphans_text(found: Iterable[Orphans], every: bool = False, width: int | None = None) -> str:
    """The orphans by reason, with the lines and files of some or all."""
    lines = []
    for entry in found:
        count = len(entry.exposures)
        lines += _wrapped(f"{pluralize(count, 'exposure')}: ", entry.reason, width)
        shown = entry.exposures if every else entry.exposures[:_SHOWN]
        lines += [f"    {named}".rstrip() for named in _lines_and_files(shown)]
        if len(shown) < count:
            lines.append(f"    and {count - len(shown)} more; --all shows them")
    return _lines(lines) if lines else "no orphans: every exposure is in an association"


def why_not_text(found: WhyNot, every: bool = False, width: int | None = None) -> str:
    """Why two exposures are not together: the rules that take at least one of them, or all."""
    head = [str(found.one), str(found.other)]
    if found.together:
        return _lines([*head, f"are together in {', '.join(found.together)}"])
    near = [apart for apart in found.rules if every or apart.how != "left out" or len(apart.reasons) == 1]
    entries = [(apart.rule, "; ".join(apart.reasons)) for apart in near or found.rules[:1]]
    more = len(found.rules) - len(entries)
    take = "takes" if more == 1 else "take"
    rest = [f"    {pluralize(more, 'more rule')} {take} neither; --all shows them"] if more else []
    return _lines([*head, "are together in no association:", *_columns(entries, "    ", width), *rest])


def _lines(lines: Iterable[str]) -> str:
    """Lines as text; a line break in a line is escaped, as all else that is not printable."""
    return "\n".join(map(printable, lines))


def _explanation(explanation: Explanation, width: int | None) -> Iterator[str]:
    exposure = explanation.exposure
    count = len(explanation.associations())
    yield f"{exposure}: " + (f"in {pluralize(count, 'association')}" if count else "in no association")
    if explanation.stand_in:
        yield f"    {explanation.stand_in.place} has the same file, and is in one"
    if explanation.orphan:
        yield from _wrapped("    why: ", explanation.orphan, width)
    scopes = ", ".join(f"{scope_id} ({scope_type})" for scope_id, scope_type in explanation.scopes)
    yield from _wrapped("    scopes: ", scopes or "none", width)
    concerned = [story for story in explanation.rules if story.groups]
    for story in sorted(concerned, key=lambda story: story.verdict != "taken"):
        yield f"    {story.rule}: {story.verdict}"
        yield from _columns([(group.scope_id, _group(group)) for group in story.groups], "        ", width)
    out = [story for story in explanation.rules if not story.groups]
    if out:
        yield f"    not selected by {pluralize(len(out), 'rule')}:"
        yield from _columns([(story.rule, _out(story)) for story in out], "        ", width)


def _group(group: GroupStory) -> str:
    match group.outcome:
        case "association":
            return f"{group.role} in {group.file_name}, product {group.product}"
        case "duplicate":
            return f"{group.role} in a duplicate of {group.file_name}: {group.why}"
        case "incomplete":
            return f"{group.role} in a group that {' and '.join(group.lacks)}"
        case _:
            return group.why


def _out(story: RuleStory) -> str:
    return story.why or "; and ".join(f"{failure.name}: {failure.text}" for failure in story.failures)


def _lines_and_files(exposures: Sequence[Exposure]) -> list[str]:
    """Lines of the pool, one under the other, each with its exposure's file."""
    digits = max((len(str(exposure.line)) for exposure in exposures), default=0)
    return [f"{exposure.line:>{digits}}  {truncated(exposure.file_name)}" for exposure in exposures]


def _columns(entries: list[tuple[str, str]], indent: str, width: int | None) -> Iterator[str]:
    """Two columns; the second is wrapped where a width is given."""
    entries = [(printable(name), text) for name, text in entries]
    first = max((len(name) for name, _ in entries), default=0)
    for name, text in entries:
        yield from _wrapped(f"{indent}{name:{first}}  ", text, width)


def _wrapped(head: str, text: str, width: int | None) -> list[str]:
    text = printable(text)
    if width is None or len(head) + len(text) <= width:
        return [(head + text).rstrip()]
    room = max(width - len(head), _NARROWEST)
    first, *rest = wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    return [(head + first).rstrip(), *(" " * len(head) + line for line in rest)]
