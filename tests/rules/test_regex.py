"""Regular expressions of rules: what is rejected and what to write instead, and what the others match, in linear time."""

from __future__ import annotations

import re
import string
import warnings

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from asnforge.rules.regex import LONGEST, MATCHES_NOTHING, compiled, regex_problem

VALUES = [
    "", "a", "b", "ab", "aab", "a_b", "a.b", "a-b", "a b", "a1b2", "12", "0012", "3.5", "-10.2", "f090w", "clear", "nrca1",
    "wide field", "first_wfsc_second", "o001", "c1000", "2026-03-14t12:11:00.5", "fors2.2026-03-14t01:02:03.456.fits",
    "a_raw.fits", "a_raw_raw.fits.gz", "m 31", "é", "É", "αβγ", "ΑΒΓ", "a\nb", "丁丁", "(x)", "a\\b", "x" * 200,
]  # fmt: skip

PATTERNS = [
    r".*wide.*", r"[a-z]\d{3,5}", r"c\d{4}", r"(?P<root>.+)_raw(?P<end>\..+)", r"(?P<root>[^.]+)(?P<end>\.fits(\.gz)?)",
    r"(?P<any>(?P<root>.*_(?:raw|flat)_\d+)|.+)(?P<end>\.fits)", r"(?:[a-z]+,)*[a-z]+", r"(\d{2}:?){3}", r"abc|abd",
    r"(ab|cd)*",    r"(\d{4}-\d{2}-\d{2})t.*", r"a{64}", r"[a-z]{1,64}", r"(?:sub\d+(?:stripe\d)?)+", r"[]a]*x",
    r"^a.c$", r"a{0,3}b", r"a{x}",
    r"\.\\\x41\w\S", r"é|[α-ω]+", r"(\d+)(?:\.0*)?", r"-(?:10\.[0-4]|9\.[5-9])\d*|-10", r"(\S+)(?: \S+)*", r"\S+ (\S+)",
    r"skycell-p\d{4}x\d\dy\d\d", r"g\d{3}l?|pr\d{3}l", r"([^;]+)(?:;[^;]*)*", r"(.{6}).*", r"[^t]*t(\d\d):.*",
    r"[^t]*t\d\d:\d\d:([^f]+)\.fits",    r"(a+)+b", r"(a|a)*", r"(a|ab|b)*c", r"(.*a){20}", r".*.*.*.*x",
    r"\w+_\w+_\w+_\w+", "a?" * 20, r"(x+x+)+y",
    r"(|a)b", r"a.b",
]  # fmt: skip
"""Those of rule sets for five observatories, and others that a backtracking matcher takes exponential time for."""


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.timeout(60)
def test_pattern_matches_the_same_values_and_groups_as_python(pattern: str) -> None:
    assert regex_problem(pattern) is None
    expected, regex = re.compile(pattern, re.IGNORECASE), compiled(pattern)
    assert regex.groups == expected.groupindex
    for value in VALUES:
        if len(value) > 20 and pattern in SLOW_IN_PYTHON:
            continue
        match, found = expected.fullmatch(value), regex.fullmatch(value)
        assert (found is not None) == (match is not None) == regex.matches(value), value
        if match is not None and found is not None:
            assert [found[group] for group in range(regex.count + 1)] == [match[0], *match.groups("")], value


SLOW_IN_PYTHON = {r"(a+)+b", r"(a|a)*", r"(a|ab|b)*c", r"(.*a){20}", r".*.*.*.*x", r"(x+x+)+y"}


def _pattern(depth: int) -> st.SearchStrategy[str]:
    atom = st.sampled_from(["a", "b", "_", ".", r"\.", "[a-c]", "[^a]", "é", "[α-ω]", "(?:a|ab)", "(?:ab|a)", "^", "k"])
    if depth:
        inner = _pattern(depth - 1)
        atom |= st.builds("({}|{})".format, inner, inner) | st.builds("(?:{})".format, inner)
    part = st.builds(str.__add__, atom, st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}", "*?", "+?"]))
    return st.lists(part, min_size=1, max_size=3).map("".join)


@given(_pattern(2), st.text("abkéαΩ_.\n", max_size=8))
def test_random_pattern_matches_the_same_values_as_python(pattern: str, value: str) -> None:
    with warnings.catch_warnings(action="ignore"):
        try:
            expected = re.compile(pattern, re.IGNORECASE)
        except re.error:
            assume(False)
    assume(regex_problem(pattern) is None)
    assert compiled(pattern).matches(value) == (expected.fullmatch(value) is not None)


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"\d", ["7"], ["٣", "²"]),
        (r"\w", ["a", "Z", "_", "7"], ["é", "丁"]),
        (r"\pL", ["a", "é", "丁"], ["7", "_"]),
        (r"\p{Nd}", ["7", "٣"], ["²"]),
        (r"\s", [" ", "\t"], ["\xa0", "\u2003"]),
        (r"\S", ["a", "é", "\xa0"], [" "]),
        (r"caf\b.*", ["caf", "caf e", "café"], ["cafe"]),
        (r".", ["a", "é", "丁", "\ud800"], ["\n", "", "ab"]),
        (r"k", ["k", "K", "\u212a"], []),
        (r"É", ["é", "É"], ["e"]),
        (r"straße", ["straße", "STRASSE", "strasse", "STRAẞE"], ["strase"]),
        (r"strasse", ["straße", "STRASSE", "STRAẞE"], ["strase"]),
        (r"ß+", ["ß", "ssss", "SSß"], ["s", "sss"]),
        (r"[äöüß]+", ["Äß", "ss", "öSSü"], ["s", "a"]),
        (r"[^ß]", ["a", "s"], ["ß", "ss"]),
        (r"stra\x{df}e|\xDF", ["straße", "STRASSE", "ss"], ["strae", "s"]),
        (r"\\xdf", [r"\xdf"], ["ß", "ss"]),
        (r"ﬁlter", ["FILTER", "ﬁlter"], ["f"]),
        (r"οδος", ["ΟΔΟΣ", "οδοσ"], ["οδο"]),
        (r"[[:alpha:]]", ["a"], ["1"]),
        (r"\x{3b1}", ["α", "Α"], ["a"]),
        (MATCHES_NOTHING, [], ["", "a", "é", "\n", "\0"]),
    ],
)
def test_character_classes(pattern: str, matching: list[str], other: list[str]) -> None:
    assert regex_problem(pattern) is None
    assert [value for value in [*matching, *other] if compiled(pattern).matches(value)] == matching


@pytest.mark.parametrize(
    ("pattern", "message", "hint"),
    [
        (r"(?=a)b", "uses look-around with (?=", "use all, any and not in the rule instead"),
        (r"(?!a)b", "uses look-around with (?!", "use all, any and not in the rule instead"),
        (r"(?<=a)b", "uses look-around with (?<=", "use all, any and not in the rule instead"),
        (r"(?<!a)b", "uses look-around with (?<!", "use all, any and not in the rule instead"),
        (r"(a)\1", r"refers back to a group with \1", "write out what is repeated"),
        (r"(?P<x>a)(?P=x)", "refers back to a group with (?P=", "write out what is repeated"),
        (r"(a)?(?(1)b|c)", "depends on a group with (?(", "write the alternatives with |"),
        (r"a++", "uses ++, which is possessive or atomic", "use the plain form: *, + or (?:...)"),
        (r"a{2}+", "uses {2}+, which is possessive or atomic", "use the plain form: *, + or (?:...)"),
        (r"(?>a)", "uses (?>, which is possessive or atomic", "use the plain form: *, + or (?:...)"),
        (r"a(?#b)", "has a comment", "write it after a # of the file"),
        (r"(?i)a", "sets flags with (?i", "leave it out: case is ignored, and the whole value must match"),
        (r"(?-i:A)", "sets flags with (?-i", "leave it out: case is ignored, and the whole value must match"),
        (r"a{,3}", "has {,3} without a lower bound", "write {0,3} instead of {,3}"),
        (r"a{1001}", "repeats more than 1000 times with {1001}", "lower the count, or use * or +"),
        (r"a{9,99999999999}", "repeats more than 1000 times with {9,99999999999}", "lower the count, or use * or +"),
        (r"a\Z", r"has \Z for the end of the value", "leave it out: the whole value must match"),
        (r"\u0101*", r"names a character with \u", r"write the character itself, or its code point as in \x{3b1}"),
        (r"\N{DASH}", r"names a character with \N", r"write the character itself, or its code point as in \x{3b1}"),
        (r"a\C", r"has \C, which matches a single byte", "write . for any character"),
        (r"\Qa.b\E", r"quotes characters with \Q", "put a backslash before each special character"),
        (r"(?P<x>a)|(?P<x>b)", "has two groups of the same name", "rename one of them"),
        ("[ab]c" * 140, f"has 700 characters, the limit is {LONGEST}", "list the values with in"),
        (r"(?:a{100}){100}", "is too complex", "lower the counts in braces, or list the values with in"),
        (r"\pL{40}", "is too complex", "lower the counts in braces, or list the values with in"),
    ],
)  # fmt: skip
def test_unsupported_syntax_is_rejected_with_an_alternative(pattern: str, message: str, hint: str) -> None:
    problem = regex_problem(pattern)
    assert problem is not None
    assert (problem.message, problem.hint) == (message, hint)


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[a", "[b-a]", "*a", "a**", "a\\", r"\e", r"\é", r"[\b]", "\ud800", "(?P<a b>c)", "a{2,1}"]
)
def test_invalid_pattern_is_rejected(pattern: str) -> None:
    problem = regex_problem(pattern)
    assert problem is not None
    assert problem.message.startswith(("is invalid: ", "is too complex"))
    assert problem.hint


@pytest.mark.parametrize(
    "pattern", [r"\(?P", r"[(?=]", r"[++]", r"\++", r"\\Z", r"[{,3}]", r"\{,3\}", r"(?P<a>b)(?P<b>a)", r"\101"]
)
def test_syntax_that_only_resembles_unsupported_syntax_is_accepted(pattern: str) -> None:
    assert regex_problem(pattern) is None


HARMFUL = [
    (r"(?:ā|ā)*b", "ā"), (r"(丁+)+b", "丁"), (r"(?:α+)+b", "α"), (r"(a|aa)+b", "a"), (r"(.*)*b", "a"), (r"(?:.*,){20}b", "a,"),
    (r"\w+_\w+_\w+_\w+_\w+", "a_"), (r"(?:a?){40}a{40}", "a"), (r"((.|a){1,30})*b", "a"), (r"(x+x+)+y", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "part"), HARMFUL)
@pytest.mark.timeout(60)
def test_match_is_linear_where_backtracking_is_exponential(pattern: str, part: str) -> None:
    assert regex_problem(pattern) is None
    assert compiled(pattern).fullmatch(part * (100_000 // len(part)) + "!") is None


@given(st.text("()[]{}|*+?\\^$.,-=!<>:P#iaAé0123456789" + string.ascii_letters, max_size=12), st.text(max_size=8))
def test_random_pattern_is_rejected_or_can_be_matched(pattern: str, value: str) -> None:
    problem = regex_problem(pattern)
    if problem is None:
        compiled(pattern).fullmatch(value)
    else:
        assert problem.message
