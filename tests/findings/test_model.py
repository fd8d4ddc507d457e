"""Findings are made from facts, displayed on one line, and limited per code."""

from __future__ import annotations

from typing import Any

import pytest

from asnforge.findings import Finding, FindingCode, InputError, Severity, SourceLocation, limit_per_code

CODE = FindingCode("X100", "a title", "An explanation.")


@pytest.mark.parametrize(
    ("location", "hint", "severity", "text"),
    [
        (("a.tsv", 3, 7), "fix it", "error", "a.tsv:3:7: X100 it is wrong; fix it"),
        (("a.tsv", 3, None), "", "error", "a.tsv:3: X100 it is wrong"),
        (("a.tsv", None, None), "", "warning", "a.tsv: X100 warning: it is wrong"),
        (("", None, None), "fix it", "error", "X100 it is wrong; fix it"),
    ],
)
def test_a_finding_is_displayed_on_one_line(
    location: tuple[str, int | None, int | None], hint: str, severity: Severity, text: str
) -> None:
    assert str(Finding("X100", "it is wrong", *location, hint, severity)) == text


def test_an_input_error_has_all_of_its_findings() -> None:
    first, second = Finding("X100", "one", "a"), Finding("X101", "two")
    error = InputError(first, second)
    assert (error.findings, str(error)) == ((first, second), "a: X100 one\nX101 two")


def test_limit_per_code_keeps_all_errors_and_the_first_warnings_of_each_code() -> None:
    many = [Finding("G1", str(number), severity="warning") for number in range(8)]
    few = [Finding("G2", str(number), severity="warning") for number in range(5)]
    errors = [Finding("P1", str(number)) for number in range(6)]
    assert limit_per_code([*many, *few, *errors]) == ((*many[:5], *few, *errors), {"G1": 3})
    assert limit_per_code([*many, *few], 1) == ((many[0], few[0]), {"G1": 7, "G2": 4})


@pytest.mark.parametrize(
    ("message", "details", "text"),
    [
        ("a {value}", {"value": "b"}, "a b"),
        ("a {value}", {"value": None}, "a None"),
        ("a {value}", {"value": "b" * 300}, f"a {'b' * 199}…"),
        ("a {value}", {"value": "b\x1b\n"}, "a b\\x1b\\n"),
        ("a {values}", {"values": ("b", "c\n", 3)}, "a b, c\\n, 3"),
        ("a {values[1]:quoted}", {"values": ("b", "c")}, "a 'c'"),
        ("a {value:quoted}", {"value": "b\n"}, "a 'b\\n'"),
        ("a {count:pool}", {"count": 1}, "a 1 pool"),
        ("a {count:pool}", {"count": 2}, "a 2 pools"),
        ("a {count:entry/entries}", {"count": 0}, "a 0 entries"),
    ],
)
def test_a_message_shows_facts_safely(message: str, details: dict[str, Any], text: str) -> None:
    finding = CODE.finding(message, "a.tsv", **details)
    assert (finding.message, finding.details) == (text, details)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("a.tsv", "a.tsv: X100 b"),
        (SourceLocation("a.tsv", 3, 7), "a.tsv:3:7: X100 b"),
        (SourceLocation("a.fits", row=3), "a.fits: row 3: X100 b"),
        ("", "X100 b"),
    ],
)
def test_a_finding_has_a_file_or_a_position(at: SourceLocation | str, text: str) -> None:
    assert str(CODE.finding("b", at)) == text
