"""Columns that are read only once and whose name is most likely a misspelling of another column's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from asnforge.findings import Finding, FindingCode
from asnforge.lint.subject import Subject, check, warning
from asnforge.rules.file_names import PARTS

MISSPELLED_COLUMN = FindingCode(
    "R304",
    "column that is used only once and resembles another",
    "A column that a pool does not have is undefined for every exposure, which is not an error, so a misspelled name is not "
    "noticed. This one differs from another name only by a missing, additional, wrong or exchanged character, or by another "
    "delimiter. Correct it, or list it under columns if it is right.",
    wrong="select:\n  filtered: {column: FILTER, defined: yes}\ngroup_by:\n  filter: {column: FILTR}",
    right="select:\n  filtered: {column: FILTER, defined: yes}\ngroup_by:\n  filter: {column: FILTER}",
)

_SHORTEST = 4
"""The length of the shortest name that is examined; shorter names often differ in one character."""

_FITS_KEYWORD = 8
"""The length of the longest FITS keyword; longer names are often cut to it."""

_MOST_CUT = 3
"""The largest number of characters that are cut from a name to make a FITS keyword."""

_AXES = ("xyz", "uvw")
_LAST_CHARACTERS = "ehmnorst"
"""Characters at which words often end, and which seldom number a series."""

_WORD = re.compile(r"[^\W\d_]+")


@check
def misspelled_columns(subject: Subject) -> Iterator[Finding]:
    """Columns that are read only once and resemble one that is read elsewhere.

    The columns of the file name, of the candidates and of errors are read once in most rule sets, so they are not reported;
    nor are those that the rule set declares.
    """
    references = [reference for reference in subject.references if reference.kind == "column"]
    counts = Counter(reference.name for reference in references)
    certain = _certain(subject)
    derived = subject.ruleset.derived
    seen = dict.fromkeys(derived)
    for reference in sorted(references, key=lambda reference: counts[reference.name] == 1):
        name = reference.name
        close = None
        if counts[name] == 1 and name not in certain:
            close = next((other for other in seen if looks_misspelled(name, other)), None)
        seen.setdefault(name)
        if close is not None:
            column, other = name.upper(), close if close in derived else close.upper()
            declared = f"columns: {{{column}: {{}}}}"
            hint = f"did you mean {other}? If the name is right, declare it in ruleset.yaml: {declared!r}"
            message = "{column} is used only here"
            yield warning(reference.node, MISSPELLED_COLUMN, message, hint, column=column, resembles=other)


def _certain(subject: Subject) -> frozenset[str]:
    ruleset = subject.ruleset
    declared = [*PARTS, *subject.shared.names("columns"), ruleset.members.file_name]
    declared += filter(None, (ruleset.candidates.column, ruleset.members.exposerr))
    return frozenset({*ruleset.derived, *map(str.casefold, declared)})


def looks_misspelled(name: str, usual: str) -> bool:
    """Whether a column's name is most likely a misspelling of another one, both in lower case.

    Misspellings are another delimiter (EXPTYPE, EXP_TYPE), two exchanged characters (FLITER, FILTER), a missing, additional or
    wrong character inside a word (FILTR), and a name cut to a FITS keyword (INSTRUMENT, INSTRUME). Names with other digits,
    and names that differ at the beginning or end of a word, are most often series and pairs: FILTER1 and FILTER2, BINX and
    BINY, TARGET and TARGETID.
    """
    if name == usual or _digits(name) != _digits(usual):
        return False
    left, right = _letters(name), _letters(usual)
    if left == right:
        return _digits(name) == "" or len(left) >= _SHORTEST
    if min(len(left), len(right)) < _SHORTEST:
        return False
    if _is_cut(*sorted((name, usual), key=len)):
        return True
    if len(left) == len(right):
        return _is_exchanged(left, right) or _is_wrong_inside(name, usual)
    shorter, longer = sorted((left, right), key=len)
    return len(longer) - len(shorter) == 1 and _misses_one(shorter, longer, name if longer == left else usual)


def _letters(name: str) -> str:
    return "".join(_WORD.findall(name))


def _digits(name: str) -> str:
    return "".join(character for character in name if character.isdigit())


def _first_difference(left: str, right: str) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(left), len(right)))


def _is_cut(shorter: str, longer: str) -> bool:
    """Whether a name is the other one cut to a FITS keyword, within the last word."""
    rest = longer[len(shorter) :]
    return len(shorter) == _FITS_KEYWORD and longer.startswith(shorter) and rest.isalpha() and len(rest) <= _MOST_CUT


def _is_exchanged(left: str, right: str) -> bool:
    """Whether two adjacent characters are exchanged."""
    index = _first_difference(left, right)
    return left[:index] + left[index : index + 2][::-1] + left[index + 2 :] == right


def _is_wrong_inside(name: str, usual: str) -> bool:
    """Whether only one character differs, inside a word, unless the two characters name axes."""
    if len(name) != len(usual) or len(_letters(name)) <= _SHORTEST:
        return False
    index = _first_difference(name, usual)
    if name[index + 1 :] != usual[index + 1 :]:
        return False
    pair = {name[index], usual[index]}
    return _is_inside(usual, index) and not any(pair <= set(axes) for axes in _AXES)


def _misses_one(shorter: str, longer: str, spelled: str) -> bool:
    """Whether one character is missing: inside a word, or at the end if it does not number a series."""
    index = _first_difference(shorter, longer)
    if shorter[index:] != longer[index + 1 :]:
        return False
    if index == len(shorter):
        return longer[-1] in (longer[-2], "s") or (len(shorter) > _SHORTEST and longer[-1] in _LAST_CHARACTERS)
    position = [at for at, character in enumerate(spelled) if _WORD.fullmatch(character)][index]
    return _is_inside(spelled, position) or longer[index] == longer[index - 1]


def _is_inside(name: str, index: int) -> bool:
    """Whether a character is neither the first nor the last one of a word."""
    return 0 < index < len(name) - 1 and all(_WORD.fullmatch(name[at]) for at in (index - 1, index + 1))
