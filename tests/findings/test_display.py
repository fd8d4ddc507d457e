"""How values are displayed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from asnforge.findings import Finding, markdown, markdown_code, pluralize, printable, printable_lines, quoted, truncated


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


@pytest.mark.parametrize(("count", "text"), [(0, "0 pools"), (1, "1 pool"), (2, "2 pools")])
def test_a_noun_has_the_number_of_its_count(count: int, text: str) -> None:
    assert pluralize(count, "pool") == text


def test_an_irregular_plural_can_be_given() -> None:
    assert (pluralize(1, "entry", "entries"), pluralize(2, "entry", "entries")) == ("1 entry", "2 entries")
