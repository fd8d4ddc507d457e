"""JUnit XML reports, which continuous integration displays as tests.

Names and messages are one line each. Unprintable characters are escaped, as XML does not allow most of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from xml.etree import ElementTree as ET

from asnforge.findings import printable, printable_lines

_COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def new_suite(name: str) -> ET.Element:
    """A test suite without cases."""
    return ET.Element("testsuite", name=printable(name))


def add_case(suite: ET.Element, name: str, classname: str, **attributes: str) -> ET.Element:
    """Add a test case to a suite; it has passed unless `add_outcome` is called."""
    cleaned = {key: printable(value) for key, value in attributes.items()}
    return ET.SubElement(suite, "testcase", {"name": printable(name), "classname": printable(classname), **cleaned})


def add_outcome(
    case: ET.Element, kind: Literal["failure", "error", "skipped"], message: str, *, text: str = "", type_name: str = ""
) -> None:
    """Mark a case as failed, in error or skipped.

    The message is the reason in one line; the text has the details, in lines whose values are already escaped. `type_name` is
    the type of a failure, or the code of an error.
    """
    outcome = ET.SubElement(case, kind, {"message": printable(message)} | ({"type": type_name} if type_name else {}))
    outcome.text = printable_lines(text) or None


def document(suites: Iterable[ET.Element]) -> bytes:
    """The report of test suites with their counts, in UTF-8."""
    root = ET.Element("testsuites", name="asnforge")
    for suite in suites:
        suite.set("tests", str(len(suite)))
        for count, kind in _COUNTS.items():
            suite.set(count, str(sum(case.find(kind) is not None for case in suite)))
        root.append(suite)
    for count in ("tests", *_COUNTS):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"
