"""Findings: how they read, and what a hint takes for meant."""

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
    stop = InputError(one, other)
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
    assert did_you_mean(word, choices) == found


@pytest.mark.parametrize(("alike", "found"), [(0.7, "science"), (0.95, None)])
def test_how_alike_words_must_be(alike: float, found: str | None) -> None:
    assert did_you_mean("scienze", ("science",), alike) == found


def test_a_long_list_is_cut_to_all_errors_and_a_few_warnings_of_each_code() -> None:
    many = [Finding("G1", str(place), severity="warning") for place in range(FEW + 3)]
    few = [Finding("G2", str(place), severity="warning") for place in range(FEW)]
    errors = [Finding("P1", str(place)) for place in range(FEW + 1)]
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
def test_text_is_displayed_on_one_line_without_control_characters(text, shown):
    assert printable(text) == shown
    assert quoted(text) == f"'{shown}'"
    assert str(Finding("P101", text, text, hint=text)) == f"{shown}: P101 {shown}; {shown}"


def test_long_text_is_truncated_before_it_is_escaped():
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
def test_lines_keep_their_line_breaks_and_nothing_else_that_is_not_printable(text, shown):
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
def test_markdown_displays_a_string_literally(text, shown):
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
def test_code_in_markdown_is_enclosed_by_more_backticks_than_it_has(text, shown):
    assert markdown_code(text) == shown


MARKED = st.text(st.sampled_from("ab1 .)(!-+=_*`~<>[]|#&;$:/@\\\n\x1b\u202e"), max_size=30)


@given(MARKED.filter(lambda text: text.strip(" ")))
@example("http://a.b")
@example("1) a")
@example("&lt;")
@example("![a](b)")
def test_what_markdown_displays_is_the_string(text):
    """By a parser of Markdown: one paragraph of plain text, which is the string."""
    tokens = MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(f"- {markdown(text)}")
    inline = [token for token in tokens if token.type == "inline"]
    assert [token.type for token in inline[0].children] in (["text"], [])
    assert "".join(token.content for token in inline[0].children) == printable(text).strip(" ")


@given(MARKED.filter(lambda text: text.strip(" ")))
def test_code_in_markdown_displays_the_string(text):
    (inline,) = (token for token in MarkdownIt("commonmark").parse(markdown_code(text)) if token.type == "inline")
    assert [(token.type, token.content) for token in inline.children] == [("code_inline", printable(text))]
