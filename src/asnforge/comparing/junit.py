"""A comparison as JUnit XML, which continuous integration shows as tests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from asnforge.comparing.lines import detail_lines, headline
from asnforge.comparing.model import Comparison, Difference

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    root = ET.Element("testsuites", name="asnforge")
    for name, comparison in comparisons:
        root.append(_suite(name, comparison))
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _suite(name: str, comparison: Comparison) -> ET.Element:
    suite = ET.Element("testsuite", name=_clean(name))
    for association in comparison.same:
        _case(suite, association.title, association.folder)
    for difference in comparison.differences:
        case = _difference_case(suite, difference)
        failure = ET.SubElement(
            case, "failure", type=difference.kind, message=_clean(f"{difference.kind}: {headline(difference)}")
        )
        failure.text = _clean("\n".join((headline(difference), *detail_lines(difference))))
    for allowed in comparison.allowed:
        ET.SubElement(_difference_case(suite, allowed.difference), "skipped", message=_clean(allowed.reason))
    for finding in comparison.findings:
        ET.SubElement(
            _case(suite, finding.file, "unreadable"), "error", type=finding.code, message=_clean(str(finding))
        )
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(comparison.differences)))
    suite.set("errors", str(len(comparison.findings)))
    suite.set("skipped", str(len(comparison.allowed)))
    return suite


def _difference_case(suite: ET.Element, difference: Difference) -> ET.Element:
    first = (difference.expected + difference.actual)[0]
    return _case(suite, difference.title, first.folder)


def _case(suite: ET.Element, name: str, folder: str) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", name=_clean(name), classname=_clean(folder if folder != "." else "associations")
    )


def _clean(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)
