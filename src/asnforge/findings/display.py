r"""How values from files, arguments and file names are displayed: on one line, and harmless to a terminal.

Everything that asnforge displays and did not write itself goes through `printable`: control characters, line breaks, marks
that change the direction of text, invisible characters, and bytes of a file name that are not UTF-8 appear as escapes such
as ``\x1b``.
"""

from __future__ import annotations

import re

_MARKDOWN = re.compile(
    r"[\\`*{}\[\]<>|#~&$]|(?<![^\W_])_|_(?![^\W_])|(?<=http):|(?<=https):|(?<=ftp):|(?<=www)\.|(?<=\w)@", re.IGNORECASE
)
_MARKDOWN_BLOCK = re.compile(r"(?:[-+=]|\d+(?=[.)]))")
"""What starts a list, or underlines a heading, at the start of a line of Markdown."""

_INVISIBLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Invisible characters that Python calls printable: fillers, joiners, variation selectors, the empty Braille cell."""


def printable(text: str) -> str:
    """A string with its control and invisible characters escaped."""
    if text.isprintable() and (text.isascii() or not _INVISIBLE.search(text)):
        return text
    return "".join(
        character if character.isprintable() and not _INVISIBLE.match(character) else ascii(character)[1:-1]
        for character in text
    )


def printable_lines(text: str) -> str:
    """A string of several lines, each made `printable`; for a string whose values are escaped already."""
    return "\n".join(map(printable, text.split("\n")))


def markdown(text: str) -> str:
    """A `printable` string as one line of Markdown that displays it literally, without surrounding spaces."""
    text = _MARKDOWN.sub(r"\\\g<0>", printable(text).strip(" "))
    block = _MARKDOWN_BLOCK.match(text)
    if block is None:
        return text
    return f"\\{text}" if not block[0].isdigit() else f"{block[0]}\\{text[block.end() :]}"


def markdown_code(text: str) -> str:
    """A `printable` string as inline code of Markdown."""
    text = printable(text)
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if not text or (text.strip(" ") and {text[0], text[-1]} & {" ", "`"}) else ""
    return f"{fence}{space}{text}{space}{fence}"


def truncated(text: str, limit: int = 200) -> str:
    """A `printable` string of at most the first `limit` characters of the original."""
    return printable(text if len(text) <= limit else text[: limit - 1] + "…")


def quoted(value: object, limit: int = 60) -> str:
    """A `truncated` value in single quotes."""
    return f"'{truncated(str(value), limit)}'"


def pluralize(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: ``1 pool``, ``2 pools``, ``0 entries``."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"
