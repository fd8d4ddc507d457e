"""A comparison as text, as JSON, as Markdown for a pull request, and as JUnit XML for continuous integration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from asnforge.compare.model import Change, Comparison, Difference, ReadAssociation
from asnforge.findings import markdown, pluralize, truncated

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

_MOST_MEMBERS = 4
_LABELS = {
    "product_name": "product name",
    "file_name": "file name",
    "member_order": "order of members",
    "product_order": "order of products",
}


def verdict(comparison: Comparison) -> str:
    """The result in one sentence."""
    count = len(comparison.differences)
    allowed = f", {len(comparison.allowed)} allowed" if comparison.allowed else ""
    if comparison.findings:
        files = f"{pluralize(len(comparison.findings), 'file or folder', 'files or folders')} cannot be compared"
        return f"{files}; {pluralize(count, 'difference')} in the rest{allowed}"
    if not count:
        return f"expected and actual are the same{allowed}"
    return f"expected and actual differ: {pluralize(count, 'difference')}{allowed}"


def _summary_rows(comparison: Comparison) -> list[tuple[str, int, str]]:
    """The rows of the summary: a label, a count, and what is counted."""
    rows = [
        ("expected", comparison.expected_count, "associations"),
        ("actual", comparison.actual_count, "associations"),
        ("the same", len(comparison.same), ""),
    ]
    for kind, count in comparison.counts.items():
        if count:
            changed = Counter(
                what
                for difference in comparison.differences
                if difference.kind == kind
                for what in {change.what for change in difference.changes}
            )
            by_frequency = sorted(changed.items(), key=lambda item: (-item[1], item[0]))
            rows.append((kind, count, ", ".join(f"{what} {times}" for what, times in by_frequency)))
    if comparison.allowed:
        rows.append(("allowed", len(comparison.allowed), ""))
    if comparison.unused:
        rows.append(("no longer occur", len(comparison.unused), "entries of the allowlist"))
    if comparison.findings:
        rows.append(("not compared", len(comparison.findings), "files or folders"))
    return rows


def text_report(comparison: Comparison, limit: int = 20) -> Iterator[str]:
    """Lines of text: the summary, then each difference in a few lines.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    limit : int
        The largest number of differences, and of reasons for allowed ones, to show; 0 for all.
    """
    rows = _summary_rows(comparison)
    width, digits = max(len(row[0]) for row in rows), max(len(str(row[1])) for row in rows)
    for label, count, what in rows:
        yield f"{label:<{width}}  {count:>{digits}}  {what}".rstrip()
    for lines in (difference_lines(comparison, limit), _allowed_lines(comparison, limit), (verdict(comparison),)):
        for index, line in enumerate(lines):
            if not index:
                yield ""
            yield line


def difference_lines(comparison: Comparison, limit: int) -> Iterator[str]:
    """The differences, in a few lines each, up to `limit` of them; 0 for all."""
    shown = comparison.differences[: limit or None]
    for difference, headline in zip(shown, _headlines(comparison.differences), strict=False):
        yield f"{difference.kind:<10}  {headline}"
        yield from (f"            {line}" for line in _detail_lines(difference))
    hidden = len(comparison.differences) - len(shown)
    if hidden:
        yield f"... and {pluralize(hidden, 'more difference')}; --limit 0 shows all"


def difference_text(difference: Difference) -> list[str]:
    """A difference in a few lines: the headline, and the parts or the changes."""
    return [_headline(difference), *_detail_lines(difference)]


def _allowed_lines(comparison: Comparison, limit: int) -> Iterator[str]:
    reasons = Counter(allowed.reason for allowed in comparison.allowed)
    shown = list(reasons.items())[: limit or None]
    yield from (f"allowed     {pluralize(count, 'difference')}: {reason}" for reason, count in shown)


def _headlines(differences: Sequence[Difference]) -> list[str]:
    """The headline of each difference; with the expected file if several changed associations have the same one."""
    headlines = [_headline(difference) for difference in differences]
    counts = Counter(headlines)
    for index, (headline, difference) in enumerate(zip(headlines, differences, strict=True)):
        if counts[headline] > 1 and difference.kind in ("changed", "renamed"):
            file = _file(difference.expected[0])
            headlines[index] = f"{headline}: {file}" if file else headline
    return headlines


def _headline(difference: Difference) -> str:
    """The name of an association and how it differs, in one line."""
    expected, actual = difference.expected, difference.actual
    match difference.kind:
        case "missing":
            return f"{_name(expected[0])}: expected, not in actual; {_size(expected[0])}"
        case "unexpected":
            return f"{_name(actual[0])}: in actual, not expected; {_size(actual[0])}"
        case "duplicate":
            side, (original, copy) = ("expected", expected) if expected else ("actual", actual)
            return f"{_name(copy)}: in {side} again, {_file(copy)} has the members of {_file(original)}"
        case "split":
            return f"{_name(expected[0])}: one association expected, {len(actual)} actual"
        case "merged":
            return f"{_name(actual[0])}: {len(expected)} associations expected, one actual"
        case _:
            return _name(expected[0])


def _detail_lines(difference: Difference) -> Iterator[str]:
    """Below the headline: the parts of a split or merged association, or the changes."""
    match difference.kind:
        case "split":
            yield from (f"actual {truncated(part.title)}: {_size(part)}" for part in difference.actual)
        case "merged":
            yield from (f"expected {truncated(part.title)}: {_size(part)}" for part in difference.expected)
        case _:
            yield from change_lines(difference.changes)


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """Changes, a line each; members with the same change share one."""
    members_of: dict[tuple[str, str, str | None, str | None], list[str]] = {}
    for change in changes:
        key = (change.product, change.what, change.expected, change.actual)
        members_of.setdefault(key, []).append(change.member)
    for (product, what, expected, actual), members in members_of.items():
        prefix = f"{truncated(product)}: " if product else ""
        side, value = ("expected", expected) if actual is None else ("actual", actual)
        if what == "member":
            yield f"{prefix}only {side}: {_members(members)} ({_value(value)})"
        elif what == "product":
            yield f"{prefix}only {side}: the product {_value(value)}"
        else:
            of_members = f" of {_members(members)}" if members[0] else ""
            yield f"{prefix}{_LABELS.get(what, what)}{of_members}: expected {_value(expected)}, actual {_value(actual)}"


def _members(names: list[str]) -> str:
    shown = ", ".join(truncated(name) for name in names[:_MOST_MEMBERS])
    more = len(names) - _MOST_MEMBERS
    return f"{shown} and {more} more" if more > 0 else shown


def _value(value: str | None) -> str:
    return "absent" if value is None else truncated(value) or "empty"


def _name(association: ReadAssociation) -> str:
    known = [association.keywords[name] for name in ("asn_type", "asn_rule") if name in association.keywords]
    return truncated(association.title) + (f" ({truncated(', '.join(known))})" if known else "")


def _size(association: ReadAssociation) -> str:
    file = _file(association)
    return pluralize(len(association.members), "member") + (f", {file}" if file else "")


def _file(association: ReadAssociation) -> str:
    return truncated(association.file or association.file_name)


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON, with every difference."""
    return {
        "status": comparison.status,
        "verdict": verdict(comparison),
        "expected": {"name": comparison.expected, "associations": comparison.expected_count},
        "actual": {"name": comparison.actual, "associations": comparison.actual_count},
        "same": len(comparison.same),
        "counts": comparison.counts,
        "differences": [_difference_json(difference) for difference in comparison.differences],
        "allowed": [{**_difference_json(item.difference), "reason": item.reason} for item in comparison.allowed],
        "findings": [finding.as_dict() for finding in comparison.findings + comparison.unused],
        "skipped": list(comparison.skipped),
    }


def _difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind,
        "title": difference.title,
        "expected": [_association_json(association) for association in difference.expected],
        "actual": [_association_json(association) for association in difference.actual],
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


def _association_json(association: ReadAssociation) -> dict[str, Any]:
    return {
        "file": association.file or association.file_name,
        "asn_type": association.keywords.get("asn_type"),
        "asn_rule": association.keywords.get("asn_rule"),
        "products": [product.name for product in association.products],
        "members": len(association.members),
    }


def markdown_report(comparison: Comparison, limit: int = 20) -> Iterator[str]:
    """Lines of Markdown: the verdict as a heading, the summary as a table, the differences in a collapsed block."""
    yield from (f"### Associations: {markdown(verdict(comparison))}", "", "| | count | |", "|---|---:|---|")
    yield from (f"| {label} | {count} | {markdown(what)} |" for label, count, what in _summary_rows(comparison))
    for finding in comparison.findings + comparison.unused:
        yield from ("", f"- {markdown(str(finding))}")
    shown = comparison.differences[: limit or None]
    if shown:
        which = f"the first {len(shown)}" if len(shown) < len(comparison.differences) else "all"
        yield from ("", f"<details><summary>Differences, {which}</summary>", "")
        for difference, headline in zip(shown, _headlines(comparison.differences), strict=False):
            yield f"- **{difference.kind}** {markdown(headline)}"
            yield from (f"  - {markdown(line)}" for line in _detail_lines(difference))
        yield from ("", "</details>")
    if comparison.allowed:
        yield ""
        yield from (f"- {markdown(' '.join(line.split()))}" for line in _allowed_lines(comparison, limit))


def junit_xml(comparisons: Iterable[tuple[str, Comparison]]) -> bytes:
    """JUnit XML: a test suite for each comparison, a test case for each association.

    Parameters
    ----------
    comparisons : iterable of (str, Comparison)
        The name of each suite and its comparison.

    Returns
    -------
    bytes
        UTF-8. A difference is a failure, an unreadable file an error; an allowed difference is skipped, with its reason.
    """
    from asnforge.junit import document

    return document(_junit_suite(name, comparison) for name, comparison in comparisons)


def _junit_suite(name: str, comparison: Comparison) -> ET.Element:
    from asnforge.junit import add_case, add_outcome, new_suite

    suite = new_suite(name)

    def case(title: str, folder: str) -> ET.Element:
        return add_case(suite, title, folder if folder != "." else "associations")

    def difference_case(difference: Difference) -> ET.Element:
        return case(difference.title, (difference.expected + difference.actual)[0].folder)

    for association in comparison.same:
        case(association.title, association.folder)
    for difference, headline in zip(comparison.differences, _headlines(comparison.differences), strict=True):
        text = "\n".join((headline, *_detail_lines(difference)))
        message = f"{difference.kind}: {headline}"
        add_outcome(difference_case(difference), "failure", message, text=text, type_name=difference.kind)
    for allowed in comparison.allowed:
        add_outcome(difference_case(allowed.difference), "skipped", allowed.reason)
    for finding in comparison.findings:
        add_outcome(case(finding.file, "unreadable"), "error", str(finding), type_name=finding.code)
    return suite
