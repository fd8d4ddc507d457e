"""A comparison as JUnit XML, which continuous integration shows as tests."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from asnforge.compare.model import Comparison, Difference
from asnforge.compare.report_lines import detail_lines, headlines
from asnforge.junit import add_case, add_outcome, document, new_suite


def junit_xml(comparisons: Iterable[tuple[str, Comparison]]) -> bytes:
    """JUnit XML: a test suite for each comparison, a test case for each association.

    Parameters
    ----------
    comparisons : iterable of (str, Comparison)
        The name of each suite and its comparison.

    Returns
    -------
    bytes
        UTF-8. A difference is a failure, an unreadable file an error, an allowed difference is skipped with its reason.
    """
    return document(_suite(name, comparison) for name, comparison in comparisons)


def _suite(name: str, comparison: Comparison) -> ET.Element:
    suite = new_suite(name)
    for association in comparison.same:
        _case(suite, association.title, association.folder)
    for difference, said in zip(comparison.differences, headlines(comparison.differences), strict=True):
        text = "\n".join((said, *detail_lines(difference)))
        message, kind = f"{difference.kind}: {said}", difference.kind
        add_outcome(_difference_case(suite, difference), "failure", message, text=text, of_type=kind)
    for allowed in comparison.allowed:
        add_outcome(_difference_case(suite, allowed.difference), "skipped", allowed.reason)
    for finding in comparison.findings:
        add_outcome(_case(suite, finding.file, "unreadable"), "error", str(finding), of_type=finding.code)
    return suite


def _difference_case(suite: ET.Element, difference: Difference) -> ET.Element:
    first = (difference.expected + difference.actual)[0]
    return _case(suite, difference.title, first.folder)


def _case(suite: ET.Element, name: str, folder: str) -> ET.Element:
    return add_case(suite, name, folder if folder != "." else "associations")
