"""Findings: how they read, and what a hint takes for meant."""

from __future__ import annotations

import pytest

from asnforge.findings import FEW, CannotContinue, Finding, Severity, closest, few_of_each, plain, printable, quoted


@pytest.mark.parametrize(
    ("place", "hint", "severity", "text"),
    [
        (("a.tsv", 3, 7), "mend it", "error", "a.tsv:3:7: X100 it is so; mend it"),
        (("a.tsv", 3, None), "", "error", "a.tsv:3: X100 it is so"),
        (("a.tsv", None, None), "", "warning", "a.tsv: X100 warning: it is so"),
        (("", None, None), "mend it", "error", "X100 it is so; mend it"),
    ],
)
def test_the_line_of_a_finding(
    place: tuple[str, int | None, int | None], hint: str, severity: Severity, text: str
) -> None:
    assert str(Finding("X100", "it is so", *place, hint, severity)) == text


def test_why_nothing_can_be_done_is_all_of_its_findings() -> None:
    one, other = Finding("X100", "one", "a"), Finding("X101", "other")
    stop = CannotContinue(one, other)
    assert (stop.findings, str(stop)) == ((one, other), "a: X100 one\nX101 other")


@pytest.mark.parametrize(
    ("word", "choices", "found"),
    [
        ("colum", ("column", "columns", "is"), "column"),
        ("FILTR", ("Filter", "pupil"), "Filter"),
        (" filter ", ("Filter",), "Filter"),
        ("seeing", ("Filter", "pupil"), None),
        ("", ("a",), None),
        ("a", (), None),
        ("f" * 101, ("f" * 100,), None),
    ],
)
def test_what_was_likely_meant(word: str, choices: tuple[str, ...], found: str | None) -> None:
    assert closest(word, choices) == found


@pytest.mark.parametrize(("alike", "found"), [(0.7, "science"), (0.95, None)])
def test_how_alike_words_must_be(alike: float, found: str | None) -> None:
    assert closest("scienze", ("science",), alike) == found


def test_a_long_list_is_cut_to_all_errors_and_a_few_warnings_of_each_code() -> None:
    many = [Finding("G1", str(place), severity="warning") for place in range(FEW + 3)]
    few = [Finding("G2", str(place), severity="warning") for place in range(FEW)]
    errors = [Finding("P1", str(place)) for place in range(FEW + 1)]
    assert few_of_each([*many, *few, *errors]) == ((*many[:FEW], *few, *errors), {"G1": 3})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nircam, é, 星, a b", "nircam, é, 星, a b"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb: P101 forged", "a\\nb: P101 forged"),
        ("a\tb\rc\0", "a\\tb\\rc\\x00"),
        ("rtl\u202etsv", "rtl\\u202etsv"),
        ("isolate\u2066x\u2069", "isolate\\u2066x\\u2069"),
        ("line\u2028x\x85y", "line\\u2028x\\x85y"),
        ("not utf-8: \udcff", "not utf-8: \\udcff"),
        ("\U000e0041tag", "\\U000e0041tag"),
    ],
)
def test_text_is_displayed_on_one_line_without_control_characters(text, shown):
    assert printable(text) == shown
    assert quoted(text) == f"'{shown}'"
    assert str(Finding("P101", text, text, hint=text)) == f"{shown}: P101 {shown}; {shown}"


def test_long_text_is_truncated_before_it_is_escaped():
    assert plain("a" * 300) == "a" * 199 + "…"
    assert quoted("\x1b" * 100, 3) == "'\\x1b\\x1b…'"
