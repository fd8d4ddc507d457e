"""Strings that would control a terminal or forge a line if they were displayed literally, and how to detect them."""

from __future__ import annotations

import io
import re

FORGED = "forged: P101 no such file"

INLINE = (
    "a\x1b]0;title\x07\x1b[2J\x9b31m\x7f\b\u202e\u2066\u2069\u200b\u200f\ufeff\U000e0041\u3164\U000e0101\u2028\x85\xa0"
    "[bold]`|<b>"
)
"""A value that fits into a cell of a text table: no tab, no line break."""

LINES = f"{INLINE}\t\r\x0b\x0c\n{FORGED}\r\n{FORGED}"
"""A value with line breaks, for YAML, JSON and arguments."""

_STYLES = re.compile(r"\x1b\[[0-9;]*m|\r?\x1b\[(?:2K|1A|\?25[lh])")
"""The sequences that rich writes to a terminal: colors, and redrawing of a progress bar."""


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def _is_hidden(character: str) -> bool:
    return not character.isprintable() or character in "\u3164\U000e0101"


def forbidden(displayed: str) -> list[str]:
    """The harmful parts of output on a terminal: characters that are not printable, forged lines, tracebacks."""
    text = _STYLES.sub("", displayed)
    result = sorted({ascii(character) for character in text if character != "\n" and _is_hidden(character)})
    result += [line for line in text.split("\n") if line.strip().startswith("forged")]
    result += [word for word in ("Traceback", "internal error") if word in text]
    return result
