"""Columns that are read just once and are most likely another column's name with a typing error in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from asnforge.findings import Finding
from asnforge.lint.subject import Subject, warning
from asnforge.rules.codes import MISSPELLED_COLUMN

_SHORTEST = 4
"""Names of fewer letters are too often one letter apart to say anything of them."""

_CARD = 8
"""How many characters the name of a keyword of a FITS header has at most; longer names are cut there by habit."""

_CUT = 3
"""How many letters may be missing of such a name."""

_AXES = ("xyz", "uvw")
_TOKEN = re.compile(r"[^\W\d_]+")


def misspelled_columns(subject: Subject) -> Iterator[Finding]:
    """Columns that are read in one place and look like one that is read elsewhere.

    The columns of the file name, of the candidates and of errors are read once in most rule sets and never in doubt, nor are
    those that the rule set declares.
    """
    mentions = [mention for mention in subject.mentions if mention.kind == "column"]
    counts = Counter(mention.name for mention in mentions)
    sure = {*subject.ruleset.derived, *(name.casefold() for name in _declared(subject))}
    usual = dict.fromkeys(subject.ruleset.derived)
    for mention in sorted(mentions, key=lambda mention: counts[mention.name] == 1):
        close = None
        if counts[mention.name] == 1 and mention.name not in sure:
            close = next((name for name in usual if looks_misspelled(mention.name, name)), None)
        usual.setdefault(mention.name)
        if close is not None:
            shown = close if close in subject.ruleset.derived else close.upper()
            message = f"{mention.name.upper()} is used only here"
            declared = f"columns: {{{mention.name.upper()}: {{}}}}"
            hint = f"did you mean {shown}? If the name is right, declare it in ruleset.yaml: {declared!r}"
            yield warning(mention.where, MISSPELLED_COLUMN, message, hint)


def _declared(subject: Subject) -> Iterable[str]:
    ruleset = subject.ruleset
    yield from ruleset.members.parts.parts
    yield from subject.shared.names("columns")
    yield ruleset.members.file_name
    yield from filter(None, (ruleset.candidates.column, ruleset.members.exposerr))


def looks_misspelled(name: str, usual: str) -> bool:
    """Whether a column's name is another one's with a typing error in it, rather than a column of its own.

    That is another delimiter (EXPTYPE, EXP_TYPE), two letters exchanged (FLITER, FILTER), a letter too few, too many or wrong
    inside of a word (FILTR), or an end that a FITS keyword has no space for (INSTRUMENT, INSTRUME). Names with other digits,
    and those that differ at the beginning or end of a word, are series and pairs most often: FILTER1 and FILTER2, BINX and
    BINY, TARGET and TARGETID.

    Parameters
    ----------
    name, usual : str
        The two names, in lower case.
    """
    if name == usual or _digits(name) != _digits(usual):
        return False
    one, other = _letters(name), _letters(usual)
    if one == other:
        return _digits(name) == "" or len(one) >= _SHORTEST
    if min(len(one), len(other)) < _SHORTEST:
        return False
    shorter, longer = sorted((one, other), key=len)
    if _is_cut(*sorted((name, usual), key=len)):
        return True
    if len(one) == len(other):
        return _is_exchanged(one, other) or _is_wrong_inside(name, usual)
    return len(longer) - len(shorter) == 1 and _lacks_a_letter(shorter, longer, name if longer == one else usual)


def _letters(name: str) -> str:
    return "".join(_TOKEN.findall(name))


def _digits(name: str) -> str:
    return "".join(character for character in name if character.isdigit())


def _first_difference(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _is_cut(shorter: str, longer: str) -> bool:
    """Whether a name is a keyword of a FITS header of which the other one has all letters of the last word."""
    rest = longer[len(shorter) :]
    return len(shorter) == _CARD and longer.startswith(shorter) and rest.isalpha() and len(rest) <= _CUT


def _is_exchanged(one: str, other: str) -> bool:
    """Whether two adjacent letters are exchanged."""
    place = _first_difference(one, other)
    return one[:place] + one[place : place + 2][::-1] + one[place + 2 :] == other


def _is_wrong_inside(name: str, usual: str) -> bool:
    """Whether one letter is another, neither the first nor the last one of a word, nor the name of an axis."""
    if len(name) != len(usual) or len(_letters(name)) <= _SHORTEST:
        return False
    place = _first_difference(name, usual)
    if name[place + 1 :] != usual[place + 1 :]:
        return False
    pair = {name[place], usual[place]}
    return _is_inside(usual, place) and not any(pair <= set(axes) for axes in _AXES)


def _lacks_a_letter(shorter: str, longer: str, spelled: str) -> bool:
    """Whether one letter is missing: inside of a word, or at the end where it is no index of a series."""
    place = _first_difference(shorter, longer)
    if shorter[place:] != longer[place + 1 :]:
        return False
    if place == len(shorter):
        return longer[-1] in (longer[-2], "s") or (len(shorter) > _SHORTEST and longer[-1] in _ENDS)
    position = [at for at, character in enumerate(spelled) if _TOKEN.fullmatch(character)][place]
    return _is_inside(spelled, position) or longer[place] == longer[place - 1]


_ENDS = "ehmnorst"
"""Letters that words end with and that seldom number a series."""


def _is_inside(name: str, place: int) -> bool:
    """Whether a character is neither the first nor the last one of a word."""
    return 0 < place < len(name) - 1 and all(_TOKEN.fullmatch(name[at]) for at in (place - 1, place + 1))
