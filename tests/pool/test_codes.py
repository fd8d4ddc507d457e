"""The examples of the codes of pools: wrong ones raise the code, and right ones do not."""

from __future__ import annotations

import pytest
from support.reading import Read

from asnforge.findings import FindingCode, InputError
from asnforge.findings.registry import all_codes

_OF_FITS_FILES = {f"P{number}" for number in (*range(120, 131), 134)}
_OF_CHECKS = {f"P{number}" for number in range(131, 134)}
_OF_PYTHON = {f"P{number}" for number in range(140, 144)}
CONTENTS = [
    code
    for code in all_codes()
    if code.code.startswith("P")
    and "asnforge " not in code.wrong
    and code.code not in _OF_FITS_FILES | _OF_CHECKS | _OF_PYTHON
]


def raised(read: Read, content: str) -> set[str]:
    try:
        findings = read(content.encode()).findings
    except InputError as error:
        findings = error.findings
    return {finding.code for finding in findings}


@pytest.mark.parametrize("code", CONTENTS, ids=lambda code: code.code)
def test_the_wrong_example_has_the_problem_and_the_right_one_does_not(read: Read, code: FindingCode) -> None:
    assert code.code in raised(read, code.wrong)
    assert raised(read, code.right) == set()
