"""A comparison as text for people, as JSON, and as Markdown for a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from asnforge.compare.model import Comparison, Difference, ReadAssociation
from asnforge.compare.report_lines import detail_lines, headlines
from asnforge.findings import markdown, pluralize


def verdict(comparison: Comparison) -> str:
    """The outcome in one sentence."""
    count = len(comparison.differences)
    allowed = f", {len(comparison.allowed)} allowed" if comparison.allowed else ""
    if comparison.findings:
        files = f"{pluralize(len(comparison.findings), 'file or folder', 'files or folders')} cannot be compared"
        return f"{files}; {pluralize(count, 'difference')} in the rest{allowed}"
    if not count:
        return f"expected and actual are the same{allowed}"
    return f"expected and actual differ: {pluralize(count, 'difference')}{allowed}"


def summary_rows(comparison: Comparison) -> list[tuple[str, int, str]]:
    """The rows of the summary: a word, a count, and what the count is made of."""
    rows = [
        ("expected", comparison.expected_count, "associations"),
        ("actual", comparison.actual_count, "associations"),
        ("the same", len(comparison.same), ""),
    ]
    rows += [(kind, count, _what(comparison, kind)) for kind, count in comparison.counts.items() if count]
    if comparison.allowed:
        rows.append(("allowed", len(comparison.allowed), ""))
    if comparison.unused:
        rows.append(("no longer occur", len(comparison.unused), "entries of the allowlist"))
    if comparison.findings:
        rows.append(("not compared", len(comparison.findings), "files or folders"))
    return rows


def _what(comparison: Comparison, kind: str) -> str:
    """How many of the differences of a kind are of what, the most frequent first."""
    found = Counter(
        what
        for each in comparison.differences
        if each.kind == kind
        for what in {change.what for change in each.changes}
    )
    return ", ".join(f"{what} {count}" for what, count in sorted(found.items(), key=lambda item: (-item[1], item[0])))


def text_report(comparison: Comparison, limit: int = 20) -> Iterator[str]:
    """Lines for people: the summary, then each difference as short as it can be.

    Parameters
    ----------
    comparison : Comparison
        What to show.
    limit : int
        How many differences, and how many allowed ones, to show; 0 for all.
    """
    rows = summary_rows(comparison)
    width, digits = max(len(row[0]) for row in rows), max(len(str(row[1])) for row in rows)
    for word, count, what in rows:
        yield f"{word:<{width}}  {count:>{digits}}  {what}".rstrip()
    for lines in (difference_lines(comparison, limit), allowed_lines(comparison, limit), (verdict(comparison),)):
        separator = True
        for line in lines:
            if separator:
                yield ""
            separator = False
            yield line


def difference_lines(comparison: Comparison, limit: int) -> Iterator[str]:
    """Each difference as short as it can be, up to `limit` of them; 0 for all."""
    shown = comparison.differences[: limit or None]
    for difference, said in zip(shown, headlines(comparison.differences), strict=False):
        yield f"{difference.kind:<10}  {said}"
        yield from (f"            {line}" for line in detail_lines(difference))
    left = len(comparison.differences) - len(shown)
    if left:
        yield f"... and {pluralize(left, 'more difference')}; --limit 0 shows all"


def allowed_lines(comparison: Comparison, limit: int) -> Iterator[str]:
    """The allowed differences, by their reasons."""
    reasons = Counter(allowed.reason for allowed in comparison.allowed)
    shown = list(reasons.items())[: limit or None]
    yield from (f"allowed     {pluralize(count, 'difference')}: {reason}" for reason, count in shown)


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON has it, every difference in it."""
    return {
        "status": comparison.status,
        "verdict": verdict(comparison),
        "expected": {"name": comparison.expected, "associations": comparison.expected_count},
        "actual": {"name": comparison.actual, "associations": comparison.actual_count},
        "same": len(comparison.same),
        "counts": comparison.counts,
        "differences": [_difference(difference) for difference in comparison.differences],
        "allowed": [{**_difference(each.difference), "reason": each.reason} for each in comparison.allowed],
        "findings": [finding.as_dict() for finding in comparison.findings + comparison.unused],
        "skipped": list(comparison.skipped),
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind,
        "title": difference.title,
        "expected": [_association(association) for association in difference.expected],
        "actual": [_association(association) for association in difference.actual],
        "changes": [
            {
                "what": change.what,
                "expected": change.expected,
                "actual": change.actual,
                "member": change.member or None,
                "product": change.product or None,
            }
            for change in difference.changes
        ],
    }


def _association(association: ReadAssociation) -> dict[str, Any]:
    return {
        "file": association.file or association.file_name,
        "asn_type": association.keywords.get("asn_type"),
        "asn_rule": association.keywords.get("asn_rule"),
        "products": [product.name for product in association.products],
        "members": len(association.members),
    }


def markdown_report(comparison: Comparison, limit: int = 20) -> Iterator[str]:
    """Lines of Markdown: the verdict as a heading, the summary as a table, the differences folded away."""
    yield f"### Associations: {markdown(verdict(comparison))}"
    yield ""
    yield "| | count | |"
    yield "|---|---:|---|"
    yield from (f"| {word} | {count} | {markdown(what)} |" for word, count, what in summary_rows(comparison))
    for finding in comparison.findings + comparison.unused:
        yield from ("", f"- {markdown(str(finding))}")
    shown = comparison.differences[: limit or None]
    if shown:
        some = f"the first {len(shown)}" if len(shown) < len(comparison.differences) else "all"
        yield from ("", f"<details><summary>Differences, {some}</summary>", "")
        for difference, said in zip(shown, headlines(comparison.differences), strict=False):
            yield f"- **{difference.kind}** {markdown(said)}"
            yield from (f"  - {markdown(line)}" for line in detail_lines(difference))
        yield from ("", "</details>")
    if comparison.allowed:
        yield ""
        yield from (f"- {markdown(' '.join(line.split()))}" for line in allowed_lines(comparison, limit))
