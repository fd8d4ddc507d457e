"""Findings: how they are displayed, and what hints suggest."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from asnforge.findings import (
    FEW,
    Finding,
    InputError,
    Severity,
    did_you_mean,
    limit_per_code,
    markdown,
    markdown_code,
    printable,
    printable_lines,
    quoted,
    truncated,
)


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


@pytest.mark.parametrize(
    ("word", "choices", "closest"),
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
def test_did_you_mean_returns_the_closest_choice(word: str, choices: tuple[str, ...], closest: str | None) -> None:
    assert did_you_mean(word, choices) == closest


@pytest.mark.parametrize(("cutoff", "closest"), [(0.7, "science"), (0.95, None)])
def test_a_choice_below_the_cutoff_is_not_suggested(cutoff: float, closest: str | None) -> None:
    assert did_you_mean("scienze", ("science",), cutoff) == closest


def test_limit_per_code_keeps_all_errors_and_the_first_warnings_of_each_code() -> None:
    many = [Finding("G1", str(number), severity="warning") for number in range(FEW + 3)]
    few = [Finding("G2", str(number), severity="warning") for number in range(FEW)]
    errors = [Finding("P1", str(number)) for number in range(FEW + 1)]
    assert limit_per_code([*many, *few, *errors]) == ((*many[:FEW], *few, *errors), {"G1": 3})


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
        ("a\u3164b\u034f\ufe0f\U000e0101\u2800", "a\\u3164b\\u034f\\ufe0f\\U000e0101\\u2800"),
    ],
)
def test_values_are_displayed_on_one_line_without_control_characters(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert quoted(text) == f"'{shown}'"
    assert str(Finding("P101", text, text, hint=text)) == f"{shown}: P101 {shown}; {shown}"


def test_a_long_string_is_truncated_before_it_is_escaped() -> None:
    assert truncated("a" * 300) == "a" * 199 + "…"
    assert quoted("\x1b" * 100, 3) == "'\\x1b\\x1b…'"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\x1b[1m\n", "a\nb\\x1b[1m\n"),
        ("a\r\nb\u2028c", "a\\r\nb\\u2028c"),
        ("", ""),
    ],
)
def test_printable_lines_keeps_only_line_breaks(text: str, shown: str) -> None:
    assert printable_lines(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("jw00001_a_b", "jw00001_a_b"),
        ("_a_ *b* `c`", r"\_a\_ \*b\* \`c\`"),
        ("<b>&amp;|", r"\<b\>\&amp;\|"),
        ("[x](http://y) https://z www.z.org a@z", r"\[x\](http\://y) https\://z www\.z.org a\@z"),
        ("- x", r"\- x"),
        ("12. x", r"12\. x"),
        ("1.5", r"1\.5"),
        ("a\n# b\x1b", r"a\\n\# b\\x1b"),
        ("$x$", r"\$x\$"),
        ("", ""),
    ],
)
def test_markdown_displays_a_string_literally(text: str, shown: str) -> None:
    assert markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("``", "``` `` ```"),
        ("`a", "`` `a ``"),
        (" ", "` `"),
        (" a", "`  a `"),
        ("", "`  `"),
        ("a\nb\x1b", r"`a\nb\x1b`"),
    ],
)
def test_code_in_markdown_is_enclosed_by_more_backticks_than_it_has(text: str, shown: str) -> None:
    assert markdown_code(text) == shown


MARKED = st.text(st.sampled_from("ab1 .)(!-+=_*`~<>[]|#&;$:/@\\\n\x1b\u202e"), max_size=30)


@given(MARKED.filter(lambda text: text.strip(" ")))
@example("http://a.b")
@example("1) a")
@example("&lt;")
@example("![a](b)")
def test_a_parser_of_markdown_displays_the_string(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(f"- {markdown(text)}")
    inline = [token for token in tokens if token.type == "inline"]
    assert [token.type for token in inline[0].children or ()] in (["text"], [])
    assert "".join(token.content for token in inline[0].children or ()) == printable(text).strip(" ")


@given(MARKED.filter(lambda text: text.strip(" ")))
def test_a_parser_of_markdown_displays_the_string_as_code(text: str) -> None:
    (inline,) = (token for token in MarkdownIt("commonmark").parse(markdown_code(text)) if token.type == "inline")
    assert [(token.type, token.content) for token in inline.children or ()] == [("code_inline", printable(text))]
