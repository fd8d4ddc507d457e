r"""Regular expressions in rule files, matched by RE2: against whole values, ignoring case, in linear time.

RE2 does not backtrack, so the time for a match grows with the length of the value and never explodes. Its syntax has no
look-around and no references to groups; ``\d``, ``\w``, ``\s`` and ``\b`` know ASCII only, like the headers of FITS files
(``\pL`` is any letter, ``\p{Nd}`` any digit). Values are case-folded like those of columns, so ``ß`` is ``ss``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import re2

LONGEST = 500
"""The largest number of characters of a regular expression."""

LARGEST = 5_000
"""The largest number of RE2 instructions of a regular expression, which bounds the steps for one character of a value."""

MOST_REPETITIONS = 1000
"""The largest count in braces."""

MATCHES_NOTHING = r"[^\x00-\x{10FFFF}]"
"""Replaces a regular expression that cannot be used."""

_MEMORY = 1 << 20
# Most of these are not needed in a run: `re` compiles them when they are first used.
_SURROGATE = "[\ud800-\udfff]"
_CODE_POINT = r"(?s)\\(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|.)"
_PART = r"(?s)\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\?P?<\w+>|[^\x00-\x7f]"

_SPECIAL = (
    r"""(?s)\\(?:[pPx]\{[^}]*\}|[0-7]{3}|.)"""
    r"""|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]"""
    r"""|\(\?(?:P?<\w+>|P?[<=>!]+|[(\#]|[A-Za-z^-]+)?"""
    r"""|\{\d*,?\d*\}\+?"""
    r"""|[*+?]\+"""
)
"""Escapes, classes of characters, the beginnings of groups, counts in braces and possessive repetitions."""

_NOT_SUPPORTED = (
    (r"\(\?<?[=!]", "uses look-around with {}", "use all, any and not in the rule instead"),
    (r"\\[1-9]|\(\?P=|\\[gk]", "refers back to a group with {}", "write out what is repeated"),
    (r"\(\?\(", "depends on a group with {}", "write the alternatives with |"),
    (r"\(\?>|[*+?]\+|\{.*\}\+", "uses {}, which is possessive or atomic", "use the plain form: *, + or (?:...)"),
    (r"\(\?#", "has a comment", "write it after a # of the file"),
    (r"\(\?[A-Za-z^-]+", "sets flags with {}", "leave it out: case is ignored, and the whole value must match"),
    (r"\{,\d*\}", "has {} without a lower bound", "write {{0,3}} instead of {{,3}}"),
    (r"\\[Zz]", "has {} for the end of the value", "leave it out: the whole value must match"),
    (r"\\[uUN]", "names a character with {}", r"write the character itself, or its code point as in \x{{3b1}}"),
    (r"\\C", "has {}, which matches a single byte", "write . for any character"),
    (r"\\[QE]", "quotes characters with {}", "put a backslash before each special character"),
)
"""Tokens that RE2 rejects or reads differently from Python, what is wrong with them, and what to write instead."""


@dataclass(frozen=True, slots=True)
class RegexProblem:
    """Why a regular expression cannot be used, and what to write instead."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A match of a whole value.

    `spans` has the start and end of the whole match and of each group; (-1, -1) for a group that did not match.
    """

    value: str
    spans: tuple[tuple[int, int], ...]

    def __getitem__(self, group: int) -> str:
        """The part of the value that a group matched; the empty string if it did not match."""
        start, end = self.spans[group]
        return self.value[start:end]


class Regex:
    """A compiled regular expression, with the number of its groups and the numbers of the named ones, in order."""

    def __init__(self, pattern: str) -> None:
        self._regex = re2.compile(_folded(pattern), _options())
        self.count: int = self._regex.groups
        self.groups: dict[str, int] = dict(sorted(self._regex.groupindex.items(), key=lambda group: group[1]))

    def matches(self, value: str) -> bool:
        """Whether the whole value matches."""
        return self._regex.fullmatch(_encoded(value)) is not None

    def fullmatch(self, value: str) -> Match | None:
        """The match of the whole value; None if it does not match."""
        match = self._regex.fullmatch(_encoded(value))
        if match is None:
            return None
        spans = map(match.span, range(self.count + 1))
        return Match(value, tuple(spans if value.isascii() else unfolded_spans(value, spans)))


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Regex:
    """A valid regular expression, compiled once."""
    return Regex(pattern)


@lru_cache(maxsize=4096)
def regex_problem(pattern: str) -> RegexProblem | None:
    """The problem with a regular expression; None if it can be used."""
    if len(pattern) > LONGEST:
        return RegexProblem(f"has {len(pattern)} characters, the limit is {LONGEST}", "list the values with in")
    tokens = re.findall(_SPECIAL, pattern)
    for token in tokens:
        if (problem := _token_problem(token)) is not None:
            return problem
    names = [token for token in tokens if token.startswith("(?") and token.endswith(">")]
    if len(set(names)) < len(names):
        return RegexProblem("has two groups of the same name", "rename one of them")
    try:
        size = re2.compile(_folded(pattern), _options()).programsize
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        if "too large" not in reason and "repetition size" not in reason:
            return RegexProblem(
                f"is invalid: {reason}", "put a backslash before a special character that is meant literally"
            )
        size = LARGEST + 1
    if size > LARGEST:
        return RegexProblem("is too complex", "lower the counts in braces, or list the values with in")
    return None


def _token_problem(token: str) -> RegexProblem | None:
    """The problem with a token, or None."""
    for pattern, problem, hint in _NOT_SUPPORTED:
        if re.fullmatch(pattern, token, re.DOTALL):
            return RegexProblem(problem.format(token), hint.format())
    if token[0] == "{" and any(int(count) > MOST_REPETITIONS for count in re.findall(r"\d+", token)):
        return RegexProblem(
            f"repeats more than {MOST_REPETITIONS} times with {token}", "lower the count, or use * or +"
        )
    return None


def _encoded(value: str) -> str | bytes:
    """A value as RE2 reads it: ASCII as bytes, else case-folded, with each lone surrogate as one character."""
    return value.encode() if value.isascii() else re.sub(_SURROGATE, "\ufffd", value.casefold())


def unfolded_spans(value: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in the case-folded value as spans in the value; a character that is partly inside is inside."""
    indices = [index for index, character in enumerate(value) for _ in character.casefold()]
    for start, end in spans:
        begin = indices[start] if 0 <= start < len(indices) else min(start, len(value))
        yield begin, begin if end <= start else indices[end - 1] + 1


def _folded(pattern: str) -> str:
    """A pattern for case-folded values: RE2 folds characters one by one, but `ß` becomes `ss`, and `[äß]` matches `ss` too."""
    if pattern.isascii() and r"\x" not in pattern:
        return pattern
    return re.sub(_PART, _folded_part, re.sub(_CODE_POINT, _expanding_character, pattern))


def _expanding_character(escape: re.Match[str]) -> str:
    """The character of a code point if its case folding has several characters; else the escape itself."""
    code = int(escape[1] or escape[2] or "0", 16)
    character = chr(code) if code <= sys.maxunicode else ""
    return character if len(character.casefold()) > 1 else escape[0]


def _folded_part(match: re.Match[str]) -> str:
    part = match[0]
    if len(part) > 1 and (part[0] != "[" or part[1] == "^"):
        return part
    several = sorted({folded for character in part if len(folded := character.casefold()) > 1})
    if not several:
        return part
    return f"(?:{'|'.join([*([] if len(part) == 1 else [part]), *several])})"


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    return options
