"""Regular expressions of rules as trees, to be judged before they are ever matched.

What rules can use is what Python's `re` has, without what no linear matcher could do: look-around, back references,
conditionals and flags. `not`, `any` and `all` of a rule say what these are for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

DEEPEST = 20
_SAMPLE = "".join(map(chr, range(128))) + "\xa0éßΩЖ中"
_TOKEN = re.compile(
    r"""(?P<letters>\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|0[0-7]{0,2}|[^\dAZbBxuUN])
        |\[\^?\]?(?:\\.|[^\]\\])*\]
        |[^\\\[\](){}|?*+^$]|\]|\}|\{(?!\d*,?\d*\}))
    |(?P<place>\^|\$|\\[AZbB])
    |(?P<repeat>(?:[?*+]|\{\d+\}|\{\d*,\d*\})\??(?P<possessive>\+)?)
    |(?P<open>\((?:\?:|\?P<\w+>|(?!\?)))
    |(?P<close>\))
    |(?P<bar>\|)""",
    re.VERBOSE | re.DOTALL,
)


class Refused(ValueError):
    """A pattern can run away, or uses what rules must not; the message says how, and `hint` what would be right."""

    hint = "give each repetition letters of its own, such as [^_]+ for .+ before _"


class NotUsed(Refused):
    """A pattern uses what rules have other words for."""

    hint = "say it with not, all and any of the rule"


@dataclass(frozen=True, slots=True)
class Letters:
    """One letter of a set; `accepted` has a bit for each letter of a sample of all letters."""

    accepted: int


@dataclass(frozen=True, slots=True)
class Row:
    """One part after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A part several times, without end where `at_most` is None."""

    part: Node
    at_least: int
    at_most: int | None
    text: str


Node = Letters | Row | Choice | Repeated


def read_pattern(pattern: str) -> Node:
    """The tree of a pattern that `re` compiles.

    Raises
    ------
    Refused
        The pattern uses what rules must not.
    """
    open_rows: list[list[list[Node]]] = [[[]]]
    starts = [0]
    place, last_start = 0, 0
    extra = "".join(sorted({letter for letter in pattern if ord(letter) > 127}))
    while place < len(pattern):
        token = _TOKEN.match(pattern, place)
        if token is None:
            raise NotUsed(_unknown(pattern, place))
        row = open_rows[-1][-1]
        match token.lastgroup:
            case "letters":
                last_start = place
                row.append(Letters(_accepted(token[0], extra)))
            case "open":
                if len(open_rows) > DEEPEST:
                    raise Refused(f"nests groups more than {DEEPEST} deep")
                open_rows.append([[]])
                starts.append(place)
            case "bar":
                open_rows[-1].append([])
            case "close":
                last_start = starts.pop()
                group = _choice(open_rows.pop())
                open_rows[-1][-1].append(group)
            case "repeat" | "possessive":
                if token["possessive"]:
                    raise NotUsed(f"uses {token['repeat']}, which never gives back")
                row.append(_repeated(row.pop(), token["repeat"], pattern[last_start : token.end()]))
        place = token.end()
    return _choice(open_rows.pop())


def _choice(rows: list[list[Node]]) -> Node:
    options = tuple(row[0] if len(row) == 1 else Row(tuple(row)) for row in rows)
    return options[0] if len(options) == 1 else Choice(options)


def _repeated(part: Node, sign: str, text: str) -> Repeated:
    match sign[0]:
        case "?":
            return Repeated(part, 0, 1, text)
        case "*":
            return Repeated(part, 0, None, text)
        case "+":
            return Repeated(part, 1, None, text)
    least, comma, most = sign.rstrip("?")[1:-1].partition(",")
    at_least = int(least or 0)
    if not comma:
        return Repeated(part, at_least, at_least, text)
    return Repeated(part, at_least, int(most) if most else None, text)


@lru_cache(maxsize=1024)
def _accepted(token: str, extra: str) -> int:
    fullmatch = re.compile(token, re.IGNORECASE).fullmatch
    return sum(1 << place for place, letter in enumerate(_SAMPLE + extra) if fullmatch(letter))


def _unknown(pattern: str, place: int) -> str:
    rest = pattern[place:]
    if rest.startswith(("(?=", "(?!", "(?<=", "(?<!")):
        return "looks around with " + rest[: 4 if rest[2] == "<" else 3]
    if rest.startswith("(?P=") or re.match(r"\\[1-9]", rest):
        return "refers back to a group"
    return f"uses {rest[:3]}, which rules do not need"
