"""Regular expressions of rules: which are refused, and that those that are not end soon."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.rules.runaway import pattern_fault

GOOD = [
    r".*wide.*",
    r"[a-z]\d{3,5}",
    r"(?P<root>.+)_raw(?P<end>\..+)",
    r"(?:[a-z]+,)*[a-z]+",
    r"(\d{2}:?){3}",
    r"[^_]+_[^_]+_[^_]+_[^_]+_[^_]+",
    r"abc|abd",
    r"(ab|cd)*",
    r"(\d{4}-\d{2}-\d{2})t.*",
    r"a{64}",
    r"[a-z]{1,64}",
    r"(?:sub\d+(?:stripe\d)?)+",
    r"[]a]*x",
    r"^a.c$",
    r"a{,3}b",
    r"a{x}",
    r"\.\\\x41\u0042\w\S",
    r"é|[α-ω]+",
]

REFUSED = {
    r"(a+)+": "can take one text in many ways with a+",
    r"(a|a)*": "can take one text in many ways with (a|a)*",
    r"(a|ab|b)*c": "can take one text in many ways with (a|ab|b)*",
    r"(.*a){20}": "can take one text in many ways with .*",
    r"([a-z]+)*": "can take one text in many ways with [a-z]+",
    r"^(([a-z])+.)+[A-Z]([a-z])+$": "can take one text in many ways with ([a-z])+",
    r"(.{1,50}){1,50}": "can take one text in many ways with .{1,50}",
    r"(A|a)*b": "can take one text in many ways with (A|a)*",
    r"(.*)*": "repeats what can be empty with (.*)*",
    r"(a?){50}a{50}": "repeats what can be empty with (a?){50}",
    r"(a*)?b": "repeats what can be empty with (a*)?",
    r"(|a*)b": "has two options that can be empty",
    r".*.*.*.*x": "has 4 repetitions in a row that can take the same letters",
    r"\w+_\w+_\w+_\w+": "has 4 repetitions in a row that can take the same letters",
    "a?" * 20: "has too many options in a row that can take the same letters",
    r"(?:a|a)" * 20: "has too many options in a row that can take the same letters",
    r"(?=a)b": "looks around with (?=",
    r"(?<!a)b": "looks around with (?<!",
    r"(a)\1": "refers back to a group",
    r"(?P<x>a)(?P=x)": "refers back to a group",
    r"a++": "uses ++, which never gives back",
    r"(?i)a": "uses (?i, which rules do not need",
    "(" * 30 + "a" + ")" * 30: "nests groups more than 20 deep",
    "[ab]c" * 140: "is 700 letters long, at most 500 are read",
    "(": "does not compile: missing ), unterminated subpattern at position 0",
    "a{99999999999999999999}": "does not compile: the repetition number is too large",
    "[[a]": "does not compile: Possible nested set at position 1",
    "a**": "does not compile: multiple repeat at position 2",
}


@pytest.mark.parametrize("pattern", GOOD)
def test_what_rules_need_is_taken(pattern: str) -> None:
    assert pattern_fault(pattern) is None


@pytest.mark.parametrize(("pattern", "message"), REFUSED.items(), ids=[pattern[:30] for pattern in REFUSED])
def test_what_can_run_away_is_refused(pattern: str, message: str) -> None:
    fault = pattern_fault(pattern)
    assert fault is not None
    assert fault.message == message
    assert fault.compiles is not message.startswith(("does not", "is 700"))


def _repeated(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,12}", "{2,}"])
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, signs).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    )


PATTERNS = st.recursive(st.sampled_from(["a", "b", ".", "[ab]", "ab", r"\w"]), _repeated, max_leaves=8)


@given(PATTERNS, st.text("abc", max_size=6))
def test_what_is_taken_ends_on_texts_that_nearly_match(pattern: str, unit: str) -> None:
    if pattern_fault(pattern) is None:
        for text in (unit * 12 + "!", "a" * 50 + "!", "ab" * 25 + "!"):
            found = re.fullmatch(pattern, text)
            assert found is None or found.end() == len(text)


@given(st.text("ab()[]{}|?*+.\\^$,12", max_size=14))
def test_any_text_is_judged(pattern: str) -> None:
    fault = pattern_fault(pattern)
    try:
        re.compile(pattern)
    except re.error:
        assert fault is not None
        assert not fault.compiles
